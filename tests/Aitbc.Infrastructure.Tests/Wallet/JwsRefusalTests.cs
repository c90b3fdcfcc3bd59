using System.Buffers.Text;
using System.Text;
using Aitbc.Infrastructure.Wallet;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Wallet;

public sealed class JwsRefusalTests
{
    private const string Kid = ForeignVectors.Thumbprint;
    private const string GoodHeader = $$"""{"alg":"ES256","kid":"{{Kid}}"}""";
    private static readonly string s_signature = Base64Url.EncodeToString(new byte[64]);

    [Theory]
    [InlineData(GoodHeader)]
    [InlineData($$"""{"kid":"{{Kid}}","alg":"ES256"}""")]
    [InlineData($$"""{"typ":"aitbc+jws","kid":"{{Kid}}","alg":"ES256"}""")]
    public void Header_ClosedSetInAnyOrder_IsRead(string header) =>
        Assert.Equal(JwsProblem.None, ProblemOfHeader(header));

    [Theory]
    [InlineData(JwsProblem.HeaderWhitespace, $$"""{"alg": "ES256","kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.HeaderWhitespace, $$"""{"alg":"ES256","kid":"{{Kid}}"}""" + "\n")]
    [InlineData(JwsProblem.HeaderWhitespace, "\t" + $$"""{"alg":"ES256","kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.HeaderWhitespace, "\r" + $$"""{"alg":"ES256","kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.HeaderNotJson, "")]
    [InlineData(JwsProblem.HeaderNotJson, "x")]
    [InlineData(JwsProblem.HeaderNotJson, "null")]
    [InlineData(JwsProblem.HeaderNotJson, "[]")]
    [InlineData(JwsProblem.HeaderNotJson, "\"ES256\"")]
    [InlineData(JwsProblem.HeaderNotJson, $$"""{"alg":"ES256","kid":"{{Kid}}"}{}""")]
    [InlineData(JwsProblem.HeaderNotJson, $$"""{"alg":"ES256","kid":"{{Kid}}",}""")]
    [InlineData(JwsProblem.HeaderNotJson, $$"""{"alg":"ES256","kid":"{{Kid}}",""")]
    [InlineData(JwsProblem.HeaderNotJson, $$"""{"alg":"ES256","kid":"{{Kid}}"/**/}""")]
    [InlineData(JwsProblem.HeaderNotJson, $$"""{"alg":"ES256","kid":"{{Kid}}","x":"é}""")]
    [InlineData(JwsProblem.HeaderEscape, $$"""{"alg":"\u0045S256","kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.HeaderEscape, $$"""{"\u0061lg":"ES256","kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.DuplicateMember, $$"""{"alg":"ES256","alg":"ES256","kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.DuplicateMember, $$"""{"alg":"ES256","kid":"{{Kid}}","kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.DuplicateMember, $$"""{"alg":"none","alg":"ES256","kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.DuplicateMember, $$"""{"alg":"ES256","kid":"{{Kid}}","crit":[],"crit":[]}""")]
    [InlineData(JwsProblem.CriticalMember, $$"""{"alg":"ES256","kid":"{{Kid}}","crit":["b64"],"b64":false}""")]
    [InlineData(JwsProblem.CriticalMember, $$"""{"alg":"ES256","kid":"{{Kid}}","crit":[]}""")]
    [InlineData(JwsProblem.UnencodedPayload, $$"""{"alg":"ES256","kid":"{{Kid}}","b64":false}""")]
    [InlineData(JwsProblem.UnencodedPayload, $$"""{"alg":"ES256","kid":"{{Kid}}","b64":true}""")]
    [InlineData(JwsProblem.EmbeddedKey, $$"""{"alg":"ES256","jwk":{"kty":"EC"},"kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.UnknownMember, $$"""{"alg":"ES256","kid":"{{Kid}}","jku":"https://x"}""")]
    [InlineData(JwsProblem.UnknownMember, $$"""{"alg":"ES256","kid":"{{Kid}}","x5c":["a"]}""")]
    [InlineData(JwsProblem.UnknownMember, $$"""{"alg":"ES256","kid":"{{Kid}}","cty":"json"}""")]
    [InlineData(JwsProblem.UnknownMember, $$"""{"alg":"ES256","kid":"{{Kid}}","":1}""")]
    [InlineData(JwsProblem.UnknownMember, $$"""{"ALG":"ES256","kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.AlgorithmMissing, $$"""{"kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.AlgorithmMissing, "{}")]
    [InlineData(JwsProblem.AlgorithmNotEs256, $$"""{"alg":"none","kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.AlgorithmNotEs256, $$"""{"alg":"None","kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.AlgorithmNotEs256, $$"""{"alg":"","kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.AlgorithmNotEs256, $$"""{"alg":"es256","kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.AlgorithmNotEs256, $$"""{"alg":"ES384","kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.AlgorithmNotEs256, $$"""{"alg":"HS256","kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.AlgorithmNotEs256, $$"""{"alg":null,"kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.AlgorithmNotEs256, $$"""{"alg":["ES256"],"kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.AlgorithmNotEs256, $$"""{"alg":{"alg":"ES256"},"kid":"{{Kid}}"}""")]
    [InlineData(JwsProblem.KeyIdMissing, """{"alg":"ES256"}""")]
    [InlineData(JwsProblem.KeyIdMalformed, """{"alg":"ES256","kid":""}""")]
    [InlineData(JwsProblem.KeyIdMalformed, """{"alg":"ES256","kid":"1"}""")]
    [InlineData(JwsProblem.KeyIdMalformed, $$"""{"alg":"ES256","kid":"{{Kid}}="}""")]
    [InlineData(JwsProblem.KeyIdMalformed, """{"alg":"ES256","kid":"oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-V"}""")]
    [InlineData(JwsProblem.KeyIdMalformed, """{"alg":"ES256","kid":1}""")]
    [InlineData(JwsProblem.KeyIdMalformed, """{"alg":"ES256","kid":{"a":[]}}""")]
    [InlineData(JwsProblem.KeyIdMalformed, """{"alg":"ES256","kid":4444444444444444444444444444444444444444444}""")]
    [InlineData(JwsProblem.TypeNotSupported, $$"""{"alg":"ES256","kid":"{{Kid}}","typ":"JWT"}""")]
    [InlineData(JwsProblem.TypeNotSupported, $$"""{"alg":"ES256","kid":"{{Kid}}","typ":null}""")]
    [InlineData(JwsProblem.TypeNotSupported, $$"""{"alg":"ES256","kid":"{{Kid}}","typ":{"alg":"none"}""" + "}")]
    public void Header_AnythingElse_HasItsOwnReason(JwsProblem expected, string header) =>
        Assert.Equal(expected, ProblemOfHeader(header));

    [Fact]
    public void Header_NotUtf8_IsRefused()
    {
        byte[] header = [.. "{\"alg\":\"ES256\",\"kid\":\""u8, .. new byte[] { 0xFF, 0xFE }, .. "\"}"u8];

        Assert.Equal(
            JwsProblem.KeyIdMalformed, ProblemOf($"{Base64Url.EncodeToString(header)}..{s_signature}"));
    }

    [Fact]
    public void Header_LimitAndOneOver_AreToldApart()
    {
        string filler = new('x', Jws.MaxHeaderSize - GoodHeader.Length - 7);
        string atLimit = $$"""{"alg":"ES256","kid":"{{Kid}}","x":"{{filler}}"}""";
        Assert.Equal(Jws.MaxHeaderSize, atLimit.Length);

        Assert.Equal(JwsProblem.UnknownMember, ProblemOfHeader(atLimit));
        Assert.Equal(JwsProblem.HeaderTooLong, ProblemOfHeader(atLimit.Replace("\"x\"", "\"xx\"")));
    }

    [Fact]
    public void Payload_LimitAndOneOver_AreToldApart()
    {
        string header = Encode(GoodHeader);
        string atLimit = Base64Url.EncodeToString(new byte[Jws.MaxPayloadSize]);
        string over = Base64Url.EncodeToString(new byte[Jws.MaxPayloadSize + 1]);

        Assert.Equal(JwsProblem.None, ProblemOf($"{header}.{atLimit}.{s_signature}"));
        Assert.Equal(JwsProblem.PayloadTooLong, ProblemOf($"{header}.{over}.{s_signature}"));
    }

    [Fact]
    public void Text_LongerThanAllLimitsTogether_IsNotLookedAt()
    {
        Assert.Equal(JwsProblem.PartCount, ProblemOf(new string('A', Jws.MaxCompactLength)));
        Assert.Equal(JwsProblem.TooLong, ProblemOf(new string('A', Jws.MaxCompactLength + 1)));
    }

    [Theory]
    [InlineData(JwsProblem.Whitespace, " {0}.{1}.{2}")]
    [InlineData(JwsProblem.Whitespace, "{0}.{1}.{2}\n")]
    [InlineData(JwsProblem.Whitespace, "{0}.\t{1}.{2}")]
    [InlineData(JwsProblem.Whitespace, "{0}\r.{1}.{2}=")]
    [InlineData(JwsProblem.Padding, "{0}=.{1}.{2}")]
    [InlineData(JwsProblem.Padding, "{0}.{1}.{2}==")]
    [InlineData(JwsProblem.PartCount, "")]
    [InlineData(JwsProblem.PartCount, "{0}")]
    [InlineData(JwsProblem.PartCount, "{0}.{1}")]
    [InlineData(JwsProblem.PartCount, "{0}.{1}.{2}.")]
    [InlineData(JwsProblem.PartCount, "{0}.{1}.{2}.{2}")]
    [InlineData(JwsProblem.PartCount, "....")]
    [InlineData(JwsProblem.InvalidCharacter, "{0}.+{1}.{2}")]
    [InlineData(JwsProblem.InvalidCharacter, "{0}./{1}.{2}")]
    [InlineData(JwsProblem.InvalidCharacter, "{0}.{1}é.{2}")]
    [InlineData(JwsProblem.InvalidCharacter, "{0}.{1}.{2}\0")]
    [InlineData(JwsProblem.InvalidCharacter, "{0}~.{1}.{2}")]
    [InlineData(JwsProblem.SignatureLength, "{0}.{1}.")]
    [InlineData(JwsProblem.SignatureLength, "{0}.{1}.{2}A")]
    [InlineData(JwsProblem.SignatureLength, "{0}.{1}.{1}")]
    [InlineData(JwsProblem.NotCanonical, "{0}AAA.{1}.{2}")]
    [InlineData(JwsProblem.NotCanonical, "{0}.A.{2}")]
    [InlineData(JwsProblem.NotCanonical, "{0}.{1}AAAAA.{2}")]
    [InlineData(JwsProblem.NotCanonical, "{0}.AB.{2}")]
    [InlineData(JwsProblem.NotCanonical, "{0}.AAB.{2}")]
    [InlineData(JwsProblem.NotCanonical, "{0}.AAAAAB.{2}")]
    [InlineData(JwsProblem.HeaderNotJson, ".{1}.{2}")]
    [InlineData(JwsProblem.None, "{0}.{1}.{2}")]
    [InlineData(JwsProblem.None, "{0}..{2}")]
    [InlineData(JwsProblem.None, "{0}.AA.{2}")]
    [InlineData(JwsProblem.None, "{0}.AAA.{2}")]
    public void Text_EachFault_HasItsOwnReason(JwsProblem expected, string pattern)
    {
        string compact = string.Format(null, pattern, Encode(GoodHeader), Encode("abc"), s_signature);

        Assert.Equal(expected, ProblemOf(compact));
    }

    [Fact]
    public void Signature_EverySpellingOfItsLastCharacter_OnlyOnePasses()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        string head = $"{Encode(GoodHeader)}..{s_signature[..^1]}";

        Assert.Equal(
            Alphabet.Where((_, i) => i % 16 == 0), Alphabet.Where(c => ProblemOf(head + c) == JwsProblem.None));
        Assert.Equal(JwsProblem.NotCanonical, ProblemOf(head + "B"));
    }

    [Fact]
    public void Every_single_character_change_is_refused_or_changes_what_is_carried()
    {
        byte[] good = Encoding.ASCII.GetBytes(ForeignVectors.JoseJws);
        Assert.True(Jws.TryParse(good, out JwsParts original, out _));
        for (int i = 0; i < good.Length; i++)
        {
            for (int b = 0; b <= byte.MaxValue; b++)
            {
                byte[] changed = [.. good];
                changed[i] = (byte)b;
                if (b != good[i] && Jws.TryParse(changed, out JwsParts parts, out _))
                {
                    Assert.False(
                        parts.HeaderText.Span.SequenceEqual(original.HeaderText.Span)
                        && parts.Payload.Span.SequenceEqual(original.Payload.Span)
                        && parts.Signature.Span.SequenceEqual(original.Signature.Span),
                        $"byte {b} at {i} is a second spelling of the same JWS");
                }
            }
        }
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static JwsProblem ProblemOfHeader(string header) =>
        ProblemOf($"{Encode(header)}.{Encode("{}")}.{s_signature}");

    private static JwsProblem ProblemOf(string compact)
    {
        bool read = Jws.TryParse(Encoding.UTF8.GetBytes(compact), out JwsParts parts, out JwsProblem problem);
        Assert.Equal(read, problem == JwsProblem.None);
        Assert.Equal(read, !parts.Signature.IsEmpty);
        return problem;
    }
}
