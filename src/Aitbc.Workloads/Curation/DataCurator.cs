using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Workloads.Csv;
using Aitbc.Workloads.Reports;
using Aitbc.Workloads.Specs;

namespace Aitbc.Workloads.Curation;

/// <summary>
/// The <c>data.curate</c> job: drop bad rows, drop repeats, shuffle, split class by class, write both parts in their
/// canonical form, and say what was dropped and why.
/// </summary>
internal static class DataCurator
{
    private const string Format = "aitbc.dataset";

    public static WorkloadOutcome Run(CurateSpec spec, ReadOnlyMemory<byte> source, CancellationToken cancellation)
    {
        const CsvLabelColumn Labels = CsvLabelColumn.Required;
        if (!CsvReader.TryRead(source.Span, Labels, dropBadRows: true, out var table, out var error, cancellation))
        {
            return new WorkloadFailure(WorkloadFault.BadTable, error.Sentence, error);
        }

        var groups = new RowGroups(table, cancellation);
        var duplicates = table.RowCount - groups.Count;
        var dropped = table.Dropped.Total + duplicates;
        // In this order the arithmetic cannot overflow and exactly half still passes.
        if (dropped > table.Layout.Rows - dropped) return TooManyDropped(table, duplicates);
        cancellation.ThrowIfCancellationRequested();
        var random = new SeededRandom((ulong)spec.Seed).Fork("data.curate");
        var failure = RowSplit.Try(table, groups, withRepeats: false, spec.HoldOut, random, out var split);
        if (failure is not null) return failure;
        cancellation.ThrowIfCancellationRequested();
        var train = new NamedBlob("train", CanonicalCsv.Write(table, split.Train));
        var heldOut = new NamedBlob("held-out", CanonicalCsv.Write(table, split.HeldOut));
        var report = ReportJson.Write(Format, json =>
        {
            json.WriteString("source", spec.Source.ToString());
            ReportJson.WriteLayout(json, table.Layout);
            json.WriteNumber("seed", spec.Seed);
            json.WriteNumber("holdOutPpm", spec.HoldOut.Ppm);
            json.WriteNumber("features", table.FeatureCount);
            WriteClasses(json, table, split);
            WritePart(json, "train", train, split.Train.Length);
            WritePart(json, "heldOut", heldOut, split.HeldOut.Length);
            WriteDropped(json, table, groups);
        });
        return new WorkloadResult([new NamedBlob("dataset", report), train, heldOut], report, quality: null);
    }

    private static WorkloadFailure TooManyDropped(CsvTable table, int duplicates)
    {
        var reasons = table.Dropped.Reasons.OrderByDescending(reason => reason.Rows).ToList();
        var worst = reasons.Count == 0 ? "" : $" For example: {reasons[0].Example}";
        var rows = ShownValue.Of(table.Layout.Rows);
        return new WorkloadFailure(
            WorkloadFault.TooManyDropped,
            $"Of {rows} rows {ShownValue.Of(table.Dropped.Total)} are bad and {ShownValue.Of(duplicates)} repeat "
            + $"others; more than half would be dropped.{worst}");
    }

    private static void WriteClasses(Utf8JsonWriter json, CsvTable table, RowSplit split)
    {
        var train = Count(table, split.Train);
        var heldOut = Count(table, split.HeldOut);
        json.WriteStartArray("classes");
        for (var label = 0; label < table.Classes.Count; label++)
        {
            json.WriteStartObject();
            json.WriteString("label", table.Classes[label].Token);
            json.WriteString("name", table.Classes[label].Name);
            json.WriteNumber("trainRows", train[label]);
            json.WriteNumber("heldOutRows", heldOut[label]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static int[] Count(CsvTable table, int[] rows)
    {
        var counts = new int[table.Classes.Count];
        foreach (var row in rows) counts[table.ClassOf(row)]++;
        return counts;
    }

    private static void WritePart(Utf8JsonWriter json, string name, NamedBlob blob, int rows)
    {
        json.WriteStartObject(name);
        json.WriteString("digest", blob.Digest.ToString());
        json.WriteNumber("bytes", blob.Bytes.Length);
        json.WriteNumber("rows", rows);
        json.WriteEndObject();
    }

    private static void WriteDropped(Utf8JsonWriter json, CsvTable table, RowGroups groups)
    {
        var repeats = groups.Repeats().Select(table.LineOf).ToArray();
        json.WriteStartObject("dropped");
        json.WriteNumber("rows", table.Dropped.Total + repeats.Length);
        json.WriteStartArray("reasons");
        foreach (var reason in table.Dropped.Reasons)
        {
            WriteReason(json, reason.Reason.ToString(), reason.Rows, reason.FirstLines, reason.Example);
        }

        if (repeats.Length > 0)
        {
            var shown = repeats.Take(DroppedRows.MaxLinesShown).ToArray();
            WriteReason(json, "Duplicate", repeats.Length, shown, $"Line {shown[0]}: the same row stands above.");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteReason(
        Utf8JsonWriter json,
        string reason,
        int rows,
        IReadOnlyList<int> firstLines,
        string example)
    {
        json.WriteStartObject();
        json.WriteString("reason", reason);
        json.WriteNumber("rows", rows);
        json.WriteStartArray("firstLines");
        foreach (var line in firstLines) json.WriteNumberValue(line);
        json.WriteEndArray();
        json.WriteString("example", example);
        json.WriteEndObject();
    }
}
