using Aitbc.Infrastructure.Storage;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Storage;

public sealed class SnapshotStoreTests
{
    private readonly FaultyDisk _disk = new(1);

    [Fact]
    public void OpenNewest_AfterSaves_GivesTheNewest_AndTheLastTwoAreKept()
    {
        var store = new SnapshotStore(_disk);
        foreach (var sequence in new[] { 5, 1_000, 30, 2_000 })
        {
            Save(store, sequence);
        }

        using var newest = store.OpenNewest(out var problems);
        Assert.Empty(problems);
        Assert.Equal((2_000L, "state 2000"), (newest!.Sequence, Text(newest)));
        Assert.Equal([1_000L, 2_000L], store.Sequences);
        Assert.True(_disk.Exists("snapshots/00000000000000002000.snap"));
        using var older = store.OpenNewest(out _, atMost: 1_999);
        Assert.Equal(1_000, older!.Sequence);
        Assert.Null(store.OpenNewest(out _, atMost: 999));
    }

    [Fact]
    public void OpenNewest_TheNewestIsDamaged_NamesItAndGivesTheOlder()
    {
        var store = new SnapshotStore(_disk);
        Save(store, 1);
        Save(store, 2);
        _disk.FlipBit("snapshots/00000000000000000002.snap", 40, 0);

        using var snapshot = store.OpenNewest(out var problems);

        Assert.Equal((1L, "state 1"), (snapshot!.Sequence, Text(snapshot)));
        Assert.Equal("snapshots/00000000000000000002.snap", Assert.Single(problems).File);
        Assert.Equal(problems, SnapshotStore.Check(_disk));
    }

    [Fact]
    public void A_damaged_snapshot_is_not_counted_among_those_kept_though_each_save_has_its_own_store()
    {
        Save(new SnapshotStore(_disk), 1);
        Save(new SnapshotStore(_disk), 2);
        _disk.FlipBit("snapshots/00000000000000000002.snap", 40, 0);

        Save(new SnapshotStore(_disk), 3);

        Assert.Equal([1L, 2L, 3L], new SnapshotStore(_disk).Sequences);
        Save(new SnapshotStore(_disk), 4);
        Assert.Equal([3L, 4L], new SnapshotStore(_disk).Sequences);
    }

    [Fact]
    public void Snapshots_newer_than_the_one_saved_do_not_push_it_or_the_one_before_it_out()
    {
        var store = new SnapshotStore(_disk);
        foreach (var sequence in new[] { 1, 40, 50, 2, 3 })
        {
            Save(store, sequence);
        }

        Assert.Equal([2L, 3L, 40L, 50L], store.Sequences);
    }

    [Fact]
    public void Save_ThatThrowsOrFindsNoRoom_LeavesTheOlderOnes()
    {
        var store = new SnapshotStore(_disk, keep: 1);
        Save(store, 1);
        Assert.Throws<InvalidOperationException>(
            () => store.Save(2, static _ => throw new InvalidOperationException()));
        _disk.Capacity = 2_000;
        Assert.Throws<DiskFullException>(() => store.Save(2, static stream => stream.Write(new byte[5_000])));

        Assert.Equal([1L], store.Sequences);
        Assert.Single(_disk.List("snapshots"));
    }

    [Fact]
    public void A_crash_while_saving_leaves_a_good_snapshot_and_nothing_that_stays()
    {
        for (var seed = 1ul; seed <= 30; seed++)
        {
            for (var operation = 1; operation < 12; operation++)
            {
                var disk = new FaultyDisk(seed);
                var store = new SnapshotStore(disk, keep: 1);
                Save(store, 1);
                disk.CrashAtOperation = disk.Operations + operation;
                try
                {
                    Save(store, 2);
                }
                catch (DiskCrashedException)
                {
                    // That is what the test is about.
                }

                disk.CutPower();
                store = new SnapshotStore(disk, keep: 1);
                using (var snapshot = store.OpenNewest(out var problems))
                {
                    Assert.Empty(problems);
                    Assert.InRange(snapshot!.Sequence, 1, 2);
                }

                Save(store, 3);
                Assert.Equal("00000000000000000003.snap", Assert.Single(disk.List("snapshots")).Name);
            }
        }
    }

    [Theory]
    [InlineData("0000000000000000002x.snap")]
    [InlineData("00000000000000000002.span")]
    [InlineData("000000000000000000002.snap")]
    [InlineData("99999999999999999999.snap")]
    [InlineData("-0000000000000000002.snap")]
    public void A_name_that_is_no_snapshots_is_neither_opened_nor_removed(string name)
    {
        var store = new SnapshotStore(_disk, keep: 1);
        Save(store, 1);
        _disk.Put($"snapshots/{name}", "x"u8);
        Save(store, 3);

        Assert.Equal([3L], store.Sequences);
        Assert.Equal($"snapshots/{name}", Assert.Single(SnapshotStore.Check(_disk)).File);
        using var newest = store.OpenNewest(out var problems);
        Assert.Empty(problems);
        Assert.Equal(3, newest!.Sequence);
    }

    [Fact]
    public void Impossible_numbers_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SnapshotStore(_disk, keep: 0));
        var store = new SnapshotStore(_disk);
        Assert.Throws<ArgumentOutOfRangeException>(() => store.Save(-1, static _ => { }));
        _disk.CreateDirectory("snapshots/00000000000000000007.snap");
        Assert.Empty(store.Sequences);
        Assert.Equal(StorageProblemKind.Notice, Assert.Single(SnapshotStore.Check(_disk)).Kind);
    }

    [Fact]
    public void Check_StrangeNames_AreNotices()
    {
        var store = new SnapshotStore(_disk);
        Save(store, 1);
        _disk.Put("snapshots/5.snap", "x"u8);

        var problem = Assert.Single(SnapshotStore.Check(_disk));
        Assert.Equal((StorageProblemKind.Notice, "snapshots/5.snap"), (problem.Kind, problem.File));
        Assert.Equal([1L], store.Sequences);
    }

    private static void Save(SnapshotStore store, long sequence) =>
        store.Save(sequence, stream => stream.Write(System.Text.Encoding.ASCII.GetBytes($"state {sequence}")));

    private static string Text(OpenSnapshot snapshot)
    {
        using var reader = new StreamReader(snapshot.Content);
        return reader.ReadToEnd();
    }
}
