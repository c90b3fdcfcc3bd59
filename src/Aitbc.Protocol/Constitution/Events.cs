using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Constitution;

/// <summary>An agent's action counts against its limits, in the bucket of the entry's time: the daily volume, and the
/// rules that bind it.</summary>
/// <param name="Account">The agent's account.</param>
/// <param name="Action">The action.</param>
/// <param name="Amount">Base units of value, or of stake, which counts under rules alone; zero where only rules count
/// the act.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct LimitReserved(AccountNumber Account, CommandKind Action, TokenAmount Amount)
    : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.LimitReserved;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var agent = ref state.Agents.Write(state.Accounts[Account.Slot].Agent - 1);
        if (!Amount.IsZero && Action.IsVolume())
        {
            RollingLimits.Reserve(state, ref agent.Volume, state.Globals.TimeMs, Amount);
        }

        if ((agent.Flags & AgentFlags.Rules) != 0)
        {
            RuleChecks.Count(state, agent.RuleSet - 1, Action, Amount);
        }
    }
}

/// <summary>What was reserved and not spent went back into its own bucket.</summary>
/// <param name="Account">The agent's account.</param>
/// <param name="Action">The action it was reserved for.</param>
/// <param name="Bucket">The bucket it was reserved in.</param>
/// <param name="Amount">Base units.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct LimitReleased(AccountNumber Account, CommandKind Action, int Bucket, TokenAmount Amount)
    : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.LimitReleased;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var agent = ref state.Agents.Write(state.Accounts[Account.Slot].Agent - 1);
        if (Action.IsVolume())
        {
            RollingLimits.Release(state, ref agent.Volume, Bucket, Amount);
        }

        if ((agent.Flags & AgentFlags.Rules) != 0)
        {
            RuleChecks.Release(state, agent.RuleSet - 1, Action, Bucket, Amount);
        }
    }
}

/// <summary>A rule of a constitution that is about to take effect or is proposed; what is about to take effect does so
/// with the <see cref="ConstitutionAdopted"/> that follows.</summary>
/// <param name="Account">The agent's account.</param>
/// <param name="Motion">The motion that proposes it; 0 is none.</param>
/// <param name="Rule">The rule.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct RuleWritten(AccountNumber Account, MotionId Motion, RuleTerms Rule) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.RuleWritten;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var slot = ref state.Agents.Write(state.Accounts[Account.Slot].Agent - 1).NextRuleSet;
        if (!Motion.IsZero)
        {
            slot = ref state.Motions.Write(state.MotionIndex.Find(Motion.Value)).RuleSet;
        }

        if (slot == 0)
        {
            state.RuleSets.Add(out var added);
            slot = added + 1;
        }

        state.RuleSets.Write(slot - 1).Add(Rule);
    }
}

/// <summary>A constitution is in force, with the rules written before it.</summary>
/// <param name="Account">The agent's account.</param>
/// <param name="By">Who changed it: its owner or the guardian whose word was the last needed.</param>
/// <param name="Motion">The motion that decided it; 0 where it only tightens.</param>
/// <param name="Constitution">The limits.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct ConstitutionAdopted(
    AccountNumber Account, AccountNumber By, MotionId Motion, ConstitutionRecord Constitution) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.ConstitutionAdopted;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var agent = ref state.Agents.Write(state.Accounts[Account.Slot].Agent - 1);
        agent.Constitution = Constitution;
        agent.ConstitutionChangedAtMs = state.Globals.TimeMs;
        var next = agent.NextRuleSet;
        if (Motion.IsZero)
        {
            agent.NextRuleSet = 0;
        }
        else
        {
            ref var motion = ref state.Motions.Write(state.MotionIndex.Find(Motion.Value));
            next = motion.RuleSet;
            motion.RuleSet = 0;
        }

        Adopt(state, agent.RuleSet - 1, next - 1);
        agent.RuleSet = next;
        agent.Flags = next == 0 ? agent.Flags & ~AgentFlags.Rules : agent.Flags | AgentFlags.Rules;
    }

    /// <summary>What was counted goes on under the rule that continues it.</summary>
    private static void Adopt(LedgerState state, int old, int next)
    {
        if (next >= 0)
        {
            ref var fresh = ref state.RuleSets.Write(next);
            var bucket = RollingLimits.BucketOf(state.Globals.TimeMs);
            for (var i = 0; i < fresh.Count; i++)
            {
                fresh.Uses[i].SinceBucket = bucket;
                if (old >= 0)
                {
                    TakeOver(ref state.RuleSets.Write(old), fresh.Terms[i], ref fresh.Uses[i]);
                }
            }
        }

        if (old >= 0)
        {
            RuleSets.Free(state, old);
        }
    }

    private static void TakeOver(ref RuleSetRecord old, in RuleTerms rule, ref RuleUse use)
    {
        for (var i = 0; i < old.Count; i++)
        {
            if (rule.Continues(old.Terms[i]))
            {
                use = old.Uses[i];
                old.Uses[i] = default;
                old.Terms[i] = default;
                return;
            }
        }
    }
}

/// <summary>Where sets of rules end.</summary>
internal static class RuleSets
{
    /// <summary>Gives a set's slot back, and the buckets of what it counted.</summary>
    public static void Free(LedgerState state, int slot)
    {
        ref readonly var set = ref state.RuleSets[slot];
        for (var i = 0; i < set.Count; i++)
        {
            RollingLimits.Free(state, set.Uses[i].Window);
        }

        state.RuleSets.Free(slot);
    }
}
