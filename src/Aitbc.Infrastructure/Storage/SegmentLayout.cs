using System.Buffers.Binary;
using System.Globalization;

namespace Aitbc.Infrastructure.Storage;

/// <summary>
/// The first sector of a segment file, and its name. Little endian.
/// <code>
///  0  8 bytes  magic "AITBCJRN"
///  8  u32      version, 1
/// 12  u32      index of the segment, as in its name
/// 16  u64      length of the file
/// 24  32 bytes identity of the journal
/// 56  u32      CRC-32C of the 56 bytes above
/// 60  zeros up to 512
/// </code>
/// </summary>
internal static class SegmentLayout
{
    public const string Directory = "journal";
    public const string Extension = ".seg";
    public const string PreparingExtension = ".preparing";
    public const int HeaderBytes = FrameLayout.SectorBytes;
    public const int IdentityBytes = 32;
    public const uint Version = 1;

    private const int NameDigits = 10;
    private const int ChecksummedBytes = 56;

    private static ReadOnlySpan<byte> Magic => "AITBCJRN"u8;

    public static string PathOf(uint index) =>
        DiskPath.Join(Directory, index.ToString("D10", CultureInfo.InvariantCulture) + Extension);

    /// <summary>The index in a segment's file name; false when the name is not one.</summary>
    public static bool TryParseName(string name, out uint index)
    {
        index = 0;
        return name.Length == NameDigits + Extension.Length
            && name.EndsWith(Extension, StringComparison.Ordinal)
            && uint.TryParse(name.AsSpan(0, NameDigits), NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }

    public static void WriteHeader(Span<byte> sector, uint index, long segmentBytes, ReadOnlySpan<byte> identity)
    {
        sector.Clear();
        Magic.CopyTo(sector);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[12..], index);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[16..], (ulong)segmentBytes);
        identity.CopyTo(sector.Slice(24, IdentityBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(sector[56..], Crc32C.Of(sector[..ChecksummedBytes]));
    }

    /// <summary>What is wrong with a segment's first sector; null when nothing is.</summary>
    public static string? HeaderFault(
        ReadOnlySpan<byte> sector, uint index, long fileLength, ReadOnlySpan<byte> identity)
    {
        if (sector.Length < HeaderBytes || !sector.StartsWith(Magic))
        {
            return "this is not a journal segment";
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(sector[56..]) != Crc32C.Of(sector[..ChecksummedBytes]))
        {
            return "the segment header does not match its checksum";
        }

        if (sector[60..HeaderBytes].ContainsAnyExcept((byte)0))
        {
            return "the rest of the segment header is not zero";
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(sector[8..]);
        if (version != Version)
        {
            return $"the segment has version {version}, this release reads version {Version}";
        }

        if (!sector.Slice(24, IdentityBytes).SequenceEqual(identity))
        {
            return "the segment belongs to another journal";
        }

        var written = BinaryPrimitives.ReadUInt32LittleEndian(sector[12..]);
        if (written != index)
        {
            return $"the file holds segment {written}, its name says {index}";
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(sector[16..]);
        return length == (ulong)fileLength ? null : $"the file has {fileLength} bytes, its header says {length}";
    }
}
