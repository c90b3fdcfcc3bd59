using System.Globalization;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Storage;

public sealed class JournalDamageTests
{
    private const int SegmentBytes = 8 * 1024;
    private const int LargestFrame = 600;

    private static readonly JournalOptions Options = JournalModel.Options(SegmentBytes);

    [Fact]
    public async Task Any_single_flipped_bit_anywhere_is_found_with_its_place()
    {
        var (disk, _) = await Written(frames: 60, maxPayload: 500);
        Assert.Equal(4, disk.List("journal").Count);
        Assert.Empty(Journal.Check(disk, Options));
        foreach (var entry in disk.List("journal"))
        {
            var path = "journal/" + entry.Name;
            for (var offset = 0; offset < entry.Length; offset++)
            {
                for (var bit = 0; bit < 8; bit++)
                {
                    disk.FlipBit(path, offset, bit);
                    var problems = Journal.Check(disk, Options).ToList();
                    disk.FlipBit(path, offset, bit);
                    AssertFound(problems, path, offset, bit);
                }
            }
        }

        Assert.Empty(Journal.Check(disk, Options));
    }

    [Fact]
    public async Task Open_AFlippedBitAtTheEndOrInAnUnusedSegment_IsRefusedWithItsPlaceAndChangesNothing()
    {
        var (disk, model) = await Written(frames: 60, maxPayload: 500);
        var names = disk.List("journal").Select(static entry => entry.Name).ToList();
        foreach (var name in names.Skip(1))
        {
            var path = "journal/" + name;
            for (var offset = 0; offset < SegmentBytes; offset++)
            {
                disk.FlipBit(path, offset, offset % 8);
                var before = disk.Operations;
                var error = Assert.Throws<JournalDamagedException>(() => Journal.Open(disk, Options, out _));
                Assert.Equal(path, error.File);
                Assert.InRange(offset - error.Offset, 0, LargestFrame);
                Assert.Equal(before, disk.Operations);
                disk.FlipBit(path, offset, offset % 8);
            }
        }

        await using var journal = Journal.Open(disk, Options, out _);
        model.HoldAgainst(journal);
    }

    [Fact]
    public async Task ReadFrom_AFlippedBitInAFinishedSegment_IsRefusedThere()
    {
        var (disk, model) = await Written(frames: 60, maxPayload: 500);
        disk.FlipBit("journal/0000000000.seg", 3_000, 3);
        await using var journal = Journal.Open(disk, Options, out _);

        var error = Assert.Throws<JournalDamagedException>(() => model.HoldAgainst(journal));

        Assert.Equal("journal/0000000000.seg", error.File);
        Assert.InRange(3_000 - error.Offset, 0, LargestFrame);
    }

    [Fact]
    public async Task A_last_write_cut_at_any_byte_is_cut_off_and_the_journal_goes_on()
    {
        var group = await LastGroup(frames: 5, maxPayload: 200);
        var whole = 0;
        for (var length = 0; length <= group.Bytes.Length; length++)
        {
            var disk = group.DiskWith(group.Bytes.AsSpan(0, length));
            var ends = group.FrameEnds.Count(end => end <= length);
            await using var journal = Journal.Open(disk, Options, out var recovery);
            Assert.Equal(group.EntriesBefore + ends, recovery.LastEntry);
            var lastEnd = ends == 0 ? 0 : group.FrameEnds[ends - 1];
            var isCut = group.Bytes.AsSpan(lastEnd, length - lastEnd).ContainsAnyExcept((byte)0);
            Assert.Equal(isCut ? 1 : 0, recovery.Notices.Count);
            if (isCut)
            {
                var notice = recovery.Notices[0];
                Assert.Equal(StorageProblemKind.Notice, notice.Kind);
                Assert.Equal((group.Path, group.Start + lastEnd), (notice.File, notice.Offset));
                Assert.InRange(recovery.CutBytes, 1, length - lastEnd);
            }

            whole += isCut ? 0 : 1;
            WriteOneMore(journal);
            Assert.Empty(Journal.Check(disk, Options));
        }

        Assert.Equal(group.FrameEnds.Count + 1, whole);
    }

