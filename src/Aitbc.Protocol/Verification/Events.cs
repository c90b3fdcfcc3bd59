using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Verification;

/// <summary>A workload that was just posted is to be checked by validators; the fees' movement stands beside it.
/// </summary>
/// <param name="Workload">Which.</param>
/// <param name="Needed">k.</param>
/// <param name="Validators">n.</param>
/// <param name="TolerancePpm">By how much outputs may differ.</param>
/// <param name="CommitWindowMs">Time to commit.</param>
/// <param name="RevealWindowMs">Time to reveal.</param>
/// <param name="Fee">What each validator whose verdict counts is paid.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct ValidationAsked(
    WorkloadId Workload,
    byte Needed,
    byte Validators,
    uint TolerancePpm,
    uint CommitWindowMs,
    uint RevealWindowMs,
    TokenAmount Fee) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.ValidationAsked;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var validation = ref state.Validations.Add(out var slot);
        validation.Workload = Workload;
        validation.Needed = Needed;
        validation.Asked = Validators;
        validation.TolerancePpm = TolerancePpm;
        validation.CommitWindowMs = CommitWindowMs;
        validation.RevealWindowMs = RevealWindowMs;
        validation.Fee = Fee;
        state.Workloads.Write(state.FindWorkload(Workload)).Validation = slot + 1;
    }
}

/// <summary>The provider is bound to a result that nobody else knows yet.</summary>
/// <param name="Workload">Which.</param>
/// <param name="Provider">Who.</param>
/// <param name="Round">Beacon round at the seal.</param>
/// <param name="DeadlineMs">First draw, market time.</param>
/// <param name="Seal">The commitment.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct WorkSealed(
    WorkloadId Workload, AccountNumber Provider, uint Round, long DeadlineMs, Digest Seal) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.WorkSealed;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var workload = ref state.Workloads.Write(state.FindWorkload(Workload));
        workload.Phase = WorkloadPhase.Sealed;
        workload.DeadlineMs = DeadlineMs;
        ref var validation = ref state.Validations.Write(workload.Validation - 1);
        validation.Seal = Seal;
        validation.SealedRound = Round;
        validation.SealedAtSeq = state.Globals.Seq;
        state.MarketDue.Push(DeadlineMs, DueKind.Workload, Workload.Value);
    }
}

/// <summary>The draw waits: no beacon value since the seal, or too few validators that are free.</summary>
/// <param name="Workload">Which.</param>
/// <param name="DeadlineMs">Next try, market time.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct DrawPostponed(WorkloadId Workload, long DeadlineMs) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.DrawPostponed;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var workload = ref state.Workloads.Write(state.FindWorkload(Workload));
        workload.DeadlineMs = DeadlineMs;
        state.Validations.Write(workload.Validation - 1).Postponed++;
        state.MarketDue.Push(DeadlineMs, DueKind.Workload, Workload.Value);
    }
}

/// <summary>A validator was drawn.</summary>
/// <param name="Workload">For what.</param>
/// <param name="Validator">Who.</param>
/// <param name="Service">By which of its services.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct ValidatorDrawn(WorkloadId Workload, AccountNumber Validator, ServiceId Service)
    : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.ValidatorDrawn;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        var slot = state.Workloads[state.FindWorkload(Workload)].Validation - 1;
        ref var validation = ref state.Validations.Write(slot);
        ref var seat = ref validation.Seats[validation.Drawn++];
        seat.Validator = Validator;
        seat.Service = Service;
        seat.State = SeatState.Drawn;
        state.Services.Write(state.FindService(Service)).CurrentLoad++;
    }
}

/// <summary>The validators are drawn and may commit.</summary>
/// <param name="Workload">For what.</param>
/// <param name="DeadlineMs">End of commitments, market time.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct CommitmentsOpened(WorkloadId Workload, long DeadlineMs) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.CommitmentsOpened;

    void ILedgerEvent.ApplyTo(LedgerState state) =>
        state.Enter(Workload, WorkloadPhase.Committing, DeadlineMs);
}

/// <summary>A validator is bound to what it found; its bond's movement stands beside it.</summary>
/// <param name="Workload">For what.</param>
/// <param name="Validator">Who.</param>
/// <param name="Commitment">The commitment.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VerdictCommitted(WorkloadId Workload, AccountNumber Validator, Digest Commitment)
    : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.VerdictCommitted;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var seat = ref Panel.WriteSeat(state, Workload, Validator);
        seat.Commitment = Commitment;
        seat.State = SeatState.Committed;
        seat.ReservedBucket = Constitution.RollingLimits.BucketOf(state.Globals.TimeMs);
    }
}

/// <summary>Nobody can commit any more: the provider shows its result.</summary>
/// <param name="Workload">Which.</param>
/// <param name="DeadlineMs">Until when, market time.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct CommitmentsClosed(WorkloadId Workload, long DeadlineMs) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.CommitmentsClosed;

    void ILedgerEvent.ApplyTo(LedgerState state) => state.Enter(Workload, WorkloadPhase.Revealing, DeadlineMs);
}

/// <summary>A validator showed what it found.</summary>
/// <param name="Workload">Of what.</param>
/// <param name="Validator">Who.</param>
/// <param name="Agrees">1 where the result agrees with it.</param>
/// <param name="Output">Digest of its own output.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VerdictGiven(
    WorkloadId Workload, AccountNumber Validator, byte Agrees, Digest Output) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.VerdictGiven;

    void ILedgerEvent.ApplyTo(LedgerState state) => Panel.WriteSeat(state, Workload, Validator).State =
        Agrees == 1 ? SeatState.Agreed : SeatState.Disagreed;
}

/// <summary>A validator is free again; what became of its fee and bond stands beside it.</summary>
/// <param name="Workload">Of what.</param>
/// <param name="Validator">Who.</param>
/// <param name="Service">By which service it was drawn.</param>
/// <param name="Record">1 where this counts for its record, 2 against it, 0 neither.</param>
/// <param name="Fee">What a verdict is paid, base units.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct ValidatorReleased(
    WorkloadId Workload,
    AccountNumber Validator,
    ServiceId Service,
    SeatRecordMark Record,
    TokenAmount Fee) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.ValidatorReleased;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var service = ref state.Services.Write(state.FindService(Service));
        service.CurrentLoad--;
        ref var agent = ref state.Agents.Write(state.Accounts[Validator.Slot].Agent - 1);
        if (Record == SeatRecordMark.Settled)
        {
            service.Settle(Fee);
            agent.JobsSettled++;
        }
        else if (Record == SeatRecordMark.Faulted)
        {
            service.Fault(Fee);
            agent.JobsFaulted++;
        }
    }
}

/// <summary>How a seat counts for its validator's record.</summary>
public enum SeatRecordMark : byte
{
    /// <summary>It does not: its verdict was not that of the deciding number.</summary>
    None = 0,

    /// <summary>As work settled without fault: it was paid.</summary>
    Settled = 1,

    /// <summary>As a fault: it was silent.</summary>
    Faulted = 2,
}

/// <summary>An agent's host is heard of again, or no longer.</summary>
/// <param name="Agent">Whose.</param>
/// <param name="Live">1 where it is heard of.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct LivenessChanged(AccountNumber Agent, byte Live) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.LivenessChanged;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var agent = ref state.Agents.Write(state.Accounts[Agent.Slot].Agent - 1);
        if (Live == 1)
        {
            agent.BackAtSeq = state.Globals.Seq;
        }
        else
        {
            agent.GoneAtSeq = state.Globals.Seq;
        }
    }
}
