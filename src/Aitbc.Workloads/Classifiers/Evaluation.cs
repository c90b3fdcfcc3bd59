using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Workloads.Csv;

namespace Aitbc.Workloads.Classifiers;

/// <summary>Predictions set against the truth: a confusion matrix and what follows from it. Counts only.</summary>
internal sealed class Evaluation
{
    /// <summary>With more classes the matrix is left out of reports, which stay small.</summary>
    private const int MaxShownClasses = 100;

    private readonly long[,] _counts;

    /// <summary>Counts predictions against truths, both places in the classes; a truth of -1 is none of them.</summary>
    public Evaluation(int classes, ReadOnlySpan<int> truths, ReadOnlySpan<int> predictions)
    {
        _counts = new long[classes, classes];
        for (var i = 0; i < truths.Length; i++)
        {
            if (truths[i] < 0) Unknown++;
            else _counts[truths[i], predictions[i]]++;
            if (truths[i] == predictions[i]) Right++;
        }

        Rows = truths.Length;
    }

    /// <summary>Rows that were compared.</summary>
    public long Rows { get; }

    /// <summary>Rows that were classified right.</summary>
    public long Right { get; }

    /// <summary>Rows whose label the model does not know; they count as wrong.</summary>
    public long Unknown { get; }

    /// <summary>Share that was classified right.</summary>
    public Ratio Accuracy => Share(Right, Rows);

    /// <summary>Rows that truly are of a class.</summary>
    public long RowsOf(int label)
    {
        var rows = 0L;
        for (var other = 0; other < _counts.GetLength(1); other++) rows += _counts[label, other];
        return rows;
    }

    /// <summary>A share, rounded down so that no result looks better than it is; zero of nothing.</summary>
    public static Ratio Share(long part, long whole) =>
        whole == 0 ? Ratio.Zero : Ratio.FromPpm((uint)(part * Ratio.PpmPerOne / whole));

    /// <summary>A row a true class, a column a predicted one, in the order of the classes.</summary>
    public void WriteConfusion(Utf8JsonWriter json)
    {
        var classes = _counts.GetLength(0);
        if (classes > MaxShownClasses)
        {
            json.WriteNull("confusion");
            return;
        }

        json.WriteStartArray("confusion");
        for (var truth = 0; truth < classes; truth++)
        {
            json.WriteStartArray();
            for (var predicted = 0; predicted < classes; predicted++) json.WriteNumberValue(_counts[truth, predicted]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    /// <summary>The class that occurs most often in rows; of equal ones the first.</summary>
    public static int MostFrequent(CsvTable rows)
    {
        var counts = new int[rows.Classes.Count];
        for (var row = 0; row < rows.RowCount; row++) counts[rows.ClassOf(row)]++;
        return Array.IndexOf(counts, counts.Max());
    }
}
