using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Protocol.Tests.Rules;

/// <summary>The auction against arithmetic written a second time, without limits of size.</summary>
public sealed class AuctionModelTests
{
    private readonly LedgerFixture chain = new(1, new ChainShape
    {
        People = 12,
        Balance = TokenAmount.FromTokens(10_000_000),
    });

    private Actor Client => chain.People[0];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_best_score_wins_at_the_second(ulong seed)
    {
        var random = new SeededRandom(seed);
        Provider[] all = [.. chain.People.Skip(4).Take(6).Select(owner => chain.NewProvider(owner))];
        for (var i = 0; i < 60; i++)
        {
            var id = chain.Post(Client);
            random.Shuffle(all.AsSpan());
            var bids = all.Take(1 + random.NextInt32(6)).Select(provider => (
                Provider: provider,
                Price: TokenAmount.FromTokens((ulong)random.NextInt32(100) + 1),
                Settled: (uint)random.NextInt32(20),
                Faulted: (uint)random.NextInt32(20))).ToList();
            foreach (var bid in bids)
            {
                chain.Bid(bid.Provider, id, bid.Price);
            }

            chain.Open(id, [.. bids.Select(bid => bid.Provider)]);
            foreach (var bid in bids)
            {
                ref var agent = ref chain.State.Agents.Write(chain.Account(bid.Provider.Agent).Agent - 1);
                (agent.JobsSettled, agent.JobsFaulted) = (bid.Settled, bid.Faulted);
            }

            // Ties are drawn, and have tests of their own.
            if (bids.Select(bid => Score(bid.Price, bid.Settled, bid.Faulted)).Distinct().Count() < bids.Count)
            {
                chain.RevealBeacon();
                chain.PassDeadline(id);
                chain.PassDeadline(id);
                continue;
            }

            var ranked = bids.OrderBy(bid => Score(bid.Price, bid.Settled, bid.Faulted)).ToList();
            chain.PassDeadline(id);
            var workload = chain.Workload(id);
            Assert.True(
                chain.Number(ranked[0].Provider.Agent) == chain.State.Bids[workload.WinningBid].Bidder,
                $"seed {seed}, auction {i}");
            var expected = ranked.Count == 1 ? workload.MaxPrice : PriceOf(ranked[0], ranked[1], workload.MaxPrice);
            Assert.True(expected == workload.Price, $"seed {seed}, auction {i}: {workload.Price}");
            chain.PassDeadline(id);
        }

        static TokenAmount PriceOf(
            (Provider Provider, TokenAmount Price, uint Settled, uint Faulted) best,
            (Provider Provider, TokenAmount Price, uint Settled, uint Faulted) second,
            TokenAmount most)
        {
            var equal = new TokenAmount((UInt128)((BigInteger)second.Price.BaseUnits
                * Quality(best.Settled, best.Faulted) / Quality(second.Settled, second.Faulted)));
            return TokenAmount.Min(most, TokenAmount.Max(equal, best.Price));
        }
    }

    [Fact]
    public void A_tie_falls_to_the_smallest_ticket_of_beacon_workload_salt_and_bidder()
    {
        for (ulong seed = 1; seed <= 6; seed++)
        {
            var tied = new LedgerFixture(seed);
            Provider[] bidders = [.. tied.People.Skip(3).Take(3).Select(owner => tied.NewProvider(owner))];
            var id = tied.Post(tied.People[0]);
            foreach (var bidder in bidders)
            {
                tied.Bid(bidder, id, TokenAmount.OneToken);
            }

            tied.Open(id, bidders);
            var salt = tied.FindSalt(tied.Workload(id).SaltHash)!.Value;
            var beacon = tied.NextBeacon();
            tied.RevealBeacon();
            var expected = bidders.MinBy(bidder => Ticket(beacon, id, salt, bidder.Agent.Id))!;
            tied.PassDeadline(id);
            var workload = tied.Workload(id);
            Assert.Equal(tied.Number(expected.Agent), tied.State.Bids[workload.WinningBid].Bidder);
            Assert.Equal(TokenAmount.OneToken, workload.Price);
        }
    }

