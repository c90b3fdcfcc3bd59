using System.Text.Json;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Wallet;

/// <summary>The protected header: a closed set of members, read strictly and written in one way.</summary>
internal static class JwsHeader
{
    private static ReadOnlySpan<byte> Head => "{\"alg\":\"ES256\",\"kid\":\""u8;

    private static ReadOnlySpan<byte> Tail => "\"}"u8;

    private static int OwnLength => Head.Length + KeyId.MaxTextLength + Tail.Length;

    /// <summary>The header that we write.</summary>
    internal static byte[] Write(KeyId key)
    {
        byte[] header = new byte[OwnLength];
        Head.CopyTo(header);
        key.TryFormat(header.AsSpan(Head.Length), out int written);
        Tail.CopyTo(header.AsSpan(Head.Length + written));
        return header;
    }

    /// <summary>Reads a header of anyone's.</summary>
    internal static JwsProblem Read(ReadOnlySpan<byte> header, out KeyId key)
    {
        // Nearly every header is spelled as ours is, and then needs no JSON reader.
        if (header.Length == OwnLength && header.StartsWith(Head) && header.EndsWith(Tail)
            && KeyId.TryParse(header.Slice(Head.Length, KeyId.MaxTextLength), out key))
        {
            return JwsProblem.None;
        }

        key = default;
        if (header.ContainsAny(" \t\r\n"u8))
        {
            return JwsProblem.HeaderWhitespace;
        }

        try
        {
            return ReadMembers(header, out key);
        }
        catch (JsonException)
        {
            key = default;
            return JwsProblem.HeaderNotJson;
        }
    }

    private static JwsProblem ReadMembers(ReadOnlySpan<byte> header, out KeyId key)
    {
        key = default;
        Utf8JsonReader reader = new(header);

        // An empty text throws here, and one that breaks off at the read that meets its end.
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return JwsProblem.HeaderNotJson;
        }

        Member seen = Member.None;
        JwsProblem problem = JwsProblem.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Member member = NameOf(ref reader);
            Note(ref problem, (seen & member) == Member.None ? ProblemOf(member) : JwsProblem.DuplicateMember);
            seen |= member;
            reader.Read();
            Note(ref problem, ReadValue(ref reader, member, ref key));
        }

        // The last read finds whatever stands after the object, and throws.
        reader.Read();
        if (header.Contains((byte)'\\'))
        {
            Note(ref problem, JwsProblem.HeaderEscape);
        }

        Note(ref problem, (seen & Member.Alg) == Member.None ? JwsProblem.AlgorithmMissing : JwsProblem.None);
        Note(ref problem, (seen & Member.Kid) == Member.None ? JwsProblem.KeyIdMissing : JwsProblem.None);
        return problem;
    }

    private static JwsProblem ReadValue(ref Utf8JsonReader reader, Member member, ref KeyId key)
    {
        bool isText = reader.TokenType == JsonTokenType.String;
        switch (member)
        {
            case Member.Alg:
                if (isText && reader.ValueTextEquals("ES256"u8))
                {
                    return JwsProblem.None;
                }

                reader.Skip();
                return JwsProblem.AlgorithmNotEs256;
            case Member.Kid:
                if (isText && KeyId.TryParse(reader.ValueSpan, out key))
                {
                    return JwsProblem.None;
                }

                reader.Skip();
                return JwsProblem.KeyIdMalformed;
            case Member.Typ:
                if (isText && reader.ValueTextEquals("aitbc+jws"u8))
                {
                    return JwsProblem.None;
                }

                reader.Skip();
                return JwsProblem.TypeNotSupported;
            default:
                reader.Skip();
                return JwsProblem.None;
        }
    }

    private static Member NameOf(ref Utf8JsonReader reader) => reader switch
    {
        _ when reader.ValueTextEquals("alg"u8) => Member.Alg,
        _ when reader.ValueTextEquals("kid"u8) => Member.Kid,
        _ when reader.ValueTextEquals("typ"u8) => Member.Typ,
        _ when reader.ValueTextEquals("crit"u8) => Member.Crit,
        _ when reader.ValueTextEquals("b64"u8) => Member.B64,
        _ when reader.ValueTextEquals("jwk"u8) => Member.Jwk,
        _ => Member.Other,
    };

    private static JwsProblem ProblemOf(Member member) => member switch
    {
        Member.Crit => JwsProblem.CriticalMember,
        Member.B64 => JwsProblem.UnencodedPayload,
        Member.Jwk => JwsProblem.EmbeddedKey,
        Member.Other => JwsProblem.UnknownMember,
        _ => JwsProblem.None,
    };

    /// <summary>Keeps the problem that comes first in the enum's order.</summary>
    private static void Note(ref JwsProblem problem, JwsProblem found)
    {
        if (found != JwsProblem.None && (problem == JwsProblem.None || found < problem))
        {
            problem = found;
        }
    }

    [Flags]
    private enum Member
    {
        None = 0,
        Alg = 1,
        Kid = 2,
        Typ = 4,
        Crit = 8,
        B64 = 16,
        Jwk = 32,
        Other = 64,
    }
}
