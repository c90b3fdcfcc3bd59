using System.Diagnostics;
using System.Globalization;
using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Verification;
using Aitbc.Primitives;

namespace Aitbc.KillTarget;

/// <summary>What cycles of killing came to.</summary>
/// <param name="Seed">What the moments came from.</param>
/// <param name="Cycles">Kills.</param>
/// <param name="Acknowledged">Acknowledged payloads, each found again.</param>
/// <param name="Snapshots">Restarts that began from a snapshot taken under load.</param>
/// <param name="Failures">What was not as it must be.</param>
public sealed record KillTally(ulong Seed, int Cycles, long Acknowledged, int Snapshots, IReadOnlyList<string> Failures)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Cycles} kills, {Acknowledged} acknowledged, {Snapshots} from snapshots under load, "
        + $"{Failures.Count} failures (seed {Seed})"
        + string.Concat(Failures.Select(failure => "\n  " + failure));
}

/// <summary>Kills a process under load, again and again, and checks what it had acknowledged.</summary>
public static class KillCycles
{
    /// <summary>Kills after which a new chain begins, so that long runs do not read one ever longer.</summary>
    public const int CyclesOfAChain = 25;

    /// <summary>Chains at a time: most of a cycle is waiting.</summary>
    public const int Lanes = 3;

    /// <summary>Runs cycles; begins no chain after a failure.</summary>
    /// <param name="cycles">How many kills.</param>
    /// <param name="seed">Gives the moments; which instruction they meet, the machine decides.</param>
    /// <param name="progress">Told of each chain that is done.</param>
    public static async Task<KillTally> RunAsync(int cycles, ulong seed, Action<string> progress)
    {
        var random = new SeededRandom(seed);
        var gate = new Lock();
        var failures = new List<string>();
        var (done, acknowledged, snapshots) = (0, 0L, 0);
        var chains = Enumerable.Range(0, (cycles + CyclesOfAChain - 1) / CyclesOfAChain);
        var lanes = new ParallelOptions { MaxDegreeOfParallelism = Lanes };
        await Parallel.ForEachAsync(chains, lanes, async (chain, _) =>
        {
            if (failures.Count > 0)
            {
                return;
            }

            var root = Directory.CreateTempSubdirectory("aitbc-kill-").FullName;
            var victim = new Victim(Path.Combine(root, "chain"), random.Fork($"chain/{chain}"));
            var count = Math.Min(CyclesOfAChain, cycles - (chain * CyclesOfAChain));
            await victim.RunAsync(count);
            if (victim.Failures.Count == 0)
            {
                Directory.Delete(root, recursive: true);
            }
            else
            {
                victim.Failures.Add($"kept: {root}");
            }

            lock (gate)
            {
                done += count;
                acknowledged += victim.Found;
                snapshots += victim.Snapshots;
                failures.AddRange(victim.Failures);
                progress($"{done} of {cycles} kills, {acknowledged} acknowledged, {failures.Count} failures");
            }
        });

        return new KillTally(seed, done, acknowledged, snapshots, failures);
    }

    private const int PatienceMs = 30_000;

    private sealed record Acknowledgement(ulong Seq, int Outcome, SignedPayload Payload);

    private sealed class Victim(string path, SeededRandom random)
    {
        private readonly List<string> failures = [];
        private readonly HashSet<Digest> payloads = [];
        private readonly List<Acknowledgement> open = [];
        private ulong read;
        private ulong stoppedAt;
        private UInt128 applied;

        public long Found { get; private set; }

        /// <summary>Restarts from a snapshot that no clean stop took.</summary>
        public int Snapshots { get; private set; }

        public List<string> Failures => failures;

        public async Task RunAsync(int cycles)
        {
            KillChain.Create(path);
            for (var cycle = 1; cycle <= cycles && failures.Count == 0; cycle++)
            {
                KillOnce();

                // Two in three: a kill must also meet what an earlier kill left, with no clean stop between.
                if (random.NextInt32(3) != 0 || cycle == cycles)
                {
                    await CheckAsync();

                    // None yet where the first kills met the process before its first entry.
                    stoppedAt = (ulong)new SnapshotStore(new FileDisk(path)).Sequences.LastOrDefault();
                }

                if (cycle % 10 == 0 || cycle == cycles)
                {
                    var report = await ChainVerifier.RunAsync(path, [], null, CancellationToken.None);
                    failures.AddRange(report.Problems.Select(problem => $"cycle {cycle}, verify: {problem}"));
                }
            }
        }

