using System.Buffers;
using System.Text;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;
using Kind = Aitbc.Protocol.Wire.PayloadProblemKind;

namespace Aitbc.Protocol.Tests.Wire;

/// <summary>A journal is read as if a stranger had written it.</summary>
public sealed class HostileInputTests
{
    private const string Id = "ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs";
    private const string Opening = $$"""{"bidder":"{{Id}}","price":"1","proposalHash":"{{Id}}","salt":"{{Id}}"}""";

    [Theory]
    [InlineData("{\"type\":\"tick\"}", typeof(Tick))]
    [InlineData(" { \"type\" : \"tick\" } ", typeof(Tick))]
    [InlineData("{\"type\":\"resumed\"}", typeof(Resumed))]
    [InlineData(
        "{\"type\":\"termBegan\",\"beaconCommitment\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
        typeof(TermBegan))]
    [InlineData("{\"type\":\"beacon\",\"value\":\"" + Id + "\"}", typeof(Beacon))]
    [InlineData(
        "{\"sizeBytes\":9007199254740991,\"digest\":\"" + Id + "\",\"type\":\"blobAvailable\"}", typeof(BlobAvailable))]
    [InlineData("{\"type\":\"bidOpenings\",\"workload\":\"w1\",\"salt\":null,\"openings\":[]}", typeof(BidOpenings))]
    [InlineData(
        "{\"type\":\"bidOpenings\",\"workload\":\"w1\",\"salt\":\"" + Id + "\",\"openings\":[" + Opening + "]}",
        typeof(BidOpenings))]
    [InlineData("{\"type\":\"liveness\",\"agent\":\"" + Id + "\",\"live\":false}", typeof(Liveness))]
    public void TryParse_OfEveryInput_ReadsIt(string json, Type type)
    {
        Assert.Null(InputCodec.TryParse(Encoding.UTF8.GetBytes(json), out var input));
        Assert.IsType(type, input);
    }

    [Theory]
    [InlineData("{}", Kind.MissingMember, "type")]
    [InlineData("{\"type\":\"Tick\"}", Kind.UnknownCommand, "type")]
    [InlineData("{\"type\":\"mint\"}", Kind.UnknownCommand, "type")]
    [InlineData("{\"type\":null}", Kind.WrongType, "type")]
    [InlineData("{\"type\":\"tick\",\"at\":1}", Kind.UnknownMember, "at")]
    [InlineData("{\"type\":\"tick\",\"type\":\"tick\"}", Kind.DuplicateMember, "type")]
    [InlineData("{\"type\":\"beacon\"}", Kind.MissingMember, "value")]
    [InlineData("{\"type\":\"beacon\",\"value\":null}", Kind.WrongType, "value")]
    [InlineData("{\"type\":\"beacon\",\"value\":\"AA\"}", Kind.BadText, "value")]
    [InlineData(
        "{\"type\":\"blobAvailable\",\"digest\":\"" + Id + "\",\"sizeBytes\":\"1\"}", Kind.WrongType, "sizeBytes")]
    [InlineData(
        "{\"type\":\"blobAvailable\",\"digest\":\"" + Id + "\",\"sizeBytes\":9007199254740992}",
        Kind.OutOfRange, "sizeBytes")]
    [InlineData("{\"type\":\"bidOpenings\",\"workload\":\"w1\",\"openings\":[]}", Kind.MissingMember, "salt")]
    [InlineData("{\"type\":\"bidOpenings\",\"workload\":\"w1\",\"salt\":\"\",\"openings\":[]}", Kind.BadText, "salt")]
    [InlineData(
        "{\"type\":\"bidOpenings\",\"workload\":\"s1\",\"salt\":null,\"openings\":[]}", Kind.BadText, "workload")]
    [InlineData(
        "{\"type\":\"bidOpenings\",\"workload\":\"w1\",\"salt\":null,\"openings\":{}}", Kind.WrongType, "openings")]
    [InlineData(
        "{\"type\":\"bidOpenings\",\"workload\":\"w1\",\"salt\":null,\"openings\":[{}]}",
        Kind.MissingMember, "openings[0].bidder")]
    [InlineData(
        "{\"type\":\"bidOpenings\",\"workload\":\"w1\",\"salt\":null,\"openings\":[" + Opening + ",1]}",
        Kind.WrongType, "openings[1]")]
    [InlineData("{\"type\":\"liveness\",\"agent\":\"" + Id + "\"}", Kind.MissingMember, "live")]
    [InlineData("{\"type\":\"liveness\",\"live\":true}", Kind.MissingMember, "agent")]
    [InlineData("{\"type\":\"liveness\",\"agent\":\"" + Id + "\",\"live\":1}", Kind.WrongType, "live")]
    [InlineData("{\"type\":\"liveness\",\"agent\":\"a\",\"live\":true}", Kind.BadText, "agent")]
    [InlineData("[{\"type\":\"tick\"}]", Kind.NotAnObject, "")]
    [InlineData("{\"type\":\"tick\"}{\"type\":\"tick\"}", Kind.TrailingData, "")]
    [InlineData("{\"type\":\"tick\",}", Kind.NotJson, "")]
    public void TryParse_OfNoInput_SaysWhyAndWhere(string json, Kind kind, string path)
    {
        var problem = InputCodec.TryParse(Encoding.UTF8.GetBytes(json), out var input);
        Assert.Equal((kind, path), (problem!.Kind, problem.Path));
        Assert.Equal(Outcome.Malformed, problem.ToOutcome());
        Assert.Null(input);
    }

