using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Constitution;

/// <summary>What is known of a payload beside its commands.</summary>
/// <param name="IsGranted">Whether its agent's guardians approved it.</param>
/// <param name="Payload">Its digest.</param>
internal readonly record struct Consent(bool IsGranted, Digest Payload);

/// <summary>
/// Checks 3 to 8 of the design's order, for agents: the ledger itself keeps the constitution, so an agent whose process
/// or key is taken over still cannot pass it.
/// </summary>
internal static class ConstitutionRules
{
    private const long HourMs = 60 * 60 * 1000;

    /// <summary>
    /// Whether the sender's constitution, and those who oversee it, let a command pass. The order is the order of
    /// precedence; checks 1 and 2 are admission's, 9 is the act's own.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="sender">Who acts.</param>
    /// <param name="kind">The action.</param>
    /// <param name="exposure">What it puts at risk.</param>
    /// <param name="consent">What was said of the payload: whether guardians approved it, and its digest, by which the
    /// monitor's verdict knows it.</param>
    /// <param name="lifted">Slot of the override that lets it pass, or -1 where none was needed.</param>
    public static Outcome Check(
        LedgerState state,
        in AccountRecord sender,
        CommandKind kind,
        in Exposure exposure,
        in Consent consent,
        out int lifted)
    {
        lifted = -1;
        if (sender.Agent == 0)
        {
            return Outcome.Applied;
        }

        ref readonly var agent = ref state.Agents[sender.Agent - 1];

        // 3 lifecycle: retired agents are turned away at admission
        if ((agent.Flags & AgentFlags.SafeMode) != 0 && (exposure.Takes || kind.Grows()))
        {
            return Outcome.SafeMode;
        }

        // 4 deny override
        if ((agent.Flags & AgentFlags.Overrides) != 0 && OverrideRules.Denies(state, agent, kind))
        {
            return Outcome.DeniedByOverride;
        }

        // 5 hard limits
        var limits = CheckHardLimits(state, sender, agent, kind, exposure);
        if (limits != Outcome.Applied)
        {
            return limits;
        }

        // 6, 7 and 8 are what an allow override lifts
        var refusal = CheckAllowed(agent, kind);
        if (refusal == Outcome.Applied && !consent.IsGranted && NeedsPerson(state, agent, kind, exposure, consent))
        {
            refusal = Outcome.ApprovalNeeded;
        }

        if (refusal != Outcome.Applied && (agent.Flags & AgentFlags.Overrides) != 0)
        {
            lifted = OverrideRules.Lifts(state, agent, kind, exposure);
        }

        return lifted >= 0 ? Outcome.Applied : refusal;
    }

    /// <summary>6: default deny.</summary>
    private static Outcome CheckAllowed(in AgentRecord agent, CommandKind kind) =>
        (agent.Constitution.AllowedActions >> (int)kind & 1) == 0 ? Outcome.ActionNotAllowed : Outcome.Applied;

    /// <summary>7 the monitor's verdict; 8 what the constitution itself wants a person for.</summary>
    private static bool NeedsPerson(
        LedgerState state, in AgentRecord agent, CommandKind kind, in Exposure exposure, in Consent consent) =>
        ((agent.Flags & AgentFlags.Verdict) != 0 && agent.JudgedPayload == consent.Payload)
        || (agent.Constitution.RequiresHumanApproval == 1 && !(exposure.Value.IsZero && exposure.Stake.IsZero))
        || ((agent.Flags & AgentFlags.Rules) != 0 && RuleChecks.NeedsApproval(state, agent, kind, exposure.Amount));

    /// <summary>5: what no override and no approval lifts.</summary>
    private static Outcome CheckHardLimits(
        LedgerState state, in AccountRecord sender, in AgentRecord agent, CommandKind kind, in Exposure exposure)
    {
        var rules = (agent.Flags & AgentFlags.Rules) != 0
            ? RuleChecks.Check(state, agent, kind, exposure)
            : Outcome.Applied;
        var limits = CheckLimits(state, sender, agent, exposure);
        return rules != Outcome.Applied && (limits == Outcome.Applied || rules < limits) ? rules : limits;
    }

    private static Outcome CheckLimits(
        LedgerState state, in AccountRecord sender, in AgentRecord agent, in Exposure exposure)
    {
        ref readonly var limits = ref agent.Constitution;
        var nowMs = state.Globals.TimeMs;
        if (!exposure.Value.IsZero)
        {
            if (exposure.Value > limits.MaxValuePerAction)
            {
                return Outcome.ValueLimit;
            }

            if (Passes(RollingLimits.Used(state, agent.Volume, nowMs), exposure.Value, limits.MaxDailyVolume))
            {
                return Outcome.VolumeLimit;
            }
        }

        if (!exposure.Stake.IsZero && Passes(sender.Stake, exposure.Stake, limits.MaxStake))
        {
            return Outcome.StakeLimit;
        }

        if (exposure.Counterparty != Exposure.Protocol && !exposure.Value.IsZero
            && !Names(limits, exposure.Counterparty))
        {
            return Outcome.CounterpartyNotAllowed;
        }

        if (!IsHour(limits.HoursUtc, nowMs))
        {
            return Outcome.OutsideHours;
        }

        return exposure.Withdraws && agent.KeysChangedAtMs > 0
            && nowMs - agent.KeysChangedAtMs < limits.KeyChangeHoldMs
            ? Outcome.KeyChangeHold
            : Outcome.Applied;
    }

    /// <summary>Whether what is used and what is asked together pass a limit. Subtracts, for what is asked is whatever
    /// the sender wrote and the limit whatever the owner wrote: their sum may leave the range.</summary>
    internal static bool Passes(TokenAmount used, TokenAmount asked, TokenAmount limit) =>
        used > limit || asked > limit - used;

    /// <summary>Whether the hours named have that of an instant.</summary>
    internal static bool IsHour(uint hours, long nowMs) => (hours >> (int)(nowMs / HourMs % 24) & 1) == 1;

    /// <summary>Whether an account's constitution, if it has one, lets value of an action go to another account.
    /// </summary>
    public static bool MayPay(LedgerState state, in AccountRecord payer, CommandKind kind, int payee)
    {
        if (payer.Agent == 0)
        {
            return true;
        }

        ref readonly var agent = ref state.Agents[payer.Agent - 1];
        return Names(agent.Constitution, payee)
            && ((agent.Flags & AgentFlags.Rules) == 0 || RuleChecks.MayPay(state, agent, kind, payee));
    }

    /// <summary>Whether a constitution names a counterparty; where it names none, all are meant.</summary>
    private static bool Names(in ConstitutionRecord limits, int slot)
    {
        if (limits.CounterpartyCount == 0)
        {
            return true;
        }

        for (var i = 0; i < limits.CounterpartyCount; i++)
        {
            if (limits.Counterparties[i].Slot == slot)
            {
                return true;
            }
        }

        return false;
    }
}
