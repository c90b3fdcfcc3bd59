using Aitbc.KillTarget;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Ledger;

public sealed class KillTests
{
    [Fact]
    public async Task Process_KilledUnderLoad_KeepsEveryAcknowledgedPayloadOnce()
    {
        var tally = await KillCycles.RunAsync(100, (ulong)Environment.TickCount64, _ => { });

        Assert.True(tally.Failures.Count == 0, tally.ToString());
        Assert.True(tally.Acknowledged > 1_000, tally.ToString());
        Assert.True(tally.Snapshots > 10, tally.ToString());
    }
}
