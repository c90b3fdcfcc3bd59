using System.ComponentModel.DataAnnotations;

namespace Aitbc.Simulation.Attacks;

/// <summary>How large a labelled trace is. Immutable.</summary>
public sealed record TraceOptions
{
    /// <summary>Decides everything in the trace.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The recorded demand that requesters follow: the bytes of a table of requests.</summary>
    public required ReadOnlyMemory<byte> Demand { get; init; }

    /// <summary>Honest agents: 20 to 100,000. Default 1,000.</summary>
    [Range(20, 100_000)]
    public int Agents { get; init; } = 1_000;

    /// <summary>Days before scoring, in which people approve what is found: 1 to 365. Default 35.</summary>
    [Range(1, 365)]
    public int HistoryDays { get; init; } = 35;

    /// <summary>Days that are scored; attacks begin in them: 1 to 365. Default 7.</summary>
    [Range(1, 365)]
    public int ScoredDays { get; init; } = 7;

    /// <summary>Days after the scored ones in which attacks that began go on and may still be found, while honest
    /// agents are no longer scored: 0 to 365. Default 0. A drift takes weeks to grow.</summary>
    [Range(0, 365)]
    public int FollowDays { get; init; }

    /// <summary>Attacks, ppm of the agents: 0 to 200,000. Default 10,000: one agent in a hundred.</summary>
    [Range(0, 200_000)]
    public int AttackPpm { get; init; } = 10_000;

    /// <summary>Honest agents that join while it is scored, ppm of the agents: 0 to 500,000. Default 50,000.</summary>
    [Range(0, 500_000)]
    public int FreshPpm { get; init; } = 50_000;

    /// <summary>Whether honest agents also do what they do once a year or so and what looks most like an attack.
    /// Default false.</summary>
    public bool HasRareEvents { get; init; }

    /// <summary>The attacks that are made by turns, in an order that the seed decides. Default: all of
    /// <see cref="AttackKind.All"/>.</summary>
    public IReadOnlyList<AttackKind> Attacks { get; init; } = AttackKind.All;
}
