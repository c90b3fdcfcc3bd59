using System.Buffers.Binary;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Marketplace;

/// <summary>
/// The sealed auction's arithmetic: who may win, who wins, and what the winner is paid. score = price * 10^6 / quality;
/// the lowest score wins at the price that equals the second score, so bidding one's true cost is the best bid.
/// Source: Vickrey 1961; DESIGN.md section 7.
/// </summary>
internal static class Auction
{
    private const uint Million = 1_000_000;

    private static ReadOnlySpan<byte> DrawDomain => "aitbc/draw/1\0"u8;

    /// <summary>What the auction found.</summary>
    /// <param name="Bid">Slot of the winning bid; -1 where none is eligible.</param>
    /// <param name="Price">What it is paid.</param>
    /// <param name="NeedsBeacon">A tie must be drawn and no beacon value was revealed since the close.</param>
    public readonly record struct Result(int Bid, TokenAmount Price, bool NeedsBeacon);

    /// <summary>The bid of a bidder on a workload, or -1.</summary>
    public static int FindBid(LedgerState state, int workload, AccountNumber bidder)
    {
        for (var at = state.Workloads[workload].FirstBid; at != 0; at = state.Bids[at - 1].NextBid)
        {
            if (state.Bids[at - 1].Bidder == bidder)
            {
                return at - 1;
            }
        }

        return -1;
    }

    /// <summary>What a bid on a workload pledges: bid bond and job bond.</summary>
    public static TokenAmount BondsOf(LedgerState state, int workload) =>
        state.Workloads[workload].BidBond + state.Workloads[workload].JobBond;

    /// <summary>Quality from settled work, ppm: (settled + 1) / (settled + faulted + 2). Without any history it is one
    /// half, so that a new identity is no way to shed a record. Never zero: prices are divided by it.</summary>
    public static uint QualityPpm(in AgentRecord agent) => Math.Max(
        1, (uint)((agent.JobsSettled + 1UL) * Million / (agent.JobsSettled + (ulong)agent.JobsFaulted + 2)));

    /// <summary>Finds the winner among the bids that were opened and can take the job.</summary>
    public static Result Decide(LedgerState state, in WorkloadRecord workload)
    {
        var best = -1;
        var second = -1;
        var ties = 0;
        for (var at = workload.FirstBid; at != 0; at = state.Bids[at - 1].NextBid)
        {
            var bid = at - 1;
            if (!IsEligible(state, state.Bids[bid]))
            {
                continue;
            }

            var order = best < 0 ? -1 : CompareScores(state, bid, best);
            if (order < 0)
            {
                (second, best, ties) = (best, bid, 1);
            }
            else
            {
                ties += order == 0 ? 1 : 0;
                second = second < 0 || CompareScores(state, bid, second) < 0 ? bid : second;
            }
        }

        if (ties > 1)
        {
            var since = Math.Max(workload.ClosedRound, state.Globals.BeaconBase);
            if (state.Globals.BeaconRound <= since)
            {
                return new Result(best, TokenAmount.Zero, true);
            }

            best = Draw(state, workload, best, BeaconAfter(state, since));
            return new Result(best, state.Bids[best].Price, false);
        }

        return best < 0
            ? new Result(-1, TokenAmount.Zero, false)
            : new Result(best, PriceOf(state, workload, best, second), false);
    }

    /// <summary>Whether a stop has reached a bid's owner since it was placed.</summary>
    public static bool IsDead(LedgerState state, in BidRecord bid) =>
        bid.Epoch < state.FenceOf(state.Accounts[bid.Bidder.Slot], market: true);

    /// <summary>Whether a bid can take the job. Its service's epoch needs no look: what stops the service after the bid
    /// has stopped the bid.</summary>
    private static bool IsEligible(LedgerState state, in BidRecord bid)
    {
        if (bid.Opened == 0 || IsDead(state, bid))
        {
            return false;
        }

        ref readonly var account = ref state.Accounts[bid.Bidder.Slot];
        var service = state.FindService(bid.ServiceId);
        return service >= 0
            && state.Services[service].CurrentLoad < state.Services[service].MaxCapacity
            && account.Stake >= state.Parameters.MinimumStake;
    }

    /// <summary>Compares price / quality without dividing: below 0 where a's score is the better one.</summary>
    private static int CompareScores(LedgerState state, int a, int b)
    {
        var left = state.Bids[a].Price.BaseUnits * QualityOf(state, b);
        var right = state.Bids[b].Price.BaseUnits * QualityOf(state, a);
        return left.CompareTo(right);
    }

    private static uint QualityOf(LedgerState state, int bid) =>
        QualityPpm(state.Agents[state.Accounts[state.Bids[bid].Bidder.Slot].Agent - 1]);

    /// <summary>The price at which the winner's score equals the second; alone, the client's maximum. Rounded down,
    /// but never below what the winner asked.</summary>
    private static TokenAmount PriceOf(LedgerState state, in WorkloadRecord workload, int best, int second)
    {
        if (second < 0)
        {
            return workload.MaxPrice;
        }

        var equal = state.Bids[second].Price.MulDivDown(QualityOf(state, best), QualityOf(state, second));
        return TokenAmount.Min(workload.MaxPrice, TokenAmount.Max(equal, state.Bids[best].Price));
    }

    /// <summary>Among the bids with the best score, the one with the smallest ticket.</summary>
    private static int Draw(LedgerState state, in WorkloadRecord workload, int best, in Digest beacon)
    {
        var winner = -1;
        var smallest = default(Digest);
        for (var at = workload.FirstBid; at != 0; at = state.Bids[at - 1].NextBid)
        {
            var bid = at - 1;
            if (!IsEligible(state, state.Bids[bid]) || CompareScores(state, bid, best) != 0)
            {
                continue;
            }

            var ticket = Ticket(beacon, workload, state.Accounts[state.Bids[bid].Bidder.Slot].Id);
            if (winner < 0 || ticket.CompareTo(smallest) < 0)
            {
                (winner, smallest) = (bid, ticket);
            }
        }

        return winner;
    }

    /// <summary>The first beacon value after a round, so that the node cannot choose among later ones by when it
    /// lets the award fall due. The beacon is a hash chain: an earlier value follows from the newest.</summary>
    public static Digest BeaconAfter(LedgerState state, uint round)
    {
        var value = state.Globals.BeaconHead;
        for (var at = state.Globals.BeaconRound; at > round + 1; at--)
        {
            value = Digest.Sha256(value.AsSpan());
        }

        return value;
    }

    /// <summary>SHA-256 of the domain, the beacon value, the workload, the client's salt and the bidder.</summary>
    private static Digest Ticket(in Digest beacon, in WorkloadRecord workload, in AccountId bidder)
    {
        Span<byte> bytes = stackalloc byte[DrawDomain.Length + 8 + (3 * Digest.Size)];
        DrawDomain.CopyTo(bytes);
        var rest = bytes[DrawDomain.Length..];
        beacon.CopyTo(rest);
        BinaryPrimitives.WriteUInt64BigEndian(rest[32..], workload.Id.Value);
        workload.Salt.CopyTo(rest[40..]);
        bidder.CopyTo(rest[72..]);
        return Digest.Sha256(bytes);
    }
}
