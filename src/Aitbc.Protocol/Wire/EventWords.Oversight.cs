using System.Numerics;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Oversight;
using static Aitbc.Protocol.Wire.EventBytes;

namespace Aitbc.Protocol.Wire;

/// <summary>The events of constitutions, motions, overrides, approvals and the monitor.</summary>
public static partial class EventWords
{
    private static string? DescribeDecisions(EventKind kind, ReadOnlySpan<byte> value, Names names)
    {
        switch (kind)
        {
            case EventKind.RuleWritten:
                var rule = Read<RuleWritten>(value);
                return Line($"A rule of kind {Plain(rule.Rule.Kind)} was written for {names.Of(rule.Account)}")
                    + (rule.Motion.IsZero ? "" : Line($", as motion {rule.Motion} proposes"));
            case EventKind.ConstitutionAdopted:
                var adopted = Read<ConstitutionAdopted>(value);
                return Line($"Version {adopted.Constitution.Version} of the constitution of ")
                    + Line($"{names.Of(adopted.Account)} is in force, by {names.Of(adopted.By)}")
                    + (adopted.Motion.IsZero ? "" : Line($" with motion {adopted.Motion}"));
            case EventKind.MotionProposed:
                var proposed = Read<MotionProposed>(value);
                return Line($"{names.First(proposed.By)} proposed {What(proposed.Kind)} for ")
                    + Line($"{names.Of(proposed.Agent)} (motion {proposed.Id}); it takes effect at ")
                    + Line($"{new Timestamp(proposed.ReadyAtMs)} at the earliest");
            case EventKind.MotionVoted:
                var voted = Read<MotionVoted>(value);
                return Line($"Guardian {names.Of(voted.By)} spoke on motion {voted.Id}: ")
                    + Line($"{BitOperations.PopCount(voted.Votes)} agree, ")
                    + Line($"{BitOperations.PopCount(voted.Against)} reject");
            case EventKind.MotionEnded:
                var ended = Read<MotionEnded>(value);
                return Line($"Motion {ended.Id} of the guardians of {names.Of(ended.Agent)} ")
                    + ended.Ending switch
                    {
                        MotionEnding.Carried => "was carried",
                        MotionEnding.Rejected => "was rejected",
                        MotionEnding.Withdrawn => "was taken back by who proposed it",
                        MotionEnding.Lapsed => "lapsed: too few agreed in time",
                        _ => "is void: what it was about has changed",
                    };
            case EventKind.GuardiansChanged:
                var guardians = Read<GuardiansChanged>(value);
                return Line($"{names.First(guardians.Account)} has {Count(guardians.GuardianCount, "guardian")} now, ")
                    + Line($"{guardians.GuardianThreshold} of whom decide (motion {guardians.Motion})");
            default:
                return DescribeOverrides(kind, value, names) ?? DescribeApprovals(kind, value, names);
        }
    }

    private static string? DescribeOverrides(EventKind kind, ReadOnlySpan<byte> value, Names names)
    {
        switch (kind)
        {
            case EventKind.OverrideBegan:
                var began = Read<OverrideBegan>(value);
                var action = NameOf(began.Terms.Action);
                var until = new Timestamp(began.Terms.ExpiresAtMs);
                return began.Terms.Effect == OverrideEffect.Deny
                    ? Line($"{names.First(began.By)} denied {action} to {names.Of(began.Agent)} until {until} ")
                        + Line($"(override {began.Id})")
                    : Line($"{names.First(began.By)} allowed {action} to {names.Of(began.Agent)} up to ")
                        + Line($"{began.Terms.Cap.ToDisplay()} until {until} (override {began.Id})");
            case EventKind.OverrideUsed:
                var used = Read<OverrideUsed>(value);
                return Line($"Override {used.Id} let {used.Amount.ToDisplay()} pass");
            case EventKind.OverrideEnded:
                var over = Read<OverrideEnded>(value);
                return Line($"Override {over.Id} of {names.Of(over.Agent)} ")
                    + (over.By == AccountNumber.Treasury ? "expired" : Line($"was revoked by {names.Of(over.By)}"));
            case EventKind.MonitorJudged:
                var judged = Read<MonitorJudged>(value);
                return Line($"The monitor found a command of {names.Of(judged.Account)} unusual ({judged.Detector}): ")
                    + judged.Verdict switch
                    {
                        MonitorVerdictKind.SafeMode => "the agent is in safe mode",
                        MonitorVerdictKind.Park => "it waits for the guardians",
                        _ => "it is only watched, and nothing follows",
                    };
            default:
                return null;
        }
    }

    private static string? DescribeApprovals(EventKind kind, ReadOnlySpan<byte> value, Names names)
    {
        switch (kind)
        {
            case EventKind.CommandParked:
                var parked = Read<CommandParked>(value);
                return Line($"A command of {names.Of(parked.Agent)} waits for its guardians until ")
                    + Line($"{new Timestamp(parked.ExpiresAtMs)}, {parked.Held.ToDisplay()} held ")
                    + Line($"(approval {parked.Id})");
            case EventKind.ParkedReserved:
                var reserved = Read<ParkedReserved>(value);
                return Line($"{reserved.Amount.ToDisplay()} of {NameOf(reserved.Action)} ")
                    + Line($"count against the limits while {reserved.Id} waits");
            case EventKind.ApprovalGiven:
                var given = Read<ApprovalGiven>(value);
                return Line($"Guardian {names.Of(given.By)} approved {given.Id} ")
                    + Line($"({BitOperations.PopCount(given.Votes)} so far)");
            case EventKind.ApprovalEnded:
                var ended = Read<ApprovalEnded>(value);
                return Line($"Approval {ended.Id} of {names.Of(ended.Agent)} ")
                    + ended.Ending switch
                    {
                        ApprovalEnding.Granted => "was granted",
                        ApprovalEnding.Denied => Line($"was denied by {names.Of(ended.By)}"),
                        ApprovalEnding.Expired => "expired: nobody answered in time",
                        _ => "is void: constitution, key or guardians changed, or the agent was stopped",
                    };
            case EventKind.ParkedHandled:
                var handled = Read<ParkedHandled>(value);
                return Line($"What {handled.Id} approved of {names.Of(handled.Agent)} ")
                    + (handled.Outcome == Outcome.Applied
                        ? "was carried out"
                        : Line($"was refused: {handled.Outcome}"));
            default:
                return null;
        }
    }

    private static string What(MotionKind kind) => kind switch
    {
        MotionKind.Constitution => "another constitution",
        MotionKind.Guardians => "other guardians",
        _ => "an override",
    };
}
