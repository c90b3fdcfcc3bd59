using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Node.Hosting;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Wire;
using Aitbc.Testing;

namespace Aitbc.Node.Tests;

/// <summary>Payloads that passkeys prove, over HTTP: enrolled, used, and each refusal under its own code.</summary>
public sealed class PasskeyTests : IAsyncLifetime
{
    private const string MediaType = "application/vnd.aitbc.webauthn+json";
    private const int Person = 1;

    private readonly TestPasskey passkey = new(new TestKey(new SeededRandom(21)), "http://localhost:7420");
    private NodeFixture node = null!;
    private ulong sequence;

    public async Task InitializeAsync()
    {
        node = await NodeFixture.StartAsync();
        var assertion = passkey.Answer(Possession(node.Account(Person), passkey));
        var enrolled = await node.SendAsync(
            node.Sign(Person, new AddKey(passkey.Key.Public, null, assertion)));
        Assert.Equal(HttpStatusCode.OK, enrolled.StatusCode);
        sequence = 1;
    }

    public async Task DisposeAsync() => await node.DisposeAsync();

    [Fact]
    public async Task A_payload_with_a_passkeys_proof_takes_effect_once_however_often_it_is_sent()
    {
        var body = Body(Payload(node.Pay(2, 7)), passkey);
        var (first, second) = (await PostAsync(body), await PostAsync(body));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        var (one, two) = (await NodeFixture.JsonOf(first), await NodeFixture.JsonOf(second));
        Assert.Equal("applied", one.GetProperty("outcome").GetString());
        Assert.True(two.GetProperty("isDuplicate").GetBoolean());
        var entry = await node.GetAsync($"/v1/entries/{one.GetProperty("seq").GetUInt64()}");
        var header = Encoding.ASCII.GetString(
            Base64Url.DecodeFromChars(entry.GetProperty("proofHeader").GetString()!));
        Assert.StartsWith($"{{\"kid\":\"{passkey.Key.Id}\",\"authenticatorData\":", header, StringComparison.Ordinal);
        var account = await node.GetAsync($"/v1/accounts/{node.Account(Person)}");
        var known = Assert.Single(account.GetProperty("passkeys").EnumerateArray());
        Assert.Equal(
            ($"{passkey.Key.Id}", $"{passkey.Origin}"),
            (known.GetProperty("id").GetString(), known.GetProperty("origin").GetString()));
        Assert.Equal(2, account.GetProperty("keys").GetArrayLength());
    }

    [Fact]
    public async Task A_council_members_passkey_stops_all_by_the_way_of_stops_that_takes_nothing_else()
    {
        var council = new TestPasskey(new TestKey(new SeededRandom(22)), "http://localhost:7420");
        var assertion = council.Answer(Possession(node.Account(0), council));
        await node.SendAsync(node.Sign(0, new AddKey(council.Key.Public, null, assertion)));
        var payment = await PostAsync(Body(Payload(node.Pay(2)), passkey), "/v1/oversight");
        Assert.Equal((HttpStatusCode.BadRequest, "malformed"), await ProblemOf(payment));
        var stop = await PostAsync(Body(Payload(0, 2, new StopMarket(StopScope.All)), council), "/v1/oversight");
        Assert.Equal(HttpStatusCode.OK, stop.StatusCode);
        var held = await PostAsync(Body(Payload(node.Pay(2)), passkey));
        Assert.Equal((HttpStatusCode.Forbidden, "stopped"), await ProblemOf(held));
    }

