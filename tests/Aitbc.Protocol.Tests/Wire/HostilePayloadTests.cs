using System.Text;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;
using Xunit;
using Kind = Aitbc.Protocol.Wire.PayloadProblemKind;

namespace Aitbc.Protocol.Tests.Wire;

/// <summary>What strangers may send instead of a payload, and what they are told. Each row changes one place of a
/// payload that is taken as it stands.</summary>
public sealed class HostilePayloadTests
{
    private const string Id = "ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs";
    private const string Transfer = $$"""{"type":"transfer","to":"{{Id}}","amount":"5"}""";
    private const string Sound =
        $$"""{"chain":"sim:a","from":"{{Id}}","nonce":{"lane":0,"sequence":1},"validUntil":9,"epoch":0"""
        + $$""","commands":[{{Transfer}}]}""";

    private const string Jwk = $$"""{"kty":"EC","crv":"P-256","x":"{{Id}}","y":"{{Id}}"}""";
    private const string Constitution =
        """{"maxStake":"1","maxDailyVolume":"1","maxGasPerDay":"1","maxValuePerAction":"1","allowedActions":["""
        + """ "transfer"],"counterparties":[],"hoursUtc":[0,23],"keyChangeHoldMs":0,"requiresHumanApproval":false}""";

    private const string Register =
        $$"""{"type":"agent.register","key":{{Jwk}},"kind":"inference","capabilities":["a"],"version":"1" """
        + $$""","constitution":{{Constitution}},"guardians":["{{Id}}"],"guardianThreshold":1,"deposit":"0"}""";

    private const string Post =
        $$"""{"type":"workload.post","capability":"c","input":"{{Id}}","spec":"{{Id}}","maxPrice":"1","jobBond":"1" """
        + $$""","units":1,"minQualityPpm":0,"saltHash":"{{Id}}","mode":"none","bidWindowMs":1,"openWindowMs":1"""
        + ""","workWindowMs":1,"acceptWindowMs":1}""";

    private const string Validation =
        """{"needed":2,"validators":3,"tolerancePpm":0,"fee":"1","commitWindowMs":1,"revealWindowMs":1}""";

    private const string Checked =
        $$"""{"type":"workload.post","capability":"c","input":"{{Id}}","spec":"{{Id}}","maxPrice":"1","jobBond":"1" """
        + $$""","units":1,"minQualityPpm":0,"saltHash":"{{Id}}","mode":"kOfN","bidWindowMs":1,"openWindowMs":1"""
        + $$""","workWindowMs":1,"acceptWindowMs":1,"validation":{{Validation}}}""";

    private const string Seal = $$"""{"type":"workload.seal","workload":"w1","seal":"{{Id}}"}""";
    private const string Reveal =
        $$"""{"type":"workload.reveal","workload":"w1","result":"{{Id}}","qualityPpm":1,"salt":"{{Id}}"}""";

    private const string Commit = $$"""{"type":"verdict.commit","workload":"w1","commitment":"{{Id}}"}""";
    private const string Judge =
        $$"""{"type":"verdict.reveal","workload":"w1","agrees":true,"output":"{{Id}}","salt":"{{Id}}"}""";

    [Fact]
    public void TryParse_OfTheSoundPayloads_FindsNoProblem()
    {
        Assert.Null(Parse(With(Transfer, Checked)));
        Assert.Null(Parse(Sound));
        Assert.Null(Parse(With(Transfer, Register)));
        Assert.Null(Parse(With(Transfer, Post)));
    }

