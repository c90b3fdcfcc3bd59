using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>Reads and writes a <see cref="PublicKey"/> as a closed JWK object.</summary>
/// <remarks>
/// Reading takes the four members kty, crv, x and y in any order, each exactly once, and refuses everything else by
/// <see cref="JsonException"/>. Stateless and safe to use from any thread.
/// </remarks>
public sealed class PublicKeyConverter : JsonConverter<PublicKey>
{
    private const int MemberCount = 4;
    private const int MaxValueLength = Bytes32.TextLength * 6;

    /// <inheritdoc/>
    public override PublicKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Refusal();
        }

        Span<byte> x = stackalloc byte[MaxValueLength];
        Span<byte> y = stackalloc byte[MaxValueLength];
        int xLength = 0;
        int yLength = 0;
        Members seen = Members.None;
        for (int i = 0; i < MemberCount; i++)
        {
            Members member = ReadName(ref reader);
            if ((seen & member) != Members.None)
            {
                throw Refusal();
            }

            seen |= member;
            switch (member)
            {
                case Members.Kty:
                    RequireText(ref reader, "EC"u8);
                    break;
                case Members.Crv:
                    RequireText(ref reader, "P-256"u8);
                    break;
                case Members.X:
                    xLength = ReadValue(ref reader, x);
                    break;
                default:
                    yLength = ReadValue(ref reader, y);
                    break;
            }
        }

        if (!reader.Read() || reader.TokenType != JsonTokenType.EndObject
            || !PublicKey.TryParse(x[..xLength], y[..yLength], out PublicKey key))
        {
            throw Refusal();
        }

        return key;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, PublicKey value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Span<byte> text = stackalloc byte[Bytes32.TextLength];
        writer.WriteStartObject();
        writer.WriteString("kty"u8, "EC"u8);
        writer.WriteString("crv"u8, "P-256"u8);
        Base64Url.EncodeToUtf8(value.X, text);
        writer.WriteString("x"u8, text);
        Base64Url.EncodeToUtf8(value.Y, text);
        writer.WriteString("y"u8, text);
        writer.WriteEndObject();
    }

    private static Members ReadName(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName)
        {
            throw Refusal();
        }

        return reader switch
        {
            _ when reader.ValueTextEquals("kty"u8) => Members.Kty,
            _ when reader.ValueTextEquals("crv"u8) => Members.Crv,
            _ when reader.ValueTextEquals("x"u8) => Members.X,
            _ when reader.ValueTextEquals("y"u8) => Members.Y,
            _ => throw Refusal(),
        };
    }

    private static void RequireText(ref Utf8JsonReader reader, ReadOnlySpan<byte> expected)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.String || !reader.ValueTextEquals(expected))
        {
            throw Refusal();
        }
    }

    private static int ReadValue(ref Utf8JsonReader reader, scoped Span<byte> text)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.String
            || (reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length) > text.Length)
        {
            throw Refusal();
        }

        return reader.CopyString(text);
    }

    private static JsonException Refusal() => new("Not a P-256 public key: exactly kty, crv, x and y are needed.");

    [Flags]
    private enum Members
    {
        None = 0,
        Kty = 1,
        Crv = 2,
        X = 4,
        Y = 8,
    }
}
