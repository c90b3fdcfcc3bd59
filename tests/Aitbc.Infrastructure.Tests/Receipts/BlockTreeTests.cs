using Aitbc.Infrastructure.Receipts;
using Aitbc.Primitives;
using Aitbc.Protocol.Blocks;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Receipts;

/// <summary>The tree that receipts are made from is the tree that blocks are signed over.</summary>
public sealed class BlockTreeTests
{
    private const int Most = 70;

    [Fact]
    public void PathOf_EveryPlaceInTreesOfEverySize_IsThatOfTheProtocol()
    {
        for (var count = 1; count <= Most; count++)
        {
            var leaves = Leaves(count);
            var tree = new BlockTree(leaves);
            var protocol = new MerkleTree();
            foreach (var leaf in leaves)
            {
                protocol.Append(leaf);
            }

            Assert.Equal(protocol.Root(), tree.Root);
            for (var i = 0; i < count; i++)
            {
                var expected = MerkleTree.PathOf(leaves, i).Select(step => new PathStep(step.Sibling, step.SiblingIsLeft));
                Assert.Equal(expected, tree.PathOf(i));
                Assert.Equal(tree.Root, BlockTree.RootFrom(leaves[i], tree.PathOf(i)));
            }
        }
    }

    [Fact]
    public void IsPathOf_EveryPairOfPlaces_TellsThemApart()
    {
        for (var count = 1; count <= 20; count++)
        {
            var tree = new BlockTree(Leaves(count));
            for (var i = 0; i < count; i++)
            {
                for (var other = 0; other < count; other++)
                {
                    Assert.Equal(i == other, BlockTree.IsPathOf(tree.PathOf(i), (ulong)other, (ulong)count));
                }
            }
        }
    }

    [Fact]
    public void IsPathOf_AStepTooFewOrTooMany_IsRefused()
    {
        var path = new BlockTree(Leaves(8)).PathOf(5);

        Assert.True(BlockTree.IsPathOf(path, 5, 8));
        Assert.False(BlockTree.IsPathOf(path[..^1], 5, 8));
        Assert.False(BlockTree.IsPathOf([.. path, path[0]], 5, 8));
        Assert.False(BlockTree.IsPathOf([], 5, 8));
    }

    private static Digest[] Leaves(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Digest.Sha256([(byte)i]))];
}
