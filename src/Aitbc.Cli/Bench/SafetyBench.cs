using System.Diagnostics;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Safety.Audit;
using Aitbc.Safety.Monitor;

namespace Aitbc.Cli.Bench;

/// <summary>
/// Checks a second of one core's own time: windows of agent and owner kept, every detector, and the verdict in the
/// hash-chained audit file, on disk in groups. The same for 5 agents and for 10,000, each of which acts every 24
/// minutes. The rules of constitutions are measured by themselves: <see cref="ConstitutionBench"/>.
/// </summary>
internal static class SafetyBench
{
    private const double Target = 1_000_000;
    private const double TargetRatio = 40;
    private const double TargetRules = 10_000_000;
    private const double MostSlowdown = 1.6;
    private const int Many = 10_000;
    private const int Few = 5;
    private const int Group = 1_024;
    private const int Ahead = 6;
    private const long EachMs = 24 * 60_000;
    private static readonly Timestamp Start = new(1_780_000_000_000);

    public static async Task<BenchResult> RunAsync(BenchScale scale, CancellationToken cancellationToken)
    {
        var count = scale.Of(2_000_000, 40_000);
        List<Run> many = [], few = [], quiet = [];
        for (var round = 0; round < scale.Of(3, 1); round++)
        {
            many.Add(Measure(scale, Many, count, isAudited: true));
            few.Add(Measure(scale, Few, count, isAudited: true));
            quiet.Add(Measure(scale, Many, count, isAudited: false));
        }

        var (fewRules, manyRules) = ConstitutionBench.Run(scale);
        var value = ApplyBench.Median([.. many.Select(run => run.PerSecond)]);
        var small = ApplyBench.Median([.. few.Select(run => run.PerSecond)]);
        var slowdown = small / value;
        var (peer, what) = await CedarPeer.RunAsync(scale, cancellationToken).ConfigureAwait(false);
        var ratio = value / peer;
        return new BenchResult(
            "safety",
            Math.Round(value),
            "checks/s",
            Target,
            value >= Target && slowdown <= MostSlowdown && !(ratio < TargetRatio)
                && manyRules >= TargetRules && fewRules / manyRules <= MostSlowdown,
            new Dictionary<string, object>
            {
                ["agents"] = Many,
                ["checksPerSecondWith5Agents"] = Math.Round(small),
                ["slowdownFrom5To10000"] = Math.Round(slowdown, 2),
                ["slowdownTarget"] = MostSlowdown,
                ["constitutionPerSecond"] = Math.Round(manyRules),
                ["constitutionTarget"] = TargetRules,
                ["constitutionPerSecondWith5Agents"] = Math.Round(fewRules),
                ["constitutionSlowdownFrom5To10000"] = Math.Round(fewRules / manyRules, 2),
                ["withoutAudit"] = Math.Round(ApplyBench.Median([.. quiet.Select(run => run.PerSecond)])),
                ["byTheWallClock"] = Math.Round(ApplyBench.Median([.. many.Select(run => run.WallPerSecond)])),
                ["allocatedBytesPerCheck"] = Math.Round(many[0].AllocatedPerCheck, 2),
                ["parked"] = many[0].Parked,
                ["auditBytesPerCheck"] = Math.Round(many[0].AuditBytesPerCheck, 1),
                ["verdictsAFlush"] = Group,
                ["measures"] = "windows of agent and owner, every detector, the verdict in the audit file; one core's"
                    + " own time, the kernel's part too",
                ["leftOut"] = "signatures, the ledger; the rules of constitutions are measured by themselves",
                ["referenceIs"] = what,
            })
        {
            Reference = peer is { } rate ? Math.Round(rate) : null,
            Ratio = peer is null ? null : Math.Round(ratio!.Value, 1),
            TargetRatio = peer is null ? null : TargetRatio,
        };
    }

