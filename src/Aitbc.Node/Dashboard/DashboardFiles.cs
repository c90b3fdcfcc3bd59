using System.Security.Cryptography;

namespace Aitbc.Node.Dashboard;

/// <summary>One file of a built dashboard.</summary>
/// <param name="Bytes">As it is.</param>
/// <param name="Brotli">Compressed at its build; null where it was not.</param>
/// <param name="Gzip">Likewise.</param>
/// <param name="MediaType">What it is.</param>
/// <param name="ETag">Quoted digest of its bytes.</param>
/// <param name="IsImmutable">Whether its name holds a hash of what is in it, so that it never changes.</param>
internal sealed record DashboardFile(
    byte[] Bytes, byte[]? Brotli, byte[]? Gzip, string MediaType, string ETag, bool IsImmutable);

/// <summary>
/// A built dashboard, held in memory: the files that were there at the start and no other, so that no path a client
/// writes ever reaches the disk.
/// </summary>
/// <remarks>Thread-safe: immutable.</remarks>
internal sealed class DashboardFiles
{
    /// <summary>The page that all routes of the dashboard show.</summary>
    public const string Index = "/index.html";

    private const int MaxFiles = 512;
    private const long MaxBytes = 32 * 1024 * 1024;

    private static readonly Dictionary<string, string> MediaTypes = new()
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".ico"] = "image/x-icon",
        [".txt"] = "text/plain; charset=utf-8",
        [".webmanifest"] = "application/manifest+json",
    };

    private DashboardFiles(Dictionary<string, DashboardFile> files) => Files = files;

    /// <summary>Files by their path in a URL.</summary>
    public IReadOnlyDictionary<string, DashboardFile> Files { get; }

    /// <summary>Reads a build.</summary>
    /// <param name="directory">Where it is.</param>
    /// <returns>Null where there is none, or it is larger than any dashboard.</returns>
    public static DashboardFiles? Load(string? directory)
    {
        if (directory is null || !File.Exists(Path.Combine(directory, "index.html")))
        {
            return null;
        }

        var found = new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => MediaTypes.ContainsKey(file.Extension))
            .Take(MaxFiles + 1)
            .ToList();
        return found.Count <= MaxFiles && found.Sum(file => file.Length) <= MaxBytes
            ? new DashboardFiles(found.ToDictionary(file => PathOf(directory, file), file => Read(directory, file)))
            : null;
    }

    private static string PathOf(string directory, FileInfo file) =>
        "/" + Path.GetRelativePath(directory, file.FullName).Replace(Path.DirectorySeparatorChar, '/');

    private static DashboardFile Read(string directory, FileInfo file)
    {
        var bytes = File.ReadAllBytes(file.FullName);
        return new DashboardFile(
            bytes,
            ReadIfThere(file.FullName + ".br"),
            ReadIfThere(file.FullName + ".gz"),
            MediaTypes[file.Extension],
            $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"",
            PathOf(directory, file).StartsWith("/assets/", StringComparison.Ordinal));
    }

    private static byte[]? ReadIfThere(string path) => File.Exists(path) ? File.ReadAllBytes(path) : null;
}
