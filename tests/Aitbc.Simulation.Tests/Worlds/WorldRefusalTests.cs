using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Protocol;
using Aitbc.Simulation.Worlds;

namespace Aitbc.Simulation.Tests.Worlds;

public sealed class WorldRefusalTests
{
    [Theory]
    [InlineData("1,2,0\n3,4,0\n5,6,0\n7,8,0\n", "dataset")]
    [InlineData("", "dataset")]
    [InlineData("a,b\nc,d\n", "dataset")]
    public async Task Open_WithADataSetOfNoUse_SaysWhyAndMakesNothing(string dataset, string code)
    {
        using var lab = new Lab();
        var options = lab.New("a") with { Dataset = Encoding.UTF8.GetBytes(dataset) };

        var refused = await Assert.ThrowsAsync<WorldRefusedException>(
            () => World.OpenAsync(options, CancellationToken.None));

        Assert.Equal(code, refused.Code);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.False(Directory.Exists(lab["a"]));
    }

    [Fact]
    public async Task Open_WithADemandOfNoUse_SaysWhyAndMakesNothing()
    {
        using var lab = new Lab();
        var options = lab.New("a") with { Demand = Encoding.UTF8.GetBytes("1,2\n3,4\n") };

        var refused = await Assert.ThrowsAsync<WorldRefusedException>(
            () => World.OpenAsync(options, CancellationToken.None));

        Assert.Equal("demand", refused.Code);
        Assert.False(Directory.Exists(lab["a"]));
    }

    [Fact]
    public async Task A_world_goes_on_only_with_what_it_was_begun_with()
    {
        using var lab = new Lab();
        await Lab.LiveAsync(lab.New("a"), 1);
        (WorldOptions Options, string Code)[] others =
        [
            (lab.New("a") with { Dataset = Lab.Data("breast-cancer.csv") }, "other_inputs"),
            (lab.New("a") with { Demand = Encoding.UTF8.GetBytes("0,1,1\n") }, "other_inputs"),
            (lab.New("a") with { Seed = 2 }, "other_inputs"),
            (lab.New("a") with { IsVirtual = false }, "other_time"),
        ];
        foreach (var (options, code) in others)
        {
            var refused = await Assert.ThrowsAsync<WorldRefusedException>(
                () => World.OpenAsync(options, CancellationToken.None));
            Assert.Equal(code, refused.Code);
        }

        await Lab.LiveAsync(lab.New("a") with { Speed = 7 }, 1);
    }

    [Fact]
    public async Task Open_OnAnotherChain_IsRefusedAndChangesNothing()
    {
        using var lab = new Lab();
        var plan = new ChainPlan(
            ChainId.Parse("aitbc:main"), TokenAmount.OneToken, new Timestamp(1), 1, new Parameters());
        ChainDirectory.Create(lab["a"], plan, keys =>
        {
            using var key = keys.Create();
            return [new GenesisAccount(key.PublicKey, TokenAmount.OneToken, true)];
        }).Dispose();
        var before = Directory.EnumerateFiles(lab["a"], "*", SearchOption.AllDirectories).Order().ToList();

        var refused = await Assert.ThrowsAsync<WorldRefusedException>(
            () => World.OpenAsync(lab.New("a", isVirtual: false), CancellationToken.None));

        Assert.Equal("other_chain", refused.Code);
        Assert.Equal(before, Directory.EnumerateFiles(lab["a"], "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public async Task Open_AfterAKillBetweenChainAndWorld_BeginsTheWorld()
    {
        using var lab = new Lab();
        Founding.BeginChain(lab["a"], isVirtual: true, seed: 1).Dispose();

        var end = await Lab.LiveAsync(lab.New("a"), 1);

        Assert.Equal(1, end.Counts.Settled);
    }
}
