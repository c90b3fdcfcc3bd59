using Aitbc.Infrastructure.Ledger;
using Aitbc.Protocol;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Ledger;

/// <summary>A flush takes its time while the writer fills the next groups: nobody is answered early, nobody for ever.
/// </summary>
public sealed class HeldFlushTests
{
    /// <summary>More than the groups in flight hold, with segments of 64 KiB.</summary>
    private const int Payloads = 400;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Flush_HeldThenSucceeding_AnswersAllInOrderAndNobodyBefore()
    {
        using var disk = new HeldDisk(new FaultyDisk(1));
        var fixture = new HostFixture(disk);
        await using var host = fixture.Open(inline: false);
        var before = host.View.Seq;
        var answers = await FillAsync(disk, fixture, host);

        // Asserted only after the release: a test that fails must not leave the ledger waiting.
        var (early, seen) = (answers.Count(answer => answer.IsCompleted), host.View.Seq);
        disk.Release(fail: false);
        Assert.Equal((0, before), (early, seen));

        var results = await Task.WhenAll(answers).WaitAsync(Limit);
        Assert.All(results, result => Assert.Equal(Outcome.Applied, result.Outcome));
        Assert.Equal(results.Select(result => result.Seq).Order(), results.Select(result => result.Seq));
        Assert.Equal(results.Length, results.Select(result => result.Seq).Distinct().Count());
        Assert.True(host.View.Seq >= results[^1].Seq);
        Assert.All(results, result => Assert.Equal(result.EntryHash, HostFixture.EntryAt(host, result.Seq).Hash));
    }

    [Fact]
    public async Task Flush_HeldThenFailing_TellsEveryWaiterAndEndsTheLedger()
    {
        using var disk = new HeldDisk(new FaultyDisk(1));
        var fixture = new HostFixture(disk);
        var host = fixture.Open(inline: false);
        var before = host.View.Seq;
        var answers = await FillAsync(disk, fixture, host);

        disk.Release(fail: true);

        foreach (var answer in answers)
        {
            var told = await Record.ExceptionAsync(() => answer.WaitAsync(Limit));
            Assert.True(told is IOException, $"{told}");
        }

        Assert.Equal(before, host.View.Seq);
        var closed = Assert.Throws<AdmissionClosedException>(
            () => { HostFixture.Submit(host, fixture.Transfer(host, 0)); });
        Assert.Equal("failed", closed.Code);
        await host.DisposeAsync().AsTask().WaitAsync(Limit);
    }

    /// <summary>Holds a flush, and submits until the writer itself must wait for the flusher.</summary>
    private static async Task<List<Task<SubmitResult>>> FillAsync(HeldDisk disk, HostFixture fixture, LedgerHost host)
    {
        var answers = new List<Task<SubmitResult>>();
        disk.Hold();
        answers.Add(host.SubmitAsync(fixture.Transfer(host, 0), CancellationToken.None));
        var isHeld = await Task.Run(() => disk.WaitUntilHeld(Limit));
        for (var i = 1; i < Payloads; i++)
        {
            answers.Add(host.SubmitAsync(fixture.Transfer(host, i % 3), CancellationToken.None));
        }

        if (!isHeld)
        {
            disk.Release(fail: false);
            Assert.Fail("no flush was held");
        }

        return answers;
    }
}