    [Fact]
    public async Task A_last_write_of_which_any_set_of_sectors_is_missing_is_cut_off()
    {
        var group = await LastGroup(frames: 9, maxPayload: 600);
        var firstSector = group.Start / 512;
        var sectors = ((group.Start + group.Bytes.Length - 1) / 512) - firstSector + 1;
        Assert.InRange(sectors, 5, 12);
        for (var missing = 1; missing < 1 << sectors; missing++)
        {
            var torn = group.Bytes.ToArray();
            var firstMissing = torn.Length;
            for (var i = 0; i < torn.Length; i++)
            {
                if ((missing & (1 << (((group.Start + i) / 512) - firstSector))) != 0)
                {
                    firstMissing = Math.Min(firstMissing, i);
                    torn[i] = 0;
                }
            }

            var disk = group.DiskWith(torn);
            await using var journal = Journal.Open(disk, Options, out var recovery);
            Assert.Equal(group.EntriesBefore + group.FrameEnds.Count(end => end <= firstMissing), recovery.LastEntry);
            WriteOneMore(journal);
            Assert.Empty(Journal.Check(disk, Options));
        }
    }

    [Fact]
    public async Task Check_ATornTail_IsANoticeAndNothingElse()
    {
        var group = await LastGroup(frames: 5, maxPayload: 200);
        var disk = group.DiskWith(group.Bytes.AsSpan(0, group.Bytes.Length - 30));
        var before = disk.Operations;

        var problem = Assert.Single(Journal.Check(disk, Options));

        Assert.Equal(StorageProblemKind.Notice, problem.Kind);
        Assert.Equal(before, disk.Operations);
    }

    [Fact]
    public async Task A_missing_sector_of_a_write_that_a_later_write_follows_is_damage()
    {
        var group = await LastGroup(frames: 9, maxPayload: 600);
        var disk = group.DiskWith(group.Bytes);
        await using (var journal = Journal.Open(disk, Options, out _))
        {
            WriteOneMore(journal);
        }

        disk.Overwrite(group.Path, (group.Start & -512) + 1024, new byte[512]);

        var error = Assert.Throws<JournalDamagedException>(() => Journal.Open(disk, Options, out _));
        Assert.Equal(group.Path, error.File);
        Assert.InRange(error.Offset, group.Start, group.Start + 1536);
    }

    [Fact]
    public async Task A_payload_of_zeros_does_not_excuse_a_flipped_bit()
    {
        // Every alignment of the frame to the sectors, among them those where a border falls into the header.
        for (var shift = 0; shift < 512; shift += 8)
        {
            var disk = new FaultyDisk(1);
            var batch = new JournalBatch();
            await using (var journal = Journal.Open(disk, Options, out _))
            {
                batch.BeginFrame(FrameKind.Entry, 1, shift).Fill(1);
                batch.EndFrame(shift);
                batch.BeginFrame(FrameKind.Entry, 2, 2_000).Clear();
                batch.EndFrame(2_000);
                journal.Write(batch);
            }

            Assert.Empty(Journal.Check(disk, Options));
            var offset = 560 + FrameBytes(shift) + 40 + 1_900;
            disk.FlipBit("journal/0000000000.seg", offset, 1);
            var error = Assert.Throws<JournalDamagedException>(() => Journal.Open(disk, Options, out _));
            Assert.Equal(560 + FrameBytes(shift), error.Offset);
        }
    }

