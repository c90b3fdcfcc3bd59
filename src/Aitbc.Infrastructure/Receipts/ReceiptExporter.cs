using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;

namespace Aitbc.Infrastructure.Receipts;

/// <summary>
/// Follows a ledger's journal and keeps a receipt of every paid workload in the data directory's <c>receipts</c>, from
/// the moment its block is closed. After a restart it goes on where it was.
/// </summary>
/// <remarks>
/// One thread at a time, any thread: it reads what is durable and never makes the sequencer wait. It may be called once
/// more after the ledger was disposed, which closes the last block. Dispose it, or the next start renders the last few
/// blocks again and finds their files there.
/// </remarks>
public sealed class ReceiptExporter : IDisposable
{
    /// <summary>Blocks after which the progress is noted.</summary>
    public const int BlocksPerNote = 64;

    private readonly IDisk disk;
    private readonly LedgerHost host;
    private readonly Digest genesisDigest;
    private readonly AgentKeys keys;
    private readonly ReceiptRenderer renderer;
    private readonly JournalReader reader;
    private readonly Queue<RenderedReceipt> waiting = [];
    private ExportProgress progress;
    private ulong noted;
    private int blocksSinceNote;
    private AgentKeys? everyKey;

    /// <summary>Begins where the last exporter of this directory ended.</summary>
    /// <param name="disk">The data directory's files.</param>
    /// <param name="host">Its ledger, open.</param>
    public ReceiptExporter(IDisk disk, LedgerHost host)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(host);
        (this.disk, this.host) = (disk, host);
        genesisDigest = host.View.Read(static state => state.Globals.Genesis);
        progress = ReceiptFiles.ReadProgress(disk) is { } found && IsOfThisJournal(found)
            ? found
            : new ExportProgress(1, genesisDigest, 0);
        noted = progress.Next;
        keys = new AgentKeys { FindRevoked = FindEveryKey };
        if (progress.Next > 1)
        {
            host.View.Read(state =>
            {
                keys.Seed(state);
                return true;
            });
        }

        renderer = new ReceiptRenderer(host.Genesis, progress.Before, keys, FindDelivery);
        reader = host.FramesFrom(progress.Next);
    }

    /// <summary>Receipts that this chain has, as far as it was exported.</summary>
    public ulong Count => progress.Count;

    /// <summary>Whether it had to look for a revoked key in the whole journal.</summary>
    internal bool HasSearched => everyKey is not null;

    /// <summary>Exports what has become durable since the last call; all that there is, where that is much.</summary>
    /// <returns>How many receipts that were.</returns>
    /// <exception cref="DiskFullException">No room. Call again when there is: nothing is left out.</exception>
    /// <exception cref="JournalDamagedException">A durable frame is not what was written.</exception>
    public int ExportNew()
    {
        var before = Count;
        WriteWaiting();
        while (reader.TryRead(out var frame))
        {
            if (frame.Kind == FrameKind.Entry)
            {
                renderer.Observe(EntryFrame.Read((ulong)frame.Sequence, frame.Payload));
            }
            else if (frame.Kind == FrameKind.Block)
            {
                foreach (var receipt in renderer.ObserveBlock(frame.Payload.Span))
                {
                    waiting.Enqueue(receipt);
                }

                progress = progress with { Next = (ulong)frame.Sequence + 1, Before = renderer.BeforeBlock };
                WriteWaiting();
                NoteProgress(++blocksSinceNote >= BlocksPerNote);
            }
        }

        return (int)(Count - before);
    }

    /// <summary>Writes the receipts of a journal that nobody writes, all of them, where they are missing or different.
    /// </summary>
    /// <param name="disk">The data directory's files.</param>
    /// <param name="genesis">What the chain began with.</param>
    /// <param name="genesisDigest">Digest of the genesis file.</param>
    /// <returns>How many receipts the journal gives.</returns>
    public static int ExportOffline(IDisk disk, Genesis genesis, Digest genesisDigest)
    {
        var renderer = new ReceiptRenderer(genesis, genesisDigest);
        var count = 0;
        foreach (var frame in JournalFrames.Read(disk, new JournalOptions { Identity = genesisDigest }))
        {
            if (frame.Kind == FrameKind.Entry)
            {
                renderer.Observe(EntryFrame.Read((ulong)frame.Sequence, frame.Payload));
            }
            else if (frame.Kind == FrameKind.Block)
            {
                foreach (var receipt in renderer.ObserveBlock(frame.Payload.Span))
                {
                    ReceiptFiles.Write(disk, receipt);
                    count++;
                }
            }
        }

        return count;
    }

    /// <summary>Notes how far it came.</summary>
    public void Dispose()
    {
        reader.Dispose();
        NoteProgress(waiting.Count == 0 && progress.Next > noted);
    }

    private void WriteWaiting()
    {
        while (waiting.TryPeek(out var receipt))
        {
            ReceiptFiles.Write(disk, receipt);
            waiting.Dequeue();
            progress = progress with { Count = progress.Count + 1 };
        }
    }

    private void NoteProgress(bool isDue)
    {
        if (isDue)
        {
            ReceiptFiles.WriteProgress(disk, progress);
            noted = progress.Next;
            blocksSinceNote = 0;
        }
    }

    /// <summary>A directory that was restored, or whose journal was swapped, may know less than was exported.</summary>
    private bool IsOfThisJournal(in ExportProgress found) =>
        found.Next >= 1 && found.Next <= host.View.Seq + 1 && HashBefore(found.Next) == found.Before;

    private Digest HashBefore(ulong seq)
    {
        if (seq == 1)
        {
            return genesisDigest;
        }

        using var entries = host.ReadFrom(seq - 1);
        return entries.TryRead(out var entry)
            ? entry.Hash
            : throw new InvalidDataException($"Entry {seq - 1} is durable and cannot be read.");
    }

    /// <summary>The proof of a delivery before the place where this exporter began: its block is read once
    /// more.</summary>
    private EntryProof FindDelivery(ulong seq)
    {
        var found = Inclusion.Find(host, seq)
            ?? throw new InvalidDataException($"Entry {seq} is durable and its block cannot be read.");
        return new EntryProof(
            found.Entry,
            found.Entry.Proof == ProofKind.Jws ? keys.SignerOf(found.Entry) : null,
            found.Leaf,
            [.. found.Path.Select(step => new PathStep(step.Sibling, step.SiblingIsLeft))],
            found.Block.Compact);
    }

    /// <summary>A key that no agent has any more: once a process, all keys there ever were are gathered.</summary>
    private PublicKey? FindEveryKey(KeyId id)
    {
        if (everyKey is null)
        {
            everyKey = new AgentKeys();
            using var entries = host.ReadFrom(1);
            while (entries.TryRead(out var entry))
            {
                var events = new EventReader(entry.Events.Span);
                while (events.MoveNext())
                {
                    everyKey.ObserveNew(in events);
                }
            }
        }

        return everyKey.Find(id);
    }
}
