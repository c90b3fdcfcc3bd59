using Aitbc.Protocol.Events;
using Aitbc.Protocol.Verification;
using static Aitbc.Protocol.Wire.EventBytes;

namespace Aitbc.Protocol.Wire;

/// <summary>The events of verification.</summary>
public static partial class EventWords
{
    private static string? DescribeVerification(EventKind kind, ReadOnlySpan<byte> value, Names names)
    {
        switch (kind)
        {
            case EventKind.ValidationAsked:
                var asked = Read<ValidationAsked>(value);
                return Line($"{asked.Workload} is checked by {asked.Validators} drawn validators, {asked.Needed} ")
                    + Line($"equal verdicts decide; {asked.Fee.ToDisplay()} for each that counts");
            case EventKind.WorkSealed:
                var work = Read<WorkSealed>(value);
                return Line($"{names.First(work.Provider)} sealed the result of {work.Workload}");
            case EventKind.DrawPostponed:
                return Line($"The draw of validators for {Read<DrawPostponed>(value).Workload} ")
                    + "waits for a beacon value or for free validators";
            case EventKind.ValidatorDrawn:
                var drawn = Read<ValidatorDrawn>(value);
                return Line($"{names.First(drawn.Validator)} was drawn to check {drawn.Workload} with {drawn.Service}");
            case EventKind.CommitmentsOpened:
                return Line($"The validators of {Read<CommitmentsOpened>(value).Workload} may commit");
            case EventKind.VerdictCommitted:
                var committed = Read<VerdictCommitted>(value);
                return Line($"{names.First(committed.Validator)} committed to its own result of {committed.Workload}");
            case EventKind.CommitmentsClosed:
                return Line($"The validators of {Read<CommitmentsClosed>(value).Workload} are bound; the provider ")
                    + "shows its result";
            case EventKind.VerdictGiven:
                var given = Read<VerdictGiven>(value);
                return Line($"{names.First(given.Validator)} found the result of {given.Workload} ")
                    + (given.Agrees == 1 ? "right" : "wrong");
            case EventKind.ValidatorReleased:
                var released = Read<ValidatorReleased>(value);
                return Line($"{names.First(released.Validator)} is done with {released.Workload}")
                    + released.Record switch
                    {
                        SeatRecordMark.Settled => ", paid",
                        SeatRecordMark.Faulted => ", at fault: it was silent",
                        _ => ", unpaid: its verdict was not the deciding one",
                    };
            case EventKind.LivenessChanged:
                var changed = Read<LivenessChanged>(value);
                return Line($"The host of {names.Of(changed.Agent)} is ")
                    + (changed.Live == 1 ? "heard of again" : "no longer heard of");
            default:
                return null;
        }
    }
}
