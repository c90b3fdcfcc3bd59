using Aitbc.Primitives;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Infrastructure.Receipts;

/// <summary>What a receipt that holds proves, and what it does not, in plain sentences.</summary>
internal static class ReceiptWords
{
    /// <summary>What follows from it.</summary>
    public static IReadOnlyList<string> Proven(Receipt receipt, in ReceiptBlocks blocks)
    {
        var how = receipt switch
        {
            { Verdicts: { } verdicts } =>
                $"{verdicts.Agreed} drawn validators found the result right and {verdicts.Disagreed} wrong, "
                + $"{verdicts.Needed} were needed",
            { Ending: WorkloadEnding.Accepted } => "the client accepted",
            _ => "the client was silent until its deadline",
        };
        var proven = new List<string>
        {
            $"The node with the key {receipt.NodeKey.Thumbprint()} signed block {blocks.Settlement.Height} of chain "
            + $"{receipt.Chain}, whose entry {receipt.Settlement.Entry.Seq} of {receipt.Settlement.Entry.TimeMs} ended "
            + $"{receipt.Workload}: {how}, and {receipt.Client} paid {receipt.Provider} {receipt.Paid.ToDisplay()} of"
            + " at "
            + $"most {receipt.MaxPrice.ToDisplay()}.",
            $"The same node signed block {blocks.Delivery.Height}, whose entry {receipt.Delivery.Entry.Seq} of "
            + $"{receipt.Delivery.Entry.TimeMs} is the delivery of result {receipt.Result} for {receipt.Units} units"
            + " of "
            + $"{receipt.Capability}, with a declared quality of {Ratio.FromPpm(receipt.QualityPpm).ToDisplay()}.",
        };
        if (receipt.Delivery.Key is { } key)
        {
            proven.Add($"The key {key.Thumbprint()} signed that delivery itself, so the node cannot have made it up.");
            if (IsFirstKey(receipt, key))
            {
                proven.Add("That key is the provider's: the account is named by its thumbprint.");
            }
        }

        return proven;
    }

    /// <summary>What does not.</summary>
    public static IReadOnlyList<string> NotProven(Receipt receipt, bool isPinned)
    {
        var not = new List<string>();
        if (!isPinned)
        {
            not.Add(
                $"That {receipt.NodeKey.Thumbprint()} is the chain's node key: compare it with the chain's genesis"
                    + " file, or "
                + "name the right one with --node-key.");
        }

        if (receipt.Delivery.Key is not { } key)
        {
            not.Add(
                $"That the provider delivered: on a simulated chain ({receipt.Chain}) there are no provider"
                    + " signatures, and "
                + "the delivery is the node's word alone.");
        }
        else if (!IsFirstKey(receipt, key))
        {
            not.Add(
                $"That {key.Thumbprint()} was a key of the provider: it is not the account's first one, so that is the "
                + "node's word.");
        }

        not.Add(receipt.Ending switch
        {
            WorkloadEnding.Accepted => "That the client accepted: its own signature is in the journal, not here.",
            WorkloadEnding.Verified =>
                "That the validators said so: their own signatures are in the journal, not here.",
            _ => "That the client had the time it was promised: that is the node's word.",
        });
        not.Add(receipt.Verdicts is null
            ? "That the result is good: the quality is what the provider declared, and nobody has checked it."
            : "That the quality is what the provider declared: validators found the same result, not how good it is.");
        return not;
    }

    private static bool IsFirstKey(Receipt receipt, in PublicKey key) =>
        (AccountId)key.Thumbprint() == receipt.Provider;
}
