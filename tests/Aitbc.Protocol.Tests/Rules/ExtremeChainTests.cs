namespace Aitbc.Protocol.Tests.Rules;

/// <summary>Whatever genesis lets pass, no entry makes the rules leave the range of their arithmetic.</summary>
public sealed class ExtremeChainTests
{
    private const int People = 14;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public void An_economy_on_the_edge_of_every_figure_throws_nothing_and_keeps_its_supply(ulong seed)
    {
        var economy = new RandomEconomy(seed, Extreme(new SeededRandom(seed).Fork("figures")));
        Assert.Empty(economy.Chain.Genesis.Validate());
        economy.Run(1_500);
        var sum = TokenAmount.Zero;
        for (var slot = 0; slot < economy.Chain.State.Accounts.Count; slot++)
        {
            sum += economy.Chain.State.Accounts[slot].Total;
        }

        Assert.True(economy.Chain.Genesis.Supply == sum, economy.Where);
    }

    /// <summary>Each figure at its least, at its most or where it usually is.</summary>
    private static ChainShape Extreme(SeededRandom random)
    {
        var usual = new Parameters();
        var balance = Power(100).MulDivDown(1, People);
        return new ChainShape
        {
            People = People,
            BeaconRounds = 4096,
            Supply = Genesis.MaxSupply,
            Balance = balance,
            CreatedAt = new Timestamp(One(1L, 32_503_679_999_999, 1_767_571_200_000)),
            Parameters = new Parameters
            {
                MinimumStake = One(TokenAmount.Zero, balance.MulDivDown(1, 8), usual.MinimumStake),
                BaseGas = One(TokenAmount.Zero, Power(80), usual.BaseGas),
                GasMultiples = One<IReadOnlyList<uint>>(
                    [.. usual.GasMultiples.Select(_ => 0u)],
                    [.. usual.GasMultiples.Select(_ => 1_000u)],
                    usual.GasMultiples),
                PayloadsPerMinute = One(1u, 60_000_000u, usual.PayloadsPerMinute),
                MaxValidity = One(new Duration(1), Duration.FromDays(366), usual.MaxValidity),
                Unbonding = One(new Duration(1), Duration.FromDays(3_660), usual.Unbonding),
                BidBond = One(TokenAmount.Zero, balance.MulDivDown(1, 8), usual.BidBond),
                MinJobBondShare = One(Ratio.Zero, Ratio.One, usual.MinJobBondShare),
                MinWindowMs = 1,
                MaxWindowMs = One(1u, uint.MaxValue, usual.MaxWindowMs),
                MaxBidsPerWorkload = One<ushort>(1, 256, usual.MaxBidsPerWorkload),
                MaxOpenPerAccount = One<ushort>(1, ushort.MaxValue, usual.MaxOpenPerAccount),
                MaxBlobBytes = One(1UL, 1UL << 40, usual.MaxBlobBytes),
                MaxBlobDays = One(1u, 36_600u, usual.MaxBlobDays),
                BlobRentPerKiBDay = One(TokenAmount.Zero, Power(64), usual.BlobRentPerKiBDay),
            },
        };

        T One<T>(T least, T most, T normal) => random.NextInt32(3) switch { 0 => least, 1 => most, _ => normal };
    }

    private static TokenAmount Power(int two) => TokenAmount.FromBaseUnits(UInt128.One << two);
}
