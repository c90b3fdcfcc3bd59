using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Wallet;

/// <summary>A passkey's proof in the one form that the journal keeps, and what of a payload it proves.</summary>
public sealed class PasskeyProofTests
{
    private const string Id = "xVc1yFPKmzYVNU5oyp63TwMuVc6Vi1dDbXaCXnXPGD8";

    private const string Payload = $$$"""
        {"chain":"aitbc:main","from":"{{{Id}}}","nonce":{"lane":0,"sequence":1},"validUntil":1767571260000,"epoch":0,
        "commands":[{"type":"agent.stop","agent":"{{{Id}}}"}]}
        """;

    private static readonly TestPasskey Passkey = new(new TestKey(new SeededRandom(5)));
    private static readonly byte[] Bytes = Encoding.ASCII.GetBytes(Payload);

    private static Digest Challenge =>
        PasskeyAssertion.ChallengeOf(new ChainId("aitbc:main"), Digest.Sha256(Bytes));

    /// <summary>Changes of a header that no reader takes.</summary>
    public static TheoryData<string, Func<string, string>> BadHeaders => new()
    {
        { "empty", _ => "" },
        { "a blank", h => h.Replace(":", ": ") },
        { "cut short", h => h[..^1] },
        { "something behind it", h => h + " " },
        { "another order", h => h.Replace("kid", "dik") },
        { "a member more", h => h.Replace("{", "{\"alg\":\"ES256\",") },
        { "a member less", h => h[..h.IndexOf(",\"clientDataJSON", StringComparison.Ordinal)] + "}" },
        { "a key id too short", h => h.Replace(h[8..51], h[8..50]) },
        { "padding", h => h.Replace("\",\"client", "=\",\"client") },
        { "a character of base64 alone", h => h.Replace("\",\"client", "+AAA\",\"client") },
        { "bits too many", h => h[..(h.IndexOf("\",\"client", StringComparison.Ordinal) - 1)] + "B"
            + h[h.IndexOf("\",\"client", StringComparison.Ordinal)..] },
        { "an escape", h => h.Replace("\",\"client", "\\u0041\",\"client") },
        { "larger than any", h => h.Replace("\"}", new string('A', 4_000) + "\"}") },
    };

    [Fact]
    public void What_is_written_is_read_back_the_same()
    {
        var answer = Passkey.Answer(Challenge);
        var header = PasskeyProof.WriteHeader(Passkey.Key.Id, answer);
        Assert.True(PasskeyProof.TryRead(header, PasskeyProof.BytesOf(answer.Signature), out var key, out var read));
        Assert.Equal((Passkey.Key.Id, answer), (key, read));
        Assert.False(PasskeyProof.TryRead(header, new byte[63], out _, out _));
        Assert.False(PasskeyProof.TryRead(header, new byte[65], out _, out _));
        var most = new PasskeyAssertion(
            new byte[PasskeyAssertion.MaxAuthenticatorDataSize], new byte[PasskeyAssertion.MaxClientDataSize], default);
        var largest = PasskeyProof.WriteHeader(Passkey.Key.Id, most);
        Assert.Equal(PasskeyProof.MaxHeaderSize, largest.Length);
        Assert.True(PasskeyProof.TryRead(largest, new byte[64], out _, out _));
    }

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void A_header_has_one_spelling(string what, Func<string, string> change)
    {
        var answer = Passkey.Answer(Challenge);
        var good = Encoding.ASCII.GetString(PasskeyProof.WriteHeader(Passkey.Key.Id, answer));
        var changed = change(good);
        Assert.NotEqual(good, changed);
        var signature = PasskeyProof.BytesOf(answer.Signature);
        var header = Encoding.ASCII.GetBytes(changed);
        Assert.False(PasskeyProof.TryRead(header, signature, out _, out _), what);
        Assert.False(SignedPayload.TryFromParts(ProofKind.WebAuthn, header, Bytes, signature, out _, out var problem));
        Assert.Equal("The proof is no passkey's, in its one spelling.", problem);
    }

