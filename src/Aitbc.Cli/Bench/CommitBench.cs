using System.Collections.Concurrent;
using System.Diagnostics;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;

namespace Aitbc.Cli.Bench;

/// <summary>
/// Durable commands a second: from each payload's JSON bytes on, through parsing, hashing, ordering, the rules, blocks,
/// journal and fsync to the view and the answer. Signatures are left out (<c>sim:</c> chain). In batches as the wire
/// has
/// them, many commands a payload; with one command a payload; and from clients that each wait for their answer.
/// </summary>
internal static class CommitBench
{
    private const int CommandsPerBatch = 64;
    private const int CommandsPerSubmission = 8_192;
    private const int SinglesPerSubmission = 4_096;
    private const int SubmissionsInFlight = 6;
    private const int Clients = 32;

    public static async Task<BenchResult> RunAsync(BenchScale scale, CancellationToken cancellationToken)
    {
        using var scratch = scale.Scratch("commit");
        var chain = BenchChain.Create(scale.Of(10_000, 400));
        await using var ledger = new BenchLedger(chain, scratch.FullPath);
        await ledger.SetUpAsync(cancellationToken).ConfigureAwait(false);
        var random = new SeededRandom(5).Fork("bench/commit");
        var batches = new List<double>();
        var singles = new List<double>();
        for (var round = 0; round < scale.Of(5, 1); round++)
        {
            var work = Prepare(chain, random, scale.Of(819_200, 16_384), CommandsPerBatch);
            batches.Add(await SubmitAsync(ledger.Host, work, CommandsPerBatch, cancellationToken)
                .ConfigureAwait(false));
            work = Prepare(chain, random, scale.Of(400_000, 8_192), 1);
            singles.Add(await SubmitAsync(ledger.Host, work, 1, cancellationToken).ConfigureAwait(false));
        }

        var (waiting, p50, p99) = await ClientsAsync(
            ledger.Host, chain, Duration.FromSeconds(scale.Of(5, 1)), cancellationToken).ConfigureAwait(false);
        CheckSupply(ledger.Host);
        var watched = await WatchedAsync(scale, cancellationToken).ConfigureAwait(false);
        var value = ApplyBench.Median(batches);
        var peer = await PostgresPeer.RunAsync(scale, cancellationToken).ConfigureAwait(false);
        var details = new Dictionary<string, object>
        {
            ["includes"] = "JSON parse, payload digest, order, rules, events, entry hash, Merkle tree, blocks, journal,"
                + " fsync, view, answer",
            ["leftOut"] = "signatures",
            ["commandsPerPayload"] = CommandsPerBatch,
            ["singleCommandPayloadsPerSecond"] = Math.Round(ApplyBench.Median(singles)),
            ["waitingClients"] = Clients,
            ["waitingPerSecond"] = Math.Round(waiting),
            ["waitingTarget"] = 50_000,
            ["waitingP50Ms"] = Math.Round(p50, 2),
            ["waitingP99Ms"] = Math.Round(p99, 2),
            ["waitingP99TargetMs"] = 20,
            ["watchedCommandsPerSecond"] = Math.Round(watched.Batches),
            ["watchedSingleCommandPayloadsPerSecond"] = Math.Round(watched.Singles),
            ["watchedWaitingPerSecond"] = Math.Round(watched.Waiting),
            ["watchedWaitingP50Ms"] = Math.Round(watched.P50Ms, 2),
            ["watchedWaitingP99Ms"] = Math.Round(watched.P99Ms, 2),
            ["watched"] = "the same with the monitor: every command judged, every verdict on disk before its entry",
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

    /// <summary>The same work on a ledger whose monitor is there.</summary>
    private static async Task<(double Batches, double Singles, double Waiting, double P50Ms, double P99Ms)>
        WatchedAsync(BenchScale scale, CancellationToken cancellationToken)
    {
        using var scratch = scale.Scratch("watched");
        var chain = BenchChain.Create(scale.Of(10_000, 400));
        await using var ledger = new BenchLedger(chain, scratch.FullPath, isWatched: true);
        await ledger.SetUpAsync(cancellationToken).ConfigureAwait(false);
        var random = new SeededRandom(5).Fork("bench/commit");
        List<double> batches = [], singles = [];
        for (var round = 0; round < scale.Of(5, 1); round++)
        {
            var work = Prepare(chain, random, scale.Of(819_200, 16_384), CommandsPerBatch);
            batches.Add(await SubmitAsync(ledger.Host, work, CommandsPerBatch, cancellationToken)
                .ConfigureAwait(false));
            work = Prepare(chain, random, scale.Of(400_000, 8_192), 1);
            singles.Add(await SubmitAsync(ledger.Host, work, 1, cancellationToken).ConfigureAwait(false));
        }

        var (waiting, p50, p99) = await ClientsAsync(
            ledger.Host, chain, Duration.FromSeconds(scale.Of(5, 1)), cancellationToken).ConfigureAwait(false);
        CheckSupply(ledger.Host);
        return (ApplyBench.Median(batches), ApplyBench.Median(singles), waiting, p50, p99);
    }

    private static byte[][] Prepare(BenchChain chain, SeededRandom random, int commands, int perPayload)
    {
        var work = new byte[commands / perPayload][];
        var agents = chain.Agents;
        for (var i = 0; i < work.Length; i++)
        {
            var from = random.NextInt32(agents.Length);
            var transfers = new Command[perPayload];
            for (var k = 0; k < perPayload; k++)
            {
                var to = (from + 1 + random.NextInt32(agents.Length - 1)) % agents.Length;
                transfers[k] = new Transfer(agents[to], TokenAmount.OneToken);
            }

            work[i] = BenchLedger.Bytes(chain.Next(from, transfers));
        }

        GC.Collect();
        return work;
    }

    private static async Task<double> SubmitAsync(
        LedgerHost host, byte[][] work, int perPayload, CancellationToken cancellationToken)
    {
        var size = perPayload == 1 ? SinglesPerSubmission : CommandsPerSubmission / perPayload;
        var inFlight = new Queue<Task<IReadOnlyList<SubmitResult>>>();
        var applied = 0;
        var started = Stopwatch.GetTimestamp();
        for (var at = 0; at < work.Length; at += size)
        {
            var submission = new SignedPayload[Math.Min(size, work.Length - at)];
            for (var i = 0; i < submission.Length; i++)
            {
                submission[i] = BenchLedger.Parse(work[at + i]);
            }

            inFlight.Enqueue(host.SubmitAllAsync(submission, cancellationToken));
            if (inFlight.Count >= SubmissionsInFlight)
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
            ? (double)applied * perPayload / elapsed.TotalSeconds
            : throw new InvalidOperationException($"Only {applied} of {work.Length} payloads took effect.");
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
