using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Aitbc.Infrastructure.Storage;

/// <summary>What a frame of the journal carries.</summary>
public enum FrameKind
{
    /// <summary>One entry; its sequence is its own number, counted from 1 without gaps.</summary>
    Entry = 1,

    /// <summary>A closed block; its sequence is the last entry it covers.</summary>
    Block = 2,

    /// <summary>A new term; its sequence is the last entry before it.</summary>
    Term = 3,
}

/// <summary>
/// The bytes of one frame. Little endian; a frame begins at a multiple of 8 and never crosses a segment.
/// <code>
///  0  u32  magic "AJFR"
///  4  u8   version, 1
///  5  u8   kind
///  6  u16  count of whole 512-byte sectors inside the frame that are zero by content
///  8  u32  payload length
/// 12  u32  CRC-32C of the payload
/// 16  u64  sequence
/// 24  u32  offset in the segment at which this frame's group (one write, one flush) begins
/// 28  u32  index of the segment
/// 32  u32  header CRC of the frame before it in the journal (the first: of the journal's identity)
/// 36  u32  CRC-32C of the frame's offset (u64) and the 36 bytes above
/// 40  payload, zeros up to a multiple of 8, trailer "AJFR-END"
/// </code>
/// </summary>
/// <remarks>
/// Why these fields: the chain of header CRCs makes a missing, doubled or foreign stretch visible; the offset in the
/// CRC makes a misplaced one visible; group and zero sectors let recovery tell what a crash leaves (sectors of the last
/// group that never arrived and still read zero) from a changed byte. No byte of magic or trailer is zero or one bit
/// away from zero, so neither can come from or vanish by one flipped bit.
/// </remarks>
internal static class FrameLayout
{
    public const int HeaderBytes = 40;
    public const int TrailerBytes = 8;
    public const int Alignment = 8;
    public const int SectorBytes = 512;
    public const byte Version = 1;

    /// <summary>The first frame of each segment in use, written by the journal itself; its payload is empty.</summary>
    public const byte SegmentStartKind = 4;

    public const uint Magic = 0x5246_4A41;
    public const ulong Trailer = 0x444E_452D_5246_4A41;

    private const int ChecksummedBytes = 36;

    /// <summary>Bytes of a whole frame with a payload of this length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FrameBytes(int payloadLength) =>
        HeaderBytes + ((payloadLength + Alignment - 1) & -Alignment) + TrailerBytes;

    /// <summary>
    /// Completes a frame whose payload stands in place; the journal's own fields wait for <see cref="Stamp"/>.
    /// </summary>
    public static void Seal(Span<byte> frame, byte kind, long sequence, int payloadLength)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Magic);
        frame[4] = Version;
        frame[5] = kind;
        BinaryPrimitives.WriteUInt16LittleEndian(frame[6..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], (uint)payloadLength);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[12..], Crc32C.Of(frame.Slice(HeaderBytes, payloadLength)));
        BinaryPrimitives.WriteUInt64LittleEndian(frame[16..], (ulong)sequence);
        frame[(HeaderBytes + payloadLength)..^TrailerBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(frame[^TrailerBytes..], Trailer);
    }

    /// <summary>Binds a sealed frame to its place in the journal.</summary>
    /// <returns>The header CRC, which the next frame carries.</returns>
    public static uint Stamp(Span<byte> frame, uint segment, uint offset, uint groupStart, uint previous)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(frame[6..], (ushort)CountZeroSectors(frame, offset));
        BinaryPrimitives.WriteUInt32LittleEndian(frame[24..], groupStart);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[28..], segment);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[32..], previous);
        var crc = HeaderCrc(frame, offset);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[36..], crc);
        return crc;
    }

    /// <summary>Reads a header; false when its magic or its checksum for this offset is wrong.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> bytes, long offset, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
        {
            return false;
        }

        var crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]);
        if (crc != HeaderCrc(bytes, offset))
        {
            return false;
        }

        header = new FrameHeader(
            bytes[4],
            bytes[5],
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            (long)(BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]) & long.MaxValue),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]),
            crc);
        return true;
    }

    /// <summary>What is wrong with the part of a frame after its header; null when nothing is.</summary>
    public static string? BodyFault(ReadOnlySpan<byte> frame, in FrameHeader header)
    {
        var payload = frame.Slice(HeaderBytes, (int)header.PayloadLength);
        if (Crc32C.Of(payload) != header.PayloadCrc)
        {
            return "the payload does not match its checksum";
        }

        if (frame[(HeaderBytes + payload.Length)..^TrailerBytes].ContainsAnyExcept((byte)0))
        {
            return "the padding is not zero";
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(frame[^TrailerBytes..]) == Trailer
            ? null
            : "the frame does not end with its trailer";
    }

    /// <summary>
    /// Whole sectors inside a frame that are zero by content. Those with a part of its header or its trailer never are,
    /// and the header is not complete yet when this is asked.
    /// </summary>
    private static int CountZeroSectors(ReadOnlySpan<byte> frame, long offset)
    {
        var count = 0;
        var first = (int)(-offset & (SectorBytes - 1));
        first += first < HeaderBytes ? SectorBytes : 0;
        for (var at = first; at + SectorBytes <= frame.Length; at += SectorBytes)
        {
            // Nearly every sector of data shows itself by its first word.
            if (BinaryPrimitives.ReadUInt64LittleEndian(frame[at..]) == 0
                && !frame.Slice(at, SectorBytes).ContainsAnyExcept((byte)0))
            {
                count++;
            }
        }

        return count;
    }

    private static uint HeaderCrc(ReadOnlySpan<byte> header, long offset) =>
        Crc32C.OfPlaced((ulong)offset, header[..ChecksummedBytes]);
}

/// <summary>The fields of a frame header whose checksum was right.</summary>
internal readonly record struct FrameHeader(
    byte Version,
    byte Kind,
    int ZeroSectors,
    uint PayloadLength,
    uint PayloadCrc,
    long Sequence,
    uint GroupStart,
    uint Segment,
    uint Previous,
    uint Crc)
{
    /// <summary>Bytes of the whole frame.</summary>
    public int FrameBytes => FrameLayout.FrameBytes((int)PayloadLength);
}
