using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Aitbc.Protocol.Wire;

/// <summary>An event's bytes as its type.</summary>
internal static class EventBytes
{
    /// <summary>Reads one event.</summary>
    /// <exception cref="InvalidDataException">The bytes are of another size.</exception>
    public static T Read<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged => bytes.Length == Unsafe.SizeOf<T>()
            ? MemoryMarshal.Read<T>(bytes)
            : throw new InvalidDataException($"{typeof(T).Name} has {Unsafe.SizeOf<T>()} bytes, not {bytes.Length}.");

    /// <summary>The outcome that an event holds as a wider number.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static Outcome OutcomeOf(uint number) => number <= ushort.MaxValue
        ? (Outcome)number
        : throw new InvalidDataException($"There is no outcome {number}.");
}
