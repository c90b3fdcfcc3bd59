using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Safety;

/// <summary>
/// The right to have one payload signed, once, until it expires. Only <see cref="SafetyGateway"/> makes one: a sealed
/// class with an internal constructor, because <c>default</c> of a struct would forge a right from any assembly.
/// </summary>
/// <remarks>Bound to the digest of the payload's bytes, so neither a command nor nonce, epoch or expiry can be
/// exchanged
/// after the checks. Safe from any thread: of several uses at once one wins.</remarks>
public sealed class ApprovedAction
{
    private int used;

    internal ApprovedAction(ProposedAction action, ClientPayload payload, byte[] bytes, Timestamp expires)
    {
        Action = action;
        Payload = payload;
        Bytes = bytes;
        Digest = payload.PayloadDigest;
        Expires = expires;
    }

    /// <summary>What was proposed.</summary>
    public ProposedAction Action { get; }

    /// <summary>SHA-256 of the payload's bytes.</summary>
    public Digest Digest { get; }

    /// <summary>Last instant at which it may be used.</summary>
    public Timestamp Expires { get; }

    /// <summary>Whether it was used.</summary>
    public bool IsUsed => Volatile.Read(ref used) == 1;

    internal ClientPayload Payload { get; }

    internal byte[] Bytes { get; }

    /// <summary>Uses it up.</summary>
    /// <param name="now">The present time.</param>
    /// <param name="bytes">What is to be signed.</param>
    /// <exception cref="ApprovalException">It was used, has expired, or is for other bytes.</exception>
    internal void Use(Timestamp now, ReadOnlySpan<byte> bytes)
    {
        if (Digest.Sha256(bytes) != Digest)
        {
            throw new ApprovalException("The approval is for another payload.");
        }

        if (now > Expires)
        {
            throw new ApprovalException($"The approval expired at {Expires}; it is {now}.");
        }

        if (Interlocked.Exchange(ref used, 1) == 1)
        {
            throw new ApprovalException("The approval was used already.");
        }
    }
}

/// <summary>An approval was used in a way that it does not grant. Nothing was signed.</summary>
/// <param name="message">What was wrong.</param>
public sealed class ApprovalException(string message) : InvalidOperationException(message);
