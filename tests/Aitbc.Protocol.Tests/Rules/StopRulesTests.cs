using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Protocol.Tests.Rules;

/// <summary>What stops stop, what releases release, and what time does meanwhile.</summary>
public sealed class StopRulesTests
{
    private readonly LedgerFixture chain = new();

    private Actor Client => chain.People[4];

    [Theory]
    [InlineData(StopScope.Market)]
    [InlineData(StopScope.All)]
    public void While_the_market_stands_still_no_deadline_passes(StopScope scope)
    {
        var provider = chain.NewProvider(chain.People[3]);
        var id = chain.Award(Client, provider);
        var left = chain.Workload(id).DeadlineMs - chain.State.MarketNowMs;
        chain.Do(chain.People[0], new StopMarket(scope));
        chain.Advance(Duration.FromDays(1));
        Assert.True(chain.IsLive(id));
        Assert.Equal(Outcome.Stopped, chain.Send(provider.Agent, new StartWork(id)).Outcome);
        Release(scope);
        Assert.Equal(left, chain.Workload(id).DeadlineMs - chain.State.MarketNowMs);
        chain.Deliver(provider, id);
    }

    [Fact]
    public void Of_two_stops_each_must_be_released_before_time_goes_on()
    {
        var id = chain.Award(Client, chain.NewProvider(chain.People[3]));
        chain.Do(chain.People[0], new StopMarket(StopScope.Market));
        chain.Advance(Duration.FromHours(1));
        chain.Do(chain.People[0], new StopMarket(StopScope.All));
        chain.Advance(Duration.FromHours(1));
        Release(StopScope.Market);
        Assert.False(chain.State.MarketRuns);
        chain.Advance(Duration.FromHours(1));
        Assert.True(chain.IsLive(id));
        Release(StopScope.All);
        Assert.True(chain.State.MarketRuns);
        chain.PassDeadline(id);
        Assert.False(chain.IsLive(id));
    }

    [Fact]
    public void A_stop_of_the_market_leaves_transfers_alone_and_a_stop_of_all_does_not()
    {
        var pay = new Transfer(chain.People[1].Id, TokenAmount.OneToken);
        chain.Do(chain.People[0], new StopMarket(StopScope.Market));
        chain.Do(Client, pay);
        Assert.Equal(Outcome.Stopped, chain.Send(Client, chain.Posting(Client)).Outcome);
        chain.Do(chain.People[0], new StopMarket(StopScope.All));
        Assert.Equal(Outcome.Stopped, chain.Send(Client, pay).Outcome);
    }

    [Fact]
    public void After_a_release_what_was_signed_for_the_market_before_is_dead_and_a_transfer_is_not()
    {
        var old = new Envelope { Epoch = 0 };
        var post = chain.Posting(Client);
        chain.Do(chain.People[0], new StopMarket(StopScope.Market));
        Release(StopScope.Market);
        var pay = new Transfer(chain.People[1].Id, TokenAmount.OneToken);
        Assert.Equal(Outcome.StaleEpoch, chain.Submit(chain.Payload(Client, old, post)).Outcome);
        Assert.Equal(Outcome.Applied, chain.Submit(chain.Payload(Client, old, pay)).Outcome);
        chain.Do(chain.People[0], new StopMarket(StopScope.All));
        Release(StopScope.All);
        Assert.Equal(Outcome.StaleEpoch, chain.Submit(chain.Payload(Client, old, pay)).Outcome);
    }

    [Fact]
    public void It_takes_the_threshold_to_release_and_nobody_counts_twice()
    {
        Actor[] guardians = [chain.People[3], chain.People[4], chain.People[5]];
        var agent = chain.NewAgent(chain.People[2], null, guardians, threshold: 2);
        chain.Do(guardians[0], new StopAgent(agent.Id));
        chain.Do(guardians[0], new ReleaseAgent(agent.Id));
        Assert.Equal(Outcome.NothingToRelease, chain.Send(guardians[0], new ReleaseAgent(agent.Id)).Outcome);
        Assert.Equal(Outcome.Stopped, Paying(agent));
        chain.Do(guardians[1], new ReleaseAgent(agent.Id));
        Assert.Equal(Outcome.Applied, Paying(agent));
        chain.Do(chain.People[0], new StopMarket(StopScope.All));
        chain.Do(chain.People[0], new ReleaseMarket(StopScope.All));
        Assert.Equal(
            Outcome.NothingToRelease, chain.Send(chain.People[0], new ReleaseMarket(StopScope.All)).Outcome);
        Assert.False(chain.State.MarketRuns);
        chain.Do(chain.People[1], new ReleaseMarket(StopScope.All));
        Assert.True(chain.State.MarketRuns);
    }

    [Fact]
    public void A_stop_that_stops_something_is_free_and_one_that_stops_nothing_is_not()
    {
        var guardian = chain.People[3];
        var agent = chain.NewAgent(guardian);
        Assert.True(IsFree(guardian, new StopAgent(agent.Id)));
        Assert.False(IsFree(guardian, new StopAgent(agent.Id)));
        foreach (var scope in new[] { StopScope.Market, StopScope.All })
        {
            Assert.False(IsFree(chain.People[5], new StopMarket(scope)));
            Assert.True(IsFree(chain.People[0], new StopMarket(scope)));
            Assert.False(IsFree(chain.People[0], new StopMarket(scope)));
            chain.Do(chain.People[1], new ReleaseMarket(scope));
            Assert.True(IsFree(chain.People[0], new StopMarket(scope)));
            Assert.False(IsFree(chain.People[5], new StopMarket(scope)));
        }
    }

    [Fact]
    public void A_batch_is_free_only_where_each_of_its_commands_is()
    {
        var guardian = chain.People[3];
        var (stopped, other, third) = (chain.NewAgent(guardian), chain.NewAgent(guardian), chain.NewAgent(guardian));
        chain.Do(guardian, new StopAgent(stopped.Id));
        Assert.False(IsFree(guardian, new ReleaseAgent(stopped.Id), new StopAgent(other.Id)));
        Assert.False(IsFree(guardian, new StopAgent(other.Id), new StopAgent(third.Id)));
        Assert.True(IsFree(guardian, new StopAgent(stopped.Id)));
    }

    [Fact]
    public void A_client_that_was_stopped_meanwhile_awards_nothing_and_has_its_own_back()
    {
        var owner = chain.People[2];
        var client = chain.NewAgent(owner);
        var provider = chain.NewProvider(chain.People[3]);
        var id = chain.Post(client);
        chain.Bid(provider, id, TokenAmount.OneToken);
        chain.Open(id, provider);
        chain.Do(owner, new StopAgent(client.Id));
        chain.PassDeadline(id);
        Assert.False(chain.IsLive(id));
        Assert.Equal(TokenAmount.Zero, chain.Account(client).Escrow);
        Assert.Equal(TokenAmount.Zero, chain.Account(provider.Agent).Bond);
    }

    private bool IsFree(Actor sender, params Command[] commands)
    {
        var before = chain.Account(sender).Available;
        chain.Send(sender, commands);
        return chain.Account(sender).Available == before;
    }

    private Outcome Paying(Actor sender) =>
        chain.Send(sender, new Transfer(chain.People[1].Id, TokenAmount.OneToken)).Outcome;

    private void Release(StopScope scope)
    {
        chain.Do(chain.People[0], new ReleaseMarket(scope));
        chain.Do(chain.People[1], new ReleaseMarket(scope));
    }
}
