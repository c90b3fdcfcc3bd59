using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Oversight;

/// <summary>Stops and releases. One may stop; it takes the threshold to release.</summary>
internal static class OversightRules
{
    /// <summary>Whether a command is a stop by someone who may stop, and stops something: those cost no gas and know no
    /// rate. To stop again what stands still costs gas, or free entries would fill the journal.</summary>
    public static bool IsFree(LedgerState state, AccountNumber from, Command command, long nowMs)
    {
        ref readonly var globals = ref state.Globals;
        switch (command)
        {
            case StopAgent stop:
                var slot = FindAgent(state, stop.Agent);
                return slot >= 0
                    && GuardianIndex(state.Agents[slot], from) >= 0
                    && (state.Agents[slot].Stopped == 0 || state.Agents[slot].ReleaseVotes != 0);
            case StopMarket { Scope: StopScope.All }:
                return state.Accounts[from.Slot].Council == 1
                    && (globals.AllStopped == 0 || globals.AllReleaseVotes != 0);
            case StopMarket { Scope: StopScope.Market }:
                return state.Accounts[from.Slot].Council == 1
                    && (globals.MarketIsStopped == 0 || globals.MarketReleaseVotes != 0);
            case DenyApproval deny:
                return ApprovalRules.IsFree(state, from, deny);
            case ChangeConstitution change:
                return MotionRules.IsFree(state, from, change, nowMs);
            case SetOverride { Effect: OverrideEffect.Deny } deny:
                // One that ends at once could be set again at once, and nobody would pay for the entries.
                var denied = FindAgent(state, deny.Agent);
                return denied >= 0 && deny.ExpiresAt.UnixMs - nowMs >= MotionRules.FreeEveryMs
                    && MayPropose(state, denied, from)
                    && OverrideRules.CheckTerms(state, denied, from, deny, nowMs) == Outcome.Applied;
            default:
                return false;
        }
    }

    /// <summary>The monitor found something: the payload waits for guardians, or the agent goes into safe mode.
    /// </summary>
    public static Outcome Judge(Step step, MonitorVerdict input)
    {
        var slot = FindAgent(step.State, input.Agent);
        if (slot < 0 || step.State.Agents[slot].Retired == 1 || !Enum.IsDefined(input.Verdict))
        {
            return Outcome.InputRejected;
        }

        step.Emit(new MonitorJudged(
            step.State.Agents[slot].Account,
            input.Payload,
            input.Verdict,
            input.Detector,
            input.Observed,
            input.Limit));
        return Outcome.Applied;
    }

    /// <summary>Stops an agent.</summary>
    public static Outcome Stop(in Call call, StopAgent command)
    {
        var slot = FindAgent(call.State, command.Agent);
        if (slot < 0)
        {
            return Outcome.NoSuchAgent;
        }

        ref readonly var agent = ref call.State.Agents[slot];
        if (GuardianIndex(agent, call.From) < 0)
        {
            return Outcome.NotAuthorised;
        }

        call.Step.Emit(new AgentStopped(agent.Account, call.From, call.State.Globals.StopEpoch + 1));
        ApprovalRules.VoidAll(call.Step, slot, call.From);
        return Outcome.Applied;
    }

    /// <summary>Agrees to release an agent, from a stop and from safe mode alike.</summary>
    public static Outcome Release(in Call call, ReleaseAgent command)
    {
        var slot = FindAgent(call.State, command.Agent);
        if (slot < 0)
        {
            return Outcome.NoSuchAgent;
        }

        ref readonly var agent = ref call.State.Agents[slot];
        var guardian = GuardianIndex(agent, call.From);
        if (guardian < 0)
        {
            return Outcome.NotAuthorised;
        }

        var votes = (byte)(agent.ReleaseVotes | (1 << guardian));
        if (!IsHeld(agent) || votes == agent.ReleaseVotes)
        {
            return Outcome.NothingToRelease;
        }

        var account = agent.Account;
        var enough = System.Numerics.BitOperations.PopCount(votes) >= agent.GuardianThreshold;
        call.Step.Emit(new ReleaseApproved(account, call.From, votes));
        if (enough)
        {
            call.Step.Emit(new AgentReleased(account));
        }

        return Outcome.Applied;
    }

