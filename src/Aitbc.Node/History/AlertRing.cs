using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Node.History;

/// <summary>The newest findings of the monitor, and what became of what they judged: read from the journal, where each
/// stands right before its payload.</summary>
/// <remarks>Thread-safe. One follower feeds it, in order.</remarks>
internal sealed class AlertRing
{
    /// <summary>Findings kept.</summary>
    public const int MaxAlerts = 4_096;

    private readonly Lock gate = new();
    private readonly Queue<Alert> alerts = new();
    private Alert? open;

    /// <summary>Takes the next entry.</summary>
    /// <returns>The finding that it holds, mostly none.</returns>
    public MonitorJudged? Take(DurableEntry entry)
    {
        lock (gate)
        {
            var before = open;
            open = null;
            if (entry.Body == BodyKind.Payload)
            {
                before?.Became = entry.Outcome;
                return null;
            }

            var reader = new EventReader(entry.Events.Span);
            if (!reader.MoveNext() || reader.Kind != EventKind.MonitorJudged)
            {
                return null;
            }

            var judged = reader.As<MonitorJudged>();
            open = new Alert(entry.Header.Seq, entry.Header.Time, judged);
            alerts.Enqueue(open);
            if (alerts.Count > MaxAlerts)
            {
                alerts.Dequeue();
            }

            return judged;
        }
    }

    /// <summary>Findings, newest first, with one more than the limit where there are more.</summary>
    /// <param name="before">Only those of entries before this one.</param>
    /// <param name="agent">Only those of this agent; null for all.</param>
    /// <param name="limit">Most of them.</param>
    public List<Alert> Before(ulong before, AccountNumber? agent, int limit)
    {
        lock (gate)
        {
            return [.. alerts.Reverse()
                .Where(one => one.Seq < before && (agent is null || one.Judged.Account == agent))
                .Take(limit + 1)];
        }
    }
}

/// <summary>One finding of the monitor.</summary>
/// <param name="seq">Its entry; what it judged is the next.</param>
/// <param name="time">When.</param>
/// <param name="judged">What was found.</param>
internal sealed class Alert(ulong seq, Timestamp time, MonitorJudged judged)
{
    private int became = -1;

    /// <summary>Its entry.</summary>
    public ulong Seq { get; } = seq;

    /// <summary>When.</summary>
    public Timestamp Time { get; } = time;

    /// <summary>What was found.</summary>
    public MonitorJudged Judged { get; } = judged;

    /// <summary>What became of what was judged; null where that is not known yet.</summary>
    public Outcome? Became
    {
        get => Volatile.Read(ref became) is var value and >= 0 ? (Outcome)value : null;
        set => Volatile.Write(ref became, value is { } outcome ? (int)outcome : -1);
    }
}
