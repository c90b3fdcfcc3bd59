using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Protocol.Tests.Attacks;

/// <summary>Who wins, what for, and who cannot bend it.</summary>
public sealed class AuctionTests
{
    [Fact]
    public void A_draw_is_decided_by_the_first_beacon_value_after_the_close_whatever_comes_later()
    {
        for (ulong seed = 1; seed <= 8; seed++)
        {
            Assert.Equal(WinnerOfTie(seed, laterReveals: 0), WinnerOfTie(seed, laterReveals: 5));
        }
    }

    [Fact]
    public void A_draw_is_decided_by_nothing_in_the_order_of_bids_or_openings()
    {
        for (ulong seed = 1; seed <= 8; seed++)
        {
            Assert.Equal(WinnerOfTie(seed), WinnerOfTie(seed, reverseBids: true));
            Assert.Equal(WinnerOfTie(seed), WinnerOfTie(seed, reverseOpenings: true));
        }
    }

    [Fact]
    public void Draws_fall_to_everybody()
    {
        var winners = Enumerable.Range(1, 40).Select(seed => WinnerOfTie((ulong)seed)).ToList();
        Assert.Equal([0, 1, 2], winners.Distinct().Order());
    }

    [Fact]
    public void A_tie_without_a_beacon_ends_with_everybodys_own()
    {
        var chain = new LedgerFixture();
        var (id, bidders) = Tie(chain, false, false);
        var before = bidders.Select(bidder => chain.Account(bidder.Agent).Total).ToList();
        Assert.All(bidders, bidder => Assert.False(chain.Account(bidder.Agent).Bond.IsZero));
        for (var waits = 0; waits < 10; waits++)
        {
            chain.PassDeadline(id);
            Assert.True(chain.IsLive(id));
        }

        chain.PassDeadline(id);
        Assert.False(chain.IsLive(id));
        Assert.Equal(before, bidders.Select(bidder => chain.Account(bidder.Agent).Total));
        Assert.All(bidders, bidder => Assert.True(chain.Account(bidder.Agent).Bond.IsZero));
        Assert.Equal(TokenAmount.Zero, chain.Account(chain.People[0]).Escrow);
    }

    [Fact]
    public void A_bidder_that_delists_after_the_openings_loses_its_bid_bond()
    {
        var chain = new LedgerFixture();
        var (honest, shill) = (chain.NewProvider(chain.People[3]), chain.NewProvider(chain.People[4]));
        var id = chain.Post(chain.People[0]);
        chain.Bid(honest, id, TokenAmount.FromTokens(40));
        chain.Bid(shill, id, TokenAmount.FromTokens(50));
        chain.Open(id, honest, shill);
        var before = chain.Account(shill.Agent).Total;
        var gas = chain.Account(shill.Agent).Available;
        chain.Do(shill.Agent, new DelistService(shill.Service));
        gas -= chain.Account(shill.Agent).Available;
        chain.PassDeadline(id);
        Assert.Equal(before - gas - chain.State.Parameters.BidBond, chain.Account(shill.Agent).Total);
    }

    [Fact]
    public void QualityPpm_OfTheWorstRecord_IsNotZero() =>
        Assert.Equal(1u, Auction.QualityPpm(new AgentRecord { JobsFaulted = uint.MaxValue }));

    /// <summary>Place of the winner among three bidders with one price.</summary>
    private static int WinnerOfTie(
        ulong seed, int laterReveals = 0, bool reverseBids = false, bool reverseOpenings = false)
    {
        var chain = new LedgerFixture(seed);
        var (id, bidders) = Tie(chain, reverseBids, reverseOpenings);
        for (var reveals = 0; reveals <= laterReveals; reveals++)
        {
            chain.RevealBeacon();
        }

        chain.PassDeadline(id);
        var winner = chain.State.Bids[chain.Workload(id).WinningBid].Bidder;
        return Array.FindIndex(bidders, bidder => chain.Number(bidder.Agent) == winner);
    }

    private static (WorkloadId Id, Provider[] Bidders) Tie(
        LedgerFixture chain, bool reverseBids, bool reverseOpenings)
    {
        Provider[] bidders = [.. chain.People.Skip(3).Take(3).Select(owner => chain.NewProvider(owner))];
        var id = chain.Post(chain.People[0]);
        foreach (var bidder in reverseBids ? [.. bidders.Reverse()] : bidders)
        {
            chain.Bid(bidder, id, TokenAmount.OneToken);
        }

        chain.Open(id, reverseOpenings ? [.. bidders.Reverse()] : bidders);
        return (id, bidders);
    }
}
