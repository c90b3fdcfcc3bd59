using System.Buffers;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Wire;

namespace Aitbc.Protocol.Tests.Wire;

/// <summary>What has no form on the wire is not written: the writer never makes what the reader refuses.</summary>
public sealed class CanonicalFormTests
{
    private const long TooLarge = 1L << 53;

    private static readonly LedgerFixture Chain = new(5);
    private static readonly Transfer Sound = new(Chain.People[1].Id, TokenAmount.OneToken);

    [Fact]
    public void Write_OfNumbersOutsideTheirRange_Throws()
    {
        AssertWritten(Payload(Sound));
        AssertWritten(Payload(int.MaxValue, TooLarge - 1, TooLarge - 1, TooLarge - 1));
        AssertRefused(Payload(lane: -1));
        AssertRefused(Payload(sequence: TooLarge));
        AssertRefused(Payload(sequence: ulong.MaxValue));
        AssertRefused(Payload(validUntilMs: -1));
        AssertRefused(Payload(validUntilMs: TooLarge));
        AssertRefused(Payload(epoch: TooLarge));
        AssertRefused(Payload(new Aitbc.Protocol.Blobs.DeclareBlob(default, TooLarge, 1)));
    }

    [Fact]
    public void Write_OfNoCommandsOrTooMany_Throws()
    {
        AssertWritten(Payload(Enumerable.Repeat<Command>(Sound, ClientPayload.MaxCommands).ToArray()));
        AssertRefused(Payload(Enumerable.Repeat<Command>(Sound, ClientPayload.MaxCommands + 1).ToArray()));
        AssertRefused(Payload(Array.Empty<Command>()));
    }

    [Fact]
    public void Write_OfTooManyBytes_Throws()
    {
        var large = Register(guardians: [.. Enumerable.Repeat(Sound.To, AccountSet.Length)]);
        AssertWritten(Payload(Enumerable.Repeat<Command>(large, 200).ToArray()));
        AssertRefused(Payload(Enumerable.Repeat<Command>(large, ClientPayload.MaxCommands).ToArray()));
    }

    [Fact]
    public void Write_OfListsThatAreTooLongOrNameAThingTwice_Throws()
    {
        AssertWritten(Payload(Register()));
        AssertRefused(Payload(Register(guardians: [.. Enumerable.Repeat(Sound.To, AccountSet.Length + 1)])));
        AssertRefused(Payload(Register(capabilities: new Label[Capabilities.Length + 1])));
        AssertRefused(Payload(Register(actions: [CommandKind.Transfer, CommandKind.Transfer])));
        AssertRefused(Payload(Register(hours: 1u << 24)));
    }

    [Fact]
    public void Write_OfValuesWithoutAName_Throws()
    {
        AssertRefused(Payload(Register(kind: default)));
        AssertRefused(Payload(Register(actions: [(CommandKind)CommandNames.Count])));
        AssertRefused(Payload(new StopMarket(default)));
    }

    [Fact]
    public void TryParse_OfATransfer_AllocatesWhatItGivesAndNothingElse()
    {
        const int Rounds = 2_000;
        var bytes = RoundTripTests.Bytes(Payload(Sound));
        var digest = Digest.Sha256(bytes);
        Parse(Rounds);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Parse(Rounds);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;

        // The payload, its array of one and the transfer: 272 bytes; one string more would show.
        Assert.InRange(each, 200, 290);

        void Parse(int rounds)
        {
            for (var i = 0; i < rounds; i++)
            {
                Assert.Null(PayloadCodec.TryParse(
                    bytes, ProofKind.Jws, default, digest, Chain.Genesis.Chain, out _));
            }
        }
    }

    private static void AssertWritten(ClientPayload payload) =>
        Assert.Null(PayloadCodec.TryParse(RoundTripTests.Bytes(payload), ProofKind.Jws, default, out _));

    private static void AssertRefused(ClientPayload payload) =>
        Assert.Throws<ArgumentException>(() => PayloadCodec.Write(payload, new ArrayBufferWriter<byte>()));

    private static ClientPayload Payload(params Command[] commands) => Payload(0, commands: commands);

    private static ClientPayload Payload(
        int lane = 0, ulong sequence = 1, long validUntilMs = 1, ulong epoch = 0, Command[]? commands = null) => new()
        {
            Chain = Chain.Genesis.Chain,
            From = Sound.To,
            Lane = lane,
            Sequence = sequence,
            ValidUntil = new Timestamp(validUntilMs),
            Epoch = epoch,
            Commands = commands ?? [Sound],
            Proof = ProofKind.Jws,
            Signer = default,
            PayloadDigest = default,
        };

    private static RegisterAgent Register(
        AgentKind kind = AgentKind.Data,
        Label[]? capabilities = null,
        CommandKind[]? actions = null,
        uint hours = ConstitutionTerms.AnyHour,
        AccountId[]? guardians = null) => new(
            Chain.People[0].Key.Public,
            null,
            kind,
            capabilities ?? [],
            default,
            new ConstitutionTerms(
                default, default, default, default, actions ?? [CommandKind.Transfer], [], hours, default, false),
            guardians ?? [],
            1,
            default);
}
