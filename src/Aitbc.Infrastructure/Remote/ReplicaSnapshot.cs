using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;
using Aitbc.Infrastructure.Wallet;

namespace Aitbc.Infrastructure.Remote;

/// <summary>Where a follower begins: a state, and the hashes that the next entry and block must name.</summary>
/// <param name="State">The state; its owner's from here on.</param>
/// <param name="LastHash">Hash of the last entry; before the first, of the genesis file.</param>
/// <param name="Height">Height of the last block.</param>
/// <param name="LastBlock">Digest of the last block's header; before the first, of the genesis file.</param>
public sealed record ReplicaSnapshot(LedgerState State, Digest LastHash, ulong Height, Digest LastBlock)
{
    /// <summary>The chain's beginning.</summary>
    /// <param name="genesis">What it begins with.</param>
    /// <param name="digest">Digest of the genesis file.</param>
    public static ReplicaSnapshot OfGenesis(Genesis genesis, Digest digest)
    {
        var state = new LedgerState(genesis);
        new Protocol.Ledger(state).ApplyGenesis(digest, new EventBuffer());
        return new ReplicaSnapshot(state, digest, 0, digest);
    }

    /// <summary>Reads what <see cref="LedgerHost.OpenSnapshot"/> holds: last hash, height of the last block (u64), its
    /// digest, then the state.</summary>
    /// <param name="genesis">What the chain begins with.</param>
    /// <param name="source">The bytes.</param>
    /// <exception cref="InvalidDataException">They are no state of this chain and version.</exception>
    public static ReplicaSnapshot Read(Genesis genesis, Stream source)
    {
        var (hash, height, block) = LedgerRecovery.LoadSnapshotHead(source);
        return new ReplicaSnapshot(LedgerState.Load(genesis, source), hash, height, block);
    }
}

/// <summary>
/// What makes a follower's copy worth something: every entry must be what its hash binds and follow the one before, and
/// every block must be signed by the node's key, follow the block before and have the root over these entries.
/// </summary>
/// <remarks>One owner.</remarks>
internal sealed class ReplicaCheck : IDisposable
{
    private readonly Genesis genesis;
    private readonly MerkleTree tree = new();
    private readonly KeyVerifier verifier = new();
    private readonly ulong begunAt;
    private ulong lastInBlock;
    private ulong height;
    private Digest lastBlock;

    public ReplicaCheck(Genesis genesis, ReplicaSnapshot from)
    {
        this.genesis = genesis;
        (Hash, height, lastBlock) = (from.LastHash, from.Height, from.LastBlock);
        Seq = lastInBlock = begunAt = from.State.Globals.Seq;
    }

    /// <summary>The last entry that was taken.</summary>
    public ulong Seq { get; private set; }

    /// <summary>Its hash.</summary>
    public Digest Hash { get; private set; }

    /// <summary>Takes an entry.</summary>
    /// <exception cref="LedgerDamagedException">It does not follow.</exception>
    public void Take(DurableEntry entry)
    {
        var seq = entry.Header.Seq;
        if (seq != Seq + 1)
        {
            throw new LedgerDamagedException(seq, $"The node gave entry {seq} after entry {Seq}: there is a gap.");
        }

        if (EntryHash.Of(entry.LeafAfter(Hash)) != entry.Hash)
        {
            throw new LedgerDamagedException(
                seq, $"Entry {seq} of the node is not what its hash binds, or does not follow entry {Seq}.");
        }

        tree.Append(entry.Hash);
        (Seq, Hash) = (seq, entry.Hash);
    }

    /// <summary>Takes a closed block; one that was taken already is passed over.</summary>
    /// <exception cref="LedgerDamagedException">It is not the node's, or not over these entries.</exception>
    public void TakeBlock(ReadOnlySpan<byte> compact)
    {
        if (!Jws.TryParse(compact, out var parts, out _) || !BlockHeader.TryParse(parts.Payload.Span, out var header))
        {
            throw new LedgerDamagedException(Seq, $"What the node gave after entry {Seq} is no block.");
        }

        if (header!.Height <= height && header.LastSeq <= lastInBlock)
        {
            return;
        }

        var fault = FaultOf(header) ?? (parts.KeyId != genesis.NodeKey.Thumbprint()
            || !verifier.VerifyJws(
                genesis.NodeKey, parts.HeaderText.Span, parts.Payload.Span, parts.Signature.Span)
            ? "is not signed by the node's key"
            : null);
        if (fault is not null)
        {
            throw new LedgerDamagedException(Seq, $"Block {header.Height} of the node {fault}.");
        }

        (height, lastBlock, lastInBlock) = (header.Height, Digest.Sha256(parts.Payload.Span), header.LastSeq);
        tree.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => verifier.Dispose();

    private string? FaultOf(BlockHeader header)
    {
        // A snapshot taken within a block does not have the block's first entries.
        var isWhole = header.FirstSeq > begunAt;
        return header switch
        {
            _ when !header.Chain.Equals(genesis.Chain) => "is of another chain",
            _ when header.Height != height + 1 || header.Previous != lastBlock => "does not follow the block before",
            _ when header.LastSeq != Seq || header.LastEntry != Hash => "ends with another entry",
            _ when isWhole && header.FirstSeq != lastInBlock + 1 => "begins with another entry",
            _ when isWhole && header.Root != tree.Root() => "has another root than its entries",
            _ => null,
        };
    }
}
