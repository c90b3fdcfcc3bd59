using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Ledger;

/// <summary>Snapshots that are whole and are not of this journal: recovery must not begin from them.</summary>
public sealed class SnapshotChoiceTests
{
    [Fact]
    public async Task A_snapshot_newer_than_the_journal_is_passed_over()
    {
        var disk = new FaultyDisk(1);
        var fixture = new HostFixture(disk);
        var older = await RunAsync(fixture, transfers: 3);
        var journal = CopyOf(disk, "journal");
        await RunAsync(fixture, transfers: 30);
        PutBack(disk, journal);
        fixture.Forget();

        await using var host = fixture.Open();

        Assert.Equal(older, host.Recovered.SnapshotSeq);
        Assert.Equal(Paid(3), HostFixture.BalanceOf(host, fixture.Account(3)));
    }

    [Fact]
    public async Task A_snapshot_of_a_history_that_the_journal_no_longer_has_is_passed_over_and_named()
    {
        var disk = new FaultyDisk(1);
        var fixture = new HostFixture(disk);
        await RunAsync(fixture, transfers: 3);
        var journal = CopyOf(disk, "journal");
        var lost = await RunAsync(fixture, transfers: 4);
        var snapshot = PathOf(lost);
        var bytes = disk.ReadAll(snapshot);
        PutBack(disk, journal);
        disk.Remove(snapshot);
        fixture.Forget();
        await RunAsync(fixture, transfers: 40);

        foreach (var name in disk.List("snapshots").ToList())
        {
            disk.Remove($"snapshots/{name.Name}");
        }

        disk.Put(snapshot, bytes);
        fixture.Forget();
        await using var host = fixture.Open();

        Assert.Equal(0UL, host.Recovered.SnapshotSeq);
        Assert.Equal(snapshot, Assert.Single(host.Recovered.BadSnapshots).File);
        Assert.Equal(Paid(43), HostFixture.BalanceOf(host, fixture.Account(3)));
    }

    [Fact]
    public async Task A_snapshot_of_another_chain_at_the_journals_very_end_is_passed_over_and_named()
    {
        var disk = new FaultyDisk(1);
        var fixture = new HostFixture(disk);
        var seq = await RunAsync(fixture, transfers: 3);
        var otherDisk = new FaultyDisk(2);
        var other = new HostFixture(otherDisk);
        Assert.NotEqual(fixture.GenesisDigest, other.GenesisDigest);
        Assert.Equal(seq, await RunAsync(other, transfers: 3));
        disk.Put(PathOf(seq), otherDisk.ReadAll(PathOf(seq)));
        fixture.Forget();

        await using var host = fixture.Open();

        Assert.Equal(0UL, host.Recovered.SnapshotSeq);
        Assert.Equal(PathOf(seq), Assert.Single(host.Recovered.BadSnapshots).File);
        Assert.Equal(fixture.GenesisDigest, host.View.Read(static state => state.Globals.Genesis));
        Assert.Equal(Paid(3), HostFixture.BalanceOf(host, fixture.Account(3)));
    }

    [Fact]
    public async Task A_damaged_snapshot_and_one_before_the_first_entry_are_passed_over_and_named()
    {
        var disk = new FaultyDisk(1);
        var fixture = new HostFixture(disk);
        var seq = await RunAsync(fixture, transfers: 3);
        disk.Put(PathOf(0), disk.ReadAll(PathOf(seq)));
        disk.FlipBit(PathOf(seq), 60, 1);
        fixture.Forget();

        await using var host = fixture.Open();

        Assert.Equal(0UL, host.Recovered.SnapshotSeq);
        Assert.Equal([PathOf(seq), PathOf(0)], host.Recovered.BadSnapshots.Select(static problem => problem.File));
        Assert.Equal(Paid(3), HostFixture.BalanceOf(host, fixture.Account(3)));
    }

    [Fact]
    public async Task A_strange_file_in_the_journal_and_a_snapshot_passed_over_are_both_among_the_opening_notices()
    {
        var disk = new FaultyDisk(1);
        var fixture = new HostFixture(disk);
        var seq = await RunAsync(fixture, transfers: 3);
        disk.FlipBit(PathOf(seq), 60, 1);
        disk.Put("journal/notes.txt", "x"u8);
        fixture.Forget();

        await using var host = fixture.Open();

        Assert.Equal(["journal/notes.txt", PathOf(seq)], host.Notices.Select(static notice => notice.File));
    }

    [Fact]
    public async Task A_damaged_snapshot_does_not_push_the_whole_one_out_at_the_ledgers_end()
    {
        var disk = new FaultyDisk(1);
        var fixture = new HostFixture(disk);
        var whole = await RunAsync(fixture, transfers: 3);
        fixture.Forget();
        var bad = await RunAsync(fixture, transfers: 4);
        disk.FlipBit(PathOf(bad), 60, 1);
        fixture.Forget();

        var last = await RunAsync(fixture, transfers: 5);

        Assert.Equal([(long)whole, (long)bad, (long)last], new SnapshotStore(disk).Sequences);
    }

    [Fact]
    public async Task The_journals_own_snapshot_is_begun_from()
    {
        var disk = new FaultyDisk(1);
        var fixture = new HostFixture(disk);
        var seq = await RunAsync(fixture, transfers: 3);
        fixture.Forget();

        await using var host = fixture.Open();

        Assert.Equal(seq, host.Recovered.SnapshotSeq);
        Assert.Empty(host.Recovered.BadSnapshots);
    }

    private static TokenAmount Paid(ulong transfers) =>
        TokenAmount.FromTokens(1_000_000) + TokenAmount.FromBaseUnits(transfers);

    private static string PathOf(ulong seq) => SnapshotStore.PathOf((long)seq);

    /// <summary>Opens the ledger, pays the last person, closes it; the sequence of the snapshot it left.</summary>
    private static async Task<ulong> RunAsync(HostFixture fixture, int transfers)
    {
        var host = fixture.Open();
        for (var i = 0; i < transfers; i++)
        {
            fixture.Clock.Advance(Duration.FromSeconds(1));
            Assert.Equal(Outcome.Applied, HostFixture.Submit(host, fixture.Transfer(host, i % 3)).Outcome);
        }

        await host.DisposeAsync();
        return (ulong)new SnapshotStore(fixture.Disk).Sequences[^1];
    }

    private static Dictionary<string, byte[]> CopyOf(FaultyDisk disk, string directory) => disk.List(directory)
        .Select(entry => $"{directory}/{entry.Name}")
        .ToDictionary(static path => path, disk.ReadAll);

    private static void PutBack(FaultyDisk disk, Dictionary<string, byte[]> files)
    {
        foreach (var entry in disk.List("journal").ToList())
        {
            disk.Remove($"journal/{entry.Name}");
        }

        foreach (var (path, bytes) in files)
        {
            disk.Put(path, bytes);
        }
    }
}
