using System.Diagnostics.CodeAnalysis;

namespace Aitbc.Workloads.Csv;

/// <summary>
/// Reads tables of numbers, label last, from bytes that nobody vouches for: UTF-8 with or without byte order mark,
/// LF or CR LF, comma (or semicolon or tab where the whole file uses it), quotes as RFC 4180 has them but within one
/// line, blank lines skipped, an optional header of one line. Pure and thread-safe; never throws for any bytes.
/// </summary>
public static class CsvReader
{
    private const int LinesBetweenChecks = 4_096;

    /// <summary>Finds separator, width and header without reading the rows.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="layout">The layout, when the answer is true.</param>
    /// <param name="error">Why there is none, when the answer is false.</param>
    public static bool TryDetect(
        ReadOnlySpan<byte> file,
        [NotNullWhen(true)] out CsvLayout? layout,
        [NotNullWhen(false)] out CsvError? error) => CsvLayoutReader.TryDetect(file, out layout, out error);

    /// <summary>Reads a table whose every row must be good; the first bad cell refuses it.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="labels">What the last column is.</param>
    /// <param name="table">The table, when the answer is true; it has at least one row.</param>
    /// <param name="error">The first fault by line and column, when the answer is false.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> file,
        CsvLabelColumn labels,
        [NotNullWhen(true)] out CsvTable? table,
        [NotNullWhen(false)] out CsvError? error) =>
        TryRead(file, labels, dropBadRows: false, out table, out error, CancellationToken.None);

    /// <summary>Reads the good rows of a table and counts the others by reason; it may be left without rows.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="labels">What the last column is.</param>
    /// <param name="table">The table, when the answer is true.</param>
    /// <param name="error">Why the file as a whole is no table, when the answer is false.</param>
    public static bool TryReadGoodRows(
        ReadOnlySpan<byte> file,
        CsvLabelColumn labels,
        [NotNullWhen(true)] out CsvTable? table,
        [NotNullWhen(false)] out CsvError? error) =>
        TryRead(file, labels, dropBadRows: true, out table, out error, CancellationToken.None);

    /// <summary>Reads a table, strictly or not.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled; looked at every so many rows.</exception>
    internal static bool TryRead(
        ReadOnlySpan<byte> file,
        CsvLabelColumn labels,
        bool dropBadRows,
        [NotNullWhen(true)] out CsvTable? table,
        [NotNullWhen(false)] out CsvError? error,
        CancellationToken cancellation)
    {
        table = null;
        if (!CsvLayoutReader.TryDetect(file, out var layout, out error)) return false;
        var featureCount = labels == CsvLabelColumn.Absent ? layout.Columns : layout.Columns - 1;
        if (featureCount == 0)
        {
            error = CsvError.OfFile(
                CsvFault.TooFewColumns,
                "The rows have one column; at least one feature and the label are needed, separated by commas.");
            return false;
        }

        var rows = new RowBuffer(layout, featureCount, labels);
        CsvLines lines = new(file);
        if (layout.Header is not null) lines.MoveNext();
        while (lines.MoveNext())
        {
            if (lines.Number % LinesBetweenChecks == 0) cancellation.ThrowIfCancellationRequested();
            var fault = rows.Add(lines.Current, lines.Number, out var column);
            if (fault is not { } reason) continue;
            if (reason == CsvFault.TooManyClasses)
            {
                error = TooManyClasses();
                return false;
            }

            if (dropBadRows && rows.Dropped.Count(reason, lines.Number)) continue;
            error = RowFault.Describe(reason, lines.Current, lines.Number, column, layout);
            if (!dropBadRows) return false;
            rows.Dropped.AddFirst(error);
        }

        table = rows.ToTable();
        error = null;
        return true;
    }

    private static CsvError TooManyClasses() => CsvError.OfFile(
        CsvFault.TooManyClasses,
        $"The last column has more than {ShownValue.Of(CsvLimits.MaxClasses)} different values; "
        + "is it a measurement rather than a class?");

    /// <summary>Room for the rows that have the right width; what a bad row began to write is overwritten.</summary>
    private sealed class RowBuffer(CsvLayout layout, int featureCount, CsvLabelColumn labels)
    {
        private readonly double[] _features = new double[layout.FittingRows * featureCount];
        private readonly int[] _lines = new int[layout.FittingRows];
        private readonly int[] _classes = new int[labels == CsvLabelColumn.Required ? layout.FittingRows : 0];
        private readonly ClassLabels _labelSet = new();
        private int _count;

        public DroppedRows Dropped { get; } = new();

        public CsvFault? Add(ReadOnlySpan<byte> line, int number, out int column)
        {
            column = 0;
            if (CsvCells.Count(line, layout.SeparatorByte) != layout.Columns) return CsvFault.WrongColumnCount;
            var target = _features.AsSpan(_count * featureCount, featureCount);
            CsvCells cells = new(line, layout.SeparatorByte);
            while (cells.MoveNext())
            {
                column = cells.Number;
                if (cells.IsQuotingBad) return CsvFault.BadQuoting;
                if (column <= featureCount)
                {
                    if (CsvNumber.Check(cells.Current, out var value) is { } fault) return fault;
                    target[column - 1] = value;
                }
                else if (labels == CsvLabelColumn.Required)
                {
                    if (ClassLabels.Check(cells.Current) is { } fault) return fault;
                    _classes[_count] = _labelSet.Add(cells.Current);
                    if (_labelSet.Count > CsvLimits.MaxClasses) return CsvFault.TooManyClasses;
                }
            }

            _lines[_count++] = number;
            return null;
        }

        public CsvTable ToTable()
        {
            var fits = layout.Header is { } header && header.DeclaredFeatures == featureCount;
            var (sorted, places) = _labelSet.Sort(fits ? layout.Header!.ClassNames : []);
            for (var row = 0; row < _classes.Length && row < _count; row++) _classes[row] = places[_classes[row]];
            var dense = _count == _lines.Length;
            return new CsvTable(
                layout,
                featureCount,
                dense ? _features : _features[..(_count * featureCount)],
                dense ? _lines : _lines[.._count],
                (sorted, _classes.Length == 0 || dense ? _classes : _classes[.._count]),
                Dropped);
        }
    }
}

