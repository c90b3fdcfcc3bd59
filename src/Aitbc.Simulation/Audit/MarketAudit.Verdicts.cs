using System.Numerics;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Verification;

namespace Aitbc.Simulation.Audit;

/// <content>What verdicts come to, and who is paid by them.</content>
internal sealed partial class MarketAudit
{
    /// <summary>The result that is shown is the one that was sealed.</summary>
    private void CheckShown(AuditedWorkload workload, in WorkSubmitted submitted)
    {
        if (workload.Validation is not { } checks)
        {
            return;
        }

        var (id, result, qualityPpm) = (submitted.Workload, submitted.Result, submitted.QualityPpm);
        var provider = accounts.Find(submitted.Provider)?.Id ?? default;
        log.Holds(
            Asks<RevealWork>(command => command.Workload == id
                && ValidatorDraw.Seal(id, provider, result, qualityPpm, command.Salt) == checks.Seal),
            AuditCheck.Verdict,
            $"the result of {id}",
            "what its provider sealed",
            $"{result} of quality {qualityPpm}");
        checks.Result = result;
    }

    private void On(in ValidatorReleased released)
    {
        if (FindChecks(released.Workload, out _) is not { } checks
            || FindSeat(checks, released.Validator) is not { } seat)
        {
            return;
        }

        log.Holds(
            seat.Mark is null && seat.Service == released.Service,
            AuditCheck.Verdict,
            $"the seat of account {released.Validator} on {released.Workload}",
            $"left once, with {seat.Service}",
            $"left with {released.Service}");
        seat.Mark = released.Record;
        if (Find(released.Service) is { Load: > 0 } service)
        {
            service.Load--;
        }

        if (accounts.AgentOf(released.Validator) is { } agent)
        {
            agent.Settled += released.Record == SeatRecordMark.Settled ? 1UL : 0;
            agent.Faulted += released.Record == SeatRecordMark.Faulted ? 1UL : 0;
        }
    }

    /// <summary>Whether validators may have come to an ending.</summary>
    private bool MayEndChecked(
        AuditedWorkload workload, AuditedValidation checks, WorkloadEnding ending, bool isDue)
    {
        var needed = checks.Terms.Needed;
        var isTold = isDue || checks.Seats.TrueForAll(seat => seat.Commitment is null || seat.Agrees is not null);
        return (ending, workload.Step) switch
        {
            (WorkloadEnding.Verified, WorkStep.Judging) => isTold && checks.Agreed >= needed,
            (WorkloadEnding.Refuted, WorkStep.Judging) => isTold && checks.Disagreed >= needed,
            (WorkloadEnding.Unverified, WorkStep.Judging) =>
                isTold && checks.Agreed < needed && checks.Disagreed < needed,
            (WorkloadEnding.Unverified, WorkStep.Committing) => isDue && checks.Committed < needed,
            (WorkloadEnding.Unverified, WorkStep.Sealed) => isDue && checks.Postponed >= MaxPostponed
                && DrawOf(workload, checks).Count < checks.Terms.Validators,
            _ => false,
        };
    }

    /// <summary>Each seat's fee, bond and record, and the rest of the fees.</summary>
    private void EndChecked(AuditedWorkload workload, in WorkloadEnded ended)
    {
        var (id, checks) = (ended.Workload, workload.Validation);
        log.Holds(
            ended.Mode == workload.Terms.Mode
                && (ended.Needed, ended.Agreed, ended.Disagreed)
                    == (checks?.Terms.Needed ?? 0, checks?.Agreed ?? 0, checks?.Disagreed ?? 0),
            AuditCheck.Verdict,
            $"the verdicts that the end of {id} states",
            $"{checks?.Agreed ?? 0} to {checks?.Disagreed ?? 0}, {checks?.Terms.Needed ?? 0} needed",
            $"{ended.Agreed} to {ended.Disagreed}, {ended.Needed} needed");
        if (checks is null)
        {
            return;
        }

        var paid = BigInteger.Zero;
        foreach (var seat in checks.Seats)
        {
            paid += EndSeat(workload, checks, seat, ended.Ending);
        }

        log.Equal(AuditCheck.Payment, $"the fees that the end of {id} states", paid, ended.Fees.BaseUnits);
        var all = (BigInteger)checks.Terms.Fee.BaseUnits * checks.Terms.Validators;
        bonds.CheckFee(workload, workload.Terms.Client, all - paid);
    }

    /// <summary>What a seat is paid: for the verdict that decided; where none did, for its own; where none was given,
    /// for being bound. Silence is not paid, and costs the bond of who was bound.</summary>
    private BigInteger EndSeat(
        AuditedWorkload workload, AuditedValidation checks, AuditedSeat seat, WorkloadEnding ending)
    {
        var isBound = seat.Commitment is not null;
        var couldJudge = workload.Step == WorkStep.Judging && ending != WorkloadEnding.BelowQuality;
        var isSilent = !isBound || (couldJudge && seat.Agrees is null);
        var isPaid = !isSilent && ending switch
        {
            WorkloadEnding.Verified => seat.Agrees is true,
            WorkloadEnding.Refuted => seat.Agrees is false,
            _ => true,
        };
        var fee = isPaid ? (BigInteger)checks.Terms.Fee.BaseUnits : BigInteger.Zero;
        bonds.CheckFee(workload, seat.Validator, fee);
        if (isBound)
        {
            var harmed = ending == WorkloadEnding.Unverified
                ? workload.Award?.Provider ?? AccountNumber.Treasury
                : AccountNumber.Treasury;
            bonds.CheckVerdictBond(workload, seat.Validator, isSilent ? harmed : seat.Validator);
        }

        var mark = isSilent ? SeatRecordMark.Faulted : isPaid ? SeatRecordMark.Settled : SeatRecordMark.None;
        log.Holds(
            seat.Mark == mark,
            AuditCheck.Verdict,
            $"the record of account {seat.Validator} for {workload.Terms.Id}",
            $"{mark}",
            seat.Mark is { } found ? $"{found}" : "not left");
        return fee;
    }
}
