using Aitbc.Primitives;
using Aitbc.Protocol.Blocks;

namespace Aitbc.Infrastructure.Receipts;

/// <summary>
/// All levels of one closed block's Merkle tree, so that the first path costs a block's hashes and every other a few
/// look-ups.
/// </summary>
/// <remarks>Immutable.</remarks>
internal sealed class BlockTree
{
    private readonly List<Digest[]> levels = [];

    /// <summary>The tree over a block's entries.</summary>
    /// <param name="leaves">Their hashes, at least one.</param>
    public BlockTree(Digest[] leaves)
    {
        // Pairing from the left, with an odd last one moving up as it is, gives RFC 6962's splits at powers of two.
        for (var level = leaves; ; level = Above(level))
        {
            levels.Add(level);
            if (level.Length == 1)
            {
                return;
            }
        }
    }

    /// <summary>The root.</summary>
    public Digest Root => levels[^1][0];

    /// <summary>The way from one leaf up to the root.</summary>
    /// <param name="index">Which leaf.</param>
    public PathStep[] PathOf(int index)
    {
        var path = new List<PathStep>();
        foreach (var level in levels)
        {
            var sibling = index ^ 1;
            if (sibling < level.Length)
            {
                path.Add(new PathStep(level[sibling], sibling < index));
            }

            index >>= 1;
        }

        return [.. path];
    }

    /// <summary>Whether a path goes left and right as that of one place among so many does.</summary>
    /// <param name="path">The path.</param>
    /// <param name="index">The place, from 0.</param>
    /// <param name="count">How many leaves there are.</param>
    public static bool IsPathOf(IReadOnlyList<PathStep> path, ulong index, ulong count)
    {
        var steps = 0;
        for (var last = count - 1; last > 0; last >>= 1, index >>= 1)
        {
            var isLeft = (index & 1) == 1;
            if (!isLeft && index == last)
            {
                continue;
            }

            if (steps == path.Count || path[steps].Left != isLeft)
            {
                return false;
            }

            steps++;
        }

        return steps == path.Count;
    }

    /// <summary>The root that a leaf and its path lead to.</summary>
    public static Digest RootFrom(in Digest leaf, IReadOnlyList<PathStep> path) =>
        MerkleTree.RootFrom(leaf, [.. path.Select(step => new MerkleStep(step.Hash, step.Left))]);

    private static Digest[] Above(Digest[] level)
    {
        var above = new Digest[(level.Length + 1) / 2];
        for (var i = 0; i < above.Length; i++)
        {
            var left = level[2 * i];
            above[i] = (2 * i) + 1 < level.Length
                ? MerkleTree.RootFrom(left, [new MerkleStep(level[(2 * i) + 1], SiblingIsLeft: false)])
                : left;
        }

        return above;
    }
}
