using System.Buffers.Binary;
using Aitbc.Primitives;

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
}
