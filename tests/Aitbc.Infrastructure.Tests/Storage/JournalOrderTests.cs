using System.Buffers.Binary;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Storage;

/// <summary>Whole segments in the wrong place: each is good in itself.</summary>
public sealed class JournalOrderTests
{
    [Fact]
    public async Task A_doubled_segment_is_refused_by_all_who_read()
    {
        var forged = await ForgedJournal.WriteAsync();
        forged.Segment(1).CopyTo(forged.Segment(2), 0);
        forged.Save();

        var before = forged.CountBefore(2, 0);
        Assert.Equal((ForgedJournal.PathOf(2), 0L), PlaceOf(forged));
        Assert.Equal(before, forged.CountRead());
        Assert.Throws<JournalDamagedException>(() => Journal.Open(forged.Disk, ForgedJournal.Options, out _));
    }

    [Fact]
    public async Task A_doubled_segment_with_a_header_of_its_new_place_is_refused_by_all_who_read()
    {
        var forged = await ForgedJournal.WriteAsync();
        forged.Segment(1).CopyTo(forged.Segment(2), 0);
        Renumber(forged.Segment(2), 2);
        forged.Save();

        var before = forged.CountBefore(2, 0);
        Assert.Equal((ForgedJournal.PathOf(2), 512L), PlaceOf(forged));
        Assert.Equal(before, forged.CountRead());
        Assert.Throws<JournalDamagedException>(() => Journal.Open(forged.Disk, ForgedJournal.Options, out _));
    }

    [Fact]
    public async Task A_doubled_segment_whose_frames_are_stamped_for_their_new_place_is_refused_by_all_who_read()
    {
        var forged = await ForgedJournal.WriteAsync();
        forged.Segment(1).CopyTo(forged.Segment(2), 0);
        Renumber(forged.Segment(2), 2);
        foreach (var at in forged.FramesOf(2))
        {
            forged.Segment(2)[at + 28] = 2;
        }

        forged.Restamp();
        var before = forged.CountBefore(2, 0);
        Assert.Equal((ForgedJournal.PathOf(2), 512L), PlaceOf(forged));
        Assert.Equal(before, forged.CountRead());
        await AssertReaderEndsAfter(forged, before);
    }

    [Fact]
    public async Task A_segment_missing_in_the_middle_ends_what_is_read()
    {
        var forged = await ForgedJournal.WriteAsync();
        forged.Disk.Remove(ForgedJournal.PathOf(1));

        Assert.Equal(forged.CountBefore(1, 0), forged.CountRead());
        Assert.Contains(
            Journal.Check(forged.Disk, ForgedJournal.Options),
            static problem => problem.File == ForgedJournal.PathOf(1) && problem.Kind == StorageProblemKind.Damage);
        var error = Assert.Throws<JournalDamagedException>(
            () => Journal.Open(forged.Disk, ForgedJournal.Options, out _));
        Assert.Equal(ForgedJournal.PathOf(1), error.File);
    }

    [Fact]
    public async Task The_first_segment_missing_leaves_nothing_to_read()
    {
        var forged = await ForgedJournal.WriteAsync();
        forged.Disk.Remove(ForgedJournal.PathOf(0));

        Assert.Equal(0, forged.CountRead());
        Assert.Equal(ForgedJournal.PathOf(0), Journal.Check(forged.Disk, ForgedJournal.Options).First().File);
        Assert.Throws<JournalDamagedException>(() => Journal.Open(forged.Disk, ForgedJournal.Options, out _));
    }

    [Fact]
    public async Task A_segment_of_another_chain_ends_what_is_read()
    {
        var other = await ForgedJournal.WriteAsync(new JournalOptions
        {
            Identity = Digest.Sha256("another chain"u8),
            SegmentBytes = ForgedJournal.SegmentBytes,
            PrepareInBackground = false,
        });
        var forged = await ForgedJournal.WriteAsync();
        other.Segment(1).CopyTo(forged.Segment(1), 0);
        forged.Save();

        Assert.Equal((ForgedJournal.PathOf(1), 0L), PlaceOf(forged));
        Assert.Equal(forged.CountBefore(1, 0), forged.CountRead());
    }

    [Fact]
    public async Task A_segment_of_another_history_of_this_chain_ends_what_is_read()
    {
        var other = await ForgedJournal.WriteAsync(fill: 2);
        var forged = await ForgedJournal.WriteAsync();
        other.Segment(1).CopyTo(forged.Segment(1), 0);
        forged.Save();

        var before = forged.CountBefore(1, 0);
        Assert.Equal((ForgedJournal.PathOf(1), 512L), PlaceOf(forged));
        Assert.Equal(before, forged.CountRead());
        await AssertReaderEndsAfter(forged, before);
    }

