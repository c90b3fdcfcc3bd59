using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Oversight;

/// <summary>An override is in force.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Agent">Whose.</param>
/// <param name="By">Who set it.</param>
/// <param name="Terms">What it says.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct OverrideBegan(OverrideId Id, AccountNumber Agent, AccountNumber By, OverrideTerms Terms)
    : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.OverrideBegan;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var globals = ref state.GlobalTable.Write(0);
        globals.LastDecision = Math.Max(globals.LastDecision, Id.Value);
        ref var agent = ref state.Agents.Write(state.Accounts[Agent.Slot].Agent - 1);
        ref var record = ref state.Overrides.Add(out var slot);
        record.NextOverride = agent.FirstOverride;
        record.Agent = Agent;
        record.Id = Id;
        record.Terms = Terms;
        record.By = By;
        agent.FirstOverride = slot + 1;
        agent.OverrideCount++;
        agent.Flags |= AgentFlags.Overrides;
        state.OverrideIndex.Add(Id.Value, slot);
        state.WallDue.Push(Terms.ExpiresAtMs, DueKind.Override, Id.Value);
    }
}

/// <summary>An allowance let something pass.</summary>
/// <param name="Id">Which.</param>
/// <param name="Amount">Base units.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct OverrideUsed(OverrideId Id, TokenAmount Amount) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.OverrideUsed;

    void ILedgerEvent.ApplyTo(LedgerState state) =>
        state.Overrides.Write(state.OverrideIndex.Find(Id.Value)).Used += Amount;
}

/// <summary>An override ended.</summary>
/// <param name="Id">Which.</param>
/// <param name="Agent">Whose.</param>
/// <param name="By">Who revoked it; the treasury's number where it expired.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct OverrideEnded(OverrideId Id, AccountNumber Agent, AccountNumber By) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.OverrideEnded;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        var slot = state.OverrideIndex.Find(Id.Value);
        var next = state.Overrides[slot].NextOverride;
        ref var agent = ref state.Agents.Write(state.Accounts[Agent.Slot].Agent - 1);
        if (agent.FirstOverride == slot + 1)
        {
            agent.FirstOverride = next;
        }
        else
        {
            var at = agent.FirstOverride - 1;
            while (state.Overrides[at].NextOverride != slot + 1)
            {
                at = state.Overrides[at].NextOverride - 1;
            }

            state.Overrides.Write(at).NextOverride = next;
        }

        agent.OverrideCount--;
        agent.Flags = agent.FirstOverride == 0 ? agent.Flags & ~AgentFlags.Overrides : agent.Flags;
        state.OverrideIndex.Remove(Id.Value);
        state.Overrides.Free(slot);
    }
}
