using Aitbc.Primitives;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Simulation.Hosting;

/// <summary>Who a provider is and where it earns. Immutable.</summary>
public sealed record ProviderOptions
{
    /// <summary>The node's address, such as <c>http://localhost:7420</c>.</summary>
    public required Uri Node { get; init; }

    /// <summary>A token of the node. The operator's is needed once, for the faucet that funds a new owner. Default:
    /// none.</summary>
    public string? Token { get; init; }

    /// <summary>Directory of its keys and its audit; holds secrets. One process at a time.</summary>
    public required string Data { get; init; }

    /// <summary>Its name, 1 to 32 of a-z, 0-9, dot, dash, underscore.</summary>
    public required string Name { get; init; }

    /// <summary>What it registers as.</summary>
    public required AgentKind Kind { get; init; }

    /// <summary>What it can do.</summary>
    public required Label Capability { get; init; }

    /// <summary>How long the node waits for another sign of life before it takes the provider for gone. Default 10 s.
    /// </summary>
    public Duration LeaseTtl { get; init; } = Duration.FromSeconds(10);

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>A workload that takes bids.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Input">Digest of its input.</param>
/// <param name="Spec">Digest of its specification.</param>
/// <param name="MaxPrice">What its client pays at most.</param>
/// <param name="Bonds">What a bid pledges until the job is done.</param>
/// <param name="Units">Units of work.</param>
/// <param name="MinQualityPpm">Least quality, ppm; 0 asks none.</param>
public sealed record OpenWorkload(
    WorkloadId Id, Digest Input, Digest Spec, TokenAmount MaxPrice, TokenAmount Bonds, uint Units, uint MinQualityPpm);

/// <summary>How a workload ended.</summary>
/// <param name="Ending">How.</param>
/// <param name="Paid">What its provider was paid.</param>
public sealed record WorkloadEnd(WorkloadEnding Ending, TokenAmount Paid);

/// <summary>An act of a provider was refused, by its own gateway or by the ledger; nothing took effect.</summary>
/// <param name="outcome">The outcome; null where no answer came and it may have taken effect.</param>
/// <param name="message">A plain sentence.</param>
public sealed class ActRefusedException(Protocol.Outcome? outcome, string message) : Exception(message)
{
    /// <summary>The outcome; null where no answer came and it may have taken effect.</summary>
    public Protocol.Outcome? Outcome { get; } = outcome;
}
