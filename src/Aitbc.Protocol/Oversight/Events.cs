using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Oversight;

/// <summary>An agent was stopped; what it signed before is dead, also after the release.</summary>
/// <param name="Account">Which.</param>
/// <param name="By">The guardian.</param>
/// <param name="Epoch">The new global stop epoch.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct AgentStopped(AccountNumber Account, AccountNumber By, ulong Epoch) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.AgentStopped;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var agent = ref state.Agents.Write(state.Accounts[Account.Slot].Agent - 1);
        agent.Stopped = 1;
        agent.Fence = Epoch;
        agent.ReleaseVotes = 0;
        state.GlobalTable.Write(0).StopEpoch = Epoch;
    }
}

/// <summary>A guardian agreed to a release.</summary>
/// <param name="Account">Of which agent.</param>
/// <param name="By">The guardian.</param>
/// <param name="Votes">Bit i: guardian i agrees.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct ReleaseApproved(AccountNumber Account, AccountNumber By, byte Votes) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.ReleaseApproved;

    void ILedgerEvent.ApplyTo(LedgerState state) =>
        state.Agents.Write(state.Accounts[Account.Slot].Agent - 1).ReleaseVotes = Votes;
}

/// <summary>An agent was released.</summary>
/// <param name="Account">Which.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct AgentReleased(AccountNumber Account) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.AgentReleased;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var agent = ref state.Agents.Write(state.Accounts[Account.Slot].Agent - 1);
        agent.Stopped = 0;
        agent.Flags &= ~AgentFlags.SafeMode;
        agent.ReleaseVotes = 0;
    }
}

/// <summary>The monitor found an agent's payload unusual.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Payload">Digest of the payload.</param>
/// <param name="Verdict">What follows.</param>
/// <param name="Detector">Which detector says so.</param>
/// <param name="Observed">What it saw, in its own unit.</param>
/// <param name="Limit">What it takes for usual at most.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct MonitorJudged(
    AccountNumber Account,
    Digest Payload,
    MonitorVerdictKind Verdict,
    Label Detector,
    TokenAmount Observed,
    TokenAmount Limit) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.MonitorJudged;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var agent = ref state.Agents.Write(state.Accounts[Account.Slot].Agent - 1);
        if (Verdict == MonitorVerdictKind.Park)
        {
            agent.Flags |= AgentFlags.Verdict;
            agent.JudgedPayload = Payload;
        }
        else if (Verdict == MonitorVerdictKind.SafeMode && (agent.Flags & AgentFlags.SafeMode) == 0)
        {
            agent.Flags |= AgentFlags.SafeMode;
            agent.ReleaseVotes = 0;
        }
    }
}

/// <summary>The market, or all, was stopped; market time stands still.</summary>
/// <param name="Scope">What.</param>
/// <param name="By">The council member.</param>
/// <param name="Epoch">The new global stop epoch.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct MarketStopped(StopScope Scope, AccountNumber By, ulong Epoch) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.MarketStopped;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var globals = ref state.GlobalTable.Write(0);
        globals.StopEpoch = Epoch;
        if (globals.MarketStoppedAtMs == 0)
        {
            globals.MarketStoppedAtMs = globals.TimeMs;
        }

        if (Scope == StopScope.All)
        {
            globals.AllStopped = 1;
            globals.AllFence = Epoch;
            globals.AllReleaseVotes = 0;
        }
        else
        {
            globals.MarketIsStopped = 1;
            globals.MarketFence = Epoch;
            globals.MarketReleaseVotes = 0;
        }
    }
}

/// <summary>A member of the council agreed to a release.</summary>
/// <param name="Scope">Of what.</param>
/// <param name="By">The council member.</param>
/// <param name="Votes">Bit i: council member i agrees.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct MarketReleaseApproved(StopScope Scope, AccountNumber By, uint Votes) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.MarketReleaseApproved;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var globals = ref state.GlobalTable.Write(0);
        if (Scope == StopScope.All)
        {
            globals.AllReleaseVotes = Votes;
        }
        else
        {
            globals.MarketReleaseVotes = Votes;
        }
    }
}

/// <summary>The market, or all, was released; market time goes on unless the other stop still stands.</summary>
/// <param name="Scope">What.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct MarketReleased(StopScope Scope) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.MarketReleased;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var globals = ref state.GlobalTable.Write(0);
        if (Scope == StopScope.All)
        {
            globals.AllStopped = 0;
            globals.AllReleaseVotes = 0;
        }
        else
        {
            globals.MarketIsStopped = 0;
            globals.MarketReleaseVotes = 0;
        }

        if (globals.AllStopped == 0 && globals.MarketIsStopped == 0)
        {
            globals.MarketOffsetMs += globals.TimeMs - globals.MarketStoppedAtMs;
            globals.MarketStoppedAtMs = 0;
        }
    }
}

/// <summary>The node is back; market time stood still since the entry before.</summary>
/// <param name="GapMs">For how long, ms.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct ResumedAfter(long GapMs) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.Resumed;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var globals = ref state.GlobalTable.Write(0);
        if (globals.MarketStoppedAtMs == 0)
        {
            globals.MarketOffsetMs += GapMs;
        }
    }
}

/// <summary>A new term began; it stands in the entry's header.</summary>
/// <param name="Term">The term.</param>
/// <param name="BeaconCommitment">Head of the new beacon's hash chain.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct NewTerm(uint Term, Digest BeaconCommitment) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.TermBegan;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var globals = ref state.GlobalTable.Write(0);
        globals.Term = Term;
        globals.BeaconHead = BeaconCommitment;
        globals.BeaconBase = globals.BeaconRound;
    }
}

/// <summary>A beacon value was revealed.</summary>
/// <param name="Round">Which, from 1.</param>
/// <param name="Value">The value.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct BeaconRevealed(uint Round, Digest Value) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.BeaconRevealed;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var globals = ref state.GlobalTable.Write(0);
        globals.BeaconRound = Round;
        globals.BeaconHead = Value;
    }
}
