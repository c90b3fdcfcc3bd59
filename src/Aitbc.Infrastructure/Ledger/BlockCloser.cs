using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>Signs a block header's canonical bytes.</summary>
/// <param name="header">The bytes.</param>
/// <returns>A compact JWS over them.</returns>
public delegate byte[] BlockSigner(ReadOnlySpan<byte> header);

/// <summary>Gathers entries into the block that is open and closes it.</summary>
/// <remarks>Belongs to the sequencer's thread.</remarks>
internal sealed class BlockCloser(ChainId chain, BlockSigner signer)
{
    private readonly MerkleTree tree = new();
    private ulong firstSeq;
    private EntryHeader last;
    private Digest lastHash;

    /// <summary>Digest of the last closed block's bytes; before the first, of the genesis file.</summary>
    public Digest Previous { get; set; }

    /// <summary>Height of the last closed block.</summary>
    public ulong Height { get; set; }

    /// <summary>Entries in the open block.</summary>
    public ulong Count => tree.Count;

    /// <summary>Time of the open block's first entry, ms.</summary>
    public long OpenedAtMs { get; private set; }

    /// <summary>Takes an entry into the open block.</summary>
    public void Add(in EntryHeader header, in Digest hash)
    {
        if (tree.Count == 0)
        {
            firstSeq = header.Seq;
            OpenedAtMs = header.Time.UnixMs;
        }

        tree.Append(hash);
        last = header;
        lastHash = hash;
    }

    /// <summary>Closes the open block.</summary>
    /// <returns>Its signed form.</returns>
    public byte[] Close()
    {
        var header = new BlockHeader(
            chain, Height + 1, firstSeq, last.Seq, last.Term, last.Time.UnixMs, Previous, tree.Root(), lastHash);
        var bytes = header.ToBytes();
        Height = header.Height;
        Previous = Digest.Sha256(bytes);
        tree.Clear();
        return signer(bytes);
    }

    /// <summary>Notes a closed block while a journal is read back.</summary>
    public void Restore(BlockHeader header, ReadOnlySpan<byte> bytes)
    {
        Height = header.Height;
        Previous = Digest.Sha256(bytes);
        tree.Clear();
    }
}
