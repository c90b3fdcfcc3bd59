using Aitbc.Primitives;

namespace Aitbc.Safety;

/// <summary>Limits of a <see cref="SafetyGateway"/>. Immutable.</summary>
public sealed record GatewayOptions
{
    /// <summary>How long an approval, and the payload made for it, is valid. 100 ms to the chain's longest validity.
    /// Default 30 s.</summary>
    public Duration ApprovalLifetime { get; init; } = Duration.FromSeconds(30);

    /// <summary>Most approved actions of one account whose answers are not there yet; each holds a nonce lane, so 1 to
    /// 8. Default 8.</summary>
    public int MaxInFlightPerAccount { get; init; } = 8;

    /// <summary>How often the same payload is sent where no answer comes. 1 to 10. Default 4.</summary>
    public int MaxAttempts { get; init; } = 4;

    /// <summary>How long to wait before sending again; doubles each time. Default 50 ms.</summary>
    public Duration RetryAfter { get; init; } = new(50);

    /// <summary>How often an action is reviewed anew, with a fresh nonce and epoch, where the ledger found its own
    /// stale. 0 to 5. Default 2.</summary>
    public int MaxResyncs { get; init; } = 2;
}
