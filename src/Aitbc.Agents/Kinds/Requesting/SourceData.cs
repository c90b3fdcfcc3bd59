using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Workloads;
using Aitbc.Workloads.Csv;
using Aitbc.Workloads.Specs;

namespace Aitbc.Agents.Kinds.Requesting;

/// <summary>
/// A client's data set in two: rows that it gives to be curated and learnt from, and rows that it keeps back, class by
/// class, to measure models and predictions with. No row kept back, nor a copy of one, is among those given away, so
/// neither curator nor trainer ever saw one. Immutable.
/// </summary>
public sealed class SourceData
{
    /// <summary>Share of each class that is kept back: 15 %, at least one row.</summary>
    public static readonly Ratio KeptBackShare = Ratio.FromPpm(150_000);

    private const byte Comma = (byte)',';
    private const byte NewLine = (byte)'\n';

    private readonly ReadOnlyMemory<byte>[] rows;
    private readonly ClassLabel[] labels;

    private SourceData(ReadOnlyMemory<byte> given, ReadOnlyMemory<byte> keptBack, CsvTable table)
    {
        Given = given;
        KeptBack = keptBack;
        GivenDigest = Digest.Sha256(given.Span);
        KeptBackDigest = Digest.Sha256(keptBack.Span);
        Classes = table.Classes.Count;
        Features = table.FeatureCount;
        labels = [.. Enumerable.Range(0, table.RowCount).Select(row => table.Classes[table.ClassOf(row)])];
        rows = [.. Lines(keptBack).Skip(table.Layout.Header is null ? 0 : 1).Select(WithoutLabel)];
    }

    /// <summary>What is given away: the file as it came, bad rows and all, without the rows kept back.</summary>
    public ReadOnlyMemory<byte> Given { get; }

    /// <summary>SHA-256 of <see cref="Given"/>.</summary>
    public Digest GivenDigest { get; }

    /// <summary>The rows kept back, with labels, as canonical text.</summary>
    public ReadOnlyMemory<byte> KeptBack { get; }

    /// <summary>SHA-256 of <see cref="KeptBack"/>.</summary>
    public Digest KeptBackDigest { get; }

    /// <summary>Rows kept back.</summary>
    public int KeptBackRows => rows.Length;

    /// <summary>Classes among them.</summary>
    public int Classes { get; }

    /// <summary>Features of a row.</summary>
    public int Features { get; }

    /// <summary>Divides a data set.</summary>
    /// <param name="file">A table of numbers with the label last.</param>
    /// <param name="seed">Decides which rows are kept back, 0 to 2^53 - 1.</param>
    /// <param name="data">The parts, when the answer is true.</param>
    /// <param name="problem">One plain sentence, when the answer is false.</param>
    public static bool TryDivide(
        ReadOnlyMemory<byte> file,
        long seed,
        [NotNullWhen(true)] out SourceData? data,
        [NotNullWhen(false)] out string? problem)
    {
        data = null;
        var digest = Digest.Sha256(file.Span);
        var spec = new CurateSpec(digest) { Seed = seed, HoldOut = KeptBackShare };
        var outcome = WorkloadRunner.Run(
            WorkloadCapabilities.DataCurate,
            spec.ToBytes(),
            wanted => wanted == digest ? file : null,
            CancellationToken.None);
        if (outcome is WorkloadFailure failure)
        {
            problem = failure.Sentence;
            return false;
        }

        var keptBack = ((WorkloadResult)outcome).Outputs.Single(blob => blob.Name == "held-out").Bytes;
        if (!CsvReader.TryRead(keptBack.Span, CsvLabelColumn.Required, out var kept, out var error)
            || !CsvReader.TryReadGoodRows(file.Span, CsvLabelColumn.Required, out var all, out error))
        {
            problem = error.Sentence;
            return false;
        }

        data = new SourceData(Without(file, all, kept), keptBack, kept);
        problem = data.FindProblem();
        data = problem is null ? data : null;
        return problem is null;
    }

