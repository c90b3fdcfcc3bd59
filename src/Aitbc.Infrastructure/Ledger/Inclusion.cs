using Aitbc.Primitives;
using Aitbc.Protocol.Blocks;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>That an entry stands in a block that the node signed.</summary>
/// <param name="Entry">The entry, with its own memory.</param>
/// <param name="Leaf">What its hash binds.</param>
/// <param name="Path">From its hash up to the block's root.</param>
/// <param name="Block">The block.</param>
public sealed record Inclusion(
    DurableEntry Entry, EntryLeaf Leaf, IReadOnlyList<MerkleStep> Path, SignedBlock Block)
{
    /// <summary>Finds an entry and proves it; reads its block once.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="seq">The entry.</param>
    /// <returns>Null where there is no such entry, or its block is not closed yet.</returns>
    public static Inclusion? Find(LedgerHost ledger, ulong seq)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        if (seq == 0 || seq > ledger.View.Seq)
        {
            return null;
        }

        SignedBlock? block;
        using (var blocks = ledger.BlocksFrom(seq))
        {
            if (!blocks.TryRead(out block))
            {
                return null;
            }
        }

        var first = block.Header.FirstSeq;
        var leaves = new List<Digest>();
        DurableEntry? found = null;
        using var entries = ledger.ReadFrom(first);
        while (leaves.Count < (int)(block.Header.LastSeq - first + 1) && entries.TryRead(out var entry))
        {
            leaves.Add(entry.Hash);
            found = entry.Header.Seq == seq ? entry.Detach() : found;
        }

        var at = (int)(seq - first);
        var previous = at > 0 ? leaves[at - 1] : HashOf(ledger, first - 1);
        return new Inclusion(
            found!,
            found!.LeafAfter(previous),
            MerkleTree.PathOf(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(leaves), at),
            block);
    }

    private static Digest HashOf(LedgerHost ledger, ulong seq)
    {
        if (seq == 0)
        {
            return ledger.View.Read(static state => state.Globals.Genesis);
        }

        using var entries = ledger.ReadFrom(seq);
        return entries.TryRead(out var entry)
            ? entry.Hash
            : throw new InvalidDataException($"Entry {seq} is durable and cannot be read.");
    }
}
