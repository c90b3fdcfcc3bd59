using System.Numerics;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Oversight;

/// <summary>What a motion asks for; the part that its kind needs.</summary>
internal ref struct MotionContent
{
    /// <summary>The constitution.</summary>
    public ConstitutionRecord Constitution;

    /// <summary>Its rules.</summary>
    public ReadOnlySpan<RuleTerms> Rules;

    /// <summary>The guardians.</summary>
    public AccountSet Guardians;

    /// <summary>How many.</summary>
    public byte GuardianCount;

    /// <summary>How many of them decide.</summary>
    public byte GuardianThreshold;

    /// <summary>The override.</summary>
    public OverrideTerms Override;
}

/// <summary>Motions: what loosens an agent's bounds needs as many of its guardians as release it, and, but for an
/// override with its cap, a delay in which the others can object.</summary>
internal static class MotionRules
{
    /// <summary>Most motions on an agent that one person has open. There is no limit beside it that people share, so
    /// that nobody can fill an agent's list and leave the others waiting: its owner and eight guardians come to 18.
    /// </summary>
    public const int MaxMotionsEach = 2;

    /// <summary>What is free of gas beside stops is so at most once a minute, ms: a change that tightens, and a denial
    /// for each place that a person has for one.</summary>
    public const long FreeEveryMs = 60_000;

    /// <summary>Changes a constitution: what only tightens it at once, what loosens it by motion.</summary>
    public static Outcome Change(in Call call, ChangeConstitution command)
    {
        var slot = OversightRules.FindAgent(call.State, command.Agent);
        if (slot >= 0 && !OversightRules.MayPropose(call.State, slot, call.From))
        {
            return Outcome.NotAuthorised;
        }

        if (!Building.Knows(call.State, command.Constitution))
        {
            return Outcome.NoSuchAccount;
        }

        if (slot < 0)
        {
            return Outcome.NoSuchAgent;
        }

        var outcome = Building.Build(call.State, command.Constitution, out var record, out var rules);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        ReadOnlySpan<RuleTerms> written = ((ReadOnlySpan<RuleTerms>)rules)[..command.Constitution.Rules.Count];
        ref readonly var agent = ref call.State.Agents[slot];
        if (!Strictness.Tightens(agent.Constitution, RulesOf(call.State, agent), record, written))
        {
            return Propose(call, slot, MotionKind.Constitution, new MotionContent
            {
                Constitution = record,
                Rules = written,
            });
        }

        Write(call.Step, agent.Account, default, written);
        Adopt(call.Step, slot, call.From, default, record);
        return Outcome.Applied;
    }

    /// <summary>Whether a change only tightens and may be free of gas: by who may change it, at most once a minute.
    /// </summary>
    public static bool IsFree(LedgerState state, AccountNumber from, ChangeConstitution command, long nowMs)
    {
        var slot = OversightRules.FindAgent(state, command.Agent);
        if (slot < 0 || !OversightRules.MayPropose(state, slot, from))
        {
            return false;
        }

        ref readonly var agent = ref state.Agents[slot];
        return nowMs - agent.ConstitutionChangedAtMs >= FreeEveryMs
            && Building.Knows(state, command.Constitution)
            && Building.Build(state, command.Constitution, out var record, out var rules) == Outcome.Applied
            && Strictness.Tightens(
                agent.Constitution,
                RulesOf(state, agent),
                record,
                ((ReadOnlySpan<RuleTerms>)rules)[..command.Constitution.Rules.Count]);
    }

    /// <summary>Proposes other guardians.</summary>
    public static Outcome Change(in Call call, ChangeGuardians command)
    {
        var slot = OversightRules.FindAgent(call.State, command.Agent);
        if (slot < 0)
        {
            return Outcome.NoSuchAgent;
        }

        if (!OversightRules.MayPropose(call.State, slot, call.From))
        {
            return Outcome.NotAuthorised;
        }

        var outcome = IdentityRules.BuildGuardians(
            call.State, command.Guardians, command.GuardianThreshold, out var guardians);
        return outcome != Outcome.Applied
            ? outcome
            : Propose(call, slot, MotionKind.Guardians, new MotionContent
            {
                Guardians = guardians,
                GuardianCount = (byte)command.Guardians.Count,
                GuardianThreshold = (byte)command.GuardianThreshold,
            });
    }

