using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Protocol.Verification;

/// <summary>What validators found, for the record of a workload's end.</summary>
/// <param name="Agreed">Verdicts that the result is right.</param>
/// <param name="Disagreed">Verdicts that it is wrong.</param>
/// <param name="Fees">What validators were paid, base units.</param>
internal readonly record struct Verdicts(byte Agreed, byte Disagreed, TokenAmount Fees);

/// <summary>
/// Fees and bonds of validators when their workload ends: who did what decided is paid out of the client's escrow, who
/// was silent after committing loses its bond to whom it harmed, the rest of the fees goes back.
/// </summary>
internal static class Payout
{
    /// <summary>Settles all seats of a workload, where it has any, and gives the client back what is not spent.
    /// </summary>
    public static Verdicts Settle(Step step, int slot, WorkloadEnding ending)
    {
        var state = step.State;
        var workload = state.Workloads[slot];
        if (workload.Validation == 0)
        {
            return default;
        }

        var validation = state.Validations[workload.Validation - 1];
        var paid = TokenAmount.Zero;
        for (var i = 0; i < validation.Drawn; i++)
        {
            paid += SettleSeat(step, workload, validation, validation.Seats[i], ending);
        }

        var rest = validation.Fee.MulDivDown(validation.Asked, 1) - paid;
        step.Move(
            (workload.Client, SubAccount.Escrow),
            (workload.Client, SubAccount.Available),
            rest,
            MovePhase.Voided,
            MoveReason.ValidatorFee,
            workload.Id.Value);
        Settlement.Release(step, workload.Client, CommandKind.PostWorkload, workload.ReservedBucket, rest);
        return new Verdicts(
            (byte)Panel.Count(validation, SeatState.Agreed), (byte)Panel.Count(validation, SeatState.Disagreed), paid);
    }

    /// <summary>Whether a validator is paid, unless it was silent: for the verdict that decided; where none did, for
    /// the work it is bound to.</summary>
    private static bool IsPaid(SeatState seat, WorkloadEnding ending) => ending switch
    {
        WorkloadEnding.Verified => seat == SeatState.Agreed,
        WorkloadEnding.Refuted => seat == SeatState.Disagreed,
        _ => seat >= SeatState.Committed,
    };

    private static TokenAmount SettleSeat(
        Step step,
        in WorkloadRecord workload,
        in ValidationRecord validation,
        in SeatRecord seat,
        WorkloadEnding ending)
    {
        var id = workload.Id.Value;
        var isPaid = IsPaid(seat.State, ending);
        var isSilent = seat.State == SeatState.Drawn
            || (seat.State == SeatState.Committed && workload.Phase == WorkloadPhase.Judging
                && ending != WorkloadEnding.BelowQuality);
        if (isPaid && !isSilent)
        {
            step.Move(
                (workload.Client, SubAccount.Escrow),
                (seat.Validator, SubAccount.Available),
                validation.Fee,
                MovePhase.Posted,
                MoveReason.ValidatorFee,
                id);
        }

        if (seat.State != SeatState.Drawn)
        {
            SettleBond(step, workload, seat, isSilent, ending);
        }

        var mark = isSilent ? SeatRecordMark.Faulted : isPaid ? SeatRecordMark.Settled : SeatRecordMark.None;
        step.Emit(new ValidatorReleased(workload.Id, seat.Validator, seat.Service, mark, validation.Fee));
        return mark == SeatRecordMark.Settled ? validation.Fee : TokenAmount.Zero;
    }

    /// <summary>A bond goes back, or to the provider whose pay the silence cost, or to the treasury where it cost
    /// nobody anything.</summary>
    private static void SettleBond(
        Step step, in WorkloadRecord workload, in SeatRecord seat, bool isSilent, WorkloadEnding ending)
    {
        var id = workload.Id.Value;
        if (!isSilent)
        {
            step.Move(
                (seat.Validator, SubAccount.Bond),
                (seat.Validator, SubAccount.Available),
                workload.BidBond,
                MovePhase.Voided,
                MoveReason.VerdictBond,
                id);
            Settlement.Release(step, seat.Validator, CommandKind.CommitVerdict, seat.ReservedBucket, workload.BidBond);
            return;
        }

        var harmed = ending == WorkloadEnding.Unverified
            ? step.State.Bids[workload.WinningBid].Bidder
            : AccountNumber.Treasury;
        step.Move(
            (seat.Validator, SubAccount.Bond),
            (harmed, SubAccount.Available),
            workload.BidBond,
            MovePhase.TimedOut,
            MoveReason.VerdictForfeit,
            id);
    }
}
