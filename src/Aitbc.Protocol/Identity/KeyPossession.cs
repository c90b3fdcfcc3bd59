using System.Security.Cryptography;
using System.Text;
using Aitbc.Primitives;

namespace Aitbc.Protocol.Identity;

/// <summary>
/// A key's own signature over who enters it where: without it, anyone could open an account on, or register as their
/// agent, a key that belongs to somebody else. Checked by the rules themselves, for it is rare and pure.
/// </summary>
public static class KeyPossession
{
    private static ReadOnlySpan<byte> Domain => "aitbc/key-possession/1\0"u8;

    /// <summary>What the new key signs: SHA-256 of the domain and NUL, the chain's name and NUL, the sponsor's id (32
    /// bytes) and the key (64 bytes).</summary>
    public static Digest Challenge(ChainId chain, AccountId sponsor, in PublicKey key)
    {
        var name = chain.ToString();
        Span<byte> bytes = stackalloc byte[Domain.Length + name.Length + 1 + AccountId.Size + PublicKey.Size];
        Domain.CopyTo(bytes);
        var at = Domain.Length + Encoding.ASCII.GetBytes(name, bytes[Domain.Length..]);
        bytes[at++] = 0;
        sponsor.CopyTo(bytes[at..]);
        key.CopyTo(bytes[(at + AccountId.Size)..]);
        return Digest.Sha256(bytes);
    }

    /// <summary>Whether the key signed the challenge (ES256 over its 32 bytes, IEEE P1363).</summary>
    public static bool Verify(ChainId chain, AccountId sponsor, in PublicKey key, in Signature signature)
    {
        var challenge = Challenge(chain, sponsor, key);
        Span<byte> bytes = stackalloc byte[2 * Digest.Size];
        signature.High.CopyTo(bytes);
        signature.Low.CopyTo(bytes[Digest.Size..]);
        using var ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = key.X.ToArray(), Y = key.Y.ToArray() },
        });
        return ecdsa.VerifyData(challenge.AsSpan(), bytes, HashAlgorithmName.SHA256);
    }
    /// <summary>Asks a passkey's possession: an assertion over the same challenge, for a passkey signs nothing else. It
    /// needs no attestation: who made the authenticator is not asked, only that it holds the key and verifies its user.
    /// </summary>
    /// <param name="chain">The chain.</param>
    /// <param name="sponsor">The account that brings the key.</param>
    /// <param name="key">The passkey; must lie on the curve.</param>
    /// <param name="assertion">What the passkey gave.</param>
    /// <param name="origin">SHA-256 of the origin at which it was given, where nothing is wrong.</param>
    /// <returns>The first problem, or <see cref="PasskeyProblem.None"/>.</returns>
    public static PasskeyProblem Check(
        ChainId chain, AccountId sponsor, in PublicKey key, PasskeyAssertion assertion, out Digest origin)
    {
        ArgumentNullException.ThrowIfNull(assertion);
        var problem = assertion.Check(Challenge(chain, sponsor, key), out origin);
        return problem == PasskeyProblem.None && !assertion.IsSignedBy(key) ? PasskeyProblem.WrongSignature : problem;
    }
}