    /// <summary>Puts something to an agent's guardians; one who proposes agrees.</summary>
    public static Outcome Propose(in Call call, int slot, MotionKind kind, in MotionContent content)
    {
        var state = call.State;
        ref readonly var agent = ref state.Agents[slot];
        if (OpenBy(state, agent, call.From) >= MaxMotionsEach)
        {
            return Outcome.TooManyOpen;
        }

        var id = new MotionId(state.Globals.LastDecision + 1);
        var delay = kind == MotionKind.Override ? Duration.Zero : state.Parameters.LooseningDelay;
        call.Step.Emit(new MotionProposed(
            id,
            agent.Account,
            call.From,
            kind,
            content.GuardianCount,
            content.GuardianThreshold,
            (state.Time + delay).UnixMs,
            (state.Time + state.Parameters.MotionWindow).UnixMs,
            content.Constitution,
            content.Guardians,
            content.Override));
        Write(call.Step, agent.Account, id, content.Rules);
        return OversightRules.GuardianIndex(agent, call.From) >= 0
            ? Agree(call, new AgreeMotion(id))
            : Outcome.Applied;
    }

    /// <summary>Agrees; the last word needed carries the motion if it has waited.</summary>
    public static Outcome Agree(in Call call, AgreeMotion command)
    {
        var outcome = Find(call, command.Motion, out var at, out var guardian);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        ref readonly var motion = ref call.State.Motions[at];
        if ((motion.Votes >> guardian & 1) == 1)
        {
            return Outcome.AlreadySaid;
        }

        ref readonly var agent = ref call.State.Agents[call.State.Accounts[motion.Agent.Slot].Agent - 1];
        var votes = (byte)(motion.Votes | (1 << guardian));
        var against = (byte)(motion.Against & ~(1 << guardian));
        var enough = BitOperations.PopCount(votes) >= agent.GuardianThreshold;
        call.Step.Emit(new MotionVoted(motion.Id, call.From, votes, against, enough ? (byte)1 : (byte)0));
        if (enough && motion.ReadyAtMs <= call.State.Globals.TimeMs)
        {
            Carry(call.Step, at, call.From);
        }

        return Outcome.Applied;
    }

    /// <summary>Rejects; where too few are left to carry it, or who proposed it takes it back, the motion ends.
    /// </summary>
    public static Outcome Reject(in Call call, RejectMotion command)
    {
        var outcome = Find(call, command.Motion, out var at, out var guardian);
        if (at >= 0 && call.State.Motions[at].By == call.From)
        {
            call.Step.Emit(new MotionEnded(command.Motion, call.State.Motions[at].Agent, MotionEnding.Withdrawn));
            return Outcome.Applied;
        }

        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        ref readonly var motion = ref call.State.Motions[at];
        if ((motion.Against >> guardian & 1) == 1)
        {
            return Outcome.AlreadySaid;
        }

        ref readonly var agent = ref call.State.Agents[call.State.Accounts[motion.Agent.Slot].Agent - 1];
        var votes = (byte)(motion.Votes & ~(1 << guardian));
        var against = (byte)(motion.Against | (1 << guardian));
        var enough = BitOperations.PopCount(votes) >= agent.GuardianThreshold;
        call.Step.Emit(new MotionVoted(motion.Id, call.From, votes, against, enough ? (byte)1 : (byte)0));
        if (BitOperations.PopCount(against) > agent.GuardianCount - agent.GuardianThreshold)
        {
            call.Step.Emit(new MotionEnded(motion.Id, motion.Agent, MotionEnding.Rejected));
        }

        return Outcome.Applied;
    }

    /// <summary>A motion has waited long enough to take effect, or too long to be carried.</summary>
    public static void OnDue(Step step, ulong id)
    {
        var at = step.State.MotionIndex.Find(id);
        ref readonly var motion = ref step.State.Motions[at];
        if (motion.Enough == 1)
        {
            Carry(step, at, motion.By);
        }
        else
        {
            step.Emit(new MotionEnded(motion.Id, motion.Agent, MotionEnding.Lapsed));
        }
    }