/// <summary>Puts a row's fault into words.</summary>
internal static class RowFault
{
    public static CsvError Describe(
        CsvFault fault,
        ReadOnlySpan<byte> line,
        int number,
        int column,
        CsvLayout layout)
    {
        if (fault == CsvFault.WrongColumnCount)
        {
            var count = CsvCells.Count(line, layout.SeparatorByte);
            var shown = count > CsvLimits.MaxColumns ? $"more than {CsvLimits.MaxColumns}" : $"{count}";
            return CsvError.At(fault, number, 0, $"{shown} columns where most rows have {layout.Columns}.");
        }

        CsvCells cells = new(line, layout.SeparatorByte);
        while (cells.Number < column && cells.MoveNext())
        {
        }

        return CsvError.At(fault, number, column, What(fault, cells.Current));
    }

    public static string What(CsvFault fault, ReadOnlySpan<byte> cell)
    {
        var shown = ShownValue.Of(cell);
        return fault switch
        {
            CsvFault.BadQuoting => $"the quotes of {shown} are not closed on this line or stand inside the cell.",
            CsvFault.MissingValue => $"the value is missing ({shown}).",
            CsvFault.NotANumber => $"{shown} is no number.",
            CsvFault.NotFinite => $"{shown} is not finite.",
            CsvFault.OutOfRange => $"{shown} is out of range.",
            CsvFault.MissingLabel => $"the label is missing ({shown}).",
            CsvFault.BadLabel => $"{shown} is no label (at most {CsvLimits.MaxLabelBytes} bytes of plain text).",
            CsvFault.Negative => $"{shown} is negative.",
            _ => $"{shown} is not allowed here.",
        };
    }
}
