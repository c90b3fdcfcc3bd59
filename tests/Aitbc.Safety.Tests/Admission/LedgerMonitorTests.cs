using Aitbc.Infrastructure.Ledger;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;
using Aitbc.Safety.Admission;
using Aitbc.Safety.Monitor;

namespace Aitbc.Safety.Tests.Admission;

/// <summary>The monitor sees what an agent's key signs, whoever holds it, and the ledger obeys.</summary>
public sealed class LedgerMonitorTests
{
    [Fact]
    public async Task A_thief_with_the_key_who_skips_the_gateway_is_held_before_a_tenth_of_the_cap_is_gone()
    {
        await using var chain = new MonitoredChain();
        var agent = await chain.NewAgentAsync();
        await chain.SettleInAsync(agent, chain.Owner);
        var before = chain.BalanceOf(chain.Other);
        var outcomes = new List<Outcome>();
        for (var i = 0; i < 40; i++)
        {
            outcomes.Add((await chain.PayAsync(agent, chain.Other, 25)).Outcome);
            chain.Clock.Now += Duration.FromMinutes(1);
        }

        // A daily cap of 1,000 tokens would have let all of it go.
        Assert.True(chain.BalanceOf(chain.Other) - before <= TokenAmount.FromTokens(100));
        Assert.Contains(Outcome.Parked, outcomes);
        Assert.NotEmpty(chain.Verdicts());
        Assert.True(chain.Verify().Ok);
    }

    [Fact]
    public async Task A_drain_that_goes_on_while_people_are_asked_leads_to_safe_mode_and_what_shrinks_goes_on()
    {
        await using var chain = new MonitoredChain();
        var agent = await chain.NewAgentAsync();
        await chain.SettleInAsync(agent, chain.Owner);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(Outcome.Parked, (await chain.PayAsync(agent, chain.Other, 300)).Outcome);
        }

        Assert.Equal(Outcome.SafeMode, (await chain.PayAsync(agent, chain.Other, 300)).Outcome);
        Assert.Equal(3, chain.Verdicts().Count);
        Assert.StartsWith("SafeMode insistence ", chain.Verdicts()[2], StringComparison.Ordinal);

