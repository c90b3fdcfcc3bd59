using System.Collections.Concurrent;
using System.Diagnostics;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Cli.Bench;

/// <summary>
/// Durable commands a second: from each payload's JSON bytes on, through parsing, hashing, ordering, the rules, blocks,
/// journal and fsync to the view and the answer. Signatures are left out (<c>sim:</c> chain).
/// </summary>
internal static class CommitBench
{
    private const int GroupSize = 4_096;
    private const int GroupsInFlight = 6;
    private const int Clients = 32;

    public static async Task<BenchResult> RunAsync(BenchScale scale, CancellationToken cancellationToken)
    {
        using var scratch = scale.Scratch("commit");
        var chain = BenchChain.Create(scale.Of(10_000, 400));
        await using var ledger = new BenchLedger(chain, scratch.FullPath);
        await ledger.SetUpAsync(cancellationToken).ConfigureAwait(false);
        var random = new SeededRandom(5).Fork("bench/commit");
        var rates = new List<double>();
        for (var round = 0; round < scale.Of(5, 1); round++)
        {
            var work = Prepare(chain, random, scale.Of(400_000, 8_192));
            rates.Add(await BatchesAsync(ledger.Host, work, cancellationToken).ConfigureAwait(false));
        }

        var (waiting, p50, p99) = await ClientsAsync(
            ledger.Host, chain, Duration.FromSeconds(scale.Of(5, 1)), cancellationToken).ConfigureAwait(false);
        CheckSupply(ledger.Host);
        var value = ApplyBench.Median(rates);
        var peer = await PostgresPeer.RunAsync(scale, cancellationToken).ConfigureAwait(false);
        var details = new Dictionary<string, object>
        {
            ["includes"] = "JSON parse, payload digest, order, rules, events, entry hash, Merkle tree, blocks, journal,"
                + " fsync, view, answer",
            ["leftOut"] = "signatures",
            ["commandsPerPayload"] = 1,
            ["payloadsPerSubmission"] = GroupSize,
            ["waitingClients"] = Clients,
            ["waitingPerSecond"] = Math.Round(waiting),
            ["waitingTarget"] = 50_000,
            ["waitingP50Ms"] = Math.Round(p50, 2),
            ["waitingP99Ms"] = Math.Round(p99, 2),
            ["waitingP99TargetMs"] = 20,
            ["referenceIs"] = peer.What,
        };
        var ratio = value / peer.PerSecond;
        return new BenchResult(
            "commit",
            Math.Round(value),
            "commands/s",
            500_000,
            value >= 500_000 && waiting >= 50_000 && p99 < 20 && (ratio is null or >= 25),
            details)
        {
            Reference = peer.PerSecond is { } rate ? Math.Round(rate) : null,
            Ratio = ratio is { } known ? Math.Round(known, 1) : null,
            TargetRatio = ratio is null ? null : 25,
        };
    }

    private static byte[][] Prepare(BenchChain chain, SeededRandom random, int count)
    {
        var work = new byte[count][];
        for (var i = 0; i < count; i++)
        {
            var from = random.NextInt32(chain.Agents.Length);
            var to = (from + 1 + random.NextInt32(chain.Agents.Length - 1)) % chain.Agents.Length;
            work[i] = BenchLedger.Bytes(chain.Next(from, new Transfer(chain.Agents[to], TokenAmount.OneToken)));
        }

        GC.Collect();
        return work;
    }

    private static async Task<double> BatchesAsync(LedgerHost host, byte[][] work, CancellationToken cancellationToken)
    {
        var inFlight = new Queue<Task<IReadOnlyList<SubmitResult>>>();
        var applied = 0;
        var started = Stopwatch.GetTimestamp();
        for (var at = 0; at < work.Length; at += GroupSize)
        {
            var group = new SignedPayload[Math.Min(GroupSize, work.Length - at)];
            for (var i = 0; i < group.Length; i++)
            {
                group[i] = BenchLedger.Parse(work[at + i]);
            }

            inFlight.Enqueue(host.SubmitAllAsync(group, cancellationToken));
            if (inFlight.Count >= GroupsInFlight)
            {
                applied += Applied(await inFlight.Dequeue().ConfigureAwait(false));
            }
        }

        while (inFlight.TryDequeue(out var last))
        {
            applied += Applied(await last.ConfigureAwait(false));
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        return applied == work.Length
            ? work.Length / elapsed.TotalSeconds
            : throw new InvalidOperationException($"Only {applied} of {work.Length} commands took effect.");
    }

    private static int Applied(IReadOnlyList<SubmitResult> results) =>
        results.Count(result => result.Outcome == Outcome.Applied);

    private static async Task<(double PerSecond, double P50Ms, double P99Ms)> ClientsAsync(
        LedgerHost host, BenchChain chain, Duration length, CancellationToken cancellationToken)
    {
        var latencies = new ConcurrentBag<List<double>>();
        var started = Stopwatch.GetTimestamp();
        var share = chain.Agents.Length / Clients;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(
            async () =>
            {
                var mine = new List<double>();
                for (var i = 0; Stopwatch.GetElapsedTime(started).TotalMilliseconds < length.Ms; i++)
                {
                    var from = (client * share) + (i % share);
                    var to = chain.Agents[(from + 1) % chain.Agents.Length];
                    var signed = BenchLedger.Parse(
                        BenchLedger.Bytes(chain.Next(from, new Transfer(to, TokenAmount.OneToken))));
                    var sent = Stopwatch.GetTimestamp();
                    var result = await host.SubmitAsync(signed, cancellationToken).ConfigureAwait(false);
                    mine.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                    if (result.Outcome != Outcome.Applied)
                    {
                        throw new InvalidOperationException($"A waiting client was refused: {result.Outcome}.");
                    }
                }

                latencies.Add(mine);
            },
            cancellationToken))).ConfigureAwait(false);
        var elapsed = Stopwatch.GetElapsedTime(started);
        var sorted = latencies.SelectMany(list => list).Order().ToArray();
        return (
            sorted.Length / elapsed.TotalSeconds,
            sorted[sorted.Length / 2],
            sorted[(int)(sorted.Length * 0.99)]);
    }

    private static void CheckSupply(LedgerHost host)
    {
        var (sum, supply) = host.View.Read(state =>
        {
            var total = UInt128.Zero;
            for (var slot = 0; slot < state.Accounts.Count; slot++)
            {
                total += state.Accounts[slot].Total.BaseUnits;
            }

            return (total, state.Globals.Supply.BaseUnits);
        });
        if (sum != supply)
        {
            throw new InvalidOperationException("The benchmark's accounts do not add up to the supply.");
        }
    }
}
