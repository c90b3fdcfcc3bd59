using Aitbc.Infrastructure.Storage;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>Where an entry's events stand in its group.</summary>
internal readonly record struct EntryMark(EntryHeader Header, int EventsAt, int EventsLength);

/// <summary>
/// Entries that become durable with one fsync: their frames, their events for the view, and who waits for them. Used
/// again and again.
/// </summary>
internal sealed class EntryGroup
{
    /// <summary>Frames for the journal.</summary>
    public JournalBatch Batch { get; } = new(1 << 20);

    /// <summary>Events of all entries.</summary>
    public EventBuffer Events { get; } = new();

    /// <summary>The entries.</summary>
    public List<EntryMark> Marks { get; } = [];

    /// <summary>Agents' payloads among them that were judged.</summary>
    public List<JudgedPayload> Judged { get; } = [];

    /// <summary>Requests that are answered once the group is durable.</summary>
    public List<Request> Done { get; } = [];

    /// <summary>The last entry of the last block that closes in the group; 0 where none does.</summary>
    public ulong BlockEnd { get; set; }

    /// <summary>Whether there is nothing to write and nobody to answer.</summary>
    public bool IsEmpty => Batch.IsEmpty && Done.Count == 0;

    /// <summary>Empties the group for its next use.</summary>
    public void Clear()
    {
        Batch.Clear();
        Events.Clear();
        Marks.Clear();
        Judged.Clear();
        Done.Clear();
        BlockEnd = 0;
    }
}
