using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Tests.Attacks;

/// <summary>Named counterparties bind every way in which value may come to be another's.</summary>
public sealed class CounterpartyTests
{
    private readonly LedgerFixture chain = new();

    [Fact]
    public void Value_goes_to_no_account_that_is_not_named_not_even_to_one_that_is_opened_for_it()
    {
        var (friend, stranger) = (chain.People[0], chain.People[1]);
        var agent = AgentBoundTo(friend);
        chain.Do(agent, new Transfer(friend.Id, TokenAmount.OneToken));
        Refused(agent, new Transfer(stranger.Id, TokenAmount.OneToken));
        Refused(agent, new Transfer(chain.NewActor("nobody").Id, TokenAmount.OneToken));
        Refused(agent, new OpenAccount(chain.NewKey().Public, null, TokenAmount.OneToken));
        chain.Do(agent, new OpenAccount(chain.NewKey().Public, null, TokenAmount.Zero));
    }

    [Fact]
    public void An_agent_bids_only_for_clients_that_are_named()
    {
        var (friend, stranger) = (chain.People[0], chain.People[1]);
        var provider = chain.NewProvider(chain.People[4], Constitutions.Wide with { Counterparties = [friend.Id] });
        Refused(provider.Agent, chain.Bidding(provider, chain.Post(stranger), TokenAmount.OneToken));
        chain.Bid(provider, chain.Post(friend), TokenAmount.OneToken);
    }

    [Fact]
    public void Only_bidders_that_are_named_may_bid_for_an_agents_work()
    {
        var named = chain.NewProvider(chain.People[4]);
        var other = chain.NewProvider(chain.People[5]);
        var id = chain.Post(AgentBoundTo(named.Agent));
        Refused(other.Agent, chain.Bidding(other, id, TokenAmount.OneToken));
        chain.Bid(named, id, TokenAmount.OneToken);
    }

    [Fact]
    public void After_a_change_of_keys_value_leaves_by_no_door()
    {
        var hold = Constitutions.Wide with { KeyChangeHold = Duration.FromHours(1) };
        var provider = chain.NewProvider(chain.People[4], hold);
        var agent = provider.Agent;
        var id = chain.Post(chain.People[0], posting => posting with { BidWindowMs = 7_200_000 });
        chain.Do(agent, new AddKey(chain.NewKey().Public, null));
        Command[] doors =
        [
            new Transfer(chain.People[0].Id, TokenAmount.OneToken),
            new OpenAccount(chain.NewKey().Public, null, TokenAmount.OneToken),
            new Staking.WithdrawStake(TokenAmount.OneToken),
            chain.Posting(chain.People[0]),
            chain.Bidding(provider, id, TokenAmount.OneToken),
            new CommitVerdict(id, default),
        ];
        Assert.All(doors, door => Assert.Equal(Outcome.KeyChangeHold, chain.Send(agent, door).Outcome));
        chain.Advance(Duration.FromHours(1) - Duration.FromMilliseconds(1));
        Assert.All(doors, door => Assert.Equal(Outcome.KeyChangeHold, chain.Send(agent, door).Outcome));
        chain.Advance(Duration.FromMilliseconds(1));
        Assert.All(doors, door => Assert.NotEqual(Outcome.KeyChangeHold, chain.Send(agent, door).Outcome));
    }

    private Actor AgentBoundTo(Actor counterparty) => chain.NewAgent(
        chain.People[3], Constitutions.Wide with { Counterparties = [counterparty.Id] });

    private void Refused(Actor sender, Command command) =>
        Assert.Equal(Outcome.CounterpartyNotAllowed, chain.Send(sender, command).Outcome);
}
