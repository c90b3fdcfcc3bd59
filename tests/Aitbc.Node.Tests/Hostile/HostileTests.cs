using System.Globalization;
using Xunit.Abstractions;

namespace Aitbc.Node.Tests.Hostile;

/// <summary>
/// Requests that nobody should send, by a seed. AITBC_FUZZ_REQUESTS and AITBC_FUZZ_SEED make the run longer or another:
/// <c>eng/fuzz-http.sh</c>.
/// </summary>
[Collection("memory")]
public sealed class HostileTests(ITestOutputHelper output)
{
    private const int ShortRun = 3_000;
    private const double MarginMiB = 8;

    /// <summary>A short run's own: pools and code of the first requests weigh more than what they leave.</summary>
    private const double ShortMarginMiB = 40;

    [Fact]
    public async Task Whatever_is_sent_breaks_nothing_and_fills_no_memory()
    {
        var count = (int)Setting("AITBC_FUZZ_REQUESTS", ShortRun);
        var seed = Setting("AITBC_FUZZ_SEED", (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        await using var node = await NodeFixture.StartAsync();
        var run = new HostileRun(node, seed);
        await run.RunToAsync(count / 10);
        var before = MemoryMiB();
        await run.RunToAsync(count);
        var after = MemoryMiB();

        var statuses = string.Join(' ', run.Statuses.OrderBy(one => one.Key).Select(one => $"{one.Key}:{one.Value}"));
        var told = $"seed {seed}, {count} requests, statuses {statuses}, managed memory {before:F1} MiB after"
            + $" {count / 10}, {after:F1} MiB after all";
        output.WriteLine(told);
        Assert.True(run.Faults.IsEmpty, $"{told}\n{string.Join("\n---\n", run.Faults)}");
        Assert.True(node.Log.Lines.IsEmpty, $"{told}\n{string.Join("\n---\n", node.Log.Lines.Take(5))}");
        Assert.True(after < before + (count >= 100_000 ? MarginMiB : ShortMarginMiB), told);
        Assert.True(run.Statuses.GetValueOrDefault(200) > count / 20, $"too little got through: {told}");

        // It still does what it is there for.
        Assert.Equal("live", (await node.GetAsync("/health/live")).GetProperty("status").GetString());
        Assert.True((await node.SendAsync(node.Sign(3, node.Pay(1)))).StatusCode
            is System.Net.HttpStatusCode.OK or System.Net.HttpStatusCode.Conflict);
    }

    private static ulong Setting(string name, ulong otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? ulong.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;

    private static double MemoryMiB()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: true) / (1024.0 * 1024.0);
    }
}
