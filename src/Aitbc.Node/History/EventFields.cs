using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.CompilerServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;

namespace Aitbc.Node.History;

/// <summary>Where the bytes of an event name a workload or an account; found from the types of all events, so that a
/// new event is followed, too.</summary>
/// <remarks>Thread-safe: immutable.</remarks>
internal static class EventFields
{
    private static readonly Dictionary<EventKind, (int Workload, int[] Accounts)> Places =
        EventCatalog.All.ToDictionary(pair => pair.Key, pair => Find(pair.Value));

    /// <summary>The workload that an event is of; null where it is of none.</summary>
    public static WorkloadId? WorkloadOf(in EventReader reader)
    {
        if (reader.Kind == EventKind.Moved)
        {
            var moved = reader.As<Moved>();
            return IsOfWorkload(moved.Reason) && moved.Subject != 0 ? new WorkloadId(moved.Subject) : null;
        }

        var at = Places.TryGetValue(reader.Kind, out var places) ? places.Workload : -1;
        return at < 0 ? null : new WorkloadId(BinaryPrimitives.ReadUInt64LittleEndian(reader.Value[at..]));
    }

    /// <summary>Places in an event's bytes that hold account numbers.</summary>
    public static ReadOnlySpan<int> AccountsOf(EventKind kind) =>
        Places.TryGetValue(kind, out var places) ? places.Accounts : [];

    private static bool IsOfWorkload(MoveReason reason) => reason is MoveReason.Escrow or MoveReason.Payment
        or MoveReason.Refund or MoveReason.BidBond or MoveReason.JobBond or MoveReason.Forfeit;

    private static (int Workload, int[] Accounts) Find(Type type)
    {
        var (workload, at) = (-1, 0);
        var accounts = new List<int>();
        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
            .OrderBy(field => field.MetadataToken))
        {
            workload = workload < 0 && field.FieldType == typeof(WorkloadId) ? at : workload;
            if (field.FieldType == typeof(AccountNumber))
            {
                accounts.Add(at);
            }

            at += SizeOf(field.FieldType);
        }

        // Events are packed; one that is not would be misread here.
        return at == SizeOf(type)
            ? (workload, [.. accounts])
            : throw new InvalidOperationException($"The event {type.Name} is not packed.");
    }

    private static int SizeOf(Type type) => (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!
        .MakeGenericMethod(type).Invoke(null, null)!;
}
