using Aitbc.Infrastructure.Storage;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Oversight;
using Aitbc.Safety.Admission;
using Aitbc.Safety.Monitor;

namespace Aitbc.Safety.Tests.Admission;

/// <summary>A start forgets nothing: a node that ended says the same of the same acts as one that never did.</summary>
public sealed class MonitorRestartTests
{
    [Theory]
    [InlineData(Ending.Closed)]
    [InlineData(Ending.Killed)]
    [InlineData(Ending.PowerCut)]
    [InlineData(Ending.KilledWithoutWindows)]
    public async Task The_same_acts_get_the_same_verdicts_as_of_a_node_that_never_stopped(Ending ending)
    {
        await using var steady = new MonitoredChain();
        await using var ended = new MonitoredChain();
        var (told, again) = (await LiveAsync(steady, null), await LiveAsync(ended, ending));
        Assert.Equal(told, again);
        Assert.Equal(steady.Verdicts(), ended.Verdicts());

        // Something was found, and something passed, or the comparison says nothing.
        Assert.InRange(steady.Verdicts().Count, 5, told.Count / 2);
        var report = ended.Verify();
        Assert.True(report.Ok, report.Problems.FirstOrDefault()?.ToString());
        Assert.Equal(report.AgentPayloads, report.Outcomes);
    }

    [Fact]
    public async Task What_the_journal_teaches_is_byte_for_byte_what_the_days_taught()
    {
        await using var chain = new MonitoredChain();
        await LiveAsync(chain, null);
        var last = chain.Ledger.View.Seq;
        WindowKeeper.Keep(chain.Monitor.Watched, chain.Options, last / 2, null);
        var half = chain.Disk.ReadAll(WindowFile.Path);
        WindowKeeper.Keep(chain.Monitor.Watched, chain.Options, last, null);
        var readBack = chain.Disk.ReadAll(WindowFile.Path);
        await chain.EndAsync(Ending.Closed);
        Assert.Equal(readBack, chain.Disk.ReadAll(WindowFile.Path));
        Assert.NotEqual(half, readBack);
        chain.Open();
    }

    [Fact]
    public async Task What_was_kept_and_is_damaged_is_not_believed()
    {
        await using var chain = new MonitoredChain();
        var agent = await chain.NewAgentAsync();
        await chain.SettleInAsync(agent, chain.Owner);
        await chain.EndAsync(Ending.Closed);
        Assert.True(chain.Disk.Exists(WindowFile.Path));
        chain.Open();
        Assert.Equal(chain.Ledger.View.Seq, chain.Monitor.LearntFrom);
        await chain.EndAsync(Ending.Closed);
        chain.Disk.FlipBit(WindowFile.Path, chain.Disk.ReadAll(WindowFile.Path).Length / 2, 3);
        chain.Open();
        Assert.Equal(1UL, chain.Monitor.LearntFrom);
        Assert.Equal(Outcome.Parked, (await chain.PayAsync(agent, chain.Other, 900)).Outcome);
        Assert.DoesNotContain("probation", Assert.Single(chain.Verdicts()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("as it was", -1)]
    [InlineData("another chain", 0)]
    [InlineData("an entry to come", Digest.Size)]
    [InlineData("another history", Digest.Size + sizeof(ulong))]
    public async Task Windows_of_another_chain_or_history_are_not_believed(string what, int changed)
    {
        await using var chain = new MonitoredChain();
        var agent = await chain.NewAgentAsync();
        await chain.PayAsync(agent, chain.Owner, 2);
        await chain.EndAsync(Ending.Closed);
        var kind = new SealedKind("monitor-windows", SafetyMonitor.KeptVersion);
        using var windows = new MemoryStream();
        using (var reader = new SealedFileReader(chain.Disk, WindowFile.Path, kind))
        {
            reader.CopyTo(windows);
        }

        if (changed >= 0)
        {
            windows.GetBuffer()[changed]++;
        }

        using (var writer = new SealedFileWriter(chain.Disk, WindowFile.Path, kind))
        {
            writer.Write(windows.GetBuffer().AsSpan(0, (int)windows.Length));
            writer.Commit();
        }

        chain.Open();
        var expected = changed < 0 ? chain.Ledger.View.Seq : 1;
        Assert.True(expected == chain.Monitor.LearntFrom, $"{what}: learnt from {chain.Monitor.LearntFrom}");
        Assert.NotEqual(1UL, chain.Ledger.View.Seq);
    }

    [Fact]
    public async Task Where_nothing_was_kept_five_weeks_are_read_back()
    {
        await using var chain = new MonitoredChain();
        var agent = await chain.NewAgentAsync();
        await chain.PayAsync(agent, chain.Owner, 2);
        chain.Clock.Now += Duration.FromDays(40);
        await chain.PayAsync(agent, chain.Owner, 2);
        var last = chain.Ledger.View.Seq;
        await chain.RestartAsync(Ending.KilledWithoutWindows);
        Assert.InRange(chain.Monitor.LearntFrom, 3UL, last);
    }

    /// <summary>Ten days of three agents; every so often the node ends. Gives the outcomes in order.</summary>
    private static async Task<List<Outcome>> LiveAsync(MonitoredChain chain, Ending? ending)
    {
        var random = new SeededRandom(17);
        var outcomes = new List<Outcome>();
        Actor[] agents = [await chain.NewAgentAsync(), await chain.NewAgentAsync(), await chain.NewAgentAsync()];
        Actor[] payees = [chain.Other, chain.Owner, .. agents];
        for (var i = 0; i < 400; i++)
        {
            var agent = agents[random.NextInt32(3)];
            var payee = payees.Where(one => one != agent).ElementAt(random.NextInt32(4));
            var tokens = random.NextInt32(12) == 0 ? 60 + random.NextInt32(900) : 1 + random.NextInt32(12);
            var pay = new Transfer(payee.Id, TokenAmount.FromTokens((ulong)tokens));
            var payload = random.NextInt32(8) == 0 ? chain.Sign(agent, pay, pay) : chain.Sign(agent, pay);
            var result = await chain.Ledger.SubmitAsync(payload, CancellationToken.None);
            outcomes.Add(result.Outcome);
            if (result.Outcome == Outcome.Parked && random.NextInt32(2) == 0)
            {
                var grant = new GrantApproval(new ApprovalId(result.Seq), payload.Bytes);
                outcomes.Add((await chain.SendAsync(chain.Owner, grant)).Outcome);
            }
            else if (result.Outcome == Outcome.SafeMode)
            {
                outcomes.Add((await chain.SendAsync(chain.Owner, new ReleaseAgent(agent.Id))).Outcome);
            }

            chain.Clock.Now += Duration.FromMinutes(30 + random.NextInt32(12));
            if (ending is { } how && i % 57 == 56)
            {
                await chain.RestartAsync(how);
            }
        }

        return outcomes;
    }
}
