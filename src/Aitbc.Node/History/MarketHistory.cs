using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Node.History;

/// <summary>
/// What people ask about the past, kept in memory: the newest finished workloads, which entries touched a workload or
/// an account, series for charts, where the money stands. It is an index of the journal and nothing else: it may be
/// dropped at any time, and its every part has a limit.
/// </summary>
/// <remarks>Thread-safe. One follower feeds it, in order.</remarks>
internal sealed class MarketHistory
{
    /// <summary>Finished workloads kept.</summary>
    public const int MaxFinished = 4_096;

    private const int MaxTouches = 131_072;
    private const int MaxKeys = 16_384;
    private static readonly long[] Widths = [10_000, 600_000];

    private readonly Lock gate = new();
    private readonly TouchRing workloads = new(MaxTouches);
    private readonly TouchRing accounts = new(MaxTouches);
    private readonly OversightIndex decisions = new();
    private readonly Queue<Finished> finished = new();
    private readonly Dictionary<KeyId, PublicKey> keys = [];
    private readonly MarketSeries[] series = [.. Widths.Select(width => new MarketSeries(width))];
    private readonly MoneyTotals running = new();
    private readonly MoneyTotals atOpening;
    private readonly ulong openedAt;
    private MoneyTotals? offset;
    private ulong places;
    private TaskCompletionSource advanced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Begins at a ledger's present.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="depth">How many of the newest entries are read once more.</param>
    public MarketHistory(LedgerHost ledger, ulong depth)
    {
        (openedAt, atOpening) = ledger.View.Read(state => (state.Globals.Seq, MoneyTotals.Of(state)));
        FromSeq = openedAt > depth ? openedAt - depth + 1 : 1;
        Seq = FromSeq - 1;
        NoteMoney();
    }

    /// <summary>What the monitor found.</summary>
    public AlertRing Alerts { get; } = new();

    /// <summary>The first entry that it knows.</summary>
    public ulong FromSeq { get; }

    /// <summary>The last entry that it knows.</summary>
    public ulong Seq { get; private set; }

    /// <summary>Whether a span has this width.</summary>
    public static bool IsWidth(long widthMs) => Array.IndexOf(Widths, widthMs) >= 0;

