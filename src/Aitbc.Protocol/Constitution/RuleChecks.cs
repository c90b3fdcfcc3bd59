using System.Numerics;
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
        var binding = set.Bindings[(int)kind];
        var worst = Outcome.Applied;
        for (var left = binding.Bound & ~(binding.Rolling | binding.Approval); left != 0; left &= left - 1)
        {
            worst = Worse(worst, CheckBound(state, set, BitOperations.TrailingZeroCount(left), exposure));
        }

        for (var left = binding.Rolling; left != 0; left &= left - 1)
        {
            worst = Worse(worst, CheckRolling(state, set, BitOperations.TrailingZeroCount(left), exposure));
        }

        for (var left = binding.Held; left != 0; left &= left - 1)
        {
            worst = Worse(worst, CheckHeld(state, set, BitOperations.TrailingZeroCount(left)));
        }

        return worst;
    }

    /// <summary>Whether a rule asks for a person's approval.</summary>
    public static bool NeedsApproval(LedgerState state, in AgentRecord agent, CommandKind kind, TokenAmount value)
    {
        ref readonly var set = ref state.RuleSets[agent.RuleSet - 1];
        for (var left = set.Bindings[(int)kind].Approval; left != 0; left &= left - 1)
        {
            if (value > set.Gates[BitOperations.TrailingZeroCount(left)].Amount)
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
        for (var left = set.Bindings[(int)kind].Bound; left != 0; left &= left - 1)
        {
            if (CheckPayee(state, set.Terms[BitOperations.TrailingZeroCount(left)], payee) != Outcome.Applied)
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
        for (var left = set.Bindings[(int)kind].Bound; left != 0; left &= left - 1)
        {
            var i = BitOperations.TrailingZeroCount(left);
            set.Uses[i].LastMs = nowMs;
            if (set.Gates[i].Kind is RuleKind.RollingValue or RuleKind.RollingCount)
            {
                var amount = set.Gates[i].Kind == RuleKind.RollingCount ? TokenAmount.FromBaseUnits(1) : value;
                RollingLimits.Reserve(
                    state, ref set.Uses[i].Window, nowMs, amount, RollingLimits.BucketsOf(set.Gates[i].WindowMs));
            }
        }
    }

    /// <summary>Reserves value that is not spent yet; only an event's ApplyTo calls this.</summary>
    public static void Reserve(LedgerState state, int slot, CommandKind kind, TokenAmount value)
    {
        ref var set = ref state.RuleSets.Write(slot);
        for (var left = set.Bindings[(int)kind].Rolling; left != 0; left &= left - 1)
        {
            var i = BitOperations.TrailingZeroCount(left);
            if (set.Gates[i].Kind == RuleKind.RollingValue)
            {
                RollingLimits.Reserve(
                    state,
                    ref set.Uses[i].Window,
                    state.Globals.TimeMs,
                    value,
                    RollingLimits.BucketsOf(set.Gates[i].WindowMs));
            }
        }
    }

    /// <summary>Gives back what was reserved and not spent; only an event's ApplyTo calls this.</summary>
    public static void Release(LedgerState state, int slot, CommandKind kind, int bucket, TokenAmount value)
    {
        ref var set = ref state.RuleSets.Write(slot);
        for (var left = set.Bindings[(int)kind].Rolling; left != 0; left &= left - 1)
        {
            var i = BitOperations.TrailingZeroCount(left);
            if (set.Gates[i].Kind == RuleKind.RollingValue && bucket > set.Uses[i].SinceBucket)
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

    private static Outcome Worse(Outcome worst, Outcome next) =>
        next != Outcome.Applied && (worst == Outcome.Applied || next < worst) ? next : worst;

    private static Outcome CheckHeld(LedgerState state, in RuleSetRecord set, int rule)
    {
        var lastMs = set.Uses[rule].LastMs;
        return lastMs > 0 && state.Globals.TimeMs - lastMs < set.Gates[rule].WindowMs
            ? Outcome.SequenceHold
            : Outcome.Applied;
    }

    private static Outcome CheckRolling(LedgerState state, in RuleSetRecord set, int rule, in Exposure exposure)
    {
        ref readonly var gate = ref set.Gates[rule];
        var asked = gate.Kind == RuleKind.RollingCount ? TokenAmount.FromBaseUnits(1) : exposure.Amount;
        var used = RollingLimits.Used(
            state, set.Uses[rule].Window, state.Globals.TimeMs, RollingLimits.BucketsOf(gate.WindowMs));
        return !asked.IsZero && ConstitutionRules.Passes(used, asked, gate.Amount)
            ? Outcome.WindowLimit
            : Outcome.Applied;
    }

    private static Outcome CheckBound(LedgerState state, in RuleSetRecord set, int rule, in Exposure exposure)
    {
        ref readonly var gate = ref set.Gates[rule];
        switch (gate.Kind)
        {
            case RuleKind.Deny:
                return Outcome.ActionDenied;
            case RuleKind.MaxValue:
                return exposure.Amount > gate.Amount ? Outcome.ValueLimit : Outcome.Applied;
            case RuleKind.Hours:
                return ConstitutionRules.IsHour(gate.HoursUtc, state.Globals.TimeMs)
                    ? Outcome.Applied
                    : Outcome.OutsideHours;
            case RuleKind.Counterparties or RuleKind.CounterpartyRecord:
                return exposure.Counterparty == Exposure.Protocol || exposure.Value.IsZero
                    ? Outcome.Applied
                    : CheckPayee(state, set.Terms[rule], exposure.Counterparty);
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
