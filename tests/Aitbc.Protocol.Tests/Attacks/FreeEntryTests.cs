using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Protocol.Tests.Attacks;

/// <summary>What is free of gas must not fill the journal: anybody may own an agent and guard it.</summary>
public sealed class FreeEntryTests
{
    private static readonly ConstitutionTerms Asking = Constitutions.Wide with { RequiresHumanApproval = true };

    private readonly LedgerFixture chain = new();
    private readonly Actor agent;

    public FreeEntryTests() => agent = chain.NewAgent(Owner, Asking);

    private Actor Owner => chain.People[3];

    private TokenAmount BaseGas => chain.State.Parameters.BaseGas;

    [Fact]
    public void A_batch_of_denials_that_is_refused_is_not_free_for_ever()
    {
        var one = chain.Denial(agent, CommandKind.Transfer);
        var many = Enumerable.Repeat<Command>(one, OverrideRules.MaxDenialsEach + 1).ToArray();
        var (outcome, cost) = Cost(many);
        Assert.Equal(Outcome.TooManyOpen, outcome);
        Assert.Equal(BaseGas, cost);
    }

    [Fact]
    public void A_batch_that_denies_one_approval_twice_is_not_free_for_ever()
    {
        var (id, _) = chain.Park(agent, new Transfer(chain.People[4].Id, TokenAmount.OneToken));
        var (outcome, cost) = Cost(new DenyApproval(id), new DenyApproval(id));
        Assert.Equal(Outcome.NoSuchApproval, outcome);
        Assert.Equal(BaseGas, cost);
    }

    [Fact]
    public void A_batch_of_changes_is_one_free_change_a_minute_no_more()
    {
        var tight = new ChangeConstitution(agent.Id, Asking with { MaxGasPerDay = TokenAmount.OneToken });
        Assert.True(Cost(tight, tight).Cost > TokenAmount.Zero);
    }

    [Fact]
    public void A_denial_that_ends_at_once_is_not_free()
    {
        var denial = chain.Denial(agent, CommandKind.Transfer);
        var minute = Duration.FromMinutes(1);
        var less = minute - Duration.FromMilliseconds(1);
        Assert.True(Cost(denial with { ExpiresAt = chain.Now + less }).Cost > TokenAmount.Zero);
        Assert.Equal(TokenAmount.Zero, Cost(denial with { ExpiresAt = chain.Now + minute }).Cost);
    }

    [Fact]
    public void Whether_a_denial_is_free_is_judged_at_its_own_time_not_at_that_of_the_entry_before()
    {
        var quiet = Duration.FromHours(1);
        chain.Now += quiet;
        var (outcome, cost) = Cost(chain.Denial(agent, CommandKind.Transfer) with { ExpiresAt = chain.Now });
        Assert.Equal((Outcome.BadTerms, BaseGas), (outcome, cost));
    }

    [Fact]
    public void A_batch_of_stops_stays_free()
    {
        var other = chain.NewAgent(Owner);
        Assert.Equal((Outcome.Applied, TokenAmount.Zero), Cost(new StopAgent(agent.Id), new StopAgent(other.Id)));
    }

    private (Outcome Outcome, TokenAmount Cost) Cost(params Command[] commands)
    {
        var before = chain.Account(Owner).Available;
        var outcome = chain.Send(Owner, commands).Outcome;
        return (outcome, before - chain.Account(Owner).Available);
    }
}
