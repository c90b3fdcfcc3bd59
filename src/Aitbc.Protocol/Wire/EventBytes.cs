using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Aitbc.Protocol.Entries;

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

    /// <summary>An action's name on the wire; its number where there is no such action.</summary>
    public static string NameOf(CommandKind kind) => (int)kind < CommandNames.Count
        ? CommandNames.NameOf(kind)
        : ((int)kind).ToString(CultureInfo.InvariantCulture);

    /// <summary>The outcome that an event holds as a wider number.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static Outcome OutcomeOf(uint number) => number <= ushort.MaxValue
        ? (Outcome)number
        : throw new InvalidDataException($"There is no outcome {number}.");
}
