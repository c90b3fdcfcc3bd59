using System.Runtime.InteropServices;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Wire;
using Aitbc.Safety.Monitor;

namespace Aitbc.Safety.Admission;

/// <summary>Teaches a monitor what the journal holds, as the day itself did.</summary>
/// <param name="monitor">Learns.</param>
/// <param name="ledger">Whose journal.</param>
internal sealed class PastReader(SafetyMonitor monitor, WatchedLedger ledger)
{
    /// <summary>The oldest that is read back where nothing was kept: 35 days: a payee is trusted after 30.
    /// </summary>
    public static readonly Duration Depth = Duration.FromDays(35);

    /// <summary>Most entries that are read back where nothing was kept: 1,000,000.</summary>
    public const ulong MaxEntries = 1_000_000;

    private readonly List<ObservedAction> actions = [];

    /// <summary>Teaches what became of a payload.</summary>
    public void Take(
        LedgerState state, ClientPayload payload, Timestamp at, Outcome outcome, ReadOnlySpan<byte> events)
    {
        actions.Clear();
        var how = ActionReader.ReadPast(state, payload, at, outcome, events, actions);
        if (how == Learning.Parked)
        {
            monitor.Park(CollectionsMarshal.AsSpan(actions));
            return;
        }

        foreach (var action in actions)
        {
            switch (how)
            {
                case Learning.Attempted:
                    monitor.Attempt(action);
                    break;
                case Learning.TookEffect:
                    monitor.Learn(action);
                    break;
                case Learning.Approved:
                    monitor.Approve(action);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Reads entries back.</summary>
    /// <param name="from">The first.</param>
    /// <param name="to">The last; durable.</param>
    /// <param name="pace">Called between entries; may wait, or throw to give up. Null for nothing.</param>
    public void Read(ulong from, ulong to, Action? pace)
    {
        if (from > to)
        {
            return;
        }

        using var entries = ledger.ReadFrom(from);
        while (entries.TryRead(out var entry) && entry.Header.Seq <= to)
        {
            pace?.Invoke();
            if (entry.Body == BodyKind.Payload && IsOfAgents(entry))
            {
                Take(entry);
            }
        }
    }

    /// <summary>The first entry that is read back where nothing was kept.</summary>
    /// <param name="last">The last entry.</param>
    public ulong FirstOf(ulong last)
    {
        var oldest = ledger.Now.UnixMs - Depth.Ms;
        var (low, high) = (last > MaxEntries ? last - MaxEntries + 1 : 1, last + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            using var entries = ledger.ReadFrom(middle);
            if (entries.TryRead(out var entry) && entry.Header.Time.UnixMs < oldest)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void Take(DurableEntry entry)
    {
        if (PayloadCodec.TryParse(
            entry.BodyBytes.Span, entry.Proof, default, default(Digest), null, out var payload) is { } problem)
        {
            throw new LedgerDamagedException(entry.Header.Seq, $"Entry {entry.Header.Seq} is no payload: {problem}");
        }

        ledger.View.Read(state =>
        {
            Take(state, payload, entry.Header.Time, entry.Outcome, entry.Events.Span);
            return true;
        });
    }

    /// <summary>Whether an agent sent it, or something of an agent that waited was let pass: the rest is not even
    /// parsed.</summary>
    private bool IsOfAgents(DurableEntry entry)
    {
        var reader = new EventReader(entry.Events.Span);
        while (reader.MoveNext())
        {
            if (reader.Kind == EventKind.ParkedHandled)
            {
                return true;
            }

            if (reader.Kind == EventKind.CommandHandled)
            {
                var from = reader.As<CommandHandled>().From;
                return ledger.View.Read(state => state.Account(from).Agent != 0);
            }
        }

        return false;
    }
}