    [Theory]
    [InlineData("", Kind.NotJson, 0)]
    [InlineData("   ", Kind.NotJson, 3)]
    [InlineData("{", Kind.NotJson, 1)]
    [InlineData("{\"chain\"", Kind.NotJson, 8)]
    [InlineData("{\"chain", Kind.NotJson, 1)]
    [InlineData("nope", Kind.NotJson, 0)]
    [InlineData("{'chain':1}", Kind.NotJson, 1)]
    [InlineData("{chain:1}", Kind.NotJson, 1)]
    [InlineData("{\"chain\":}", Kind.NotJson, 9)]
    [InlineData("{\"chain\":01}", Kind.NotJson, 9)]
    [InlineData("{\"chain\":+1}", Kind.NotJson, 9)]
    [InlineData("{\"chain\":.5}", Kind.NotJson, 9)]
    [InlineData("{\"chain\":NaN}", Kind.NotJson, 9)]
    [InlineData("{\"chain\":\"a\nb\"}", Kind.NotJson, 9)]
    [InlineData("{\"chain\":\"\\x\"}", Kind.NotJson, 9)]
    [InlineData("{/*comment*/}", Kind.NotJson, 1)]
    [InlineData("//comment\n{}", Kind.NotJson, 0)]
    [InlineData("\u0000", Kind.NotJson, 0)]
    [InlineData("\uFEFF{}", Kind.NotJson, 0)]
    [InlineData("{}}", Kind.TrailingData, 2)]
    [InlineData("{} {}", Kind.TrailingData, 3)]
    [InlineData("{}\u0000", Kind.TrailingData, 2)]
    [InlineData("[]", Kind.NotAnObject, 0)]
    [InlineData(" 12", Kind.NotAnObject, 1)]
    [InlineData("null", Kind.NotAnObject, 0)]
    [InlineData("\"text\"", Kind.NotAnObject, 0)]
    [InlineData("[[[[[[[[[[]]]]]]]]]]", Kind.TooDeep, 8)]
    [InlineData("[[[[[[[[[[[[[[[[[[[[", Kind.TooDeep, 8)]
    [InlineData("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}", Kind.TooDeep, 40)]
    public void TryParse_OfNoPayload_SaysWhyAndWhere(string json, Kind kind, int offset)
    {
        var problem = Parse(json);
        Assert.Equal((kind, offset, string.Empty), (problem!.Kind, problem.Offset, problem.Path));
        Assert.Equal(Outcome.Malformed, problem.ToOutcome());
    }

