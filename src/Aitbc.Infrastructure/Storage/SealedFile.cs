using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Aitbc.Infrastructure.Storage;

/// <summary>What a sealed file holds. Immutable.</summary>
/// <param name="Name">1 to 32 characters of [a-z0-9-].</param>
/// <param name="Version">The version of the payload's own format, 1 to 9999.</param>
public sealed record SealedKind(string Name, int Version)
{
    private const int MaxNameLength = 32;
    private const int MaxVersion = 9999;

    /// <summary>The first line of the file.</summary>
    internal byte[] MagicLine()
    {
        var isName = Name.Length is > 0 and <= MaxNameLength
            && Name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
        if (!isName || Version is < 1 or > MaxVersion)
        {
            throw new ArgumentException($"'{Name}' version {Version} is not a kind of sealed file");
        }

        return Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"AITBC-SEALED 1 {Name} {Version}\n"));
    }
}

/// <summary>
/// Files that any changed byte reveals and that a crash leaves either old or new: a magic line with kind and version,
/// the payload, its length (u64, little endian), and the SHA-256 of all that. Stateless; one writer a path.
/// </summary>
public static class SealedFile
{
    /// <summary>Default limit of what <see cref="Read"/> takes into memory: 64 MiB.</summary>
    public const int DefaultMaxBytes = 64 * 1024 * 1024;

    /// <summary>The ending of a file that is being written; one that is found is what a crash left.</summary>
    public const string WritingExtension = ".writing";

    internal const int LengthBytes = sizeof(ulong);
    internal const int TrailerBytes = LengthBytes + SHA256.HashSizeInBytes;

    /// <summary>Writes a file, replacing one of the same name in one step, and returns once it is durable.</summary>
    public static void Write(IDisk disk, string path, SealedKind kind, ReadOnlySpan<byte> payload)
    {
        using var writer = new SealedFileWriter(disk, path, kind);
        writer.Write(payload);
        writer.Commit();
    }

    /// <summary>Reads a file whole.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it must hold.</param>
    /// <param name="maxBytes">Largest payload that is taken into memory.</param>
    /// <exception cref="StorageDamagedException">It is not what was written, or not of this kind.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static byte[] Read(IDisk disk, string path, SealedKind kind, int maxBytes = DefaultMaxBytes)
    {
        using var reader = new SealedFileReader(disk, path, kind);
        if (reader.Length > maxBytes)
        {
            throw new StorageDamagedException(path, 0, $"a payload of {reader.Length} bytes is over {maxBytes}");
        }

        var payload = new byte[reader.Length];
        reader.ReadExactly(payload);
        reader.Verify();
        return payload;
    }

    /// <summary>Reads a file to its end without keeping it.</summary>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static StorageProblem? Check(IDisk disk, string path, SealedKind kind)
    {
        try
        {
            using var reader = new SealedFileReader(disk, path, kind);
            reader.Verify();
            return null;
        }
        catch (StorageDamagedException error)
        {
            return new StorageProblem(StorageProblemKind.Damage, error.File, error.Offset, error.Text);
        }
    }

    internal static void WriteLength(Span<byte> target, long length) =>
        BinaryPrimitives.WriteUInt64LittleEndian(target, (ulong)length);
}
