using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Aitbc.Primitives.Tests;

/// <summary>JSON as it may come from a network: in one-byte segments.</summary>
internal static class JsonPieces
{
    /// <summary>Reads from a sequence of one-byte segments, as a network reader may hand it over.</summary>
    public static T? Read<T>(string json)
    {
        Piece first = new(Encoding.UTF8.GetBytes(json[..1]), 0);
        Piece last = first;
        for (int i = 1; i < json.Length; i++)
        {
            last = last.Append(Encoding.UTF8.GetBytes(json[i..(i + 1)]));
        }

        Utf8JsonReader reader = new(new ReadOnlySequence<byte>(first, 0, last, 1));
        return JsonSerializer.Deserialize<T>(ref reader);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, long start)
        {
            Memory = bytes;
            RunningIndex = start;
        }

        public Piece Append(byte[] bytes)
        {
            Piece next = new(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
