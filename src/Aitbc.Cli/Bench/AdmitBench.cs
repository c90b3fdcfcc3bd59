using System.Diagnostics;
using Aitbc.Infrastructure.Wallet;

namespace Aitbc.Cli.Bench;

/// <summary>
/// What admitting a signed command over HTTP costs the node beside the check of its signature: the node in a process of
/// its own, its time on cores by the kernel's count, against the bare check of the same signatures in the same run.
/// </summary>
internal static class AdmitBench
{
    private const int Connections = 64;
    private const int PerBatch = 64;
    private const int Pipelined = 16;
    private const double Target = 0.60;
    private const double BatchTarget = 0.85;

    public static async Task<BenchResult> RunAsync(BenchScale scale, CancellationToken stop)
    {
        using var scratch = scale.Scratch("admit");
        using var chain = SignedChain.Create(Path.Combine(scratch.FullPath, "data"), Connections);
        using var node = await NodeProcess.StartAsync(chain.Directory, stop).ConfigureAwait(false);

        // The compiler's tiers settle first.
        await MeasureAsync(chain, node, scale.Of(2_400, 20), 1, 1, stop).ConfigureAwait(false);
        await MeasureAsync(chain, node, scale.Of(256, 64), PerBatch, 1, stop).ConfigureAwait(false);
        var single = await MeasureAsync(chain, node, scale.Of(1_600, 20), 1, 1, stop).ConfigureAwait(false);
        var piped = await MeasureAsync(chain, node, scale.Of(1_600, 32), 1, Pipelined, stop).ConfigureAwait(false);
        var batch = await MeasureAsync(chain, node, scale.Of(1_600, 64), PerBatch, 1, stop).ConfigureAwait(false);
        return new BenchResult(
            "admit",
            Math.Round(single.PerSecond),
            "commands/s",
            0,
            single.Ratio >= Target && batch.Ratio >= BatchTarget,
            new Dictionary<string, object>
            {
                ["connections"] = Connections,
                ["serverUsPerCommand"] = Math.Round(single.ServerUs, 1),
                ["verificationUs"] = Math.Round(single.BareUs, 1),
                ["batchOf"] = PerBatch,
                ["batchRatio"] = Math.Round(batch.Ratio, 3),
                ["batchTargetRatio"] = BatchTarget,
                ["batchCommandsPerSecond"] = Math.Round(batch.PerSecond),
                ["batchServerUsPerCommand"] = Math.Round(batch.ServerUs, 1),
                ["pipelined"] = Pipelined,
                ["pipelinedRatio"] = Math.Round(piped.Ratio, 3),
                ["pipelinedCommandsPerSecond"] = Math.Round(piped.PerSecond),
                ["includes"] = "all of the server's process, the kernel's part of it too: HTTP, parse, signature,"
                    + " order, rules, journal, fsync, answer",
                ["leftOut"] = "the load's own process, which shares the cores: commands/s feels it, the ratio does not",
                ["ratioIs"] = "time of bare ES256 verification of the same signatures, all cores at it, over the"
                    + " server's time on cores, a command",
            })
        {
            Reference = Math.Round(1e6 / single.BareUs),
            Ratio = Math.Round(single.Ratio, 3),
            TargetRatio = Target,
        };
    }

    private static async Task<Cost> MeasureAsync(
        SignedChain chain, NodeProcess node, int perAccount, int perRequest, int atOnce, CancellationToken stop)
    {
        var signed = chain.SignAll(perAccount);
        var requests = signed.Select(mine => Requests(mine, perRequest)).ToArray();
        var before = chain.BareSeconds(signed);
        GC.Collect();
        var cpu = node.CpuTime();
        var started = Stopwatch.GetTimestamp();
        var applied = await Task.WhenAll(requests.Select(mine => Task.Run(
            () => HttpLoad.RunAsync(node.Url, mine, atOnce, stop), stop))).ConfigureAwait(false);
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var spent = (node.CpuTime() - cpu).TotalSeconds;
        var count = perAccount * chain.Accounts;
        if (applied.Sum() != count)
        {
            throw new InvalidOperationException($"Only {applied.Sum()} of {count} commands took effect.");
        }

        var bare = (before + chain.BareSeconds(signed)) / 2;
        return new Cost(count / elapsed, bare * 1e6, spent / count * 1e6);
    }

    private static byte[][] Requests(JwsParts[] signed, int perRequest) => perRequest == 1
        ? [.. signed.Select(one => HttpLoad.Single(one))]
        : [.. signed.Chunk(perRequest).Select(some => HttpLoad.Batch(some))];

    private sealed record Cost(double PerSecond, double BareUs, double ServerUs)
    {
        public double Ratio => BareUs / ServerUs;
    }
}
