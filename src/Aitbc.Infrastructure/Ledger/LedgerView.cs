using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>
/// What is durable, to read: a second state that the events of each group carry on after their fsync, as they would
/// carry on a follower's. Nobody ever reads what a power cut could still take back.
/// </summary>
/// <remarks>Safe from any thread; a query runs under the view's lock, so it should be short and keep no references.
/// </remarks>
public sealed class LedgerView
{
    private readonly Lock gate = new();
    private readonly LedgerState state;
    private TaskCompletionSource changed = NewSignal();

    internal LedgerView(LedgerState state) => this.state = state;

    /// <summary>Sequence of the last durable entry.</summary>
    public ulong Seq => Read(static held => held.Globals.Seq);

    /// <summary>Wall time, ms, at which the next thing falls due; long.MaxValue where nothing is.</summary>
    public long NextDueMs => Read(static held => held.NextDueMs);

    /// <summary>Asks the state.</summary>
    /// <param name="query">Must copy out what it needs.</param>
    public T Read<T>(Func<LedgerState, T> query)
    {
        lock (gate)
        {
            return query(state);
        }
    }

    /// <summary>Completes at the next group that becomes durable.</summary>
    public Task ChangedAsync()
    {
        lock (gate)
        {
            return changed.Task;
        }
    }

    /// <summary>Carries the view on by a group that is durable.</summary>
    internal void Publish(EntryGroup group) => CarryOn(held =>
    {
        foreach (var mark in group.Marks)
        {
            EventCatalog.Apply(held, mark.Header, group.Events.Bytes.Slice(mark.EventsAt, mark.EventsLength));
        }
    });

    /// <summary>Carries the view on by entries that are durable elsewhere.</summary>
    internal void Publish(IReadOnlyList<DurableEntry> entries) => CarryOn(held =>
    {
        foreach (var entry in entries)
        {
            EventCatalog.Apply(held, entry.Header, entry.Events.Span);
        }
    });

    private void CarryOn(Action<LedgerState> apply)
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            apply(state);

            // Drops what is stale from the queues, which nobody else does here.
            _ = state.NextDueMs;
            signal = changed;
            changed = NewSignal();
        }

        signal.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
