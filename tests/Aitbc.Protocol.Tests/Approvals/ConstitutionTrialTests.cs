using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Tests.Approvals;

/// <summary>What another constitution would have made of what an agent did.</summary>
public sealed class ConstitutionTrialTests
{
    private static readonly ConstitutionTerms Narrow = Constitutions.Wide with
    {
        MaxDailyVolume = TokenAmount.FromTokens(100), MaxValuePerAction = TokenAmount.FromTokens(60),
    };

    private readonly LedgerFixture chain = new();

    private Actor Owner => chain.People[3];

    private Actor Friend => chain.People[4];

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void The_constitution_in_force_changes_nothing(ulong seed)
    {
        var economy = new RandomEconomy(seed);
        economy.Run(4_000);
        var tried = 0;
        foreach (var (agent, terms) in Registered(economy.Chain))
        {
            foreach (var (entry, would) in Replay(economy.Chain, agent, terms))
            {
                var was = entry.Result.Outcome;
                var byConstitution = was is >= Outcome.SafeMode and <= Outcome.ApprovalNeeded

                    // A bid may be refused by its client's constitution.
                    && !(was == Outcome.CounterpartyNotAllowed
                        && ((ClientPayload)entry.Body!).Commands.Any(command => command is PlaceBid));
                var expected = was == Outcome.Parked ? Outcome.Parked : byConstitution ? was : would.Would;
                Assert.True(
                    was != Outcome.Applied || would.Would == Outcome.Applied,
                    $"{economy.Where}: entry {entry.Header.Seq} took effect and would be {would.Would}");
                Assert.True(
                    expected == would.Would,
                    $"{economy.Where}: entry {entry.Header.Seq} was {was} and would be {would.Would}");
                tried++;
            }
        }

        Assert.True(tried > 300, $"{tried}");
    }

    [Fact]
    public void A_smaller_cap_refuses_what_would_pass_it_and_what_it_refused_counts_no_more()
    {
        var agent = chain.NewAgent(Owner, Narrow);
        chain.Do(agent, Pay(30));
        chain.Do(agent, Pay(40));
        chain.Do(agent, Pay(15));
        var outcomes = Try(agent, Narrow with
        {
            MaxDailyVolume = TokenAmount.FromTokens(50), MaxValuePerAction = TokenAmount.FromTokens(50),
        });
        Assert.Equal([Outcome.Applied, Outcome.VolumeLimit, Outcome.Applied], outcomes);
    }

    [Fact]
    public void A_wider_one_lets_pass_what_was_refused()
    {
        var agent = chain.NewAgent(Owner, Narrow);
        chain.Send(agent, Pay(70));
        Assert.Equal([Outcome.Applied], Try(agent, Constitutions.Wide));
    }

    [Fact]
    public void One_that_asks_sends_to_approval()
    {
        var agent = chain.NewAgent(Owner, Narrow);
        chain.Do(agent, Pay(30));
        chain.Do(agent, Pay(3));
        var rule = new ConstitutionRule(RuleKind.ApprovalAbove, [CommandKind.Transfer])
        {
            Amount = TokenAmount.FromTokens(10),
        };
        Assert.Equal([Outcome.Parked, Outcome.Applied], Try(agent, Narrow with { Rules = [rule] }));
    }

    [Fact]
    public void A_rule_counts_acts_without_value_though_the_agent_had_no_rules()
    {
        var agent = chain.NewAgent(Owner, Narrow);
        for (var i = 0; i < 3; i++)
        {
            chain.Do(agent, new Identity.AddKey(chain.NewKey().Public, null));
        }

        var rule = new ConstitutionRule(RuleKind.RollingCount, [CommandKind.AddKey])
        {
            Count = 2, Window = Duration.FromHours(1),
        };
        Assert.Equal(
            [Outcome.Applied, Outcome.Applied, Outcome.WindowLimit], Try(agent, Narrow with { Rules = [rule] }));
    }

    [Fact]
    public void A_rolling_limit_counts_stakes_and_the_daily_volume_does_not()
    {
        var agent = chain.NewAgent(Owner);
        chain.Do(agent, new Staking.DepositStake(TokenAmount.FromTokens(60)));
        chain.Do(agent, Pay(60));
        chain.Do(agent, Pay(40));
        var rule = new ConstitutionRule(RuleKind.RollingValue, [CommandKind.Transfer, CommandKind.DepositStake])
        {
            Amount = TokenAmount.FromTokens(100), Window = Duration.FromHours(1),
        };
        Assert.Equal(
            [Outcome.Applied, Outcome.WindowLimit, Outcome.Applied], Try(agent, Narrow with { Rules = [rule] }));
        Assert.Equal([Outcome.Applied, Outcome.Applied, Outcome.Applied], Try(agent, Narrow));
    }

