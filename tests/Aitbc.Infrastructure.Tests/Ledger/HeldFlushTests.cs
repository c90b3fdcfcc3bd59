using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
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

    private const int Clients = 8;
    private const int PerClient = 100;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Flush_HeldThenSucceeding_AnswersAllInOrderAndNobodyBefore(int pauseMs)
    {
        using var disk = new HeldDisk(new FaultyDisk(1));
        var fixture = new HostFixture(disk);
        await using var host = fixture.Open(inline: false, Pausing(pauseMs));
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

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Flush_HeldThenFailing_TellsEveryWaiterAndEndsTheLedger(int pauseMs)
    {
        using var disk = new HeldDisk(new FaultyDisk(1));
        var fixture = new HostFixture(disk);
        var host = fixture.Open(inline: false, Pausing(pauseMs));
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

    /// <summary>Where many ask at once, the writer flushes itself whenever the flusher is idle, and leaves it to the
    /// flusher where it is not.</summary>
    [Fact]
    public async Task Pause_ManyClientsAtOnce_AnswersEachInTheOrderOfTheJournal()
    {
        var fixture = new HostFixture(new FaultyDisk(1), people: Clients + 1);
        await using var host = fixture.Open(inline: false, Pausing(1));

        var results = await Task.WhenAll(AskAll(fixture, host)).WaitAsync(Limit);

        Assert.All(results, mine => Assert.All(mine, result => Assert.Equal(Outcome.Applied, result.Outcome)));
        Assert.All(results, mine => Assert.Equal(mine.Select(one => one.Seq).Order(), mine.Select(one => one.Seq)));
        var all = results.SelectMany(mine => mine).ToList();
        Assert.Equal(Clients * PerClient, all.Select(result => result.Seq).Distinct().Count());
        Assert.All(all, result => Assert.Equal(result.EntryHash, HostFixture.EntryAt(host, result.Seq).Hash));
    }

    [Fact]
    public async Task Pause_FlushOfTheWriterFailing_TellsEveryWaiterAndEndsTheLedger()
    {
        using var disk = new HeldDisk(new FaultyDisk(1));
        var fixture = new HostFixture(disk, people: Clients + 1);
        var host = fixture.Open(inline: false, Pausing(1));
        disk.FailOn("ledger-writer");

        foreach (var client in AskAll(fixture, host))
        {
            var told = await Record.ExceptionAsync(() => client.WaitAsync(Limit));
            Assert.True(told is IOException or AdmissionClosedException { Code: "failed" }, $"{told}");
        }

        Assert.True(disk.HasFailed);
        Assert.NotNull(host.Failure);
        await host.DisposeAsync().AsTask().WaitAsync(Limit);
    }

    private static Func<LedgerHostOptions, LedgerHostOptions> Pausing(int ms) =>
        options => options with { GroupPause = new Duration(ms) };

    /// <summary>Clients that each wait for an answer before they ask again.</summary>
    private static Task<SubmitResult[]>[] AskAll(HostFixture fixture, LedgerHost host) =>
    [
        .. Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var mine = new SubmitResult[PerClient];
            for (var i = 0; i < PerClient; i++)
            {
                mine[i] = await host.SubmitAsync(fixture.Transfer(host, client), CancellationToken.None);
            }

            return mine;
        })),
    ];

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