    /// <summary>Why what is given could not be curated or learnt from; null where it can. Tried, not guessed: with one
    /// pass of the smallest model.</summary>
    private string? FindProblem()
    {
        Dictionary<Digest, ReadOnlyMemory<byte>> blobs = new() { [GivenDigest] = Given };
        var outcome = Try(WorkloadCapabilities.DataCurate, new CurateSpec(GivenDigest).ToBytes(), blobs);
        if (outcome is WorkloadResult curated)
        {
            var train = curated.Outputs.Single(blob => blob.Name == "train");
            blobs.Add(train.Digest, train.Bytes);
            var spec = new TrainSpec(train.Digest) { Kind = Workloads.Classifiers.ClassifierKind.Softmax, Epochs = 1 };
            outcome = Try(WorkloadCapabilities.ClassifierTrain, spec.ToBytes(), blobs);
        }

        return outcome is WorkloadFailure failure
            ? $"After {KeptBackRows} rows were kept back to measure with, too little is left. {failure.Sentence}"
            : null;
    }

    private static WorkloadOutcome Try(Label job, byte[] spec, Dictionary<Digest, ReadOnlyMemory<byte>> blobs) =>
        WorkloadRunner.Run(
            job, spec, digest => blobs.TryGetValue(digest, out var bytes) ? bytes : null, CancellationToken.None);

    /// <summary>Rows of a request, drawn from those kept back, without their labels.</summary>
    /// <param name="request">Place in the demand.</param>
    /// <param name="count">How many rows, 1 or more.</param>
    public byte[] RowsOf(long request, int count)
    {
        using var text = new MemoryStream();
        foreach (var row in Draw(request, count))
        {
            text.Write(rows[row].Span);
            text.WriteByte(NewLine);
        }

        return text.ToArray();
    }

    /// <summary>Compares predictions with the labels kept back.</summary>
    /// <param name="request">Place in the demand.</param>
    /// <param name="count">How many rows it had.</param>
    /// <param name="predictions">One class name a line.</param>
    /// <returns>Rows predicted right, or null where it is not one known name a row.</returns>
    public int? CountRight(long request, int count, ReadOnlySpan<byte> predictions)
    {
        var lines = Encoding.UTF8.GetString(predictions).Split('\n');
        if (lines.Length != count + 1 || lines[^1].Length > 0)
        {
            return null;
        }

        return Draw(request, count).Zip(lines).Count(pair =>
            labels[pair.First].Name == pair.Second || labels[pair.First].Token == pair.Second);
    }

    private IEnumerable<int> Draw(long request, int count)
    {
        var random = new SeededRandom(KeptBackDigest.Prefix).Fork($"request/{request}");
        for (var i = 0; i < count; i++)
        {
            yield return random.NextInt32(rows.Length);
        }
    }

    /// <summary>The file without the lines whose row, by value, is kept back.</summary>
    private static byte[] Without(ReadOnlyMemory<byte> file, CsvTable all, CsvTable kept)
    {
        var keptRows = Enumerable.Range(0, kept.RowCount).Select(row => KeyOf(kept, row)).ToHashSet();
        var leftOut = Enumerable.Range(0, all.RowCount).Where(row => keptRows.Contains(KeyOf(all, row)))
            .Select(all.LineOf).ToHashSet();
        using var text = new MemoryStream(file.Length);
        var number = 0;
        foreach (var line in Lines(file))
        {
            if (!leftOut.Contains(++number))
            {
                text.Write(line.Span);
                text.WriteByte(NewLine);
            }
        }

        return text.ToArray();
    }

    private static Digest KeyOf(CsvTable table, int row)
    {
        var label = Encoding.UTF8.GetBytes(table.Classes[table.ClassOf(row)].Token);
        return Digest.Sha256([.. MemoryMarshal.AsBytes(table.Features(row)), .. label]);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> text)
    {
        while (!text.IsEmpty)
        {
            var end = text.Span.IndexOf(NewLine);
            yield return end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
        }
    }

    private static ReadOnlyMemory<byte> WithoutLabel(ReadOnlyMemory<byte> row) =>
        row[..row.Span.LastIndexOf(Comma)];
}
