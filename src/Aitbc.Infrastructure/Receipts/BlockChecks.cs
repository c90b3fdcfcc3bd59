using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;

namespace Aitbc.Infrastructure.Receipts;

/// <summary>The heads of a receipt's two blocks, which may be one.</summary>
/// <param name="Delivery">The block with the delivery.</param>
/// <param name="Settlement">The block with the settlement.</param>
internal readonly record struct ReceiptBlocks(BlockHeader Delivery, BlockHeader Settlement);

/// <summary>That the node signed both blocks, and that both entries are in them.</summary>
internal static class BlockChecks
{
    private const string OfDelivery = "the delivery";
    private const string OfSettlement = "the settlement";

    /// <summary>Checks blocks, places and paths.</summary>
    public static ReceiptProblem? Check(Receipt receipt, out ReceiptBlocks blocks)
    {
        blocks = default;
        var nodeKey = receipt.NodeKey;
        var problem = CheckHead(receipt, nodeKey, receipt.Settlement.Block, OfSettlement, out var settlement);
        if (problem is not null)
        {
            return problem;
        }

        problem = CheckHead(receipt, nodeKey, receipt.Delivery.Block, OfDelivery, out var delivery);
        if (problem is not null)
        {
            return problem;
        }

        blocks = new ReceiptBlocks(delivery!, settlement!);
        return CheckOrder(blocks)
            ?? CheckPlace(settlement!, LeafOf(receipt.Settlement), receipt.Settlement.Path, OfSettlement)
            ?? CheckPlace(delivery!, LeafOf(receipt.Delivery), receipt.Delivery.Path, OfDelivery);
    }

    private static ReceiptProblem? CheckHead(
        Receipt receipt, in PublicKey nodeKey, string block, string what, out BlockHeader? header)
    {
        header = null;
        if (!Jws.TryParse(Encoding.UTF8.GetBytes(block), out var parts, out _)
            || !BlockHeader.TryParse(parts.Payload.Span, out header))
        {
            return new ReceiptProblem(ReceiptFault.BadBlock, $"The block of {what} is no signed head of a block.");
        }

        if (parts.KeyId != nodeKey.Thumbprint()
            || !Jws.Verify(nodeKey, parts.HeaderText.Span, parts.Payload.Span, parts.Signature.Span))
        {
            return new ReceiptProblem(
                ReceiptFault.WrongNodeKey, $"The block of {what} is not signed by the node key that stands in the"
                    + " receipt.");
        }

        return header!.Chain.Equals(receipt.Chain)
            ? null
            : new ReceiptProblem(
                ReceiptFault.WrongChain, $"The block of {what} is of chain {header.Chain}, not of {receipt.Chain}.");
    }

    /// <summary>One block, or the delivery's wholly before the settlement's. A node that signed two that overlap has
    /// shown different people different histories.</summary>
    private static ReceiptProblem? CheckOrder(in ReceiptBlocks blocks)
    {
        var (delivery, settlement) = blocks;
        var inOrder = delivery.Height < settlement.Height
            && delivery.LastSeq < settlement.FirstSeq
            && delivery.Term <= settlement.Term
            && delivery.TimeMs <= settlement.TimeMs;
        return delivery == settlement || inOrder
            ? null
            : new ReceiptProblem(
                ReceiptFault.BlocksConflict,
                $"Block {delivery.Height} of the delivery and block {settlement.Height} of the settlement cannot"
                    + " belong to "
                + "one chain in this order.");
    }

    private static ReceiptProblem? CheckPlace(
        BlockHeader block, in EntryLeaf leaf, IReadOnlyList<PathStep> path, string what)
    {
        var seq = leaf.Header.Seq;
        if (seq < block.FirstSeq || seq > block.LastSeq)
        {
            return new ReceiptProblem(
                ReceiptFault.OutsideBlock,
                $"Entry {seq} of {what} is not among the entries {block.FirstSeq} to {block.LastSeq} of its block.");
        }

        if (!BlockTree.IsPathOf(path, seq - block.FirstSeq, block.LastSeq - block.FirstSeq + 1))
        {
            return new ReceiptProblem(
                ReceiptFault.WrongPath, $"The path of {what} is not that of entry {seq} in its block.");
        }

        return BlockTree.RootFrom(EntryHash.Of(leaf), path) == block.Root
            ? null
            : new ReceiptProblem(
                ReceiptFault.WrongRoot,
                $"The block does not hold {what} as it stands here: its hash does not lead to the block's root.");
    }

    private static EntryLeaf LeafOf(ReceiptSettlement settlement)
    {
        var entry = settlement.Entry;
        return new EntryLeaf(
            entry.Previous,
            new EntryHeader(entry.Seq, entry.Term, entry.TimeMs),
            (BodyKind)entry.Body,
            entry.Proof,
            (Outcome)entry.Outcome,
            entry.PayloadDigest,
            entry.ProofDigest,
            Digest.Sha256(settlement.Events.Span));
    }

    private static EntryLeaf LeafOf(ReceiptDelivery delivery)
    {
        var entry = delivery.Entry;
        return new EntryLeaf(
            entry.Previous,
            new EntryHeader(entry.Seq, entry.Term, entry.TimeMs),
            (BodyKind)entry.Body,
            entry.Proof,
            (Outcome)entry.Outcome,
            Digest.Sha256(delivery.Payload.Span),
            entry.ProofDigest,
            entry.EventsDigest);
    }
}
