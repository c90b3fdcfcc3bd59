using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Wire;

namespace Aitbc.Protocol.Tests.Invariants;

/// <summary>What the model knows of an agent.</summary>
internal sealed class ModelAgent
{
    public required AccountNumber Owner { get; init; }

    public List<AccountNumber> Guardians { get; set; } = [];

    public int Threshold { get; set; }

    public ConstitutionRecord Limits { get; set; }

    public List<RuleTerms> Rules { get; set; } = [];

    /// <summary>Rules written and not adopted yet, by motion; 0 is none.</summary>
    public Dictionary<MotionId, List<RuleTerms>> Written { get; } = [];

    public bool InSafeMode { get; set; }

    public HashSet<AccountNumber> Releasing { get; } = [];

    /// <summary>Value by 15-minute bucket: spent or reserved.</summary>
    public Dictionary<long, UInt128> Volume { get; } = [];

    public UInt128 VolumeAt(long nowMs)
    {
        foreach (var gone in Volume.Keys.Where(bucket => bucket < (nowMs / OversightModel.BucketMs) - 96).ToList())
        {
            Volume.Remove(gone);
        }

        return Volume.Values.Aggregate(UInt128.Zero, (sum, one) => sum + one);
    }
}

/// <summary>A payload that waits, a motion or an override, and what people said of it.</summary>
internal sealed class ModelCase
{
    public required AccountNumber Agent { get; init; }

    public long SinceMs { get; init; }

    public long UntilMs { get; init; }

    public HashSet<AccountNumber> For { get; } = [];

    public CommandParked Parked { get; init; }

    public Dictionary<(CommandKind Action, long Bucket), UInt128> Reserved { get; } = [];

    public UInt128 Held { get; set; }

    public MotionKind Motion { get; init; }

    public OverrideTerms Terms { get; init; }

    public UInt128 Used { get; set; }
}

/// <summary>
/// Oversight a second time: read from payloads and events alone, in plain dictionaries, without asking the rules. Each
/// check that fails is said with its number, so that a test of one number fails for that one only.
/// </summary>
internal sealed partial class OversightModel(RandomEconomy economy)
{
    public const long BucketMs = 900_000;

    private readonly Dictionary<AccountNumber, ModelAgent> agents = [];
    private readonly Dictionary<ulong, ModelCase> waiting = [];
    private readonly Dictionary<MotionId, ModelCase> motions = [];
    private readonly Dictionary<OverrideId, ModelCase> overrides = [];
    private readonly HashSet<ulong> carried = [];
    private readonly List<Moved> moves = [];
    private readonly List<(CommandKind Action, long Bucket, UInt128 Amount)> released = [];
    private ulong grantedNow;
    private JournalEntry entry = economy.Chain.Journal[0];

    /// <summary>What does not hold, with the number of its invariant.</summary>
    public List<string> Broken { get; } = [];

    /// <summary>How often something was looked at that could have failed.</summary>
    public SortedDictionary<string, int> Seen { get; } = [];

    private long NowMs => entry.Header.Time.UnixMs;

    private AccountNumber? Sender => entry.Body is ClientPayload payload
        ? economy.Chain.State.FindAccount(payload.From)
        : null;

    /// <summary>Reads an entry.</summary>
    public void Take(JournalEntry next)
    {
        entry = next;
        grantedNow = 0;
        moves.Clear();
        released.Clear();
        if (next.Result.Outcome == Outcome.SafeMode)
        {
            See("refused in safe mode");
        }

        if (next.Body is ClientPayload payload && next.Result.Outcome == Outcome.Applied)
        {
            CheckApplied(Sender!.Value, payload.Commands, isGranted: false);
            Array.ForEach(payload.Commands, Hear);
        }

        var reader = new EventReader(next.Events);
        while (reader.MoveNext())
        {
            On(reader);
        }

        CheckWhole();
    }

