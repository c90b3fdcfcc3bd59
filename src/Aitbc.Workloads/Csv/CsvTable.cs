namespace Aitbc.Workloads.Csv;

/// <summary>What the last column of a table means to the reader.</summary>
public enum CsvLabelColumn
{
    /// <summary>The last column is the label and every row must have one.</summary>
    Required = 1,

    /// <summary>The last column is a label that is not read: whatever stands there is skipped.</summary>
    Ignored = 2,

    /// <summary>There is no label: every column is a feature.</summary>
    Absent = 3,
}

/// <summary>
/// Rows of numbers, with a class each where labels were read. Rows keep the file's order. Immutable, so any number of
/// threads may read it.
/// </summary>
public sealed class CsvTable
{
    private readonly double[] _features;
    private readonly int[] _classOfRow;
    private readonly int[] _lines;

    internal CsvTable(
        CsvLayout layout,
        int featureCount,
        double[] features,
        int[] lines,
        (ClassLabel[] Classes, int[] ClassOfRow) labels,
        DroppedRows dropped)
    {
        Layout = layout;
        FeatureCount = featureCount;
        _features = features;
        _lines = lines;
        Classes = labels.Classes;
        _classOfRow = labels.ClassOfRow;
        Dropped = dropped;
    }

    /// <summary>How the file is laid out, and what was taken as its header.</summary>
    public CsvLayout Layout { get; }

    /// <summary>Good rows.</summary>
    public int RowCount => _lines.Length;

    /// <summary>Features of a row, at least 1.</summary>
    public int FeatureCount { get; }

    /// <summary>The classes that occur, numbers by value and words by ordinal order; empty without labels.</summary>
    public IReadOnlyList<ClassLabel> Classes { get; }

    /// <summary>Rows that a lenient reading left out; nothing after a strict one.</summary>
    public DroppedRows Dropped { get; }

    /// <summary>The features of a row, finite and within <see cref="CsvLimits.MaxMagnitude"/>.</summary>
    /// <param name="row">0 to <see cref="RowCount"/> - 1.</param>
    public ReadOnlySpan<double> Features(int row) => _features.AsSpan(row * FeatureCount, FeatureCount);

    /// <summary>The row's place in <see cref="Classes"/>, or -1 where labels were not read.</summary>
    /// <param name="row">0 to <see cref="RowCount"/> - 1.</param>
    public int ClassOf(int row) => _classOfRow.Length == 0 ? -1 : _classOfRow[row];

    /// <summary>The line of the file, from 1, that the row stands on.</summary>
    /// <param name="row">0 to <see cref="RowCount"/> - 1.</param>
    public int LineOf(int row) => _lines[row];

    /// <summary>A table of some of these rows, in the order given; it shares nothing with the others.</summary>
    internal CsvTable Select(ReadOnlySpan<int> rows)
    {
        var features = new double[rows.Length * FeatureCount];
        var lines = new int[rows.Length];
        var classes = new int[_classOfRow.Length == 0 ? 0 : rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            Features(rows[i]).CopyTo(features.AsSpan(i * FeatureCount));
            lines[i] = _lines[rows[i]];
            if (classes.Length > 0) classes[i] = _classOfRow[rows[i]];
        }

        return new CsvTable(Layout, FeatureCount, features, lines, ([.. Classes], classes), Dropped);
    }
}
