using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Aitbc.Primitives;

/// <summary>The strict digit grammar of amounts and counted ids, and the char side of every text form.</summary>
internal static class AsciiText
{
    private const int ChunkDigits = 19;
    private const ulong TenPow19 = 10_000_000_000_000_000_000;

    private static readonly UInt128 s_tenPow38 = Math.BigMul(TenPow19, TenPow19);

    /// <summary>Parses UTF-16 text through the type's own UTF-8 parser: one grammar, not two.</summary>
    internal static bool TryParse<T>(ReadOnlySpan<char> text, [MaybeNullWhen(false)] out T value)
        where T : ITextValue<T>
    {
        Span<byte> utf8 = stackalloc byte[T.MaxTextLength];
        if (Ascii.FromUtf16(text, utf8, out int written) == OperationStatus.Done)
        {
            return T.TryParse(utf8[..written], out value);
        }

        value = default;
        return false;
    }

    /// <summary>Parses UTF-16 text or throws, naming the type but never echoing more than a bounded text.</summary>
    /// <exception cref="FormatException">The text is not the canonical form of a value.</exception>
    internal static T Parse<T>(ReadOnlySpan<char> text)
        where T : ITextValue<T>
    {
        if (TryParse<T>(text, out T? value))
        {
            return value;
        }

        string shown = text.Length <= T.MaxTextLength ? text.ToString() : $"{text[..T.MaxTextLength]}...";
        throw new FormatException($"'{shown}' is not the canonical text of a {typeof(T).Name}.");
    }

    /// <summary>The text form as a string.</summary>
    internal static string Format<T>(in T value)
        where T : ITextValue<T>
    {
        Span<byte> utf8 = stackalloc byte[T.MaxTextLength];
        value.TryFormat(utf8, out int written);
        return Encoding.ASCII.GetString(utf8[..written]);
    }

    /// <summary>Reads digits without sign or leading zero into 64 bits.</summary>
    internal static bool TryParseDigits(ReadOnlySpan<byte> digits, out ulong value)
    {
        value = 0;
        if (!TryParseDigits(digits, out UInt128 wide) || wide > ulong.MaxValue)
        {
            return false;
        }

        value = (ulong)wide;
        return true;
    }

    /// <summary>Reads digits without sign or leading zero, up to 2^127 - 1.</summary>
    internal static bool TryParseDigits(ReadOnlySpan<byte> digits, out UInt128 value)
    {
        value = default;
        if (digits.IsEmpty || digits.Length > TokenAmount.MaxDigits || (digits[0] == '0' && digits.Length > 1))
        {
            return false;
        }

        // Each chunk of 19 digits fits a ulong, and 39 digits are at most 3 chunks.
        int head = digits.Length > ChunkDigits ? digits.Length - ChunkDigits : digits.Length;
        if (head > ChunkDigits)
        {
            return TryParseLong(digits, out value);
        }

        if (!TryReadChunk(digits[..head], out ulong first))
        {
            return false;
        }

        if (head == digits.Length)
        {
            value = first;
            return true;
        }

        if (!TryReadChunk(digits[head..], out ulong second))
        {
            return false;
        }

        value = Math.BigMul(first, TenPow19) + second;
        return true;
    }

    /// <summary>The rare 39-digit text: one leading digit before 38 more, refused from 2^127 on.</summary>
    private static bool TryParseLong(ReadOnlySpan<byte> digits, out UInt128 value)
    {
        value = default;
        if (!TryReadChunk(digits[..1], out ulong top)
            || !TryReadChunk(digits[1..20], out ulong middle)
            || !TryReadChunk(digits[20..], out ulong low)
            || top > 1)
        {
            return false;
        }

        // At most 1.99...e38, below 2^128 (3.4e38), so the checked sum cannot throw.
        UInt128 sum = (top * s_tenPow38) + (Math.BigMul(middle, TenPow19) + low);
        if (sum > TokenAmount.MaxBaseUnits)
        {
            return false;
        }

        value = sum;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadChunk(ReadOnlySpan<byte> digits, out ulong value)
    {
        ulong sum = 0;
        foreach (byte b in digits)
        {
            uint digit = (uint)(b - '0' + 256) & 0xFF;
            if (digit > 9)
            {
                value = 0;
                return false;
            }

            sum = (sum * 10) + digit;
        }

        value = sum;
        return true;
    }
}
