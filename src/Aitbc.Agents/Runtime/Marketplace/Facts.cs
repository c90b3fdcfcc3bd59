using Aitbc.Primitives;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Verification;

namespace Aitbc.Agents.Runtime.Marketplace;

/// <summary>What an agent knows of its own account. Immutable.</summary>
/// <param name="IsRegistered">Whether the ledger knows it.</param>
/// <param name="IsStopped">Whether a guardian or the council stopped it.</param>
/// <param name="IsRetired">Whether it is retired; for ever.</param>
/// <param name="Available">Base units free to use.</param>
/// <param name="Stake">Base units staked.</param>
/// <param name="Escrow">Base units reserved for its own workloads.</param>
/// <param name="Bond">Base units pledged on bids and jobs.</param>
/// <param name="JobsSettled">Jobs it delivered and was paid for.</param>
/// <param name="JobsFaulted">Jobs that ended by its fault.</param>
public sealed record AccountFacts(
    bool IsRegistered,
    bool IsStopped,
    bool IsRetired,
    TokenAmount Available,
    TokenAmount Stake,
    TokenAmount Escrow,
    TokenAmount Bond,
    uint JobsSettled,
    uint JobsFaulted)
{
    /// <summary>Before registration.</summary>
    public static AccountFacts Unregistered { get; } = new(
        false, false, false, TokenAmount.Zero, TokenAmount.Zero, TokenAmount.Zero, TokenAmount.Zero, 0, 0);
}

/// <summary>One of the agent's services. Immutable.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Capability">What it does.</param>
/// <param name="MaxCapacity">Most jobs at once.</param>
/// <param name="CurrentLoad">Jobs awarded and not finished.</param>
public sealed record ServiceFacts(ServiceId Id, Label Capability, uint MaxCapacity, uint CurrentLoad);

/// <summary>A workload that is not finished, as one agent sees it. Immutable.</summary>
public sealed record WorkloadFacts
{
    /// <summary>Its id.</summary>
    public required WorkloadId Id { get; init; }

    /// <summary>Where it stands.</summary>
    public required WorkloadPhase Phase { get; init; }

    /// <summary>What is needed.</summary>
    public required Label Capability { get; init; }

    /// <summary>Digest of the input blob.</summary>
    public required Digest Input { get; init; }

    /// <summary>Digest of the specification blob.</summary>
    public required Digest Spec { get; init; }

    /// <summary>Digest of the result blob; zero before submission.</summary>
    public required Digest Result { get; init; }

    /// <summary>Commitment to the client's salt.</summary>
    public required Digest SaltHash { get; init; }

    /// <summary>Whether the salt was revealed.</summary>
    public required bool SaltRevealed { get; init; }

    /// <summary>Units of work.</summary>
    public required uint Units { get; init; }

    /// <summary>What the client pays at most, base units.</summary>
    public required TokenAmount MaxPrice { get; init; }

    /// <summary>What a bid pledges, base units.</summary>
    public required TokenAmount Bonds { get; init; }

    /// <summary>Quality the provider declared, ppm; 0 before.</summary>
    public required uint QualityPpm { get; init; }

    /// <summary>The present phase's deadline, wall time as matters stand.</summary>
    public required Timestamp Deadline { get; init; }

    /// <summary>Whether the agent posted it.</summary>
    public required bool IsOwn { get; init; }

    /// <summary>Whether the agent has bid on it.</summary>
    public required bool HasOwnBid { get; init; }

    /// <summary>Whether its bid was opened.</summary>
    public required bool OwnBidOpened { get; init; }

    /// <summary>Whether it was awarded to the agent.</summary>
    public required bool IsAwardedToSelf { get; init; }

    /// <summary>How its result is checked.</summary>
    public VerificationMode Mode { get; init; }

    /// <summary>By how much validators' outputs may differ from the result and agree, ppm.</summary>
    public uint TolerancePpm { get; init; }

    /// <summary>What a validator pledges on its verdict, base units.</summary>
    public TokenAmount VerdictBond { get; init; }

    /// <summary>How far the agent is as a drawn validator; null where it was not drawn.</summary>
    public SeatState? OwnSeat { get; init; }
}

/// <summary>What the ledger says of a blob. Immutable.</summary>
/// <param name="IsDeclared">Somebody declared it and its rent runs.</param>
/// <param name="IsAvailable">Its bytes are there, and the agent may read them: it has nothing to give.</param>
public readonly record struct BlobFacts(bool IsDeclared, bool IsAvailable);

/// <summary>Something that happened on the market, from the journal. Immutable.</summary>
/// <param name="Seq">The entry.</param>
/// <param name="Workload">On which workload.</param>
public abstract record MarketEvent(ulong Seq, WorkloadId Workload);

/// <summary>A workload was posted.</summary>
/// <param name="Seq">The entry.</param>
/// <param name="Workload">Which.</param>
/// <param name="IsOwn">Whether by the agent itself.</param>
/// <param name="SaltHash">Its salt's commitment, by which the client knows which of its orders it is.</param>
public sealed record PostedEvent(ulong Seq, WorkloadId Workload, bool IsOwn, Digest SaltHash)
    : MarketEvent(Seq, Workload);

/// <summary>A workload was awarded.</summary>
/// <param name="Seq">The entry.</param>
/// <param name="Workload">Which.</param>
/// <param name="IsToSelf">Whether to the agent itself.</param>
/// <param name="Price">What the winner is paid, base units.</param>
public sealed record AwardedEvent(ulong Seq, WorkloadId Workload, bool IsToSelf, TokenAmount Price)
    : MarketEvent(Seq, Workload);

/// <summary>A workload ended.</summary>
/// <param name="Seq">The entry.</param>
/// <param name="Workload">Which.</param>
/// <param name="IsOwn">Whether the agent was the client.</param>
/// <param name="IsByOwn">Whether the agent was the provider.</param>
/// <param name="Capability">What was needed.</param>
/// <param name="Units">Units of work.</param>
/// <param name="Ending">How it ended.</param>
/// <param name="Paid">What the provider was paid, base units.</param>
/// <param name="Result">Digest of the result; zero where there is none.</param>
/// <param name="QualityPpm">Quality the provider declared, ppm.</param>
public sealed record EndedEvent(
    ulong Seq,
    WorkloadId Workload,
    bool IsOwn,
    bool IsByOwn,
    Label Capability,
    uint Units,
    WorkloadEnding Ending,
    TokenAmount Paid,
    Digest Result,
    uint QualityPpm) : MarketEvent(Seq, Workload);
