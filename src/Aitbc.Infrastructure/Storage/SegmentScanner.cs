using System.Numerics;
using System.Runtime.InteropServices;

namespace Aitbc.Infrastructure.Storage;

/// <summary>Where a journal stands while its frames are followed.</summary>
internal struct ChainState
{
    /// <summary>Whether the other fields are known; false after a gap, when the next frame is believed.</summary>
    public bool IsKnown;

    /// <summary>Header CRC of the last frame.</summary>
    public uint Previous;

    /// <summary>Sequence of the last entry.</summary>
    public long LastEntry;

    /// <summary>Where the last frame's group begins in the present segment; 0 before its first frame.</summary>
    public uint GroupStart;
}

/// <summary>How a segment's frames end.</summary>
internal enum SegmentEnd
{
    /// <summary>Zeros follow the last good frame, up to the end of the file.</summary>
    Clean,

    /// <summary>What follows is what a crash leaves of a write that was never flushed.</summary>
    Torn,

    /// <summary>What follows was changed after it was durable.</summary>
    Damaged,
}

/// <summary>The result of following frames.</summary>
/// <param name="End">How they end.</param>
/// <param name="EndOffset">The first byte after the last good frame.</param>
/// <param name="FaultOffset">The byte to name in a report.</param>
/// <param name="Text">What is wrong there; empty when clean.</param>
internal readonly record struct SegmentScan(SegmentEnd End, int EndOffset, int FaultOffset, string Text);

/// <summary>
/// Follows the frames of one segment held in memory and judges what stands where they stop: the clean end, a torn tail
/// or damage. Stateless, thread-safe.
/// </summary>
/// <remarks>
/// The judgement rests on how a crash behaves: a flush makes a whole group durable before the next one is begun, so
/// only
/// the last group can be incomplete; of it any set of 512-byte sectors (or any first part) may have arrived; what did
/// not arrive still reads zero, since segments are zeroed and flushed before use. So bad bytes are a torn tail only if
/// no frame of a later group stands behind them and if there are zeros where a sealed frame has none.
/// </remarks>
internal static class SegmentScanner
{
    /// <summary>
    /// Up to this many one-bits alone in a tail of zeros count as a changed byte, not as what survived of a torn write.
    /// More of them may be either; then the tail is cut, which loses nothing.
    /// </summary>
    private const int MaxStrayBits = 1;

    private const int SectorBytes = FrameLayout.SectorBytes;

    /// <summary>Follows frames from an offset until they end.</summary>
    /// <param name="segment">The whole segment.</param>
    /// <param name="index">Its index.</param>
    /// <param name="start">Where to begin: the end of the segment header or the start of a frame.</param>
    /// <param name="isLast">Whether no later segment holds anything but zeros.</param>
    /// <param name="chain">Where the journal stands before and after.</param>
    /// <param name="journalIndex">Told of the entries on the way; null when nobody wants to know.</param>
    public static SegmentScan Follow(
        ReadOnlySpan<byte> segment,
        uint index,
        int start,
        bool isLast,
        ref ChainState chain,
        JournalIndex? journalIndex = null)
    {
        var at = start;
        while (at < segment.Length)
        {
            if (!FrameLayout.TryReadHeader(segment[at..], at, out var header))
            {
                break;
            }

            var fault = OrderFault(header, index, at, segment.Length, in chain);
            if (fault is not null)
            {
                return new SegmentScan(SegmentEnd.Damaged, at, at, fault);
            }

            var frame = segment.Slice(at, header.FrameBytes);
            fault = FrameLayout.BodyFault(frame, in header);
            if (fault is not null)
            {
                var isTorn = isLast
                    && (CountMissingSectors(segment, at, frame.Length) > header.ZeroSectors
                        || !segment[(at + frame.Length - 1)..].ContainsAnyExcept((byte)0))
                    && !LaterGroupFollows(segment, index, at, at + frame.Length, header.GroupStart);
                return new SegmentScan(isTorn ? SegmentEnd.Torn : SegmentEnd.Damaged, at, at, fault);
            }

            Advance(ref chain, in header);
            if (header.Kind == (byte)FrameKind.Entry)
            {
                journalIndex?.AddEntry(index, header.Sequence, (uint)at);
            }

            at += frame.Length;
        }

        return JudgeEnd(segment, index, at, isLast, chain.GroupStart);
    }

