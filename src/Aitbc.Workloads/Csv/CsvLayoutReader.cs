using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Aitbc.Workloads.Csv;

/// <summary>
/// Finds a table's layout in two passes without keeping a row. Nothing is guessed from one line: separator and width
/// are what most lines have, so one damaged line cannot turn a good file into a bad one.
/// </summary>
internal static class CsvLayoutReader
{
    private const int HeaderShownChars = 80;

    public static bool TryDetect(
        ReadOnlySpan<byte> file,
        [NotNullWhen(true)] out CsvLayout? layout,
        [NotNullWhen(false)] out CsvError? error)
    {
        layout = null;
        error = CheckBytes(file);
        if (error is not null) return false;
        if (!TryFindSeparator(file, out var separator, out var lineCount, out error)) return false;
        var separatorByte = CsvLayout.ByteOf(separator);
        var widths = new WidthCount(file, separatorByte, lineCount);
        var columns = widths.Columns;
        if (columns > CsvLimits.MaxColumns)
        {
            var limit = ShownValue.Of(CsvLimits.MaxColumns);
            error = CsvError.OfFile(CsvFault.TooManyColumns, $"The rows have more than {limit} columns.");
            return false;
        }

        CsvLines lines = new(file);
        lines.MoveNext();
        var isHeader = IsHeader(lines, columns, separatorByte);
        if (isHeader && lineCount == 1)
        {
            error = CsvError.At(CsvFault.HeaderOnly, lines.Number, 0, "there is a header and no row below it.");
            return false;
        }

        var header = isHeader ? ReadHeader(lines.Current, lines.Number, separatorByte) : null;
        var rows = isHeader ? lineCount - 1 : lineCount;
        if (rows > CsvLimits.MaxRows)
        {
            error = CsvError.OfFile(
                CsvFault.TooManyRows,
                $"The file has {ShownValue.Of(rows)} rows; {ShownValue.Of(CsvLimits.MaxRows)} are allowed.");
            return false;
        }

        layout = new CsvLayout(separator, columns, header, rows, widths.FittingRows(isHeader));
        return true;
    }

    private static CsvError? CheckBytes(ReadOnlySpan<byte> file)
    {
        if (file.Length > CsvLimits.MaxBytes)
        {
            return CsvError.OfFile(
                CsvFault.TooManyBytes,
                $"The file has {ShownValue.Of(file.Length)} bytes; {ShownValue.Of(CsvLimits.MaxBytes)} are allowed.");
        }

        if (!new CsvLines(file).MoveNext()) return CsvError.OfFile(CsvFault.Empty, "The file is empty.");
        var nul = file.IndexOf((byte)0);
        if (nul >= 0)
        {
            return CsvError.At(CsvFault.NulByte, LineOf(file, nul), 0, "a NUL byte; save the file as UTF-8 text.");
        }

        if (Utf8.IsValid(file)) return null;
        var bad = 0;
        while (Rune.DecodeFromUtf8(file[bad..], out _, out var used) == System.Buffers.OperationStatus.Done)
        {
            bad += used;
        }

        return CsvError.At(CsvFault.NotUtf8, LineOf(file, bad), 0, "bytes that are no UTF-8; save the file as UTF-8.");
    }

    private static int LineOf(ReadOnlySpan<byte> file, int offset) => file[..offset].Count((byte)'\n') + 1;

