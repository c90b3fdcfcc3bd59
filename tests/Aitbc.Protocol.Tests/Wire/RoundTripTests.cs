using System.Buffers;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;
using Xunit;

namespace Aitbc.Protocol.Tests.Wire;

public sealed class RoundTripTests
{
    private const ulong Seed = 0xA17BC;

    public static TheoryData<CommandKind> Kinds => [.. Enum.GetValues<CommandKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Write_AndParse_GiveEveryCommandBackExactly(CommandKind kind)
    {
        var random = new SeededRandom(Seed).Fork(kind.ToString());
        var entries = new RandomEntries(random);
        for (var i = 0; i < 300; i++)
        {
            var payload = entries.Payload([entries.Command(kind)]);
            AssertRoundTrip(payload, $"seed {Seed}, {kind}, round {i}");
        }
    }

    [Fact]
    public void Write_AndParse_GiveBatchesBackExactly()
    {
        var entries = new RandomEntries(new SeededRandom(Seed).Fork("batch"));
        for (var i = 0; i < 300; i++)
        {
            AssertRoundTrip(entries.Payload(mostCommands: 12), $"seed {Seed}, round {i}");
        }
    }

    [Fact]
    public void Write_AndParse_GiveInputsBackExactly()
    {
        var entries = new RandomEntries(new SeededRandom(Seed).Fork("inputs"));
        for (var i = 0; i < 2000; i++)
        {
            var input = entries.Input();
            var bytes = Bytes(input);
            Assert.Null(InputCodec.TryParse(bytes, out var read));
            Assert.Equal(input.GetType(), read.GetType());
            Assert.Equal(Encoding.ASCII.GetString(bytes), Encoding.ASCII.GetString(Bytes(read)));
            Assert.Equal(Shown.Of(input), Shown.Of(read));
        }
    }

    [Fact]
    public void Write_OfATransfer_GivesTheDocumentedForm()
    {
        var id = AccountId.From(Digest.Sha256("a"u8).AsSpan());
        var payload = new ClientPayload
        {
            Chain = new ChainId("sim:test"),
            From = id,
            Lane = 3,
            Sequence = 7,
            ValidUntil = new Timestamp(1_764_000_000_000),
            Epoch = 2,
            Commands = [new Accounts.Transfer(id, TokenAmount.OneToken)],
            Proof = ProofKind.Jws,
            Signer = default,
            PayloadDigest = default,
        };
        Assert.Equal(
            """{"chain":"sim:test","from":"ID","nonce":{"lane":3,"sequence":7},"validUntil":1764000000000,"epoch":2,"""
                .Replace("ID", id.ToString())
            + $$"""  "commands":[{"type":"transfer","to":"{{id}}","amount":"1000000000000000000"}]}""".TrimStart(),
            Encoding.ASCII.GetString(Bytes(payload)));
    }

    [Fact]
    public void TryParse_TakesTheDigestOfTheBytesAsTheyAre()
    {
        var bytes = Bytes(new RandomEntries(new SeededRandom(Seed)).Payload());
        byte[] spaced = [.. " "u8, .. bytes, .. "\n"u8];
        Assert.Null(PayloadCodec.TryParse(spaced, ProofKind.Jws, default, out var payload));
        Assert.Equal(Digest.Sha256(spaced), payload.PayloadDigest);

        var given = Digest.Sha256("given"u8);
        Assert.Null(PayloadCodec.TryParse(bytes, ProofKind.Jws, default, given, null, out payload));
        Assert.Equal(given, payload.PayloadDigest);
    }

    [Fact]
    public void TryParse_WithTheExpectedChain_SharesItsInstanceAndReadsOthersAllTheSame()
    {
        var payload = new RandomEntries(new SeededRandom(Seed)).Payload();
        var bytes = Bytes(payload);
        Assert.Null(PayloadCodec.TryParse(bytes, ProofKind.Jws, default, null, payload.Chain, out var same));
        Assert.Same(payload.Chain, same.Chain);
        Assert.Null(PayloadCodec.TryParse(bytes, ProofKind.Jws, default, null, new ChainId("other"), out var other));
        Assert.Equal(payload.Chain, other.Chain);
    }

    internal static byte[] Bytes(ClientPayload payload)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(PayloadCodec.Write(payload, output), output.WrittenCount);
        return output.WrittenSpan.ToArray();
    }

    internal static byte[] Bytes(SystemInput input)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(InputCodec.Write(input, output), output.WrittenCount);
        return output.WrittenSpan.ToArray();
    }

    private static void AssertRoundTrip(ClientPayload payload, string where)
    {
        var bytes = Bytes(payload);
        var problem = PayloadCodec.TryParse(bytes, payload.Proof, payload.Signer, out var read);
        Assert.True(problem is null, $"{where}: {problem}");
        Assert.True(bytes.AsSpan().SequenceEqual(Bytes(read)), $"{where}: other bytes");
        Assert.True(Shown.Of(payload) == Shown.Of(read), $"{where}:\n{Shown.Of(payload)}\n{Shown.Of(read)}");
        Assert.Equal(Digest.Sha256(bytes), read.PayloadDigest);
        Assert.Equal((payload.Proof, payload.Signer), (read.Proof, read.Signer));
    }
}
