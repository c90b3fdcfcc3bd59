using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>An amount of AITBC: 0 to 2^127 - 1 base units; one token is 10^18 base units.</summary>
/// <remarks>
/// Arithmetic is exact and checked: leaving the range throws <see cref="OverflowException"/>, because code that
/// could leave it has not checked its balance first. There is no division operator: <see cref="MulDivDown"/> and
/// <see cref="MulDivUp"/> name their rounding. Exactly 16 bytes, aligned to 16. The default is zero. Text form:
/// base-unit digits. Immutable, safe from any thread.
/// </remarks>
[JsonConverter(typeof(TextValueConverter<TokenAmount>))]
public readonly record struct TokenAmount : IComparable<TokenAmount>, ITextValue<TokenAmount>
{
    /// <summary>Digits of the largest amount.</summary>
    internal const int MaxDigits = 39;

    private const int DecimalPlaces = 18;
    private const ulong BaseUnitsPerToken = 1_000_000_000_000_000_000;

    /// <summary>Takes base units.</summary>
    /// <param name="baseUnits">0 to 2^127 - 1.</param>
    /// <exception cref="OverflowException">2^127 or more.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TokenAmount(UInt128 baseUnits)
    {
        // One bit decides: 2^127 - 1 is every bit but the top one.
        if ((ulong)(baseUnits >> 127) != 0)
        {
            ThrowAboveMaxSupply();
        }

        BaseUnits = baseUnits;
    }

    /// <summary>No tokens.</summary>
    public static TokenAmount Zero => default;

    /// <summary>One token: 10^18 base units.</summary>
    public static TokenAmount OneToken => new(BaseUnitsPerToken);

    /// <summary>The largest amount and the cap of any supply: 2^127 - 1 base units.</summary>
    public static TokenAmount MaxSupply => new(MaxBaseUnits);

    /// <inheritdoc/>
    public static int MaxTextLength => MaxDigits;

    /// <summary>The amount in base units, 0 to 2^127 - 1.</summary>
    public UInt128 BaseUnits { get; }

    /// <summary>Whether the amount is zero.</summary>
    public bool IsZero => BaseUnits == UInt128.Zero;

    internal static UInt128 MaxBaseUnits => new(long.MaxValue, ulong.MaxValue);

    /// <summary>Whole tokens.</summary>
    /// <param name="tokens">Tokens of 10^18 base units; every value is in range.</param>
    /// <returns>The amount.</returns>
    public static TokenAmount FromTokens(ulong tokens) => new(Math.BigMul(tokens, BaseUnitsPerToken));

    /// <summary>Base units.</summary>
    /// <param name="baseUnits">0 to 2^127 - 1.</param>
    /// <returns>The amount.</returns>
    /// <exception cref="OverflowException">2^127 or more.</exception>
    public static TokenAmount FromBaseUnits(UInt128 baseUnits) => new(baseUnits);

    /// <summary>The smaller amount.</summary>
    /// <param name="left">One amount.</param>
    /// <param name="right">The other.</param>
    /// <returns>The smaller of both.</returns>
    public static TokenAmount Min(TokenAmount left, TokenAmount right) => left < right ? left : right;

    /// <summary>The larger amount.</summary>
    /// <param name="left">One amount.</param>
    /// <param name="right">The other.</param>
    /// <returns>The larger of both.</returns>
    public static TokenAmount Max(TokenAmount left, TokenAmount right) => left < right ? right : left;

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out TokenAmount value)
    {
        if (AsciiText.TryParseDigits(utf8, out UInt128 units))
        {
            value = new TokenAmount(units);
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Reads base-unit digits: no sign, no leading zero, below 2^127.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="value">The amount, zero where the text is refused.</param>
    /// <returns>Whether the text was canonical and in range.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TokenAmount value) => AsciiText.TryParse(text, out value);

    /// <summary>Reads base-unit digits: no sign, no leading zero, below 2^127.</summary>
    /// <param name="text">The whole text.</param>
    /// <returns>The amount.</returns>
    /// <exception cref="FormatException">The text is not canonical or out of range.</exception>
    public static TokenAmount Parse(ReadOnlySpan<char> text) => AsciiText.Parse<TokenAmount>(text);

    /// <summary>The exact sum.</summary>
    /// <param name="left">One amount.</param>
    /// <param name="right">The other.</param>
    /// <returns>The sum.</returns>
    /// <exception cref="OverflowException">The sum is above <see cref="MaxSupply"/>.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TokenAmount operator +(TokenAmount left, TokenAmount right) => new(left.BaseUnits + right.BaseUnits);

    /// <summary>The exact difference.</summary>
    /// <param name="left">The amount to take from.</param>
    /// <param name="right">The amount to take.</param>
    /// <returns>The difference.</returns>
    /// <exception cref="OverflowException">More is taken than there is.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TokenAmount operator -(TokenAmount left, TokenAmount right) => new(left.BaseUnits - right.BaseUnits);

    /// <summary>The amount after a signed change.</summary>
    /// <param name="amount">The amount before.</param>
    /// <param name="change">The change.</param>
    /// <returns>The amount after.</returns>
    /// <exception cref="OverflowException">The result is below zero or above <see cref="MaxSupply"/>.</exception>
    public static TokenAmount operator +(TokenAmount amount, TokenDelta change) =>
        new((UInt128)((Int128)amount.BaseUnits + change.BaseUnits));

    /// <summary>Whether the left amount is smaller.</summary>
    /// <param name="left">One amount.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is smaller than right.</returns>
    public static bool operator <(TokenAmount left, TokenAmount right) => left.BaseUnits < right.BaseUnits;

    /// <summary>Whether the left amount is larger.</summary>
    /// <param name="left">One amount.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is larger than right.</returns>
    public static bool operator >(TokenAmount left, TokenAmount right) => left.BaseUnits > right.BaseUnits;

    /// <summary>Whether the left amount is smaller or equal.</summary>
    /// <param name="left">One amount.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is at most right.</returns>
    public static bool operator <=(TokenAmount left, TokenAmount right) => left.BaseUnits <= right.BaseUnits;

    /// <summary>Whether the left amount is larger or equal.</summary>
    /// <param name="left">One amount.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is at least right.</returns>
    public static bool operator >=(TokenAmount left, TokenAmount right) => left.BaseUnits >= right.BaseUnits;

    /// <summary>This amount times a fraction, rounded down; the product is exact in 256 bits.</summary>
    /// <param name="num">The numerator.</param>
    /// <param name="den">The denominator, above zero.</param>
    /// <returns>floor(this * num / den).</returns>
    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    /// <exception cref="OverflowException">The result is above <see cref="MaxSupply"/>.</exception>
    public TokenAmount MulDivDown(UInt128 num, UInt128 den) => new(WideMath.MulDiv(BaseUnits, num, den, out _));

    /// <summary>This amount times a fraction, rounded up; the product is exact in 256 bits.</summary>
    /// <param name="num">The numerator.</param>
    /// <param name="den">The denominator, above zero.</param>
    /// <returns>ceiling(this * num / den).</returns>
    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    /// <exception cref="OverflowException">The result is above <see cref="MaxSupply"/>.</exception>
    public TokenAmount MulDivUp(UInt128 num, UInt128 den)
    {
        UInt128 quotient = WideMath.MulDiv(BaseUnits, num, den, out bool isExact);
        return new TokenAmount(isExact ? quotient : quotient + UInt128.One);
    }

    /// <summary>A share of this amount, rounded down.</summary>
    /// <param name="share">The share in parts per million.</param>
    /// <returns>floor(this * ppm / 10^6).</returns>
    /// <exception cref="OverflowException">The result is above <see cref="MaxSupply"/>.</exception>
    public TokenAmount ShareDown(Ratio share) => MulDivDown(share.Ppm, Ratio.PpmPerOne);

    /// <summary>A share of this amount, rounded up.</summary>
    /// <param name="share">The share in parts per million.</param>
    /// <returns>ceiling(this * ppm / 10^6).</returns>
    /// <exception cref="OverflowException">The result is above <see cref="MaxSupply"/>.</exception>
    public TokenAmount ShareUp(Ratio share) => MulDivUp(share.Ppm, Ratio.PpmPerOne);

    /// <inheritdoc/>
    public int CompareTo(TokenAmount other) => BaseUnits.CompareTo(other.BaseUnits);

    /// <summary>Whether both amounts are the same.</summary>
    /// <param name="other">The amount to compare with.</param>
    /// <returns>Whether both are equal.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(TokenAmount other) => BaseUnits == other.BaseUnits;

    /// <summary>A hash code of the base units.</summary>
    /// <returns>The hash code.</returns>
    public override int GetHashCode() => BaseUnits.GetHashCode();

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8, out int bytesWritten) =>
        BaseUnits.TryFormat(utf8, out bytesWritten, default, CultureInfo.InvariantCulture);

    /// <summary>The base-unit digits: the canonical text form.</summary>
    /// <returns>1 to 39 digits.</returns>
    public override string ToString() => AsciiText.Format(in this);

    /// <summary>The amount for people: exact, in tokens, without trailing zeros.</summary>
    /// <returns>Such as "1.5 AITBC".</returns>
    public string ToDisplay() => string.Create(CultureInfo.InvariantCulture, $"{DisplayDigits(BaseUnits)} AITBC");

    /// <summary>Base units as a decimal number of tokens.</summary>
    internal static string DisplayDigits(UInt128 baseUnits)
    {
        (UInt128 whole, UInt128 rest) = UInt128.DivRem(baseUnits, BaseUnitsPerToken);
        string fraction = ((ulong)rest).ToString($"D{DecimalPlaces}", CultureInfo.InvariantCulture).TrimEnd('0');
        string tokens = whole.ToString(CultureInfo.InvariantCulture);
        return fraction.Length == 0 ? tokens : $"{tokens}.{fraction}";
    }

    private static void ThrowAboveMaxSupply() =>
        throw new OverflowException("A token amount is at most 2^127 - 1 base units.");
}
