using System.Text;
using Aitbc.Protocol.Identity;

namespace Aitbc.Protocol.Tests.Passkeys;

/// <summary>What of an assertion is refused without looking at any state, and why.</summary>
public sealed class AssertionTests
{
    private static readonly Digest Challenge = Digest.Sha256("challenge"u8);
    private static readonly TestPasskey Passkey = new(new TestKey(new SeededRandom(1)));

    /// <summary>Client data that is none, from the challenge's text.</summary>
    public static TheoryData<string, Func<string, string>> BadClientData => new()
    {
        { "empty", _ => "" },
        { "no object", c => $"\"{c}\"" },
        { "an array", c => $"[{Good(c)}]" },
        { "cut short", c => Good(c)[..^1] },
        { "two objects", c => Good(c) + Good(c) },
        { "something behind it", c => Good(c) + "x" },
        { "a comment", c => Good(c).Replace("{", "{/**/") },
        { "a comma too many", c => Good(c).Replace("}", ",}") },
        { "a byte order mark", c => "\uFEFF" + Good(c) },
        { "no type", c => Good(c).Replace("\"type\":\"webauthn.get\",", "") },
        { "no challenge", c => Good(c).Replace($"\"challenge\":\"{c}\",", "") },
        { "no origin", c => Good(c).Replace($",\"origin\":\"{TestPasskey.Home}\"", "") },
        { "two types", c => Good(c).Replace("}", ",\"type\":\"webauthn.get\"}") },
        { "two challenges", c => Good(c).Replace("}", $",\"challenge\":\"{c}\"}}") },
        { "two origins", c => Good(c).Replace("}", $",\"origin\":\"{TestPasskey.Home}\"}}") },
        { "two frames", c => Good(c).Replace("}", ",\"crossOrigin\":false}") },
        { "an empty challenge", c => Good(c).Replace(c, "") },
        { "type is a number", c => Good(c).Replace("\"webauthn.get\"", "1") },
        { "origin is null", c => Good(c).Replace($"\"{TestPasskey.Home}\"", "null") },
        { "challenge is an object", c => Good(c).Replace($"\"{c}\"", "{}") },
        { "frame is a text", c => Good(c).Replace("false", "\"false\"") },
        { "frame is null", c => Good(c).Replace("false", "null") },
        { "an escape in the type", c => Good(c).Replace("webauthn.get", "\\u0077ebauthn.get") },
        { "an escape in the origin", c => Good(c).Replace("https://", "https:\\/\\/") },
        { "an escape in the challenge", c => Good(c).Replace(c, $"\\u{(int)c[0]:x4}{c[1..]}") },
        { "an escape in a name", c => Good(c).Replace("\"origin\"", "\"o\\u0072igin\"") },
        { "a second origin under an escape", c => Good(c).Replace("}", ",\"o\\u0072igin\":\"https://evil\"}") },
        { "deeper than is taken", c => Good(c).Replace("}", ",\"x\":[[[[1]]]]}") },
    };

    /// <summary>Origins from which no passkey is taken.</summary>
    public static TheoryData<string> BadOrigins =>
    [
        "http://node.example", "https://", "https://:443", "https://node.example/", "https://node.example/path",
        "https://user@node.example", "https://NODE.example", "https://node..example", "https://.example",
        "https://node.example.", "https://-node.example", "https://node-", "https://node.example:",
        "HTTPS://node.example",
        "https://node.example:0", "https://node.example:080", "https://node.example:65536",
        "https://node.example:123456",
        "https://node.example:8a", "https://127.0.0.1", "http://127.0.0.1:7420", "https://[::1]", "http://[::1]:7420",
        "http://localhost.evil.example", "http://localhostx", "http://a.localhost", "http://localhost/",
        "android:apk-key-hash:abc", "file://", "null", "https://n\u00f6de.example", "https://node_x.example",
        "https://1",
        $"https://{new string('a', 254)}", " https://node.example", "https://node.example:80:80",
    ];

    [Theory]
    [InlineData("https://node.example")]
    [InlineData("https://node.example:8443")]
    [InlineData("https://localhost:7420")]
    [InlineData("https://localhost")]
    [InlineData("http://localhost")]
    [InlineData("http://localhost:7420")]
    [InlineData("https://xn--nde-fma.example:65535")]
    [InlineData("https://1.2.3.4a")]
    public void An_honest_assertion_is_taken_and_bound_to_its_origin(string origin)
    {
        var passkey = new TestPasskey(Passkey.Key, origin);
        Assert.Equal(PasskeyProblem.None, passkey.Answer(Challenge).Check(Challenge, out var found));
        Assert.Equal(passkey.Origin, found);
        Assert.True(passkey.Answer(Challenge).IsSignedBy(Passkey.Key.Public));
    }