    [Theory]
    [InlineData("upgrade")]
    public void TryParse_OfAPlannedInput_IsNotSupported(string type)
    {
        var problem = InputCodec.TryParse(Encoding.UTF8.GetBytes($$"""{"type":"{{type}}"}"""), out _);
        Assert.Equal(Outcome.NotSupported, problem!.ToOutcome());
    }

    [Fact]
    public void TryParse_OfTooManyOpenings_NamesTheFirstTooMany()
    {
        var head = """{"type":"bidOpenings","workload":"w1","salt":null,"openings":[""";
        var most = string.Join(',', Enumerable.Repeat(Opening, InputCodec.MaxOpenings));
        Assert.Null(InputCodec.TryParse(Encoding.UTF8.GetBytes($"{head}{most}]}}"), out _));
        var problem = InputCodec.TryParse(Encoding.UTF8.GetBytes($"{head}{most},{Opening}]}}"), out _);
        Assert.Equal((Kind.OutOfRange, "openings[64]"), (problem!.Kind, problem.Path));
    }

    [Fact]
    public void TryParse_OfTooManyBytes_IsTooLarge()
    {
        var json = """{"type":"tick"}""".PadRight(InputCodec.MaxBytes);
        Assert.Null(InputCodec.TryParse(Encoding.UTF8.GetBytes(json), out _));
        Assert.Equal(Kind.TooLarge, InputCodec.TryParse(Encoding.UTF8.GetBytes(json + " "), out _)!.Kind);
    }

    [Fact]
    public void Write_OfInputs_GivesTheDocumentedForms()
    {
        var digest = Digest.Parse(Id);
        Assert.Equal(
            $$"""{"type":"termBegan","beaconCommitment":"{{Id}}"}""", Text(new TermBegan(digest)));
        Assert.Equal($$"""{"type":"beacon","value":"{{Id}}"}""", Text(new Beacon(digest)));
        Assert.Equal(
            $$"""{"type":"blobAvailable","digest":"{{Id}}","sizeBytes":7}""", Text(new BlobAvailable(digest, 7)));
        var opening = new BidOpening(AccountId.Parse(Id), TokenAmount.FromBaseUnits(1), digest, digest);
        Assert.Equal(
            $$"""{"type":"bidOpenings","workload":"w1","salt":null,"openings":[{{Opening}}]}""",
            Text(new BidOpenings(new WorkloadId(1), null, [opening])));
        Assert.Equal(
            $$"""{"type":"liveness","agent":"{{Id}}","live":true}""", Text(new Liveness(AccountId.Parse(Id), true)));
    }

    [Fact]
    public void Write_OfWhatHasNoForm_Throws()
    {
        var output = new ArrayBufferWriter<byte>();
        var tooLarge = new BlobAvailable(default, 1UL << 53);
        Assert.Throws<ArgumentException>(() => InputCodec.Write(tooLarge, output));
        var opening = new BidOpening(default, default, default, default);
        var tooMany = new BidOpenings(default, null, [.. Enumerable.Repeat(opening, InputCodec.MaxOpenings + 1)]);
        Assert.Throws<ArgumentException>(() => InputCodec.Write(tooMany, output));
    }

    private static string Text(SystemInput input) => Encoding.ASCII.GetString(RoundTripTests.Bytes(input));
}
