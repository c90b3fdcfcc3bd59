using System.Security.Cryptography;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;

namespace Aitbc.Infrastructure.Wallet;

/// <summary>Verifies signatures, and keeps the public keys it met last in the platform's form.</summary>
/// <remarks>
/// Importing a key costs about as much as verifying with it. The cache is bounded and gives up the key used longest
/// ago. Safe to use from any thread: a key is taken out of the cache while it is used, so that no two threads share one
/// (the platform's ECDSA objects are not documented to allow it) and none is disposed in use; where two threads meet
/// the same key, the second imports it once more. Whoever made the verifier disposes it.
/// </remarks>
public sealed class KeyVerifier : IDisposable
{
    /// <summary>How many keys are kept unless said otherwise.</summary>
    public const int DefaultMaxCachedKeys = 4_096;

    /// <summary>The most keys that may be kept (about 3 KB of native memory each).</summary>
    public const int LargestMaxCachedKeys = 1_000_000;

    private readonly Lock _gate = new();
    private readonly int _maxCachedKeys;
    private readonly Dictionary<PublicKey, LinkedListNode<CachedKey>> _byKey = [];
    private readonly LinkedList<CachedKey> _oldestFirst = [];
    private bool _isDisposed;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="maxCachedKeys">How many keys are kept, 1 to 1,000,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is out of range.</exception>
    public KeyVerifier(int maxCachedKeys = DefaultMaxCachedKeys)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCachedKeys, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxCachedKeys, LargestMaxCachedKeys);
        _maxCachedKeys = maxCachedKeys;
    }

    /// <summary>The keys in the cache now.</summary>
    public int CachedKeys
    {
        get
        {
            lock (_gate)
            {
                return _byKey.Count;
            }
        }
    }

    /// <summary>Whether a key is in the cache now; for diagnosis, as the answer may be old when it arrives.</summary>
    /// <param name="key">The public key.</param>
    /// <returns>Whether it is cached and not in use at this moment.</returns>
    public bool IsCached(in PublicKey key)
    {
        lock (_gate)
        {
            return _byKey.ContainsKey(key);
        }
    }

    /// <summary>Whether a key signed a JWS's header and payload.</summary>
    /// <param name="key">The public key, found by the caller by the header's key id.</param>
    /// <param name="headerText">The protected header as it was signed.</param>
    /// <param name="payload">The payload as it was signed.</param>
    /// <param name="signature64">r and s; another length is never valid.</param>
    /// <returns>Whether the signature is valid; false too for a key that is no point of the curve.</returns>
    /// <exception cref="ObjectDisposedException">The verifier was disposed.</exception>
    public bool VerifyJws(
        in PublicKey key,
        ReadOnlySpan<byte> headerText,
        ReadOnlySpan<byte> payload,
        ReadOnlySpan<byte> signature64)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Jws.HashSigningInput(headerText, payload, hash);
        return VerifySha256(in key, hash, signature64);
    }

    /// <summary>Whether a key signed some bytes by <see cref="KeyPair.Sign"/>.</summary>
    /// <param name="key">The public key.</param>
    /// <param name="data">What was signed; hashed here.</param>
    /// <param name="signature64">r and s; another length is never valid.</param>
    /// <returns>Whether the signature is valid; false too for a key that is no point of the curve.</returns>
    /// <exception cref="ObjectDisposedException">The verifier was disposed.</exception>
    public bool Verify(in PublicKey key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature64)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(data, hash);
        return VerifySha256(in key, hash, signature64);
    }

    /// <summary>Whether a passkey signed an assertion; what for, the assertion says itself.</summary>
    /// <param name="key">The public key, found by the caller by the proof's key id.</param>
    /// <param name="assertion">What the passkey gave.</param>
    /// <returns>Whether the signature is valid; false too for a key that is no point of the curve.</returns>
    /// <exception cref="ObjectDisposedException">The verifier was disposed.</exception>
    public bool VerifyPasskey(in PublicKey key, PasskeyAssertion assertion)
    {
        ArgumentNullException.ThrowIfNull(assertion);
        var hash = assertion.SignedHash();
        return VerifySha256(in key, hash.AsSpan(), PasskeyProof.BytesOf(assertion.Signature));
    }

    /// <summary>Forgets every key.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            foreach (CachedKey cached in _oldestFirst)
            {
                cached.Ecdsa.Dispose();
            }

            _oldestFirst.Clear();
            _byKey.Clear();
        }
    }

    /// <summary>The platform's form of a key, or null where it is no point of the curve.</summary>
    internal static ECDsa? Import(in PublicKey key)
    {
        ECParameters parameters = new()
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = key.X.ToArray(), Y = key.Y.ToArray() },
        };
        try
        {
            return ECDsa.Create(parameters);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether a signature of a hash is valid; the platform refuses every length but 64.</summary>
    internal static bool VerifyHash(ECDsa ecdsa, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature64) =>
        ecdsa.VerifyHash(hash, signature64, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    private bool VerifySha256(in PublicKey key, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature64)
    {
        LinkedListNode<CachedKey>? node = Take(in key);
        if (node is null)
        {
            ECDsa? imported = Import(in key);
            if (imported is null)
            {
                return false;
            }

            node = new LinkedListNode<CachedKey>(new CachedKey(key, imported));
        }

        try
        {
            return VerifyHash(node.Value.Ecdsa, hash, signature64);
        }
        finally
        {
            GiveBack(node);
        }
    }

    private LinkedListNode<CachedKey>? Take(in PublicKey key)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_byKey.Remove(key, out LinkedListNode<CachedKey>? node))
            {
                _oldestFirst.Remove(node);
            }

            return node;
        }
    }

    private void GiveBack(LinkedListNode<CachedKey> node)
    {
        ECDsa? surplus = node.Value.Ecdsa;
        lock (_gate)
        {
            if (!_isDisposed && _byKey.TryAdd(node.Value.Key, node))
            {
                _oldestFirst.AddLast(node);
                surplus = _byKey.Count > _maxCachedKeys ? RemoveOldest() : null;
            }
        }

        surplus?.Dispose();
    }

    private ECDsa RemoveOldest()
    {
        CachedKey oldest = _oldestFirst.First!.Value;
        _oldestFirst.RemoveFirst();
        _byKey.Remove(oldest.Key);
        return oldest.Ecdsa;
    }

    private readonly record struct CachedKey(PublicKey Key, ECDsa Ecdsa);
}
