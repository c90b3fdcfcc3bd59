using System.Diagnostics.CodeAnalysis;
using Aitbc.Infrastructure.Ledger;

namespace Aitbc.Infrastructure.Remote;

/// <summary>The late entries of a followed chain, without gaps, as many as fit.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class EntryWindow(int maxBytes)
{
    private readonly Lock gate = new();
    private readonly Queue<DurableEntry> held = new();
    private readonly Dictionary<ulong, DurableEntry> bySeq = [];
    private long bytes;

    /// <summary>Adds the next entry, which must own its memory.</summary>
    public void Add(DurableEntry entry)
    {
        lock (gate)
        {
            held.Enqueue(entry);
            bySeq.Add(entry.Header.Seq, entry);
            bytes += SizeOf(entry);
            while (bytes > maxBytes && held.Count > 1)
            {
                var oldest = held.Dequeue();
                bySeq.Remove(oldest.Header.Seq);
                bytes -= SizeOf(oldest);
            }
        }
    }

    /// <summary>An entry that is still here.</summary>
    public bool TryGet(ulong seq, [NotNullWhen(true)] out DurableEntry? entry)
    {
        lock (gate)
        {
            return bySeq.TryGetValue(seq, out entry);
        }
    }

    private static long SizeOf(DurableEntry entry) =>
        EntryFrame.SizeOf(
            entry.BodyBytes.Length, entry.ProofHeader.Length + entry.Signature.Length, entry.Events.Length);
}
