using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using Aitbc.Primitives;

namespace Aitbc.Protocol.Identity;

/// <summary>The browser's part of an assertion, read strictly.</summary>
/// <remarks>
/// Browsers may add members and are free in their order, so it is read and not compared with a template. A member that
/// counts stands there once, of its own type and without an escape; the names of all members are free of escapes, or a
/// second spelling could hide; what else stands there is passed over. The origin's host must be the relying party's
/// name itself, not one above it: a page of a neighbour's host then asks in vain.
/// Source: Web Authentication Level 3, sections 5.8.1 and 7.2; RFC 6454 section 6.2.
/// </remarks>
internal readonly ref struct PasskeyClientData
{
    /// <summary>Longest origin: <c>https://</c>, a host's name of 253 characters and a port.</summary>
    private const int MaxOriginLength = 8 + MaxHostLength + 6;

    private const int MaxHostLength = 253;
    private const int MaxDepth = 4;
    private const int MaxPort = 65_535;
    private const int MaxPortDigits = 5;

    private static readonly SearchValues<byte> Characters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-."u8);

    private readonly ReadOnlySpan<byte> type;
    private readonly ReadOnlySpan<byte> challenge;
    private readonly bool isCrossOrigin;

    private PasskeyClientData(
        ReadOnlySpan<byte> type, ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> origin, bool isCrossOrigin)
    {
        this.type = type;
        this.challenge = challenge;
        this.isCrossOrigin = isCrossOrigin;
        Origin = origin;
        Host = HostOf(origin);
    }

    /// <summary>The origin's text.</summary>
    public ReadOnlySpan<byte> Origin { get; }

    /// <summary>The origin's host; empty where the origin is not one that is taken.</summary>
    public ReadOnlySpan<byte> Host { get; }

    /// <summary>Reads client data; whether it says what it must, <see cref="Check"/> asks.</summary>
    public static PasskeyProblem TryRead(ReadOnlySpan<byte> json, out PasskeyClientData data)
    {
        data = default;
        if (json.Length > PasskeyAssertion.MaxClientDataSize)
        {
            return PasskeyProblem.ClientDataTooLong;
        }

        try
        {
            return Utf8.IsValid(json) && TryReadMembers(json, out data)
                ? PasskeyProblem.None
                : PasskeyProblem.ClientDataMalformed;
        }
        catch (JsonException)
        {
            return PasskeyProblem.ClientDataMalformed;
        }
    }

    /// <summary>Type, challenge, origin and frame, in this order.</summary>
    public PasskeyProblem Check(in Digest expected)
    {
        Span<byte> text = stackalloc byte[Digest.MaxTextLength];
        expected.TryFormat(text, out _);
        return !type.SequenceEqual("webauthn.get"u8) ? PasskeyProblem.WrongType
            : !challenge.SequenceEqual(text) ? PasskeyProblem.ChallengeMismatch
            : Host.IsEmpty ? PasskeyProblem.OriginNotAllowed
            : isCrossOrigin ? PasskeyProblem.CrossOrigin
            : PasskeyProblem.None;
    }

    private static bool TryReadMembers(ReadOnlySpan<byte> json, out PasskeyClientData data)
    {
        data = default;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        ReadOnlySpan<byte> type = default, challenge = default, origin = default;
        bool hasFrame = false, isCrossOrigin = false;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueIsEscaped)
            {
                return false;
            }

            var name = reader.ValueSpan;
            reader.Read();
            var isRead = name switch
            {
                _ when name.SequenceEqual("type"u8) => TryTake(reader, ref type),
                _ when name.SequenceEqual("challenge"u8) => TryTake(reader, ref challenge),
                _ when name.SequenceEqual("origin"u8) => TryTake(reader, ref origin),
                _ when name.SequenceEqual("crossOrigin"u8) => TryTake(reader, ref hasFrame, ref isCrossOrigin),
                _ => true,
            };
            if (!isRead)
            {
                return false;
            }

            // Only a page inside another has one.
            isCrossOrigin |= name.SequenceEqual("topOrigin"u8);
            reader.Skip();
        }

        // The last read finds whatever stands after the object, and throws.
        reader.Read();
        data = new PasskeyClientData(type, challenge, origin, isCrossOrigin);
        return !type.IsEmpty && !challenge.IsEmpty && !origin.IsEmpty;
    }

    /// <summary>A text that was not there before, is not empty and has no escape.</summary>
    private static bool TryTake(in Utf8JsonReader reader, ref ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty || reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped)
        {
            return false;
        }

        text = reader.ValueSpan;
        return !text.IsEmpty;
    }

    private static bool TryTake(in Utf8JsonReader reader, ref bool isThere, ref bool value)
    {
        if (isThere || reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
        {
            return false;
        }

        isThere = true;
        value |= reader.TokenType == JsonTokenType.True;
        return true;
    }

    /// <summary>The host of an origin that passkeys are taken from, or nothing.</summary>
    private static ReadOnlySpan<byte> HostOf(ReadOnlySpan<byte> origin)
    {
        var isSecure = origin.StartsWith("https://"u8);
        if (origin.Length > MaxOriginLength || !(isSecure || origin.StartsWith("http://"u8)))
        {
            return default;
        }

        var rest = origin[(isSecure ? "https://"u8 : "http://"u8).Length..];
        var colon = rest.IndexOf((byte)':');
        var host = colon < 0 ? rest : rest[..colon];
        return (colon < 0 || IsPort(rest[(colon + 1)..]))
            && (host.SequenceEqual("localhost"u8) || (isSecure && IsName(host)))
            ? host
            : default;
    }

    private static bool IsPort(ReadOnlySpan<byte> text) =>
        text.Length is > 0 and <= MaxPortDigits
        && text[0] != (byte)'0'
        && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9')
        && Utf8Parser.TryParse(text, out int port, out _)
        && port <= MaxPort;

    /// <summary>A host's name in lower case, as browsers write it; an address of digits is none.</summary>
    private static bool IsName(ReadOnlySpan<byte> host)
    {
        if (host.Length is 0 or > MaxHostLength
            || host.ContainsAnyExcept(Characters)
            || host.IndexOf(".."u8) >= 0
            || host[0] is (byte)'.' or (byte)'-' || host[^1] is (byte)'.' or (byte)'-')
        {
            return false;
        }

        var last = host[(host.LastIndexOf((byte)'.') + 1)..];
        return last.ContainsAnyInRange((byte)'a', (byte)'z');
    }
}