    [Theory]
    [InlineData("\"epoch\":0", "\"epoch\":0,\"extra\":1", Kind.UnknownMember, "extra")]
    [InlineData("\"epoch\"", "\"Epoch\"", Kind.UnknownMember, "Epoch")]
    [InlineData("\"epoch\"", "\"\\u0065poch\"", Kind.UnknownMember, "?")]
    [InlineData("\"epoch\"", "\"epoch\\u0000\"", Kind.UnknownMember, "?")]
    [InlineData("\"epoch\"", "\"\"", Kind.UnknownMember, "?")]
    [InlineData("\"epoch\"", "\"épöch\"", Kind.UnknownMember, "?")]
    [InlineData("\"epoch\"", "\"epoch \"", Kind.UnknownMember, "?")]
    [InlineData("\"lane\":0", "\"lane\":0,\"of\":1", Kind.UnknownMember, "nonce.of")]
    [InlineData("\"amount\":\"5\"", "\"amount\":\"5\",\"memo\":\"x\"", Kind.UnknownMember, "commands[0].memo")]
    [InlineData("\"epoch\":0", "\"epoch\":0,\"epoch\":0", Kind.DuplicateMember, "epoch")]
    [InlineData("\"lane\":0", "\"lane\":0,\"lane\":0", Kind.DuplicateMember, "nonce.lane")]
    [InlineData("\"amount\":\"5\"", "\"amount\":\"5\",\"amount\":\"6\"", Kind.DuplicateMember, "commands[0].amount")]
    [InlineData("\"amount\":\"5\"", "\"amount\":\"5\",\"type\":\"transfer\"", Kind.DuplicateMember, "commands[0].type")]
    [InlineData("\"chain\":\"sim:a\",", "", Kind.MissingMember, "chain")]
    [InlineData("\"epoch\":0,", "", Kind.MissingMember, "epoch")]
    [InlineData(",\"sequence\":1", "", Kind.MissingMember, "nonce.sequence")]
    [InlineData("\"lane\":0,\"sequence\":1", "", Kind.MissingMember, "nonce.lane")]
    [InlineData(",\"amount\":\"5\"", "", Kind.MissingMember, "commands[0].amount")]
    [InlineData("\"type\":\"transfer\",", "", Kind.MissingMember, "commands[0].type")]
    [InlineData("\"chain\":\"sim:a\"", "\"chain\":1", Kind.WrongType, "chain")]
    [InlineData("\"chain\":\"sim:a\"", "\"chain\":null", Kind.WrongType, "chain")]
    [InlineData("{\"lane\":0,\"sequence\":1}", "[0,1]", Kind.WrongType, "nonce")]
    [InlineData("\"epoch\":0", "\"epoch\":\"0\"", Kind.WrongType, "epoch")]
    [InlineData("\"epoch\":0", "\"epoch\":null", Kind.WrongType, "epoch")]
    [InlineData("\"epoch\":0", "\"epoch\":{}", Kind.WrongType, "epoch")]
    [InlineData("\"amount\":\"5\"", "\"amount\":5", Kind.WrongType, "commands[0].amount")]
    [InlineData("\"transfer\"", "7", Kind.WrongType, "commands[0].type")]
    [InlineData("\"epoch\":0", "\"epoch\":-0", Kind.OutOfRange, "epoch")]
    [InlineData("\"epoch\":0", "\"epoch\":-1", Kind.OutOfRange, "epoch")]
    [InlineData("\"epoch\":0", "\"epoch\":0.0", Kind.OutOfRange, "epoch")]
    [InlineData("\"epoch\":0", "\"epoch\":1e0", Kind.OutOfRange, "epoch")]
    [InlineData("\"epoch\":0", "\"epoch\":9007199254740992", Kind.OutOfRange, "epoch")]
    [InlineData("\"epoch\":0", "\"epoch\":99999999999999999999999999999999", Kind.OutOfRange, "epoch")]
    [InlineData("\"lane\":0", "\"lane\":2147483648", Kind.OutOfRange, "nonce.lane")]
    [InlineData("\"validUntil\":9", "\"validUntil\":9.5", Kind.OutOfRange, "validUntil")]
    [InlineData(
        "\"amount\":\"5\"", "\"amount\":\"170141183460469231731687303715884105728\"",
        Kind.OutOfRange, "commands[0].amount")]
    [InlineData(
        "\"amount\":\"5\"", "\"amount\":\"9999999999999999999999999999999999999999\"",
        Kind.OutOfRange, "commands[0].amount")]
    [InlineData("\"amount\":\"5\"", "\"amount\":\"05\"", Kind.BadText, "commands[0].amount")]
    [InlineData("\"amount\":\"5\"", "\"amount\":\"-5\"", Kind.BadText, "commands[0].amount")]
    [InlineData("\"amount\":\"5\"", "\"amount\":\"5.0\"", Kind.BadText, "commands[0].amount")]
    [InlineData("\"amount\":\"5\"", "\"amount\":\"\"", Kind.BadText, "commands[0].amount")]
    [InlineData("\"amount\":\"5\"", "\"amount\":\" 5\"", Kind.BadText, "commands[0].amount")]
    [InlineData("\"amount\":\"5\"", "\"amount\":\"\\u0035\"", Kind.BadText, "commands[0].amount")]
    [InlineData("\"amount\":\"5\"", "\"amount\":\"٥\"", Kind.BadText, "commands[0].amount")]
    [InlineData("sim:a", "Sim:a", Kind.BadText, "chain")]
    [InlineData("sim:a", "", Kind.BadText, "chain")]
    [InlineData("sim:a", "123456789012345678901234567890123", Kind.BadText, "chain")]
    [InlineData("sim:a", "sim:a\\u0000", Kind.BadText, "chain")]
    [InlineData("\"to\":\"yp", "\"to\":\"yp=", Kind.BadText, "commands[0].to")]
    [InlineData("uSLs\",\"amount", "uSLt\",\"amount", Kind.BadText, "commands[0].to")]
    [InlineData("uSLs\",\"amount", "uSL\",\"amount", Kind.BadText, "commands[0].to")]
    [InlineData("\"transfer\"", "\"Transfer\"", Kind.UnknownCommand, "commands[0].type")]
    [InlineData("\"transfer\"", "\"\"", Kind.UnknownCommand, "commands[0].type")]
    [InlineData("\"transfer\"", "\"transfe\\u0072\"", Kind.UnknownCommand, "commands[0].type")]
    [InlineData("\"transfer\"", "\"transfers\"", Kind.UnknownCommand, "commands[0].type")]
    [InlineData(Transfer, "", Kind.NoCommands, "commands")]
    [InlineData(Transfer, "null", Kind.WrongType, "commands[0]")]
    [InlineData(Transfer, Transfer + ",[]", Kind.WrongType, "commands[1]")]
    [InlineData(Transfer, Transfer + ",{\"type\":\"transfer\",\"to\":1}", Kind.WrongType, "commands[1].to")]
    public void TryParse_OfOneChange_NamesTheMember(string sound, string change, Kind kind, string path) =>
        AssertProblem(Replace(Sound, sound, change), kind, path);

