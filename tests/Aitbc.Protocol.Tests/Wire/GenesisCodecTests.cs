using System.Buffers;
using System.Text;
using Aitbc.Protocol.Wire;

namespace Aitbc.Protocol.Tests.Wire;

public sealed class GenesisCodecTests
{
    private static readonly Genesis Sound = new LedgerFixture(7).Genesis with
    {
        Parameters = new Parameters
        {
            MinimumStake = TokenAmount.FromTokens(1),
            BaseGas = TokenAmount.FromBaseUnits(2),
            GasMultiples = [.. Enumerable.Range(0, Entries.CommandNames.Count).Select(i => (uint)i * 3)],
            PayloadsPerMinute = 4,
            MaxValidity = new Duration(5),
            Unbonding = new Duration(6),
            BidBond = TokenAmount.FromBaseUnits(7),
            MinJobBondShare = Ratio.FromPpm(8),
            MinWindowMs = 9,
            MaxWindowMs = 10,
            MaxBidsPerWorkload = 11,
            MaxOpenPerAccount = 12,
            MaxBlobBytes = 13,
            MaxBlobDays = 14,
            BlobRentPerKiBDay = TokenAmount.FromBaseUnits(15),
        },
    };

    private static readonly string Text = TextOf(Sound);

    [Fact]
    public void Write_AndTryParse_GiveEveryMemberBackExactly()
    {
        Assert.Empty(Parse(Text, out var read, out var digest));
        Assert.Equal(Shown.Of(Sound), Shown.Of(read));
        Assert.Equal(Text, TextOf(read));
        Assert.Equal(Digest.Sha256(Encoding.UTF8.GetBytes(Text)), digest);
    }

    [Fact]
    public void TryParse_OfOtherWhiteSpace_GivesTheSameGenesisUnderAnotherDigest()
    {
        Assert.Empty(Parse(Text, out _, out var digest));
        Assert.Empty(Parse(Text.Replace("\n", "\r\n"), out var read, out var other));
        Assert.Equal(Shown.Of(Sound), Shown.Of(read));
        Assert.NotEqual(digest, other);
    }

    [Fact]
    public void Write_IsForPeopleToRead()
    {
        Assert.StartsWith("{\n  \"chain\": \"" + Sound.Chain + "\",\n  \"supply\": \"", Text);
        Assert.Contains("\n    \"gasMultiples\": {\n      \"transfer\": 0,\n      \"account.open\": 3,\n", Text);
        Assert.EndsWith("\n}\n", Text);
    }

    [Fact]
    public void TryParse_OfAFileWithoutAnyOneMember_NamesIt()
    {
        var members = Text.Split('\n')
            .Where(line => line.Contains("\": ") && !line.EndsWith('{') && !line.EndsWith('['))
            .Distinct()
            .ToList();
        Assert.True(members.Count > 40);
        foreach (var line in members)
        {
            var name = line.Trim().Split('"')[1];
            var at = Text.IndexOf(line + "\n", StringComparison.Ordinal);
            var without = Text.Remove(at, line.Length + 1);
            without = line.EndsWith(',') ? without : RemoveComma(without, at);
            var problem = Assert.Single(Parse(without, out var read, out _));
            Assert.Null(read);
            Assert.Contains(name, problem);
            Assert.Contains("is missing from the object", problem);
        }
    }

