using System.Runtime.CompilerServices;

namespace Aitbc.Protocol.State;

/// <summary>
/// From a 64-bit key (an id, or the first eight bytes of one) to a slot. Derived from the tables, so it is neither
/// hashed nor stored; it is never iterated, so its order reaches nothing.
/// </summary>
/// <remarks>Open addressing with linear probing, at most half full; removal shifts back, so there are no tombstones.
/// Not thread-safe: one owner.</remarks>
public sealed class IdIndex : IRollback
{
    private readonly List<(ulong Key, int Slot, bool Added)> undo = [];
    private Cell[] cells = new Cell[1024];
    private int count;
    private bool recording;

    private struct Cell
    {
        public ulong Key;
        public int SlotPlusOne;
        public int Unused;
    }

    /// <summary>Keys held.</summary>
    public int Count => count;

    /// <summary>The slot of a key, or -1 where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong key)
    {
        var table = cells;
        var mask = table.Length - 1;
        for (var at = Home(key) & mask; ; at = (at + 1) & mask)
        {
            ref readonly var cell = ref table[at];
            if (cell.SlotPlusOne == 0)
            {
                return -1;
            }

            if (cell.Key == key)
            {
                return cell.SlotPlusOne - 1;
            }
        }
    }

    /// <summary>Asks for a key's cell ahead of its use; a hint.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal unsafe void Fetch(ulong key)
    {
        if (System.Runtime.Intrinsics.X86.Sse.IsSupported)
        {
            System.Runtime.Intrinsics.X86.Sse.Prefetch0(Unsafe.AsPointer(ref cells[Home(key) & (cells.Length - 1)]));
        }
    }

    /// <summary>Adds a key that is not there.</summary>
    internal void Add(ulong key, int slot)
    {
        Put(key, slot);
        if (recording)
        {
            undo.Add((key, slot, true));
        }
    }

    /// <summary>Takes a key out that is there.</summary>
    internal void Remove(ulong key)
    {
        var slot = Take(key);
        if (recording)
        {
            undo.Add((key, slot, false));
        }
    }

    /// <inheritdoc/>
    void IRollback.Begin() => recording = true;

    /// <inheritdoc/>
    void IRollback.Commit()
    {
        recording = false;
        undo.Clear();
    }

    /// <inheritdoc/>
    void IRollback.Rollback()
    {
        recording = false;
        for (var i = undo.Count - 1; i >= 0; i--)
        {
            if (undo[i].Added)
            {
                Take(undo[i].Key);
            }
            else
            {
                Put(undo[i].Key, undo[i].Slot);
            }
        }

        undo.Clear();
    }

    /// <summary>A key's home; the multiplication spreads counted ids, the shift uses the well-mixed upper half.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Home(ulong key) => (int)(unchecked(key * 0x9E3779B97F4A7C15UL) >> 33);

    private void Put(ulong key, int slot)
    {
        if (count * 2 >= cells.Length)
        {
            Grow();
        }

        var mask = cells.Length - 1;
        var at = Home(key) & mask;
        while (cells[at].SlotPlusOne != 0)
        {
            if (cells[at].Key == key)
            {
                throw new InvalidOperationException("The key is in the index already.");
            }

            at = (at + 1) & mask;
        }

        cells[at].Key = key;
        cells[at].SlotPlusOne = slot + 1;
        count++;
    }

    private int Take(ulong key)
    {
        var mask = cells.Length - 1;
        var at = Home(key) & mask;
        while (cells[at].SlotPlusOne == 0 || cells[at].Key != key)
        {
            if (cells[at].SlotPlusOne == 0)
            {
                throw new InvalidOperationException("The key is not in the index.");
            }

            at = (at + 1) & mask;
        }

        var slot = cells[at].SlotPlusOne - 1;
        var hole = at;
        for (var next = (hole + 1) & mask; cells[next].SlotPlusOne != 0; next = (next + 1) & mask)
        {
            var home = Home(cells[next].Key) & mask;
            if (((next - home) & mask) >= ((next - hole) & mask))
            {
                cells[hole] = cells[next];
                hole = next;
            }
        }

        cells[hole] = default;
        count--;
        return slot;
    }

    private void Grow()
    {
        var old = cells;
        cells = new Cell[old.Length * 2];
        var mask = cells.Length - 1;
        foreach (var cell in old)
        {
            if (cell.SlotPlusOne == 0)
            {
                continue;
            }

            var at = Home(cell.Key) & mask;
            while (cells[at].SlotPlusOne != 0)
            {
                at = (at + 1) & mask;
            }

            cells[at] = cell;
        }
    }
}
