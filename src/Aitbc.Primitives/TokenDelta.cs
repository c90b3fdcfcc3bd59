using System.Globalization;
using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>A signed change of an amount: -(2^127 - 1) to 2^127 - 1 base units.</summary>
/// <remarks>
/// Symmetric, so that a change can always be turned round. Arithmetic is checked. The default is no change. Text form:
/// base-unit digits, with a minus sign where below zero. Immutable, safe from any thread.
/// </remarks>
[JsonConverter(typeof(TextValueConverter<TokenDelta>))]
public readonly record struct TokenDelta : IComparable<TokenDelta>, ITextValue<TokenDelta>
{
    /// <summary>Takes base units.</summary>
    /// <param name="baseUnits">-(2^127 - 1) to 2^127 - 1.</param>
    /// <exception cref="OverflowException">-2^127, which has no opposite.</exception>
    public TokenDelta(Int128 baseUnits)
    {
        if (baseUnits == Int128.MinValue)
        {
            throw new OverflowException("A token change is at least -(2^127 - 1) base units.");
        }

        BaseUnits = baseUnits;
    }

    /// <summary>No change.</summary>
    public static TokenDelta Zero => default;

    /// <inheritdoc/>
    public static int MaxTextLength => TokenAmount.MaxDigits + 1;

    /// <summary>The change in base units.</summary>
    public Int128 BaseUnits { get; }

    /// <summary>Whether nothing changes.</summary>
    public bool IsZero => BaseUnits == Int128.Zero;

    /// <summary>Whether the change takes away.</summary>
    public bool IsNegative => Int128.IsNegative(BaseUnits);

    /// <summary>The size of the change without its sign.</summary>
    public TokenAmount Magnitude => new((UInt128)(IsNegative ? -BaseUnits : BaseUnits));

    /// <summary>Base units.</summary>
    /// <param name="baseUnits">-(2^127 - 1) to 2^127 - 1.</param>
    /// <returns>The change.</returns>
    /// <exception cref="OverflowException">-2^127.</exception>
    public static TokenDelta FromBaseUnits(Int128 baseUnits) => new(baseUnits);

    /// <summary>The change that turns one amount into another.</summary>
    /// <param name="before">The amount before.</param>
    /// <param name="after">The amount after.</param>
    /// <returns>after - before.</returns>
    public static TokenDelta Between(TokenAmount before, TokenAmount after) =>
        new((Int128)after.BaseUnits - (Int128)before.BaseUnits);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out TokenDelta value)
    {
        bool isNegative = !utf8.IsEmpty && utf8[0] == '-';
        if (AsciiText.TryParseDigits(isNegative ? utf8[1..] : utf8, out UInt128 units)
            && !(isNegative && units == UInt128.Zero))
        {
            value = new TokenDelta(isNegative ? -(Int128)units : (Int128)units);
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Reads base-unit digits with a minus sign where below zero; no plus, no "-0", no leading zero.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="value">The change, zero where the text is refused.</param>
    /// <returns>Whether the text was canonical and in range.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TokenDelta value) => AsciiText.TryParse(text, out value);

    /// <summary>Reads base-unit digits with a minus sign where below zero.</summary>
    /// <param name="text">The whole text.</param>
    /// <returns>The change.</returns>
    /// <exception cref="FormatException">The text is not canonical or out of range.</exception>
    public static TokenDelta Parse(ReadOnlySpan<char> text) => AsciiText.Parse<TokenDelta>(text);

    /// <summary>The exact sum.</summary>
    /// <param name="left">One change.</param>
    /// <param name="right">The other.</param>
    /// <returns>The sum.</returns>
    /// <exception cref="OverflowException">The sum is out of range.</exception>
    public static TokenDelta operator +(TokenDelta left, TokenDelta right) => new(left.BaseUnits + right.BaseUnits);

    /// <summary>The exact difference.</summary>
    /// <param name="left">The change to take from.</param>
    /// <param name="right">The change to take.</param>
    /// <returns>The difference.</returns>
    /// <exception cref="OverflowException">The difference is out of range.</exception>
    public static TokenDelta operator -(TokenDelta left, TokenDelta right) => new(left.BaseUnits - right.BaseUnits);

    /// <summary>The opposite change.</summary>
    /// <param name="value">The change.</param>
    /// <returns>The change with the other sign.</returns>
    public static TokenDelta operator -(TokenDelta value) => new(-value.BaseUnits);

    /// <summary>A gain of this amount.</summary>
    /// <param name="amount">The amount.</param>
    public static explicit operator TokenDelta(TokenAmount amount) => new((Int128)amount.BaseUnits);

    /// <summary>Whether the left change is smaller.</summary>
    /// <param name="left">One change.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is smaller than right.</returns>
    public static bool operator <(TokenDelta left, TokenDelta right) => left.BaseUnits < right.BaseUnits;

    /// <summary>Whether the left change is larger.</summary>
    /// <param name="left">One change.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is larger than right.</returns>
    public static bool operator >(TokenDelta left, TokenDelta right) => left.BaseUnits > right.BaseUnits;

    /// <summary>Whether the left change is smaller or equal.</summary>
    /// <param name="left">One change.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is at most right.</returns>
    public static bool operator <=(TokenDelta left, TokenDelta right) => left.BaseUnits <= right.BaseUnits;

    /// <summary>Whether the left change is larger or equal.</summary>
    /// <param name="left">One change.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is at least right.</returns>
    public static bool operator >=(TokenDelta left, TokenDelta right) => left.BaseUnits >= right.BaseUnits;

    /// <inheritdoc/>
    public int CompareTo(TokenDelta other) => BaseUnits.CompareTo(other.BaseUnits);

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8, out int bytesWritten) =>
        BaseUnits.TryFormat(utf8, out bytesWritten, default, CultureInfo.InvariantCulture);

    /// <summary>The signed base-unit digits: the canonical text form.</summary>
    /// <returns>1 to 40 characters.</returns>
    public override string ToString() => AsciiText.Format(in this);

    /// <summary>The change for people: exact, in tokens, always signed unless zero.</summary>
    /// <returns>Such as "+1.5 AITBC" or "-0.2 AITBC".</returns>
    public string ToDisplay()
    {
        string sign = IsZero ? string.Empty : IsNegative ? "-" : "+";
        return $"{sign}{Magnitude.ToDisplay()}";
    }
}
