using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Aitbc.Infrastructure.Wallet;

/// <summary>The frame of every key file: magic line, payload length, payload, and a SHA-256 over it all.</summary>
/// <remarks>
/// <code>
/// magic line, ASCII, ends with \n | length of the payload, 4 bytes little endian | payload | SHA-256, 32 bytes
/// </code>
/// Nothing may stand before, between or after. Each kind of file has one payload length, so that reading is bounded.
/// Files are private (mode 0600), written whole or not at all, and durable when writing returns.
/// </remarks>
internal static class PrivateFile
{
    internal const int LengthSize = sizeof(uint);
    internal const int ChecksumSize = SHA256.HashSizeInBytes;
    private const string TemporarySuffix = ".tmp";
    private const int TemporaryNameLength = 16;

    private const UnixFileMode PrivateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads a file and gives its payload.</summary>
    /// <exception cref="KeyFileException">Any byte is not what it must be.</exception>
    internal static byte[] Read(string path, ReadOnlySpan<byte> magic, int payloadSize)
    {
        int expectedSize = magic.Length + LengthSize + payloadSize + ChecksumSize;
        byte[] bytes = ReadBounded(path, expectedSize + 1);
        int same = bytes.AsSpan().CommonPrefixLength(magic);
        if (same < magic.Length)
        {
            throw new KeyFileException(path, KeyFileSection.Magic, same, "not a file of this kind and version.");
        }

        if (bytes.Length < magic.Length + LengthSize
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(magic.Length)) != payloadSize)
        {
            throw new KeyFileException(
                path, KeyFileSection.Length, magic.Length, $"the payload's length must be {payloadSize}.");
        }

        if (bytes.Length != expectedSize)
        {
            throw new KeyFileException(
                path,
                KeyFileSection.Size,
                Math.Min(bytes.Length, expectedSize),
                bytes.Length < expectedSize ? $"cut short, {expectedSize} bytes are needed." : "bytes after the end.");
        }

        int checksumStart = expectedSize - ChecksumSize;
        Span<byte> checksum = stackalloc byte[ChecksumSize];
        SHA256.HashData(bytes.AsSpan(0, checksumStart), checksum);
        if (!checksum.SequenceEqual(bytes.AsSpan(checksumStart)))
        {
            throw new KeyFileException(
                path, KeyFileSection.Checksum, checksumStart, $"the bytes 0 to {checksumStart - 1} were changed.");
        }

        return bytes[(magic.Length + LengthSize)..checksumStart];
    }

    /// <summary>Writes a new file: temporary file, fsync, rename, fsync of the directory.</summary>
    /// <exception cref="IOException">The file exists already, or the system could not write it.</exception>
    internal static void WriteNew(string path, ReadOnlySpan<byte> magic, ReadOnlySpan<byte> payload)
    {
        byte[] bytes = new byte[magic.Length + LengthSize + payload.Length + ChecksumSize];
        Span<byte> rest = bytes;
        magic.CopyTo(rest);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[magic.Length..], (uint)payload.Length);
        payload.CopyTo(rest[(magic.Length + LengthSize)..]);
        int checksumStart = bytes.Length - ChecksumSize;
        SHA256.HashData(bytes.AsSpan(0, checksumStart), rest[checksumStart..]);
        string temporary = $"{path}.{RandomNumberGenerator.GetHexString(TemporaryNameLength)}{TemporarySuffix}";
        try
        {
            WriteDurably(temporary, bytes);
            File.Move(temporary, path, overwrite: false);
        }
        finally
        {
            File.Delete(temporary);
            CryptographicOperations.ZeroMemory(bytes);
        }

        DirectorySync.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static void WriteDurably(string path, ReadOnlySpan<byte> bytes)
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = PrivateMode;
        }

        using FileStream stream = new(path, options);
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }

    private static byte[] ReadBounded(string path, int maxBytes)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(path);
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(handle) & ~PrivateMode) != UnixFileMode.None)
            {
                throw new KeyFileException(
                    path, KeyFileSection.Mode, 0, "others may read or change it; the mode must be 0600 or narrower.");
            }

            byte[] buffer = new byte[maxBytes];
            int count = 0;
            int read;

            // At a full buffer there is no room, and nothing is read into no room.
            while ((read = RandomAccess.Read(handle, buffer.AsSpan(count), count)) > 0)
            {
                count += read;
            }

            return buffer[..count];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException(path, KeyFileSection.File, 0, $"cannot be read: {e.Message}", e);
        }
    }
}
