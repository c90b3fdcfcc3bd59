using System.Buffers.Binary;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Storage;

/// <summary>Frames whose checksums are all right, and which are refused for what they say.</summary>
public sealed class JournalForgeryTests
{
    private static readonly Dictionary<string, (Action<Span<byte>> Edit, string Text)> Lies = new()
    {
        ["of another version"] = (static frame => frame[4] = 2, "has version 2"),
        ["of another magic"] = (static frame => frame[3] ^= 1, "this is not a frame"),
        ["of another segment"] = (static frame => frame[28] ^= 1, "belongs to segment"),
        ["longer than any frame"] =
            (static frame => SetLength(frame, JournalOptions.MaxPayloadBytes + 1), "cannot stand here"),
        ["longer than any number"] = (static frame => SetLength(frame, uint.MaxValue), "cannot stand here"),
        ["longer than its segment"] =
            (static frame => SetLength(frame, ForgedJournal.SegmentBytes - 512), "cannot stand here"),
        ["a start inside a segment"] = (static frame => frame[5] = 4, "a segment start stands inside a segment"),
        ["of a group that began elsewhere"] =
            (static frame => frame[24] ^= 8, "belongs to a group that does not begin here"),
        ["an entry left out"] = (static frame => frame[16]++, "cannot follow entry"),
        ["an entry once more"] = (static frame => frame[16]--, "cannot follow entry"),
        ["a block over entries to come"] = (static frame => frame[5] = (byte)FrameKind.Block, "cannot follow entry"),
        ["a term before its time"] = (static frame => frame[5] = (byte)FrameKind.Term, "cannot follow entry"),
        ["of kind 0"] = (static frame => frame[5] = 0, "a frame of kind 0"),
        ["of kind 5"] = (static frame => frame[5] = 5, "a frame of kind 5"),
    };

    private static readonly Dictionary<string, (Action<Span<byte>> Edit, string Text)> Starts = new()
    {
        ["none"] = (static frame => frame[5] = (byte)FrameKind.Term, "does not begin with its start"),
        ["of another segment"] = (static frame => frame[28] ^= 1, ""),
        ["after more entries"] = (static frame => frame[16]++, "cannot follow entry"),
        ["of another group"] = (static frame => frame[24] ^= 8, "belongs to a group that does not begin here"),
    };

    public static TheoryData<string> LieNames() => [.. Lies.Keys];

    public static TheoryData<string> StartNames() => [.. Starts.Keys];

    [Theory]
    [MemberData(nameof(LieNames))]
    public async Task A_frame_that_lies_under_right_checksums_is_refused_by_all_who_read(string lie)
    {
        var (edit, text) = Lies[lie];
        foreach (var isLast in new[] { false, true })
        {
            var forged = await ForgedJournal.WriteAsync();
            var segment = isLast ? forged.Last : 0;
            var at = forged.EntryInside(segment);
            var before = forged.CountBefore(segment, at);
            edit(forged.Segment(segment).AsSpan(at));
            forged.Restamp(until: (segment, at));

            await AssertRefused(forged, segment, at, text, before, isLast);
        }
    }

    [Fact]
    public async Task The_same_journal_before_a_frame_was_made_to_lie_is_read()
    {
        var forged = await ForgedJournal.WriteAsync();
        forged.Restamp();

        Assert.True(forged.Last >= 3, "the test wants several segments");
        Assert.Empty(Journal.Check(forged.Disk, ForgedJournal.Options));
        Assert.Equal(forged.CountBefore(forged.Last, int.MaxValue), forged.CountRead());
        await using var journal = Journal.Open(forged.Disk, ForgedJournal.Options, out _);
        Assert.Equal(forged.CountRead(), CountRead(journal));
    }

    [Theory]
    [MemberData(nameof(StartNames))]
    public async Task A_segment_start_that_lies_under_right_checksums_is_refused_by_all_who_read(string lie)
    {
        var (edit, text) = Starts[lie];
        foreach (var isLast in new[] { false, true })
        {
            var forged = await ForgedJournal.WriteAsync();
            var segment = isLast ? forged.Last : 1;
            var before = forged.CountBefore(segment, ForgedJournal.First);
            edit(forged.Segment(segment).AsSpan(ForgedJournal.First));
            forged.Restamp(until: (segment, ForgedJournal.First));

            await AssertRefused(forged, segment, ForgedJournal.First, text, before, isLast);
        }
    }

    [Fact]
    public async Task A_frame_linked_to_another_one_is_refused_by_all_who_read()
    {
        foreach (var isLast in new[] { false, true })
        {
            var forged = await ForgedJournal.WriteAsync();
            var segment = isLast ? forged.Last : 0;
            var at = forged.EntryInside(segment);
            var frame = forged.Segment(segment).AsSpan(at);
            frame[32] ^= 1;
            ForgedJournal.Reseal(frame, at);
            forged.Save();

            await AssertRefused(
                forged, segment, at, "does not follow the one before", forged.CountBefore(segment, at), isLast);
        }
    }

    [Fact]
    public async Task Two_entries_exchanged_and_stamped_anew_are_refused_by_all_who_read()
    {
        var forged = await ForgedJournal.WriteAsync();
        var second = forged.EntryInside(0);
        var first = forged.FramesOf(0)[forged.FramesOf(0).IndexOf(second) - 1];
        Exchange(forged, first, second);
        var groupStart = BinaryPrimitives.ReadUInt32LittleEndian(forged.Segment(0).AsSpan(second + 24));
        BinaryPrimitives.WriteUInt32LittleEndian(forged.Segment(0).AsSpan(first + 24), groupStart);
        forged.Restamp();

        await AssertRefused(forged, 0, first, "cannot follow entry", forged.CountBefore(0, first), isLast: false);
    }

