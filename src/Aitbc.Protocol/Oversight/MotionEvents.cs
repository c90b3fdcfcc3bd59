using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Oversight;

/// <summary>A motion was put to an agent's guardians.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Agent">Whose.</param>
/// <param name="By">Who proposed it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="GuardianCount">Guardians proposed.</param>
/// <param name="GuardianThreshold">How many of them would decide.</param>
/// <param name="ReadyAtMs">When it may take effect, ms.</param>
/// <param name="LapsesAtMs">When it lapses, ms.</param>
/// <param name="Constitution">The constitution proposed.</param>
/// <param name="Guardians">The guardians proposed.</param>
/// <param name="Override">The override proposed.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct MotionProposed(
    MotionId Id,
    AccountNumber Agent,
    AccountNumber By,
    MotionKind Kind,
    byte GuardianCount,
    byte GuardianThreshold,
    long ReadyAtMs,
    long LapsesAtMs,
    ConstitutionRecord Constitution,
    AccountSet Guardians,
    OverrideTerms Override) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.MotionProposed;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        state.GlobalTable.Write(0).LastDecision = Id.Value;
        ref var agent = ref state.Agents.Write(state.Accounts[Agent.Slot].Agent - 1);
        ref var motion = ref state.Motions.Add(out var slot);
        motion.NextMotion = agent.FirstMotion;
        motion.Agent = Agent;
        motion.Id = Id;
        motion.By = By;
        motion.Kind = Kind;
        motion.ReadyAtMs = ReadyAtMs;
        motion.LapsesAtMs = LapsesAtMs;
        motion.Constitution = Constitution;
        motion.Guardians = Guardians;
        motion.GuardianCount = GuardianCount;
        motion.GuardianThreshold = GuardianThreshold;
        motion.Override = Override;
        agent.FirstMotion = slot + 1;
        agent.MotionCount++;
        state.MotionIndex.Add(Id.Value, slot);
        state.WallDue.Push(LapsesAtMs, DueKind.Motion, Id.Value);
    }
}

/// <summary>A guardian agreed to a motion, or rejected it.</summary>
/// <param name="Id">Which.</param>
/// <param name="By">The guardian.</param>
/// <param name="Votes">Bit i: guardian i agrees.</param>
/// <param name="Against">Bit i: guardian i rejects.</param>
/// <param name="Enough">1 where enough agree: it takes effect when it has waited.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct MotionVoted(MotionId Id, AccountNumber By, byte Votes, byte Against, byte Enough)
    : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.MotionVoted;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var motion = ref state.Motions.Write(state.MotionIndex.Find(Id.Value));
        motion.Votes = Votes;
        motion.Against = Against;
        motion.Enough = Enough;
        state.WallDue.Push(motion.DueMs, DueKind.Motion, Id.Value);
    }
}

/// <summary>How a motion ended.</summary>
public enum MotionEnding : byte
{
    /// <summary>It took effect.</summary>
    Carried = 1,

    /// <summary>Too few guardians are left to carry it.</summary>
    Rejected = 2,

    /// <summary>Too few agreed in time.</summary>
    Lapsed = 3,

    /// <summary>What it was about has changed meanwhile: the guardians, or the constitution.</summary>
    Void = 4,

    /// <summary>Who proposed it took it back.</summary>
    Withdrawn = 5,
}

/// <summary>A motion ended.</summary>
/// <param name="Id">Which.</param>
/// <param name="Agent">Whose.</param>
/// <param name="Ending">How.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct MotionEnded(MotionId Id, AccountNumber Agent, MotionEnding Ending) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.MotionEnded;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        var slot = state.MotionIndex.Find(Id.Value);
        var (next, rules) = (state.Motions[slot].NextMotion, state.Motions[slot].RuleSet);
        ref var agent = ref state.Agents.Write(state.Accounts[Agent.Slot].Agent - 1);
        if (agent.FirstMotion == slot + 1)
        {
            agent.FirstMotion = next;
        }
        else
        {
            var at = agent.FirstMotion - 1;
            while (state.Motions[at].NextMotion != slot + 1)
            {
                at = state.Motions[at].NextMotion - 1;
            }

            state.Motions.Write(at).NextMotion = next;
        }

        agent.MotionCount--;
        if (rules != 0)
        {
            RuleSets.Free(state, rules - 1);
        }

        state.MotionIndex.Remove(Id.Value);
        state.Motions.Free(slot);
    }
}

/// <summary>An agent has other guardians.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Motion">The motion that decided it.</param>
/// <param name="GuardianCount">How many.</param>
/// <param name="GuardianThreshold">How many of them decide.</param>
/// <param name="Guardians">Who.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct GuardiansChanged(
    AccountNumber Account, MotionId Motion, byte GuardianCount, byte GuardianThreshold, AccountSet Guardians)
    : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.GuardiansChanged;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var agent = ref state.Agents.Write(state.Accounts[Account.Slot].Agent - 1);
        agent.Guardians = Guardians;
        agent.GuardianCount = GuardianCount;
        agent.GuardianThreshold = GuardianThreshold;
        agent.ReleaseVotes = 0;
    }
}
