using System.Globalization;
using System.Text;

namespace Aitbc.Workloads.Csv;

/// <summary>Reads one cell as a number: point for decimals, optional sign and exponent, nothing else.</summary>
internal static class CsvNumber
{
    private const NumberStyles Styles =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>A longer cell is no number that anyone measured; it also bounds the work of one cell.</summary>
    private const int MaxNumberBytes = 400;

    /// <summary>Null when <paramref name="cell"/> is a usable number, else what is wrong with it.</summary>
    public static CsvFault? Check(ReadOnlySpan<byte> cell, out double value)
    {
        value = 0;
        if (IsMissing(cell)) return CsvFault.MissingValue;
        if (IsInfinity(cell)) return CsvFault.NotFinite;
        // The parser knows words such as Infinity and NaN with signs before them; only digits may start a number here.
        if (cell.Length > MaxNumberBytes || !StartsAsNumber(cell)) return CsvFault.NotANumber;
        if (!double.TryParse(cell, Styles, CultureInfo.InvariantCulture, out var parsed)) return CsvFault.NotANumber;
        if (!(Math.Abs(parsed) <= CsvLimits.MaxMagnitude)) return CsvFault.OutOfRange;
        // -0 and 0 are the same measurement and must be the same bytes in a canonical file.
        value = parsed == 0 ? 0 : parsed;
        return null;
    }

    /// <summary>True for an empty cell and for the usual words for a missing value.</summary>
    public static bool IsMissing(ReadOnlySpan<byte> cell) => cell.Length switch
    {
        0 => true,
        1 => cell[0] == (byte)'?',
        2 => Ascii.EqualsIgnoreCase(cell, "na"u8),
        3 => Ascii.EqualsIgnoreCase(cell, "nan"u8) || Ascii.EqualsIgnoreCase(cell, "n/a"u8),
        4 => Ascii.EqualsIgnoreCase(cell, "null"u8),
        _ => false,
    };

    /// <summary>True when the cell is a number, even out of range, or a word for a missing or infinite one.</summary>
    public static bool IsNumberLike(ReadOnlySpan<byte> cell) => Check(cell, out _) is not CsvFault.NotANumber;

    private static bool IsInfinity(ReadOnlySpan<byte> cell)
    {
        if (cell[0] is (byte)'+' or (byte)'-') cell = cell[1..];
        return Ascii.EqualsIgnoreCase(cell, "inf"u8) || Ascii.EqualsIgnoreCase(cell, "infinity"u8)
            || cell.SequenceEqual("\u221E"u8);
    }

    private static bool StartsAsNumber(ReadOnlySpan<byte> cell)
    {
        if (cell[0] is (byte)'+' or (byte)'-') cell = cell[1..];
        return !cell.IsEmpty && (cell[0] is >= (byte)'0' and <= (byte)'9' or (byte)'.');
    }
}
