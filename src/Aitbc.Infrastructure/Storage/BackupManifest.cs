using System.Globalization;
using System.Text;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Storage;

/// <summary>
/// The list of a backup's files: a sealed file with one line a file, in ordinal order of path:
/// <c>SHA-256 (base64url), space, length, space, path, line feed</c>. One thread at a time.
/// </summary>
internal sealed class BackupManifest
{
    public const string FileName = "manifest";

    private const int MaxBytes = 1024 * 1024 * 1024;

    private static readonly SealedKind Kind = new("backup-manifest", 1);

    private readonly SortedDictionary<string, FileDigest> _files = new(StringComparer.Ordinal);

    /// <summary>Each file's length and digest, by path in ordinal order.</summary>
    public IReadOnlyDictionary<string, FileDigest> Files => _files;

    /// <summary>Count and bytes of the files.</summary>
    public BackupSummary Summary => new(_files.Count, _files.Values.Sum(static file => file.Length));

    /// <summary>Adds a file.</summary>
    public void Add(string path, FileDigest file) => _files.Add(path, file);

    /// <summary>Writes the manifest, which makes the files beside it a backup.</summary>
    public void Write(IDisk disk)
    {
        var text = new StringBuilder();
        foreach (var (path, file) in _files)
        {
            text.Append(CultureInfo.InvariantCulture, $"{file.Digest} {file.Length} {path}\n");
        }

        SealedFile.Write(disk, FileName, Kind, Encoding.ASCII.GetBytes(text.ToString()));
    }

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="StorageDamagedException">It is not what was written.</exception>
    public static BackupManifest Read(IDisk disk)
    {
        var manifest = new BackupManifest();
        var text = Encoding.ASCII.GetString(SealedFile.Read(disk, FileName, Kind, MaxBytes));
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ');
            if (parts.Length != 3
                || !Digest.TryParse(parts[0].AsSpan(), out var digest)
                || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || !manifest._files.TryAdd(parts[2], new FileDigest(length, digest)))
            {
                throw new StorageDamagedException(FileName, 0, $"'{line}' is not a line of a manifest");
            }

            try
            {
                DiskPath.Checked(parts[2]);
            }
            catch (ArgumentException)
            {
                throw new StorageDamagedException(FileName, 0, $"'{parts[2]}' is not a path below a data directory");
            }
        }

        return manifest;
    }
}
