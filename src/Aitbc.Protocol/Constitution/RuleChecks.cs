using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Constitution;

/// <summary>The typed rules of a constitution: part of check 5, and of check 8 for what needs approval.</summary>
internal static class RuleChecks
{
    /// <summary>The refusal of lowest number among an agent's rules; those of approval aside.</summary>
    public static Outcome Check(
        LedgerState state, in AgentRecord agent, CommandKind kind, in Exposure exposure)
    {
        ref readonly var set = ref state.RuleSets[agent.RuleSet - 1];
        var bit = 1UL << (int)kind;
        var worst = Outcome.Applied;
        for (var i = 0; i < set.Count; i++)
        {
            ref readonly var rule = ref set.Terms[i];
            if (((rule.Actions | rule.Then) & bit) == 0)
            {
                continue;
            }

            var outcome = Check(state, rule, set.Uses[i], bit, exposure);
            if (outcome != Outcome.Applied && (worst == Outcome.Applied || outcome < worst))
            {
                worst = outcome;
            }
        }

        return worst;
    }

    /// <summary>Whether a rule asks for a person's approval.</summary>
    public static bool NeedsApproval(LedgerState state, in AgentRecord agent, CommandKind kind, TokenAmount value)
    {
        ref readonly var set = ref state.RuleSets[agent.RuleSet - 1];
        for (var i = 0; i < set.Count; i++)
        {
            ref readonly var rule = ref set.Terms[i];
            if (rule.Kind == RuleKind.ApprovalAbove && (rule.Actions >> (int)kind & 1) == 1 && value > rule.Amount)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the rules let value go to an account that is chosen only later, such as a workload's provider.
    /// </summary>
    public static bool MayPay(LedgerState state, in AgentRecord agent, CommandKind kind, int payee)
    {
        ref readonly var set = ref state.RuleSets[agent.RuleSet - 1];
        for (var i = 0; i < set.Count; i++)
        {
            ref readonly var rule = ref set.Terms[i];
            var isBound = (rule.Actions >> (int)kind & 1) == 1;
            if (isBound && CheckPayee(state, rule, payee) != Outcome.Applied)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Counts what took effect; only an event's ApplyTo calls this.</summary>
    public static void Count(LedgerState state, int slot, CommandKind kind, TokenAmount value)
    {
        ref var set = ref state.RuleSets.Write(slot);
        var nowMs = state.Globals.TimeMs;
        for (var i = 0; i < set.Count; i++)
        {
            ref readonly var rule = ref set.Terms[i];
            if ((rule.Actions >> (int)kind & 1) == 0)
            {
                continue;
            }

            set.Uses[i].LastMs = nowMs;
            if (rule.IsRolling)
            {
                var amount = rule.Kind == RuleKind.RollingCount ? TokenAmount.FromBaseUnits(1) : value;
                RollingLimits.Reserve(
                    state, ref set.Uses[i].Window, nowMs, amount, RollingLimits.BucketsOf(rule.WindowMs));
            }
        }
    }

    /// <summary>Reserves value that is not spent yet; only an event's ApplyTo calls this.</summary>
    public static void Reserve(LedgerState state, int slot, CommandKind kind, TokenAmount value)
    {
        ref var set = ref state.RuleSets.Write(slot);
        for (var i = 0; i < set.Count; i++)
        {
            ref readonly var rule = ref set.Terms[i];
            if (rule.Kind == RuleKind.RollingValue && (rule.Actions >> (int)kind & 1) == 1)
            {
                RollingLimits.Reserve(
                    state, ref set.Uses[i].Window, state.Globals.TimeMs, value, RollingLimits.BucketsOf(rule.WindowMs));
            }
        }
    }

    /// <summary>Gives back what was reserved and not spent; only an event's ApplyTo calls this.</summary>
    public static void Release(LedgerState state, int slot, CommandKind kind, int bucket, TokenAmount value)
    {
        ref var set = ref state.RuleSets.Write(slot);
        for (var i = 0; i < set.Count; i++)
        {
            ref readonly var rule = ref set.Terms[i];
            if (rule.Kind == RuleKind.RollingValue && (rule.Actions >> (int)kind & 1) == 1
                && bucket > set.Uses[i].SinceBucket)
            {
                RollingLimits.Release(state, ref set.Uses[i].Window, bucket, value);
            }
        }
    }

    /// <summary>Gives back what a payload that waits reserved in the very bucket in which a rule began. Of other value
    /// nobody knows there whether the rule counted it; a payload never waits longer than the rules under which it was
    /// parked. Only an event's ApplyTo calls this.</summary>
    public static void ReleaseParked(LedgerState state, int slot, in ApprovalRecord approval)
    {
        ref var set = ref state.RuleSets.Write(slot);
        for (var i = 0; i < set.Count; i++)
        {
            ref readonly var rule = ref set.Terms[i];
            for (var j = 0; j < approval.ValueCount; j++)
            {
                if (rule.Kind == RuleKind.RollingValue && approval.Bucket == set.Uses[i].SinceBucket
                    && (rule.Actions >> (int)approval.Values[j].Action & 1) == 1)
                {
                    RollingLimits.Release(state, ref set.Uses[i].Window, approval.Bucket, approval.Values[j].Value);
                }
            }
        }
    }

    private static Outcome Check(
        LedgerState state, in RuleTerms rule, in RuleUse use, ulong bit, in Exposure exposure)
    {
        var nowMs = state.Globals.TimeMs;
        var binds = (rule.Actions & bit) != 0;
        switch (rule.Kind)
        {
            case RuleKind.Sequence:
                return (rule.Then & bit) != 0 && use.LastMs > 0 && nowMs - use.LastMs < rule.WindowMs
                    ? Outcome.SequenceHold
                    : Outcome.Applied;
            case RuleKind.Deny when binds:
                return Outcome.ActionDenied;
            case RuleKind.MaxValue when binds:
                return exposure.Amount > rule.Amount ? Outcome.ValueLimit : Outcome.Applied;
            case RuleKind.RollingValue or RuleKind.RollingCount when binds:
                var asked = rule.Kind == RuleKind.RollingCount ? TokenAmount.FromBaseUnits(1) : exposure.Amount;
                var used = RollingLimits.Used(state, use.Window, nowMs, RollingLimits.BucketsOf(rule.WindowMs));
                return !asked.IsZero && ConstitutionRules.Passes(used, asked, rule.Amount)
                    ? Outcome.WindowLimit
                    : Outcome.Applied;
            case RuleKind.Hours when binds:
                return ConstitutionRules.IsHour(rule.HoursUtc, nowMs) ? Outcome.Applied : Outcome.OutsideHours;
            case RuleKind.Counterparties or RuleKind.CounterpartyRecord when binds:
                return exposure.Counterparty == Exposure.Protocol || exposure.Value.IsZero
                    ? Outcome.Applied
                    : CheckPayee(state, rule, exposure.Counterparty);
            default:
                return Outcome.Applied;
        }
    }

    private static Outcome CheckPayee(LedgerState state, in RuleTerms rule, int payee)
    {
        switch (rule.Kind)
        {
            case RuleKind.Counterparties:
                var isNamed = Contains(rule, payee);
                return isNamed == (rule.Forbids == 1) ? Outcome.CounterpartyNotAllowed : Outcome.Applied;
            case RuleKind.CounterpartyRecord:
                return HasRecord(state, payee, rule.MinRecordPpm) ? Outcome.Applied : Outcome.CounterpartyRecord;
            default:
                return Outcome.Applied;
        }
    }

    /// <summary>A record is the share of jobs settled without fault; who has none yet has not a good one.</summary>
    private static bool HasRecord(LedgerState state, int payee, uint minPpm)
    {
        if (payee < 0 || state.Accounts[payee].Agent == 0)
        {
            return false;
        }

        ref readonly var agent = ref state.Agents[state.Accounts[payee].Agent - 1];
        var ended = (ulong)agent.JobsSettled + agent.JobsFaulted;
        return ended > 0 && agent.JobsSettled * (ulong)Ratio.PpmPerOne >= ended * minPpm;
    }

    private static bool Contains(in RuleTerms rule, int slot)
    {
        for (var i = 0; i < rule.AccountCount; i++)
        {
            if (rule.Accounts[i].Slot == slot)
            {
                return true;
            }
        }

        return false;
    }
}
