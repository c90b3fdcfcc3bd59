namespace Aitbc.Protocol.Tests.Rules;

/// <summary>Genesis at both sides of each of its bounds.</summary>
public sealed class GenesisEdgeTests
{
    private static readonly Genesis Sound = new LedgerFixture().Genesis;

    private static readonly TokenAmount One = new(1);

    public static TheoryData<string, bool, Func<Genesis, Genesis>> Edges => new()
    {
        { "supply 2^100", true, genesis => genesis with { Supply = Genesis.MaxSupply } },
        { "threshold = council", true, genesis => genesis with { CouncilThreshold = 3 } },
        { "threshold 1", true, genesis => genesis with { CouncilThreshold = 1 } },
        { "all given away", true, genesis => genesis with { Supply = TokenAmount.FromTokens(6_000_000) } },
        {
            "more given away", false,
            genesis => genesis with { Supply = TokenAmount.FromTokens(6_000_000) - new TokenAmount(1) }
        },
        { "first instant", true, genesis => genesis with { CreatedAt = new Timestamp(1) } },
        { "last instant", true, genesis => genesis with { CreatedAt = new Timestamp(32_503_679_999_999) } },
        { "year 3000", false, genesis => genesis with { CreatedAt = new Timestamp(32_503_680_000_000) } },
        { "32 of the council", true, genesis => People(genesis, 32, 32) },
        { "33 of the council", false, genesis => People(genesis, 33, 33) },
        { "no council", false, genesis => People(genesis, 3, 0) },
        { "1000 accounts", true, genesis => People(genesis, 1000, 3) },
        { "1001 accounts", false, genesis => People(genesis, 1001, 3) },
        { "multiple", true, Figures(p => p with { GasMultiples = [.. p.GasMultiples.Select(_ => 1_000_000u)] }) },
        { "gas", true, Figures(p => p with { BaseGas = Power(80) }) },
        { "gas above", false, Figures(p => p with { BaseGas = Power(80) + One }) },
        { "rate 1", true, Figures(p => p with { PayloadsPerMinute = 1 }) },
        { "rate", true, Figures(p => p with { PayloadsPerMinute = 60_000_000 }) },
        { "rate above", false, Figures(p => p with { PayloadsPerMinute = 60_000_001 }) },
        { "window", true, Figures(p => p with { MinWindowMs = 1, MaxWindowMs = 1 }) },
        { "stake", true, Figures(p => p with { MinimumStake = Power(100), BidBond = Power(100) }) },
        { "stake above", false, Figures(p => p with { MinimumStake = Power(100) + One }) },
        { "bond above", false, Figures(p => p with { BidBond = Power(100) + One }) },
        { "share", true, Figures(p => p with { MinJobBondShare = Ratio.One }) },
        { "validity", true, Figures(p => p with { MaxValidity = Duration.FromDays(366) }) },
        { "validity above", false, Figures(p => p with { MaxValidity = new(Duration.FromDays(366).Ms + 1) }) },
        { "unbonding", true, Figures(p => p with { Unbonding = Duration.FromDays(3_660) }) },
        { "unbonding above", false, Figures(p => p with { Unbonding = new(Duration.FromDays(3_660).Ms + 1) }) },
        { "no bids", false, Figures(p => p with { MaxBidsPerWorkload = 0 }) },
        { "bids", true, Figures(p => p with { MaxBidsPerWorkload = 256 }) },
        { "one bid", true, Figures(p => p with { MaxBidsPerWorkload = 1, MaxOpenPerAccount = 1 }) },
        { "no bytes", false, Figures(p => p with { MaxBlobBytes = 0 }) },
        { "one byte", true, Figures(p => p with { MaxBlobBytes = 1, MaxBlobDays = 1 }) },
        { "bytes", true, Figures(p => p with { MaxBlobBytes = 1UL << 40, MaxBlobDays = 36_600 }) },
        { "bytes above", false, Figures(p => p with { MaxBlobBytes = (1UL << 40) + 1 }) },
        { "days above", false, Figures(p => p with { MaxBlobDays = 36_601 }) },
        { "rent", true, Figures(p => p with { BlobRentPerKiBDay = Power(64) }) },
        { "rent above", false, Figures(p => p with { BlobRentPerKiBDay = Power(64) + One }) },
    };

    [Theory]
    [MemberData(nameof(Edges))]
    public void Validate_AtAnEdge_LetsPassWhatLiesInsideAndNothingElse(
        string edge, bool isSound, Func<Genesis, Genesis> change)
    {
        var problems = change(Sound).Validate();
        Assert.True(isSound == (problems.Count == 0), $"{edge}: {string.Join(" ", problems)}");
    }

    private static TokenAmount Power(int two) => TokenAmount.FromBaseUnits(UInt128.One << two);

    private static Genesis People(Genesis genesis, int people, int council)
    {
        var random = new SeededRandom(7);
        var accounts = Enumerable.Range(0, people).Select(i => new GenesisAccount(
            new TestKey(random.Fork($"person/{i}")).Public, TokenAmount.OneToken, i < council));
        return genesis with { Accounts = [.. accounts], CouncilThreshold = Math.Max(1, Math.Min(2, council)) };
    }

    private static Func<Genesis, Genesis> Figures(Func<Parameters, Parameters> change) =>
        genesis => genesis with { Parameters = change(genesis.Parameters) };
}
