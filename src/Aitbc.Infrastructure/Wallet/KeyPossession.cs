using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Wallet;

/// <summary>Proof that who brings a new key holds its private part, for one chain and one sponsor.</summary>
/// <remarks>
/// Without it anyone could register another's public key as their own. The challenge is SHA-256 over, in this order:
/// <code>
/// "aitbc/key-possession/1" (22 ASCII bytes) | 0x00 | chain id (1 to 32 ASCII bytes) | 0x00
///     | sponsor's account id (32 bytes) | new key: X, then Y (32 + 32 bytes, big endian)
/// </code>
/// The domain and the chain id hold no zero byte and the rest has a fixed length, so no two inputs share an encoding.
/// The proof is ECDSA with SHA-256 over the 32 bytes of the challenge (they are hashed once more), 64 bytes, P1363.
/// Stateless; safe to use from any thread.
/// </remarks>
public static class KeyPossession
{
    private static ReadOnlySpan<byte> Domain => "aitbc/key-possession/1\0"u8;

    /// <summary>What the new key must sign.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="sponsor">The account that brings the key.</param>
    /// <param name="newKey">The new key.</param>
    /// <returns>The challenge.</returns>
    public static Digest Challenge(ChainId chain, AccountId sponsor, in PublicKey newKey)
    {
        ArgumentNullException.ThrowIfNull(chain);
        Span<byte> input = stackalloc byte[Domain.Length + ChainId.MaxLength + 1 + AccountId.Size + PublicKey.Size];
        Domain.CopyTo(input);
        int end = Domain.Length;
        chain.Utf8.CopyTo(input[end..]);
        end += chain.Utf8.Length;
        input[end++] = 0;
        sponsor.CopyTo(input[end..]);
        end += AccountId.Size;
        newKey.CopyTo(input[end..]);
        end += PublicKey.Size;
        return Digest.Sha256(input[..end]);
    }

    /// <summary>Signs the challenge with the new key.</summary>
    /// <param name="newKey">The new key.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="sponsor">The account that brings the key.</param>
    /// <returns>The proof, 64 bytes.</returns>
    public static byte[] Prove(KeyPair newKey, ChainId chain, AccountId sponsor)
    {
        ArgumentNullException.ThrowIfNull(newKey);
        byte[] proof = new byte[KeyPair.SignatureSize];
        newKey.Sign(Challenge(chain, sponsor, newKey.PublicKey).AsSpan(), proof);
        return proof;
    }

    /// <summary>Whether a proof is the new key's, for this chain and sponsor.</summary>
    /// <param name="verifier">Verifies the signature.</param>
    /// <param name="newKey">The new key.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="sponsor">The account that brings the key.</param>
    /// <param name="proof">What <see cref="Prove"/> gave; another length is never valid.</param>
    /// <returns>Whether the proof is valid.</returns>
    public static bool Verify(
        KeyVerifier verifier, in PublicKey newKey, ChainId chain, AccountId sponsor, ReadOnlySpan<byte> proof)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        return verifier.Verify(in newKey, Challenge(chain, sponsor, in newKey).AsSpan(), proof);
    }
}
