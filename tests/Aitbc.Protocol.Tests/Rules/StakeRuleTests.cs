using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;

namespace Aitbc.Protocol.Tests.Rules;

/// <summary>A rolling limit on value counts the stakes among the actions that it names: a stake can be lost. The daily
/// volume does not, for the stake has a limit of its own.</summary>
public sealed class StakeRuleTests
{
    private static readonly ConstitutionTerms Bound = Constitutions.Wide with
    {
        MaxDailyVolume = TokenAmount.FromTokens(100),
        MaxValuePerAction = TokenAmount.FromTokens(100),
        Rules =
        [
            new(RuleKind.RollingValue, [CommandKind.Transfer, CommandKind.DepositStake])
            {
                Amount = TokenAmount.FromTokens(100), Window = Duration.FromHours(1),
            },
        ],
    };

    private readonly LedgerFixture chain = new();

    private Actor Owner => chain.People[3];

    [Fact]
    public void Stakes_and_payments_share_a_rolling_limit()
    {
        var agent = chain.NewAgent(Owner, Bound);
        chain.Do(agent, Stake(60));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Stake(41)).Outcome);
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Pay(41)).Outcome);
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Pay(30), Stake(11)).Outcome);
        chain.Do(agent, Pay(30), Stake(10));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Stake(1)).Outcome);
        Assert.Equal(TokenAmount.FromTokens(30), chain.State.VolumeUsed(Record(agent)));
        chain.Advance(Duration.FromMinutes(76));
        chain.Do(agent, Stake(100));
        Assert.Equal(TokenAmount.FromTokens(30), chain.State.VolumeUsed(Record(agent)));
    }

    [Fact]
    public void A_stake_that_is_taken_out_gives_nothing_back()
    {
        var agent = chain.NewAgent(Owner, Bound);
        chain.Do(agent, Stake(100));
        chain.Do(agent, new WithdrawStake(TokenAmount.FromTokens(100)));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Stake(1)).Outcome);
    }

    [Fact]
    public void A_stake_that_waits_is_reserved_and_comes_back_when_it_is_denied()
    {
        var asking = new ConstitutionRule(RuleKind.ApprovalAbove, [CommandKind.DepositStake])
        {
            Amount = TokenAmount.FromTokens(50),
        };
        var agent = chain.NewAgent(Owner, Bound with { Rules = [.. Bound.Rules, asking] });
        var (id, _) = chain.Park(agent, Stake(70));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Pay(31)).Outcome);
        var uses = LimitUses.Of(chain.State, Record(agent), chain.Now);
        Assert.Equal(TokenAmount.FromTokens(70), uses.Single(use => use.Line == ConstitutionLine.Rule).Reserved);
        var volume = uses.Single(use => use.Line == ConstitutionLine.MaxDailyVolume);
        Assert.Equal((TokenAmount.Zero, TokenAmount.Zero), (volume.Used, volume.Reserved));
        chain.Do(agent, Pay(30));
        chain.Do(Owner, new DenyApproval(id));
        Assert.Equal(TokenAmount.FromTokens(30), chain.State.VolumeUsed(Record(agent)));
        chain.Do(agent, Stake(50));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Pay(21)).Outcome);
    }

    private ref readonly AgentRecord Record(Actor agent) =>
        ref chain.State.Agents[chain.Account(agent).Agent - 1];

    private static DepositStake Stake(ulong tokens) => new(TokenAmount.FromTokens(tokens));

    private Transfer Pay(ulong tokens) => new(chain.People[4].Id, TokenAmount.FromTokens(tokens));
}