    [Theory]
    [InlineData("\"EC\"", "\"ec\"", Kind.BadText, "key.kty")]
    [InlineData("\"P-256\"", "\"P-384\"", Kind.BadText, "key.crv")]
    [InlineData("\"kty\":\"EC\",", "", Kind.MissingMember, "key.kty")]
    [InlineData("\"kty\":\"EC\",", "\"kty\":\"EC\",\"d\":\"secret\",", Kind.UnknownMember, "key.d")]
    [InlineData("\"kind\":", "\"possession\":null,\"kind\":", Kind.WrongType, "possession")]
    [InlineData("\"kind\":", "\"possession\":\"AAAA\",\"kind\":", Kind.BadText, "possession")]
    [InlineData("inference", "Inference", Kind.BadText, "kind")]
    [InlineData("inference", "liquidity provider", Kind.BadText, "kind")]
    [InlineData("[\"a\"]", "\"a\"", Kind.WrongType, "capabilities")]
    [InlineData("[\"a\"]", "[\"a\",\"b\",\"c\",\"d\",\"e\"]", Kind.OutOfRange, "capabilities[4]")]
    [InlineData("[\"a\"]", "[\"a\",\"B\"]", Kind.BadText, "capabilities[1]")]
    [InlineData("\"1\" ,\"constitution\"", "\"1 0\",\"constitution\"", Kind.BadText, "version")]
    [InlineData("\"guardianThreshold\":1", "\"guardianThreshold\":-1", Kind.OutOfRange, "guardianThreshold")]
    [InlineData("\"guardianThreshold\":1", "\"guardianThreshold\":true", Kind.WrongType, "guardianThreshold")]
    [InlineData("\"maxStake\":\"1\",", "", Kind.MissingMember, "constitution.maxStake")]
    [InlineData(
        "\"maxStake\":\"1\",", "\"maxStake\":\"1\",\"maxFun\":\"1\",", Kind.UnknownMember, "constitution.maxFun")]
    [InlineData("[ \"transfer\"]", "[\"transfer\",\"transfer\"]", Kind.OutOfRange, "constitution.allowedActions[1]")]
    [InlineData("[ \"transfer\"]", "[\"steal\"]", Kind.UnknownCommand, "constitution.allowedActions[0]")]
    [InlineData("[ \"transfer\"]", "[0]", Kind.WrongType, "constitution.allowedActions[0]")]
    [InlineData("[0,23]", "[0,24]", Kind.OutOfRange, "constitution.hoursUtc[1]")]
    [InlineData("[0,23]", "[7,7]", Kind.OutOfRange, "constitution.hoursUtc[1]")]
    [InlineData("[0,23]", "[[0]]", Kind.WrongType, "constitution.hoursUtc[0]")]
    [InlineData(
        "\"requiresHumanApproval\":false", "\"requiresHumanApproval\":0",
        Kind.WrongType, "constitution.requiresHumanApproval")]
    public void TryParse_OfOneChangeInARegistration_NamesTheMember(
        string sound, string change, Kind kind, string path) =>
        AssertProblem(With(Transfer, Replace(Register, sound, change)), kind, $"commands[0].{path}");

