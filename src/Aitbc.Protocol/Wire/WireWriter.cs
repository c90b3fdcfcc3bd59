using System.Buffers.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;

namespace Aitbc.Protocol.Wire;

/// <summary>How values stand on the wire; the counterpart of <see cref="WireReader"/>.</summary>
internal static class WireWriter
{
    private const int LongestText = 64;

    /// <summary>A value in its text form.</summary>
    public static void WriteText<T>(this Utf8JsonWriter json, ReadOnlySpan<byte> name, in T value)
        where T : struct, ITextValue<T>
    {
        json.WritePropertyName(name);
        json.WriteTextValue(value);
    }

    /// <summary>A value in its text form, as an item of an array.</summary>
    public static void WriteTextValue<T>(this Utf8JsonWriter json, in T value)
        where T : struct, ITextValue<T>
    {
        Span<byte> utf8 = stackalloc byte[LongestText];
        value.TryFormat(utf8, out var written);
        json.WriteStringValue(utf8[..written]);
    }

    /// <summary>Values in their text form.</summary>
    public static void WriteTexts<T>(this Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<T> values)
        where T : struct, ITextValue<T>
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteTextValue(value);
        }

        json.WriteEndArray();
    }

    /// <summary>An integer that every JSON reader holds exactly.</summary>
    /// <exception cref="ArgumentException">It is below 0 or above the largest.</exception>
    public static void WriteInteger(
        this Utf8JsonWriter json, ReadOnlySpan<byte> name, long value, long max = (long)WireReader.MaxInteger)
    {
        if (value < 0 || value > max)
        {
            throw new ArgumentException($"{value} has no form on the wire: 0 to {max} does.", nameof(value));
        }

        json.WriteNumber(name, value);
    }

    /// <inheritdoc cref="WriteInteger(Utf8JsonWriter, ReadOnlySpan{byte}, long, long)"/>
    public static void WriteInteger(this Utf8JsonWriter json, ReadOnlySpan<byte> name, ulong value) =>
        json.WriteInteger(name, value > long.MaxValue ? -1 : (long)value);

    /// <summary>A public key as a JWK.</summary>
    public static void WriteKey(this Utf8JsonWriter json, ReadOnlySpan<byte> name, in PublicKey key)
    {
        json.WriteStartObject(name);
        json.WriteString("kty"u8, "EC"u8);
        json.WriteString("crv"u8, "P-256"u8);
        json.WriteText("x"u8, Digest.From(key.X));
        json.WriteText("y"u8, Digest.From(key.Y));
        json.WriteEndObject();
    }

    /// <summary>A signature; nothing where there is none.</summary>
    public static void WriteSignature(this Utf8JsonWriter json, ReadOnlySpan<byte> name, Signature? signature)
    {
        if (signature is not { } value)
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[2 * Digest.Size];
        value.High.CopyTo(bytes);
        value.Low.CopyTo(bytes[Digest.Size..]);
        json.WriteString(name, Base64Url.EncodeToString(bytes));
    }

    /// <summary>A passkey's assertion; nothing where there is none.</summary>
    public static void WritePasskey(this Utf8JsonWriter json, ReadOnlySpan<byte> name, PasskeyAssertion? assertion)
    {
        if (assertion is null)
        {
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("authenticatorData"u8, Base64Url.EncodeToString(assertion.AuthenticatorData.Span));
        json.WriteString("clientDataJSON"u8, Base64Url.EncodeToString(assertion.ClientData.Span));
        json.WriteSignature("signature"u8, assertion.Signature);
        json.WriteEndObject();
    }

    /// <summary>Hours of a day, from a bit an hour.</summary>
    public static void WriteHours(this Utf8JsonWriter json, ReadOnlySpan<byte> name, uint hours)
    {
        json.WriteStartArray(name);
        for (var hour = 0; hours >> hour != 0; hour++)
        {
            if ((hours >> hour & 1) == 1)
            {
                json.WriteNumberValue(hour);
            }
        }

        json.WriteEndArray();
    }
}
