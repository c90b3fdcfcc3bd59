using System.Text;
using Aitbc.Primitives;
using Aitbc.Workloads.Classifiers;
using Aitbc.Workloads.Csv;
using Aitbc.Workloads.Curation;
using Aitbc.Workloads.Specs;

namespace Aitbc.Workloads.Tests.Classifiers;

/// <summary>What the measuring rows hold must not be able to reach the model.</summary>
public sealed class LeakageTests
{
    private static readonly TrainSpec s_spec = new(Digest.Sha256(RepositoryData.BreastCancer)) { Epochs = 5 };

    [Fact]
    public void Other_features_in_the_held_out_rows_leave_the_model_as_it_is()
    {
        var (lines, heldOut) = SplitLines();
        foreach (var line in heldOut)
        {
            var cells = lines[line - 1].Split(',');
            for (var i = 0; i < cells.Length - 1; i++) cells[i] = $"{(line * 1_000) + i}";
            lines[line - 1] = string.Join(',', cells);
        }

        Assert.Equal(Train(RepositoryData.BreastCancer), Train(Jobs.Bytes(string.Join('\n', lines))));
    }

    [Fact]
    public void Other_features_in_one_training_row_change_the_model()
    {
        var (lines, heldOut) = SplitLines();
        var learned = Enumerable.Range(2, 569).First(line => !heldOut.Contains(line));
        lines[learned - 1] = "5" + lines[learned - 1];
        Assert.NotEqual(Train(RepositoryData.BreastCancer), Train(Jobs.Bytes(string.Join('\n', lines))));
    }

    [Fact]
    public void Permuted_labels_of_the_held_out_rows_leave_the_model_as_it_is()
    {
        // Labels decide the stratified split, so they are exchanged within the split that the file gives.
        var (lines, heldOut) = SplitLines();
        var table = Read(RepositoryData.BreastCancer);
        var split = Split(table);
        var zero = heldOut.First(line => lines[line - 1].EndsWith(",0", StringComparison.Ordinal));
        var one = heldOut.First(line => lines[line - 1].EndsWith(",1", StringComparison.Ordinal));
        lines[zero - 1] = lines[zero - 1][..^1] + "1";
        lines[one - 1] = lines[one - 1][..^1] + "0";
        var permuted = Read(Jobs.Bytes(string.Join('\n', lines)));
        Assert.Equal(Fit(table, split.Train), Fit(permuted, split.Train));
    }

    [Fact]
    public void Training_with_the_held_out_rows_gives_another_model()
    {
        var table = Read(RepositoryData.BreastCancer);
        var split = Split(table);
        Assert.NotEqual(Fit(table, split.Train), Fit(table, [.. split.Train, .. split.HeldOut]));
    }

    [Fact]
    public void The_parts_of_a_split_have_no_row_in_common_and_all_together()
    {
        var split = Split(Read(RepositoryData.Digits));
        Assert.Empty(split.Train.Intersect(split.HeldOut));
        Assert.Equal(Enumerable.Range(0, 1437), split.Train.Concat(split.HeldOut).Order());
    }

    [Fact]
    public void The_model_names_the_rows_it_learned_from_by_their_digest()
    {
        var table = Read(RepositoryData.BreastCancer);
        var split = Split(table);
        Assert.True(ClassifierModel.TryRead(Train(RepositoryData.BreastCancer), out var model, out _));
        Assert.Equal(Digest.Sha256(CanonicalCsv.Write(table, split.Train)), model.TrainedOn);
    }

    /// <summary>The file's lines and the numbers of those that the job holds out.</summary>
    private static (string[] Lines, HashSet<int> HeldOut) SplitLines()
    {
        var lines = Encoding.UTF8.GetString(RepositoryData.BreastCancer).TrimEnd('\n').Split('\n');
        var table = Read(RepositoryData.BreastCancer);
        return (lines, [.. Split(table).HeldOut.Select(table.LineOf)]);
    }

    private static RowSplit Split(CsvTable table)
    {
        var random = new SeededRandom((ulong)s_spec.Seed).Fork("classifier.split");
        var groups = new RowGroups(table, CancellationToken.None);
        Assert.Null(RowSplit.Try(table, groups, true, s_spec.HoldOut, random, out var split));
        return split;
    }

    private static byte[] Fit(CsvTable table, int[] rows)
    {
        Assert.Null(ClassifierTrainer.Fit(table.Select(rows), s_spec, null, out var model, CancellationToken.None));
        return model!.ToBytes();
    }

    private static byte[] Train(byte[] file) =>
        Jobs.Result(Jobs.Train(file, spec => s_spec with { TrainingSet = spec.TrainingSet })).Primary.Bytes.ToArray();

    private static CsvTable Read(byte[] file)
    {
        Assert.True(CsvReader.TryRead(file, CsvLabelColumn.Required, out var table, out var error), error?.Sentence);
        return table;
    }
}
