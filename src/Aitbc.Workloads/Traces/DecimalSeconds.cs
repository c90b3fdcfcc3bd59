using Aitbc.Workloads.Csv;

namespace Aitbc.Workloads.Traces;

/// <summary>
/// Reads decimal seconds as whole microseconds, half a microsecond up, with integers only. Exponents are read too,
/// because writers print small seconds as 5e-05.
/// </summary>
internal static class DecimalSeconds
{
    private const int MicrosecondDigits = 6;

    /// <summary>Digits that are kept; a UInt128 holds 38, and later ones are far below a microsecond.</summary>
    private const int MaxDigits = 36;

    /// <summary>A longer cell is refused, so that no run of zeros can outweigh a capped exponent.</summary>
    private const int MaxCellBytes = 400;

    private const int MaxExponent = 1_000;

    public static CsvFault? Read(ReadOnlySpan<byte> cell, out long microseconds)
    {
        microseconds = 0;
        if (cell.Length > MaxCellBytes) return CsvFault.NotANumber;
        var mark = cell.IndexOfAny((byte)'e', (byte)'E');
        var exponent = 0;
        if (mark >= 0 && !TryExponent(cell[(mark + 1)..], out exponent)) return CsvFault.NotANumber;
        var digits = mark >= 0 ? cell[..mark] : cell;
        if (!TryMantissa(digits, out var mantissa, out var scale)) return CsvFault.NotANumber;
        if (mantissa == 0) return null;
        var power = exponent + scale + MicrosecondDigits;
        if (power > MaxDigits) return CsvFault.OutOfRange;
        const long Limit = DemandTrace.MaxOffsetSeconds * 1_000_000;
        for (; power > 0; power--)
        {
            mantissa *= 10;
            if (mantissa > Limit) return CsvFault.OutOfRange;
        }

        for (; power < -1 && mantissa > 0; power++) mantissa /= 10;
        if (power == -1) mantissa = (mantissa + 5) / 10;
        if (mantissa > Limit) return CsvFault.OutOfRange;
        microseconds = (long)mantissa;
        return null;
    }

    /// <summary>The digits as one number, to be multiplied by ten to the power of <paramref name="scale"/>.</summary>
    private static bool TryMantissa(ReadOnlySpan<byte> digits, out UInt128 mantissa, out int scale)
    {
        mantissa = 0;
        scale = 0;
        var point = digits.IndexOf((byte)'.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? default : digits[(point + 1)..];
        if (whole.IsEmpty && fraction.IsEmpty) return false;
        if (whole.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        if (fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        var kept = 0;
        foreach (var digit in whole)
        {
            if (kept == MaxDigits) scale++;
            else Append(digit, ref mantissa, ref kept);
        }

        foreach (var digit in fraction)
        {
            if (kept == MaxDigits) break;
            Append(digit, ref mantissa, ref kept);
            scale--;
        }

        return true;
    }

    private static void Append(byte digit, ref UInt128 mantissa, ref int kept)
    {
        mantissa = (mantissa * 10) + (UInt128)(digit - '0');
        if (mantissa > 0) kept++;
    }

    private static bool TryExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        var isNegative = text.StartsWith("-"u8);
        if (isNegative || text.StartsWith("+"u8)) text = text[1..];
        if (text.IsEmpty || text.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        foreach (var digit in text) exponent = Math.Min(MaxExponent, (exponent * 10) + (digit - '0'));
        if (isNegative) exponent = -exponent;
        return true;
    }
}
