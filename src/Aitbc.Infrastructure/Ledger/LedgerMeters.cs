using System.Diagnostics.Metrics;
using System.Text.Json;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.State;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>
/// What a ledger measures of itself, as instruments of the base class library that anybody may listen to. Labels are
/// command types and outcomes, both closed lists; no id, account or amount is ever one.
/// </summary>
/// <remarks>Thread-safe. The meter is this ledger's own: two ledgers in one process do not mix.</remarks>
public sealed class LedgerMeters : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Aitbc.Ledger";

    private const string Duplicate = "duplicate";

    /// <summary>Records that one hold of the view's lock looks at: a large state must not hold up the writer.</summary>
    private const int Step = 4_096;

    private static readonly Outcome[] Outcomes = Enum.GetValues<Outcome>();
    private static readonly string[] OutcomeNames =
        [.. Outcomes.Select(outcome => JsonNamingPolicy.CamelCase.ConvertName($"{outcome}")), Duplicate];

    private static readonly int[] Columns = ColumnOfEach();
    private readonly Counter<long> snapshots;
    private readonly long[] commands = new long[CommandNames.Count * OutcomeNames.Length];

    internal LedgerMeters()
    {
        FlushDuration = Meter.CreateHistogram(
            "aitbc.ledger.fsync.duration",
            "s",
            "Time of one flush of the journal to the disk; each answers a whole group of commands.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries =
                    [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
            });
        snapshots = Meter.CreateCounter<long>(
            "aitbc.ledger.snapshots", null, "Snapshots that were taken while the ledger ran, and those that failed.");
        Meter.CreateObservableCounter(
            "aitbc.ledger.commands",
            MeasureCommands,
            null,
            "Commands that were submitted, by type and outcome; what is no payload at all is an error of HTTP only.");
    }

    /// <summary>The meter.</summary>
    public Meter Meter { get; } = new(MeterName);

    internal Histogram<double> FlushDuration { get; }

    /// <summary>Tells the meter where the ledger stands.</summary>
    internal void Observe(LedgerView view, Func<ulong> blocks, Func<int> queued)
    {
        Meter.CreateObservableCounter(
            "aitbc.ledger.entries", () => (long)view.Seq, null, "Durable entries since genesis.");
        Meter.CreateObservableCounter(
            "aitbc.ledger.blocks", () => (long)blocks(), null, "Closed blocks since genesis.");
        Meter.CreateObservableGauge(
            "aitbc.ledger.queue.depth", () => (long)queued(), null, "Payloads that wait for the sequencer.");
        Meter.CreateObservableGauge(
            "aitbc.ledger.workloads.open",
            () => (long)view.Read(static state => state.Workloads.Live),
            null,
            "Workloads that are not finished.");
        Meter.CreateObservableGauge(
            "aitbc.ledger.agents.active",
            () => Sum(
                view,
                static state => state.Agents,
                static (in agent) => agent is { Stopped: 0, Retired: 0 } ? 1 : 0),
            null,
            "Agents that are neither stopped nor retired.");
        Meter.CreateObservableGauge(
            "aitbc.ledger.blobs.size",
            () => Sum(
                view,
                static state => state.Blobs,
                static (in blob) => blob.Available == 1 ? (long)blob.SizeBytes : 0),
            "By",
            "Bytes of blobs that the node holds and whose rent is paid.");
    }

    /// <summary>Counts a snapshot that was taken while the ledger ran, or could not be.</summary>
    internal void CountSnapshot(bool isGood) =>
        snapshots.Add(1, new KeyValuePair<string, object?>("outcome", isGood ? "taken" : "failed"));

    /// <summary>Counts what became of a payload's commands.</summary>
    internal void Count(SignedPayload signed, in SubmitResult result)
    {
        var column = result.IsDuplicate ? Outcomes.Length : Columns[(int)result.Outcome];
        foreach (var command in signed.Payload.Commands)
        {
            Interlocked.Increment(ref commands[((int)command.Kind * OutcomeNames.Length) + column]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    private delegate long Weigh<T>(in T record);

    private static long Sum<T>(LedgerView view, Func<LedgerState, Table<T>> table, Weigh<T> weigh)
        where T : unmanaged
    {
        var sum = 0L;
        for (var from = 0; ; from += Step)
        {
            var start = from;
            var (part, isLast) = view.Read(state =>
            {
                var records = table(state);
                var (found, end) = (0L, Math.Min(start + Step, records.Count));
                for (var slot = start; slot < end; slot++)
                {
                    found += weigh(records[slot]);
                }

                return (found, end == records.Count);
            });
            sum += part;
            if (isLast)
            {
                return sum;
            }
        }
    }

    private static int[] ColumnOfEach()
    {
        var columns = new int[Outcomes.Max(outcome => (int)outcome) + 1];
        for (var i = 0; i < Outcomes.Length; i++)
        {
            columns[(int)Outcomes[i]] = i;
        }

        return columns;
    }

    private IEnumerable<Measurement<long>> MeasureCommands()
    {
        for (var i = 0; i < commands.Length; i++)
        {
            var count = Interlocked.Read(ref commands[i]);
            if (count > 0)
            {
                yield return new Measurement<long>(
                    count,
                    new("type", CommandNames.NameOf((CommandKind)(i / OutcomeNames.Length))),
                    new("outcome", OutcomeNames[i % OutcomeNames.Length]));
            }
        }
    }
}