    [Fact]
    public async Task A_first_segment_of_another_history_is_noticed_where_the_next_begins()
    {
        var other = await ForgedJournal.WriteAsync(fill: 2);
        var forged = await ForgedJournal.WriteAsync();
        other.Segment(0).CopyTo(forged.Segment(0), 0);
        forged.Save();

        var before = forged.CountBefore(1, 0);
        Assert.Equal((ForgedJournal.PathOf(1), 512L), PlaceOf(forged));
        Assert.Equal(before, forged.CountRead());
        await AssertReaderEndsAfter(forged, before);
    }

    [Fact]
    public async Task An_emptied_segment_in_the_middle_is_refused_by_all_who_read()
    {
        var forged = await ForgedJournal.WriteAsync();
        forged.Segment(1).AsSpan(512).Clear();
        forged.Save();

        Assert.Equal(forged.CountBefore(1, 0), forged.CountRead());
        Assert.Equal((ForgedJournal.PathOf(2), 512L), PlaceOf(forged));
        Assert.Throws<JournalDamagedException>(() => Journal.Open(forged.Disk, ForgedJournal.Options, out _));
    }

    [Fact]
    public async Task The_end_of_a_finished_segment_left_out_is_noticed_where_the_next_begins()
    {
        var forged = await ForgedJournal.WriteAsync();
        var last = forged.FramesOf(1)[^1];
        forged.Segment(1).AsSpan(last).Clear();
        forged.Save();

        var before = forged.CountBefore(2, 0);
        Assert.Equal((ForgedJournal.PathOf(2), 512L), PlaceOf(forged));
        Assert.Equal(before, forged.CountRead());
        await AssertReaderEndsAfter(forged, before);
    }

    [Fact]
    public void A_segment_file_larger_than_any_segment_is_refused_without_being_read()
    {
        using var directory = new TemporaryDirectory();
        var disk = new FileDisk(directory.Root);
        disk.CreateDirectory("journal");
        using (var file = File.Create(directory.Combine("journal/0000000000.seg")))
        {
            file.SetLength(5L << 30);
        }

        Assert.Equal(StorageProblemKind.Damage, Assert.Single(Journal.Check(disk, ForgedJournal.Options)).Kind);
        Assert.Empty(JournalFrames.Read(disk, ForgedJournal.Options));
        Assert.Throws<JournalDamagedException>(() => Journal.Open(disk, ForgedJournal.Options, out _));
    }

    [Theory]
    [InlineData("journal/000000000x.seg")]
    [InlineData("journal/0000000000.sec")]
    [InlineData("journal/00000000000.seg")]
    [InlineData("journal/9999999999.seg")]
    public async Task A_name_that_is_no_segments_is_left_alone(string name)
    {
        var forged = await ForgedJournal.WriteAsync();
        forged.Disk.Put(name, forged.Segment(0));

        Assert.Equal(name, Assert.Single(Journal.Check(forged.Disk, ForgedJournal.Options)).File);
        await using var journal = Journal.Open(forged.Disk, ForgedJournal.Options, out var recovery);
        Assert.Equal(name, Assert.Single(recovery.Notices).File);
    }

    private static (string File, long Offset) PlaceOf(ForgedJournal forged)
    {
        var problem = Journal.Check(forged.Disk, ForgedJournal.Options).First();
        Assert.Equal(StorageProblemKind.Damage, problem.Kind);
        return (problem.File, problem.Offset);
    }

    /// <summary>A journal whose end is sound opens; who reads it from the start hands out what is good and no more.
    /// </summary>
    private static async Task AssertReaderEndsAfter(ForgedJournal forged, int frames)
    {
        var read = 0;
        await Assert.ThrowsAsync<JournalDamagedException>(async () =>
        {
            await using var journal = Journal.Open(forged.Disk, ForgedJournal.Options, out _);
            using var reader = journal.ReadFrom(1);
            while (reader.TryRead(out _))
            {
                read++;
            }
        });
        Assert.True(read == 0 || read == frames, $"{read} frames were handed out, {frames} are good");
    }

    private static void Renumber(byte[] segment, uint index)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(segment.AsSpan(12), index);
        BinaryPrimitives.WriteUInt32LittleEndian(segment.AsSpan(56), Crc32C.Of(segment.AsSpan(0, 56)));
    }
}
