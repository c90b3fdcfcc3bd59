using System.Numerics;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Wire;

namespace Aitbc.Protocol.Oversight;

/// <summary>
/// Approvals: a command that needs a person waits with its money and limits reserved. An approval is bound to the
/// payload's digest, to the constitution's version and to a time; it is used once; without an answer it is denied.
/// </summary>
internal static class ApprovalRules
{
    /// <summary>Most payloads of an agent that wait.</summary>
    public const int MaxApprovals = 16;

    /// <summary>Most commands of a payload that waits: all of it must fit into the approval.</summary>
    public const int MaxCommands = 64;

    /// <summary>Parks a payload, unless a check that no approval lifts refuses it.</summary>
    /// <param name="call">Who asks.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="failedAt">Place of the command that is refused.</param>
    /// <returns><see cref="Outcome.Parked"/>, or the refusal; then nothing has changed.</returns>
    public static Outcome Park(in Call call, ClientPayload payload, out int failedAt)
    {
        failedAt = 0;
        if (!MayWait(call.State, call.From, payload))
        {
            return Outcome.ApprovalNeeded;
        }

        var outcome = Try(call, payload, out failedAt);
        return outcome == Outcome.Applied ? Reserve(call, payload) : outcome;
    }

    /// <summary>Whether one more payload of an agent, and this one, may wait.</summary>
    public static bool MayWait(LedgerState state, AccountNumber from, ClientPayload payload) =>
        payload.Commands.Length <= MaxCommands
        && state.Agents[state.Accounts[from.Slot].Agent - 1].ApprovalCount < MaxApprovals;

    /// <summary>Approves; the last word needed carries the payload out. A trial inside a savepoint tries the approval,
    /// not what it approves: that has a trial of its own.</summary>
    public static Outcome Grant(in Call call, GrantApproval command)
    {
        var outcome = Find(call, command.Approval, out var slot, out var guardian);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        ref readonly var record = ref call.State.Approvals[slot];
        if (Digest.Sha256(command.Payload.Span) != record.Payload)
        {
            return Outcome.ApprovalMismatch;
        }

        if ((record.Votes >> guardian & 1) == 1)
        {
            return Outcome.AlreadySaid;
        }

        var votes = (byte)(record.Votes | (1 << guardian));
        call.Step.Emit(new ApprovalGiven(record.Id, call.From, votes));
        ref readonly var agent = ref call.State.Agents[call.State.Accounts[record.Agent.Slot].Agent - 1];
        if (BitOperations.PopCount(votes) >= agent.GuardianThreshold && !call.State.InSavepoint)
        {
            CarryOut(call, slot, command.Payload.Span);
        }

        return Outcome.Applied;
    }

    /// <summary>Denies.</summary>
    public static Outcome Deny(in Call call, DenyApproval command)
    {
        var outcome = Find(call, command.Approval, out var slot, out _);
        if (outcome == Outcome.Applied)
        {
            End(call.Step, slot, call.From, ApprovalEnding.Denied);
        }

        return outcome;
    }

    /// <summary>Whether a guardian denies what waits: free of gas.</summary>
    public static bool IsFree(LedgerState state, AccountNumber from, DenyApproval command)
    {
        var slot = state.ApprovalIndex.Find(command.Approval.Value);
        return slot >= 0 && OversightRules.GuardianIndex(
            state.Agents[state.Accounts[state.Approvals[slot].Agent.Slot].Agent - 1], from) >= 0;
    }

    /// <summary>Nobody answered in time.</summary>
    public static void Expire(Step step, ulong id) =>
        End(step, step.State.ApprovalIndex.Find(id), AccountNumber.Treasury, ApprovalEnding.Expired);

    /// <summary>All that waits for an agent's guardians is void.</summary>
    public static void VoidAll(Step step, int agent, AccountNumber by)
    {
        while (step.State.Agents[agent].FirstApproval != 0)
        {
            End(step, step.State.Agents[agent].FirstApproval - 1, by, ApprovalEnding.Void);
        }
    }