    [Fact]
    public void What_came_back_comes_back_in_the_trial_as_far_as_it_was_counted_there()
    {
        var agent = chain.NewAgent(Owner, Constitutions.Wide);
        var post = chain.Posting(Friend) with { BidWindowMs = 200_000_000 };
        chain.Do(agent, post);
        chain.Do(agent, new CancelWorkload(new WorkloadId(chain.State.Globals.LastWorkload)));
        chain.Do(agent, Pay(60));
        var day = Narrow with { MaxValuePerAction = TokenAmount.FromTokens(100) };
        Assert.Equal([Outcome.Applied, Outcome.Applied, Outcome.Applied], Try(agent, day));
        Assert.Equal([Outcome.ValueLimit, Outcome.Applied, Outcome.Applied], Try(agent, Narrow));
    }

    [Fact]
    public void What_guardians_let_pass_counts()
    {
        var agent = chain.NewAgent(Owner, Narrow with { RequiresHumanApproval = true });
        var (id, bytes) = chain.Park(agent, Pay(60));
        chain.Do(Owner, new GrantApproval(id, bytes));
        chain.Park(agent, Pay(40));
        Assert.Equal([Outcome.Applied, Outcome.Applied], Try(agent, Narrow));
        Assert.Equal([Outcome.Applied, Outcome.VolumeLimit], Try(agent, Narrow with
        {
            MaxDailyVolume = TokenAmount.FromTokens(99),
        }));
    }

    [Fact]
    public void One_with_problems_is_not_tried()
    {
        var agent = chain.NewAgent(Owner, Narrow);
        var error = Assert.Throws<ArgumentException>(
            () => new ConstitutionTrial(chain.State, agent.Id, Narrow with { AllowedActions = [] }));
        Assert.Contains("allowedActions is empty", error.Message);
    }

    private Outcome[] Try(Actor agent, ConstitutionTerms terms) =>
        [.. Replay(chain, agent.Id, terms).Select(pair => pair.Would.Would)];

    /// <summary>Replays the journal for a trial, as a backtest does.</summary>
    private static IEnumerable<(JournalEntry Entry, TrialOutcome Would)> Replay(
        LedgerFixture chain, AccountId agent, ConstitutionTerms terms)
    {
        var state = new LedgerState(chain.Genesis);
        new Ledger(state).ApplyGenesis(Digest.Sha256("genesis"u8), new EventBuffer());
        var trial = new ConstitutionTrial(state, agent, terms);
        var found = new List<(JournalEntry, TrialOutcome)>();
        foreach (var entry in chain.Journal.Skip(1))
        {
            var payload = entry.Body is ClientPayload one && one.From == agent ? one : null;
            var would = payload is null ? null : trial.Before(payload, entry.Header.Time);
            if (would is { } outcome)
            {
                found.Add((entry, outcome));
            }

            EventCatalog.Apply(state, entry.Header, entry.Events);
            trial.After(payload, would, entry.Events);

            // What was in force is another from here on.
            if (IsChanged(state, agent))
            {
                break;
            }
        }

        return found;
    }

    private static bool IsChanged(LedgerState state, AccountId agent)
    {
        if (state.FindAccount(agent) is not { } number || state.Account(number).Agent is var slot && slot == 0)
        {
            return false;
        }

        ref readonly var record = ref state.Agents[slot - 1];
        return record.Constitution.Version > 1 || (record.Flags & ~Identity.AgentFlags.Rules) != 0;
    }

    private static IEnumerable<(AccountId Agent, ConstitutionTerms Terms)> Registered(LedgerFixture chain) =>
        from entry in chain.Journal.Skip(1)
        where entry is { Body: ClientPayload, Result.Outcome: Outcome.Applied }
        from command in ((ClientPayload)entry.Body!).Commands
        where command is Identity.RegisterAgent
        let register = (Identity.RegisterAgent)command
        select ((AccountId)register.Key.Thumbprint(), register.Constitution);

    private Transfer Pay(ulong tokens) => new(Friend.Id, TokenAmount.FromTokens(tokens));
}
