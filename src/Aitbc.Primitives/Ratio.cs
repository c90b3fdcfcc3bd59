using System.Globalization;
using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>A share, fee, odds or factor in parts per million: 0 to 4,294,967,295 ppm (4294.967295).</summary>
/// <remarks>
/// Whether a ratio above <see cref="One"/> makes sense is the business of whoever takes it. The default is zero. Text
/// form: ppm digits. Immutable, safe from any thread.
/// </remarks>
/// <param name="Ppm">Parts per million; every value is in range.</param>
[JsonConverter(typeof(TextValueConverter<Ratio>))]
public readonly record struct Ratio(uint Ppm) : IComparable<Ratio>, ITextValue<Ratio>
{
    /// <summary>The parts of one whole: a million.</summary>
    public const uint PpmPerOne = 1_000_000;

    private const int PpmPerPercent = 10_000;

    /// <summary>Nothing.</summary>
    public static Ratio Zero => default;

    /// <summary>The whole: 1,000,000 ppm.</summary>
    public static Ratio One => new(PpmPerOne);

    /// <inheritdoc/>
    public static int MaxTextLength => 10;

    /// <summary>Whether the ratio is zero.</summary>
    public bool IsZero => Ppm == 0;

    /// <summary>Parts per million.</summary>
    /// <param name="ppm">Every value is in range.</param>
    /// <returns>The ratio.</returns>
    public static Ratio FromPpm(uint ppm) => new(ppm);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out Ratio value)
    {
        bool read = AsciiText.TryParseDigits(utf8, out ulong ppm) && ppm <= uint.MaxValue;
        value = read ? new Ratio((uint)ppm) : default;
        return read;
    }

    /// <summary>Reads ppm digits: no sign, no leading zero.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="value">The ratio, zero where the text is refused.</param>
    /// <returns>Whether the text was canonical and in range.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Ratio value) => AsciiText.TryParse(text, out value);

    /// <summary>Reads ppm digits: no sign, no leading zero.</summary>
    /// <param name="text">The whole text.</param>
    /// <returns>The ratio.</returns>
    /// <exception cref="FormatException">The text is not canonical or out of range.</exception>
    public static Ratio Parse(ReadOnlySpan<char> text) => AsciiText.Parse<Ratio>(text);

    /// <summary>Whether the left ratio is smaller.</summary>
    /// <param name="left">One ratio.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is smaller than right.</returns>
    public static bool operator <(Ratio left, Ratio right) => left.Ppm < right.Ppm;

    /// <summary>Whether the left ratio is larger.</summary>
    /// <param name="left">One ratio.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is larger than right.</returns>
    public static bool operator >(Ratio left, Ratio right) => left.Ppm > right.Ppm;

    /// <summary>Whether the left ratio is smaller or equal.</summary>
    /// <param name="left">One ratio.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is at most right.</returns>
    public static bool operator <=(Ratio left, Ratio right) => left.Ppm <= right.Ppm;

    /// <summary>Whether the left ratio is larger or equal.</summary>
    /// <param name="left">One ratio.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is at least right.</returns>
    public static bool operator >=(Ratio left, Ratio right) => left.Ppm >= right.Ppm;

    /// <inheritdoc/>
    public int CompareTo(Ratio other) => Ppm.CompareTo(other.Ppm);

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8, out int bytesWritten) =>
        Ppm.TryFormat(utf8, out bytesWritten, default, CultureInfo.InvariantCulture);

    /// <summary>The ppm digits: the canonical text form.</summary>
    /// <returns>1 to 10 digits.</returns>
    public override string ToString() => AsciiText.Format(in this);

    /// <summary>The ratio for people: exact, in percent, without trailing zeros.</summary>
    /// <returns>Such as "0.25 %".</returns>
    public string ToDisplay()
    {
        (uint whole, uint rest) = Math.DivRem(Ppm, PpmPerPercent);
        string fraction = rest.ToString("D4", CultureInfo.InvariantCulture).TrimEnd('0');
        return fraction.Length == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{whole} %")
            : string.Create(CultureInfo.InvariantCulture, $"{whole}.{fraction} %");
    }
}
