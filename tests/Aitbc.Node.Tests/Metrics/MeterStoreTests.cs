using System.Diagnostics.Metrics;
using Aitbc.Node.Metrics;

namespace Aitbc.Node.Tests.Metrics;

/// <summary>What is kept of measurements, and how it is written.</summary>
public sealed class MeterStoreTests : IDisposable
{
    private readonly Meter meter = new("test");

    public void Dispose() => meter.Dispose();

    [Fact]
    public void A_histogram_counts_up_to_each_bound_and_in_all()
    {
        using var store = new MeterStore(meter);
        var sizes = meter.CreateHistogram(
            "a.size", "s", "Sizes.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2] });
        foreach (var value in (double[])[0.5, 1, 1.5, 7])
        {
            sizes.Record(value, new KeyValuePair<string, object?>("of", "x"));
        }

        Assert.Equal(
            """
            # HELP a_size_seconds Sizes.
            # TYPE a_size_seconds histogram
            a_size_seconds_bucket{of="x",le="1"} 2
            a_size_seconds_bucket{of="x",le="2"} 3
            a_size_seconds_bucket{of="x",le="+Inf"} 4
            a_size_seconds_sum{of="x"} 10
            a_size_seconds_count{of="x"} 4

            """,
            PrometheusText.Write(store.Collect()));
    }

    [Fact]
    public void What_would_break_a_line_is_escaped()
    {
        using var store = new MeterStore(meter);
        meter.CreateCounter<long>("b", null, "One\nand \\ two.").Add(1, new("of", "a\"b\\c\nd"), new("or", "e"));
        Assert.Equal(
            "# HELP b_total One\\nand \\\\ two.\n# TYPE b_total counter\nb_total{of=\"a\\\"b\\\\c\\nd\",or=\"e\"} 1\n",
            PrometheusText.Write(store.Collect()));
    }

    [Fact]
    public void Beyond_the_most_series_all_count_as_other()
    {
        using var store = new MeterStore(meter);
        var counter = meter.CreateCounter<long>("c", null, "Many.");
        for (var i = 0; i < MeterFamily.MaxSeries + 10; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("of", $"{i}"));
        }

        var series = store.Collect().Single().Series.ToList();
        Assert.Equal(MeterFamily.MaxSeries + 1, series.Count);
        Assert.Equal(10, series.Single(one => one.Labels.First == "other").Series.Value);
    }

    [Fact]
    public void Another_meter_of_the_same_name_is_not_heard()
    {
        using var other = new Meter("test");
        using var store = new MeterStore(meter);
        other.CreateCounter<long>("d").Add(1);
        Assert.Empty(store.Collect());
    }
}
