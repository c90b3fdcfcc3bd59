using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Aitbc.Protocol.Events;

/// <summary>
/// A growing run of events: each is a four-byte head (kind, size in bytes, both little-endian) and the event's bytes.
/// This is what is hashed, journalled and streamed.
/// </summary>
/// <remarks>Not thread-safe: one owner. Reused between entries; growing is its only allocation.</remarks>
public sealed class EventBuffer
{
    /// <summary>Bytes before each event.</summary>
    public const int HeadSize = 4;

    private byte[] bytes = new byte[4096];
    private int length;

    /// <summary>Bytes held.</summary>
    public int Length => length;

    /// <summary>The events' bytes; valid until the next write or <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, length);

    /// <summary>Forgets all events.</summary>
    public void Clear() => length = 0;

    /// <summary>Appends one event.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Append<T>(in T value)
        where T : unmanaged, ILedgerEvent
    {
        var size = Unsafe.SizeOf<T>();
        if (length + HeadSize + size > bytes.Length)
        {
            Grow(HeadSize + size);
        }

        ref var at = ref bytes[length];
        Unsafe.WriteUnaligned(ref at, (uint)(ushort)T.Kind | ((uint)size << 16));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref at, HeadSize), value);
        length += HeadSize + size;
    }

    /// <summary>Goes back to an earlier length.</summary>
    internal void TruncateTo(int earlier) => length = earlier;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int more) => Array.Resize(ref bytes, Math.Max(bytes.Length * 2, length + more));
}

/// <summary>Walks the events in a run of bytes.</summary>
public ref struct EventReader
{
    private ReadOnlySpan<byte> rest;

    /// <summary>Starts before the first event.</summary>
    /// <param name="events">Bytes as <see cref="EventBuffer.Bytes"/> gives them.</param>
    public EventReader(ReadOnlySpan<byte> events) => rest = events;

    /// <summary>The present event's kind.</summary>
    public EventKind Kind { get; private set; }

    /// <summary>The present event's bytes.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Goes to the next event.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidDataException">The bytes are no run of events.</exception>
    public bool MoveNext()
    {
        if (rest.IsEmpty)
        {
            return false;
        }

        if (rest.Length < EventBuffer.HeadSize)
        {
            throw new InvalidDataException("An event's head is cut short.");
        }

        var head = MemoryMarshal.Read<uint>(rest);
        var size = (int)(head >> 16);
        if (rest.Length < EventBuffer.HeadSize + size)
        {
            throw new InvalidDataException("An event is cut short.");
        }

        Kind = (EventKind)(head & ushort.MaxValue);
        Value = rest.Slice(EventBuffer.HeadSize, size);
        rest = rest[(EventBuffer.HeadSize + size)..];
        return true;
    }

    /// <summary>The present event as its type.</summary>
    /// <exception cref="InvalidDataException">The bytes are of another size.</exception>
    public readonly T As<T>()
        where T : unmanaged
    {
        if (Value.Length != Unsafe.SizeOf<T>())
        {
            throw new InvalidDataException($"The event {Kind} has {Value.Length} bytes, not {Unsafe.SizeOf<T>()}.");
        }

        return MemoryMarshal.Read<T>(Value);
    }
}
