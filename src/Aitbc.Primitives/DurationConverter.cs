using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>Writes a <see cref="Duration"/> as a JSON integer of milliseconds; digits where it is a key.</summary>
/// <remarks>
/// Reading and writing refuse what is not 0 to 2^53 - 1 by <see cref="JsonException"/>: no JSON reader may round it.
/// Stateless and safe to use from any thread.
/// </remarks>
public sealed class DurationConverter : JsonConverter<Duration>
{
    /// <inheritdoc/>
    public override Duration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(WireInteger.Read(ref reader, nameof(Duration)));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Duration value, JsonSerializerOptions options) =>
        WireInteger.Write(writer, value.Ms, nameof(Duration));

    /// <inheritdoc/>
    public override Duration ReadAsPropertyName(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(WireInteger.ReadName(ref reader, nameof(Duration)));

    /// <inheritdoc/>
    public override void WriteAsPropertyName(
        Utf8JsonWriter writer, Duration value, JsonSerializerOptions options) =>
        WireInteger.WriteName(writer, value.Ms, nameof(Duration));
}
