using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Aitbc.Protocol.Wire;

/// <summary>Reads a document against its lists of members.</summary>
/// <typeparam name="TContext">What the caller gives along.</typeparam>
/// <typeparam name="T">What comes out; null only after a fault.</typeparam>
internal delegate T? WireBody<TContext, out T>(ref WireReader reader, in TContext context)
    where T : class;

/// <summary>
/// Runs a reader over a document and, where it fails, finds out why. Only then is the text walked a second time: for
/// its form as JSON, which outranks what its members say, and for the path of the fault.
/// </summary>
internal static class WireDiagnosis
{
    private const int MaxShownName = 40;

    /// <summary>Reads a document.</summary>
    /// <returns>Null, or what is wrong; <paramref name="value"/> is null then.</returns>
    public static PayloadProblem? Read<TContext, T>(
        ReadOnlySpan<byte> utf8, int maxBytes, in TContext context, WireBody<TContext, T> body, out T? value)
        where T : class
    {
        value = null;
        if (utf8.Length > maxBytes)
        {
            var needed = string.Create(CultureInfo.InvariantCulture, $"at most {maxBytes} are taken");
            return new PayloadProblem(PayloadProblemKind.TooLarge, string.Empty, utf8.Length, needed);
        }

        if (!Utf8.IsValid(utf8))
        {
            return new PayloadProblem(PayloadProblemKind.NotUtf8, string.Empty, ValidLength(utf8), string.Empty);
        }

        var reader = new WireReader(utf8);
        try
        {
            reader.BeginRoot();
            var read = body(ref reader, context);
            reader.End();
            if (!reader.Failed)
            {
                value = read;
                return null;
            }
        }
        catch (JsonException)
        {
            // What exactly is wrong with the text, the walk below finds out.
        }

        return Explain(utf8, reader);
    }

    private static PayloadProblem Explain(ReadOnlySpan<byte> utf8, in WireReader reader)
    {
        var path = new WirePath();
        var found = string.Empty;
        var json = new Utf8JsonReader(utf8);
        try
        {
            while (json.Read())
            {
                if (json.CurrentDepth >= WireReader.MaxDepth
                    && json.TokenType is (JsonTokenType.StartObject or JsonTokenType.StartArray))
                {
                    var limit = WireReader.MaxDepth.ToString(CultureInfo.InvariantCulture);
                    return Formal(PayloadProblemKind.TooDeep, json.TokenStartIndex, limit);
                }

                path.Take(json);
                if (reader.Failed && json.TokenStartIndex == reader.FaultAt)
                {
                    found = path.Show(utf8, json.CurrentDepth);
                }
            }
        }
        catch (JsonException)
        {
            var at = (int)json.BytesConsumed + CountWhiteSpace(utf8[(int)json.BytesConsumed..]);
            var isWhole = json.CurrentDepth == 0
                && json.TokenType is not (JsonTokenType.None or JsonTokenType.StartObject or JsonTokenType.StartArray);
            return Formal(isWhole ? PayloadProblemKind.TrailingData : PayloadProblemKind.NotJson, at, string.Empty);
        }

        var isMissing = reader.Fault == PayloadProblemKind.MissingMember;
        var dot = isMissing && found.Length > 0 ? "." : string.Empty;
        return new PayloadProblem(
            reader.Fault,
            isMissing ? $"{found}{dot}{reader.Needed}" : found,
            (int)reader.FaultAt,
            isMissing ? string.Empty : reader.Needed)
        {
            IsReserved = reader.IsReserved,
        };
    }

    private static PayloadProblem Formal(PayloadProblemKind kind, long at, string needed) =>
        new(kind, string.Empty, (int)at, needed);

    private static int ValidLength(ReadOnlySpan<byte> utf8)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(utf8[at..], out _, out var taken) == System.Buffers.OperationStatus.Done)
        {
            at += taken;
        }

        return at;
    }

    private static int CountWhiteSpace(ReadOnlySpan<byte> utf8)
    {
        var end = utf8.IndexOfAnyExcept(" \t\r\n"u8);
        return end < 0 ? utf8.Length : end;
    }

    /// <summary>The way from the root to a token.</summary>
    private sealed class WirePath
    {
        private readonly (int Start, int Length, int Index)[] steps =
            new (int Start, int Length, int Index)[WireReader.MaxDepth + 1];

        /// <summary>Follows the reader by one token.</summary>
        public void Take(in Utf8JsonReader json)
        {
            ref var step = ref steps[json.CurrentDepth];
            switch (json.TokenType)
            {
                case JsonTokenType.PropertyName:
                    step = ((int)json.TokenStartIndex + 1, json.ValueSpan.Length, -1);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    break;
                default:
                    step.Index += step.Start == 0 ? 1 : 0;
                    break;
            }

            if (json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                steps[json.CurrentDepth + 1] = (0, 0, -1);
            }
        }

        /// <summary>The way as text. Names are the sender's, so that only short and plain ones are repeated.</summary>
        public string Show(ReadOnlySpan<byte> utf8, int depth)
        {
            var text = new StringBuilder();
            for (var i = 1; i <= depth; i++)
            {
                var (start, length, index) = steps[i];
                if (start == 0)
                {
                    text.Append(CultureInfo.InvariantCulture, $"[{index}]");
                    continue;
                }

                var name = utf8.Slice(start, Math.Min(length, MaxShownName));
                text.Append(text.Length > 0 ? "." : string.Empty);
                text.Append(IsPlain(name) ? Encoding.ASCII.GetString(name) : "?");
                text.Append(length > MaxShownName ? "..." : string.Empty);
            }

            return text.ToString();
        }

        private static bool IsPlain(ReadOnlySpan<byte> name)
        {
            foreach (var character in name)
            {
                if (!char.IsAsciiLetterOrDigit((char)character) && character is not ((byte)'_' or (byte)'-'))
                {
                    return false;
                }
            }

            return !name.IsEmpty;
        }
    }
}
