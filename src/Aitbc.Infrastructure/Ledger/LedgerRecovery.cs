using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>The journal's content is not what it claims to be.</summary>
/// <param name="seq">The first bad entry.</param>
/// <param name="message">What is wrong, in a plain sentence.</param>
public sealed class LedgerDamagedException(ulong seq, string message) : Exception(message)
{
    /// <summary>The first bad entry.</summary>
    public ulong Seq { get; } = seq;
}

/// <summary>What recovery rebuilt.</summary>
/// <param name="LastHash">Hash of the last entry.</param>
/// <param name="Entries">Entries read back.</param>
/// <param name="Blocks">Height of the last block.</param>
/// <param name="SnapshotSeq">The snapshot it began from; 0 is genesis.</param>
/// <param name="BadSnapshots">Snapshots that were passed over, with their places.</param>
public sealed record RecoveredLedger(
    Digest LastHash,
    ulong Entries,
    ulong Blocks,
    ulong SnapshotSeq,
    IReadOnlyList<StorageProblem> BadSnapshots);

/// <summary>
/// Brings two states, the writer's and the view's, up to the journal's end: from the newest good snapshot on by the
/// events that the journal holds, checking that every entry's hash binds what stands there and what came before.
/// Signatures and rules are for verify to check; a disk that changed bits is found here.
/// </summary>
/// <param name="options">The ledger's.</param>
/// <param name="blocks">Is told of the blocks.</param>
/// <param name="isOneState">Whether one state is enough: the view's is the writer's then.</param>
internal sealed class LedgerRecovery(LedgerHostOptions options, BlockCloser blocks, bool isOneState = false)
{
    private Digest hash = options.GenesisDigest;
    private ulong count;

    private readonly LedgerState[] states =
        [.. Enumerable.Range(0, isOneState ? 1 : 2).Select(_ => new LedgerState(options.Genesis))];

    /// <summary>The writer's state.</summary>
    public LedgerState State => states[0];

    /// <summary>The view's state.</summary>
    public LedgerState ViewState => states[^1];

    /// <summary>Hash of the last entry that was read.</summary>
    public Digest LastHash => hash;

    /// <summary>Reads snapshot and journal.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="lastBlock">Ends with the block that ends with this entry; default reads all.</param>
    /// <param name="pace">Called between frames; may wait, or throw to give up. Default: nothing.</param>
    /// <exception cref="LedgerDamagedException">An entry does not follow from the one before.</exception>
    public RecoveredLedger Run(Journal journal, ulong lastBlock = ulong.MaxValue, Action? pace = null)
    {
        blocks.Previous = options.GenesisDigest;
        var snapshot = LoadSnapshot(journal, out var bad);
        if (snapshot == 0)
        {
            foreach (var state in states)
            {
                new Protocol.Ledger(state).ApplyGenesis(options.GenesisDigest, new EventBuffer());
            }
        }

        using var reader = journal.ReadFrom((long)snapshot + 1);
        while (reader.TryRead(out var frame))
        {
            pace?.Invoke();
            if (frame.Kind == FrameKind.Block && (ulong)frame.Sequence > snapshot)
            {
                RestoreBlock(frame.Payload.Span, (ulong)frame.Sequence);
                if ((ulong)frame.Sequence == lastBlock)
                {
                    break;
                }
            }
            else if (frame.Kind == FrameKind.Entry)
            {
                Replay(EntryFrame.Read((ulong)frame.Sequence, frame.Payload));
            }
        }

        return new RecoveredLedger(hash, count, blocks.Height, snapshot, bad);
    }

    /// <summary>Writes a snapshot's payload: last hash, block height, last block's digest, state.</summary>
    public static void SaveSnapshot(Stream target, in Digest lastHash, BlockCloser blocks, LedgerState state)
    {
        target.Write(lastHash.AsSpan());
        target.Write(BitConverter.GetBytes(blocks.Height));
        target.Write(blocks.Previous.AsSpan());
        state.Save(target);
    }

    /// <summary>Reads a snapshot's payload.</summary>
    public static (Digest LastHash, ulong Height, Digest Block) LoadSnapshotHead(Stream source)
    {
        var head = new byte[(2 * Digest.Size) + sizeof(ulong)];
        source.ReadExactly(head);
        return (
            Digest.From(head.AsSpan(0, Digest.Size)),
            BitConverter.ToUInt64(head, Digest.Size),
            Digest.From(head.AsSpan(Digest.Size + sizeof(ulong), Digest.Size)));
    }

    private ulong LoadSnapshot(Journal journal, out IReadOnlyList<StorageProblem> bad)
    {
        var store = new SnapshotStore(options.Disk);
        var found = new List<StorageProblem>();
        bad = found;
        if (FindSnapshot(store, journal, found) is not { } seq)
        {
            return 0;
        }

        for (var i = 0; i < states.Length; i++)
        {
            using var snapshot = store.OpenNewest(out _, seq)!;
            (hash, blocks.Height, blocks.Previous) = LoadSnapshotHead(snapshot.Content);
            states[i] = LedgerState.Load(options.Genesis, snapshot.Content);
        }

        return (ulong)seq;
    }

    /// <summary>
    /// The newest whole snapshot that was taken of this journal. One of another chain, or of a history that a restored
    /// journal no longer has, is whole too: it is passed over, or the entries after it would be called damaged.
    /// </summary>
    private long? FindSnapshot(SnapshotStore store, Journal journal, List<StorageProblem> passedOver)
    {
        for (var atMost = journal.DurableSequence; ;)
        {
            using var snapshot = store.OpenNewest(out var damaged, atMost);
            passedOver.AddRange(damaged);
            if (snapshot is null || LoadSnapshotHead(snapshot.Content).LastHash == HashAt(journal, snapshot.Sequence))
            {
                return snapshot?.Sequence;
            }

            passedOver.Add(new StorageProblem(
                StorageProblemKind.Damage,
                SnapshotStore.PathOf(snapshot.Sequence),
                0,
                "the snapshot is of another history than the journal"));
            atMost = snapshot.Sequence - 1;
        }
    }

    private Digest HashAt(Journal journal, long seq)
    {
        if (seq == 0)
        {
            return options.GenesisDigest;
        }

        using var entries = new EntryCursor(journal.ReadFrom(seq));
        return entries.TryRead(out var entry)
            ? entry.Hash
            : throw new InvalidDataException($"Entry {seq} is durable and cannot be read.");
    }

    private void Replay(DurableEntry entry)
    {
        var seq = entry.Header.Seq;
        if (EntryHash.Of(entry.LeafAfter(hash)) != entry.Hash)
        {
            throw new LedgerDamagedException(seq, $"Entry {seq} is not what its hash binds.");
        }

        foreach (var state in states)
        {
            EventCatalog.Apply(state, entry.Header, entry.Events.Span);
        }

        blocks.Add(entry.Header, entry.Hash);
        hash = entry.Hash;
        count++;
    }

    private void RestoreBlock(ReadOnlySpan<byte> compact, ulong seq)
    {
        if (!Jws.TryParse(compact, out var parts, out _)
            || !BlockHeader.TryParse(parts.Payload.Span, out var header))
        {
            throw new LedgerDamagedException(seq, $"The block after entry {seq} is no signed block header.");
        }

        blocks.Restore(header!, parts.Payload.Span);
    }
}
