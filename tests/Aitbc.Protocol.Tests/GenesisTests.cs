using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Tests;

/// <summary>A genesis says all that is wrong with it.</summary>
public sealed class GenesisTests
{
    private static readonly Genesis Sound = new LedgerFixture().Genesis;

    public static TheoryData<string, Func<Genesis, Genesis>> Mistakes => new()
    {
        { "supply", genesis => genesis with { Supply = TokenAmount.Zero } },
        { "supply", genesis => genesis with { Supply = Genesis.MaxSupply + new TokenAmount(1) } },
        { "accounts must", genesis => genesis with { Accounts = [] } },
        { "council", genesis => genesis with { Accounts = [genesis.Accounts[5]] } },
        { "councilThreshold", genesis => genesis with { CouncilThreshold = 0 } },
        { "councilThreshold", genesis => genesis with { CouncilThreshold = 4 } },
        { "same key", genesis => genesis with { Accounts = [genesis.Accounts[0], genesis.Accounts[0]] } },
        { "balances", genesis => Rich(genesis, TokenAmount.MaxSupply) },
        { "balances", genesis => Rich(genesis, genesis.Supply) },
        { "createdAt", genesis => genesis with { CreatedAt = Timestamp.Epoch } },
        { "gasMultiples must", Figures(p => p with { GasMultiples = [1] }) },
        { "each of gasMultiples", Figures(p => p with { GasMultiples = [.. p.GasMultiples.Select(_ => 1_000_001u)] }) },
        { "baseGas", Figures(p => p with { BaseGas = TokenAmount.MaxSupply }) },
        { "payloadsPerMinute", Figures(p => p with { PayloadsPerMinute = 0 }) },
        { "minWindowMs", Figures(p => p with { MinWindowMs = 0 }) },
        { "minWindowMs", Figures(p => p with { MinWindowMs = 200, MaxWindowMs = 199 }) },
        { "minimumStake", Figures(p => p with { MinimumStake = TokenAmount.MaxSupply }) },
        { "bidBond", Figures(p => p with { BidBond = TokenAmount.MaxSupply }) },
        { "minJobBondShare", Figures(p => p with { MinJobBondShare = Ratio.FromPpm(1_000_001) }) },
        { "maxValidity", Figures(p => p with { MaxValidity = Duration.Zero }) },
        { "unbonding", Figures(p => p with { Unbonding = new Duration(-1) }) },
        { "unbonding", Figures(p => p with { Unbonding = new Duration(long.MaxValue) }) },
        { "maxBidsPerWorkload", Figures(p => p with { MaxBidsPerWorkload = 257 }) },
        { "maxOpenPerAccount", Figures(p => p with { MaxOpenPerAccount = 0 }) },
        { "maxBlobBytes", Figures(p => p with { MaxBlobBytes = ulong.MaxValue }) },
        { "maxBlobDays", Figures(p => p with { MaxBlobDays = 0 }) },
        { "blobRentPerKiBDay", Figures(p => p with { BlobRentPerKiBDay = TokenAmount.MaxSupply }) },
    };

    [Fact]
    public void Validate_OfASoundGenesis_FindsNothing() => Assert.Empty(Sound.Validate());

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Validate_OfAMistake_NamesItAndNoChainBegins(string named, Func<Genesis, Genesis> spoil)
    {
        var genesis = spoil(Sound);
        var problems = genesis.Validate();
        Assert.Contains(problems, problem => problem.Contains(named, StringComparison.Ordinal));
        Assert.All(problems, problem => Assert.EndsWith(".", problem, StringComparison.Ordinal));
        Assert.Throws<ArgumentException>(() => new LedgerState(genesis));
    }

    private static Genesis Rich(Genesis genesis, TokenAmount balance) => genesis with
    {
        Accounts = [.. genesis.Accounts.Select(account => account with { Balance = balance })],
    };

    private static Func<Genesis, Genesis> Figures(Func<Parameters, Parameters> change) =>
        genesis => genesis with { Parameters = change(genesis.Parameters) };
}
