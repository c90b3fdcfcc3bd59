using System.Globalization;
using System.Text;

namespace Aitbc.Workloads.Csv;

/// <summary>One class of a table or model.</summary>
/// <param name="Token">The label as it stands in the rows; numbers in one form, so that 01 and 1.0 are 1.</param>
/// <param name="Name">The name from the header where it gives one, else the token.</param>
public sealed record ClassLabel(string Token, string Name);

/// <summary>Collects the labels of a table and puts the classes in one order, whatever the order of the rows.</summary>
internal sealed class ClassLabels
{
    /// <summary>Beyond 15 digits a double does not tell all whole numbers apart; such a label stays as it is.</summary>
    private const int MaxNumericLabelBytes = 15;

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<string> _tokens = [];

    public int Count => _tokens.Count;

    /// <summary>Null when the cell may be a label, else why not.</summary>
    public static CsvFault? Check(ReadOnlySpan<byte> cell)
    {
        if (CsvNumber.IsMissing(cell)) return CsvFault.MissingLabel;
        if (cell.Length > CsvLimits.MaxLabelBytes) return CsvFault.BadLabel;
        while (!cell.IsEmpty)
        {
            // Separators, quotes and controls are refused so that a label can be written back without quoting, and
            // invisible characters so that two classes never look the same.
            if (Rune.DecodeFromUtf8(cell, out var rune, out var used) != System.Buffers.OperationStatus.Done)
            {
                return CsvFault.BadLabel;
            }

            var forbidden = rune.Value is ',' or ';' or '"' || Rune.IsControl(rune)
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.PrivateUse
                    or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator;
            if (forbidden) return CsvFault.BadLabel;
            cell = cell[used..];
        }

        return null;
    }

    /// <summary>The class number of a checked label, in order of first appearance.</summary>
    public int Add(ReadOnlySpan<byte> cell)
    {
        Span<char> buffer = stackalloc char[CsvLimits.MaxLabelBytes];
        var length = Encoding.UTF8.GetChars(cell, buffer);
        ReadOnlySpan<char> text = buffer[..length];
        if (NeedsNormalising(text) && TryNumber(text, out var number))
        {
            text = (number == 0 ? 0 : number).ToString("R", CultureInfo.InvariantCulture);
        }

        var lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(text, out var id)) return id;
        id = _tokens.Count;
        _tokens.Add(text.ToString());
        lookup[text] = id;
        return id;
    }

    /// <summary>
    /// The classes in their final order, numbers by value where all labels are numbers and else by ordinal
    /// comparison, and for each number that <see cref="Add"/> gave its place in that order.
    /// </summary>
    public (ClassLabel[] Classes, int[] Places) Sort(IReadOnlyList<string> headerNames)
    {
        var order = Enumerable.Range(0, _tokens.Count).ToArray();
        var numeric = _tokens.TrueForAll(token => TryNumber(token, out _));
        Array.Sort(order, (a, b) => Compare(_tokens[a], _tokens[b], numeric));
        var named = _tokens.TrueForAll(token => IndexOf(token) is { } index && index < headerNames.Count);
        var classes = new ClassLabel[order.Length];
        var places = new int[order.Length];
        for (var place = 0; place < order.Length; place++)
        {
            var token = _tokens[order[place]];
            classes[place] = new ClassLabel(token, named ? headerNames[IndexOf(token)!.Value] : token);
            places[order[place]] = place;
        }

        return (classes, places);
    }

    /// <summary>The one order of classes, used by tables and models alike.</summary>
    public static bool AreSorted(IReadOnlyList<ClassLabel> classes)
    {
        var numeric = classes.All(label => TryNumber(label.Token, out _));
        for (var i = 1; i < classes.Count; i++)
        {
            if (Compare(classes[i - 1].Token, classes[i].Token, numeric) >= 0) return false;
        }

        return true;
    }

    private static int Compare(string a, string b, bool numeric)
    {
        if (!numeric) return string.CompareOrdinal(a, b);
        TryNumber(a, out var left);
        TryNumber(b, out var right);
        var byValue = left.CompareTo(right);
        return byValue != 0 ? byValue : string.CompareOrdinal(a, b);
    }

    private static int? IndexOf(string token) =>
        int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    private static bool NeedsNormalising(ReadOnlySpan<char> text) =>
        text.Length > 1 && text[0] is '+' or '-' or '.' or (>= '0' and <= '9') && text.Length <= MaxNumericLabelBytes;

    private static bool TryNumber(ReadOnlySpan<char> text, out double value)
    {
        value = 0;
        const NumberStyles Styles =
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!StartsAsNumber(text)) return false;
        return double.TryParse(text, Styles, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    private static bool StartsAsNumber(ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty && text[0] is '+' or '-') text = text[1..];
        return !text.IsEmpty && text[0] is '.' or (>= '0' and <= '9');
    }
}
