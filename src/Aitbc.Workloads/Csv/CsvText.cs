using System.Globalization;
using System.Text;

namespace Aitbc.Workloads.Csv;

/// <summary>Line by line over a file's bytes: LF or CR LF, blank lines skipped, the last line end optional.</summary>
internal ref struct CsvLines
{
    private ReadOnlySpan<byte> _rest;

    public CsvLines(ReadOnlySpan<byte> file)
    {
        _rest = file.StartsWith("\uFEFF"u8) ? file[3..] : file;
        Current = default;
        Number = 0;
    }

    /// <summary>The line without its end.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Its number in the file from 1, blank lines counted.</summary>
    public int Number { get; private set; }

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf((byte)'\n');
            var line = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            Number++;
            if (line.EndsWith("\r"u8)) line = line[..^1];
            if (line.Trim(" \t"u8).IsEmpty) continue;
            Current = line;
            return true;
        }

        return false;
    }
}

/// <summary>
/// Cell by cell over one line. A cell may stand in double quotes, as RFC 4180 has it, but must end on its line: one
/// forgotten quote must not swallow the _rest of a file.
/// Source: RFC 4180, section 2.
/// </summary>
internal ref struct CsvCells
{
    private readonly byte _separator;
    private ReadOnlySpan<byte> _rest;
    private bool _more;

    public CsvCells(ReadOnlySpan<byte> line, byte separator)
    {
        _separator = separator;
        _rest = line;
        _more = true;
        Current = default;
        Number = 0;
        IsQuotingBad = false;
    }

    /// <summary>The cell without surrounding blanks and quotes; doubled quotes inside are left as they stand.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>The cell's number from 1.</summary>
    public int Number { get; private set; }

    /// <summary>True when a quote is unclosed, or stands where none may.</summary>
    public bool IsQuotingBad { get; private set; }

    public bool MoveNext()
    {
        if (!_more) return false;
        Number++;
        var blanks = _separator == (byte)'\t' ? " "u8 : " \t"u8;
        var start = _rest.TrimStart(blanks);
        if (!start.StartsWith("\""u8))
        {
            var end = _rest.IndexOf(_separator);
            Current = Take(_rest, end).Trim(blanks);
            IsQuotingBad |= Current.Contains((byte)'"');
            return true;
        }

        var close = CloseOf(start);
        if (close < 0)
        {
            IsQuotingBad = true;
            Current = start;
            _more = false;
            return true;
        }

        Current = start[1..close].Trim(blanks);
        var after = start[(close + 1)..];
        var next = after.IndexOf(_separator);
        IsQuotingBad |= !Take(after, next).Trim(blanks).IsEmpty;
        return true;
    }

    /// <summary>Counts the cells of a line, at most one past the column limit.</summary>
    public static int Count(ReadOnlySpan<byte> line, byte separator)
    {
        if (!line.Contains((byte)'"'))
        {
            return Math.Min(line.Count(separator), CsvLimits.MaxColumns) + 1;
        }

        var cells = new CsvCells(line, separator);
        while (cells.Number <= CsvLimits.MaxColumns && cells.MoveNext())
        {
        }

        return cells.Number;
    }

    private ReadOnlySpan<byte> Take(ReadOnlySpan<byte> from, int end)
    {
        _more = end >= 0;
        _rest = _more ? from[(end + 1)..] : default;
        return _more ? from[..end] : from;
    }

    private static int CloseOf(ReadOnlySpan<byte> quoted)
    {
        for (var i = 1; i < quoted.Length; i++)
        {
            if (quoted[i] != (byte)'"') continue;
            if (i + 1 < quoted.Length && quoted[i + 1] == (byte)'"') i++;
            else return i;
        }

        return -1;
    }
}

/// <summary>How a stranger's bytes are shown in a sentence.</summary>
internal static class ShownValue
{
    private const int MaxShownChars = 24;

    /// <summary>The value in quotes, at most 24 characters of it.</summary>
    public static string Of(ReadOnlySpan<byte> utf8) => $"\"{Plain(utf8, MaxShownChars)}\"";

    /// <summary>
    /// At most so many characters; whatever is no letter, digit, blank or ASCII sign becomes ?, so that neither a
    /// terminal escape nor a right-to-left mark gets through.
    /// </summary>
    public static string Plain(ReadOnlySpan<byte> utf8, int maxChars)
    {
        var text = new StringBuilder();
        while (!utf8.IsEmpty)
        {
            if (text.Length >= maxChars)
            {
                text.Append("...");
                break;
            }

            Rune.DecodeFromUtf8(utf8, out var rune, out var used);
            utf8 = utf8[used..];
            var plain = rune.IsAscii ? rune.Value is >= ' ' and <= '~' : Rune.IsLetterOrDigit(rune);
            if (plain) text.Append(rune.ToString());
            else text.Append('?');
        }

        return text.ToString();
    }

    /// <summary>The same for text that came out of JSON.</summary>
    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text.Length > 64 ? text[..64] : text));

    /// <summary>A count as people write it: 16,777,216.</summary>
    public static string Of(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
