using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;

namespace Aitbc.Cli.Bench;

/// <summary>The benchmarks of the rules, of memory and of recovery.</summary>
internal static class StateBenches
{
    private const double MiB = 1024 * 1024;

    /// <summary>Commands applied a second on one core.</summary>
    public static Task<BenchResult> ApplyAsync(BenchScale scale)
    {
        var accounts = scale.Of(100_000, 1_000);
        var transfers = ApplyBench.Transfers(
            BenchChain.Create(accounts), scale.Of(7, 1), scale.Of(500_000, 10_000));
        var market = ApplyBench.Market(BenchChain.Create(accounts), scale.Of(12, 1), scale.Of(10_000, 200));
        var details = new Dictionary<string, object>
        {
            ["accounts"] = accounts,
            ["marketRefusedShare"] = Math.Round(market.Refused, 4),
            ["transfersPerSecond"] = Math.Round(transfers.PerSecond),
            ["transfersTarget"] = 3_000_000,
            ["transfersRefusedShare"] = Math.Round(transfers.Refused, 4),
            ["measures"] = "commands a second of the core's own time; rules and events, every limit set",
            ["leftOut"] = "signatures, hashing of entries, journal",
        };
        return Task.FromResult(new BenchResult(
            "apply",
            Math.Round(market.PerSecond),
            "commands/s",
            1_000_000,
            market.PerSecond >= 1_000_000 && transfers.PerSecond >= 3_000_000,
            details));
    }

    /// <summary>Memory of many accounts with open workloads.</summary>
    public static Task<BenchResult> MemoryAsync(BenchScale scale)
    {
        var accounts = scale.Of(100_000, 1_000);
        var chain = BenchChain.Create(accounts);
        var before = Measure();
        var ledger = chain.Open();
        var market = new MarketScript(chain, ledger, new EventBuffer());
        market.PostOnly(accounts);
        var after = Measure();
        if (ledger.State.Workloads.Live != accounts)
        {
            throw new InvalidOperationException("Not every account has an open workload.");
        }

        var one = (after - before) / MiB;
        GC.KeepAlive(ledger);
        return Task.FromResult(new BenchResult(
            "memory",
            Math.Round(2 * one, 1),
            "MiB",
            1024,
            2 * one < 1024,
            new Dictionary<string, object>
            {
                ["accounts"] = accounts,
                ["openWorkloads"] = accounts,
                ["oneStateMiB"] = Math.Round(one, 1),
                ["bytesPerAccount"] = Math.Round((after - before) / accounts),
                ["measures"] = "managed memory after collection; twice one state, for a host keeps the writer's and the"
                    + " view's",
            }));
    }

    /// <summary>Opening a ledger on a long journal.</summary>
    public static async Task<BenchResult> RecoveryAsync(BenchScale scale, CancellationToken cancellationToken)
    {
        using var scratch = scale.Scratch("recovery");
        var chain = BenchChain.Create(scale.Of(10_000, 400));
        await using var ledger = new BenchLedger(chain, scratch.FullPath);
        await ledger.SetUpAsync(cancellationToken).ConfigureAwait(false);
        var entries = scale.Of(1_000_000, 4_096);
        var random = new SeededRandom(6).Fork("bench/recovery");
        for (var done = 0; done < entries; done += 4_096)
        {
            var group = new SignedPayload[4_096];
            for (var i = 0; i < group.Length; i++)
            {
                var from = random.NextInt32(chain.Agents.Length);
                var to = chain.Agents[(from + 1) % chain.Agents.Length];
                group[i] = BenchLedger.Parse(
                    BenchLedger.Bytes(chain.Next(from, new Transfer(to, TokenAmount.OneToken))));
            }

            await ledger.Host.SubmitAllAsync(group, cancellationToken).ConfigureAwait(false);
        }

        var seq = ledger.Host.View.Seq;
        var replayed = await ledger.ReopenAsync(withSnapshot: false).ConfigureAwait(false);
        var read = ledger.Host.Recovered.Entries;
        if (read < (ulong)entries || ledger.Host.View.Seq < seq)
        {
            throw new InvalidOperationException($"Recovery read {read} entries of {entries}.");
        }

        var fromSnapshot = await ledger.ReopenAsync(withSnapshot: true).ConfigureAwait(false);
        ledger.IsWatched = true;
        var readBack = await ledger.ReopenAsync(withSnapshot: true).ConfigureAwait(false);
        var kept = await ledger.ReopenAsync(withSnapshot: true).ConfigureAwait(false);
        return new BenchResult(
            "recovery",
            Math.Round(replayed.TotalSeconds, 2),
            "s",
            10,
            replayed.TotalSeconds < 10,
            new Dictionary<string, object>
            {
                ["entries"] = read,
                ["entriesPerSecond"] = Math.Round(read / replayed.TotalSeconds),
                ["fromSnapshotSeconds"] = Math.Round(fromSnapshot.TotalSeconds, 2),
                ["fromSnapshotWithMonitorSeconds"] = Math.Round(kept.TotalSeconds, 2),
                ["withNoWindowsKeptSeconds"] = Math.Round(readBack.TotalSeconds, 2),
                ["includes"] = "journal scan, every checksum and entry hash, events applied to the writer's and the"
                    + " view's"
                    + " state",
            });
    }

    private static double Measure()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