    /// <summary>Stops the market or all.</summary>
    public static Outcome Stop(in Call call, StopMarket command)
    {
        if (call.Sender.Council == 0)
        {
            return Outcome.NotAuthorised;
        }

        if (!Enum.IsDefined(command.Scope))
        {
            return Outcome.BadTerms;
        }

        call.Step.Emit(new MarketStopped(command.Scope, call.From, call.State.Globals.StopEpoch + 1));
        return Outcome.Applied;
    }

    /// <summary>Agrees to release the market or all.</summary>
    public static Outcome Release(in Call call, ReleaseMarket command)
    {
        ref readonly var globals = ref call.State.Globals;
        if (call.Sender.Council == 0)
        {
            return Outcome.NotAuthorised;
        }

        var (stopped, before) = command.Scope switch
        {
            StopScope.All => (globals.AllStopped, globals.AllReleaseVotes),
            StopScope.Market => (globals.MarketIsStopped, globals.MarketReleaseVotes),
            _ => default,
        };
        var votes = before | (1u << CouncilIndex(call.State, call.From));
        if (stopped == 0 || votes == before)
        {
            return Outcome.NothingToRelease;
        }

        call.Step.Emit(new MarketReleaseApproved(command.Scope, call.From, votes));
        if (System.Numerics.BitOperations.PopCount(votes) >= call.State.Genesis.CouncilThreshold)
        {
            call.Step.Emit(new MarketReleased(command.Scope));
        }

        return Outcome.Applied;
    }

    /// <summary>The node is back: market time stood still since the entry before.</summary>
    public static void Resume(Step step, Timestamp before) =>
        step.Emit(new ResumedAfter(step.State.Globals.TimeMs - before.UnixMs));

    /// <summary>The next beacon value.</summary>
    public static Outcome Reveal(Step step, Beacon input)
    {
        ref readonly var globals = ref step.State.Globals;
        if (Digest.Sha256(input.Value.AsSpan()) != globals.BeaconHead)
        {
            return Outcome.InputRejected;
        }

        step.Emit(new BeaconRevealed(globals.BeaconRound + 1, input.Value));
        return Outcome.Applied;
    }

    /// <summary>The slot of an agent, or -1.</summary>
    public static int FindAgent(LedgerState state, in AccountId id)
    {
        var slot = state.SlotOf(id);
        return slot < 0 ? -1 : state.Accounts[slot].Agent - 1;
    }

    /// <summary>Whether an account may ask for a change of an agent's bounds: its owner and its guardians.</summary>
    public static bool MayPropose(LedgerState state, int agent, AccountNumber who) =>
        state.Agents[agent].Owner == who || GuardianIndex(state.Agents[agent], who) >= 0;

    /// <summary>Whether an agent waits for its guardians' release, from a stop or from safe mode.</summary>
    public static bool IsHeld(in AgentRecord agent) =>
        agent.Stopped == 1 || (agent.Flags & AgentFlags.SafeMode) != 0;

    /// <summary>Which of an agent's guardians an account is, or -1.</summary>
    public static int GuardianIndex(in AgentRecord agent, AccountNumber who)
    {
        for (var i = 0; i < agent.GuardianCount; i++)
        {
            if (agent.Guardians[i] == who)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Genesis opens accounts in its order, so a member's place is the count of members before it.</summary>
    private static int CouncilIndex(LedgerState state, AccountNumber who)
    {
        var index = 0;
        for (var slot = 1; slot < who.Slot; slot++)
        {
            index += state.Accounts[slot].Council;
        }

        return index;
    }
}
