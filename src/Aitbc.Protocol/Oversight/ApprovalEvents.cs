using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Oversight;

/// <summary>A payload waits for its agent's guardians.</summary>
/// <param name="Id">The approval; the sequence of this entry.</param>
/// <param name="Agent">Whose.</param>
/// <param name="Payload">Digest of the payload.</param>
/// <param name="ConstitutionVersion">Version of the constitution it was parked under.</param>
/// <param name="ExpiresAtMs">When it is denied for want of an answer, ms.</param>
/// <param name="Held">Base units that went to escrow: value and stake.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct CommandParked(
    ApprovalId Id,
    AccountNumber Agent,
    Digest Payload,
    uint ConstitutionVersion,
    long ExpiresAtMs,
    TokenAmount Held) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.CommandParked;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var agent = ref state.Agents.Write(state.Accounts[Agent.Slot].Agent - 1);
        ref var record = ref state.Approvals.Add(out var slot);
        record.NextApproval = agent.FirstApproval;
        record.Agent = Agent;
        record.Id = Id;
        record.Payload = Payload;
        record.ConstitutionVersion = ConstitutionVersion;
        record.ExpiresAtMs = ExpiresAtMs;
        record.Bucket = RollingLimits.BucketOf(state.Globals.TimeMs);
        record.Held = Held;
        agent.FirstApproval = slot + 1;
        agent.ApprovalCount++;
        state.ApprovalIndex.Add(Id.Value, slot);
        state.WallDue.Push(ExpiresAtMs, DueKind.Approval, Id.Value);
    }
}

/// <summary>A parked payload reserves value, or stake, of a kind of action in its agent's limits.</summary>
/// <param name="Id">Which.</param>
/// <param name="Action">The action.</param>
/// <param name="Amount">Base units.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct ParkedReserved(ApprovalId Id, CommandKind Action, TokenAmount Amount) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.ParkedReserved;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var record = ref state.Approvals.Write(state.ApprovalIndex.Find(Id.Value));
        ref var agent = ref state.Agents.Write(state.Accounts[record.Agent.Slot].Agent - 1);
        if (Action.IsVolume())
        {
            RollingLimits.Reserve(state, ref agent.Volume, state.Globals.TimeMs, Amount);
        }

        if ((agent.Flags & AgentFlags.Rules) != 0)
        {
            RuleChecks.Reserve(state, agent.RuleSet - 1, Action, Amount);
        }

        var at = 0;
        while (at < record.ValueCount && record.Values[at].Action != (ulong)Action)
        {
            at++;
        }

        if (at == record.ValueCount)
        {
            record.Values[at].Action = (ulong)Action;
            record.ValueCount++;
        }

        record.Values[at].Value += Amount;
    }
}

/// <summary>A guardian approved.</summary>
/// <param name="Id">What.</param>
/// <param name="By">The guardian.</param>
/// <param name="Votes">Bit i: guardian i approves.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct ApprovalGiven(ApprovalId Id, AccountNumber By, byte Votes) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.ApprovalGiven;

    void ILedgerEvent.ApplyTo(LedgerState state) =>
        state.Approvals.Write(state.ApprovalIndex.Find(Id.Value)).Votes = Votes;
}

/// <summary>How an approval ended.</summary>
public enum ApprovalEnding : byte
{
    /// <summary>Enough guardians approved: what was held is free again, and the command is tried in this entry.
    /// </summary>
    Granted = 1,

    /// <summary>A guardian denied it.</summary>
    Denied = 2,

    /// <summary>Nobody answered in time: denied.</summary>
    Expired = 3,

    /// <summary>The constitution, a key or the guardians changed, or the agent was stopped.</summary>
    Void = 4,
}

/// <summary>An approval ended, and with it its reservations, which the events before gave back.</summary>
/// <param name="Id">Which.</param>
/// <param name="Agent">Whose.</param>
/// <param name="By">Whose word ended it; the treasury's number where nobody's did.</param>
/// <param name="Ending">How.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct ApprovalEnded(
    ApprovalId Id, AccountNumber Agent, AccountNumber By, ApprovalEnding Ending) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.ApprovalEnded;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        var slot = state.ApprovalIndex.Find(Id.Value);
        var next = state.Approvals[slot].NextApproval;
        ref var agent = ref state.Agents.Write(state.Accounts[Agent.Slot].Agent - 1);
        if (agent.RuleSet != 0)
        {
            RuleChecks.ReleaseParked(state, agent.RuleSet - 1, state.Approvals[slot]);
        }

        if (agent.FirstApproval == slot + 1)
        {
            agent.FirstApproval = next;
        }
        else
        {
            var at = agent.FirstApproval - 1;
            while (state.Approvals[at].NextApproval != slot + 1)
            {
                at = state.Approvals[at].NextApproval - 1;
            }

            state.Approvals.Write(at).NextApproval = next;
        }

        agent.ApprovalCount--;
        state.ApprovalIndex.Remove(Id.Value);
        state.Approvals.Free(slot);
    }
}

/// <summary>What became of a payload that was approved: all its checks were made again.</summary>
/// <param name="Id">The approval.</param>
/// <param name="Agent">Whose.</param>
/// <param name="Payload">Digest of the payload.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="FailedAt">Place of the refused command in its payload, from 0.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct ParkedHandled(
    ApprovalId Id, AccountNumber Agent, Digest Payload, Outcome Outcome, ushort FailedAt) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.ParkedHandled;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        // The approval has ended, the effects have their own events.
    }
}