    [Theory]
    [InlineData("\"units\":1", "\"units\":4294967296", Kind.OutOfRange, "units")]
    [InlineData("\"bidWindowMs\":1", "\"bidWindowMs\":1.0", Kind.OutOfRange, "bidWindowMs")]
    [InlineData("\"none\"", "\"kOfn\"", Kind.BadText, "mode")]
    [InlineData(",\"acceptWindowMs\":1", "", Kind.MissingMember, "acceptWindowMs")]
    [InlineData("\"none\"", "0", Kind.WrongType, "mode")]
    [InlineData("\"mode\":\"none\",", "", Kind.MissingMember, "mode")]
    public void TryParse_OfOneChangeInAWorkload_NamesTheMember(string sound, string change, Kind kind, string path) =>
        AssertProblem(With(Transfer, Replace(Post, sound, change)), kind, $"commands[0].{path}");

    [Theory]
    [InlineData(Validation, "null", Kind.WrongType, "validation")]
    [InlineData(Validation, "[]", Kind.WrongType, "validation")]
    [InlineData(Validation, "{}", Kind.MissingMember, "validation.needed")]
    [InlineData("\"needed\":2", "\"needed\":256", Kind.OutOfRange, "validation.needed")]
    [InlineData("\"needed\":2", "\"needed\":-1", Kind.OutOfRange, "validation.needed")]
    [InlineData("\"needed\":2,", "", Kind.MissingMember, "validation.needed")]
    [InlineData("\"validators\":3", "\"validators\":256", Kind.OutOfRange, "validation.validators")]
    [InlineData("\"validators\":3", "\"validators\":\"3\"", Kind.WrongType, "validation.validators")]
    [InlineData("\"tolerancePpm\":0", "\"tolerancePpm\":4294967296", Kind.OutOfRange, "validation.tolerancePpm")]
    [InlineData("\"fee\":\"1\"", "\"fee\":1", Kind.WrongType, "validation.fee")]
    [InlineData("\"fee\":\"1\"", "\"fee\":\"01\"", Kind.BadText, "validation.fee")]
    [InlineData(
        "\"commitWindowMs\":1", "\"commitWindowMs\":1,\"commitWindowMs\":1",
        Kind.DuplicateMember, "validation.commitWindowMs")]
    [InlineData("\"revealWindowMs\":1", "\"revealWindowMs\":1e1", Kind.OutOfRange, "validation.revealWindowMs")]
    [InlineData(",\"revealWindowMs\":1", "", Kind.MissingMember, "validation.revealWindowMs")]
    [InlineData("\"needed\":2", "\"needed\":2,\"k\":2", Kind.UnknownMember, "validation.k")]
    public void TryParse_OfOneChangeInWhatValidatorsAreAsked_NamesTheMember(
        string sound, string change, Kind kind, string path) =>
        AssertProblem(With(Transfer, Replace(Checked, sound, change)), kind, $"commands[0].{path}");

    [Theory]
    [InlineData(Seal, "\"seal\":\"" + Id + "\"", "\"seal\":null", Kind.WrongType, "seal")]
    [InlineData(Seal, ",\"seal\":\"" + Id + "\"", "", Kind.MissingMember, "seal")]
    [InlineData(Seal, "\"w1\"", "\"s1\"", Kind.BadText, "workload")]
    [InlineData(Reveal, "\"qualityPpm\":1", "\"qualityPpm\":-1", Kind.OutOfRange, "qualityPpm")]
    [InlineData(Reveal, ",\"salt\":\"" + Id + "\"", "", Kind.MissingMember, "salt")]
    [InlineData(Reveal, "\"result\":\"" + Id + "\"", "\"result\":7", Kind.WrongType, "result")]
    [InlineData(Commit, "\"commitment\":\"" + Id + "\"", "\"commitment\":\"\"", Kind.BadText, "commitment")]
    [InlineData(Commit, "\"w1\"", "\"w1\",\"agrees\":true", Kind.UnknownMember, "agrees")]
    [InlineData(Judge, "\"agrees\":true", "\"agrees\":1", Kind.WrongType, "agrees")]
    [InlineData(Judge, "\"agrees\":true", "\"agrees\":null", Kind.WrongType, "agrees")]
    [InlineData(Judge, "\"agrees\":true,", "", Kind.MissingMember, "agrees")]
    [InlineData(Judge, "\"output\":\"" + Id + "\",", "", Kind.MissingMember, "output")]
    [InlineData(Judge, "\"w1\"", "\"w18446744073709551616\"", Kind.BadText, "workload")]
    public void TryParse_OfOneChangeInVerification_NamesTheMember(
        string command, string sound, string change, Kind kind, string path)
    {
        Assert.Null(Parse(With(Transfer, command)));
        AssertProblem(With(Transfer, Replace(command, sound, change)), kind, $"commands[0].{path}");
    }

