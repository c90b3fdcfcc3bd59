using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Staking;

namespace Aitbc.Protocol.Tests.Attacks;

/// <summary>What a refused batch must not leave behind.</summary>
public sealed class SavepointTests
{
    private static readonly TokenAmount Stake = TokenAmount.FromTokens(10);

    [Fact]
    public void A_refused_batch_makes_nobodys_later_unbonding_due_early()
    {
        var chain = new LedgerFixture();
        var person = chain.People[3];
        chain.Do(person, new DepositStake(Stake + Stake));
        chain.Do(person, new WithdrawStake(Stake));
        chain.Advance(Duration.FromSeconds(1));
        Refuse(chain, person, new WithdrawStake(Stake));

        chain.Advance(Duration.FromDays(6));
        chain.Do(person, new WithdrawStake(Stake));
        Assert.Equal(Stake + Stake, chain.Account(person).Unbonding);
        chain.Advance(Duration.FromDays(6));
        Assert.Equal(Stake, chain.Account(person).Unbonding);
        chain.Advance(Duration.FromDays(1));
        Assert.Equal(TokenAmount.Zero, chain.Account(person).Unbonding);
    }

    [Fact]
    public void A_refused_batch_ends_nobodys_later_rent_early()
    {
        var chain = new LedgerFixture();
        var digest = chain.Unique("blob", 1);
        chain.Do(chain.People[3], new DeclareBlob(chain.Unique("first", 1), 1, 2));
        chain.Advance(Duration.FromSeconds(1));
        Refuse(chain, chain.People[3], new DeclareBlob(chain.Unique("other", 1), 1, 2));
        chain.Advance(Duration.FromDays(1));
        chain.Do(chain.People[4], new DeclareBlob(digest, 1, 2));
        chain.Advance(Duration.FromHours(47));
        Assert.True(chain.State.FindBlob(digest) >= 0);
        chain.Advance(Duration.FromHours(1));
        Assert.True(chain.State.FindBlob(digest) < 0);
    }

    [Fact]
    public void A_refused_batch_leaves_nothing_in_the_queues()
    {
        var chain = new LedgerFixture();
        var person = chain.People[3];
        chain.Do(person, new DepositStake(Stake));
        var posting = chain.Posting(person);
        var (wall, market) = (chain.State.WallDue.Count, chain.State.MarketDue.Count);
        Refuse(chain, person, posting, new WithdrawStake(Stake), new DeclareBlob(chain.Unique("blob", 1), 1, 30));
        Assert.Equal((wall, market), (chain.State.WallDue.Count, chain.State.MarketDue.Count));
        chain.Do(person, posting, new WithdrawStake(Stake));
        Assert.Equal((wall + 1, market + 1), (chain.State.WallDue.Count, chain.State.MarketDue.Count));
    }

    /// <summary>Sends a batch whose last command is refused.</summary>
    private static void Refuse(LedgerFixture chain, Actor sender, params Command[] commands)
    {
        var result = chain.Send(sender, [.. commands, new Transfer(sender.Id, TokenAmount.OneToken)]);
        Assert.Equal((Outcome.BadAmount, commands.Length), (result.Outcome, result.FailedAt));
    }
}