    [Fact]
    public async Task Two_entries_exchanged_as_they_are_are_refused_by_all_who_read()
    {
        var forged = await ForgedJournal.WriteAsync();
        var second = forged.EntryInside(0);
        var first = forged.FramesOf(0)[forged.FramesOf(0).IndexOf(second) - 1];
        Exchange(forged, first, second);
        forged.Save();

        await AssertRefused(forged, 0, first, "", forged.CountBefore(0, first), isLast: false);
    }

    [Theory]
    [InlineData(9, "has version")]
    [InlineData(40, "belongs to another journal")]
    [InlineData(12, "its name says")]
    [InlineData(16, "its header says")]
    public async Task A_segment_header_that_lies_under_a_right_checksum_is_refused_by_all_who_read(
        int offset, string text)
    {
        foreach (var segment in new[] { 0, 1, 3 })
        {
            var forged = await ForgedJournal.WriteAsync();
            var header = forged.Segment(segment);
            header[offset] ^= 1;
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(56), Crc32C.Of(header.AsSpan(0, 56)));
            forged.Save();

            var error = Assert.Throws<JournalDamagedException>(
                () => Journal.Open(forged.Disk, ForgedJournal.Options, out _));
            Assert.Equal((ForgedJournal.PathOf(segment), 0L), (error.File, error.Offset));
            Assert.Contains(text, error.Text, StringComparison.Ordinal);
            var problem = Journal.Check(forged.Disk, ForgedJournal.Options).First();
            Assert.Contains(text, problem.Text, StringComparison.Ordinal);
            Assert.Equal(forged.CountBefore(segment, 0), forged.CountRead());
        }
    }

    [Fact]
    public async Task Frames_Read_BehindDamageInAnEarlierSegment_HandsOutNothing()
    {
        var forged = await ForgedJournal.WriteAsync();
        var at = forged.EntryInside(1);
        forged.Segment(1)[at + 50] ^= 1;
        forged.Save();

        Assert.Equal(forged.CountBefore(1, at), forged.CountRead());
    }

    [Fact]
    public async Task Frames_Read_OfATornTail_EndsBeforeIt()
    {
        var forged = await ForgedJournal.WriteAsync();
        var at = forged.FramesOf(forged.Last)[^1];
        var tail = forged.Segment(forged.Last).AsSpan(at + 100);
        tail.Clear();
        forged.Save();

        Assert.Equal(forged.CountBefore(forged.Last, at), forged.CountRead());
        Assert.Equal(StorageProblemKind.Notice, Assert.Single(Journal.Check(forged.Disk, ForgedJournal.Options)).Kind);
    }

    [Fact]
    public async Task Check_ASegmentFullOfDamage_TellsTheFirstHundredPlaces()
    {
        var options = JournalModel.Options(16 * 1024);
        var disk = new Aitbc.Testing.FaultyDisk(1);
        await using (var journal = Journal.Open(disk, options, out _))
        {
            var batch = new JournalBatch();
            for (var sequence = 1; sequence <= 300; sequence++)
            {
                batch.BeginFrame(FrameKind.Entry, sequence, 0);
                batch.EndFrame(0);
            }

            journal.Write(batch);
        }

        for (var at = 560; at < 560 + (300 * 48); at += 96)
        {
            disk.FlipBit("journal/0000000000.seg", at + 20, 0);
        }

        Assert.Equal(JournalCheck.MaxProblemsPerSegment, Journal.Check(disk, options).Count());
    }

    private static void SetLength(Span<byte> frame, long length) =>
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], (uint)length);

    private static void Exchange(ForgedJournal forged, int first, int second)
    {
        var length = second - first;
        var bytes = forged.Segment(0);
        var kept = bytes.AsSpan(first, length).ToArray();
        bytes.AsSpan(second, length).CopyTo(bytes.AsSpan(first));
        kept.CopyTo(bytes, second);
    }

    /// <summary>The check, the walker and whoever opens it agree on the place and the reason.</summary>
    private static async Task AssertRefused(
        ForgedJournal forged, int segment, int at, string text, int framesBefore, bool isLast)
    {
        var path = ForgedJournal.PathOf(segment);
        var problem = Journal.Check(forged.Disk, ForgedJournal.Options).First();
        Assert.Equal((StorageProblemKind.Damage, path, (long)at), (problem.Kind, problem.File, problem.Offset));
        Assert.Contains(text, problem.Text, StringComparison.Ordinal);
        Assert.Equal(framesBefore, forged.CountRead());

        var read = 0;
        var error = await Assert.ThrowsAsync<JournalDamagedException>(async () =>
        {
            await using var journal = Journal.Open(forged.Disk, ForgedJournal.Options, out _);
            Assert.False(isLast, "the end of a journal is judged when it is opened");
            using var reader = journal.ReadFrom(1);
            while (reader.TryRead(out _))
            {
                read++;
            }
        });
        Assert.Equal((path, (long)at), (error.File, error.Offset));
        Assert.Contains(text, error.Text, StringComparison.Ordinal);
        Assert.True(read == 0 || read == framesBefore, $"{read} of {framesBefore} frames were handed out");
    }

    private static int CountRead(Journal journal)
    {
        using var reader = journal.ReadFrom(1);
        var count = 0;
        while (reader.TryRead(out _))
        {
            count++;
        }

        return count;
    }
}
