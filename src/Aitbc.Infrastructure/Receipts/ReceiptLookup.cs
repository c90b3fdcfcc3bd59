using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Infrastructure.Receipts;

/// <summary>How looking for a receipt ended.</summary>
public enum ReceiptFinding
{
    /// <summary>Here it is.</summary>
    Found,

    /// <summary>A block that it leads to is not closed yet.</summary>
    BlockOpen,

    /// <summary>The key that signed the delivery is not known any more.</summary>
    KeyUnknown,
}

/// <summary>Makes one receipt from a ledger in use: the same bytes that <see cref="ReceiptExporter"/> writes.</summary>
/// <remarks>Stateless, thread-safe. Reads two blocks of the journal.</remarks>
public static class ReceiptLookup
{
    /// <summary>Makes the receipt of a paid workload.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="ended">What the ledger said at the workload's end; it was paid.</param>
    /// <param name="settledSeq">The entry that said so.</param>
    /// <param name="keyOf">The provider's key by its thumbprint, or null.</param>
    /// <param name="receipt">The receipt; null where it was not found.</param>
    public static ReceiptFinding Find(
        LedgerHost ledger,
        in WorkloadEnded ended,
        ulong settledSeq,
        Func<KeyId, PublicKey?> keyOf,
        out RenderedReceipt? receipt)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(keyOf);
        receipt = null;
        if (Inclusion.Find(ledger, settledSeq) is not { } settlement
            || Inclusion.Find(ledger, ended.SubmittedSeq) is not { } delivery)
        {
            return ReceiptFinding.BlockOpen;
        }

        PublicKey? key = null;
        if (delivery.Entry.Proof == ProofKind.Jws)
        {
            key = JwsHeader.Read(delivery.Entry.ProofHeader.Span, out var id) == JwsProblem.None ? keyOf(id) : null;
            if (key is null)
            {
                return ReceiptFinding.KeyUnknown;
            }
        }

        receipt = ReceiptRenderer.Render(ledger.Genesis, ended, ProofOf(delivery, key), ProofOf(settlement, null));
        return ReceiptFinding.Found;
    }

    private static EntryProof ProofOf(Inclusion found, PublicKey? key) => new(
        found.Entry,
        key,
        found.Leaf,
        [.. found.Path.Select(step => new PathStep(step.Sibling, step.SiblingIsLeft))],
        found.Block.Compact);
}
