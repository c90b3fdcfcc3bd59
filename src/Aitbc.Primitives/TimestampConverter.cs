using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>Writes a <see cref="Timestamp"/> as a JSON integer of milliseconds; digits where it is a key.</summary>
/// <remarks>
/// Reading and writing refuse what is not 0 to 2^53 - 1 by <see cref="JsonException"/>: no JSON reader may round it.
/// Stateless and safe to use from any thread.
/// </remarks>
public sealed class TimestampConverter : JsonConverter<Timestamp>
{
    /// <inheritdoc/>
    public override Timestamp Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(WireInteger.Read(ref reader, nameof(Timestamp)));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Timestamp value, JsonSerializerOptions options) =>
        WireInteger.Write(writer, value.UnixMs, nameof(Timestamp));

    /// <inheritdoc/>
    public override Timestamp ReadAsPropertyName(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(WireInteger.ReadName(ref reader, nameof(Timestamp)));

    /// <inheritdoc/>
    public override void WriteAsPropertyName(
        Utf8JsonWriter writer, Timestamp value, JsonSerializerOptions options) =>
        WireInteger.WriteName(writer, value.UnixMs, nameof(Timestamp));
}