    [Fact]
    public async Task A_payload_of_zeros_that_is_torn_is_cut()
    {
        for (var shift = 0; shift < 512; shift += 8)
        {
            var disk = new FaultyDisk(1);
            var batch = new JournalBatch();
            await using (var journal = Journal.Open(disk, Options, out _))
            {
                batch.BeginFrame(FrameKind.Entry, 1, shift).Fill(1);
                batch.EndFrame(shift);
                batch.BeginFrame(FrameKind.Entry, 2, 2_000).Clear();
                batch.EndFrame(2_000);
                batch.BeginFrame(FrameKind.Entry, 3, 2_000).Fill(1);
                batch.EndFrame(2_000);
                journal.Write(batch);
            }

            // The sector with the trailer of the frame of zeros did not arrive.
            var trailer = 560 + FrameBytes(shift) + FrameBytes(2_000) - 8;
            disk.Overwrite("journal/0000000000.seg", trailer & -512, new byte[512]);
            await using var again = Journal.Open(disk, Options, out var recovery);
            Assert.Equal(1, recovery.LastEntry);
        }
    }

    [Fact]
    public async Task Open_AMissingSegment_IsRefused()
    {
        var (disk, _) = await Written(frames: 60, maxPayload: 500);
        disk.Remove("journal/0000000001.seg");

        var error = Assert.Throws<JournalDamagedException>(() => Journal.Open(disk, Options, out _));

        Assert.Equal("journal/0000000001.seg", error.File);
        Assert.Contains(Journal.Check(disk, Options), static problem => problem.File == "journal/0000000001.seg");
    }

