using System.Globalization;

namespace Aitbc.Primitives;

/// <summary>The text form that ids counted by the ledger share: one letter and a number.</summary>
internal static class CountedId
{
    internal const int MaxTextLength = 21;

    internal static bool TryParse(ReadOnlySpan<byte> utf8, byte letter, out ulong number)
    {
        number = 0;
        return !utf8.IsEmpty && utf8[0] == letter && AsciiText.TryParseDigits(utf8[1..], out number);
    }

    internal static bool TryFormat(ulong number, byte letter, Span<byte> utf8, out int bytesWritten)
    {
        bytesWritten = 0;
        if (utf8.IsEmpty || !number.TryFormat(utf8[1..], out int digits, default, CultureInfo.InvariantCulture))
        {
            return false;
        }

        utf8[0] = letter;
        bytesWritten = digits + 1;
        return true;
    }
}
