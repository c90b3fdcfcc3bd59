namespace Aitbc.Infrastructure.Storage;

/// <summary>The rule for paths below the root of an <see cref="IDisk"/>. Stateless, thread-safe.</summary>
public static class DiskPath
{
    /// <summary>Longest path in characters.</summary>
    public const int MaxLength = 200;

    /// <summary>Checks a path: parts of [A-Za-z0-9._-], none of them empty or starting with two dots.</summary>
    /// <param name="path">The relative path; the empty string is the root.</param>
    /// <returns>The same path.</returns>
    /// <exception cref="ArgumentException">
    /// The path could leave the root or has a character outside the set.
    /// </exception>
    public static string Checked(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
        {
            return path;
        }

        if (path.Length > MaxLength)
        {
            throw new ArgumentException($"a path has at most {MaxLength} characters, not {path.Length}", nameof(path));
        }

        var start = 0;
        for (var i = 0; i <= path.Length; i++)
        {
            if (i < path.Length && path[i] != '/')
            {
                if (!char.IsAsciiLetterOrDigit(path[i]) && path[i] is not ('.' or '_' or '-'))
                {
                    throw new ArgumentException($"'{path}' has a character outside [A-Za-z0-9._-]", nameof(path));
                }

                continue;
            }

            if (i == start || path.AsSpan(start, i - start).StartsWith(".."))
            {
                throw new ArgumentException($"'{path}' is not a path below a root", nameof(path));
            }

            start = i + 1;
        }

        return path;
    }

    /// <summary>The directory part of a path; the empty string (the root) when there is none.</summary>
    public static string DirectoryOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var slash = path.LastIndexOf('/');
        return slash < 0 ? "" : path[..slash];
    }

    /// <summary>The last part of a path.</summary>
    public static string NameOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path[(path.LastIndexOf('/') + 1)..];
    }

    /// <summary>Joins a directory (the empty string is the root) and a name.</summary>
    public static string Join(string directory, string name)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return directory.Length == 0 ? name : $"{directory}/{name}";
    }
}
