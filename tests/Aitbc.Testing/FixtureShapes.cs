using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;

namespace Aitbc.Testing;

/// <summary>What a fixture's chain begins with.</summary>
public sealed record ChainShape
{
    /// <summary>The chain's name; no key signs on a <c>sim:</c> chain.</summary>
    public string Chain { get; init; } = "sim:test";

    /// <summary>People with an account from the start, council first.</summary>
    public int People { get; init; } = 6;

    /// <summary>How many of them are council.</summary>
    public int Council { get; init; } = 3;

    /// <summary>How many of the council release.</summary>
    public int CouncilThreshold { get; init; } = 2;

    /// <summary>What each begins with.</summary>
    public TokenAmount Balance { get; init; } = TokenAmount.FromTokens(1_000_000);

    /// <summary>All tokens.</summary>
    public TokenAmount Supply { get; init; } = TokenAmount.FromTokens(1_000_000_000);

    /// <summary>The chain's figures.</summary>
    public Parameters Parameters { get; init; } = new();

    /// <summary>First instant: 2026-01-05 00:00 UTC, a Monday, on the edge of an hour and of a bucket.</summary>
    public Timestamp CreatedAt { get; init; } = new(1_767_571_200_000);

    /// <summary>Beacon values there are.</summary>
    public int BeaconRounds { get; init; } = 1024;
}

/// <summary>What is particular about a payload's envelope; null is what an honest client would send.</summary>
public sealed record Envelope
{
    /// <summary>An honest client's.</summary>
    public static Envelope Honest { get; } = new();

    /// <summary>The chain named.</summary>
    public ChainId? Chain { get; init; }

    /// <summary>The sender named.</summary>
    public AccountId? From { get; init; }

    /// <summary>Nonce lane.</summary>
    public int Lane { get; init; }

    /// <summary>Nonce sequence.</summary>
    public ulong? Sequence { get; init; }

    /// <summary>Last instant of admission.</summary>
    public Timestamp? ValidUntil { get; init; }

    /// <summary>Stop epoch seen.</summary>
    public ulong? Epoch { get; init; }

    /// <summary>Proof.</summary>
    public ProofKind Proof { get; init; } = ProofKind.Simulated;

    /// <summary>Signing key.</summary>
    public KeyId? Signer { get; init; }

    /// <summary>For a passkey's proof SHA-256 of its origin.</summary>
    public Digest ProofOrigin { get; init; }
}

/// <summary>Constitutions to begin from.</summary>
public static class Constitutions
{
    /// <summary>All actions at any hour with anyone, below limits that no test reaches unless it lowers them.</summary>
    public static ConstitutionTerms Wide { get; } = new(
        MaxStake: TokenAmount.FromTokens(1_000_000),
        MaxDailyVolume: TokenAmount.FromTokens(1_000_000),
        MaxGasPerDay: TokenAmount.FromTokens(10_000),
        MaxValuePerAction: TokenAmount.FromTokens(1_000_000),
        AllowedActions: [.. Enum.GetValues<CommandKind>()],
        Counterparties: [],
        HoursUtc: ConstitutionTerms.AnyHour,
        KeyChangeHold: Duration.Zero,
        RequiresHumanApproval: false);
}