    [Fact]
    public async Task Each_refused_proof_has_a_code_of_its_own_and_leaves_no_entry()
    {
        var payload = Payload(node.Pay(2));
        var (changed, elsewhere) = (Payload(node.Pay(3)), new TestPasskey(passkey.Key, "http://localhost:7421"));
        var stranger = new TestPasskey(new TestKey(new SeededRandom(23)), "http://localhost:7420");
        var bad = HttpStatusCode.BadRequest;
        var no = HttpStatusCode.Unauthorized;
        var own = node.Key(Person).Id;
        (HttpStatusCode Status, string Code, string Body)[] cases =
        [
            (bad, "passkeyClientDataTooLong", With(new PasskeyShape { Rest = new string(' ', 1_024) })),
            (bad, "passkeyClientDataMalformed", With(new PasskeyShape { Rest = "," })),
            (bad, "passkeyExtensionsPresent", With(new PasskeyShape { Flags = 0x85, Tail = [0xA0] })),
            (bad, "passkeyAuthenticatorDataMalformed", With(new PasskeyShape { Tail = [0] })),
            (bad, "passkeyWrongType", With(new PasskeyShape { Type = "webauthn.create" })),
            (no, "passkeyChallengeMismatch", Body(changed, passkey, signs: payload)),
            (no, "passkeyOriginNotAllowed", With(new PasskeyShape { Origin = "http://127.0.0.1:7420" })),
            (no, "passkeyCrossOrigin", With(new PasskeyShape { Rest = ",\"crossOrigin\":true" })),
            (no, "passkeyWrongRelyingParty", With(new PasskeyShape { RelyingParty = "evil.example" })),
            (no, "passkeyUserNotPresent", With(new PasskeyShape { Flags = 0x04 })),
            (no, "passkeyUserNotVerified", With(new PasskeyShape { Flags = 0x01 })),
            (no, "passkeyNotEnrolled", Body(payload, passkey, kid: own)),
            (no, "passkeyOtherOrigin", Body(payload, elsewhere)),
            (no, "passkeyWrongSignature", Body(payload, stranger, kid: passkey.Key.Id)),
            (no, "keyNotPresent", Body(payload, stranger)),
            (bad, "malformed", Body("{}"u8.ToArray(), passkey)),
            (HttpStatusCode.Conflict, "nonceGap", Body(Payload(Person, 99, node.Pay(2)), passkey)),
        ];
        var before = node.Ledger.View.Seq;
        foreach (var (status, code, body) in cases)
        {
            Assert.Equal((status, code), await ProblemOf(await PostAsync(body)));
        }

        Assert.Equal(before, node.Ledger.View.Seq);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(Body(payload, passkey))).StatusCode);

        string With(PasskeyShape shape) => Body(payload, passkey, shape: shape);
    }

    [Fact]
    public async Task A_body_of_another_form_is_a_bad_request()
    {
        var good = JsonNode.Parse(Body(Payload(node.Pay(2)), passkey))!;
        (string What, Action<JsonObject> Change)[] changes =
        [
            ("no payload", body => body.Remove("payload")),
            ("no proof", body => body.Remove("proof")),
            ("one more", body => body["more"] = 1),
            ("proof is null", body => body["proof"] = null),
            ("no kid", body => body["proof"]!.AsObject().Remove("kid")),
            ("kid is no thumbprint", body => body["proof"]!["kid"] = "x"),
            ("padding", body => body["proof"]!["authenticatorData"] = "AAA="),
            ("blank", body => body["payload"] = " " + body["payload"]),
            ("not base64url", body => body["proof"]!["clientDataJSON"] = "+/+/"),
            ("a number", body => body["payload"] = 7),
            ("DER", body => body["proof"]!["signature"] = Base64Url.EncodeToString(new byte[71])),
        ];
        foreach (var (what, change) in changes)
        {
            var body = good.DeepClone().AsObject();
            change(body);
            Assert.Equal(
                (what, HttpStatusCode.BadRequest, "badRequest"), Named(what, await PostAsync(body.ToJsonString())));
        }

        var doubled = good.ToJsonString().Replace("{\"payload", "{\"payload\":\"\",\"payload");
        foreach (var text in new[] { "", "[]", "null", "{", doubled })
        {
            Assert.Equal((text, HttpStatusCode.BadRequest, "badRequest"), Named(text, await PostAsync(text)));
        }

        (string, HttpStatusCode, string) Named(string what, HttpResponseMessage response)
        {
            var (status, code) = ProblemOf(response).GetAwaiter().GetResult();
            return (what, status, code);
        }
    }

    [Fact]
    public async Task The_faucet_opens_an_account_on_a_passkey_for_the_operator_alone()
    {
        using var faucet = new Faucet(node.Keys.Load(node.Key(3).Id));
        await using var funded = await NodeServer.StartAsync(
            new NodeOptions { Port = 0, Faucet = faucet }, node.Ledger, TimeProvider.System, _ => { }, default);
        using var client = new HttpClient { BaseAddress = funded.Url };
        var newcomer = new TestPasskey(new TestKey(new SeededRandom(24)), $"http://localhost:{funded.Url.Port}");
        var good = newcomer.Answer(Possession(faucet.Sponsor, newcomer));
        Assert.Equal(HttpStatusCode.Forbidden, (await FundAsync(good)).StatusCode);
        await client.GetAsync($"/?token={funded.Sessions.NewOneTime()}");
        var unverified = newcomer.Answer(
            Possession(faucet.Sponsor, newcomer), new PasskeyShape { Flags = 0x01 });
        Assert.Equal(
            (HttpStatusCode.Unauthorized, "passkeyUserNotVerified"), await ProblemOf(await FundAsync(unverified)));
        var elsewhere = newcomer.Answer(Possession(node.Account(2), newcomer));
        Assert.Equal(
            (HttpStatusCode.Unauthorized, "passkeyChallengeMismatch"), await ProblemOf(await FundAsync(elsewhere)));
        Assert.Equal(HttpStatusCode.OK, (await FundAsync(good)).StatusCode);
        Assert.Equal((HttpStatusCode.Conflict, "accountExists"), await ProblemOf(await FundAsync(good)));
        var account = (AccountId)newcomer.Key.Id;
        Assert.Equal(newcomer.Origin, node.Ledger.View.Read(state => state.OriginOf(account, newcomer.Key.Id)));

        Task<HttpResponseMessage> FundAsync(PasskeyAssertion assertion) => client.PostAsJsonAsync(
            "/v1/faucet",
            new { key = newcomer.Key.Public, amount = "5", passkey = Answer(assertion) });
    }

    private static async Task<(HttpStatusCode Status, string Code)> ProblemOf(HttpResponseMessage response) =>
        (response.StatusCode, (await NodeFixture.JsonOf(response)).GetProperty("code").GetString()!);

    private static Dictionary<string, string> Answer(PasskeyAssertion assertion) => new()
    {
        ["authenticatorData"] = Base64Url.EncodeToString(assertion.AuthenticatorData.Span),
        ["clientDataJSON"] = Base64Url.EncodeToString(assertion.ClientData.Span),
        ["signature"] = Base64Url.EncodeToString(PasskeyProof.BytesOf(assertion.Signature)),
    };

    private Digest Possession(AccountId sponsor, TestPasskey one) =>
        Protocol.Identity.KeyPossession.Challenge(node.Ledger.Genesis.Chain, sponsor, one.Key.Public);

    private string Body(
        byte[] payload, TestPasskey by, KeyId? kid = null, PasskeyShape? shape = null, byte[]? signs = null)
    {
        var challenge = PasskeyAssertion.ChallengeOf(node.Ledger.Genesis.Chain, Digest.Sha256(signs ?? payload));
        var proof = Answer(by.Answer(challenge, shape));
        proof["kid"] = $"{kid ?? by.Key.Id}";
        return JsonSerializer.Serialize(new { payload = Base64Url.EncodeToString(payload), proof });
    }

    private byte[] Payload(params Command[] commands) => Payload(Person, sequence + 1, commands);

    private byte[] Payload(int from, ulong place, params Command[] commands)
    {
        var buffer = new ArrayBufferWriter<byte>();
        PayloadCodec.Write(
            new ClientPayload
            {
                Chain = node.Ledger.Genesis.Chain,
                From = node.Account(from),
                Lane = 0,
                Sequence = place,
                ValidUntil = new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 600_000),
                Epoch = node.Ledger.View.Read(state => state.Globals.StopEpoch),
                Commands = commands,
                Proof = ProofKind.WebAuthn,
                Signer = default,
                PayloadDigest = default,
            },
            buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private Task<HttpResponseMessage> PostAsync(string body, string path = "/v1/commands")
    {
        var content = new StringContent(body);
        content.Headers.ContentType = new(MediaType);
        return node.Client.PostAsync(path, content);
    }
}