    /// <summary>What is wrong with a frame's place in the order of the journal; null when nothing is.</summary>
    public static string? OrderFault(
        in FrameHeader header, uint index, int at, int segmentLength, in ChainState chain)
    {
        if (header.Version != FrameLayout.Version)
        {
            return $"the frame has version {header.Version}, this release reads version {FrameLayout.Version}";
        }

        if (header.Segment != index)
        {
            return $"the frame belongs to segment {header.Segment}";
        }

        if (header.PayloadLength > JournalOptions.MaxPayloadBytes || at + header.FrameBytes > segmentLength)
        {
            return $"a payload of {header.PayloadLength} bytes cannot stand here";
        }

        var isStart = header.Kind == FrameLayout.SegmentStartKind;
        if (isStart != (at == SegmentLayout.HeaderBytes))
        {
            return isStart ? "a segment start stands inside a segment" : "the segment does not begin with its start";
        }

        var isInGroup = header.GroupStart == at
            || (chain.GroupStart != 0 ? header.GroupStart == chain.GroupStart : !chain.IsKnown);
        if (!isInGroup)
        {
            return "the frame belongs to a group that does not begin here";
        }

        if (!chain.IsKnown)
        {
            return null;
        }

        if (header.Previous != chain.Previous)
        {
            return "the frame does not follow the one before it: something is missing, moved or of another history";
        }

        var fits = header.Kind switch
        {
            (byte)FrameKind.Entry => header.Sequence == chain.LastEntry + 1,
            (byte)FrameKind.Block => header.Sequence <= chain.LastEntry,
            (byte)FrameKind.Term or FrameLayout.SegmentStartKind => header.Sequence == chain.LastEntry,
            _ => false,
        };
        return fits
            ? null
            : $"a frame of kind {header.Kind} and sequence {header.Sequence} cannot follow entry {chain.LastEntry}";
    }

    /// <summary>Moves on to the state after a frame.</summary>
    public static void Advance(ref ChainState chain, in FrameHeader header)
    {
        if (header.Kind != (byte)FrameKind.Block)
        {
            chain.LastEntry = header.Sequence;
        }

        chain.IsKnown |= header.Kind != (byte)FrameKind.Block;
        chain.Previous = header.Crc;
        chain.GroupStart = header.GroupStart;
    }

    /// <summary>The next frame whose header is good, from a multiple of 8 on; -1 when there is none.</summary>
    public static int FindFrame(ReadOnlySpan<byte> segment, uint index, int from, out FrameHeader header)
    {
        for (var at = from; at + FrameLayout.HeaderBytes <= segment.Length; at += FrameLayout.Alignment)
        {
            var skipped = segment[at..].IndexOfAnyExcept((byte)0);
            if (skipped < 0)
            {
                break;
            }

            at += skipped & -FrameLayout.Alignment;
            if (FrameLayout.TryReadHeader(segment[at..], at, out header) && header.Segment == index)
            {
                return at;
            }
        }

        header = default;
        return -1;
    }

