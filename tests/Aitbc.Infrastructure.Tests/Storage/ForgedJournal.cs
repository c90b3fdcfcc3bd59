using System.Buffers.Binary;
using System.Globalization;
using Aitbc.Infrastructure.Storage;
using Aitbc.Testing;

namespace Aitbc.Infrastructure.Tests.Storage;

/// <summary>
/// A journal of several segments in which any frame can be changed and everything stamped anew, so that all checksums
/// and links are right and only what is said is wrong.
/// </summary>
internal sealed class ForgedJournal
{
    public const int SegmentBytes = 8 * 1024;
    public const int First = 512;

    private const int PayloadBytes = 300;
    private const int Batches = 24;

    private readonly List<byte[]> _segments = [];

    private ForgedJournal(FaultyDisk disk)
    {
        Disk = disk;
        foreach (var entry in disk.List("journal"))
        {
            _segments.Add(disk.ReadAll($"journal/{entry.Name}"));
        }
    }

    public static JournalOptions Options => JournalModel.Options(SegmentBytes);

    public FaultyDisk Disk { get; }

    /// <summary>The last segment that holds frames.</summary>
    public int Last => _segments.FindLastIndex(static bytes => bytes.AsSpan(First).ContainsAnyExcept((byte)0));

    public static string PathOf(int segment) =>
        $"journal/{segment.ToString("D10", CultureInfo.InvariantCulture)}.seg";

    /// <summary>Writes groups of two entries, a term and a block, each frame with 300 bytes.</summary>
    public static async Task<ForgedJournal> WriteAsync(JournalOptions? options = null, byte fill = 1)
    {
        var disk = new FaultyDisk(1);
        await using (var journal = Journal.Open(disk, options ?? Options, out _))
        {
            var batch = new JournalBatch();
            for (var sequence = 1L; sequence < 2 * Batches; sequence += 2)
            {
                batch.Clear();
                Add(batch, FrameKind.Entry, sequence, fill);
                Add(batch, FrameKind.Entry, sequence + 1, fill);
                Add(batch, FrameKind.Term, sequence + 1, fill);
                Add(batch, FrameKind.Block, sequence + 1, fill);
                journal.Write(batch);
            }
        }

        return new ForgedJournal(disk);
    }

    /// <summary>The bytes of a segment, to be changed in place.</summary>
    public byte[] Segment(int segment) => _segments[segment];

    /// <summary>Where the frames of a segment begin, its start frame first.</summary>
    public List<int> FramesOf(int segment)
    {
        var bytes = _segments[segment];
        var found = new List<int>();
        for (var at = First; at < bytes.Length && bytes[at] != 0;)
        {
            found.Add(at);
            at += FrameLayout.FrameBytes(BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 8)));
        }

        return found;
    }

    /// <summary>Frames that stand before a place and are handed out: all but the segments' own starts.</summary>
    public int CountBefore(int segment, int offset)
    {
        var count = 0;
        for (var index = 0; index <= segment; index++)
        {
            count += FramesOf(index).Count(at => at != First && (index < segment || at < offset));
        }

        return count;
    }

    /// <summary>The second frame of a group in the middle of a segment: an entry that is not the first of its group.
    /// </summary>
    public int EntryInside(int segment)
    {
        var bytes = _segments[segment];
        return FramesOf(segment).Skip(4).First(at =>
            bytes[at + 5] == (byte)FrameKind.Entry
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 24)) != at);
    }

    /// <summary>Stamps every frame anew over whatever stands in it, and puts the segments on the disk.</summary>
    /// <param name="until">Frames from this place of the last changed segment on keep their lengths unread.</param>
    public void Restamp((int Segment, int Offset)? until = null)
    {
        Span<byte> identity = stackalloc byte[32];
        Options.Identity.CopyTo(identity);
        var previous = Crc32C.Of(identity);
        for (var index = 0; index < _segments.Count; index++)
        {
            foreach (var at in FramesUntil(index, until))
            {
                var frame = _segments[index].AsSpan(at);
                BinaryPrimitives.WriteUInt32LittleEndian(frame[32..], previous);
                previous = Reseal(frame, at);
            }
        }

        Save();
    }

    /// <summary>Puts the segments on the disk as they are.</summary>
    public void Save()
    {
        for (var index = 0; index < _segments.Count; index++)
        {
            Disk.Put(PathOf(index), _segments[index]);
        }
    }

    /// <summary>Makes a header's checksum right again.</summary>
    public static uint Reseal(Span<byte> frame, int at)
    {
        var crc = Crc32C.OfPlaced((ulong)at, frame[..36]);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[36..], crc);
        return crc;
    }

    /// <summary>What the walker that takes nothing on trust hands out.</summary>
    public int CountRead() => JournalFrames.Read(Disk, Options).Count();

    private List<int> FramesUntil(int index, (int Segment, int Offset)? until)
    {
        if (until is not { } end || index < end.Segment)
        {
            return FramesOf(index);
        }

        return index > end.Segment ? [] : [.. FramesOf(index).TakeWhile(at => at <= end.Offset)];
    }

    private static void Add(JournalBatch batch, FrameKind kind, long sequence, byte fill)
    {
        batch.BeginFrame(kind, sequence, PayloadBytes).Fill(fill);
        batch.EndFrame(PayloadBytes);
    }
}