    [Fact]
    public void A_commitment_has_the_layout_that_is_written_down()
    {
        var (proposal, salt) = (chain.Unique("proposal", 1), chain.Unique("salt", 1));
        var price = new TokenAmount(new UInt128(1, 2));
        var bytes = new byte[132];
        Encoding.ASCII.GetBytes("aitbc/bid/1\0").CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(12), 7);
        Client.Id.CopyTo(bytes.AsSpan(20));
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(52), 1);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(60), 2);
        proposal.CopyTo(bytes.AsSpan(68));
        salt.CopyTo(bytes.AsSpan(100));
        Assert.Equal(
            Digest.Sha256(bytes), BidCommitment.Of(new WorkloadId(7), Client.Id, price, proposal, salt));
    }

    [Fact]
    public void A_provider_at_its_capacity_does_not_win()
    {
        var small = LedgerFixture.ServiceTerms with { MaxCapacity = 1 };
        var full = chain.NewProvider(chain.People[4], null, small);
        var other = chain.NewProvider(chain.People[5]);
        chain.Award(Client, full);
        Assert.Equal(other, WinnerOf(full, other));
    }

    [Fact]
    public void A_provider_whose_stake_was_taken_does_not_win()
    {
        var (slashed, other) = (chain.NewProvider(chain.People[4]), chain.NewProvider(chain.People[5]));
        Assert.Equal(other, WinnerOf(slashed, other, () =>
        {
            ref var account = ref chain.State.Accounts.Write(chain.Number(slashed.Agent).Slot);
            account.Stake -= new TokenAmount(1);
        }));
    }

    [Fact]
    public void A_provider_that_is_stopped_after_its_bid_does_not_win_and_keeps_its_bond()
    {
        var owner = chain.People[4];
        var (stopped, other) = (chain.NewProvider(owner), chain.NewProvider(chain.People[5]));
        var before = TokenAmount.Zero;
        Assert.Equal(other, WinnerOf(stopped, other, () =>
        {
            before = chain.Account(stopped.Agent).Total;
            chain.Do(owner, new StopAgent(stopped.Agent.Id));
            chain.Do(owner, new ReleaseAgent(stopped.Agent.Id));
        }));
        Assert.Equal(before, chain.Account(stopped.Agent).Total);
    }

    [Fact]
    public void A_service_listed_before_a_stop_bids_only_after_its_update()
    {
        var owner = chain.People[4];
        var provider = chain.NewProvider(owner);
        chain.Do(owner, new StopAgent(provider.Agent.Id));
        chain.Do(owner, new ReleaseAgent(provider.Agent.Id));
        var id = chain.Post(Client);
        var bid = chain.Bidding(provider, id, TokenAmount.OneToken);
        Assert.Equal(Outcome.NoSuchService, chain.Send(provider.Agent, bid).Outcome);
        chain.Do(provider.Agent, new UpdateService(provider.Service, LedgerFixture.ServiceTerms));
        chain.Do(provider.Agent, bid);
    }

    /// <summary>Who wins where the first bids less, after something has happened between openings and award.</summary>
    private Provider WinnerOf(Provider cheap, Provider dear, Action? meanwhile = null)
    {
        var id = chain.Post(Client);
        chain.Bid(cheap, id, TokenAmount.FromTokens(2));
        chain.Bid(dear, id, TokenAmount.FromTokens(90));
        chain.Open(id, cheap, dear);
        meanwhile?.Invoke();
        chain.PassDeadline(id);
        var winner = chain.State.Bids[chain.Workload(id).WinningBid].Bidder;
        return winner == chain.Number(cheap.Agent) ? cheap : dear;
    }

    private static BigInteger Quality(uint settled, uint faulted) =>
        (BigInteger)(settled + 1) * 1_000_000 / (settled + faulted + 2);

    /// <summary>Price by quality, so finely that different scores stay apart.</summary>
    private static BigInteger Score(TokenAmount price, uint settled, uint faulted) =>
        (BigInteger)price.BaseUnits * BigInteger.Pow(10, 40) / Quality(settled, faulted);

    private static Digest Ticket(Digest beacon, WorkloadId workload, Digest salt, AccountId bidder)
    {
        var bytes = new List<byte>(Encoding.ASCII.GetBytes("aitbc/draw/1\0"));
        bytes.AddRange(beacon.AsSpan());
        var id = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(id, workload.Value);
        bytes.AddRange(id);
        bytes.AddRange(salt.AsSpan());
        bytes.AddRange(bidder.AsSpan());
        return Digest.Sha256([.. bytes]);
    }
}
