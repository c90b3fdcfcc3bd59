using System.Numerics;
using Aitbc.Primitives;

namespace Aitbc.Protocol.Blocks;

/// <summary>One step up a Merkle tree.</summary>
/// <param name="Sibling">The other half's hash.</param>
/// <param name="SiblingIsLeft">Whether the other half stands left.</param>
public readonly record struct MerkleStep(Digest Sibling, bool SiblingIsLeft);

/// <summary>
/// The Merkle tree of RFC 6962 section 2.1: inner nodes are SHA-256(0x01, left, right); leaves come hashed with 0x00
/// already. Appending costs one hash on average, so a block's root is ready when its last entry is.
/// </summary>
/// <remarks>Not thread-safe: one owner.</remarks>
public sealed class MerkleTree
{
    private readonly Digest[] peaks = new Digest[64];
    private ulong count;

    /// <summary>Leaves so far.</summary>
    public ulong Count => count;

    /// <summary>Appends a leaf.</summary>
    /// <param name="leaf">Its hash.</param>
    public void Append(in Digest leaf)
    {
        var node = leaf;
        var level = 0;
        for (; (count >> level & 1) == 1; level++)
        {
            node = Join(peaks[level], node);
        }

        peaks[level] = node;
        count++;
    }

    /// <summary>The root over all leaves; of none, SHA-256 of nothing.</summary>
    public Digest Root()
    {
        if (count == 0)
        {
            return Digest.Sha256([]);
        }

        var level = BitOperations.TrailingZeroCount(count);
        var node = peaks[level];
        for (level++; level < 64; level++)
        {
            if ((count >> level & 1) == 1)
            {
                node = Join(peaks[level], node);
            }
        }

        return node;
    }

    /// <summary>Forgets all leaves.</summary>
    public void Clear() => count = 0;

    /// <summary>The way from one leaf up to the root.</summary>
    /// <param name="leaves">All leaves' hashes.</param>
    /// <param name="index">Which leaf.</param>
    public static IReadOnlyList<MerkleStep> PathOf(ReadOnlySpan<Digest> leaves, int index)
    {
        var path = new List<MerkleStep>();
        Climb(leaves, index, path);
        return path;
    }

    /// <summary>The root that a leaf and its path lead to.</summary>
    public static Digest RootFrom(in Digest leaf, IReadOnlyList<MerkleStep> path)
    {
        var node = leaf;
        foreach (var step in path)
        {
            node = step.SiblingIsLeft ? Join(step.Sibling, node) : Join(node, step.Sibling);
        }

        return node;
    }

    private static Digest Climb(ReadOnlySpan<Digest> leaves, int index, List<MerkleStep>? path)
    {
        if (leaves.Length == 1)
        {
            return leaves[0];
        }

        var split = (int)(BitOperations.RoundUpToPowerOf2((uint)leaves.Length) / 2);
        var inLeft = index < split;
        var left = Climb(leaves[..split], index, inLeft ? path : null);
        var right = Climb(leaves[split..], index - split, inLeft ? null : path);
        path?.Add(inLeft ? new MerkleStep(right, false) : new MerkleStep(left, true));
        return Join(left, right);
    }

    private static Digest Join(in Digest left, in Digest right)
    {
        Span<byte> bytes = stackalloc byte[1 + (2 * Digest.Size)];
        bytes[0] = 1;
        left.CopyTo(bytes[1..]);
        right.CopyTo(bytes[(1 + Digest.Size)..]);
        return Digest.Sha256(bytes);
    }
}