    [Theory]
    [InlineData("\"minWindowMs\": 9", "\"minWindowMs\": 11", "minWindowMs must be at least 1 and at most maxWindowMs.")]
    [InlineData("\"minWindowMs\": 9", "\"minWindowMs\": -9", "parameters.minWindowMs")]
    [InlineData("\"minWindowMs\": 9", "\"minWindowMs\": 9, \"minWindowMs\": 9", "parameters.minWindowMs")]
    [InlineData("\"minWindowMs\": 9", "\"minWindowMs\": 9, \"faucet\": true", "parameters.faucet")]
    [InlineData("\"maxBidsPerWorkload\": 11", "\"maxBidsPerWorkload\": 65536", "an integer from 0 to 65535")]
    [InlineData("\"agent.stop\": 57", "\"agent.stop\": 4294967296", "parameters.gasMultiples")]
    [InlineData("\"agent.stop\": 57", "\"agent.stop\": 57, \"vote.cast\": 1", "is not a known member")]
    [InlineData("\"P-256\"", "\"P-521\"", "nodeKey.crv")]
    [InlineData("\"baseGas\": \"2\"", "\"baseGas\": \"1267650600228229401496703205377\"", "at most 2^100 base units")]
    [InlineData("\"baseGas\": \"2\"", "\"baseGas\": 2", "parameters.baseGas")]
    [InlineData("\"council\": true", "\"council\": 1", "accounts[0].council")]
    [InlineData("\"chain\": \"", "\"chain\": \" ", "chain")]
    [InlineData("}\n", "}\n{", "Something follows the end")]
    [InlineData("{\n  \"chain\"", "// a comment\n{\n  \"chain\"", "is not JSON")]
    public void TryParse_OfOneChange_SaysWhatIsWrong(string sound, string change, string said)
    {
        var at = sound == "}\n"
            ? Text.LastIndexOf(sound, StringComparison.Ordinal)
            : Text.IndexOf(sound, StringComparison.Ordinal);
        Assert.True(at >= 0, sound);
        var problem = Assert.Single(Parse(Text.Remove(at, sound.Length).Insert(at, change), out var read, out _));
        Assert.Contains(said, problem);
        Assert.Null(read);
    }

    [Fact]
    public void TryParse_OfBalancesThatOverflow_IsRefusedWithoutAnException()
    {
        Assert.Contains("at most 2^100", Assert.Single(Parse(WithBalances(TokenAmount.MaxSupply), out _, out _)));
        Assert.Contains("more than the supply", Assert.Single(Parse(WithBalances(Genesis.MaxSupply), out _, out _)));
    }

    [Fact]
    public void TryParse_OfAKeyOffTheCurve_IsRefused()
    {
        var off = PublicKey.From(Digest.Sha256("x"u8).AsSpan(), Digest.Sha256("y"u8).AsSpan());
        Assert.Contains(
            "nodeKey (byte", Assert.Single(Parse(TextOf(Sound with { NodeKey = off }), out _, out _)));
        var accounts = Sound.Accounts.Select((it, i) => i == 1 ? it with { Key = off } : it).ToArray();
        Assert.Contains(
            "accounts[1].key (byte", Assert.Single(Parse(TextOf(Sound with { Accounts = accounts }), out _, out _)));
    }

    [Fact]
    public void TryParse_OfTooManyAccounts_StopsAtTheFirstTooMany()
    {
        var one = Sound.Accounts[0];
        var many = TextOf(Sound with { Accounts = [.. Enumerable.Repeat(one, GenesisCodec.MaxAccounts + 1)] });
        Assert.Contains("accounts[1000]", Assert.Single(Parse(many, out _, out _)));
    }

    [Fact]
    public void TryParse_OfTooManyBytes_IsRefused()
    {
        Assert.Empty(Parse(Text.PadRight(GenesisCodec.MaxBytes), out _, out _));
        var problem = Assert.Single(Parse(Text.PadRight(GenesisCodec.MaxBytes + 1), out _, out _));
        Assert.Contains("at most 1048576", problem);
    }

    private static string WithBalances(TokenAmount balance) => TextOf(Sound with
    {
        Accounts = [.. Sound.Accounts.Select(account => account with { Balance = balance })],
    });

    private static string RemoveComma(string text, int at)
    {
        var comma = text.LastIndexOf(',', at - 1);
        return text.Remove(comma, 1);
    }

    private static IReadOnlyList<string> Parse(string text, out Genesis genesis, out Digest digest) =>
        GenesisCodec.TryParse(Encoding.UTF8.GetBytes(text), out genesis, out digest);

    private static string TextOf(Genesis genesis)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(GenesisCodec.Write(genesis, output), output.WrittenCount);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
