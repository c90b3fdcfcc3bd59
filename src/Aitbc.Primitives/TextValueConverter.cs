using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>Writes a value as a JSON string of its canonical text, also as a dictionary key.</summary>
/// <remarks>
/// Reading refuses anything but a JSON string with the canonical text by <see cref="JsonException"/>; numbers are
/// refused because most JSON readers round them beyond 2^53. Stateless and safe to use from any thread.
/// </remarks>
/// <typeparam name="T">The value's type.</typeparam>
public sealed class TextValueConverter<T> : JsonConverter<T>
    where T : ITextValue<T>
{
    // A JSON escape (\uXXXX) takes six bytes for one, so nothing longer can unescape to a text in range.
    private const int MaxEscapeFactor = 6;

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? ReadText(ref reader) : throw Refusal();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Span<byte> utf8 = stackalloc byte[T.MaxTextLength];
        value.TryFormat(utf8, out int written);
        writer.WriteStringValue(utf8[..written]);
    }

    /// <inheritdoc/>
    public override T ReadAsPropertyName(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReadText(ref reader);

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Span<byte> utf8 = stackalloc byte[T.MaxTextLength];
        value.TryFormat(utf8, out int written);
        writer.WritePropertyName(utf8[..written]);
    }

    private static T ReadText(ref Utf8JsonReader reader)
    {
        if (!reader.HasValueSequence && !reader.ValueIsEscaped)
        {
            return T.TryParse(reader.ValueSpan, out T? plain) ? plain : throw Refusal();
        }

        int maxBytes = T.MaxTextLength * MaxEscapeFactor;
        long length = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        if (length > maxBytes)
        {
            throw Refusal();
        }

        Span<byte> utf8 = stackalloc byte[maxBytes];
        int written = reader.CopyString(utf8);
        return T.TryParse(utf8[..written], out T? value) ? value : throw Refusal();
    }

    private static JsonException Refusal() => new($"Not the canonical text of a {typeof(T).Name}.");
}