    [Fact]
    public async Task Open_ExchangedSegments_AreRefused()
    {
        var (disk, _) = await Written(frames: 60, maxPayload: 500);
        var (first, second) = (disk.ReadAll(Segment(1)), disk.ReadAll(Segment(2)));
        disk.Put(Segment(1), second);
        disk.Put(Segment(2), first);

        Assert.Throws<JournalDamagedException>(() => Journal.Open(disk, Options, out _));
        var damaged = Journal.Check(disk, Options).Select(static problem => problem.File).ToHashSet();
        Assert.Superset(new HashSet<string> { Segment(1), Segment(2) }, damaged);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Open_ASegmentOfAnotherJournal_IsRefused(int index)
    {
        var (disk, _) = await Written(frames: 60, maxPayload: 500);
        var other = new JournalOptions
        {
            Identity = Digest.Sha256("other"u8), SegmentBytes = SegmentBytes, PrepareInBackground = false,
        };
        var (foreign, _) = await Written(frames: 60, maxPayload: 500, options: other);
        disk.Put(Segment(index), foreign.ReadAll(Segment(index)));

        var error = Assert.Throws<JournalDamagedException>(() => Journal.Open(disk, Options, out _));

        Assert.Equal((Segment(index), 0L), (error.File, error.Offset));
        Assert.Contains("another journal", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segment_of_another_history_of_the_same_journal_is_found()
    {
        var (disk, _) = await Written(frames: 60, maxPayload: 500);
        var (other, _) = await Written(frames: 60, maxPayload: 500, seed: 2);
        disk.Put(Segment(0), other.ReadAll(Segment(0)));

        var problem = Journal.Check(disk, Options).First();

        Assert.Equal((StorageProblemKind.Damage, Segment(1), 512L), (problem.Kind, problem.File, problem.Offset));
    }

    [Fact]
    public async Task Open_ACutOffFile_IsRefused()
    {
        var (disk, _) = await Written(frames: 60, maxPayload: 500);
        disk.Put(Segment(2), disk.ReadAll(Segment(2)).AsSpan(0, SegmentBytes - 1));

        var error = Assert.Throws<JournalDamagedException>(() => Journal.Open(disk, Options, out _));
        Assert.Equal(Segment(2), error.File);
        Assert.Contains(Journal.Check(disk, Options), static problem => problem.File == Segment(2));
    }

    [Fact]
    public async Task A_strange_file_is_named_and_left_alone()
    {
        var (disk, _) = await Written(frames: 5, maxPayload: 50);
        disk.Put("journal/notes.txt", "mine"u8);
        disk.Put("journal/0000000009.seg.preparing", "half"u8);
        await using var journal = Journal.Open(disk, Options, out var recovery);

        Assert.Equal("journal/notes.txt", Assert.Single(recovery.Notices).File);
        Assert.True(disk.Exists("journal/notes.txt"));
        Assert.False(disk.Exists("journal/0000000009.seg.preparing"));
    }

    private static string Segment(int index) =>
        $"journal/{index.ToString("D10", CultureInfo.InvariantCulture)}.seg";

    private static int FrameBytes(int payload) => 40 + ((payload + 7) / 8 * 8) + 8;

    private static void AssertFound(List<StorageProblem> problems, string path, int offset, int bit)
    {
        var place = $"{path}, byte {offset}, bit {bit}";
        Assert.True(problems.Count > 0, $"{place} was not found");
        Assert.True(problems[0].Kind == StorageProblemKind.Damage, $"{place} passed as {problems[0]}");
        Assert.True(problems[0].File == path, $"{place} was placed at {problems[0]}");
        Assert.True(offset - problems[0].Offset is >= 0 and <= LargestFrame, $"{place} was placed at {problems[0]}");
    }

    private static void WriteOneMore(Journal journal)
    {
        var batch = new JournalBatch();
        batch.BeginFrame(FrameKind.Entry, journal.DurableSequence + 1, 10).Fill(1);
        batch.EndFrame(10);
        journal.Write(batch);
    }

    private static async Task<(FaultyDisk Disk, JournalModel Model)> Written(
        int frames, int maxPayload, ulong seed = 1, JournalOptions? options = null)
    {
        var disk = new FaultyDisk(seed);
        var random = new SeededRandom(seed);
        var model = new JournalModel();
        var batch = new JournalBatch();
        await using var journal = Journal.Open(disk, options ?? Options, out _);
        for (var i = 0; i < frames; i += 3)
        {
            batch.Clear();
            for (var j = 0; j < 3; j++)
            {
                var payload = new byte[random.NextInt32(maxPayload + 1)];
                random.NextBytes(payload);
                model.Add(batch, j == 1 && i % 4 == 0 ? FrameKind.Block : FrameKind.Entry, payload);
            }

            journal.Write(batch);
            model.Confirm();
        }

        return (disk, model);
    }

    /// <summary>A journal whose last group can be put on a fresh disk in any state.</summary>
    private static async Task<TornGroup> LastGroup(int frames, int maxPayload)
    {
        var (disk, model) = await Written(frames: 12, maxPayload: 500);
        var path = Segment(0);
        var before = disk.ReadAll(path);
        if (disk.Exists(Segment(2)))
        {
            throw new InvalidOperationException("the group is wanted in the first segment");
        }

        var start = before.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        var random = new SeededRandom(77);
        var batch = new JournalBatch();
        var ends = new List<int>();
        var entries = model.LastEntry;
        for (var i = 0; i < frames; i++)
        {
            var payload = new byte[i == 1 ? 0 : random.NextInt32(maxPayload + 1)];
            random.NextBytes(payload);
            model.Add(batch, FrameKind.Entry, payload);
            ends.Add(batch.Length);
        }

        await using (var journal = Journal.Open(disk, Options, out _))
        {
            journal.Write(batch);
        }

        var bytes = disk.ReadAll(path).AsSpan(start, batch.Length).ToArray();
        return new TornGroup(path, start, bytes, ends, entries, before, disk.ReadAll(Segment(1)));
    }

    private sealed record TornGroup(
        string Path, int Start, byte[] Bytes, List<int> FrameEnds, long EntriesBefore, byte[] Before, byte[] Unused)
    {
        public FaultyDisk DiskWith(ReadOnlySpan<byte> bytes)
        {
            var disk = new FaultyDisk(1);
            disk.Put(Path, Before);
            disk.Put(Segment(1), Unused);
            disk.Overwrite(Path, Start, bytes);
            return disk;
        }
    }
}