    private static SegmentScan JudgeEnd(
        ReadOnlySpan<byte> segment, uint index, int at, bool isLast, uint groupStart)
    {
        var tail = segment[at..];
        var firstSet = tail.IndexOfAnyExcept((byte)0);
        if (firstSet < 0)
        {
            return new SegmentScan(SegmentEnd.Clean, at, at, "");
        }

        if (!isLast)
        {
            return new SegmentScan(SegmentEnd.Damaged, at, at, "this is not a frame, and later segments hold frames");
        }

        var lastSet = tail.LastIndexOfAnyExcept((byte)0);
        var text = HeaderIsTorn(tail, at, lastSet, out var faultAt);
        if (text is not null)
        {
            return new SegmentScan(SegmentEnd.Damaged, at, at + Math.Max(faultAt, 0), text);
        }

        return LaterGroupFollows(segment, index, at, at + FrameLayout.Alignment, groupStart)
            ? new SegmentScan(SegmentEnd.Damaged, at, at, "this is not a frame, and later groups of frames follow")
            : new SegmentScan(SegmentEnd.Torn, at, at, "the last write ends here");
    }

    /// <summary>Why a bad header is damage; null when a crash explains it.</summary>
    /// <param name="tail">The segment from the bad header on; not all zero.</param>
    /// <param name="at">Its offset in the segment.</param>
    /// <param name="lastSet">The last byte of the tail that is not zero.</param>
    /// <param name="faultAt">The byte of the tail to name.</param>
    private static string? HeaderIsTorn(ReadOnlySpan<byte> tail, int at, int lastSet, out int faultAt)
    {
        faultAt = 0;
        var toSectorEnd = SectorBytes - (at & (SectorBytes - 1));
        if (!tail[..Math.Min(toSectorEnd, tail.Length)].ContainsAnyExcept((byte)0))
        {
            // The sector with the header never arrived, so what stands behind it must be other sectors of that write.
            faultAt = tail.IndexOfAnyExcept((byte)0);
            return CountSetBits(tail[faultAt..], MaxStrayBits) > MaxStrayBits
                ? null
                : "a byte is set in a region that was never written";
        }

        Span<byte> magic = stackalloc byte[sizeof(uint)];
        MemoryMarshal.Write(magic, FrameLayout.Magic);
        var prefix = Math.Min(magic.Length, lastSet + 1);
        if (!tail[..prefix].SequenceEqual(magic[..prefix]))
        {
            faultAt = tail.IndexOfAnyExcept((byte)0);
            return "this is not a frame";
        }

        var endsInHeader = lastSet < FrameLayout.HeaderBytes - 1;
        var secondSectorMissing = toSectorEnd < FrameLayout.HeaderBytes
            && !tail.Slice(toSectorEnd, Math.Min(SectorBytes, tail.Length - toSectorEnd)).ContainsAnyExcept((byte)0);
        return endsInHeader || secondSectorMissing ? null : "the frame header does not match its checksum";
    }

    /// <summary>Sectors that a frame reaches into and that read zero from the frame's start on.</summary>
    private static int CountMissingSectors(ReadOnlySpan<byte> segment, int at, int frameLength)
    {
        var count = 0;
        for (var from = at; from < at + frameLength;)
        {
            var next = Math.Min((from & -SectorBytes) + SectorBytes, segment.Length);
            count += segment[from..next].ContainsAnyExcept((byte)0) ? 0 : 1;
            from = next;
        }

        return count;
    }

    /// <summary>
    /// Whether a frame of another group stands behind a bad place: then the bad bytes were durable once.
    /// </summary>
    private static bool LaterGroupFollows(
        ReadOnlySpan<byte> segment, uint index, int badAt, int searchFrom, uint groupStart)
    {
        for (var at = searchFrom; ; at += FrameLayout.Alignment)
        {
            at = FindFrame(segment, index, at, out var header);
            if (at < 0)
            {
                return false;
            }

            if (header.GroupStart != groupStart && header.GroupStart != badAt)
            {
                return true;
            }
        }
    }

    private static int CountSetBits(ReadOnlySpan<byte> bytes, int enough)
    {
        var count = 0;
        foreach (var value in bytes)
        {
            count += BitOperations.PopCount(value);
            if (count > enough)
            {
                break;
            }
        }

        return count;
    }
}
