using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aitbc.Infrastructure.Receipts;

/// <summary>Bytes that stand in JSON as base64url without padding.</summary>
/// <param name="Bytes">The bytes; the default is none.</param>
[JsonConverter(typeof(Base64UrlBytesConverter))]
public readonly record struct Base64UrlBytes(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => Bytes.Span;

    /// <summary>Whether they are the same bytes.</summary>
    public bool Equals(Base64UrlBytes other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }
}

/// <summary>Reads and writes <see cref="Base64UrlBytes"/>. Other spellings of the same bytes are read too; that the
/// text
/// is the one that would be written, <see cref="ReceiptJson"/> asks of the whole file.</summary>
internal sealed class Base64UrlBytesConverter : JsonConverter<Base64UrlBytes>
{
    /// <inheritdoc/>
    public override Base64UrlBytes Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        // An escaped text holds a backslash, which is of no alphabet: the decoder refuses it.
        if (reader.TokenType != JsonTokenType.String || reader.HasValueSequence)
        {
            throw new JsonException("Not base64url.");
        }

        var bytes = new byte[Base64Url.GetMaxDecodedLength(reader.ValueSpan.Length)];
        return Base64Url.DecodeFromUtf8(reader.ValueSpan, bytes, out _, out var written) == OperationStatus.Done
            ? new Base64UrlBytes(bytes.AsMemory(0, written))
            : throw new JsonException("Not base64url.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Base64UrlBytes value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Base64Url.EncodeToString(value.Span));
}
