using System.Diagnostics.CodeAnalysis;
using System.Text;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Wire;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>A payload with its proof, parsed, hashed and ready to be ordered.</summary>
/// <remarks>Immutable, safe from any thread. Hashing happens where it is made, on the sender's thread, so that the
/// sequencer's one thread does not.</remarks>
public sealed class SignedPayload
{
    private const int MaxStackBytes = 1024;

    private SignedPayload(
        ClientPayload payload,
        ReadOnlyMemory<byte> bytes,
        ReadOnlyMemory<byte> proofHeader,
        ReadOnlyMemory<byte> signature)
    {
        Payload = payload;
        Bytes = bytes;
        ProofHeader = proofHeader;
        Signature = signature;
        ProofDigest = DigestOf(proofHeader.Span, signature.Span);
    }

    /// <summary>The payload.</summary>
    public ClientPayload Payload { get; }

    /// <summary>Its bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The proof's header.</summary>
    public ReadOnlyMemory<byte> ProofHeader { get; }

    /// <summary>The proof's signature.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>SHA-256 of header, a dot and signature; of nothing where there is no proof.</summary>
    public Digest ProofDigest { get; }

    /// <summary>Parses a compact JWS: the strict header, then the payload. Whether the signature is right, admission
    /// asks.</summary>
    /// <param name="compact">The JWS's bytes.</param>
    /// <param name="signed">The payload.</param>
    /// <param name="problem">What is wrong, in a plain sentence.</param>
    public static bool TryFromJws(
        ReadOnlySpan<byte> compact,
        [NotNullWhen(true)] out SignedPayload? signed,
        [NotNullWhen(false)] out string? problem)
    {
        signed = null;
        if (!Jws.TryParse(compact, out var parts, out var jwsProblem))
        {
            problem = $"The JWS is refused: {jwsProblem}.";
            return false;
        }

        return TryFromParts(ProofKind.Jws, parts.HeaderText, parts.Payload, parts.Signature, out signed, out problem);
    }

    /// <summary>Parses a payload that a passkey proves, and asks of the assertion all that needs no state: that it is
    /// for these bytes and their chain, from an origin that is taken, by a user who was verified. Whether the signature
    /// is right, and whether the key is a passkey of that origin, admission asks.</summary>
    /// <param name="payload">The payload's bytes.</param>
    /// <param name="key">The passkey's thumbprint.</param>
    /// <param name="assertion">What the passkey gave.</param>
    /// <param name="signed">The payload.</param>
    /// <param name="passkeyProblem">What is wrong with the assertion; none where the payload itself is what is wrong.
    /// </param>
    /// <param name="problem">What is wrong, in a plain sentence.</param>
    public static bool TryFromPasskey(
        ReadOnlyMemory<byte> payload,
        KeyId key,
        PasskeyAssertion assertion,
        [NotNullWhen(true)] out SignedPayload? signed,
        out PasskeyProblem passkeyProblem,
        [NotNullWhen(false)] out string? problem) => TryFromPasskey(
        PasskeyProof.WriteHeader(key, assertion),
        payload,
        PasskeyProof.BytesOf(assertion.Signature),
        (key, assertion),
        out signed,
        out passkeyProblem,
        out problem);

    /// <summary>Parses a payload that needs no signature; only chains named <c>sim:</c> take it.</summary>
    /// <param name="payload">The payload's bytes.</param>
    /// <param name="signer">The key it stands for; null for the account's first key.</param>
    /// <param name="signed">The payload.</param>
    /// <param name="problem">What is wrong, in a plain sentence.</param>
    public static bool TrySimulated(
        ReadOnlyMemory<byte> payload,
        KeyId? signer,
        [NotNullWhen(true)] out SignedPayload? signed,
        [NotNullWhen(false)] out string? problem)
    {
        var header = signer is { } key ? Encoding.ASCII.GetBytes(key.ToString()) : [];
        return TryFromParts(ProofKind.Simulated, header, payload, default, out signed, out problem);
    }

    /// <summary>Parses a payload from the parts that a journal keeps.</summary>
    /// <param name="proof">Kind of proof.</param>
    /// <param name="proofHeader">The JWS header's JSON text; for <c>WebAuthn</c> what <see cref="PasskeyProof"/>
    /// writes; for <c>Simulated</c> empty or the key id.</param>
    /// <param name="payload">The payload's bytes.</param>
    /// <param name="signature">64 bytes; empty for <c>Simulated</c>.</param>
    /// <param name="signed">The payload.</param>
    /// <param name="problem">What is wrong, in a plain sentence.</param>
    public static bool TryFromParts(
        ProofKind proof,
        ReadOnlyMemory<byte> proofHeader,
        ReadOnlyMemory<byte> payload,
        ReadOnlyMemory<byte> signature,
        [NotNullWhen(true)] out SignedPayload? signed,
        [NotNullWhen(false)] out string? problem)
    {
        signed = null;
        if (proof == ProofKind.WebAuthn)
        {
            if (PasskeyProof.TryRead(proofHeader.Span, signature.Span, out var passkey, out var assertion))
            {
                return TryFromPasskey(
                    proofHeader, payload, signature, (passkey, assertion), out signed, out _, out problem);
            }

            problem = "The proof is no passkey's, in its one spelling.";
            return false;
        }

        if (!TryReadSigner(proof, proofHeader.Span, signature.Length, out var signer))
        {
            problem = "The proof's header names no key, or the signature is not of 64 bytes.";
            return false;
        }

        if (PayloadCodec.TryParse(payload.Span, proof, signer ?? default, out var parsed) is { } wrong)
        {
            problem = wrong.ToString();
            return false;
        }

        problem = null;
        signed = new SignedPayload(
            signer is null ? With(parsed, KeyId.From(parsed.From.AsSpan()), default) : parsed,
            payload,
            proofHeader,
            signature);
        return true;
    }

