namespace Aitbc.Workloads.Csv;

/// <summary>Rows that were left out for one reason.</summary>
/// <param name="Reason">What is wrong with them; a row with several faults counts once, for its leftmost one.</param>
/// <param name="Rows">How many.</param>
/// <param name="FirstLines">Line numbers of the first of them, at most <see cref="DroppedRows.MaxLinesShown"/>.</param>
/// <param name="Example">The sentence for the first of them.</param>
public sealed record DroppedReason(CsvFault Reason, int Rows, IReadOnlyList<int> FirstLines, string Example);

/// <summary>What a lenient reading left out, counted by reason. Immutable once the reading has ended.</summary>
public sealed class DroppedRows
{
    /// <summary>How many line numbers are kept for each reason.</summary>
    public const int MaxLinesShown = 5;

    private readonly SortedDictionary<CsvFault, (int Rows, List<int> Lines, string Example)> _reasons = [];

    internal DroppedRows()
    {
    }

    /// <summary>All rows that were left out.</summary>
    public int Total { get; private set; }

    /// <summary>The _reasons that occurred, in the order of <see cref="CsvFault"/>.</summary>
    public IReadOnlyList<DroppedReason> Reasons =>
    [
        .. _reasons.Select(pair =>
            new DroppedReason(pair.Key, pair.Value.Rows, pair.Value.Lines, pair.Value.Example)),
    ];

    /// <summary>True when this reason was seen before, so that the row is counted and needs no sentence.</summary>
    internal bool Count(CsvFault reason, int line)
    {
        if (!_reasons.TryGetValue(reason, out var seen)) return false;
        Total++;
        if (seen.Lines.Count < MaxLinesShown) seen.Lines.Add(line);
        _reasons[reason] = seen with { Rows = seen.Rows + 1 };
        return true;
    }

    internal void AddFirst(CsvError error)
    {
        Total++;
        _reasons.Add(error.Fault, (1, [error.Line], error.Sentence));
    }
}
