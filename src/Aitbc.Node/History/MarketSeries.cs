using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Node.History;

/// <summary>What happened in each span of time, the newest so many spans in which anything did.</summary>
/// <param name="widthMs">Width of a span, ms.</param>
/// <remarks>Not thread-safe: its owner locks. Time is that of the entries.</remarks>
internal sealed class MarketSeries(long widthMs)
{
    /// <summary>Spans kept.</summary>
    public const int MaxSpans = 360;

    /// <summary>Capabilities told apart in one span; further ones are counted, but have no price.</summary>
    public const int MaxCapabilities = 16;

    private readonly Queue<Span> spans = new();
    private Span? last;

    /// <summary>Width of a span, ms.</summary>
    public long WidthMs => widthMs;

    /// <summary>Counts a payload by its outcome.</summary>
    public void Payload(Timestamp time, Outcome outcome) =>
        At(time).Outcomes[outcome] = At(time).Outcomes.GetValueOrDefault(outcome) + 1;

    /// <summary>Counts a workload that ended.</summary>
    public void Ended(Timestamp time, in WorkloadEnded ended)
    {
        var span = At(time);
        if (!ended.Ending.IsPaid())
        {
            span.Unpaid++;
            return;
        }

        span.Settled++;
        span.Verified += ended.Ending == WorkloadEnding.Verified ? 1 : 0;
        if (span.Prices.ContainsKey(ended.Capability) || span.Prices.Count < MaxCapabilities)
        {
            var (jobs, paid, units) = span.Prices.GetValueOrDefault(ended.Capability);
            span.Prices[ended.Capability] = (jobs + 1, paid + ended.Paid, units + ended.Units);
        }
    }

    /// <summary>Notes where the money stands.</summary>
    public void Money(Timestamp time, MoneyTotals totals) => At(time).Money = totals.Copy();

    /// <summary>As an answer.</summary>
    /// <param name="offset">Added to what was noted of the money; null where it is not known yet.</param>
    public List<SeriesPoint> Read(MoneyTotals? offset) => [.. spans.Select(span => new SeriesPoint(
        span.StartMs,
        span.Settled,
        span.Verified,
        span.Unpaid,
        span.Outcomes.ToDictionary(pair => JsonNamingPolicy.CamelCase.ConvertName($"{pair.Key}"), pair => pair.Value),
        [.. span.Prices.Select(pair => new PricePoint(pair.Key, pair.Value.Jobs, pair.Value.Paid, pair.Value.Units))],
        offset is null ? null : span.Money?.Plus(offset).ToView()))];

    private Span At(Timestamp time)
    {
        var start = time.UnixMs - (time.UnixMs % widthMs);
        if (last is { } present && present.StartMs >= start)
        {
            return present;
        }

        spans.Enqueue(last = new Span(start));
        if (spans.Count > MaxSpans)
        {
            spans.Dequeue();
        }

        return last;
    }

    private sealed class Span(long startMs)
    {
        public long StartMs => startMs;

        public int Settled { get; set; }

        public int Verified { get; set; }

        public int Unpaid { get; set; }

        public SortedDictionary<Outcome, int> Outcomes { get; } = [];

        public Dictionary<Label, (int Jobs, TokenAmount Paid, ulong Units)> Prices { get; } = [];

        public MoneyTotals? Money { get; set; }
    }
}

/// <summary>One span of time.</summary>
/// <param name="StartMs">Its beginning, ms since 1970.</param>
/// <param name="Settled">Workloads that ended with pay.</param>
/// <param name="Verified">Of these, those whose result enough validators found right; the others were paid because the
/// client accepted or said nothing.</param>
/// <param name="Unpaid">Workloads that ended without.</param>
/// <param name="Outcomes">Payloads by outcome, as far as they were journalled.</param>
/// <param name="Prices">What was paid, by capability.</param>
/// <param name="Money">Where the money stood at its end; left out while it is not known.</param>
public sealed record SeriesPoint(
    long StartMs,
    int Settled,
    int Verified,
    int Unpaid,
    IReadOnlyDictionary<string, int> Outcomes,
    IReadOnlyList<PricePoint> Prices,
    MoneyView? Money);

/// <summary>What was paid for one capability in one span.</summary>
/// <param name="Capability">Which.</param>
/// <param name="Settled">Workloads paid.</param>
/// <param name="Paid">All that was paid, base units.</param>
/// <param name="Units">Units of work delivered for it.</param>
public sealed record PricePoint(Label Capability, int Settled, TokenAmount Paid, ulong Units);
