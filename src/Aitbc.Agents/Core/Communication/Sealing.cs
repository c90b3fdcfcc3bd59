using System.Buffers.Binary;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Agents.Core.Communication;

/// <summary>
/// What an agent tells others without telling it yet: commitments, and later their openings. Salts follow from the
/// agent's secret and what they are for, so none needs to be remembered, and nobody without the secret can guess one.
/// Pure.
/// </summary>
public static class Sealing
{
    private static ReadOnlySpan<byte> BidDomain => "aitbc/agent/bid-salt/1\0"u8;

    private static ReadOnlySpan<byte> OrderDomain => "aitbc/agent/order-salt/1\0"u8;

    private static ReadOnlySpan<byte> WorkDomain => "aitbc/agent/work-salt/1\0"u8;

    private static ReadOnlySpan<byte> VerdictDomain => "aitbc/agent/verdict-salt/1\0"u8;

    /// <summary>Opens a bid: price and salt. The proposal is the price alone, so its hash is that of nothing.</summary>
    /// <param name="secret">The bidder's secret.</param>
    /// <param name="workload">On what.</param>
    /// <param name="bidder">Who.</param>
    /// <param name="price">What it asks, base units.</param>
    public static BidOpening Opening(in Digest secret, WorkloadId workload, AccountId bidder, TokenAmount price) =>
        new(bidder, price, Digest.Sha256([]), Salt(BidDomain, secret, workload.Value));

    /// <summary>What is placed on the ledger for an opening.</summary>
    /// <param name="workload">On what.</param>
    /// <param name="opening">What will open it.</param>
    public static Digest Commit(WorkloadId workload, BidOpening opening) =>
        BidCommitment.Of(workload, opening.Bidder, opening.Price, opening.ProposalHash, opening.Salt);

    /// <summary>The salt of a client's order; its SHA-256 is posted.</summary>
    /// <param name="secret">The client's secret.</param>
    /// <param name="order">The client's own number of the order.</param>
    public static Digest OrderSalt(in Digest secret, ulong order) => Salt(OrderDomain, secret, order);

    /// <summary>The salt of a provider's sealed result.</summary>
    /// <param name="secret">The provider's secret.</param>
    /// <param name="workload">Of which workload.</param>
    public static Digest WorkSalt(in Digest secret, WorkloadId workload) => Salt(WorkDomain, secret, workload.Value);

    /// <summary>The salt of a validator's commitment.</summary>
    /// <param name="secret">The validator's secret.</param>
    /// <param name="workload">On which workload.</param>
    public static Digest VerdictSalt(in Digest secret, WorkloadId workload) =>
        Salt(VerdictDomain, secret, workload.Value);

    private static Digest Salt(ReadOnlySpan<byte> domain, in Digest secret, ulong number)
    {
        Span<byte> bytes = stackalloc byte[64 + Digest.Size];
        domain.CopyTo(bytes);
        secret.CopyTo(bytes[domain.Length..]);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[(domain.Length + Digest.Size)..], number);
        return Digest.Sha256(bytes[..(domain.Length + Digest.Size + 8)]);
    }
}
