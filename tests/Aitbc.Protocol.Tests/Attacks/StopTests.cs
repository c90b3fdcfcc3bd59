using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Protocol.Tests.Attacks;

/// <summary>Ways round a stop, all closed.</summary>
public sealed class StopTests
{
    private readonly LedgerFixture chain = new();

    [Fact]
    public void A_batch_that_mixes_oversight_with_anything_else_is_malformed()
    {
        var council = chain.People[0];
        Command stop = new StopMarket(StopScope.All);
        Command pay = new Transfer(chain.People[1].Id, TokenAmount.OneToken);
        Assert.Equal(Outcome.Malformed, chain.Send(council, stop, pay).Outcome);
        Assert.Equal(Outcome.Malformed, chain.Send(council, pay, stop).Outcome);
        Assert.Equal(0, chain.State.Globals.AllStopped);
        chain.Do(council, stop, new StopMarket(StopScope.Market));
    }

    [Fact]
    public void The_owner_of_a_stopped_agent_cannot_retire_its_money_away()
    {
        var (owner, guardian) = (chain.People[3], chain.People[4]);
        var agent = chain.NewAgent(owner, guardians: [guardian]);
        chain.Do(guardian, new StopAgent(agent.Id));
        Assert.Equal(Outcome.StillEngaged, chain.Send(owner, new RetireAgent(agent.Id)).Outcome);
        chain.Do(guardian, new ReleaseAgent(agent.Id));
        chain.Do(owner, new RetireAgent(agent.Id));
        Assert.Equal(TokenAmount.Zero, chain.Account(agent).Total);
    }

    [Fact]
    public void The_owner_of_an_agent_in_safe_mode_cannot_retire_its_money_away()
    {
        Actor[] guardians = [.. chain.People.Take(2)];
        var owner = chain.People[3];
        var agent = chain.NewAgent(owner, guardians: guardians, threshold: 2);
        chain.Input(chain.Verdict(agent, MonitorVerdictKind.SafeMode));
        var before = chain.Account(agent).Total;
        Assert.Equal(Outcome.StillEngaged, chain.Send(owner, new RetireAgent(agent.Id)).Outcome);
        chain.Do(guardians[0], new ReleaseAgent(agent.Id));
        Assert.Equal(Outcome.StillEngaged, chain.Send(owner, new RetireAgent(agent.Id)).Outcome);
        Assert.Equal(before, chain.Account(agent).Total);
        chain.Do(guardians[1], new ReleaseAgent(agent.Id));
        chain.Do(owner, new RetireAgent(agent.Id));
        Assert.Equal(TokenAmount.Zero, chain.Account(agent).Total);
    }

    [Fact]
    public void A_stop_that_stops_something_is_free_for_a_guardian_without_a_token()
    {
        var guardian = Pauper();
        var agent = chain.NewAgent(chain.People[3], guardians: [guardian, chain.People[4]], threshold: 2);
        chain.Do(guardian, new StopAgent(agent.Id));
        Assert.Equal(Outcome.NoGasMoney, chain.Send(guardian, new StopAgent(agent.Id)).Outcome);

        // Somebody agrees to a release: to take that back stops something again.
        chain.Do(chain.People[4], new ReleaseAgent(agent.Id));
        chain.Do(guardian, new StopAgent(agent.Id));
        Assert.Equal(Outcome.NoGasMoney, chain.Send(guardian, new StopAgent(agent.Id)).Outcome);
    }

    [Fact]
    public void A_stop_by_the_council_is_free_while_it_stops_something()
    {
        var before = chain.Account(chain.People[0]).Available;
        chain.Do(chain.People[0], new StopMarket(StopScope.Market));
        chain.Do(chain.People[0], new StopMarket(StopScope.All));
        Assert.Equal(before, chain.Account(chain.People[0]).Available);
        chain.Do(chain.People[0], new StopMarket(StopScope.All));
        Assert.True(chain.Account(chain.People[0]).Available < before);
    }

    [Fact]
    public void A_stop_by_somebody_who_may_not_stop_is_not_free()
    {
        var pauper = Pauper();
        var agent = chain.NewAgent(chain.People[3]);
        Command[] stops = [new StopAgent(agent.Id), new StopMarket(StopScope.All), new StopAgent(pauper.Id)];
        Assert.All(stops, stop => Assert.Equal(Outcome.NoGasMoney, chain.Send(pauper, stop).Outcome));
    }

    private Actor Pauper()
    {
        var actor = chain.NewActor("pauper");
        chain.Do(chain.People[5], new OpenAccount(actor.Key.Public, null, TokenAmount.Zero));
        return actor;
    }
}