    [Theory]
    [InlineData("{\"type\":\"service.delist\",\"service\":\"w1\"}", Kind.BadText, "commands[0].service")]
    [InlineData("{\"type\":\"service.delist\",\"service\":\"s01\"}", Kind.BadText, "commands[0].service")]
    [InlineData("{\"type\":\"workload.start\",\"workload\":\"1\"}", Kind.BadText, "commands[0].workload")]
    [InlineData(
        "{\"type\":\"workload.start\",\"workload\":\"w18446744073709551616\"}", Kind.BadText, "commands[0].workload")]
    [InlineData("{\"type\":\"market.stop\",\"scope\":\"ALL\"}", Kind.BadText, "commands[0].scope")]
    [InlineData("{\"type\":\"market.stop\",\"scope\":2}", Kind.WrongType, "commands[0].scope")]
    public void TryParse_OfOtherCommands_NamesTheMember(string command, Kind kind, string path) =>
        AssertProblem(With(Transfer, command), kind, path);

    [Theory]
    [InlineData("approval.give", Outcome.Malformed)]
    [InlineData("appeal.file", Outcome.NotSupported)]
    [InlineData("order.place", Outcome.NotSupported)]
    [InlineData("proposal.make", Outcome.NotSupported)]
    [InlineData("vote.cast", Outcome.NotSupported)]
    [InlineData("vote.", Outcome.Malformed)]
    [InlineData("vote", Outcome.Malformed)]
    [InlineData("vote.CAST", Outcome.Malformed)]
    [InlineData("vote.cast.now", Outcome.Malformed)]
    [InlineData("votes.cast", Outcome.Malformed)]
    [InlineData("mint", Outcome.Malformed)]
    public void ToOutcome_OfAnUnknownType_TellsPlannedFromNonsense(string type, Outcome outcome)
    {
        var problem = Parse(Sound.Replace("\"transfer\"", $"\"{type}\""));
        Assert.Equal(Kind.UnknownCommand, problem!.Kind);
        Assert.Equal(outcome, problem.ToOutcome());
    }

    [Fact]
    public void TryParse_OfTheTypeInAnyPlace_ReadsTheSame()
    {
        var last = $$"""{"to":"{{Id}}","amount":"5","type":"transfer"}""";
        Assert.Null(Parse(With(Transfer, last)));
        var twice = last.Replace("}", ",\"type\":\"transfer\"}");
        AssertProblem(With(Transfer, twice), Kind.DuplicateMember, "commands[0].type");
        AssertProblem(With(Transfer, last.Replace("\"5\"", "{\"a\":[]}")), Kind.WrongType, "commands[0].amount");
        AssertProblem(With(Transfer, last.Replace("\"transfer\"", "[]")), Kind.WrongType, "commands[0].type");
    }

    [Fact]
    public void TryParse_OfInvalidUtf8_NamesTheByte()
    {
        foreach (var bad in new byte[][] { [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3] })
        {
            byte[] bytes = [.. "{\"é"u8, .. bad, .. "\":1}"u8];
            var problem = Parse(bytes);
            Assert.Equal((Kind.NotUtf8, 4), (problem!.Kind, problem.Offset));
        }
    }

    [Fact]
    public void TryParse_OfTooManyBytes_DoesNotLookAtThem()
    {
        var spaces = new string(' ', PayloadCodec.MaxBytes - Sound.Length);
        Assert.Null(Parse(Sound + spaces));
        var problem = Parse(Sound + spaces + " ");
        Assert.Equal(Kind.TooLarge, problem!.Kind);
        Assert.Equal("There are 262145 bytes; at most 262144 are taken.", problem.ToString());
    }

