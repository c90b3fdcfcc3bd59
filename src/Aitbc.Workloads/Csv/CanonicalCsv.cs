using System.Buffers;
using System.Globalization;
using System.Text;

namespace Aitbc.Workloads.Csv;

/// <summary>
/// Writes rows in the one form that has the same bytes for the same rows: UTF-8, comma, LF, shortest digits that
/// read back to the same double, label token last. A header is written only where it is needed: "rows,features,class
/// names" where the source named its classes, and column names where some labels are words and others numbers, so
/// that no reader can take a first row with a word for a header.
/// </summary>
internal static class CanonicalCsv
{
    /// <summary>Room for any double in its shortest form.</summary>
    private const int MaxNumberBytes = 32;

    public static byte[] Write(CsvTable table, ReadOnlySpan<int> rows)
    {
        var writer = new ArrayBufferWriter<byte>(1024);
        var names = table.Layout.Header?.ClassNames ?? [];
        var named = table.Classes.Any(label => label.Token != label.Name);
        if (named) WriteClassNames(writer, rows.Length, table.FeatureCount, names);
        else if (HasMixedLabels(table)) WriteColumnNames(writer, table.FeatureCount);
        var tokens = table.Classes.Select(label => Encoding.UTF8.GetBytes(label.Token + "\n")).ToArray();
        foreach (var row in rows)
        {
            foreach (var value in table.Features(row)) WriteNumber(writer, value);
            writer.Write(tokens[table.ClassOf(row)]);
        }

        return writer.WrittenSpan.ToArray();
    }

    private static bool HasMixedLabels(CsvTable table)
    {
        var numbers = table.Classes.Count(label => CsvNumber.IsNumberLike(Encoding.UTF8.GetBytes(label.Token)));
        return numbers > 0 && numbers < table.Classes.Count;
    }

    private static void WriteColumnNames(ArrayBufferWriter<byte> writer, int features)
    {
        for (var i = 1; i <= features; i++)
        {
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"f{i},"), writer);
        }

        writer.Write("label\n"u8);
    }

    private static void WriteClassNames(
        ArrayBufferWriter<byte> writer,
        int rows,
        int features,
        IReadOnlyList<string> names)
    {
        var start = string.Create(CultureInfo.InvariantCulture, $"{rows},{features},");
        Encoding.UTF8.GetBytes(start, writer);
        Encoding.UTF8.GetBytes(string.Join(',', names), writer);
        writer.Write("\n"u8);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> writer, double value)
    {
        var span = writer.GetSpan(MaxNumberBytes);
        if (!value.TryFormat(span, out var written, default, CultureInfo.InvariantCulture))
        {
            throw new InvalidOperationException("A double took more than 32 bytes.");
        }

        span[written] = (byte)',';
        writer.Advance(written + 1);
    }
}
