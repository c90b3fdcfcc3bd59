using System.Globalization;

namespace Aitbc.Node.Tests.Metrics;

/// <summary>What <c>/metrics</c> said, to be asked.</summary>
internal sealed class MetricsText
{
    private readonly Dictionary<string, double> values = [];

    private MetricsText(string text)
    {
        Text = text;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
        {
            var at = line.LastIndexOf(' ');
            values.Add(line[..at], double.Parse(line[(at + 1)..], CultureInfo.InvariantCulture));
        }
    }

    /// <summary>All of it.</summary>
    public string Text { get; }

    /// <summary>Names of series, labels included.</summary>
    public IReadOnlyCollection<string> Series => values.Keys;

    /// <summary>Asks a node.</summary>
    public static async Task<MetricsText> OfAsync(NodeFixture node) =>
        new(await node.Client.GetStringAsync("/metrics"));

    /// <summary>A series' value, 0 where there is none.</summary>
    public double this[string series] => values.GetValueOrDefault(series);
}
