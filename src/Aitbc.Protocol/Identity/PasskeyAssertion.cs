using System.Security.Cryptography;
using Aitbc.Primitives;

namespace Aitbc.Protocol.Identity;

/// <summary>What a passkey gives for a challenge: the bytes it signed, and the signature.</summary>
/// <remarks>
/// A passkey signs SHA-256(authenticatorData | SHA-256(clientDataJSON)) and nothing else; the challenge, 32 bytes,
/// stands in the client data. All that can be asked of an assertion without the state is asked here, by pure functions:
/// whoever replays a journal asks it again. The counter of signatures is not looked at: passkeys that are kept on
/// several devices always say 0, and what keeps an assertion from counting twice is that it is bound to one payload and
/// that payload's nonce. Immutable; safe to use from any thread. Source: Web Authentication Level 3, section 7.2.
/// </remarks>
public sealed class PasskeyAssertion : IEquatable<PasskeyAssertion>
{
    /// <summary>Bytes of an assertion's authenticator data: hash of the relying party's name (32), flags (1), counter
    /// (4).</summary>
    public const int AuthenticatorDataSize = 37;

    /// <summary>Most bytes of client data; browsers write some 130 to 300.</summary>
    public const int MaxClientDataSize = 1_024;

    /// <summary>Most bytes of authenticator data that are read at all, to say what is wrong with it.</summary>
    public const int MaxAuthenticatorDataSize = 1_024;

    private const int FlagsAt = 32;
    private const byte UserPresent = 0x01;
    private const byte UserVerified = 0x04;
    private const byte BackupEligible = 0x08;
    private const byte BackedUp = 0x10;
    private const byte HasExtensions = 0x80;
    private const byte KnownFlags = UserPresent | UserVerified | BackupEligible | BackedUp;

    /// <summary>Takes what a browser gave, as it is.</summary>
    /// <param name="authenticatorData">The authenticator's part; not copied.</param>
    /// <param name="clientData">The browser's part, JSON text; not copied.</param>
    /// <param name="signature">r and s. Browsers give DER: it is taken apart where it arrives, so that one form stands
    /// everywhere.</param>
    public PasskeyAssertion(
        ReadOnlyMemory<byte> authenticatorData, ReadOnlyMemory<byte> clientData, Signature signature) =>
        (AuthenticatorData, ClientData, Signature) = (authenticatorData, clientData, signature);

    private static ReadOnlySpan<byte> Domain => "aitbc/webauthn/1\0"u8;

    /// <summary>The authenticator's part.</summary>
    public ReadOnlyMemory<byte> AuthenticatorData { get; }

    /// <summary>The browser's part, JSON text.</summary>
    public ReadOnlyMemory<byte> ClientData { get; }

    /// <summary>The signature.</summary>
    public Signature Signature { get; }

    /// <summary>What a passkey signs for a payload: SHA-256 of the domain <c>aitbc/webauthn/1</c> and NUL, the chain's
    /// name and NUL, and the payload's SHA-256 (32 bytes).</summary>
    /// <param name="chain">The chain; it is in the payload too, and here so that no page can hide it there.</param>
    /// <param name="payload">SHA-256 of the payload's bytes.</param>
    public static Digest ChallengeOf(ChainId chain, in Digest payload)
    {
        ArgumentNullException.ThrowIfNull(chain);
        Span<byte> bytes = stackalloc byte[Domain.Length + ChainId.MaxLength + 1 + Digest.Size];
        Domain.CopyTo(bytes);
        chain.Utf8.CopyTo(bytes[Domain.Length..]);
        var at = Domain.Length + chain.Utf8.Length;
        bytes[at++] = 0;
        payload.CopyTo(bytes[at..]);
        return Digest.Sha256(bytes[..(at + Digest.Size)]);
    }

    /// <summary>Asks all but the signature and what only the state knows.</summary>
    /// <param name="challenge">What had to be signed.</param>
    /// <param name="origin">SHA-256 of the origin's text, where nothing is wrong: what a passkey is bound to.</param>
    /// <returns>The first problem, or <see cref="PasskeyProblem.None"/>.</returns>
    public PasskeyProblem Check(in Digest challenge, out Digest origin)
    {
        origin = default;
        var problem = PasskeyClientData.TryRead(ClientData.Span, out var client);
        if (problem == PasskeyProblem.None)
        {
            problem = CheckForm(AuthenticatorData.Span);
        }

        if (problem == PasskeyProblem.None)
        {
            problem = client.Check(challenge);
        }

        if (problem == PasskeyProblem.None)
        {
            problem = CheckUser(AuthenticatorData.Span, client.Host);
        }

        if (problem == PasskeyProblem.None)
        {
            origin = Digest.Sha256(client.Origin);
        }

        return problem;
    }

    /// <summary>The hash that the passkey signed: SHA-256(authenticatorData | SHA-256(clientDataJSON)).</summary>
    public Digest SignedHash()
    {
        Span<byte> input = stackalloc byte[MaxAuthenticatorDataSize + Digest.Size];
        var length = Math.Min(AuthenticatorData.Length, MaxAuthenticatorDataSize);
        AuthenticatorData.Span[..length].CopyTo(input);
        SHA256.HashData(ClientData.Span, input[length..]);
        return Digest.Sha256(input[..(length + Digest.Size)]);
    }

    /// <summary>Whether a key signed it; whether it was for anything, <see cref="Check"/> says. Imports the key each
    /// time.</summary>
    /// <param name="key">A key that lies on the curve.</param>
    public bool IsSignedBy(in PublicKey key)
    {
        Span<byte> bytes = stackalloc byte[2 * Digest.Size];
        Signature.High.CopyTo(bytes);
        Signature.Low.CopyTo(bytes[Digest.Size..]);
        using var ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = key.X.ToArray(), Y = key.Y.ToArray() },
        });
        return ecdsa.VerifyHash(
            SignedHash().AsSpan(), bytes, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <inheritdoc/>
    public bool Equals(PasskeyAssertion? other) =>
        other is not null
        && Signature == other.Signature
        && AuthenticatorData.Span.SequenceEqual(other.AuthenticatorData.Span)
        && ClientData.Span.SequenceEqual(other.ClientData.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PasskeyAssertion);

    /// <inheritdoc/>
    public override int GetHashCode() => Signature.GetHashCode();

    /// <summary>An assertion brings no key and, asked for none, no extensions: any other length is somebody's
    /// addition. Flags without a meaning here are refused too, for what they mean nobody has checked.</summary>
    private static PasskeyProblem CheckForm(ReadOnlySpan<byte> data)
    {
        if (data.Length > FlagsAt && (data[FlagsAt] & HasExtensions) != 0)
        {
            return PasskeyProblem.ExtensionsPresent;
        }

        return data.Length == AuthenticatorDataSize
            && (data[FlagsAt] & ~KnownFlags) == 0
            && (data[FlagsAt] & (BackedUp | BackupEligible)) != BackedUp
            ? PasskeyProblem.None
            : PasskeyProblem.AuthenticatorDataMalformed;
    }

    private static PasskeyProblem CheckUser(ReadOnlySpan<byte> data, ReadOnlySpan<byte> host)
    {
        if (Digest.From(data[..FlagsAt]) != Digest.Sha256(host))
        {
            return PasskeyProblem.WrongRelyingParty;
        }

        return (data[FlagsAt] & UserPresent) == 0 ? PasskeyProblem.UserNotPresent
            : (data[FlagsAt] & UserVerified) == 0 ? PasskeyProblem.UserNotVerified
            : PasskeyProblem.None;
    }
}
