using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Constitution;

/// <summary>
/// Checks 3 to 8 of the design's order, for agents: the ledger itself keeps the constitution, so an agent whose process
/// or key is taken over still cannot pass it.
/// </summary>
internal static class ConstitutionRules
{
    private const long MaxKeyChangeHoldMs = 30L * 24 * 60 * 60 * 1000;
    private const long HourMs = 60 * 60 * 1000;

    /// <summary>Whether the sender's constitution lets a command pass. The order is the order of precedence.</summary>
    public static Outcome Check(LedgerState state, in AccountRecord sender, CommandKind kind, in Exposure exposure)
    {
        if (sender.Agent == 0)
        {
            return Outcome.Applied;
        }

        // 3 lifecycle: retired agents are turned away at admission. 4 deny overrides come with oversight.
        ref readonly var agent = ref state.Agents[sender.Agent - 1];
        var limits = CheckHardLimits(state, sender, agent, exposure);
        if (limits != Outcome.Applied)
        {
            return limits;
        }

        // 6
        if ((agent.Constitution.AllowedActions >> (int)kind & 1) == 0)
        {
            return Outcome.ActionNotAllowed;
        }

        // 7 the monitor's verdict comes with the monitor. 8:
        return agent.Constitution.RequiresHumanApproval == 1 && !(exposure.Value.IsZero && exposure.Stake.IsZero)
            ? Outcome.ApprovalNeeded
            : Outcome.Applied;
    }

    /// <summary>Whether every counterparty that a constitution names has an account.</summary>
    public static bool Knows(LedgerState state, ConstitutionTerms terms)
    {
        foreach (var counterparty in terms.Counterparties)
        {
            if (state.SlotOf(counterparty) < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A constitution's record, or why it cannot be one; its counterparties have accounts.</summary>
    public static Outcome Build(LedgerState state, ConstitutionTerms terms, out ConstitutionRecord record)
    {
        record = default;
        if (terms.AllowedActions.Count == 0
            || terms.HoursUtc == 0
            || terms.HoursUtc > ConstitutionTerms.AnyHour
            || terms.Counterparties.Count > AccountSet.Length
            || terms.KeyChangeHold.Ms is < 0 or > MaxKeyChangeHoldMs
            || terms.MaxValuePerAction > terms.MaxDailyVolume
            || terms.MaxGasPerDay < state.Parameters.BaseGas)
        {
            return Outcome.BadConstitution;
        }

        foreach (var action in terms.AllowedActions)
        {
            var bit = 1UL << (int)action;
            if ((int)action >= CommandNames.Count || (record.AllowedActions & bit) != 0)
            {
                return Outcome.BadConstitution;
            }

            record.AllowedActions |= bit;
        }

        foreach (var counterparty in terms.Counterparties)
        {
            record.Counterparties[record.CounterpartyCount++] = new AccountNumber((uint)state.SlotOf(counterparty));
        }

        record.HoursUtc = terms.HoursUtc;
        record.MaxStake = terms.MaxStake;
        record.MaxDailyVolume = terms.MaxDailyVolume;
        record.MaxGasPerDay = terms.MaxGasPerDay;
        record.MaxValuePerAction = terms.MaxValuePerAction;
        record.KeyChangeHoldMs = terms.KeyChangeHold.Ms;
        record.RequiresHumanApproval = terms.RequiresHumanApproval ? (byte)1 : (byte)0;
        record.Version = 1;
        return Outcome.Applied;
    }

    /// <summary>5: what no override and no approval lifts.</summary>
    private static Outcome CheckHardLimits(
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

        if ((limits.HoursUtc >> (int)(nowMs / HourMs % 24) & 1) == 0)
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
    private static bool Passes(TokenAmount used, TokenAmount asked, TokenAmount limit) =>
        used > limit || asked > limit - used;

    /// <summary>Whether an account's constitution, if it has one, lets value go to another account.</summary>
    public static bool MayPay(LedgerState state, in AccountRecord payer, int payee) =>
        payer.Agent == 0 || Names(state.Agents[payer.Agent - 1].Constitution, payee);

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
