namespace Aitbc.Workloads.Csv;

/// <summary>What separates the cells of a table. One separator holds for the whole file.</summary>
public enum CsvSeparator
{
    /// <summary>A comma: also taken where the file has one column and so no separator.</summary>
    Comma = 1,

    /// <summary>A semicolon.</summary>
    Semicolon = 2,

    /// <summary>A tab.</summary>
    Tab = 3,
}

/// <summary>
/// The first line, where it was taken as a header: it has another number of columns than the rows, or a feature that
/// is no number, or a word as label where every row has a number.
/// </summary>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Shown">Its first 80 characters, sanitised, so that a person sees what was not read as data.</param>
/// <param name="DeclaredRows">Rows it announces, where it reads "rows,features,class names"; else null.</param>
/// <param name="DeclaredFeatures">Features it announces in the same way; else null.</param>
/// <param name="ClassNames">Class names it announces for the labels 0, 1, 2, ..., in that order; else empty.</param>
public sealed record CsvHeader(
    int Line,
    string Shown,
    long? DeclaredRows,
    long? DeclaredFeatures,
    IReadOnlyList<string> ClassNames);

/// <summary>How a table is laid out, found before any row is read. Immutable.</summary>
public sealed class CsvLayout
{
    internal CsvLayout(CsvSeparator separator, int columns, CsvHeader? header, int rows, int fittingRows)
    {
        Separator = separator;
        Columns = columns;
        Header = header;
        Rows = rows;
        FittingRows = fittingRows;
    }

    /// <summary>What separates the cells: the one that most lines have.</summary>
    public CsvSeparator Separator { get; }

    /// <summary>Cells of a row: what most rows have, 1 to <see cref="CsvLimits.MaxColumns"/>.</summary>
    public int Columns { get; }

    /// <summary>The first line where it was taken as a header, else null.</summary>
    public CsvHeader? Header { get; }

    /// <summary>Lines that are rows, good or bad: no header, no blank lines.</summary>
    public int Rows { get; }

    /// <summary>Rows that have <see cref="Columns"/> cells, a bound for what must be allocated.</summary>
    internal int FittingRows { get; }

    internal byte SeparatorByte => ByteOf(Separator);

    internal static byte ByteOf(CsvSeparator separator) => separator switch
    {
        CsvSeparator.Semicolon => (byte)';',
        CsvSeparator.Tab => (byte)'\t',
        _ => (byte)',',
    };
}
