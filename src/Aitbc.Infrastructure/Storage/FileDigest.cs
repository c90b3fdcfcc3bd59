using System.Security.Cryptography;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Storage;

/// <summary>Length and SHA-256 of a file, read in pieces; with a copy of it made on the way, if wanted.</summary>
internal readonly record struct FileDigest(long Length, Digest Digest)
{
    private const int ChunkBytes = 256 * 1024;

    /// <summary>Of a whole file.</summary>
    public static FileDigest Of(IDisk disk, string path)
    {
        using var file = disk.OpenRead(path);
        return Run(file, file.Length, file.Length, null);
    }

    /// <summary>
    /// Of a file's first bytes followed by zeros, written on the way into another file, which is durable when this
    /// returns.
    /// </summary>
    /// <param name="source">Where the file is.</param>
    /// <param name="target">Where the copy goes; the directory exists, the file does not.</param>
    /// <param name="path">The path on both.</param>
    /// <param name="keepBytes">Bytes to copy; the rest of the file's length becomes zeros. Default all.</param>
    public static FileDigest Copy(IDisk source, IDisk target, string path, long keepBytes = long.MaxValue)
    {
        using var file = source.OpenRead(path);
        using var copy = target.Create(path);
        var digest = Run(file, file.Length, Math.Min(keepBytes, file.Length), copy);
        copy.Flush();
        return digest;
    }

    private static FileDigest Run(IDiskFile file, long length, long keepBytes, IDiskFile? copy)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[(int)Math.Min(ChunkBytes, Math.Max(length, 1))];
        for (var at = 0L; at < length;)
        {
            var chunk = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - at));
            var kept = chunk[..(int)Math.Clamp(keepBytes - at, 0, chunk.Length)];
            if (file.Read(at, kept) < kept.Length)
            {
                throw new IOException($"'{file.Path}' became shorter while it was read");
            }

            chunk[kept.Length..].Clear();
            hash.AppendData(chunk);
            copy?.Write(at, chunk);
            at += chunk.Length;
        }

        Span<byte> digest = stackalloc byte[Digest.Size];
        hash.GetHashAndReset(digest);
        return new FileDigest(length, Digest.From(digest));
    }
}