    private static bool TryFindSeparator(
        ReadOnlySpan<byte> file,
        out CsvSeparator separator,
        out int lineCount,
        [NotNullWhen(false)] out CsvError? error)
    {
        int commas = 0, semicolons = 0, tabs = 0;
        separator = CsvSeparator.Comma;
        lineCount = 0;
        CsvLines lines = new(file);
        while (lines.MoveNext())
        {
            lineCount++;
            if (lines.Current.Contains((byte)',')) commas++;
            if (lines.Current.Contains((byte)';')) semicolons++;
            if (lines.Current.Contains((byte)'\t')) tabs++;
        }

        var half = lineCount / 2;
        if ((commas > half ? 1 : 0) + (semicolons > half ? 1 : 0) + (tabs > half ? 1 : 0) > 1)
        {
            error = CsvError.OfFile(
                CsvFault.MixedSeparators,
                "Most lines hold two of comma, semicolon and tab: use one separator, and a point for decimals.");
            return false;
        }

        if (semicolons > commas) separator = CsvSeparator.Semicolon;
        if (tabs > Math.Max(commas, semicolons)) separator = CsvSeparator.Tab;
        error = null;
        return true;
    }

    private static bool IsHeader(CsvLines first, int columns, byte separator)
    {
        if (CsvCells.Count(first.Current, separator) != columns) return true;
        CsvCells cells = new(first.Current, separator);
        while (cells.MoveNext())
        {
            if (CsvNumber.IsNumberLike(cells.Current)) continue;
            // A word in the last column is a label of the first row, unless all other rows have numbers there.
            return cells.Number < columns || OtherRowsEndInNumbers(first, separator);
        }

        return false;
    }

    private static bool OtherRowsEndInNumbers(CsvLines lines, byte separator)
    {
        var any = false;
        while (lines.MoveNext())
        {
            CsvCells cells = new(lines.Current, separator);
            while (cells.MoveNext())
            {
            }

            if (!CsvNumber.IsNumberLike(cells.Current)) return false;
            any = true;
        }

        return any;
    }

    /// <summary>Reads "rows,features,class names" where the line says so; the names must be different words.</summary>
    private static CsvHeader ReadHeader(ReadOnlySpan<byte> line, int number, byte separator)
    {
        var shown = ShownValue.Plain(line, HeaderShownChars);
        var plain = new CsvHeader(number, shown, null, null, []);
        long rows = -1, features = -1;
        List<string> names = [];
        CsvCells cells = new(line, separator);
        while (cells.MoveNext())
        {
            var cell = cells.Current;
            if (cells.Number == 1 && !TryCount(cell, out rows)) return plain;
            if (cells.Number == 2 && !TryCount(cell, out features)) return plain;
            if (cells.Number <= 2) continue;
            if (names.Count == CsvLimits.MaxClasses || CsvNumber.IsNumberLike(cell)) return plain;
            if (ClassLabels.Check(cell) is not null) return plain;
            names.Add(Encoding.UTF8.GetString(cell));
        }

        var different = names.Distinct(StringComparer.Ordinal).Count() == names.Count;
        if (cells.IsQuotingBad || names.Count == 0 || !different) return plain;
        return new CsvHeader(number, shown, rows, features, names);
    }

    private static bool TryCount(ReadOnlySpan<byte> cell, out long value) =>
        long.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary>How many lines have how many cells, and which count is the rows'.</summary>
    private readonly ref struct WidthCount
    {
        private readonly int[] _counts = new int[CsvLimits.MaxColumns + 2];
        private readonly int _firstWidth;

        public WidthCount(ReadOnlySpan<byte> file, byte separator, int lineCount)
        {
            CsvLines lines = new(file);
            lines.MoveNext();
            _firstWidth = CsvCells.Count(lines.Current, separator);
            Columns = _firstWidth;
            if (lineCount == 1) return;
            // The first line may be a header, so it has no voice unless there is a draw.
            var order = new List<int>();
            while (lines.MoveNext())
            {
                var width = CsvCells.Count(lines.Current, separator);
                if (_counts[width]++ == 0) order.Add(width);
            }

            var best = _counts.Max();
            if (_counts[_firstWidth] == best) return;
            foreach (var width in order)
            {
                if (_counts[width] != best) continue;
                Columns = width;
                break;
            }
        }

        public int Columns { get; }

        public int FittingRows(bool firstIsHeader) =>
            _counts[Columns] + (!firstIsHeader && _firstWidth == Columns ? 1 : 0);
    }
}
