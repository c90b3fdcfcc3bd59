using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Oversight;

/// <summary>What a stop of the council covers.</summary>
public enum StopScope : byte
{
    /// <summary>Services, workloads and bids.</summary>
    Market = 1,

    /// <summary>Everything but guardians and council.</summary>
    All = 2,
}

/// <summary>A guardian stops its agent at once. Free of gas, never rate-limited, unless the agent is stopped already
/// and nobody has agreed to its release.</summary>
/// <param name="Agent">Which.</param>
public sealed record StopAgent(AccountId Agent) : Command(CommandKind.StopAgent);

/// <summary>A guardian agrees to release its agent; the last one needed releases it.</summary>
/// <param name="Agent">Which.</param>
public sealed record ReleaseAgent(AccountId Agent) : Command(CommandKind.ReleaseAgent);

/// <summary>A member of the genesis council stops the market or all.</summary>
/// <param name="Scope">What.</param>
public sealed record StopMarket(StopScope Scope) : Command(CommandKind.StopMarket);

/// <summary>A member of the council agrees to release; the last one needed releases it.</summary>
/// <param name="Scope">What.</param>
public sealed record ReleaseMarket(StopScope Scope) : Command(CommandKind.ReleaseMarket);