    /// <summary>Whether a key signed a payload's proof; whose key it must be, and for a passkey of which origin, the
    /// rules say.</summary>
    /// <param name="verifier">Checks the signature.</param>
    /// <param name="key">The key that the proof names.</param>
    /// <param name="proof">Kind of proof; one without a signature is never right.</param>
    /// <param name="proofHeader">The proof's header.</param>
    /// <param name="payload">The payload's bytes.</param>
    /// <param name="signature">The proof's signature.</param>
    public static bool IsSignedBy(
        KeyVerifier verifier,
        in PublicKey key,
        ProofKind proof,
        ReadOnlySpan<byte> proofHeader,
        ReadOnlySpan<byte> payload,
        ReadOnlySpan<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        return proof switch
        {
            ProofKind.Jws => verifier.VerifyJws(in key, proofHeader, payload, signature),
            ProofKind.WebAuthn => PasskeyProof.TryRead(proofHeader, signature, out _, out var assertion)
                && verifier.VerifyPasskey(in key, assertion),
            _ => false,
        };
    }

    /// <summary>The digest that an entry's hash binds for a proof.</summary>
    public static Digest DigestOf(ReadOnlySpan<byte> header, ReadOnlySpan<byte> signature)
    {
        if (header.IsEmpty && signature.IsEmpty)
        {
            return EntryHash.NoProof;
        }

        // One call over one text: a hash that is fed in parts costs twice as much.
        var length = header.Length + 1 + signature.Length;
        Span<byte> text = length <= MaxStackBytes ? stackalloc byte[MaxStackBytes] : new byte[length];
        header.CopyTo(text);
        text[header.Length] = (byte)'.';
        signature.CopyTo(text[(header.Length + 1)..]);
        return Digest.Sha256(text[..length]);
    }

    private static bool TryReadSigner(
        ProofKind proof, ReadOnlySpan<byte> header, int signatureLength, out KeyId? signer)
    {
        signer = null;
        if (proof == ProofKind.Simulated)
        {
            if (signatureLength != 0 || (!header.IsEmpty && !KeyId.TryParse(header, out _)))
            {
                return false;
            }

            signer = header.IsEmpty ? null : KeyId.Parse(Encoding.ASCII.GetString(header));
            return true;
        }

        if (signatureLength != KeyPair.SignatureSize || JwsHeader.Read(header, out var named) != JwsProblem.None)
        {
            return false;
        }

        signer = named;
        return proof == ProofKind.Jws;
    }

    private static bool TryFromPasskey(
        ReadOnlyMemory<byte> header,
        ReadOnlyMemory<byte> payload,
        ReadOnlyMemory<byte> signature,
        (KeyId Key, PasskeyAssertion Assertion) proof,
        [NotNullWhen(true)] out SignedPayload? signed,
        out PasskeyProblem passkeyProblem,
        [NotNullWhen(false)] out string? problem)
    {
        signed = null;
        passkeyProblem = PasskeyProblem.None;
        if (PayloadCodec.TryParse(payload.Span, ProofKind.WebAuthn, proof.Key, out var parsed) is { } wrong)
        {
            problem = wrong.ToString();
            return false;
        }

        var challenge = PasskeyAssertion.ChallengeOf(parsed.Chain, parsed.PayloadDigest);
        passkeyProblem = proof.Assertion.Check(challenge, out var origin);
        problem = passkeyProblem == PasskeyProblem.None ? null : passkeyProblem.ToSentence();
        signed = problem is null
            ? new SignedPayload(With(parsed, proof.Key, origin), payload, header, signature)
            : null;
        return signed is not null;
    }

    /// <summary>A payload with what its proof says: the key (where a simulated proof names none, the one that the
    /// account began with) and a passkey's origin.</summary>
    private static ClientPayload With(ClientPayload payload, KeyId signer, in Digest origin) => new()
    {
        Chain = payload.Chain,
        From = payload.From,
        Lane = payload.Lane,
        Sequence = payload.Sequence,
        ValidUntil = payload.ValidUntil,
        Epoch = payload.Epoch,
        Commands = payload.Commands,
        Proof = payload.Proof,
        Signer = signer,
        ProofOrigin = origin,
        PayloadDigest = payload.PayloadDigest,
    };
}

/// <summary>What became of a payload.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Seq">Its entry; for a duplicate, the first; 0 where it was not journalled.</param>
/// <param name="IsDuplicate">It had been handled before.</param>
/// <param name="FailedAt">Place of the refused command in the payload.</param>
/// <param name="EntryHash">The entry's hash; zero where it was not journalled now.</param>
/// <param name="Time">The entry's time.</param>
public readonly record struct SubmitResult(
    Outcome Outcome,
    ulong Seq,
    bool IsDuplicate,
    int FailedAt,
    Digest EntryHash,
    Timestamp Time);

/// <summary>Nothing can be admitted now; what was acknowledged stands.</summary>
/// <param name="code">Stable word: <c>disk-full</c>, <c>clock</c>, <c>busy</c>, <c>stopping</c> or
/// <c>failed</c>.</param>
/// <param name="message">A plain sentence that says what to do.</param>
/// <param name="cause">What was behind it.</param>
public sealed class AdmissionClosedException(string code, string message, Exception? cause = null)
    : Exception(message, cause)
{
    /// <summary>Stable word for machines.</summary>
    public string Code { get; } = code;
}
