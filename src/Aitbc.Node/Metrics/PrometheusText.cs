using System.Globalization;
using System.Text;

namespace Aitbc.Node.Metrics;

/// <summary>Figures in Prometheus' text form.</summary>
/// <remarks>Stateless. Source: Prometheus, exposition formats, text format 0.0.4.</remarks>
internal static class PrometheusText
{
    /// <summary>Its media type.</summary>
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes all families.</summary>
    public static string Write(IEnumerable<MeterFamily> families)
    {
        var text = new StringBuilder(16 * 1024);
        foreach (var family in families)
        {
            Write(text, family);
        }

        return text.ToString();
    }

    /// <summary>An instrument's name as Prometheus has it: underscores, the unit, and what a counter ends in.</summary>
    public static string NameOf(MeterFamily family)
    {
        var name = family.Instrument.Name.Replace('.', '_');
        name += family.Instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => string.Empty,
        };
        return family.Kind == FamilyKind.Counter ? name + "_total" : name;
    }

    private static void Write(StringBuilder text, MeterFamily family)
    {
        var name = NameOf(family);
        text.Append("# HELP ").Append(name).Append(' ').Append(Escape(family.Instrument.Description, isLabel: false))
            .Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ')
            .Append(family.Kind switch
            {
                FamilyKind.Counter => "counter",
                FamilyKind.Gauge => "gauge",
                _ => "histogram",
            })
            .Append('\n');
        foreach (var (values, series) in family.Series)
        {
            var labels = LabelsOf(family.Labels, values);
            lock (series)
            {
                if (family.Kind == FamilyKind.Histogram)
                {
                    WriteHistogram(text, name, labels, family.Bounds, series);
                }
                else
                {
                    Line(text, name, labels, series.Value);
                }
            }
        }
    }

    private static void WriteHistogram(
        StringBuilder text, string name, string labels, IReadOnlyList<double> bounds, MeterSeries series)
    {
        var sum = 0L;
        var comma = labels.Length > 0 ? "," : string.Empty;
        for (var i = 0; i < series.Buckets.Length; i++)
        {
            sum += series.Buckets[i];
            var bound = i < bounds.Count ? Number(bounds[i]) : "+Inf";
            Line(text, name + "_bucket", $"{labels}{comma}le=\"{bound}\"", sum);
        }

        Line(text, name + "_sum", labels, series.Value);
        Line(text, name + "_count", labels, sum);
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string LabelsOf(IReadOnlyList<string> names, in LabelValues values)
    {
        string?[] held = [values.First, values.Second, values.Third];
        return string.Join(',', names.Select((name, i) => $"{name}=\"{Escape(held[i], isLabel: true)}\""));
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escape(string? text, bool isLabel)
    {
        var escaped = (text ?? string.Empty)
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
        return isLabel ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }
}
