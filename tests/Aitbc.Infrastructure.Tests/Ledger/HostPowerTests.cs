using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Ledger;

/// <summary>A whole ledger on a disk that loses what was not flushed, fails and fills up.</summary>
public sealed class HostPowerTests
{
    private static readonly Func<string, bool> Journal =
        path => path.StartsWith("journal/", StringComparison.Ordinal) && !path.EndsWith(".preparing");

    [Theory]
    [InlineData(true, 250)]
    [InlineData(false, 40)]
    public void PowerCut_AnyMoment_LosesNothingAcknowledged(bool inline, int seeds)
    {
        for (var seed = 1UL; seed <= (ulong)seeds; seed++)
        {
            var lost = CutPower(new FaultyDisk(seed), seed, inline);

            Assert.True(lost.Count == 0, $"seed {seed}: {string.Join("; ", lost)}");
        }
    }

    [Fact]
    public void PowerCut_FlushesIgnored_LosesWhatWasAcknowledged()
    {
        var lost = 0;
        for (var seed = 1UL; seed <= 40; seed++)
        {
            lost += CutPower(new FaultyDisk(seed) { SwallowsFlushOf = Journal }, seed, inline: true).Count;
        }

        Assert.True(lost > 0, "a disk that ignores flushes lost nothing: this test could not see a missing one");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Flush_Fails_FailsEveryWaiterAndEveryLaterSubmit(bool inline)
    {
        var failed = 0;
        for (var operation = 1; operation <= 8; operation++)
        {
            var disk = new FaultyDisk((ulong)operation);
            var fixture = new HostFixture(disk);
            var host = fixture.Open(inline);
            Assert.Equal(Outcome.Applied, HostFixture.Submit(host, fixture.Transfer(host, 0)).Outcome);
            disk.FailAtOperation = disk.Operations + operation;

            var answers = new List<Task<SubmitResult>>();
            for (var i = 0; i < 200; i++)
            {
                answers.Add(SubmitAsync(host, fixture.Transfer(host, i % 3)));
            }

            var all = Task.WhenAll(answers);
            var ending = await Record.ExceptionAsync(() => all.WaitAsync(TimeSpan.FromSeconds(20)));
            if (all.IsCompletedSuccessfully)
            {
                // The operation was none that can fail, such as a rename of the task that prepares segments.
                await host.DisposeAsync();
                continue;
            }

            failed++;
            Assert.True(ending is IOException or AdmissionClosedException, $"operation {operation}: {ending}");
            Assert.True(all.IsCompleted, $"operation {operation}: somebody still waits");
            var closed = Assert.Throws<AdmissionClosedException>(
                () => HostFixture.Submit(host, fixture.Transfer(host, 0)));
            Assert.Equal("failed", closed.Code);
            Assert.NotNull(host.Failure);
            await host.DisposeAsync();

            // Whoever was told that it is done finds it done after the restart.
            disk.KillProcess();
            disk.CutPower();
            await using var again = fixture.Open(inline);
            foreach (var answer in answers.Where(answer => answer.IsCompletedSuccessfully))
            {
                var result = await answer;
                Assert.Equal(result.EntryHash, HostFixture.EntryAt(again, result.Seq).Hash);
            }
        }

        Assert.True(failed >= 3, $"only {failed} operations failed");
    }

    [Fact]
    public async Task Disk_Full_StopsAdmissionLosesNothingAndGoesOnWithRoom()
    {
        var disk = new FaultyDisk(1);
        var fixture = new HostFixture(disk);
        await using (var host = fixture.Open())
        {
            disk.Capacity = disk.UsedBytes;
            var kept = new List<SubmitResult>();
            string? code = null;
            SignedPayload? refused = null;
            while (code is null && kept.Count < 2_000)
            {
                refused = fixture.Transfer(host, 0);
                try
                {
                    kept.Add(HostFixture.Submit(host, refused));
                }
                catch (AdmissionClosedException closed)
                {
                    code = closed.Code;
                }
            }

            Assert.Equal("disk-full", code);
            Assert.Null(host.Failure);
            Assert.True(kept.Count > 20, $"only {kept.Count} were taken");
            Assert.All(kept, one => Assert.Equal(one.EntryHash, HostFixture.EntryAt(host, one.Seq).Hash));
            fixture.Clock.Advance(Duration.FromMinutes(10));
            Assert.Equal("disk-full", Assert.Throws<AdmissionClosedException>(
                () => HostFixture.Submit(host, refused!)).Code);

            disk.Capacity = long.MaxValue;
            Assert.Equal(Outcome.Applied, HostFixture.Submit(host, refused!).Outcome);
            Assert.All(kept, one => Assert.Equal(one.EntryHash, HostFixture.EntryAt(host, one.Seq).Hash));
        }

        await using var again = fixture.Open();
        Assert.Equal(Outcome.Applied, HostFixture.Submit(again, fixture.Transfer(again, 0)).Outcome);
    }

    [Fact]
    public async Task Disk_FullAtTheEnd_StopsCleanlyWithoutASnapshot()
    {
        var disk = new FaultyDisk(1);
        var fixture = new HostFixture(disk);
        var host = fixture.Open();
        var done = HostFixture.Submit(host, fixture.Transfer(host, 0));
        disk.Capacity = disk.UsedBytes;

        await host.DisposeAsync();

        await using var again = fixture.Open();
        Assert.Equal(done.EntryHash, HostFixture.EntryAt(again, done.Seq).Hash);
    }

    private static async Task<SubmitResult> SubmitAsync(LedgerHost host, SignedPayload payload) =>
        await host.SubmitAsync(payload, CancellationToken.None);

    /// <summary>Runs under load until the power goes, twice; what was acknowledged and is gone.</summary>
    private static List<string> CutPower(FaultyDisk disk, ulong seed, bool inline)
    {
        var fixture = new HostFixture(disk);
        var random = new SeededRandom(seed).Fork("power");
        var kept = new List<SubmitResult>();
        for (var round = 0; round < 2; round++)
        {
            disk.CrashAtOperation = disk.Operations + 1 + random.NextInt32(60);
            try
            {
                var host = fixture.Open(inline);
                Load(fixture, host, inline, kept);
                host.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
            catch (Exception error) when (error is IOException or AdmissionClosedException)
            {
                // The power went while it was being opened or closed.
            }

            disk.CutPower();
            fixture.Forget();
        }

        try
        {
            var again = fixture.Open(inline);
            return [.. kept.Where(one => again.View.Seq < one.Seq
                || HostFixture.EntryAt(again, one.Seq).Hash != one.EntryHash).Select(one => one.ToString())];
        }
        catch (Exception error) when (error is StorageDamagedException or LedgerDamagedException)
        {
            return [error.Message];
        }
    }

    private static void Load(HostFixture fixture, LedgerHost host, bool inline, List<SubmitResult> kept)
    {
        Parallel.For(0, 3, new ParallelOptions { MaxDegreeOfParallelism = inline ? 1 : 3 }, person =>
        {
            for (var i = 0; i < 60; i++)
            {
                try
                {
                    var result = HostFixture.Submit(host, fixture.Transfer(host, person));
                    lock (kept)
                    {
                        kept.Add(result);
                    }
                }
                catch (Exception error) when (error is IOException or AdmissionClosedException)
                {
                    return;
                }
            }
        });
    }
}