    private void On(in EventReader reader)
    {
        switch (reader.Kind)
        {
            case EventKind.AgentRegistered: On(reader.As<AgentRegistered>()); break;
            case EventKind.RuleWritten: On(reader.As<RuleWritten>()); break;
            case EventKind.ConstitutionAdopted: On(reader.As<ConstitutionAdopted>()); break;
            case EventKind.MotionProposed: On(reader.As<MotionProposed>()); break;
            case EventKind.GuardiansChanged: On(reader.As<GuardiansChanged>()); break;
            case EventKind.MotionEnded: motions.Remove(reader.As<MotionEnded>().Id); break;
            case EventKind.OverrideBegan: On(reader.As<OverrideBegan>()); break;
            case EventKind.OverrideUsed: On(reader.As<OverrideUsed>()); break;
            case EventKind.OverrideEnded: overrides.Remove(reader.As<OverrideEnded>().Id); break;
            case EventKind.CommandParked: On(reader.As<CommandParked>()); break;
            case EventKind.ParkedReserved: On(reader.As<ParkedReserved>()); break;
            case EventKind.ApprovalEnded: On(reader.As<ApprovalEnded>()); break;
            case EventKind.ParkedHandled: On(reader.As<ParkedHandled>()); break;
            case EventKind.MonitorJudged: On(reader.As<MonitorJudged>()); break;
            case EventKind.AgentStopped: agents[reader.As<AgentStopped>().Account].Releasing.Clear(); break;
            case EventKind.ReleaseApproved:
                agents[reader.As<ReleaseApproved>().Account].Releasing.Add(Sender!.Value);
                break;
            case EventKind.AgentReleased: On(reader.As<AgentReleased>()); break;
            case EventKind.LimitReserved: On(reader.As<LimitReserved>()); break;
            case EventKind.LimitReleased: On(reader.As<LimitReleased>()); break;
            case EventKind.Moved: On(reader.As<Moved>()); break;
        }
    }

    /// <summary>What a command says that stands in no event of its own: who agreed, who approved.</summary>
    private void Hear(Command command)
    {
        var from = Sender!.Value;
        switch (command)
        {
            case AgreeMotion agree when motions.TryGetValue(agree.Motion, out var motion):
                motion.For.Add(from);
                break;
            case RejectMotion reject when motions.TryGetValue(reject.Motion, out var motion):
                motion.For.Remove(from);
                break;
            case GrantApproval grant when waiting.TryGetValue(grant.Approval.Value, out var parked):
                Holds(23, Digest.Sha256(grant.Payload.Span) == parked.Parked.Payload, "granted other bytes");
                parked.For.Add(from);
                break;
        }
    }

    private void Holds(int invariant, bool holds, string what)
    {
        if (!holds)
        {
            Broken.Add($"I{invariant} {what}, entry {entry.Header.Seq}, {economy.Where}");
        }
    }

    private void See(string what) => Seen[what] = Seen.GetValueOrDefault(what) + 1;

    /// <summary>How many of an agent's present guardians are among those who agree.</summary>
    private static int Among(ModelAgent agent, HashSet<AccountNumber> said) => agent.Guardians.Count(said.Contains);

    private static List<AccountNumber> ListOf(AccountSet set, int count) =>
        [.. Enumerable.Range(0, count).Select(i => set[i])];

    private void On(in AgentRegistered registered) => agents[registered.Account] = new ModelAgent
    {
        Owner = registered.Owner,
        Guardians = ListOf(registered.Guardians, registered.GuardianCount),
        Threshold = registered.GuardianThreshold,
        Limits = registered.Constitution,
    };

    private void On(in RuleWritten written)
    {
        var all = agents[written.Account].Written;
        if (!all.TryGetValue(written.Motion, out var rules))
        {
            all[written.Motion] = rules = [];
        }

        rules.Add(written.Rule);
    }

    private void On(in MotionProposed proposed)
    {
        var motion = new ModelCase
        {
            Agent = proposed.Agent,
            SinceMs = NowMs,
            Motion = proposed.Kind,
            Terms = proposed.Override,
        };
        motions[proposed.Id] = motion;

        // A guardian who proposes agrees; whoever heard it in this entry's payload could not know its id.
        motion.For.Add(proposed.By);
    }

    private void On(in MonitorJudged judged)
    {
        var agent = agents[judged.Account];
        if (judged.Verdict == MonitorVerdictKind.SafeMode && !agent.InSafeMode)
        {
            agent.InSafeMode = true;
            agent.Releasing.Clear();
            See("safe mode");
        }
    }

    private void On(in AgentReleased released)
    {
        var agent = agents[released.Account];
        Holds(28, Among(agent, agent.Releasing) >= agent.Threshold, "released by too few");
        See(agent.InSafeMode ? "released" : "released from a stop");
        agent.InSafeMode = false;
        agent.Releasing.Clear();
    }
}