        // Safe mode holds whatever grows, so nothing is journalled about it again, and the log still says it.
        Assert.Equal(Outcome.SafeMode, (await chain.PayAsync(agent, chain.Other, 300)).Outcome);
        Assert.Equal(3, chain.Verdicts().Count);
        var report = chain.Verify();
        Assert.True(report.Ok);
        Assert.Equal(4, report.Found);
        Assert.Equal(Outcome.Applied, (await chain.SendAsync(chain.Owner, new ReleaseAgent(agent.Id))).Outcome);
        Assert.Equal(Outcome.Applied, (await chain.PayAsync(agent, chain.Owner, 2)).Outcome);
    }

    [Fact]
    public async Task A_batch_is_judged_whole()
    {
        await using var chain = new MonitoredChain();
        var agent = await chain.NewAgentAsync();
        await chain.SettleInAsync(agent, chain.Owner);
        var small = new Transfer(chain.Other.Id, TokenAmount.FromTokens(20));
        Assert.Equal(Outcome.Parked, (await chain.SendAsync(agent, small, small, small, small, small)).Outcome);
        Assert.Single(chain.Verdicts());

        // What was only judged left no trace: one by itself passes.
        Assert.Equal(Outcome.Applied, (await chain.SendAsync(agent, small)).Outcome);
    }

    [Fact]
    public async Task What_the_ledger_refuses_does_not_fill_the_window()
    {
        await using var chain = new MonitoredChain();
        var agent = await chain.NewAgentAsync();
        await chain.SettleInAsync(agent, chain.Other, 3);

        // Far above what the agent has: refused by the act's own rules.
        var stake = new DepositStake(TokenAmount.FromTokens(60_000));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(
                Outcome.InsufficientFunds,
                (await chain.SendAsync(
                    agent, new Transfer(chain.Other.Id, TokenAmount.FromTokens(30)), stake)).Outcome);
        }

        Assert.Empty(chain.Verdicts());
        Assert.Equal(Outcome.Applied, (await chain.PayAsync(agent, chain.Other, 30)).Outcome);
    }

    [Fact]
    public async Task What_waited_is_learnt_only_when_a_person_lets_it_pass()
    {
        await using var chain = new MonitoredChain();
        var agent = await chain.NewAgentAsync();
        await chain.SettleInAsync(agent, chain.Owner);
        Assert.Equal(Outcome.Parked, (await chain.PayAsync(agent, chain.Other, 95)).Outcome);
        var payload = chain.Sign(agent, new Transfer(chain.Other.Id, TokenAmount.FromTokens(95)));
        var parked = await chain.Ledger.SubmitAsync(payload, CancellationToken.None);
        Assert.Equal(Outcome.Parked, parked.Outcome);
        Assert.Equal(chain.Verdicts()[0], chain.Verdicts()[1]);
        var grant = new GrantApproval(new ApprovalId(parked.Seq), payload.Bytes);
        Assert.Equal(Outcome.Applied, (await chain.SendAsync(chain.Owner, grant)).Outcome);

        // What passed counts now: whom a person let be paid is no stranger any more.
        Assert.Equal(2, chain.Verdicts().Count);
        Assert.Equal(Outcome.Applied, (await chain.PayAsync(agent, chain.Other, 95)).Outcome);
        Assert.Equal(2, chain.Verdicts().Count);
    }

    [Fact]
    public async Task An_allowance_lifts_the_verdict_also_a_grave_one_and_up_to_its_cap()
    {
        await using var chain = new MonitoredChain();
        var agent = await chain.NewAgentAsync();
        await chain.SettleInAsync(agent, chain.Owner);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(Outcome.Parked, (await chain.PayAsync(agent, chain.Other, 95)).Outcome);
        }

        Assert.Equal(Outcome.Applied, (await chain.SendAsync(chain.Owner, new SetOverride(
            agent.Id, CommandKind.Transfer, OverrideEffect.Allow, TokenAmount.FromTokens(750),
            Digest.Sha256("an auction"u8), chain.Clock.Now + Duration.FromHours(2)))).Outcome);
        Assert.Equal(Outcome.Applied, (await chain.PayAsync(agent, chain.Other, 700)).Outcome);
        Assert.StartsWith("Park insistence ", chain.Verdicts()[2], StringComparison.Ordinal);
        Assert.NotEqual(Outcome.Applied, (await chain.PayAsync(agent, chain.Other, 80)).Outcome);
    }

    [Fact]
    public async Task What_is_only_watched_is_said_and_nothing_follows()
    {
        await using var chain = new MonitoredChain(MonitorMode.Watch);
        var agent = await chain.NewAgentAsync();
        await chain.SettleInAsync(agent, chain.Owner);
        Assert.Equal(Outcome.Applied, (await chain.PayAsync(agent, chain.Other, 900)).Outcome);
        Assert.StartsWith("WouldPark ", Assert.Single(chain.Verdicts()), StringComparison.Ordinal);
        Assert.True(chain.Verify().Ok);
        Assert.Equal(1, chain.Verify().Found);
    }

    [Fact]
    public async Task Off_it_says_nothing_and_the_log_says_from_where_on()
    {
        await using var chain = new MonitoredChain();
        var agent = await chain.NewAgentAsync();
        await chain.PayAsync(agent, chain.Owner, 2);
        chain.Mode = MonitorMode.Off;
        await chain.RestartAsync(Ending.Closed);
        Assert.Equal(Outcome.Applied, (await chain.PayAsync(agent, chain.Other, 900)).Outcome);
        Assert.Empty(chain.Verdicts());
        var report = chain.Verify();
        Assert.True(report.Ok);
        Assert.Equal((1, 1), (report.Unwatched, report.Verdicts));
        Assert.Single(report.Notices);
    }

    [Fact]
    public async Task People_are_not_judged()
    {
        await using var chain = new MonitoredChain();
        await chain.NewAgentAsync();
        Assert.Equal(Outcome.Applied, (await chain.PayAsync(chain.Owner, chain.Other, 900_000)).Outcome);
        Assert.Equal(0, chain.Verify().AgentPayloads);
    }
}