    [Fact]
    public void A_proof_is_for_these_bytes_alone_and_carries_its_origin()
    {
        var answer = Passkey.Answer(Challenge);
        Assert.True(Try(Bytes, answer, out var signed, out _));
        Assert.Equal(
            (ProofKind.WebAuthn, Passkey.Key.Id, Passkey.Origin),
            (signed!.Payload.Proof, signed.Payload.Signer, signed.Payload.ProofOrigin));
        Assert.Equal(SignedPayload.DigestOf(signed.ProofHeader.Span, signed.Signature.Span), signed.ProofDigest);
        Assert.True(SignedPayload.TryFromParts(
            ProofKind.WebAuthn, signed.ProofHeader, Bytes, signed.Signature, out var again, out _));
        Assert.Equal(Passkey.Origin, again.Payload.ProofOrigin);
        for (var i = 0; i < Bytes.Length; i++)
        {
            var other = Bytes.ToArray();
            other[i] ^= 1;
            Assert.False(Try(other, answer, out _, out _), $"byte {i}");
        }
    }

    [Fact]
    public void Each_problem_of_an_assertion_is_told_and_a_payloads_own_is_not_one_of_them()
    {
        var chain = new ChainId("aitbc:main");
        (PasskeyProblem Problem, PasskeyAssertion Answer)[] cases =
        [
            (PasskeyProblem.WrongType, Passkey.Answer(Challenge, new PasskeyShape { Type = "webauthn.create" })),
            (PasskeyProblem.ChallengeMismatch, Passkey.Answer(Digest.Sha256(Bytes))),
            (PasskeyProblem.ChallengeMismatch, Passkey.Answer(
                PasskeyAssertion.ChallengeOf(new ChainId("aitbc:other"), Digest.Sha256(Bytes)))),
            (PasskeyProblem.ChallengeMismatch, Passkey.Answer(
                Protocol.Identity.KeyPossession.Challenge(chain, default, Passkey.Key.Public))),
            (PasskeyProblem.OriginNotAllowed, Passkey.Answer(
                Challenge, new PasskeyShape { Origin = "http://node.example" })),
            (PasskeyProblem.UserNotVerified, Passkey.Answer(Challenge, new PasskeyShape { Flags = 0x01 })),
        ];
        foreach (var (expected, answer) in cases)
        {
            Assert.False(Try(Bytes, answer, out _, out var found));
            Assert.Equal(expected, found);
        }

        Assert.False(Try(Bytes[..^1], Passkey.Answer(Challenge), out _, out var none));
        Assert.Equal(PasskeyProblem.None, none);
    }

    [Fact]
    public void A_signature_counts_under_its_own_kind_of_proof_and_key_alone()
    {
        using var verifier = new KeyVerifier();
        Assert.True(Try(Bytes, Passkey.Answer(Challenge), out var signed, out _));
        Assert.True(IsSigned(ProofKind.WebAuthn, Passkey.Key.Public));
        Assert.True(IsSigned(ProofKind.WebAuthn, Passkey.Key.Public));
        Assert.False(IsSigned(ProofKind.Jws, Passkey.Key.Public));
        Assert.False(IsSigned(ProofKind.Simulated, Passkey.Key.Public));
        Assert.False(IsSigned((ProofKind)9, Passkey.Key.Public));
        Assert.False(IsSigned(ProofKind.WebAuthn, new TestKey(new SeededRandom(6)).Public));
        Assert.False(IsSigned(ProofKind.WebAuthn, default));

        bool IsSigned(ProofKind kind, PublicKey key) => SignedPayload.IsSignedBy(
            verifier, key, kind, signed!.ProofHeader.Span, signed.Bytes.Span, signed.Signature.Span);
    }

    private static bool Try(
        byte[] payload, PasskeyAssertion answer, out SignedPayload? signed, out PasskeyProblem passkeyProblem) =>
        SignedPayload.TryFromPasskey(payload, Passkey.Key.Id, answer, out signed, out passkeyProblem, out _);
}