    /// <summary>What would become of the payload now, if it were approved: nobody is asked for what would be refused.
    /// </summary>
    private static Outcome Try(in Call call, ClientPayload payload, out int failedAt)
    {
        var start = call.Step.Length;
        var consent = new Consent(IsGranted: true, payload.PayloadDigest);
        var outcome = Outcome.Applied;
        call.State.Begin();
        for (failedAt = 0; failedAt < payload.Commands.Length; failedAt++)
        {
            outcome = Ledger.Execute(call, payload.Commands[failedAt], consent);
            if (outcome != Outcome.Applied)
            {
                break;
            }
        }

        call.State.Rollback();
        call.Step.TruncateTo(start);
        failedAt = outcome == Outcome.Applied ? 0 : failedAt;
        return outcome;
    }

    /// <summary>Holds what it may cost, and counts it against the limits.</summary>
    private static Outcome Reserve(in Call call, ClientPayload payload)
    {
        var state = call.State;
        var held = TokenAmount.Zero;
        foreach (var command in payload.Commands)
        {
            var exposure = Exposure.Of(state, command);
            held += exposure.Value + exposure.Stake;
        }

        // What a command of the batch sets free cannot be held for the next one.
        if (!call.CanPay(held))
        {
            return Outcome.InsufficientFunds;
        }

        var id = new ApprovalId(state.Globals.Seq);
        var version = state.Agents[call.Sender.Agent - 1].Constitution.Version;
        var expiresMs = (state.Time + state.Parameters.ApprovalWindow).UnixMs;
        call.Step.Emit(new CommandParked(id, call.From, payload.PayloadDigest, version, expiresMs, held));
        foreach (var command in payload.Commands)
        {
            var amount = Exposure.Of(state, command).Amount;
            if (!amount.IsZero)
            {
                call.Step.Emit(new ParkedReserved(id, command.Kind, amount));
            }
        }

        call.Step.Move(
            (call.From, SubAccount.Available),
            (call.From, SubAccount.Escrow),
            held,
            MovePhase.Pending,
            MoveReason.Parked,
            id.Value);
        return Outcome.Parked;
    }

    /// <summary>Checks 2 to 9 once more, then the act, in this entry. What refuses it ends the approval all the same.
    /// </summary>
    private static void CarryOut(in Call call, int slot, ReadOnlySpan<byte> bytes)
    {
        var state = call.State;
        var record = state.Approvals[slot];
        End(call.Step, slot, call.From, ApprovalEnding.Granted);
        if (PayloadCodec.TryParse(
            bytes, ProofKind.Jws, default, record.Payload, state.Genesis.Chain, out var payload) is { } problem)
        {
            throw new InvalidOperationException($"What was admitted reads no longer: {problem}");
        }

        var failedAt = 0;
        var outcome = Admission.CheckStops(
            state, state.Accounts[record.Agent.Slot], payload.Commands.Any(one => one.Kind.IsMarket()), payload.Epoch);
        if (outcome == Outcome.Applied)
        {
            // Its gas was paid when it was parked.
            var acting = new Call(call.Step, record.Agent, TokenAmount.Zero, payload.Epoch);
            outcome = Ledger.ExecuteBatch(
                acting, payload.Commands, new Consent(IsGranted: true, record.Payload), out failedAt);
        }

        call.Step.Emit(new ParkedHandled(record.Id, record.Agent, record.Payload, outcome, (ushort)failedAt));
    }

    /// <summary>Gives back what was reserved and ends the approval.</summary>
    internal static void End(Step step, int slot, AccountNumber by, ApprovalEnding ending)
    {
        var record = step.State.Approvals[slot];
        for (var i = 0; i < record.ValueCount; i++)
        {
            step.Emit(new LimitReleased(
                record.Agent, (CommandKind)record.Values[i].Action, record.Bucket, record.Values[i].Value));
        }

        step.Move(
            (record.Agent, SubAccount.Escrow),
            (record.Agent, SubAccount.Available),
            record.Held,
            ending == ApprovalEnding.Expired ? MovePhase.TimedOut : MovePhase.Voided,
            MoveReason.Parked,
            record.Id.Value);
        step.Emit(new ApprovalEnded(record.Id, record.Agent, by, ending));
    }

    private static Outcome Find(in Call call, ApprovalId id, out int slot, out int guardian)
    {
        guardian = -1;
        slot = call.State.ApprovalIndex.Find(id.Value);
        if (slot < 0)
        {
            return Outcome.NoSuchApproval;
        }

        var agent = call.State.Accounts[call.State.Approvals[slot].Agent.Slot].Agent - 1;
        guardian = OversightRules.GuardianIndex(call.State.Agents[agent], call.From);
        return guardian < 0 ? Outcome.NotAuthorised : Outcome.Applied;
    }
}
