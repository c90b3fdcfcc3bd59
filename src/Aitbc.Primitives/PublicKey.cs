using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>A public key on the curve P-256: the affine coordinates, big endian, 32 bytes each.</summary>
/// <remarks>
/// The type carries bytes; whether they are a point of the curve is asked by <see cref="IsOnCurve"/> where a key enters
/// the ledger. On the wire a closed JWK object of four strings: kty, crv, x and y. Immutable, safe from any thread.
/// Source: RFC 7517, RFC 7518 section 6.2.
/// </remarks>
[JsonConverter(typeof(PublicKeyConverter))]
public readonly record struct PublicKey
{
    /// <summary>The size in bytes: X, then Y.</summary>
    public const int Size = 2 * Bytes32.Size;

    // {"crv":"P-256","kty":"EC","x":"...","y":"..."}: members in lexicographic order, without white space.
    private const int ThumbprintInputLength = 31 + Bytes32.TextLength + 7 + Bytes32.TextLength + 2;

    private static readonly BigInteger s_fieldPrime =
        BigInteger.Parse(
            "115792089210356248762697446949407573530086143415290314195533631308867097853951",
            System.Globalization.CultureInfo.InvariantCulture);

    private static readonly BigInteger s_curveB =
        BigInteger.Parse(
            "41058363725152142129326129780047268409114441015993725554835256314039467401291",
            System.Globalization.CultureInfo.InvariantCulture);

    private readonly Bytes32 _x;
    private readonly Bytes32 _y;

    private PublicKey(Bytes32 x, Bytes32 y)
    {
        _x = x;
        _y = y;
    }

    /// <summary>Whether every byte is zero, which is the default value and no key.</summary>
    public bool IsZero => _x.IsZero && _y.IsZero;

    /// <summary>The X coordinate, 32 bytes big endian, in place.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> X => _x.AsSpan();

    /// <summary>The Y coordinate, 32 bytes big endian, in place.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Y => _y.AsSpan();

    /// <summary>Takes two coordinates as they are.</summary>
    /// <param name="x">Exactly 32 bytes, big endian.</param>
    /// <param name="y">Exactly 32 bytes, big endian.</param>
    /// <returns>The key.</returns>
    /// <exception cref="ArgumentException">A length is not 32.</exception>
    public static PublicKey From(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y) =>
        new(Bytes32.From(x), Bytes32.From(y));

    /// <summary>Takes 64 bytes: X, then Y.</summary>
    /// <param name="bytes">Exactly 64 bytes.</param>
    /// <returns>The key.</returns>
    /// <exception cref="ArgumentException">The length is not 64.</exception>
    public static PublicKey From(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"{Size} bytes are needed, not {bytes.Length}.", nameof(bytes));
        }

        return From(bytes[..Bytes32.Size], bytes[Bytes32.Size..]);
    }

    /// <summary>Writes 64 bytes: X, then Y.</summary>
    /// <param name="destination">At least 64 bytes; the rest stays as it is.</param>
    /// <exception cref="ArgumentException">The destination is shorter than 64 bytes.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < Size)
        {
            throw new ArgumentException($"{Size} bytes are needed, not {destination.Length}.", nameof(destination));
        }

        X.CopyTo(destination);
        Y.CopyTo(destination[Bytes32.Size..]);
    }

    /// <summary>The key's name: SHA-256 over its required JWK members in the one canonical order.</summary>
    /// <returns>The thumbprint. Source: RFC 7638 section 3.</returns>
    public KeyId Thumbprint()
    {
        Span<byte> input = stackalloc byte[ThumbprintInputLength];
        "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\""u8.CopyTo(input);
        Base64Url.EncodeToUtf8(X, input[31..]);
        "\",\"y\":\""u8.CopyTo(input[(31 + Bytes32.TextLength)..]);
        Base64Url.EncodeToUtf8(Y, input[(38 + Bytes32.TextLength)..]);
        "\"}"u8.CopyTo(input[(38 + (2 * Bytes32.TextLength))..]);
        Span<byte> hash = stackalloc byte[KeyId.Size];
        SHA256.HashData(input, hash);
        return KeyId.From(hash);
    }

    /// <summary>Whether the coordinates are a point of P-256; a key that is not can never verify anything.</summary>
    /// <returns>Whether both are below the field prime and y² = x³ - 3x + b. Source: SEC 1 section 3.2.2.1.</returns>
    public bool IsOnCurve()
    {
        BigInteger x = new(X, isUnsigned: true, isBigEndian: true);
        BigInteger y = new(Y, isUnsigned: true, isBigEndian: true);
        return x < s_fieldPrime
            && y < s_fieldPrime
            && (((x * x * x) - (3 * x) + s_curveB - (y * y)) % s_fieldPrime).IsZero;
    }

    /// <summary>Whether both coordinates are the same.</summary>
    /// <param name="other">The key to compare with.</param>
    /// <returns>Whether both are equal.</returns>
    public bool Equals(PublicKey other) =>
        Bytes32.AreEqual(in _x, in other._x) && Bytes32.AreEqual(in _y, in other._y);

    /// <summary>A hash code of X's first word, the same in every process.</summary>
    /// <returns>The hash code.</returns>
    public override int GetHashCode() => _x.HashCode;

    /// <summary>The thumbprint's text: short, and what people compare.</summary>
    /// <returns>43 characters.</returns>
    public override string ToString() => Thumbprint().ToString();

    /// <summary>The coordinates in their text form, for the converter.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> xText, ReadOnlySpan<byte> yText, out PublicKey key)
    {
        bool read = Bytes32.TryParse(xText, out Bytes32 x) & Bytes32.TryParse(yText, out Bytes32 y);
        key = read ? new PublicKey(x, y) : default;
        return read;
    }
}