        private void KillOnce()
        {
            var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add(typeof(KillCycles).Assembly.Location);
            start.ArgumentList.Add("serve");
            start.ArgumentList.Add(path);
            start.ArgumentList.Add(random.NextUInt64().ToString(CultureInfo.InvariantCulture));
            using var process = Process.Start(start)!;
            var before = open.Count;
            var delay = random.NextInt32(4) == 0 ? 50 + random.NextInt32(350) : 5 + random.NextInt32(60);

            // From the first acknowledgement, so that there is a load; one in six from the start of the process: then
            // the kill meets recovery itself.
            var isRunning = random.NextInt32(6) == 0;
            using var timer = new Timer(
                _ => process.Kill(), null, isRunning ? 4 * delay : PatienceMs, Timeout.Infinite);
            while (process.StandardOutput.ReadLine() is { } line)
            {
                Note(line);
                if (!isRunning && open.Count > before)
                {
                    isRunning = timer.Change(delay, Timeout.Infinite);
                }
            }

            process.WaitForExit();
        }

        private void Note(string line)
        {
            var words = line.Split(' ', 4);
            if (words[0] == KillClients.Wrong)
            {
                failures.Add(line);
            }
            else if (words is [KillClients.Acknowledged, var seq, var outcome, var jws]
                && SignedPayload.TryFromJws(Encoding.ASCII.GetBytes(jws), out var payload, out _))
            {
                // A line that was cut short parses as no JWS.
                open.Add(new Acknowledgement(
                    ulong.Parse(seq, CultureInfo.InvariantCulture),
                    int.Parse(outcome, CultureInfo.InvariantCulture),
                    payload));
            }
        }

        private async Task CheckAsync()
        {
            using var chain = ChainDirectory.Open(path);
            await using var host = KillChain.Open(chain);
            Snapshots += host.Recovered.SnapshotSeq > stoppedAt ? 1 : 0;
            failures.AddRange(host.Recovered.BadSnapshots.Select(problem => $"snapshot: {problem}"));
            ReadJournal(host);
            for (var i = Math.Max(0, open.Count - 8); i < open.Count; i++)
            {
                var again = await host.SubmitAsync(open[i].Payload, CancellationToken.None);
                if (!again.IsDuplicate || again.Seq != open[i].Seq || (int)again.Outcome != open[i].Outcome)
                {
                    failures.Add($"entry {open[i].Seq} sent again gave {again}");
                }
            }

            open.Clear();
            var paid = KillChain.Account(chain, KillChain.Payers);
            var balance = host.View.Read(state => state.Account(state.FindAccount(paid)!.Value).Available);
            if (balance.BaseUnits - KillChain.Balance.BaseUnits != applied)
            {
                failures.Add($"{applied} transfers are on the journal, and the balance is {balance.BaseUnits}");
            }
        }

        /// <summary>Reads what is new on the journal and looks up every acknowledgement.</summary>
        private void ReadJournal(LedgerHost host)
        {
            var entries = new Dictionary<ulong, (int Outcome, Digest Payload)>();
            using var cursor = host.ReadFrom(read + 1);
            while (cursor.TryRead(out var entry))
            {
                read = entry.Header.Seq;
                if (entry.Body != Protocol.Blocks.BodyKind.Payload)
                {
                    continue;
                }

                var digest = Digest.Sha256(entry.BodyBytes.Span);
                entries[read] = ((int)entry.Outcome, digest);
                applied += entry.Outcome == Protocol.Outcome.Applied ? 1u : 0u;
                if (!payloads.Add(digest))
                {
                    failures.Add($"entry {read} has a payload that was there before");
                }
            }

            foreach (var one in open)
            {
                if (entries.GetValueOrDefault(one.Seq) == (one.Outcome, one.Payload.Payload.PayloadDigest))
                {
                    Found++;
                }
                else
                {
                    failures.Add($"entry {one.Seq} was acknowledged with outcome {one.Outcome} and is not there");
                }
            }
        }
    }
}
