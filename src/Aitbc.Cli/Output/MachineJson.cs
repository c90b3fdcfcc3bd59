using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aitbc.Cli.Output;

/// <summary>How results are written for programs: one JSON object on one line. Thread-safe.</summary>
public static class MachineJson
{
    /// <summary>
    /// camelCase names and enum members, 128-bit integers as strings (a bare number above 2^53 is read wrongly by most
    /// JSON readers), absent values as null.
    /// </summary>
    public static JsonSerializerOptions Options { get; } = CreateOptions();

    /// <summary>Writes a value as one line of JSON.</summary>
    /// <typeparam name="T">A record or dictionary; the top level is an object.</typeparam>
    /// <param name="value">What to write.</param>
    /// <returns>JSON without a line break.</returns>
    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.General)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            // The output is read by programs and people, never placed in a page, so é and + stay themselves.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        options.Converters.Add(new UInt128Text());
        options.Converters.Add(new Int128Text());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class UInt128Text : JsonConverter<UInt128>
    {
        public override UInt128 Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            UInt128.Parse(reader.GetString()!, NumberStyles.None, CultureInfo.InvariantCulture);

        public override void Write(Utf8JsonWriter writer, UInt128 value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }

    private sealed class Int128Text : JsonConverter<Int128>
    {
        public override Int128 Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            Int128.Parse(reader.GetString()!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

        public override void Write(Utf8JsonWriter writer, Int128 value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }
}
