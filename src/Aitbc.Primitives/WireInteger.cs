using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Aitbc.Primitives;

/// <summary>Integers that every JSON reader holds exactly: 0 to 2^53 - 1, one text a value.</summary>
internal static class WireInteger
{
    internal const long MaxValue = (1L << 53) - 1;
    private const int MaxDigits = 16;
    private const int MaxEscapeFactor = 6;

    internal static long Read(ref Utf8JsonReader reader, string typeName)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            throw Refusal(typeName);
        }

        // The digits themselves are read, so that "1.0", "1e3" and "-0" are refused and not converted.
        if (!reader.HasValueSequence)
        {
            return Parse(reader.ValueSpan, typeName);
        }

        if (reader.ValueSequence.Length > MaxDigits)
        {
            throw Refusal(typeName);
        }

        Span<byte> digits = stackalloc byte[MaxDigits];
        reader.ValueSequence.CopyTo(digits);
        return Parse(digits[..(int)reader.ValueSequence.Length], typeName);
    }

    internal static long ReadName(ref Utf8JsonReader reader, string typeName)
    {
        long length = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        if (length > MaxDigits * MaxEscapeFactor)
        {
            throw Refusal(typeName);
        }

        Span<byte> digits = stackalloc byte[MaxDigits * MaxEscapeFactor];
        return Parse(digits[..reader.CopyString(digits)], typeName);
    }

    internal static void Write(Utf8JsonWriter writer, long value, string typeName)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumberValue(InRange(value, typeName));
    }

    internal static void WriteName(Utf8JsonWriter writer, long value, string typeName)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WritePropertyName(InRange(value, typeName).ToString(CultureInfo.InvariantCulture));
    }

    private static long Parse(ReadOnlySpan<byte> digits, string typeName) =>
        AsciiText.TryParseDigits(digits, out ulong value) && value <= MaxValue
            ? (long)value
            : throw Refusal(typeName);

    private static long InRange(long value, string typeName) =>
        value is >= 0 and <= MaxValue ? value : throw Refusal(typeName);

    private static JsonException Refusal(string typeName) => new($"A {typeName} is an integer from 0 to 2^53 - 1.");
}
