using Xunit.Abstractions;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
namespace Aitbc.Protocol.Tests;

public sealed class SmokeTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    public void Smoke(ulong seed)
    {
        var economy = new RandomEconomy(seed);
        var kinds = new SortedDictionary<string,int>();
        economy.Chain.Journalled += e => { var r = new EventReader(e.Events); while (r.MoveNext()) { var k = r.Kind.ToString(); kinds[k] = kinds.GetValueOrDefault(k)+1; if (r.Kind == EventKind.WorkloadEnded) { k = "E:" + r.As<WorkloadEnded>().Ending; kinds[k] = kinds.GetValueOrDefault(k)+1; } } };
        try
        {
            economy.Run(20_000);
        }
        finally
        {
            output.WriteLine(economy.Where);
            foreach (var (o, n) in kinds) output.WriteLine($"{o} {n}");
            foreach (var (o, n) in economy.Outcomes) output.WriteLine($"{o} {n}");
        }
        Assert.Fail("show");
    }
}
