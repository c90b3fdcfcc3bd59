using Aitbc.Primitives;

namespace Aitbc.Protocol.Entries;

/// <summary>Place and time of an entry.</summary>
/// <param name="Seq">1, 2, 3, ... without a gap.</param>
/// <param name="Term">Counts restores from backup; never falls.</param>
/// <param name="Time">Wall time the sequencer gave it; never falls.</param>
public readonly record struct EntryHeader(ulong Seq, uint Term, Timestamp Time);

/// <summary>What an entry carries: a client's payload or one of the closed list of system inputs.</summary>
public abstract class EntryBody
{
}

/// <summary>How a payload is proven to come from its sender.</summary>
public enum ProofKind : byte
{
    /// <summary>RFC 7515 compact JWS, ES256.</summary>
    Jws = 1,

    /// <summary>A passkey's assertion over the payload; see <see cref="Identity.PasskeyAssertion"/>.</summary>
    WebAuthn = 2,

    /// <summary>No signature; accepted only on chains named <c>sim:</c>.</summary>
    Simulated = 3,
}

/// <summary>
/// A client's payload, parsed, with what admission found out about its proof. The signature itself is checked at
/// admission and again by whoever verifies a journal; the rules check that the signing key is the sender's.
/// </summary>
/// <remarks>Immutable, so any thread may read it.</remarks>
public sealed class ClientPayload : EntryBody
{
    /// <summary>Most commands in one payload.</summary>
    public const int MaxCommands = 1024;

    /// <summary>Boxed: hardly a payload has one, and all would carry its 32 bytes.</summary>
    private readonly object? proofOrigin;

    /// <summary>The chain it is for.</summary>
    public required ChainId Chain { get; init; }

    /// <summary>The sender.</summary>
    public required AccountId From { get; init; }

    /// <summary>Nonce lane, 0 to 7.</summary>
    public required int Lane { get; init; }

    /// <summary>Place in the lane; starts at 1, no gaps.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>Last instant at which it may be admitted.</summary>
    public required Timestamp ValidUntil { get; init; }

    /// <summary>The global stop epoch the sender saw; older than its scope's last stop, the payload is dead.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>1 to <see cref="MaxCommands"/> commands, all or nothing.</summary>
    public required Command[] Commands { get; init; }

    /// <summary>How it is proven.</summary>
    public required ProofKind Proof { get; init; }

    /// <summary>Thumbprint of the signing key.</summary>
    public required KeyId Signer { get; init; }

    /// <summary>For a passkey's proof SHA-256 of the origin at which it was made; zero for every other.</summary>
    public Digest ProofOrigin
    {
        get => proofOrigin is Digest origin ? origin : default;
        init => proofOrigin = value.IsZero ? null : value;
    }

    /// <summary>SHA-256 of the payload's bytes: what entry hashes, idempotency and approvals are bound to, since an
    /// ECDSA signature can be changed into another valid one.</summary>
    public required Digest PayloadDigest { get; init; }
}
