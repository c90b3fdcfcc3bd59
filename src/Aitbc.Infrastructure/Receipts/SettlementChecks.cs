using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Infrastructure.Receipts;

/// <summary>That the settlement's events say what the receipt says, and that the protocol allows it.</summary>
internal static class SettlementChecks
{
    private const uint Million = 1_000_000;

    /// <summary>Checks the events and every member against them.</summary>
    public static ReceiptProblem? Check(Receipt receipt, in ReceiptBlocks blocks) =>
        FindEnding(receipt, out var ended)
        ?? CheckMembers(receipt, ended)
        ?? CheckPaid(receipt)
        ?? CheckRules(receipt, blocks);

    private static ReceiptProblem? FindEnding(Receipt receipt, out WorkloadEnded ended)
    {
        ended = default;
        var count = 0;
        try
        {
            var reader = new EventReader(receipt.Settlement.Events.Span);
            while (reader.MoveNext())
            {
                if (reader.Kind == EventKind.WorkloadEnded
                    && reader.As<WorkloadEnded>() is var found
                    && found.Workload == receipt.Workload)
                {
                    ended = found;
                    count++;
                }
            }
        }
        catch (InvalidDataException)
        {
            return new ReceiptProblem(ReceiptFault.BadEvents, "The settlement's events are no run of events.");
        }

        return count == 1
            ? null
            : new ReceiptProblem(
                ReceiptFault.NoEnding, $"The settlement's events end {receipt.Workload} {count} times, not once.");
    }

    private static ReceiptProblem? CheckMembers(Receipt receipt, in WorkloadEnded ended)
    {
        var wrong = receipt switch
        {
            _ when receipt.Ending != ended.Ending => "ending",
            _ when receipt.Client != ended.ClientId => "client",
            _ when receipt.Provider != ended.ProviderId => "provider",
            _ when receipt.Service != ended.Service => "service",
            _ when receipt.Capability != ended.Capability => "capability",
            _ when receipt.Verdicts != VerdictsOf(ended) => "verdicts",
            _ when receipt.Units != ended.Units => "units",
            _ when receipt.MinQualityPpm != ended.MinQualityPpm => "minQualityPpm",
            _ when receipt.QualityPpm != ended.QualityPpm => "qualityPpm",
            _ when receipt.PostedAtMs.UnixMs != ended.PostedAtMs => "postedAtMs",
            _ when receipt.AwardedAtMs.UnixMs != ended.AwardedAtMs => "awardedAtMs",
            _ when receipt.SubmittedAtMs.UnixMs != ended.SubmittedAtMs => "submittedAtMs",
            _ when receipt.Input != ended.Input => "input",
            _ when receipt.Spec != ended.Spec => "spec",
            _ when receipt.Result != ended.Result => "result",
            _ when receipt.MaxPrice != ended.MaxPrice => "maxPrice",
            _ when receipt.Paid != ended.Paid => "paid",
            _ when receipt.Delivery.Entry.Seq != ended.SubmittedSeq => "delivery.entry.seq",
            _ => null,
        };
        return wrong is null
            ? null
            : new ReceiptProblem(
                ReceiptFault.FieldMismatch, $"The member {wrong} is not what the settlement's event says.");
    }

    private static ReceiptVerdicts? VerdictsOf(in WorkloadEnded ended) => ended.Mode == VerificationMode.None
        ? null
        : new ReceiptVerdicts(ended.Needed, ended.Agreed, ended.Disagreed, ended.Fees);

    private static ReceiptProblem? CheckPaid(Receipt receipt) =>
        receipt.Ending.IsPaid()
            ? null
            : new ReceiptProblem(ReceiptFault.NotPaid, $"{receipt.Workload} ended without pay: {receipt.Ending}.");

    /// <summary>What a node that keeps the rules cannot have signed.</summary>
    private static ReceiptProblem? CheckRules(Receipt receipt, in ReceiptBlocks blocks)
    {
        var entry = receipt.Settlement.Entry;
        var delivered = receipt.Delivery.Entry;
        var isPayload = entry.Body == (byte)BodyKind.Payload;
        var why = receipt switch
        {
            _ when receipt.Paid.IsZero || receipt.Paid > receipt.MaxPrice =>
                "what was paid is nothing, or more than the client's maximum",
            _ when receipt.QualityPpm < receipt.MinQualityPpm || receipt.QualityPpm > Million =>
                "the quality is below what was promised, or above one million",
            _ when receipt.Units == 0 => "there are no units of work",
            _ when receipt.PostedAtMs > receipt.AwardedAtMs || receipt.AwardedAtMs > receipt.SubmittedAtMs
                || receipt.SubmittedAtMs != delivered.TimeMs || delivered.TimeMs > entry.TimeMs =>
                "its times are not in the order of posting, award, delivery and settlement",
            _ when delivered.Seq >= entry.Seq || delivered.Term > entry.Term =>
                "the delivery does not stand before the settlement",
            _ when entry.TimeMs.UnixMs > blocks.Settlement.TimeMs || delivered.TimeMs.UnixMs > blocks.Delivery.TimeMs
                || entry.Term > blocks.Settlement.Term || delivered.Term > blocks.Delivery.Term =>
                "an entry is younger than its block",
            _ when entry.Outcome != (ushort)Outcome.Applied => "the settlement's entry did not take effect",
            _ when (!isPayload && entry.Body != (byte)BodyKind.Input) || (entry.Proof == 0) == isPayload
                || (receipt.Ending == WorkloadEnding.Accepted && !isPayload)
                || (receipt.Ending == WorkloadEnding.ClientSilent && isPayload) =>
                "an entry of the client accepts, and one of the node ends a client's silence, not the other way round",
            _ when (receipt.Ending == WorkloadEnding.Verified) != (receipt.Verdicts is not null) =>
                "validators' verdicts pay what they were asked for, and nothing else",
            _ when receipt.Verdicts is { } verdicts && (verdicts.Needed == 0 || verdicts.Agreed < verdicts.Needed) =>
                "fewer validators agreed than were needed",
            _ => null,
        };
        return why is null
            ? null
            : new ReceiptProblem(ReceiptFault.AgainstTheRules, $"The node signed what the protocol does not allow:"
                + $" {why}.");
    }
}
