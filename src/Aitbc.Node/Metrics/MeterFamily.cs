using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Aitbc.Node.Metrics;

/// <summary>What an instrument's figures mean.</summary>
internal enum FamilyKind
{
    /// <summary>A sum that only grows.</summary>
    Counter,

    /// <summary>A value as it stands.</summary>
    Gauge,

    /// <summary>Counts by size.</summary>
    Histogram,
}

/// <summary>The values of a measurement's labels, in the order in which the instrument names them.</summary>
internal readonly record struct LabelValues(string? First, string? Second, string? Third);

/// <summary>The figures of one set of label values.</summary>
internal sealed class MeterSeries(int buckets)
{
    /// <summary>Measurements of each bucket, not added up; the last has no upper bound.</summary>
    public long[] Buckets { get; } = new long[buckets];

    /// <summary>Sum or present value.</summary>
    public double Value { get; set; }
}

/// <summary>All figures of one instrument.</summary>
/// <remarks>Thread-safe. Holds at most <see cref="MaxSeries"/> sets of label values; what comes after is added up under
/// <c>other</c>, so that no mistake of ours lets a stranger fill memory.</remarks>
internal sealed class MeterFamily(Instrument instrument)
{
    /// <summary>Most sets of label values.</summary>
    public const int MaxSeries = 4_096;

    private const int MaxLabels = 3;
    private const string Other = "other";

    private readonly ConcurrentDictionary<LabelValues, MeterSeries> series = new();
    private readonly bool isObservable = instrument.IsObservable;
    private string[]? labels;

    /// <summary>The instrument.</summary>
    public Instrument Instrument { get; } = instrument;

    /// <summary>What the figures mean.</summary>
    public FamilyKind Kind { get; } = KindOf(instrument);

    /// <summary>Upper bounds of the buckets; empty where there are none.</summary>
    public IReadOnlyList<double> Bounds { get; } = instrument is Histogram<double> histogram
        ? histogram.Advice?.HistogramBucketBoundaries ?? [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
        : [];

    /// <summary>Names of the labels.</summary>
    public IReadOnlyList<string> Labels => labels ?? [];

    /// <summary>The figures, in a fixed order.</summary>
    public IEnumerable<(LabelValues Labels, MeterSeries Series)> Series => series
        .OrderBy(one => one.Key.First, StringComparer.Ordinal)
        .ThenBy(one => one.Key.Second, StringComparer.Ordinal)
        .ThenBy(one => one.Key.Third, StringComparer.Ordinal)
        .Select(one => (one.Key, one.Value));

    /// <summary>Takes a measurement.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var found = SeriesOf(tags);
        lock (found)
        {
            if (Kind == FamilyKind.Histogram)
            {
                found.Buckets[BucketOf(value)]++;
                found.Value += value;
            }
            else
            {
                found.Value = isObservable ? value : found.Value + value;
            }
        }
    }

    private static FamilyKind KindOf(Instrument instrument) => instrument switch
    {
        Histogram<double> => FamilyKind.Histogram,
        Counter<long> or ObservableCounter<long> or ObservableCounter<double> => FamilyKind.Counter,
        ObservableGauge<long> or ObservableGauge<double> => FamilyKind.Gauge,
        _ => throw new NotSupportedException($"{instrument.Name} is of a kind that is not exported here."),
    };

    private int BucketOf(double value)
    {
        var at = 0;
        while (at < Bounds.Count && value > Bounds[at])
        {
            at++;
        }

        return at;
    }

    private MeterSeries SeriesOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length > MaxLabels)
        {
            throw new NotSupportedException($"{Instrument.Name} has more than {MaxLabels} labels.");
        }

        if (labels is null)
        {
            var names = new string[tags.Length];
            for (var i = 0; i < tags.Length; i++)
            {
                names[i] = tags[i].Key;
            }

            labels = names;
        }

        var values = new LabelValues(ValueAt(tags, 0), ValueAt(tags, 1), ValueAt(tags, 2));
        if (series.TryGetValue(values, out var found))
        {
            return found;
        }

        if (series.Count >= MaxSeries)
        {
            values = new LabelValues(Named(values.First), Named(values.Second), Named(values.Third));
        }

        return series.GetOrAdd(values, _ => new MeterSeries(Kind == FamilyKind.Histogram ? Bounds.Count + 1 : 0));
    }

    private static string? ValueAt(ReadOnlySpan<KeyValuePair<string, object?>> tags, int at) =>
        at < tags.Length ? tags[at].Value as string ?? string.Empty : null;

    private static string? Named(string? value) => value is null ? null : Other;
}
