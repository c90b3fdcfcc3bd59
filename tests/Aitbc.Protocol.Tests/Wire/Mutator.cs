using System.Text;
using Aitbc.Primitives;

namespace Aitbc.Protocol.Tests.Wire;

/// <summary>Damages bytes the way strangers do: at random, and with what parsers trip over.</summary>
internal sealed class Mutator(SeededRandom random)
{
    private static readonly byte[][] Snippets =
    [
        .. new[]
        {
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "null", "true", "false", "0", "-1", "1e9", "0.5", "01",
            "9007199254740991", "9007199254740992", "18446744073709551616", "\"\"", "{}", "[]", "[[[[[[[[[[", "/**/",
            "\"type\":\"transfer\",", "\"type\":\"vote.cast\",", "\"extra\":1,", "\"possession\":null,", "\u0000",
            "\uFEFF", "é", "\u2028", " ", "\n", "\"170141183460469231731687303715884105727\"",
            "\"170141183460469231731687303715884105728\"", "\"w0\"", "\"s1\"", "\"none\"",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF],
        [0xC0, 0x80],
        [0xED, 0xA0, 0x80],
    ];

    /// <summary>A damaged copy; often damaged once only, so that it gets far.</summary>
    public byte[] Mutate(byte[] bytes)
    {
        for (var i = random.NextInt32(4) == 0 ? 1 + random.NextInt32(6) : 1; i > 0; i--)
        {
            bytes = Once(bytes);
        }

        return bytes;
    }

    private byte[] Once(byte[] bytes)
    {
        var at = random.NextInt32(bytes.Length + 1);
        var length = Math.Min(random.NextInt32(12), bytes.Length - at);
        switch (random.NextInt32(8))
        {
            case 0:
                return bytes[..at];
            case 1:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 2:
                return [.. bytes[..at], .. Snippet(), .. bytes[at..]];
            case 3:
                return [.. bytes[..at], .. Snippet(), .. bytes[(at + length)..]];
            case 4:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 5:
                return SwapMembers(bytes);
            case 6:
                return ReplaceValue(bytes);
            default:
                var copy = bytes.ToArray();
                if (at < copy.Length)
                {
                    copy[at] ^= (byte)(1 << random.NextInt32(8));
                }

                return copy;
        }
    }

    private byte[] Snippet() => Snippets[random.NextInt32(Snippets.Length)];

    /// <summary>Puts a piece between two commas elsewhere: member order is free, so this often still reads.</summary>
    private byte[] SwapMembers(byte[] bytes)
    {
        var commas = Enumerable.Range(0, bytes.Length).Where(i => bytes[i] == ',').ToArray();
        if (commas.Length < 3)
        {
            return bytes;
        }

        var first = random.NextInt32(commas.Length - 2);
        var (a, b, c) = (commas[first], commas[first + 1], commas[first + 2]);
        return [.. bytes[..a], .. bytes[b..c], .. bytes[a..b], .. bytes[c..]];
    }

    /// <summary>Puts another value in the place of one behind a colon.</summary>
    private byte[] ReplaceValue(byte[] bytes)
    {
        var colons = Enumerable.Range(0, bytes.Length).Where(i => bytes[i] == ':').ToArray();
        if (colons.Length == 0)
        {
            return bytes;
        }

        var at = colons[random.NextInt32(colons.Length)] + 1;
        var end = at;
        while (end < bytes.Length && bytes[end] is not ((byte)',' or (byte)'}' or (byte)']'))
        {
            end++;
        }

        return [.. bytes[..at], .. Snippet(), .. bytes[end..]];
    }
}
