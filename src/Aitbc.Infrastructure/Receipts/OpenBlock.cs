using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol.Blocks;

namespace Aitbc.Infrastructure.Receipts;

/// <summary>An entry, and its way into a block that the node signed.</summary>
/// <param name="Entry">The entry, with its own memory.</param>
/// <param name="Key">The key that signed it, where it is a signed delivery.</param>
/// <param name="Leaf">What its hash binds.</param>
/// <param name="Path">From its hash up to the block's root.</param>
/// <param name="Block">The block's head, a compact JWS.</param>
internal sealed record EntryProof(DurableEntry Entry, PublicKey? Key, EntryLeaf Leaf, PathStep[] Path, string Block)
{
    /// <summary>As a receipt's delivery.</summary>
    public ReceiptDelivery ToDelivery() => new(
        (ReceiptProof)Leaf.Proof,
        new Base64UrlBytes(Entry.ProofHeader),
        new Base64UrlBytes(Entry.BodyBytes),
        Key is null ? null : new Base64UrlBytes(Entry.Signature),
        Key,
        new DeliveryEntry(
            Leaf.Header.Seq,
            Leaf.Header.Term,
            Leaf.Header.Time,
            (byte)Leaf.Body,
            Leaf.Proof,
            (ushort)Leaf.Outcome,
            Leaf.Previous,
            Leaf.ProofDigest,
            Leaf.EventsDigest),
        Path,
        Block);

    /// <summary>As a receipt's settlement.</summary>
    public ReceiptSettlement ToSettlement() => new(
        new SettlementEntry(
            Leaf.Header.Seq,
            Leaf.Header.Term,
            Leaf.Header.Time,
            (byte)Leaf.Body,
            Leaf.Proof,
            (ushort)Leaf.Outcome,
            Leaf.Previous,
            Leaf.PayloadDigest,
            Leaf.ProofDigest),
        new Base64UrlBytes(Entry.Events),
        Path,
        Block);
}

/// <summary>The entries since the last closed block: a hash each, and those in full that are wanted later.</summary>
/// <param name="before">Hash of the last entry before them.</param>
/// <remarks>Not thread-safe.</remarks>
internal sealed class OpenBlock(Digest before)
{
    private readonly List<Digest> leaves = [];
    private readonly List<(int Index, DurableEntry Entry, PublicKey? Key)> kept = [];

    /// <summary>Hash of the last entry before the open block.</summary>
    public Digest Before { get; private set; } = before;

    /// <summary>Keeps the entry that is added next.</summary>
    /// <param name="entry">The entry; copied.</param>
    /// <param name="key">The key that signed it, where that is wanted.</param>
    public void Keep(DurableEntry entry, PublicKey? key) => kept.Add((leaves.Count, entry.Detach(), key));

    /// <summary>Adds an entry.</summary>
    public void Add(DurableEntry entry) => leaves.Add(entry.Hash);

    /// <summary>Closes the block.</summary>
    /// <param name="compact">Its head, a compact JWS.</param>
    /// <returns>What was kept, in order.</returns>
    public IReadOnlyList<EntryProof> Close(ReadOnlySpan<byte> compact)
    {
        var proofs = new List<EntryProof>(kept.Count);
        if (kept.Count > 0)
        {
            var tree = new BlockTree([.. leaves]);
            var block = Encoding.ASCII.GetString(compact);
            foreach (var (index, entry, key) in kept)
            {
                var previous = index == 0 ? Before : leaves[index - 1];
                proofs.Add(new EntryProof(entry, key, entry.LeafAfter(previous), tree.PathOf(index), block));
            }
        }

        Before = leaves.Count > 0 ? leaves[^1] : Before;
        leaves.Clear();
        kept.Clear();
        return proofs;
    }
}
