using System.Buffers.Text;
using System.Text;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Wire;
using Kind = Aitbc.Protocol.Wire.PayloadProblemKind;

namespace Aitbc.Protocol.Tests.Wire;

/// <summary>A signature has one text: of all that decode to its bytes, only the canonical one is taken, so that no
/// stranger makes a second payload of a first one.</summary>
public sealed class SignatureTextTests
{
    private const string Id = "ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs";

    // 0xFB 0xFF repeated gives both letters in which base64url and base64 differ.
    private static readonly string s_sound = Base64Url.EncodeToString(
        Enumerable.Range(0, 64).Select(i => (byte)(i % 2 == 0 ? 0xFB : 0xFF)).ToArray());

    [Fact]
    public void The_canonical_text_is_read_back_byte_for_byte()
    {
        Assert.Equal(86, s_sound.Length);
        Assert.Contains('-', s_sound);
        Assert.Contains('_', s_sound);
        Assert.Null(Parse(s_sound, out var signature));
        byte[] bytes = [.. signature!.Value.High.AsSpan(), .. signature.Value.Low.AsSpan()];
        Assert.Equal(s_sound, Base64Url.EncodeToString(bytes));
    }

    [Theory]
    [InlineData('B')]
    [InlineData('R')]
    [InlineData('h')]
    [InlineData('x')]
    [InlineData('_')]
    public void Trailing_bits_that_carry_nothing_are_zero(char last) => AssertBad(s_sound[..^1] + last);

    [Fact]
    public void Each_last_letter_that_carries_nothing_beyond_64_bytes_is_taken_and_no_other()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var taken = Alphabet.Where(last => Parse(s_sound[..^1] + last, out _) is null);
        Assert.Equal("AQgw", string.Concat(taken));
    }

    [Fact]
    public void Padding_is_refused()
    {
        AssertBad(s_sound + "=");
        AssertBad(s_sound + "==");
        AssertBad(s_sound[..^1] + "=");
        AssertBad(s_sound[..^2] + "==");
    }

    [Fact]
    public void The_other_alphabet_is_refused()
    {
        AssertBad(s_sound.Replace('-', '+'));
        AssertBad(s_sound.Replace('_', '/'));
        AssertBad(s_sound.Replace('_', '.'));
    }

    [Fact]
    public void Another_length_is_refused()
    {
        foreach (var size in new[] { 0, 1, 62, 63, 65, 66, 96 })
        {
            AssertBad(Base64Url.EncodeToString(new byte[size]));
        }

        AssertBad(s_sound[..^1]);
        AssertBad(s_sound + "A");
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\\n")]
    [InlineData("\\u0041")]
    public void Blanks_and_escapes_are_refused(string between)
    {
        AssertBad(s_sound[..10] + between + s_sound[10..]);
        AssertBad(s_sound[..10] + between + s_sound[(10 + between.Length)..]);
        AssertBad(s_sound + between);
        AssertBad(between + s_sound);
    }

    [Fact]
    public void Blanks_that_fill_a_shorter_signature_up_to_its_length_are_refused()
    {
        var shorter = Base64Url.EncodeToString(new byte[63]);
        AssertBad(shorter + "  ");
        AssertBad("  " + shorter);
    }

    private static void AssertBad(string text)
    {
        var problem = Parse(text, out _);
        Assert.True(problem is not null, $"taken: {text}");
        Assert.Equal((Kind.BadText, "commands[0].possession"), (problem.Kind, problem.Path));
        Assert.Equal(Outcome.Malformed, problem.ToOutcome());
    }

    private static PayloadProblem? Parse(string text, out Signature? signature)
    {
        var json = $$"""{"chain":"sim:a","from":"{{Id}}","nonce":{"lane":0,"sequence":1},"validUntil":9,"epoch":0,"""
            + $$""" "commands":[{"type":"key.add","key":{"kty":"EC","crv":"P-256","x":"{{Id}}","y":"{{Id}}"},"""
            + $$""" "possession":"{{text}}"}]}""";
        var problem = PayloadCodec.TryParse(Encoding.UTF8.GetBytes(json), ProofKind.Jws, default, out var payload);
        signature = (payload?.Commands[0] as AddKey)?.Possession;
        return problem;
    }
}
