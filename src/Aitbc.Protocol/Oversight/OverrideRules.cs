using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Oversight;

/// <summary>Overrides: a denial always wins; an allowance lifts what the constitution does not allow and what wants
/// approval, never a hard limit or a stop.</summary>
internal static class OverrideRules
{
    /// <summary>Most denials in force on an agent that one person has set, so that nobody takes the others' places.
    /// </summary>
    public const int MaxDenialsEach = 4;

    /// <summary>Most allowances in force on an agent; enough guardians agreed to each, and any one of them ends it.
    /// </summary>
    public const int MaxAllowances = 16;

    /// <summary>Most overrides of an agent in force: 16 allowances, four denials of each of the nine people who may set
    /// one, and some of people who no longer may, which any guardian ends.</summary>
    public const int MaxOverrides = 64;

    private const long LongestMs = 366L * 24 * 60 * 60 * 1000;

    /// <summary>Whether an action is denied. What has expired is gone: it fell due before.</summary>
    public static bool Denies(LedgerState state, in AgentRecord agent, CommandKind kind)
    {
        for (var at = agent.FirstOverride; at != 0; at = state.Overrides[at - 1].NextOverride)
        {
            ref readonly var terms = ref state.Overrides[at - 1].Terms;
            if (terms.Action == kind && terms.Effect == OverrideEffect.Deny)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The slot of an allowance that covers an action with what it puts at risk, or -1.</summary>
    public static int Lifts(LedgerState state, in AgentRecord agent, CommandKind kind, in Exposure exposure)
    {
        for (var at = agent.FirstOverride; at != 0; at = state.Overrides[at - 1].NextOverride)
        {
            ref readonly var record = ref state.Overrides[at - 1];
            if (record.Terms.Action == kind && record.Terms.Effect == OverrideEffect.Allow
                && exposure.Amount <= record.Terms.Cap - record.Used)
            {
                return at - 1;
            }
        }

        return -1;
    }

    /// <summary>A denial takes effect, an allowance is put to the guardians.</summary>
    public static Outcome Set(in Call call, SetOverride command)
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

        var outcome = CheckTerms(call.State, slot, call.From, command, call.State.Globals.TimeMs);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        var terms = new OverrideTerms
        {
            Action = command.Action,
            Effect = command.Effect,
            Cap = command.Cap,
            Reason = command.Reason,
            ExpiresAtMs = command.ExpiresAt.UnixMs,
        };
        if (command.Effect == OverrideEffect.Allow)
        {
            return MotionRules.Propose(call, slot, MotionKind.Override, new MotionContent { Override = terms });
        }

        var id = new OverrideId(call.State.Globals.LastDecision + 1);
        call.Step.Emit(new OverrideBegan(id, call.State.Agents[slot].Account, call.From, terms));
        return Outcome.Applied;
    }

    /// <summary>Ends an override before its time.</summary>
    public static Outcome Revoke(in Call call, RevokeOverride command)
    {
        var slot = call.State.OverrideIndex.Find(command.Override.Value);
        if (slot < 0)
        {
            return Outcome.NoSuchOverride;
        }

        ref readonly var record = ref call.State.Overrides[slot];
        if (!MayEnd(call.State, record, call.From))
        {
            return Outcome.NotAuthorised;
        }

        call.Step.Emit(new OverrideEnded(record.Id, record.Agent, call.From));
        return Outcome.Applied;
    }

    /// <summary>An override's time is over.</summary>
    public static void Expire(Step step, ulong id)
    {
        ref readonly var record = ref step.State.Overrides[step.State.OverrideIndex.Find(id)];
        step.Emit(new OverrideEnded(record.Id, record.Agent, AccountNumber.Treasury));
    }

    /// <summary>Whether one more override finds room: an allowance among the agent's, a denial among its setter's.
    /// </summary>
    public static bool HasRoom(LedgerState state, in AgentRecord agent, OverrideEffect effect, AccountNumber by)
    {
        var count = 0;
        for (var at = agent.FirstOverride; at != 0; at = state.Overrides[at - 1].NextOverride)
        {
            ref readonly var record = ref state.Overrides[at - 1];
            count += record.Terms.Effect == effect && (effect == OverrideEffect.Allow || record.By == by) ? 1 : 0;
        }

        return count < (effect == OverrideEffect.Allow ? MaxAllowances : MaxDenialsEach)
            && agent.OverrideCount < MaxOverrides;
    }

    /// <summary>Whether an account may end an override: an allowance is anybody's who may set one. A denial is its
    /// setter's, so that no other lifts it; once the setter is neither owner nor guardian any more, it has no word left
    /// on the agent, and the denial is the guardians'.</summary>
    private static bool MayEnd(LedgerState state, in OverrideRecord record, AccountNumber who)
    {
        var agent = state.Accounts[record.Agent.Slot].Agent - 1;
        if (record.Terms.Effect == OverrideEffect.Allow)
        {
            return OversightRules.MayPropose(state, agent, who);
        }

        return OversightRules.MayPropose(state, agent, record.By)
            ? record.By == who
            : OversightRules.GuardianIndex(state.Agents[agent], who) >= 0;
    }

    /// <summary>Whether what the command says can be an override.</summary>
    public static Outcome CheckTerms(
        LedgerState state, int agent, AccountNumber from, SetOverride command, long nowMs)
    {
        if (!Enum.IsDefined(command.Effect) || (int)command.Action >= CommandNames.Count
            || command.ExpiresAt.UnixMs <= nowMs || command.ExpiresAt.UnixMs > nowMs + LongestMs
            || (command.Effect == OverrideEffect.Deny && !command.Cap.IsZero))
        {
            return Outcome.BadTerms;
        }

        return HasRoom(state, state.Agents[agent], command.Effect, from) ? Outcome.Applied : Outcome.TooManyOpen;
    }
}