    /// <summary>Takes the next entry.</summary>
    public void Take(DurableEntry entry)
    {
        lock (gate)
        {
            Observe(entry);
            Alerts.Take(entry);
            Seq = entry.Header.Seq;
            NoteMoney();
            foreach (var one in series)
            {
                one.Money(entry.Header.Time, running);
            }

            advanced.SetResult();
            advanced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Completes once it knows an entry.</summary>
    public async Task ReachedAsync(ulong seq, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                next = Seq >= seq ? Task.CompletedTask : advanced.Task;
            }

            if (next.IsCompletedSuccessfully && Seq >= seq)
            {
                return;
            }

            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Entries that touched a workload, oldest first.</summary>
    public List<ulong> EntriesOf(WorkloadId workload, int limit)
    {
        lock (gate)
        {
            var found = workloads.Find(workload.Value, ulong.MaxValue, limit);
            found.Reverse();
            return found;
        }
    }

    /// <summary>Entries that touched an account, newest first.</summary>
    public List<ulong> EntriesOf(AccountNumber account, ulong before, int limit)
    {
        lock (gate)
        {
            return accounts.Find(account.Value, before, limit);
        }
    }

    /// <summary>Entries with a decision about an agent, newest first.</summary>
    public List<ulong> DecisionsOn(AccountNumber agent, ulong before, int limit)
    {
        lock (gate)
        {
            return decisions.Find(agent, before, limit);
        }
    }

    /// <summary>Finished workloads, newest first, with one more than the limit where there are more.</summary>
    /// <param name="before">Only those before this place.</param>
    /// <param name="party">Only those of this client or provider; null for all.</param>
    /// <param name="limit">Most of them.</param>
    public List<Finished> FinishedBefore(ulong before, AccountId? party, int limit)
    {
        lock (gate)
        {
            return [.. finished.Reverse()
                .Where(one => one.Place < before)
                .Where(one => party is null || one.Ended.ClientId == party || one.Ended.ProviderId == party)
                .Take(limit + 1)];
        }
    }

    /// <summary>A finished workload.</summary>
    public bool TryFind(WorkloadId workload, [NotNullWhen(true)] out Finished? found)
    {
        lock (gate)
        {
            found = finished.FirstOrDefault(one => one.Ended.Workload == workload);
            return found is not null;
        }
    }

    /// <summary>A key that somebody had, also one that was revoked since.</summary>
    public PublicKey? KeyOf(KeyId id)
    {
        lock (gate)
        {
            return keys.TryGetValue(id, out var key) ? key : null;
        }
    }

    /// <summary>A series, as of an entry.</summary>
    public SeriesView ReadSeries(long widthMs)
    {
        lock (gate)
        {
            return new SeriesView(
                widthMs, FromSeq, Seq, series.Single(one => one.WidthMs == widthMs).Read(offset));
        }
    }

    /// <summary>Where the money stands.</summary>
    public (ulong Seq, MoneyView Money) ReadMoney()
    {
        lock (gate)
        {
            return offset is null ? (openedAt, atOpening.ToView()) : (Seq, running.Plus(offset).ToView());
        }
    }

    /// <summary>At the entry where it was opened, both what moved since the first one read and what is there are
    /// known.</summary>
    private void NoteMoney()
    {
        if (Seq == openedAt)
        {
            offset = atOpening.Minus(running);
        }
    }

    private void Observe(DurableEntry entry)
    {
        var (seq, time) = (entry.Header.Seq, entry.Header.Time);
        if (entry.Body == BodyKind.Payload)
        {
            foreach (var one in series)
            {
                one.Payload(time, entry.Outcome);
            }
        }

        var reader = new EventReader(entry.Events.Span);
        while (reader.MoveNext())
        {
            running.Take(in reader);
            Touch(in reader, seq);
            decisions.Take(in reader, seq);
            if (reader.Kind == EventKind.WorkloadEnded)
            {
                End(reader.As<WorkloadEnded>(), seq, time);
            }
            else if (reader.Kind == EventKind.AccountOpened)
            {
                Keep(reader.As<AccountOpened>().Key);
            }
            else if (reader.Kind == EventKind.KeyAdded)
            {
                Keep(reader.As<KeyAdded>().Key);
            }
        }
    }

    private void Touch(in EventReader reader, ulong seq)
    {
        if (EventFields.WorkloadOf(in reader) is { } workload)
        {
            workloads.Add(workload.Value, seq);
        }

        foreach (var at in EventFields.AccountsOf(reader.Kind))
        {
            // The treasury is in nearly every entry, which says nothing.
            if (BinaryPrimitives.ReadUInt32LittleEndian(reader.Value[at..]) is var number and not 0)
            {
                accounts.Add(number, seq);
            }
        }
    }

    private void End(in WorkloadEnded ended, ulong seq, Timestamp time)
    {
        finished.Enqueue(new Finished(++places, ended, seq, time));
        if (finished.Count > MaxFinished)
        {
            finished.Dequeue();
        }

        foreach (var one in series)
        {
            one.Ended(time, ended);
        }
    }

    private void Keep(in PublicKey key)
    {
        if (keys.Count < MaxKeys)
        {
            keys[key.Thumbprint()] = key;
        }
    }
}

/// <summary>A workload that ended.</summary>
/// <param name="Place">Counts them as they ended, from 1 at the first that is known.</param>
/// <param name="Ended">All that the ledger said of it.</param>
/// <param name="Seq">In which entry.</param>
/// <param name="Time">When.</param>
internal sealed record Finished(ulong Place, WorkloadEnded Ended, ulong Seq, Timestamp Time)
{
    /// <summary>Whether the provider was paid.</summary>
    public bool IsPaid => Ended.Ending.IsPaid();
}

/// <summary>What happened over time.</summary>
/// <param name="WidthMs">Width of a span, ms.</param>
/// <param name="FromSeq">The first entry that was looked at.</param>
/// <param name="Seq">The last one.</param>
/// <param name="Points">Spans in which anything happened, oldest first.</param>
public sealed record SeriesView(long WidthMs, ulong FromSeq, ulong Seq, IReadOnlyList<SeriesPoint> Points);
