using System.Text;
using Aitbc.Workloads.Specs;

namespace Aitbc.Workloads.Tests.Classifiers;

public sealed class InferJobTests
{
    private static readonly Lazy<byte[]> s_model = new(
        () => Jobs.Result(Jobs.Train(RepositoryData.BreastCancer)).Primary.Bytes.ToArray());

    private static readonly Lazy<byte[]> s_toyModel = new(() => Toy("a", "b"));

    [Fact]
    public void Run_RowsWithLabels_NamesAClassForEachAndScores()
    {
        var result = Jobs.Result(Jobs.Infer(s_model.Value, RepositoryData.BreastCancer));
        var lines = Jobs.Lines(result.Primary.Bytes);
        Assert.Equal(569, lines.Length);
        Assert.All(lines, line => Assert.Contains(line, new[] { "malignant", "benign" }));
        var report = Jobs.Json(result.Report);
        var predicted = report.GetProperty("predicted").EnumerateArray().Select(count => count.GetInt32()).ToArray();
        Assert.Equal([lines.Count(line => line == "malignant"), lines.Count(line => line == "benign")], predicted);
        Assert.Equal(result.QualityPpm, report.GetProperty("score").GetProperty("accuracyPpm").GetUInt32());
        Assert.InRange(result.QualityPpm!.Value, 960_000u, 1_000_000u);
    }

    [Fact]
    public void Run_RowsWithoutLabels_PredictsTheSameAndMeasuresNothing()
    {
        var unlabelled = string.Join('\n', Lines().Skip(1).Select(line => line[..line.LastIndexOf(',')]));
        var without = Jobs.Result(Jobs.Infer(s_model.Value, Jobs.Bytes(unlabelled)));
        var with = Jobs.Result(Jobs.Infer(s_model.Value, RepositoryData.BreastCancer));
        Assert.Equal(with.Primary.Digest, without.Primary.Digest);
        Assert.Null(without.QualityPpm);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, Jobs.Json(without.Report).GetProperty("score").ValueKind);
    }

    [Fact]
    public void Run_ScoreFalse_NeverLooksAtTheLabels()
    {
        var rows = Lines().Skip(1).Select((line, i) => line[..line.LastIndexOf(',')] + $",\u0007{i}");
        var wild = string.Join('\n', rows);
        var result = Jobs.Result(Jobs.Infer(s_model.Value, Jobs.Bytes(wild), score: false));
        Assert.Null(result.QualityPpm);
        Assert.Equal(
            Jobs.Result(Jobs.Infer(s_model.Value, RepositoryData.BreastCancer)).Primary.Digest,
            result.Primary.Digest);
        Jobs.Failure(Jobs.Infer(s_model.Value, Jobs.Bytes(wild)), WorkloadFault.BadTable);
    }

    [Fact]
    public void Run_LabelsSwapped_ScoreFalls()
    {
        var swapped = Lines().Select((line, i) => i == 0 ? line : line[..^1] + (line[^1] == '0' ? '1' : '0'));
        var result = Jobs.Result(Jobs.Infer(s_model.Value, Jobs.Bytes(string.Join('\n', swapped))));
        Assert.InRange(result.QualityPpm!.Value, 0u, 40_000u);
    }

    [Fact]
    public void Run_NamesDealtOutDifferently_AreMatchedByName()
    {
        var swapped = Lines().Select((line, i) =>
            i == 0 ? "569,30,benign,malignant" : line[..^1] + (line[^1] == '0' ? '1' : '0'));
        var result = Jobs.Result(Jobs.Infer(s_model.Value, Jobs.Bytes(string.Join('\n', swapped))));
        Assert.InRange(result.QualityPpm!.Value, 960_000u, 1_000_000u);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("malignant,benign")]
    public void Run_LabelsWithoutHeader_AreMatchedByTokenOrName(string? names)
    {
        var given = names?.Split(',') ?? ["0", "1"];
        var rows = Lines().Skip(1).Select(line => line[..^1] + given[line[^1] - '0']);
        var result = Jobs.Result(Jobs.Infer(s_model.Value, Jobs.Bytes(string.Join('\n', rows))));
        Assert.InRange(result.QualityPpm!.Value, 960_000u, 1_000_000u);
    }

    [Theory]
    [InlineData("1\n", WorkloadFault.RowsDoNotFitModel, "1 columns")]
    [InlineData("1,2,3,a\n1,2,3,b\n", WorkloadFault.RowsDoNotFitModel, "4 columns")]
    [InlineData("1,2,c\n1,2,d\n", WorkloadFault.LabelsDoNotFitModel, "\"c\", \"d\"")]
    [InlineData("1,x\n", WorkloadFault.BadTable, "Line 1, column 2")]
    [InlineData("1,2\n1,x\n", WorkloadFault.BadTable, "Line 2, column 2")]
    [InlineData("1,2\n1,1e999\n", WorkloadFault.BadTable, "out of range")]
    [InlineData("1,2,a\n1,2,\n", WorkloadFault.BadTable, "label is missing")]
    [InlineData("", WorkloadFault.BadTable, "empty")]
    public void Run_HostileRows_SaysWhatDoesNotFit(string rows, WorkloadFault fault, string piece) =>
        Assert.Contains(
            piece,
            Jobs.Failure(Jobs.Infer(s_toyModel.Value, Jobs.Bytes(rows)), fault).Sentence,
            StringComparison.Ordinal);

    [Fact]
    public void Run_SomeLabelsUnknown_CountAsWrongAndAreCounted()
    {
        var result = Jobs.Result(Jobs.Infer(s_toyModel.Value, Jobs.Bytes("0,0,a\n100,0,b\n100,0,c\n0,0,d\n")));
        Assert.Equal(500_000u, result.QualityPpm);
        Assert.Equal(2, Jobs.Json(result.Report).GetProperty("score").GetProperty("unknownLabels").GetInt32());
    }

    [Fact]
    public void Run_OneRow_IsEnough()
    {
        Assert.Equal("b\n", Predict("100,0"));
        Assert.Equal("a\n", Predict("-1e100,3"));

        static string Predict(string rows) =>
            Jobs.Text(Jobs.Result(Jobs.Infer(s_toyModel.Value, Jobs.Bytes(rows))).Primary.Bytes);
    }

    [Fact]
    public void Run_CorruptModel_Refuses()
    {
        var corrupt = s_toyModel.Value.ToArray();
        corrupt[^40] ^= 1;
        var failure = Jobs.Failure(Jobs.Infer(corrupt, Jobs.Bytes("1,2\n")), WorkloadFault.BadModel);
        Assert.Contains("checksum", failure.Sentence, StringComparison.Ordinal);
    }

    /// <summary>A model of two features that tells a small first feature from a large one.</summary>
    private static byte[] Toy(string small, string large)
    {
        var text = new StringBuilder();
        for (var i = 0; i < 60; i++) text.Append($"{(i % 2 * 100) + (i % 5)},{i % 7},{(i % 2 == 0 ? small : large)}\n");
        Func<TrainSpec, TrainSpec> change = spec => spec with { HiddenSize = 4 };
        return Jobs.Result(Jobs.Train(Jobs.Bytes(text.ToString()), change)).Primary.Bytes.ToArray();
    }

    private static string[] Lines() => Encoding.UTF8.GetString(RepositoryData.BreastCancer).TrimEnd('\n').Split('\n');
}
