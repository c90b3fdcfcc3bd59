using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Aitbc.Protocol.State;

/// <summary>What a savepoint can take back, whatever the record type of the table.</summary>
internal interface IRollback
{
    /// <summary>Starts keeping before-images.</summary>
    void Begin();

    /// <summary>Forgets the before-images: what was written stays.</summary>
    void Commit();

    /// <summary>Puts the before-images back, newest first.</summary>
    void Rollback();
}

/// <summary>
/// A growable table of fixed-size records in chunks, addressed by a dense slot number. Slots that were freed are
/// reused, last freed first, so the same events always give the same slots. Growing never moves a record.
/// </summary>
/// <remarks>
/// A plain write costs nothing extra; while a savepoint is open each write first keeps the record's before-image. This
/// is the overlay of the design turned round: reads, which are the many, pay nothing for it.
/// Not thread-safe: one owner.
/// </remarks>
/// <typeparam name="T">An unmanaged struct without padding, whose first four bytes are free to chain freed slots.
/// </typeparam>
public sealed class Table<T> : IRollback
    where T : unmanaged
{
    private const int ChunkBits = 10;
    private const int ChunkSize = 1 << ChunkBits;
    private const int ChunkMask = ChunkSize - 1;

    private readonly List<(int Slot, T Before)> undo = [];
    private T[][] chunks = new T[16][];
    private int count;
    private int live;
    private int freeHead;
    private (int Count, int Live, int FreeHead) saved;
    private bool recording;

    /// <summary>Slots ever used, freed ones included; slots run from 0 to Count - 1.</summary>
    public int Count => count;

    /// <summary>Records that are in use.</summary>
    public int Live => live;

    /// <summary>The record in a slot, to read.</summary>
    /// <param name="slot">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="IndexOutOfRangeException">The slot was never used.</exception>
    public ref readonly T this[int slot]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref chunks[slot >> ChunkBits][slot & ChunkMask];
    }

    /// <summary>The record in a slot, to change; only an event's ApplyTo calls this.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref T Write(int slot)
    {
        ref var record = ref chunks[slot >> ChunkBits][slot & ChunkMask];
        if (recording)
        {
            undo.Add((slot, record));
        }

        return ref record;
    }

    /// <summary>The slot that the next <see cref="Add"/> will use.</summary>
    internal int NextSlot => freeHead != 0 ? freeHead - 1 : count;

    /// <summary>Takes a slot and gives its zeroed record.</summary>
    internal ref T Add(out int slot)
    {
        live++;
        if (freeHead != 0)
        {
            slot = freeHead - 1;
            ref var reused = ref Write(slot);
            freeHead = Unsafe.As<T, int>(ref reused);
            reused = default;
            return ref reused;
        }

        slot = count++;
        var chunk = slot >> ChunkBits;
        if (chunk == chunks.Length)
        {
            Array.Resize(ref chunks, chunks.Length * 2);
        }

        chunks[chunk] ??= new T[ChunkSize];
        ref var fresh = ref chunks[chunk][slot & ChunkMask];
        fresh = default;
        return ref fresh;
    }

    /// <summary>Gives a slot back; its record is zeroed but for the link to the next free slot.</summary>
    internal void Free(int slot)
    {
        ref var record = ref Write(slot);
        record = default;
        Unsafe.As<T, int>(ref record) = freeHead;
        freeHead = slot + 1;
        live--;
    }

    /// <inheritdoc/>
    void IRollback.Begin()
    {
        saved = (count, live, freeHead);
        recording = true;
    }

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
            chunks[undo[i].Slot >> ChunkBits][undo[i].Slot & ChunkMask] = undo[i].Before;
        }

        undo.Clear();
        (count, live, freeHead) = saved;
    }

    /// <summary>Writes the table in a fixed form: counts, then every slot. Same events, same bytes.</summary>
    internal void Save(Action<ReadOnlySpan<byte>> sink)
    {
        Span<int> head = [Unsafe.SizeOf<T>(), count, live, freeHead];
        sink(MemoryMarshal.AsBytes(head));
        for (var slot = 0; slot < count; slot += ChunkSize)
        {
            var rows = Math.Min(ChunkSize, count - slot);
            sink(MemoryMarshal.AsBytes(chunks[slot >> ChunkBits].AsSpan(0, rows)));
        }
    }

    /// <summary>Which slots are free, by walking the list of them: a record cannot tell by itself.</summary>
    /// <returns>One bit a slot.</returns>
    /// <exception cref="InvalidDataException">The list does not fit the counts.</exception>
    internal BitArray FreeSlots()
    {
        var free = new BitArray(count);
        var found = 0;
        var slot = freeHead - 1;
        while (slot >= 0 && slot < count && !free[slot])
        {
            free[slot] = true;
            found++;
            slot = Unsafe.As<T, int>(ref chunks[slot >> ChunkBits][slot & ChunkMask]) - 1;
        }

        if (slot != -1 || found != count - live)
        {
            throw new InvalidDataException($"The free list of {typeof(T).Name} does not fit its counts.");
        }

        return free;
    }

    /// <summary>Reads what <see cref="Save"/> wrote into this empty table.</summary>
    /// <exception cref="InvalidDataException">The bytes are of another record size, or their counts or their list
    /// of free slots do not fit.</exception>
    /// <exception cref="EndOfStreamException">They end early.</exception>
    internal void Load(Stream source)
    {
        Span<int> head = stackalloc int[4];
        source.ReadExactly(MemoryMarshal.AsBytes(head));
        if (head[0] != Unsafe.SizeOf<T>() || head[1] < 0 || head[2] < 0 || head[2] > head[1])
        {
            throw new InvalidDataException($"The snapshot's table of {typeof(T).Name} has another shape.");
        }

        (count, live, freeHead) = (head[1], head[2], head[3]);
        var chunkCount = (count + ChunkMask) >> ChunkBits;
        chunks = new T[Math.Max(16, chunkCount * 2)][];
        for (var chunk = 0; chunk < chunkCount; chunk++)
        {
            chunks[chunk] = new T[ChunkSize];
            var rows = Math.Min(ChunkSize, count - (chunk << ChunkBits));
            source.ReadExactly(MemoryMarshal.AsBytes(chunks[chunk].AsSpan(0, rows)));
        }

        // Here and not at the first new record: a list that leads nowhere would end the host long after it began.
        _ = FreeSlots();
    }
}
