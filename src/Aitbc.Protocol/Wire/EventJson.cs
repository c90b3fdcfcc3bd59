using System.Buffers;
using System.Text;
using System.Text.Json;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;

namespace Aitbc.Protocol.Wire;

/// <summary>
/// Events as JSON, for people and APIs: <c>{"type":"workloadPosted","id":"w7","client":12,...}</c>. Accounts are
/// numbers, beside which a resolver may put their ids; amounts are strings of base units; digests are base64url, null
/// where they are zero; padding is left out. What is hashed and journalled are the events' bytes, never this.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public static class EventJson
{
    private static readonly Dictionary<EventKind, EventShape> Shapes =
        EventCatalog.All.ToDictionary(pair => pair.Key, pair => new EventShape(pair.Key, pair.Value));

    /// <summary>An event's name on the wire, such as <c>workloadPosted</c>.</summary>
    /// <param name="kind">Which.</param>
    /// <exception cref="InvalidDataException">There is no such kind.</exception>
    public static string NameOf(EventKind kind) => ShapeOf(kind).Name;

    /// <summary>Prints one event as an object.</summary>
    /// <param name="json">Takes the text.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="value">Its bytes, as <see cref="EventReader.Value"/> gives them.</param>
    /// <param name="idOf">Gives the id of an account, or null; <c>from</c> then gets a <c>fromId</c> beside it. May be
    /// null.</param>
    /// <exception cref="InvalidDataException">There is no such kind, or the bytes are of another size.</exception>
    public static void WriteOne(
        Utf8JsonWriter json, EventKind kind, ReadOnlySpan<byte> value, Func<AccountNumber, string?>? idOf = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        ShapeOf(kind).Write(json, value, idOf);
    }

    /// <summary>Prints a run of events as an array.</summary>
    /// <param name="json">Takes the text.</param>
    /// <param name="events">Bytes as <see cref="EventBuffer.Bytes"/> gives them.</param>
    /// <param name="idOf">As in <see cref="WriteOne"/>.</param>
    /// <exception cref="InvalidDataException">The bytes are no run of events.</exception>
    public static void Write(
        Utf8JsonWriter json, ReadOnlySpan<byte> events, Func<AccountNumber, string?>? idOf = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartArray();
        var reader = new EventReader(events);
        while (reader.MoveNext())
        {
            WriteOne(json, reader.Kind, reader.Value, idOf);
        }

        json.WriteEndArray();
    }

    /// <summary>A run of events as the text of an array.</summary>
    /// <param name="events">Bytes as <see cref="EventBuffer.Bytes"/> gives them.</param>
    /// <param name="idOf">As in <see cref="WriteOne"/>.</param>
    /// <exception cref="InvalidDataException">The bytes are no run of events.</exception>
    public static string Render(ReadOnlySpan<byte> events, Func<AccountNumber, string?>? idOf = null)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            Write(json, events, idOf);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static EventShape ShapeOf(EventKind kind) =>
        Shapes.TryGetValue(kind, out var shape)
            ? shape
            : throw new InvalidDataException($"There is no event of kind {(int)kind}.");
}