    [Fact]
    public void What_browsers_may_add_is_passed_over()
    {
        const string Chromium = ",\"crossOrigin\":false,\"other_keys_can_be_added_here\":\"do not compare "
            + "clientDataJSON against a template. See https://goo.gl/yabPex\"";
        foreach (var rest in new[]
        {
            Chromium, string.Empty, ",\"crossOrigin\":false,\"x\":{\"origin\":\"https://evil\",\"y\":[1]}",
            ",\"extra\":\"a\\\"b\",\"extra\":null", " , \"tokenBinding\" : {\"status\":\"supported\"} ",
        })
        {
            var answer = Passkey.Answer(Challenge, new PasskeyShape { Rest = rest });
            Assert.Equal(PasskeyProblem.None, answer.Check(Challenge, out _));
        }

        var reordered = Passkey.Answer(Challenge, new PasskeyShape
        {
            ClientData = c => $$"""{"origin":"{{TestPasskey.Home}}","challenge":"{{c}}","type":"webauthn.get"}""",
        });
        Assert.Equal(PasskeyProblem.None, reordered.Check(Challenge, out _));
    }

    [Theory]
    [MemberData(nameof(BadClientData))]
    public void Client_data_of_another_form_is_refused(string what, Func<string, string> client) => Assert.Equal(
        (what, PasskeyProblem.ClientDataMalformed), (what, Found(new PasskeyShape { ClientData = client })));

    [Fact]
    public void Client_data_that_is_no_text_is_refused()
    {
        var good = Passkey.Answer(Challenge);
        var bytes = Encoding.UTF8.GetBytes(Good($"{Challenge}").Replace("}", ",\"x\":\"?\"}"));
        bytes[Array.IndexOf(bytes, (byte)'?')] = 0xFF;
        var broken = new PasskeyAssertion(good.AuthenticatorData, bytes, good.Signature);
        Assert.Equal(PasskeyProblem.ClientDataMalformed, broken.Check(Challenge, out _));
    }

    [Fact]
    public void Client_data_has_a_largest_size()
    {
        var room = PasskeyAssertion.MaxClientDataSize - Good($"{Challenge}").Length - ",\"x\":\"\"".Length;
        Assert.Equal(PasskeyProblem.None, Found(Padded(room)));
        Assert.Equal(PasskeyProblem.ClientDataTooLong, Found(Padded(room + 1)));

        static PasskeyShape Padded(int count) => new()
        {
            ClientData = c => Good(c).Replace("}", $",\"x\":\"{new string('a', count)}\"}}"),
        };
    }

    [Theory]
    [InlineData("webauthn.create")]
    [InlineData("webauthn.Get")]
    [InlineData("webauthn.get ")]
    [InlineData("payment.get")]
    public void Another_ceremony_is_refused(string type) =>
        Assert.Equal(PasskeyProblem.WrongType, Found(new PasskeyShape { Type = type }));

    [Fact]
    public void Another_challenge_is_refused_in_every_spelling()
    {
        Assert.Equal(
            PasskeyProblem.ChallengeMismatch,
            Passkey.Answer(Digest.Sha256("other"u8)).Check(Challenge, out var origin));
        Assert.True(origin.IsZero);
        foreach (var change in new Func<string, string>[] { c => c + "=", c => c[..^1], c => c.ToUpperInvariant() })
        {
            Assert.Equal(
                PasskeyProblem.ChallengeMismatch, Found(new PasskeyShape { ClientData = c => Good(change(c)) }));
        }
    }

    [Theory]
    [MemberData(nameof(BadOrigins))]
    public void Another_kind_of_origin_is_refused(string origin) => Assert.Equal(
        (origin, PasskeyProblem.OriginNotAllowed),
        (origin, Found(new PasskeyShape { Origin = origin, RelyingParty = "node.example" })));

    [Theory]
    [InlineData(",\"crossOrigin\":true")]
    [InlineData(",\"crossOrigin\":true,\"topOrigin\":\"https://evil.example\"")]
    [InlineData(",\"crossOrigin\":false,\"topOrigin\":\"https://evil.example\"")]
    [InlineData(",\"topOrigin\":null")]
    public void A_page_inside_a_foreign_page_is_refused(string rest) =>
        Assert.Equal(PasskeyProblem.CrossOrigin, Found(new PasskeyShape { Rest = rest }));

    [Theory]
    [InlineData("example")]
    [InlineData("evil.example")]
    [InlineData("https://node.example")]
    public void A_passkey_of_another_name_is_refused(string party) =>
        Assert.Equal(PasskeyProblem.WrongRelyingParty, Found(new PasskeyShape { RelyingParty = party }));