    private static Run Measure(BenchScale scale, int agents, int count, bool isAudited)
    {
        using var scratch = scale.Scratch("safety");
        using var directory = DataDirectory.Open(scratch.FullPath);
        var disk = directory.Disk;
        var monitor = new SafetyMonitor(new MonitorOptions());
        var acts = Prepare(agents);
        var warm = Math.Max(agents * 80, 20_000);
        for (var i = 0; i < warm; i++)
        {
            acts[i % acts.Length] = At(acts, i, agents);
            // Payees that a person approved are trusted at once; it would take a month otherwise.
            monitor.Approve(in acts[i % acts.Length]);
        }

        using var audit = AuditFile.Open(disk, Start);
        var group = new VerdictGroup();
        var digest = Digest.Sha256("payload"u8);
        var parked = 0;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var (wall, cpu) = (Stopwatch.GetTimestamp(), CpuClock.Now());
        for (var i = warm; i < warm + count; i++)
        {
            acts[(i + Ahead) % acts.Length] = At(acts, i + Ahead, agents);
            monitor.Fetch(in acts[(i + Ahead) % acts.Length]);
            ref var act = ref acts[i % acts.Length];
            var finding = monitor.Judge(new ReadOnlySpan<ObservedAction>(in act));
            _ = finding.Verdict == MonitorLevel.Pass ? monitor.Learn(in act) : monitor.Attempt(in act);
            parked += finding.Verdict == MonitorLevel.Pass ? 0 : 1;
            if (isAudited)
            {
                group.Add(new JudgedPayload((ulong)i, act.At, digest, act.Agent, VerdictOf(finding), Outcome.Applied));
                if (group.Count == Group)
                {
                    audit.Append("judged", group, act.At);
                }
            }
        }

        audit.Append("judged", group, Start);
        var (cpuSeconds, wallSeconds) =
            (CpuClock.Since(cpu).TotalSeconds, Stopwatch.GetElapsedTime(wall).TotalSeconds);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Check(monitor, disk, agents, count, parked, isAudited);
        var bytes = AuditBytes(disk);
        return new Run(
            count / cpuSeconds, count / wallSeconds, (double)allocated / count, parked, (double)bytes / count);
    }

    private static MonitorVerdict? VerdictOf(in MonitorFinding finding) => finding.Verdict == MonitorLevel.Pass
        ? null
        : new MonitorVerdict(
            default,
            default,
            MonitorVerdictKind.Park,
            Label.Empty,
            TokenAmount.FromBaseUnits(finding.Observed),
            TokenAmount.FromBaseUnits(finding.Limit));

    /// <summary>An act that came round again, at its new time.</summary>
    private static ObservedAction At(ObservedAction[] acts, int number, int agents) =>
        acts[number % acts.Length] with { At = new Timestamp(Start.UnixMs + (number * EachMs / agents)) };

    /// <summary>Payments to eight accounts each, some of them agents; orders, bonds; and what has no value.</summary>
    private static ObservedAction[] Prepare(int agents)
    {
        var random = new SeededRandom(11).Fork("bench/safety");
        var acts = new ObservedAction[agents * 16];
        for (var i = 0; i < acts.Length; i++)
        {
            var agent = (uint)(i % agents);
            var (kind, value) = random.NextInt32(10) switch
            {
                < 4 => (CommandKind.Transfer, 500 + random.NextInt32(1_000)),
                < 5 => (CommandKind.PostWorkload, 500 + random.NextInt32(1_000)),
                < 6 => (CommandKind.PlaceBid, 50 + random.NextInt32(100)),
                < 8 => (CommandKind.SubmitWork, 0),
                _ => (CommandKind.AcceptWork, 0),
            };
            var at = (uint)random.NextInt32(8);
            // Agents pay those after them, so that no circle is closed.
            var payee = at >= 4 && agent + at < agents ? agent + at : 100_000 + (agent * 8) + at;
            acts[i] = new ObservedAction(
                new AccountNumber(agent),
                new AccountNumber(50_000 + agent),
                kind,
                TokenAmount.FromTokens((ulong)value),
                kind == CommandKind.Transfer ? new AccountNumber(payee) : null,
                default,
                TokenAmount.FromTokens(100_000));
        }

        return acts;
    }

    /// <summary>What was measured was the real thing: nearly all passed, all of it stands in the audit, and a drain
    /// is still found.</summary>
    private static void Check(
        SafetyMonitor monitor, FileDisk disk, int agents, int count, int parked, bool isAudited)
    {
        var drain = new ObservedAction(
            new AccountNumber(1),
            new AccountNumber(50_001),
            CommandKind.Transfer,
            TokenAmount.FromTokens(20_000),
            new AccountNumber(999_999),
            new Timestamp(Start.UnixMs + ((long)count * 2 * EachMs / agents)),
            TokenAmount.FromTokens(100_000));
        if (monitor.Observe(in drain).Verdict == MonitorLevel.Pass)
        {
            throw new InvalidOperationException("The benchmark's monitor lets a drain pass.");
        }

        if (parked > count / 50)
        {
            throw new InvalidOperationException($"{parked} of {count} usual acts were parked.");
        }

        var damaged = disk.List(AuditSeries.Actions.Directory)
            .SelectMany(file => AuditCheck.CheckFile(disk, $"{AuditSeries.Actions.Directory}/{file.Name}")).ToList();
        if (damaged.Count > 0 || (isAudited && AuditBytes(disk) < count * 20L))
        {
            throw new InvalidOperationException("The benchmark's audit is not whole.");
        }
    }

    private static long AuditBytes(FileDisk disk) =>
        disk.List(AuditSeries.Actions.Directory).Sum(file =>
        {
            using var open = disk.OpenRead($"{AuditSeries.Actions.Directory}/{file.Name}");
            return open.Length;
        });

    private sealed record Run(
        double PerSecond, double WallPerSecond, double AllocatedPerCheck, int Parked, double AuditBytesPerCheck);
}
