namespace Aitbc.Protocol.State;

/// <summary>What falls due; the order of the members breaks ties at the same instant.</summary>
public enum DueKind
{
    /// <summary>A workload's present deadline, on market time.</summary>
    Workload = 1,

    /// <summary>Stake that is free again, on wall time.</summary>
    Unbonding = 2,

    /// <summary>A blob whose prepaid rent has run out, on wall time.</summary>
    BlobRent = 3,
}

/// <summary>One thing that falls due: when, what kind, and the id that tells whether it is still meant.</summary>
/// <param name="DueMs">Milliseconds on the queue's clock.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Id">The record's id (never reused); ties at one instant go by kind and id.</param>
public readonly record struct DueItem(long DueMs, DueKind Kind, ulong Id) : IComparable<DueItem>
{
    /// <summary>By time, then kind, then id.</summary>
    public int CompareTo(DueItem other)
    {
        var byTime = DueMs.CompareTo(other.DueMs);
        if (byTime != 0)
        {
            return byTime;
        }

        var byKind = (int)Kind - (int)other.Kind;
        return byKind != 0 ? byKind : Id.CompareTo(other.Id);
    }
}

/// <summary>
/// A binary heap of what falls due, earliest first. Derived: a deadline's truth is its record; an item whose record
/// has moved on is stale and is skipped by whoever pops it, so nothing is ever taken out of the middle. Items of an
/// open savepoint wait beside the heap until it is kept: a refused batch leaves none behind, neither to fall due for a
/// record that has its id by then nor to fill memory.
/// </summary>
/// <remarks>Popped only outside savepoints. Not thread-safe: one owner.</remarks>
public sealed class DueQueue : IRollback
{
    private readonly List<DueItem> waiting = [];
    private DueItem[] heap = new DueItem[256];
    private int count;
    private bool recording;

    /// <summary>Items held, stale ones included.</summary>
    public int Count => count;

    /// <summary>The earliest item; only where <see cref="Count"/> is not 0.</summary>
    public DueItem First => heap[0];

    /// <summary>Adds an item.</summary>
    internal void Push(long dueMs, DueKind kind, ulong id)
    {
        var item = new DueItem(dueMs, kind, id);
        if (recording)
        {
            waiting.Add(item);
        }
        else
        {
            Push(item);
        }
    }

    /// <inheritdoc/>
    void IRollback.Begin() => recording = true;

    /// <inheritdoc/>
    void IRollback.Commit()
    {
        recording = false;
        foreach (var item in waiting)
        {
            Push(item);
        }

        waiting.Clear();
    }

    /// <inheritdoc/>
    void IRollback.Rollback()
    {
        recording = false;
        waiting.Clear();
    }

    private void Push(in DueItem item)
    {
        if (count == heap.Length)
        {
            Array.Resize(ref heap, count * 2);
        }

        var at = count++;
        while (at > 0)
        {
            var parent = (at - 1) >> 1;
            if (heap[parent].CompareTo(item) <= 0)
            {
                break;
            }

            heap[at] = heap[parent];
            at = parent;
        }

        heap[at] = item;
    }

    /// <summary>Takes the earliest item out.</summary>
    internal DueItem Pop()
    {
        var first = heap[0];
        var last = heap[--count];
        var at = 0;
        while (true)
        {
            var child = (2 * at) + 1;
            if (child >= count)
            {
                break;
            }

            if (child + 1 < count && heap[child + 1].CompareTo(heap[child]) < 0)
            {
                child++;
            }

            if (last.CompareTo(heap[child]) <= 0)
            {
                break;
            }

            heap[at] = heap[child];
            at = child;
        }

        heap[at] = last;
        return first;
    }
}
