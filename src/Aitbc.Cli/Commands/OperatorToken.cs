using Aitbc.Infrastructure.Storage;

namespace Aitbc.Cli.Commands;

/// <summary>The operator's token of a node's run, in a file that only its user reads.</summary>
internal static class OperatorToken
{
    /// <summary>Where a node with this data directory leaves it.</summary>
    public static string PathIn(string directory) => Path.Combine(directory, DataDirectory.TokenFile);

    /// <summary>Replaces the token of an earlier run.</summary>
    public static void Write(string directory, string token)
    {
        var path = PathIn(directory);
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new StreamWriter(path, options);
        file.Write(token);
    }

    /// <summary>Reads a token's file.</summary>
    /// <returns>The token; null where no file is named.</returns>
    /// <exception cref="Output.CommandFailure">There is no such file.</exception>
    public static string? Read(string? path) => path is null
        ? null
        : File.Exists(path)
            ? File.ReadAllText(path).Trim()
            : throw new Output.CommandFailure(
                "not_found", $"There is no file {path}: a node leaves its token in its data directory.");
}
