using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>Names an account: the thumbprint of the account's first public key, kept when keys are changed.</summary>
/// <remarks>
/// Made from a <see cref="KeyId"/> once, when the account is opened. Source: RFC 7638.
/// Text form: base64url without padding, 43 characters, canonical only. Immutable, safe from any thread.
/// </remarks>
[JsonConverter(typeof(TextValueConverter<AccountId>))]
public readonly record struct AccountId : IComparable<AccountId>, ITextValue<AccountId>
{
    /// <summary>The size in bytes.</summary>
    public const int Size = Bytes32.Size;

    private readonly Bytes32 _bytes;

    private AccountId(Bytes32 bytes) => _bytes = bytes;

    /// <inheritdoc/>
    public static int MaxTextLength => Bytes32.TextLength;

    /// <summary>The first eight bytes as a little-endian number: a ready-made hash for tables and shards.</summary>
    public ulong Prefix
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _bytes.Prefix;
    }

    /// <summary>Whether every byte is zero, which is the default value and stands for "none".</summary>
    public bool IsZero => _bytes.IsZero;

    /// <summary>Takes 32 bytes as they are.</summary>
    /// <param name="bytes">Exactly 32 bytes.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ArgumentException">The length is not 32.</exception>
    public static AccountId From(ReadOnlySpan<byte> bytes) => new(Bytes32.From(bytes));

    /// <summary>The account that a first key opens.</summary>
    /// <param name="firstKey">The thumbprint of the first key.</param>
    /// <returns>The account id with the same 32 bytes.</returns>
    public static explicit operator AccountId(KeyId firstKey) => From(firstKey.AsSpan());

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out AccountId value)
    {
        bool read = Bytes32.TryParse(utf8, out Bytes32 bytes);
        value = new AccountId(bytes);
        return read;
    }

    /// <summary>Reads the canonical text form.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="value">The value, zero where the text is refused.</param>
    /// <returns>Whether the text was canonical.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out AccountId value) => AsciiText.TryParse(text, out value);

    /// <summary>Reads the canonical text form.</summary>
    /// <param name="text">The whole text.</param>
    /// <returns>The value.</returns>
    /// <exception cref="FormatException">The text is not canonical.</exception>
    public static AccountId Parse(ReadOnlySpan<char> text) => AsciiText.Parse<AccountId>(text);

    /// <summary>The 32 bytes in place, without a copy; valid as long as the variable it is taken from.</summary>
    /// <returns>A view of exactly 32 bytes.</returns>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> AsSpan() => _bytes.AsSpan();

    /// <summary>Writes the 32 bytes.</summary>
    /// <param name="destination">At least 32 bytes; the rest stays as it is.</param>
    /// <exception cref="ArgumentException">The destination is shorter than 32 bytes.</exception>
    public void CopyTo(Span<byte> destination) => AsSpan().CopyTo(destination);

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8, out int bytesWritten) => _bytes.TryFormat(utf8, out bytesWritten);

    /// <summary>Whether all 32 bytes are the same.</summary>
    /// <param name="other">The value to compare with.</param>
    /// <returns>Whether both are equal.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(AccountId other) => Bytes32.AreEqual(in _bytes, in other._bytes);

    /// <summary>A hash code of the first word, the same in every process.</summary>
    /// <returns>The hash code.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override int GetHashCode() => _bytes.HashCode;

    /// <summary>Orders by bytes, the first byte deciding first.</summary>
    /// <param name="other">The value to compare with.</param>
    /// <returns>Below 0, 0 or above 0.</returns>
    public int CompareTo(AccountId other) => Bytes32.Compare(in _bytes, in other._bytes);

    /// <summary>The canonical text form.</summary>
    /// <returns>43 characters.</returns>
    public override string ToString() => AsciiText.Format(in this);
}