    [Fact]
    public void TryParse_OfTooManyCommands_NamesTheFirstTooMany()
    {
        const string Small = """{"type":"workload.start","workload":"w1"}""";
        var most = string.Join(',', Enumerable.Repeat(Small, ClientPayload.MaxCommands));
        Assert.Null(PayloadCodec.TryParse(
            Encoding.UTF8.GetBytes(With(Transfer, most)), ProofKind.Jws, default, out var payload));
        Assert.Equal(ClientPayload.MaxCommands, payload.Commands.Length);
        AssertProblem(With(Transfer, $"{most},{Small}"), Kind.TooManyCommands, "commands[1024]");
    }

    [Fact]
    public void TryParse_OfDeepNestingAnywhere_NamesTheDepthAndNotTheMember()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 100_000));
        Assert.Equal(Kind.TooDeep, Parse(Sound.Replace("\"sim:a\"", deep))!.Kind);
        Assert.Equal(Kind.TooDeep, Parse(Sound.Replace("\"type\":\"transfer\"", $"\"x\":{deep}"))!.Kind);
        var allowed = "[[[[[[[]]]]]]]";
        AssertProblem(Sound.Replace("\"sim:a\"", allowed), Kind.WrongType, "chain");
    }

    [Fact]
    public void ToString_IsOneSentenceThatNamesMemberByteAndNeed()
    {
        var said = Parse(Sound.Replace("\"amount\":\"5\"", "\"amount\":\"x\""))!.ToString();
        Assert.Equal(
            "commands[0].amount (byte 218) must be base units as a string of digits without leading zero, below 2^127.",
            said);
        Assert.Equal(
            "nonce.lane (byte 86) must be an integer from 0 to 2147483647, in digits alone.",
            Parse(Sound.Replace("\"lane\":0", "\"lane\":-1"))!.ToString());
        Assert.Equal(
            "commands[0].type (byte 147) names something that is planned and not supported yet.",
            Parse(Sound.Replace("\"transfer\"", "\"vote.cast\""))!.ToString());
        Assert.Equal(
            "epoch is missing from the object that ends at byte 213.",
            Parse(Sound.Replace("\"epoch\":0,", string.Empty))!.ToString());
    }

    [Fact]
    public void ToString_RepeatsOnlyAShortAndPlainPieceOfWhatWasSent()
    {
        var problem = Parse($$"""{"{{new string('a', 100_000)}}":1}""");
        Assert.Equal(new string('a', 40) + "...", problem!.Path);
        Assert.Equal("?", Parse("{\"<script>\":1}")!.Path);
        Assert.All(
            Enum.GetValues<Kind>(), kind => Assert.EndsWith(".", new PayloadProblem(kind, "a", 1, "b").ToString()));
    }

    [Theory]
    [InlineData(39, false)]
    [InlineData(40, false)]
    [InlineData(41, true)]
    public void Path_ShowsFortyLettersOfANameAndSaysWhereItWasCut(int length, bool isCut)
    {
        var name = new string('b', length);
        Assert.Equal(name[..Math.Min(length, 40)] + (isCut ? "..." : ""), Parse($$"""{"{{name}}":1}""")!.Path);
    }

    [Theory]
    [InlineData("a_b-C9", "a_b-C9")]
    [InlineData("a.b", "?")]
    [InlineData("a b", "?")]
    [InlineData("a\\u0041", "?")]
    public void Path_RepeatsLettersDigitsUnderlinesAndHyphensAlone(string name, string shown) =>
        Assert.Equal(shown, Parse($$"""{"{{name}}":1}""")!.Path);

    private static void AssertProblem(string json, Kind kind, string path)
    {
        var problem = Parse(json);
        Assert.True(problem is not null, "no problem was found");
        Assert.True((kind, path) == (problem.Kind, problem.Path), problem.ToString());
        Assert.Equal(kind == Kind.MissingMember, Encoding.UTF8.GetBytes(json)[problem.Offset] == '}');
    }

    private static string With(string command, string other) => Replace(Sound, command, other);

    private static string Replace(string json, string sound, string change)
    {
        Assert.Contains(sound, json);
        return json.Replace(sound, change);
    }

    private static PayloadProblem? Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    private static PayloadProblem? Parse(byte[] bytes)
    {
        var problem = PayloadCodec.TryParse(bytes, ProofKind.Jws, default(KeyId), out var payload);
        Assert.Equal(problem is null, payload is not null);
        return problem;
    }
}
