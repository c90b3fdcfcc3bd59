using System.Diagnostics;
using System.Security.Cryptography;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Identity;

namespace Aitbc.Cli.Bench;

/// <summary>
/// How long the writer keeps anybody waiting while a snapshot of a large state is taken: one client pays without a
/// pause, and each answer is timed, with and without a snapshot under way.
/// </summary>
internal static class SnapshotBench
{
    private const double TargetMs = 50;
    private const int AccountsOfAPayload = 1_000;

    /// <summary>Runs it.</summary>
    public static async Task<BenchResult> RunAsync(BenchScale scale, CancellationToken cancellationToken)
    {
        using var scratch = scale.Scratch("snapshot");
        var chain = BenchChain.Create(2);
        await using var ledger = new BenchLedger(chain, scratch.FullPath);
        await ledger.SetUpAsync(cancellationToken).ConfigureAwait(false);
        var accounts = scale.Of(1_000_000, 2_000);
        await OpenAccountsAsync(chain, ledger.Host, accounts, cancellationToken).ConfigureAwait(false);

        // The first is made from genesis; what is measured is one like all that follow.
        await ledger.Host.TakeSnapshotAsync(cancellationToken).ConfigureAwait(false);
        var client = new Client(chain, ledger.Host);
        await client
            .RunAsync(Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken))
            .ConfigureAwait(false);
        var without = await client
            .RunAsync(Task.Delay(
                TimeSpan.FromMilliseconds(scale.Of(10_000, 200)), TimeProvider.System, cancellationToken))
            .ConfigureAwait(false);
        var started = Stopwatch.GetTimestamp();
        var snapshot = ledger.Host.TakeSnapshotAsync(cancellationToken);
        var with = await client.RunAsync(snapshot).ConfigureAwait(false);
        var took = Stopwatch.GetElapsedTime(started);
        var seq = await snapshot.ConfigureAwait(false);
        if (seq == 0 || ledger.Host.View.Read(state => state.Accounts.Live) < accounts)
        {
            throw new InvalidOperationException("No snapshot of the large state was taken.");
        }

        var file = Path.Combine(scratch.FullPath, SnapshotStore.DirectoryName, $"{seq:D20}.snap");
        return new BenchResult(
            "snapshot",
            Math.Round(with.LongestMs, 2),
            "ms",
            TargetMs,
            with.LongestMs < TargetMs,
            new Dictionary<string, object>
            {
                ["accounts"] = accounts,
                ["snapshotMiB"] = Math.Round(new FileInfo(file).Length / (1024.0 * 1024.0), 1),
                ["snapshotSeconds"] = Math.Round(took.TotalSeconds, 2),
                ["commandsMeanwhile"] = with.Count,
                ["p999Ms"] = Math.Round(with.P999Ms, 2),
                ["longestWithoutSnapshotMs"] = Math.Round(without.LongestMs, 2),
                ["p999WithoutSnapshotMs"] = Math.Round(without.P999Ms, 2),
                ["measures"] = "the longest time from submitting one transfer to its durable answer while a snapshot is"
                    + " taken, by one client that never rests",
            });
    }

    private static async Task OpenAccountsAsync(
        BenchChain chain, LedgerHost host, int count, CancellationToken cancellationToken)
    {
        var sequence = host.View.Read(state => state.NextSequence(state.FindAccount(chain.Owner)!.Value, 0));
        for (var done = 0; done < count; done += AccountsOfAPayload)
        {
            var commands = new OpenAccount[Math.Min(AccountsOfAPayload, count - done)];
            Parallel.For(0, commands.Length, i => commands[i] = new OpenAccount(NewKey(), null, TokenAmount.OneToken));
            var result = await host.SubmitAsync(
                BenchLedger.Parse(BenchLedger.Bytes(chain.Make(chain.Owner, sequence++, commands))), cancellationToken)
                .ConfigureAwait(false);
            if (result.Outcome != Outcome.Applied)
            {
                throw new InvalidOperationException($"The benchmark's accounts were refused: {result.Outcome}.");
            }
        }
    }

    private static PublicKey NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        return PublicKey.From(point.X, point.Y);
    }

    /// <summary>What a client saw.</summary>
    private sealed record Seen(int Count, double LongestMs, double P999Ms);

    /// <summary>Pays again and again, each time waiting for the answer.</summary>
    private sealed class Client(BenchChain chain, LedgerHost host)
    {
        public Task<Seen> RunAsync(Task until) => Task.Factory.StartNew(
            () => Run(until), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        private Seen Run(Task until)
        {
            var times = new List<double>();
            while (!until.IsCompleted)
            {
                var payload = BenchLedger.Parse(
                    BenchLedger.Bytes(chain.Next(0, new Transfer(chain.Agents[1], TokenAmount.FromBaseUnits(1)))));
                var started = Stopwatch.GetTimestamp();
                var result = host.SubmitAsync(payload, CancellationToken.None).GetAwaiter().GetResult();
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                if (result.Outcome != Outcome.Applied)
                {
                    throw new InvalidOperationException($"A payment was refused: {result.Outcome}.");
                }
            }

            times.Sort();
            return new Seen(times.Count, times[^1], times[(int)(times.Count * 0.999)]);
        }
    }
}
