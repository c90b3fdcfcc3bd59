using System.Diagnostics.Metrics;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Ledger;

/// <summary>Snapshots that are taken while the ledger runs: nobody waits for them, and a restart begins from them.
/// </summary>
public sealed class HostSnapshotTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_restart_after_a_kill_begins_from_the_snapshot_and_reads_the_rest()
    {
        var disk = new FaultyDisk(1);
        var fixture = new HostFixture(disk);
        var host = fixture.Open();
        Pay(fixture, host, 100);
        var seq = await host.TakeSnapshotAsync(CancellationToken.None);
        Pay(fixture, host, 20);
        var last = host.View.Seq;
        disk.CutPower();
        fixture.Forget();

        await using var again = fixture.Open();

        Assert.InRange(seq, 90UL, 100UL);
        Assert.Equal((seq, last - seq), (again.Recovered.SnapshotSeq, again.Recovered.Entries));
        Assert.Empty(again.Recovered.BadSnapshots);
        Assert.Equal(Paid(120), HostFixture.BalanceOf(again, fixture.Account(3)));
    }

    [Fact]
    public async Task The_next_snapshot_goes_on_from_the_one_before_and_the_last_two_are_kept()
    {
        var disk = new FaultyDisk(1);
        var fixture = new HostFixture(disk);
        await using var host = fixture.Open();
        var taken = new List<long>();
        for (var i = 0; i < 4; i++)
        {
            Pay(fixture, host, 20);
            taken.Add((long)await host.TakeSnapshotAsync(CancellationToken.None));
        }

        Assert.Equal(taken[^2..], new SnapshotStore(disk).Sequences);
        Assert.Equal(0UL, await host.TakeSnapshotAsync(CancellationToken.None));
        using var snapshot = new SnapshotStore(disk).OpenNewest(out _)!;
        Assert.Equal(
            HostFixture.EntryAt(host, (ulong)taken[^1]).Hash,
            LedgerRecovery.LoadSnapshotHead(snapshot.Content).LastHash);
        var state = Protocol.State.LedgerState.Load(fixture.Genesis, snapshot.Content);
        Assert.Equal(taken[^1], (long)state.Globals.Seq);
    }

    [Fact]
    public async Task The_writer_answers_while_a_snapshot_waits_for_the_disk()
    {
        using var disk = new HeldDisk(new FaultyDisk(1), SealedFile.WritingExtension);
        var fixture = new HostFixture(disk);
        await using var host = fixture.Open(inline: false);
        Pay(fixture, host, 64);
        disk.Hold();
        var snapshot = host.TakeSnapshotAsync(CancellationToken.None);
        Assert.True(disk.WaitUntilHeld(Limit));

        for (var i = 0; i < 100; i++)
        {
            var answer = host.SubmitAsync(fixture.Transfer(host, i % 3), CancellationToken.None);
            Assert.Equal(Outcome.Applied, (await answer.WaitAsync(Limit)).Outcome);
        }

        Assert.Equal(Paid(164), HostFixture.BalanceOf(host, fixture.Account(3)));
        Assert.False(snapshot.IsCompleted);
        disk.Release(fail: false);
        Assert.True(await snapshot.WaitAsync(Limit) > 0);
    }

    [Fact]
    public async Task Snapshots_are_taken_by_themselves_after_so_many_entries()
    {
        var fixture = new HostFixture(new FaultyDisk(1));
        await using var host = fixture.Open(inline: false, options => options with { SnapshotEntries = 40 });
        var taken = Heard(host, "taken");
        Pay(fixture, host, 48);
        await taken.WaitAsync(Limit);
        Assert.True(new SnapshotStore(fixture.Disk).Sequences[^1] >= 40);
    }

    [Fact]
    public async Task Snapshots_are_taken_by_themselves_after_so_much_time()
    {
        var fixture = new HostFixture(new FaultyDisk(1));
        await using var host = fixture.Open(
            inline: false, options => options with { SnapshotEntries = 0, SnapshotInterval = new Duration(50) });
        var taken = Heard(host, "taken");
        Pay(fixture, host, 8);
        await taken.WaitAsync(Limit);
        Assert.NotEmpty(new SnapshotStore(fixture.Disk).Sequences);
    }

    [Fact]
    public async Task A_snapshot_that_fails_is_told_and_the_ledger_goes_on()
    {
        using var disk = new HeldDisk(new FaultyDisk(1), SealedFile.WritingExtension);
        var fixture = new HostFixture(disk);
        var told = new TaskCompletionSource<string>();
        await using var host = fixture.Open(inline: false, options => options with
        {
            SnapshotEntries = 40,
            SnapshotFailed = sentence => told.TrySetResult(sentence),
        });
        var failed = Heard(host, "failed");
        disk.Hold();
        Pay(fixture, host, 64);
        Assert.True(disk.WaitUntilHeld(Limit));
        disk.Release(fail: true);

        Assert.Contains("the device failed", await told.Task.WaitAsync(Limit), StringComparison.Ordinal);
        await failed.WaitAsync(Limit);
        Pay(fixture, host, 10);
        Assert.Null(host.Failure);
        Assert.Empty(new SnapshotStore(disk).Sequences);
    }

    [Fact]
    public async Task A_power_cut_at_any_moment_of_a_snapshot_loses_nothing()
    {
        var operations = 0;
        for (var moment = 1; moment <= 40; moment++)
        {
            var disk = new FaultyDisk((ulong)moment);
            var fixture = new HostFixture(disk);
            var host = fixture.Open();
            Pay(fixture, host, 40);
            await host.TakeSnapshotAsync(CancellationToken.None);
            Pay(fixture, host, 40);
            disk.CrashAtOperation = disk.Operations + moment;
            try
            {
                await host.TakeSnapshotAsync(CancellationToken.None);
            }
            catch (IOException)
            {
                operations++;
            }

            disk.CutPower();
            fixture.Forget();
            await using var again = fixture.Open();
            Assert.True(again.Recovered.SnapshotSeq >= 30, $"moment {moment}");
            Assert.Equal(Paid(80), HostFixture.BalanceOf(again, fixture.Account(3)));
        }

        Assert.True(operations > 5, $"only {operations} operations were met");
    }

    [Fact]
    public async Task A_snapshot_can_be_given_up_and_none_is_taken_after_the_end()
    {
        var disk = new FaultyDisk(1);
        var fixture = new HostFixture(disk);
        var host = fixture.Open(inline: false);
        Pay(fixture, host, 64);
        using var given = new CancellationTokenSource();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.TakeSnapshotAsync(given.Token));
        await host.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => host.TakeSnapshotAsync(CancellationToken.None));
        Assert.Single(new SnapshotStore(disk).Sequences);
    }

    [Fact]
    public void A_large_file_goes_to_the_device_in_small_parts()
    {
        const int Part = 1024 * 1024;
        var operations = new List<long>();
        foreach (var flushEveryBytes in (int[])[0, Part])
        {
            var disk = new FaultyDisk(1);
            using var writer = new SealedFileWriter(disk, "file", new SealedKind("test", 1), flushEveryBytes);
            writer.Write(new byte[4 * Part]);
            operations.Add(disk.Operations);
        }

        Assert.InRange(operations[1] - operations[0], 3, 4);
    }

    private static TokenAmount Paid(ulong transfers) =>
        TokenAmount.FromTokens(1_000_000) + TokenAmount.FromBaseUnits(transfers);

    private static void Pay(HostFixture fixture, LedgerHost host, int transfers)
    {
        for (var i = 0; i < transfers; i++)
        {
            Assert.Equal(Outcome.Applied, HostFixture.Submit(host, fixture.Transfer(host, i % 3)).Outcome);
        }
    }

    /// <summary>Completes once a snapshot has come to an outcome.</summary>
    private static Task Heard(LedgerHost host, string outcome)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == host.Meters.Meter && instrument.Name == "aitbc.ledger.snapshots")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (tags[0].Value as string == outcome)
            {
                heard.TrySetResult();
            }
        });
        listener.Start();
        return heard.Task.ContinueWith(_ => listener.Dispose(), TaskScheduler.Default);
    }
}
