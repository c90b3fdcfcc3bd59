using System.Text.Json.Serialization;
using Aitbc.Primitives;

namespace Aitbc.Agents.Core.Memory;

/// <summary>A sealed bid: its price is on no ledger until it is opened, so it must not be lost.</summary>
/// <param name="Price">What it asks, base units.</param>
/// <param name="IsPlaced">Whether it was seen on the ledger.</param>
public sealed record BidNote(TokenAmount Price, bool IsPlaced);

/// <summary>What goes wrong with a job.</summary>
public enum Slip
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Its result is wrong: the lines stand one place off.</summary>
    Wrong = 1,

    /// <summary>It lets the job pass until the deadline.</summary>
    Missed = 2,
}

/// <summary>What a provider remembers.</summary>
/// <remarks>One owner: the agent's turn.</remarks>
public sealed class ProviderMemory
{
    /// <summary>Bids that are not decided, by workload.</summary>
    public SortedDictionary<ulong, BidNote> Bids { get; init; } = [];

    /// <summary>Jobs it has won with which something goes wrong, by workload, until they end.</summary>
    public SortedDictionary<ulong, Slip> Slips { get; init; } = [];

    /// <summary>The margin it has learnt.</summary>
    public Ratio Margin { get; set; }

    /// <summary>Bids won.</summary>
    public ulong Won { get; set; }

    /// <summary>Bids lost.</summary>
    public ulong Lost { get; set; }

    /// <summary>Jobs it let pass although they were its own.</summary>
    public ulong Missed { get; set; }

    /// <summary>Base units it was paid.</summary>
    public TokenAmount Earned { get; set; }

    /// <summary>Transient: bids whose opening the node has been given in this run; its pool does not survive a
    /// restart.</summary>
    [JsonIgnore]
    public HashSet<ulong> Offered { get; } = [];

    /// <summary>Transient: wrong results that it is about to deliver, whose standing it must see.</summary>
    [JsonIgnore]
    public HashSet<Digest> Spoilt { get; } = [];
}
