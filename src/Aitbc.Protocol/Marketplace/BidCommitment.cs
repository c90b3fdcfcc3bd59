using System.Buffers.Binary;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Marketplace;

/// <summary>What a sealed bid is: SHA-256(domain, workload, bidder, price, proposal hash, salt). Bound to workload and
/// bidder, so a commitment copied from another bid can never be opened.</summary>
public static class BidCommitment
{
    private static ReadOnlySpan<byte> Domain => "aitbc/bid/1\0"u8;

    /// <summary>The commitment of a bid. Layout: domain (12 bytes), workload (8, big-endian), bidder (32), price (16,
    /// big-endian base units), proposal hash (32), salt (32).</summary>
    public static Digest Of(
        WorkloadId workload, AccountId bidder, TokenAmount price, in Digest proposalHash, in Digest salt)
    {
        Span<byte> bytes = stackalloc byte[132];
        Domain.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[12..], workload.Value);
        bidder.CopyTo(bytes[20..]);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[52..], price.BaseUnits);
        proposalHash.CopyTo(bytes[68..]);
        salt.CopyTo(bytes[100..]);
        return Digest.Sha256(bytes);
    }

    /// <summary>Whether an opening is what a bid that was placed commits to, at any time before the award: whoever
    /// keeps openings for later keeps no other.</summary>
    /// <param name="state">The state.</param>
    /// <param name="workload">On what was bid.</param>
    /// <param name="opening">The opening.</param>
    /// <returns>Applied, NoSuchWorkload, NoSuchBid or CommitmentMismatch.</returns>
    public static Outcome Check(LedgerState state, WorkloadId workload, BidOpening opening)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(opening);
        var slot = state.FindWorkload(workload);
        if (slot < 0)
        {
            return Outcome.NoSuchWorkload;
        }

        if (state.FindAccount(opening.Bidder) is not { } bidder
            || (Auction.FindBid(state, slot, bidder) is var at && at < 0))
        {
            return Outcome.NoSuchBid;
        }

        var commitment = Of(workload, opening.Bidder, opening.Price, opening.ProposalHash, opening.Salt);
        return commitment == state.Bids[at].Commitment
            ? Outcome.Applied
            : Outcome.CommitmentMismatch;
    }
}
