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

    /// <summary>A parked payload that nobody answered for, on wall time.</summary>
    Approval = 4,

    /// <summary>A motion that takes effect or lapses, on wall time.</summary>
    Motion = 5,

    /// <summary>An override whose time is over, on wall time.</summary>
    Override = 6,
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
/// A heap of what falls due, earliest first. Derived: a deadline's truth is its record; an item whose record
/// has moved on is stale and is skipped by whoever pops it, so nothing is ever taken out of the middle. Items of an
/// open savepoint wait beside the heap until it is kept: a refused batch leaves none behind, neither to fall due for a
/// record that has its id by then nor to fill memory. Four children a node, in one cache line: half the depth of two.
/// </summary>
/// <remarks>Popped only outside savepoints. Not thread-safe: one owner.</remarks>
public sealed class DueQueue : IRollback
{
    private const int KindShift = 56;
    private const int Children = 4;

    private readonly List<Node> waiting = [];
    private Node[] heap = new Node[256];
    private int count;
    private bool recording;

    private readonly record struct Node(long DueMs, ulong KindAndId)
    {
        public bool IsBefore(in Node other) =>
            DueMs < other.DueMs || (DueMs == other.DueMs && KindAndId < other.KindAndId);
    }

    /// <summary>Items held, stale ones included.</summary>
    public int Count => count;

    /// <summary>The earliest item; only where <see cref="Count"/> is not 0.</summary>
    public DueItem First => new(
        heap[0].DueMs, (DueKind)(heap[0].KindAndId >> KindShift), heap[0].KindAndId & ((1UL << KindShift) - 1));

    /// <summary>The earliest item's time, ms; only where <see cref="Count"/> is not 0.</summary>
    public long FirstMs => heap[0].DueMs;

    /// <summary>Adds an item.</summary>
    /// <param name="dueMs">When.</param>
    /// <param name="kind">What.</param>
    /// <param name="id">The record's id, below 2^56: ids are counted.</param>
    internal void Push(long dueMs, DueKind kind, ulong id)
    {
        var node = new Node(dueMs, ((ulong)kind << KindShift) | id);
        if (recording)
        {
            waiting.Add(node);
        }
        else
        {
            Push(node);
        }
    }

    /// <inheritdoc/>
    void IRollback.Begin() => recording = true;

    /// <inheritdoc/>
    void IRollback.Commit()
    {
        recording = false;
        foreach (var node in waiting)
        {
            Push(node);
        }

        waiting.Clear();
    }

    /// <inheritdoc/>
    void IRollback.Rollback()
    {
        recording = false;
        waiting.Clear();
    }

    private void Push(in Node node)
    {
        if (count == heap.Length)
        {
            Array.Resize(ref heap, count * 2);
        }

        var at = count++;
        while (at > 0)
        {
            var parent = (at - 1) / Children;
            if (!node.IsBefore(heap[parent]))
            {
                break;
            }

            heap[at] = heap[parent];
            at = parent;
        }

        heap[at] = node;
    }

    /// <summary>Takes the earliest item out.</summary>
    internal void Pop()
    {
        var nodes = heap;
        var last = nodes[--count];
        var at = 0;
        while (true)
        {
            var child = (Children * at) + 1;
            if (child >= count)
            {
                break;
            }

            var least = child;
            var end = Math.Min(child + Children, count);
            while (++child < end)
            {
                least = nodes[child].IsBefore(nodes[least]) ? child : least;
            }

            if (!nodes[least].IsBefore(last))
            {
                break;
            }

            nodes[at] = nodes[least];
            at = least;
        }

        nodes[at] = last;
    }
}
