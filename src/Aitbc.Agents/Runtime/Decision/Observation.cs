using Aitbc.Agents.Runtime.Marketplace;
using Aitbc.Primitives;

namespace Aitbc.Agents.Runtime.Decision;

/// <summary>
/// All that an agent may know at one moment: a snapshot that its host made of what is durable, of the market's events
/// since the last one, and of work that was done for it. Agents hold no clock, so the time stands here too. Immutable.
/// </summary>
public sealed record Observation
{
    /// <summary>Wall time.</summary>
    public required Timestamp Now { get; init; }

    /// <summary>Market time: wall time less the time the market stood still.</summary>
    public required Timestamp MarketNow { get; init; }

    /// <summary>Whether the market runs.</summary>
    public required bool MarketRuns { get; init; }

    /// <summary>The agent's account.</summary>
    public required AccountFacts Self { get; init; }

    /// <summary>The chain's figures.</summary>
    public required ChainFacts Chain { get; init; }

    /// <summary>The agent's services.</summary>
    public required IReadOnlyList<ServiceFacts> Services { get; init; }

    /// <summary>Workloads that are its own, awarded to it, or open for its capabilities; by id.</summary>
    public required IReadOnlyList<WorkloadFacts> Workloads { get; init; }

    /// <summary>What happened on the market since the last observation, in order.</summary>
    public required IReadOnlyList<MarketEvent> Events { get; init; }

    /// <summary>The blobs that the agent asked about.</summary>
    public required IReadOnlyDictionary<Digest, BlobFacts> Blobs { get; init; }

    /// <summary>Work that is done and not yet settled.</summary>
    public required IReadOnlyList<WorkDone> Work { get; init; }

    /// <summary>Workloads whose work is under way at the host.</summary>
    public required IReadOnlySet<WorkloadId> Working { get; init; }

    /// <summary>How many workloads are still to settle in this run; a client orders no more than that, so that nothing
    /// is left half done.</summary>
    public required int ToSettle { get; init; }

    /// <summary>Bytes by digest, null where they are not to be had; what a digest names never changes, so asking is as
    /// good as holding.</summary>
    public required Func<Digest, ReadOnlyMemory<byte>?> Fetch { get; init; }
}

/// <summary>Figures of the chain that agents reckon with. Immutable.</summary>
/// <param name="MinimumStake">Stake below which an agent takes no work, base units.</param>
/// <param name="MinJobBondShare">Least job bond as a share of the maximum price.</param>
/// <param name="BaseGas">Gas of every payload, base units.</param>
/// <param name="BlobDays">Days of rent to prepay.</param>
public sealed record ChainFacts(TokenAmount MinimumStake, Ratio MinJobBondShare, TokenAmount BaseGas, uint BlobDays);

/// <summary>A blob that work made.</summary>
/// <param name="Digest">SHA-256 of its bytes.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Facts">What the ledger says of it.</param>
public sealed record OutputBlob(Digest Digest, ReadOnlyMemory<byte> Bytes, BlobFacts Facts);

/// <summary>Work that is done.</summary>
/// <param name="Workload">For which workload.</param>
/// <param name="Outputs">What it made, the primary blob first; empty where it failed.</param>
/// <param name="QualityPpm">Measured quality, ppm; null where the job measures none.</param>
/// <param name="Failure">Why it failed, in a sentence; null where it did not.</param>
public sealed record WorkDone(
    WorkloadId Workload, IReadOnlyList<OutputBlob> Outputs, uint? QualityPpm, string? Failure);
