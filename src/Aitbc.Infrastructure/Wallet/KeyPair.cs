using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Wallet;

/// <summary>A private key on P-256 and the right to sign with it.</summary>
/// <remarks>
/// Made by <see cref="KeyStore"/> or <see cref="Generate"/>; no member gives the private part out, and
/// <see cref="ToString"/> is the key id. Safe to use from any thread: the platform's ECDSA objects are not documented
/// to be, so a lock guards each key (one key signs about 60,000 times a second, several keys sign side by side).
/// Whoever was given a key pair disposes it.
/// </remarks>
public sealed class KeyPair : IDisposable
{
    /// <summary>The size of a signature in bytes: r, then s, 32 bytes each, big endian (IEEE P1363).</summary>
    public const int SignatureSize = 64;

    private const string CurveOid = "1.2.840.10045.3.1.7";

    private readonly Lock _gate = new();
    private readonly ECDsa _ecdsa;

    /// <summary>Takes ownership of a P-256 key with a private part.</summary>
    internal KeyPair(ECDsa ecdsa)
    {
        _ecdsa = ecdsa;
        ECParameters parameters = ecdsa.ExportParameters(includePrivateParameters: false);
        if (parameters.Curve.Oid.Value != CurveOid)
        {
            throw new CryptographicException("The key is not on the named curve P-256.");
        }

        PublicKey = PublicKey.From(parameters.Q.X, parameters.Q.Y);
        Id = PublicKey.Thumbprint();
    }

    /// <summary>The public key.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>The public key's thumbprint.</summary>
    public KeyId Id { get; }

    /// <summary>A fresh key from the system's cryptographic generator, held in memory only and lost with it.</summary>
    /// <returns>The key pair; the caller disposes it.</returns>
    public static KeyPair Generate() => Own(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Signs with ECDSA over SHA-256 of the data; each signature is different.</summary>
    /// <param name="data">What is signed; hashed here.</param>
    /// <param name="signature64">Receives r and s; exactly 64 bytes.</param>
    /// <exception cref="ArgumentException">The destination is not 64 bytes long.</exception>
    /// <exception cref="ObjectDisposedException">The key pair was disposed.</exception>
    public void Sign(ReadOnlySpan<byte> data, Span<byte> signature64)
    {
        if (signature64.Length != SignatureSize)
        {
            throw new ArgumentException($"A signature takes {SignatureSize} bytes.", nameof(signature64));
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(data, hash);
        lock (_gate)
        {
            // On P-256, which the constructor asks for, this form has 64 bytes; where it does not fit, it throws.
            _ecdsa.SignHash(hash, signature64, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    /// <summary>The key id.</summary>
    /// <returns>43 characters.</returns>
    public override string ToString() => Id.ToString();

    /// <summary>Forgets the private key.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ecdsa.Dispose();
        }
    }

    /// <summary>A key pair that owns the platform's key, also where taking it fails.</summary>
    internal static KeyPair Own(ECDsa ecdsa)
    {
        try
        {
            return new KeyPair(ecdsa);
        }
        catch (CryptographicException)
        {
            ecdsa.Dispose();
            throw;
        }
    }

    /// <summary>The key pair of a private scalar, where the public key that follows from it is the expected
    /// one.</summary>
    internal static bool TryFromScalar(
        ReadOnlySpan<byte> scalar, KeyId expected, [NotNullWhen(true)] out KeyPair? keyPair)
    {
        keyPair = null;
        byte[] d = GC.AllocateUninitializedArray<byte>(scalar.Length, pinned: true);
        try
        {
            // Without Q the platform derives it, so that no public key is taken on trust.
            scalar.CopyTo(d);
            KeyPair derived = Own(ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d }));
            if (derived.Id == expected)
            {
                keyPair = derived;
                return true;
            }

            derived.Dispose();
            return false;
        }
        catch (CryptographicException)
        {
            // Zero, or not below the curve's order.
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }

    /// <summary>Writes the private scalar, for the key file only.</summary>
    internal void CopyScalarTo(Span<byte> scalar32)
    {
        byte[]? d = null;
        try
        {
            lock (_gate)
            {
                d = _ecdsa.ExportParameters(includePrivateParameters: true).D!;
            }

            d.CopyTo(scalar32);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }
}
