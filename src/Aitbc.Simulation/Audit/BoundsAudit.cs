using System.Numerics;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Simulation.Audit;

/// <summary>What agents did, command by command, against their constitutions' rules, the overrides that stand, safe
/// mode and what needs a person.</summary>
internal sealed class BoundsAudit(
    AuditLog log,
    AuditedAccounts accounts,
    StopAudit clock,
    PayloadAudit payloads,
    MotionAudit motions,
    OversightBooks open)
{
    private readonly List<(CommandKind Action, BigInteger Amount)> counted = [];
    private readonly List<(AccountNumber Agent, CommandKind Action, BigInteger Amount)> lifted = [];
    private readonly List<(AccountNumber Agent, CommandKind Action, BigInteger Amount)> used = [];
    private int next;
    private EntryBody? body;

    /// <summary>Begins an entry.</summary>
    public void Begin(EntryBody taken)
    {
        body = taken;
        next = 0;
        counted.Clear();
        lifted.Clear();
        used.Clear();
    }

    /// <summary>A command ended; where rules bind its agent, each command ends so.</summary>
    public void On(in LimitReserved reserved)
    {
        counted.Add((reserved.Action, reserved.Amount.BaseUnits));
        if (accounts.AgentOf(reserved.Account) is { Rules.Count: > 0 } agent && reserved.Account == payloads.Sender
            && next < payloads.Risks.Count)
        {
            Check(agent, payloads.Risks[next++]);
        }
    }

    /// <summary>A payload took effect: the one of the entry, or one that was approved.</summary>
    public void Applied()
    {
        if (payloads.Sender is not { } sender || accounts.AgentOf(sender) is not { } agent)
        {
            return;
        }

        while (agent.Rules.Count == 0 && next < payloads.Risks.Count)
        {
            Check(agent, payloads.Risks[next++]);
        }

        var wanted = payloads.Risks.Where(risk => agent.Rules.Count > 0 || !risk.Value.IsZero)
            .Select(risk => (risk.Kind, risk.Amount)).ToList();
        log.Holds(
            wanted.SequenceEqual(counted), AuditCheck.DailyVolume, $"what is counted of account {sender}",
            string.Join(", ", wanted), string.Join(", ", counted));
        counted.Clear();
        next = 0;
    }

    public void On(in OverrideBegan began)
    {
        var terms = began.Terms;
        if (accounts.AgentOf(began.Agent) is not { } agent)
        {
            log.Add(AuditCheck.Override, $"who is overridden on account {began.Agent}", "an agent", "none");
            return;
        }

        if (terms.Effect == OverrideEffect.Allow)
        {
            var proposed = motions.Carried(new(began.Id.Value), MotionKind.Override, agent);
            log.Holds(
                proposed is { } motion && motion.Override.Equals(terms), AuditCheck.Override,
                $"what override {began.Id.Value} allows", "what was proposed", "other");
        }
        else
        {
            log.Holds(
                began.By == payloads.From && agent.MayPropose(began.By)
                    && payloads.Has<SetOverride>(set => MotionAudit.IsSame(set, terms)),
                AuditCheck.Override, $"who sets override {began.Id.Value}", "the owner or a guardian, as sent",
                $"account {began.By}");
        }

        log.Holds(
            open.HasRoom(began.Agent, terms.Effect, began.By), AuditCheck.Override,
            $"the overrides in force on account {began.Agent}", "fewer", "as many as there may be");
        log.Holds(
            terms.ExpiresAtMs > clock.NowMs && open.Overrides.TryAdd(began.Id, new AuditedOverride(began)),
            AuditCheck.Override, $"override {began.Id.Value}", "begun once, for a time to come", "begun otherwise");
    }

    public void On(in OverrideUsed use)
    {
        if (Find(use.Id) is not { } allowance)
        {
            return;
        }

        allowance.Used += use.Amount.BaseUnits;
        used.Add((allowance.Terms.Agent, allowance.Terms.Terms.Action, use.Amount.BaseUnits));
        log.AtMost(
            AuditCheck.Override, $"what override {use.Id.Value} has let pass", allowance.Terms.Terms.Cap.BaseUnits,
            allowance.Used);
    }

    public void On(in OverrideEnded ended)
    {
        if (Find(ended.Id) is not { } one)
        {
            return;
        }

        open.Overrides.Remove(ended.Id);
        var terms = one.Terms;
        var isAsked = payloads.Has<RevokeOverride>(revoke => revoke.Override == terms.Id) && ended.By == payloads.From;
        var isSound = payloads.From is null
            ? clock.NowMs >= terms.Terms.ExpiresAtMs
            : isAsked && accounts.AgentOf(terms.Agent) is { } agent && MayEnd(agent, terms, ended.By);
        log.Holds(
            isSound && ended.Agent == terms.Agent, AuditCheck.Override, $"the end of override {ended.Id.Value}",
            "its time, or the word of one who may", $"by account {ended.By}");
    }

    public void On(in MonitorJudged judged)
    {
        var agent = accounts.AgentOf(judged.Account);
        log.Holds(
            agent is not null && body is MonitorVerdict verdict
                && accounts.Find(verdict.Agent)?.Number == judged.Account
                && (verdict.Payload, verdict.Verdict, verdict.Detector, verdict.Observed, verdict.Limit)
                    == (judged.Payload, judged.Verdict, judged.Detector, judged.Observed, judged.Limit),
            AuditCheck.Form, $"the verdict on account {judged.Account}", "the node's input on an agent", "other");
        if (agent is null)
        {
            return;
        }

        if (judged.Verdict == MonitorVerdictKind.Park)
        {
            agent.Judged = judged.Payload;
        }
        else if (judged.Verdict == MonitorVerdictKind.SafeMode && !agent.InSafeMode)
        {
            agent.InSafeMode = true;
            agent.Releasing.Clear();
        }
    }

    /// <summary>Ends an entry: allowances were used where something had to be lifted, and only there.</summary>
    public void End() => log.Holds(
        lifted.SequenceEqual(used), AuditCheck.Override, "what allowances let pass", string.Join(", ", lifted),
        string.Join(", ", used));

    private void Check(AuditedAgent agent, in Risk risk)
    {
        var what = $"{risk.Kind} of account {agent.Number}";
        log.Holds(
            !open.Stands(agent.Number, risk.Kind, OverrideEffect.Deny, clock.NowMs), AuditCheck.Override, what,
            "denied", "carried out");
        var grows = !risk.IsNone || risk.Withdraws
            || risk.Kind is CommandKind.ListService or CommandKind.UpdateService or CommandKind.AddKey;
        log.Holds(!agent.InSafeMode || !grows, AuditCheck.SafeMode, what, "refused in safe mode", "carried out");
        CheckLimits(agent, risk, what);
        var asks = Asks(agent, risk);
        foreach (var rule in agent.Rules)
        {
            asks |= !Keeps(agent, rule, risk, what);
        }

        var isAllowed = (agent.Limits.AllowedActions >> (int)risk.Kind & 1) == 1;
        if (isAllowed && (payloads.IsCarried || !asks))
        {
            return;
        }

        log.Holds(
            open.Stands(agent.Number, risk.Kind, OverrideEffect.Allow, clock.NowMs),
            isAllowed ? AuditCheck.Approval : AuditCheck.Rule, what,
            isAllowed ? "approved by its guardians" : "among the actions allowed", "carried out");
        if (!risk.IsNone)
        {
            lifted.Add((agent.Number, risk.Kind, risk.Amount));
        }
    }

    /// <summary>Nobody lifts another's denial, unless that one has left: then the guardians do.</summary>
    private static bool MayEnd(AuditedAgent agent, in OverrideBegan terms, AccountNumber by)
    {
        var isTheirs = terms.Terms.Effect == OverrideEffect.Deny && agent.MayPropose(terms.By);
        var hasLeft = terms.Terms.Effect == OverrideEffect.Deny && !agent.MayPropose(terms.By);
        return isTheirs ? by == terms.By : hasLeft ? agent.Guardians.Contains(by) : agent.MayPropose(by);
    }

    /// <summary>Whether the constitution itself, or the monitor, wants a person.</summary>
    private bool Asks(AuditedAgent agent, in Risk risk) =>
        (agent.Limits.RequiresHumanApproval == 1 && !risk.IsNone)
        || (agent.Judged is { } judged && judged == payloads.Payload?.PayloadDigest);

    private void CheckLimits(AuditedAgent agent, in Risk risk, string what)
    {
        var limits = agent.Limits;
        log.Holds(
            risk.Value.IsZero || !(risk.IsStranger || risk.Payee is not null) || agent.Names(risk.Payee),
            AuditCheck.Rule, $"whom {what} pays", "a counterparty that is named", $"{risk.Payee}");
        CheckHours(limits.HoursUtc, what);

        // What changed keys in this very entry may have come after.
        var sinceMs = clock.NowMs - agent.KeysChangedAtMs;
        log.Holds(
            !risk.Withdraws || agent.KeysChangedAtMs == 0 || sinceMs == 0 || sinceMs >= limits.KeyChangeHoldMs,
            AuditCheck.Rule, what, $"held for {limits.KeyChangeHoldMs} ms after a change of keys", $"{sinceMs}");
    }

    private void CheckHours(uint hours, string what)
    {
        var hour = (int)(clock.NowMs / 3_600_000 % 24);
        log.Holds((hours >> hour & 1) == 1, AuditCheck.Rule, $"the hour of {what}", $"one of {hours:x6}", $"{hour}");
    }

    /// <summary>One rule against one command, which then counts under it.</summary>
    /// <returns>False where it wants a person.</returns>
    private bool Keeps(AuditedAgent agent, AuditedRule rule, in Risk risk, string what)
    {
        var terms = rule.Terms;
        if (terms.Kind == RuleKind.Sequence && (terms.Then >> (int)risk.Kind & 1) == 1 && rule.LastMs is { } lastMs)
        {
            log.Holds(
                clock.NowMs - lastMs >= terms.WindowMs, AuditCheck.Rule, $"{what} after another",
                $"{terms.WindowMs} ms later", $"{clock.NowMs - lastMs}");
        }

        if (!rule.Binds(risk.Kind))
        {
            return true;
        }

        rule.LastMs = clock.NowMs;
        var most = (BigInteger)terms.Amount.BaseUnits;
        switch (terms.Kind)
        {
            case RuleKind.Deny:
                log.Add(AuditCheck.Rule, what, "denied by a rule", "carried out");
                break;
            case RuleKind.MaxValue:
                log.AtMost(AuditCheck.Rule, $"the value of {what}", most, risk.Amount);
                break;
            case RuleKind.RollingValue:
                var value = rule.Used.Add(clock.NowMs, risk.Amount);
                most = risk.IsNone ? value : most;
                log.AtMost(AuditCheck.Rule, $"the value of {what} in a window", most, value);
                break;
            case RuleKind.RollingCount:
                log.AtMost(AuditCheck.Rule, $"the count of {what} in a window", most, rule.Used.Add(clock.NowMs, 1));
                break;
            case RuleKind.Counterparties or RuleKind.CounterpartyRecord:
                log.Holds(
                    risk.Value.IsZero || !(risk.IsStranger || risk.Payee is not null)
                        || AuditedAgent.LetsPay(terms, risk.Payee, accounts),
                    AuditCheck.Rule, $"whom {what} pays", $"one that a rule ({terms.Kind}) lets be paid",
                    $"{risk.Payee}");
                break;
            case RuleKind.Hours:
                CheckHours(terms.HoursUtc, what);
                break;
            case RuleKind.ApprovalAbove:
                return risk.Amount <= most;
        }

        return true;
    }

    private AuditedOverride? Find(Primitives.OverrideId id)
    {
        var one = open.Overrides.GetValueOrDefault(id);
        log.Holds(one is not null, AuditCheck.Override, $"override {id.Value}", "in force", "none");
        return one;
    }
}