    /// <summary>Writes the rules of a constitution, before it is adopted or with its motion.</summary>
    public static void Write(Step step, AccountNumber agent, MotionId motion, ReadOnlySpan<RuleTerms> rules)
    {
        foreach (ref readonly var rule in rules)
        {
            step.Emit(new RuleWritten(agent, motion, rule));
        }
    }

    private static void Carry(Step step, int at, AccountNumber by)
    {
        var state = step.State;
        var motion = state.Motions[at];
        var slot = state.Accounts[motion.Agent.Slot].Agent - 1;
        switch (motion.Kind)
        {
            case MotionKind.Constitution:
                Adopt(step, slot, by, motion.Id, motion.Constitution);
                break;
            case MotionKind.Guardians:
                step.Emit(new GuardiansChanged(
                    motion.Agent, motion.Id, motion.GuardianCount, motion.GuardianThreshold, motion.Guardians));
                ApprovalRules.VoidAll(step, slot, by);
                break;
            case MotionKind.Override when motion.Override.ExpiresAtMs <= state.Globals.TimeMs
                || !OverrideRules.HasRoom(state, state.Agents[slot], motion.Override.Effect, by):
                step.Emit(new MotionEnded(motion.Id, motion.Agent, MotionEnding.Void));
                return;
            case MotionKind.Override:
                step.Emit(new OverrideBegan(new OverrideId(motion.Id.Value), motion.Agent, by, motion.Override));
                break;
        }

        step.Emit(new MotionEnded(motion.Id, motion.Agent, MotionEnding.Carried));
        if (motion.Kind == MotionKind.Guardians)
        {
            VoidAll(step, slot, kind: null);
        }
    }

    /// <summary>A constitution takes effect; what was asked for under the one before is void.</summary>
    private static void Adopt(Step step, int slot, AccountNumber by, MotionId motion, ConstitutionRecord record)
    {
        // First, for the rules of before have counted what waits.
        ApprovalRules.VoidAll(step, slot, by);
        ref readonly var agent = ref step.State.Agents[slot];
        record.Version = agent.Constitution.Version + 1;
        step.Emit(new ConstitutionAdopted(agent.Account, by, motion, record));
        VoidAll(step, slot, MotionKind.Constitution, except: motion);
    }

    private static void VoidAll(Step step, int slot, MotionKind? kind, MotionId except = default)
    {
        var state = step.State;
        for (var at = state.Agents[slot].FirstMotion; at != 0;)
        {
            ref readonly var motion = ref state.Motions[at - 1];
            at = motion.NextMotion;
            if ((kind is null || motion.Kind == kind) && motion.Id != except)
            {
                step.Emit(new MotionEnded(motion.Id, motion.Agent, MotionEnding.Void));
            }
        }
    }

    /// <summary>How many open motions a person has proposed; other guardians make void all that is open, so that none
    /// is left of who may propose no more.</summary>
    private static int OpenBy(LedgerState state, in AgentRecord agent, AccountNumber who)
    {
        var count = 0;
        for (var at = agent.FirstMotion; at != 0; at = state.Motions[at - 1].NextMotion)
        {
            count += state.Motions[at - 1].By == who ? 1 : 0;
        }

        return count;
    }

    private static ReadOnlySpan<RuleTerms> RulesOf(LedgerState state, in AgentRecord agent) =>
        ConstitutionReading.RulesOf(state, agent.RuleSet);

    private static Outcome Find(in Call call, MotionId id, out int at, out int guardian)
    {
        guardian = -1;
        at = call.State.MotionIndex.Find(id.Value);
        if (at < 0)
        {
            return Outcome.NoSuchMotion;
        }

        var agent = call.State.Accounts[call.State.Motions[at].Agent.Slot].Agent - 1;
        guardian = OversightRules.GuardianIndex(call.State.Agents[agent], call.From);
        return guardian < 0 ? Outcome.NotAuthorised : Outcome.Applied;
    }
}