    [Theory]
    [InlineData(0x05, PasskeyProblem.None)]
    [InlineData(0x0D, PasskeyProblem.None)]
    [InlineData(0x1D, PasskeyProblem.None)]
    [InlineData(0x00, PasskeyProblem.UserNotPresent)]
    [InlineData(0x04, PasskeyProblem.UserNotPresent)]
    [InlineData(0x01, PasskeyProblem.UserNotVerified)]
    [InlineData(0x19, PasskeyProblem.UserNotVerified)]
    [InlineData(0x15, PasskeyProblem.AuthenticatorDataMalformed)]
    [InlineData(0x07, PasskeyProblem.AuthenticatorDataMalformed)]
    [InlineData(0x25, PasskeyProblem.AuthenticatorDataMalformed)]
    [InlineData(0x45, PasskeyProblem.AuthenticatorDataMalformed)]
    [InlineData(0x85, PasskeyProblem.ExtensionsPresent)]
    [InlineData(0xC5, PasskeyProblem.ExtensionsPresent)]
    public void Flags_say_that_a_verified_user_was_there_and_nothing_unknown(byte flags, PasskeyProblem problem) =>
        Assert.Equal(problem, Found(new PasskeyShape { Flags = flags }));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(36)]
    [InlineData(38)]
    [InlineData(PasskeyAssertion.MaxAuthenticatorDataSize)]
    public void Authenticator_data_has_one_size(int size)
    {
        var good = Passkey.Answer(Challenge);
        var data = new byte[size];
        good.AuthenticatorData.Span[..Math.Min(size, good.AuthenticatorData.Length)].CopyTo(data);
        Assert.Equal(
            PasskeyProblem.AuthenticatorDataMalformed,
            new PasskeyAssertion(data, good.ClientData, good.Signature).Check(Challenge, out _));
        var extended = Passkey.Answer(Challenge, new PasskeyShape { Flags = 0x85, Tail = [0xA0] });
        Assert.Equal(PasskeyProblem.ExtensionsPresent, extended.Check(Challenge, out _));
    }

    [Fact]
    public void The_counter_is_not_looked_at()
    {
        Assert.Equal(PasskeyProblem.None, Found(new PasskeyShape { Counter = 0 }));
        Assert.Equal(PasskeyProblem.None, Found(new PasskeyShape { Counter = 255 }));
    }

    [Fact]
    public void A_signature_covers_every_byte_of_both_parts()
    {
        var good = Passkey.Answer(Challenge);
        for (var i = 0; i < good.AuthenticatorData.Length + good.ClientData.Length; i++)
        {
            var (data, client) = (good.AuthenticatorData.ToArray(), good.ClientData.ToArray());
            (i < data.Length ? data : client)[i < data.Length ? i : i - data.Length] ^= 1;
            Assert.False(new PasskeyAssertion(data, client, good.Signature).IsSignedBy(Passkey.Key.Public));
        }

        Assert.False(good.IsSignedBy(new TestKey(new SeededRandom(2)).Public));
        var swapped = new Signature(good.Signature.Low, good.Signature.High);
        Assert.False(new PasskeyAssertion(good.AuthenticatorData, good.ClientData, swapped).IsSignedBy(
            Passkey.Key.Public));
    }

    [Fact]
    public void A_challenge_names_purpose_chain_and_bytes()
    {
        var digest = Digest.Sha256("payload"u8);
        byte[] expected = [.. "aitbc/webauthn/1\0aitbc:main\0"u8, .. digest.AsSpan()];
        Assert.Equal(Digest.Sha256(expected), PasskeyAssertion.ChallengeOf(new ChainId("aitbc:main"), digest));
        var longest = new ChainId(new string('c', ChainId.MaxLength));
        byte[] most = [.. "aitbc/webauthn/1\0"u8, .. longest.Utf8, 0, .. digest.AsSpan()];
        Assert.Equal(Digest.Sha256(most), PasskeyAssertion.ChallengeOf(longest, digest));
    }

    [Fact]
    public void Every_problem_says_something_of_its_own()
    {
        var said = Enum.GetValues<PasskeyProblem>().Select(problem => problem.ToSentence()).ToList();
        Assert.Equal(said.Count, said.Distinct().Count());
        Assert.All(said, sentence => Assert.EndsWith(".", sentence, StringComparison.Ordinal));
    }

    private static string Good(string challenge) => $$"""
        {"type":"webauthn.get","challenge":"{{challenge}}","origin":"{{TestPasskey.Home}}","crossOrigin":false}
        """;

    private static PasskeyProblem Found(PasskeyShape shape) => Passkey.Answer(Challenge, shape).Check(Challenge, out _);
}
