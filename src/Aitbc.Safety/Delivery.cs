using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;

namespace Aitbc.Safety;

/// <summary>Something that goes to the node beside the journal: no signature, but the same door.</summary>
/// <param name="From">Whose account gives it.</param>
public abstract record Delivery(AccountId From)
{
    /// <summary>Its name in the audit file.</summary>
    internal abstract string Name { get; }

    /// <summary>Digest of what is given.</summary>
    internal abstract Digest Digest { get; }
}

/// <summary>A bidder opens its sealed bid to the node; it is journalled when bidding closes.</summary>
/// <param name="Workload">On what it bid.</param>
/// <param name="Opening">The opening; of the giver's own bid.</param>
public sealed record OpeningDelivery(WorkloadId Workload, BidOpening Opening) : Delivery(Opening.Bidder)
{
    internal override string Name => "opening";

    internal override Digest Digest => Protocol.Marketplace.BidCommitment.Of(
        Workload, Opening.Bidder, Opening.Price, Opening.ProposalHash, Opening.Salt);
}

/// <summary>A client reveals the salt of its workload; likewise.</summary>
/// <param name="From">The client.</param>
/// <param name="Workload">Which.</param>
/// <param name="Salt">The salt.</param>
public sealed record SaltDelivery(AccountId From, WorkloadId Workload, Digest Salt) : Delivery(From)
{
    internal override string Name => "salt";

    internal override Digest Digest => Digest.Sha256(Salt.AsSpan());
}

/// <summary>The bytes of a blob that was declared.</summary>
/// <param name="From">Who has them.</param>
/// <param name="Bytes">The bytes.</param>
public sealed record BlobDelivery(AccountId From, ReadOnlyMemory<byte> Bytes) : Delivery(From)
{
    internal override string Name => "blob";

    internal override Digest Digest { get; } = Digest.Sha256(Bytes.Span);
}
