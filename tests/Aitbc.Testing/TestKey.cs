using System.Security.Cryptography;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;

namespace Aitbc.Testing;

/// <summary>A P-256 key pair that comes from a seed: the same in every run, so of no use for anything but tests.
/// </summary>
/// <remarks>Immutable, safe from any thread.</remarks>
public sealed class TestKey
{
    private readonly byte[] scalar = new byte[Digest.Size];

    /// <summary>Derives a pair.</summary>
    /// <param name="random">Gives the private scalar; forks keep keys apart.</param>
    public TestKey(SeededRandom random)
    {
        // Below 2^248 and odd, so between 1 and the order of the curve.
        random.NextBytes(scalar.AsSpan(1));
        scalar[^1] |= 1;
        using var ecdsa = Create();
        var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        Public = PublicKey.From(point.X, point.Y);
        Id = Public.Thumbprint();
    }

    /// <summary>The public half.</summary>
    public PublicKey Public { get; }

    /// <summary>Its thumbprint.</summary>
    public KeyId Id { get; }

    /// <summary>Signs 32 bytes, ES256, IEEE P1363. Another signature each time: ECDSA is randomised.</summary>
    public Signature Sign(in Digest digest)
    {
        using var ecdsa = Create();
        var bytes = ecdsa.SignData(digest.AsSpan(), HashAlgorithmName.SHA256);
        return new Signature(Digest.From(bytes.AsSpan(0, Digest.Size)), Digest.From(bytes.AsSpan(Digest.Size)));
    }

    /// <summary>Signs a hash as it stands, ES256, IEEE P1363.</summary>
    public Signature SignHash(in Digest hash)
    {
        using var ecdsa = Create();
        var bytes = ecdsa.SignHash(hash.AsSpan());
        return new Signature(Digest.From(bytes.AsSpan(0, Digest.Size)), Digest.From(bytes.AsSpan(Digest.Size)));
    }

    private ECDsa Create() => ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
}
