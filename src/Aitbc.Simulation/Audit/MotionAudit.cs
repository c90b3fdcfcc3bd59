using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Simulation.Audit;

/// <summary>Who changes an agent's bounds, how many of its guardians agree, and when it takes effect.</summary>
internal sealed class MotionAudit(
    AuditLog log,
    AuditedAccounts accounts,
    StopAudit clock,
    PayloadAudit payloads,
    ApprovalAudit approvals,
    OversightBooks open,
    Parameters parameters)
{
    private const int MaxMotionsEach = 2;

    private readonly Dictionary<(AccountNumber Agent, MotionId Motion), List<RuleTerms>> written = [];
    private readonly Dictionary<MotionId, MotionProposed> carrying = [];
    private readonly List<(AccountNumber Agent, MotionKind? Kind)> voiding = [];
    private readonly HashSet<AccountNumber> registered = [];
    private readonly HashSet<MotionId> proposedNow = [];

    public void Begin()
    {
        carrying.Clear();
        voiding.Clear();
        registered.Clear();
        proposedNow.Clear();
    }

    /// <summary>An agent is new: its first rules follow.</summary>
    public void Registered(AccountNumber agent) => registered.Add(agent);

    public void On(in MotionProposed proposed)
    {
        if (Agent(proposed.Agent) is not { } agent)
        {
            return;
        }

        var waits = proposed.Kind == MotionKind.Override ? 0 : parameters.LooseningDelay.Ms;
        log.Holds(
            proposed.By == payloads.From && agent.MayPropose(proposed.By), AuditCheck.Motion,
            $"who proposes {Name(proposed.Id)}", "the owner or a guardian, who sends it", $"account {proposed.By}");
        log.Equal(
            AuditCheck.Motion, $"when {Name(proposed.Id)} is ready, ms,", clock.NowMs + waits, proposed.ReadyAtMs);
        log.Equal(
            AuditCheck.Motion, $"when {Name(proposed.Id)} lapses, ms,", clock.NowMs + parameters.MotionWindow.Ms,
            proposed.LapsesAtMs);
        log.Holds(
            IsAskedFor(proposed), AuditCheck.Motion, $"what {Name(proposed.Id)} proposes", "what was sent", "other");
        var by = proposed.By;
        log.AtMost(
            AuditCheck.Motion, $"the open motions of account {by} on account {proposed.Agent}", MaxMotionsEach - 1,
            open.Motions.Values.Count(one => IsOf(one, agent.Number) && one.Terms.By == by));
        proposedNow.Add(proposed.Id);
        log.Holds(
            open.Motions.TryAdd(proposed.Id, new AuditedMotion(proposed)), AuditCheck.Motion, Name(proposed.Id),
            "proposed once", "proposed again");
    }

    public void On(in RuleWritten rule)
    {
        var key = (rule.Account, rule.Motion);
        if (!written.TryGetValue(key, out var rules))
        {
            written[key] = rules = [];
        }

        rules.Add(rule.Rule);
    }

    public void On(in MotionVoted voted)
    {
        if (Find(voted.Id) is not { } motion || Agent(motion.Terms.Agent) is not { } agent)
        {
            return;
        }

        var id = voted.Id;
        var rejects = payloads.Has<RejectMotion>(one => one.Motion == id);
        log.Holds(
            voted.By == payloads.From && agent.Guardians.Contains(voted.By)
                && (rejects || motion.Terms.By == voted.By || payloads.Has<AgreeMotion>(one => one.Motion == id)),
            AuditCheck.Motion, $"who votes on {Name(voted.Id)}", "a guardian who sends it", $"account {voted.By}");

        // A batch may hold both words; the bits say which this is.
        var bit = AccountSets.BitsOf(agent.Guardians, [voted.By]);
        var (to, from) = (voted.Votes & bit) != 0 || !rejects
            ? (motion.For, motion.Against)
            : (motion.Against, motion.For);
        to.Add(voted.By);
        from.Remove(voted.By);
        var votes = AccountSets.BitsOf(agent.Guardians, motion.For);
        var against = AccountSets.BitsOf(agent.Guardians, motion.Against);
        var enough = agent.Count(motion.For) >= agent.Threshold ? 1 : 0;
        log.Holds(
            (votes, against, enough) == (voted.Votes, voted.Against, voted.Enough),
            AuditCheck.Motion, $"the votes on {Name(voted.Id)}", $"for {votes}, against {against}, enough {enough}",
            $"for {voted.Votes}, against {voted.Against}, enough {voted.Enough}");
    }

    public void On(in MotionEnded ended)
    {
        if (Find(ended.Id) is not { } motion || Agent(motion.Terms.Agent) is not { } agent)
        {
            return;
        }

        open.Motions.Remove(ended.Id);
        written.Remove((agent.Number, ended.Id));
        var enough = agent.Count(motion.For) >= agent.Threshold;
        var isSound = ended.Ending switch
        {
            MotionEnding.Carried => carrying.ContainsKey(ended.Id),
            MotionEnding.Rejected => agent.Count(motion.Against) > agent.Guardians.Count - agent.Threshold,
            MotionEnding.Withdrawn => payloads.From == motion.Terms.By
                && payloads.Has<RejectMotion>(one => one.Motion == motion.Terms.Id),
            MotionEnding.Lapsed => !enough && clock.NowMs >= motion.Terms.LapsesAtMs && payloads.From is null,
            MotionEnding.Void => voiding.Exists(one => one.Agent == agent.Number
                && (one.Kind is null || one.Kind == motion.Terms.Kind)) || motion.Terms.Kind == MotionKind.Override,
            _ => false,
        };
        log.Holds(
            isSound && ended.Agent == motion.Terms.Agent, AuditCheck.Motion, $"the end of {Name(ended.Id)}",
            "one there is reason for", $"{ended.Ending}");
    }

    public void On(in ConstitutionAdopted adopted)
    {
        if (Agent(adopted.Account) is not { } agent)
        {
            return;
        }

        written.Remove((adopted.Account, adopted.Motion), out var rules);
        rules ??= [];
        var isFirst = registered.Remove(adopted.Account);
        log.Equal(
            AuditCheck.Motion, $"the version of the constitution of account {adopted.Account}",
            isFirst ? 1 : agent.Limits.Version + 1, adopted.Constitution.Version);
        if (!adopted.Motion.IsZero)
        {
            if (Carried(adopted.Motion, MotionKind.Constitution, agent) is { } proposed)
            {
                log.Holds(
                    Tightening.AreSame(proposed.Constitution, adopted.Constitution), AuditCheck.Motion,
                    $"the constitution of account {adopted.Account}", "what was proposed", "other");
            }
        }
        else if (!isFirst)
        {
            CheckAtOnce(adopted, agent, rules);
        }
        else
        {
            var limits = adopted.Constitution;
            log.Holds(
                payloads.Has<RegisterAgent>(one => IsSame(one.Constitution, limits, rules)), AuditCheck.Motion,
                $"the constitution of account {adopted.Account}", "that of its registration", "other");
        }

        Take(agent, adopted.Constitution, rules);
        if (!isFirst)
        {
            approvals.Void(agent.Number);
            voiding.Add((agent.Number, MotionKind.Constitution));
        }
    }

    public void On(in GuardiansChanged changed)
    {
        if (Agent(changed.Account) is not { } agent)
        {
            return;
        }

        if (Carried(changed.Motion, MotionKind.Guardians, agent) is { } proposed)
        {
            log.Holds(
                Tightening.Bytes(proposed.Guardians).SequenceEqual(Tightening.Bytes(changed.Guardians))
                    && (proposed.GuardianCount, proposed.GuardianThreshold)
                        == (changed.GuardianCount, changed.GuardianThreshold),
                AuditCheck.Motion, $"the guardians of account {changed.Account}", "whom was proposed", "others");
        }

        agent.Guardians = AccountSets.ListOf(changed.Guardians, changed.GuardianCount);
        agent.Threshold = changed.GuardianThreshold;
        agent.Releasing.Clear();
        approvals.Void(agent.Number);
        voiding.Add((agent.Number, null));
    }

    /// <summary>The motion that something is carried by, if it may carry it now.</summary>
    public MotionProposed? Carried(MotionId id, MotionKind kind, AuditedAgent agent)
    {
        if (Find(id) is not { } motion)
        {
            return null;
        }

        log.Holds(
            motion.Terms.Kind == kind && motion.Terms.Agent == agent.Number && carrying.TryAdd(id, motion.Terms),
            AuditCheck.Motion, $"what {Name(id)} carries", $"{motion.Terms.Kind} of account {motion.Terms.Agent}",
            $"{kind} of account {agent.Number}");
        log.Holds(
            agent.Count(motion.For) >= agent.Threshold, AuditCheck.Motion, $"who agree to {Name(id)}",
            $"{agent.Threshold} or more", $"{agent.Count(motion.For)}");
        log.Holds(
            clock.NowMs >= motion.Terms.ReadyAtMs, AuditCheck.Motion, $"the time at which {Name(id)} is carried, ms,",
            $"at least {motion.Terms.ReadyAtMs}", $"{clock.NowMs}");
        return motion.Terms;
    }

    /// <summary>Ends an entry: what has taken effect has ended, and what it made void too.</summary>
    public void End()
    {
        foreach (var id in carrying.Keys)
        {
            log.Holds(!open.Motions.ContainsKey(id), AuditCheck.Motion, Name(id), "at its end", "open");
        }

        foreach (var (agent, kind) in voiding)
        {
            log.Equal(
                AuditCheck.Motion, $"the motions on account {agent} that are void and open", 0,
                open.Motions.Values.Count(one => IsOf(one, agent) && (kind is null || one.Terms.Kind == kind)
                    && !proposedNow.Contains(one.Terms.Id)));
        }

        foreach (var id in proposedNow)
        {
            if (open.Motions.GetValueOrDefault(id)?.Terms is { Kind: MotionKind.Constitution } terms)
            {
                var rules = written.GetValueOrDefault((terms.Agent, id)) ?? [];
                log.Holds(
                    payloads.Has<ChangeConstitution>(one => IsSame(one.Constitution, terms.Constitution, rules)),
                    AuditCheck.Motion, $"the rules that {Name(id)} proposes", "what was sent", "other");
            }
        }
    }

    private static bool IsOf(AuditedMotion motion, AccountNumber agent) => motion.Terms.Agent == agent;

    /// <summary>A change that waits for nobody: by who may, as they sent it, and nothing but tighter.</summary>
    private void CheckAtOnce(in ConstitutionAdopted adopted, AuditedAgent agent, List<RuleTerms> rules)
    {
        log.Holds(
            adopted.By == payloads.From && agent.MayPropose(adopted.By), AuditCheck.Motion,
            $"who tightens account {adopted.Account}", "the owner or a guardian, who sends it",
            $"account {adopted.By}");
        log.Holds(
            Tightening.Is(agent.Limits, [.. agent.Rules.Select(rule => rule.Terms)], adopted.Constitution, rules),
            AuditCheck.Motion, $"what account {adopted.Account} is changed to at once", "tighter", "looser");
        var limits = adopted.Constitution;
        log.Holds(
            payloads.Has<ChangeConstitution>(change => IsSame(change.Constitution, limits, rules)), AuditCheck.Motion,
            $"the constitution of account {adopted.Account}", "what was sent", "other");
    }

    private bool IsSame(ConstitutionTerms terms, ConstitutionRecord limits, List<RuleTerms>? rules) =>
        Tightening.Read(terms, accounts) is var (sent, sentRules) && Tightening.AreSame(sent, limits)
        && (rules is null || (rules.Count == sentRules.Count
            && rules.Zip(sentRules).All(pair => Tightening.AreSame(pair.First, pair.Second))));

    private bool IsAskedFor(MotionProposed proposed) => proposed.Kind switch
    {
        MotionKind.Constitution => payloads.Has<ChangeConstitution>(
            change => IsSame(change.Constitution, proposed.Constitution, null)),
        MotionKind.Guardians => payloads.Has<ChangeGuardians>(change =>
            change.GuardianThreshold == proposed.GuardianThreshold
            && change.Guardians.Select(id => accounts.Find(id)?.Number ?? default).SequenceEqual(
                AccountSets.ListOf(proposed.Guardians, proposed.GuardianCount))),
        MotionKind.Override => payloads.Has<SetOverride>(set => IsSame(set, proposed.Override)),
        _ => false,
    };

    /// <summary>Whether an override is what was sent.</summary>
    public static bool IsSame(SetOverride set, in OverrideTerms terms) =>
        (set.Action, set.Effect, set.Cap, set.Reason, set.ExpiresAt.UnixMs)
        == (terms.Action, terms.Effect, terms.Cap, terms.Reason, terms.ExpiresAtMs);

    private void Take(AuditedAgent agent, in ConstitutionRecord limits, List<RuleTerms> rules)
    {
        var earlier = agent.Rules;
        agent.Limits = limits;
        agent.ChangedAtMs = clock.NowMs;
        agent.Rules = rules.ConvertAll(rule => new AuditedRule(rule, clock.NowMs));
        foreach (var rule in agent.Rules)
        {
            earlier.Remove(earlier.Find(rule.TakeOver)!);
        }
    }

    private AuditedAgent? Agent(AccountNumber number)
    {
        var agent = accounts.AgentOf(number);
        log.Holds(agent is not null, AuditCheck.Form, $"account {number}, whose bounds change,", "an agent", "none");
        return agent;
    }

    private AuditedMotion? Find(MotionId id)
    {
        var motion = open.Motions.GetValueOrDefault(id);
        log.Holds(motion is not null, AuditCheck.Motion, Name(id), "open", "none");
        return motion;
    }

    private static string Name(MotionId id) => $"motion {id.Value}";
}
