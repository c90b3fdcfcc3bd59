using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Receipts;

/// <summary>
/// Checks a receipt with nothing else at hand: no ledger, no network, no trust in who handed it over. What it cannot
/// know, it says.
/// </summary>
/// <remarks>Stateless, thread-safe; whatever the bytes are, it answers and does not throw.</remarks>
public static class ReceiptVerifier
{
    /// <summary>Checks a receipt.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="nodeKey">The node key that must have signed it, by its thumbprint; null takes the one it names.
    /// </param>
    public static ReceiptReport Verify(ReadOnlySpan<byte> utf8, KeyId? nodeKey = null)
    {
        var fault = ReceiptJson.TryParse(utf8, out var receipt, out var detail);
        if (receipt is null)
        {
            return Refused(new ReceiptProblem(fault, $"This is no receipt: {detail}."), null);
        }

        var problem = BlockChecks.Check(receipt, out var blocks)
            ?? SettlementChecks.Check(receipt, blocks)
            ?? DeliveryChecks.Check(receipt);
        var signer = receipt.NodeKey.Thumbprint();
        if (problem is null && nodeKey is { } wanted && wanted != signer)
        {
            problem = new ReceiptProblem(
                ReceiptFault.OtherNode, $"It is signed by the node key {signer}, not by {wanted}, which was asked"
                    + " for.");
        }

        return problem is null
            ? new ReceiptReport(
                ReceiptFault.None,
                null,
                receipt,
                signer,
                nodeKey is not null,
                receipt.Delivery.Proof == ReceiptProof.Jws,
                ReceiptWords.Proven(receipt, blocks),
                ReceiptWords.NotProven(receipt, nodeKey is not null))
            : Refused(problem, receipt);
    }

    private static ReceiptReport Refused(ReceiptProblem problem, Receipt? receipt) =>
        new(problem.Fault, problem.Sentence, receipt, receipt?.NodeKey.Thumbprint(), false, false, [], []);
}

/// <summary>Why a receipt is refused.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="Sentence">The same in one plain sentence.</param>
internal sealed record ReceiptProblem(ReceiptFault Fault, string Sentence);
