using System.Text;
using Aitbc.Primitives;
using Aitbc.Workloads.Csv;
using Aitbc.Workloads.Specs;

namespace Aitbc.Workloads.Tests.Curation;

public sealed class DataCuratorTests
{
    [Theory]
    [InlineData("digits.csv", 1437)]
    [InlineData("breast-cancer.csv", 569)]
    public void Run_RealData_PutsEveryRowInExactlyOnePart(string file, int rows)
    {
        var result = Jobs.Result(Jobs.Curate(RepositoryData.Named(file)));
        Assert.Equal(["dataset", "train", "held-out"], result.Outputs.Select(blob => blob.Name));
        Assert.Null(result.QualityPpm);
        var source = Read(RepositoryData.Named(file));
        var train = Read(result.Outputs[1].Bytes);
        var heldOut = Read(result.Outputs[2].Bytes);
        Assert.Equal(rows, train.RowCount + heldOut.RowCount);
        Assert.Equal(Rows(source).Order(), Rows(train).Concat(Rows(heldOut)).Order());
        Assert.Equal(source.Classes, train.Classes);
        Assert.Equal(source.Classes, heldOut.Classes);
    }

    [Theory]
    [InlineData("digits.csv")]
    [InlineData("breast-cancer.csv")]
    public void Run_RealData_SplitsEveryClassAlike(string file)
    {
        var heldOut = Read(Jobs.Result(Jobs.Curate(RepositoryData.Named(file))).Outputs[2].Bytes);
        var source = Read(RepositoryData.Named(file));
        foreach (var label in Enumerable.Range(0, source.Classes.Count))
        {
            Assert.Equal((int)Math.Round(CountOf(source, label) * 0.2), CountOf(heldOut, label));
        }
    }

    [Fact]
    public void Run_RealData_ReportNamesPartsByDigest()
    {
        var result = Jobs.Result(Jobs.Curate(RepositoryData.BreastCancer));
        var report = Jobs.Json(result.Report);
        Assert.Equal(result.Primary.Bytes.ToArray(), result.Report.ToArray());
        Assert.Equal(Digest.Sha256(RepositoryData.BreastCancer).ToString(), report.GetProperty("source").GetString());
        var (train, heldOut) = (report.GetProperty("train"), report.GetProperty("heldOut"));
        Assert.Equal(result.Outputs[1].Digest.ToString(), train.GetProperty("digest").GetString());
        Assert.Equal(result.Outputs[2].Digest.ToString(), heldOut.GetProperty("digest").GetString());
        Assert.Equal(Digest.Sha256(result.Outputs[1].Bytes.Span), result.Outputs[1].Digest);
        Assert.Equal(0, report.GetProperty("dropped").GetProperty("rows").GetInt32());
        var header = report.GetProperty("table").GetProperty("header");
        Assert.Equal("569,30,malignant,benign", header.GetProperty("text").GetString());
        Assert.Equal("malignant", report.GetProperty("classes")[0].GetProperty("name").GetString());
    }

    [Fact]
    public void Run_DirtyTable_SaysWhatWasDroppedAndWhy()
    {
        var text = "1,2,a\n1,3,b\n1,2.0,a\n,9,a\n1,4,a\n1,5,b\n1,2,3,a\n1e0,2,a\n1,7,a\n1,8,b\n7,x,b\n2,2,b\n";
        var result = Jobs.Result(Jobs.Curate(Jobs.Bytes(text)));
        var dropped = Jobs.Json(result.Report).GetProperty("dropped");
        Assert.Equal(5, dropped.GetProperty("rows").GetInt32());
        var reasons = dropped.GetProperty("reasons").EnumerateArray().Select(reason => (
            reason.GetProperty("reason").GetString(),
            reason.GetProperty("rows").GetInt32(),
            string.Join(' ', reason.GetProperty("firstLines").EnumerateArray().Select(line => line.GetInt32()))));
        Assert.Equal(
            [("WrongColumnCount", 1, "7"), ("MissingValue", 1, "4"), ("NotANumber", 1, "11"), ("Duplicate", 2, "3 8")],
            reasons);
        Assert.Equal(7, Read(result.Outputs[1].Bytes).RowCount + Read(result.Outputs[2].Bytes).RowCount);
    }

    [Fact]
    public void Run_SameRowWithAnotherLabel_IsNoDuplicate()
    {
        var result = Jobs.Result(Jobs.Curate(Jobs.Bytes("1,1,a\n1,1,b\n2,2,a\n2,2,b\n")));
        Assert.Equal(0, Jobs.Json(result.Report).GetProperty("dropped").GetProperty("rows").GetInt32());
    }

    [Fact]
    public void Run_ExactlyHalfDropped_StillPasses()
    {
        var half = "1,1,a\n1,2,a\n1,3,b\n1,4,b\n,1,a\n,1,a\n,1,a\n,1,b\n";
        Jobs.Result(Jobs.Curate(Jobs.Bytes(half)));
        var failure = Jobs.Failure(Jobs.Curate(Jobs.Bytes(half + "1,1,a\n")), WorkloadFault.TooManyDropped);
        Assert.Contains("Of 9 rows 4 are bad and 1 repeat others", failure.Sentence, StringComparison.Ordinal);
        Assert.Contains("Line 5, column 1", failure.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1,1,a\n1,2,a\n1,3,a\n", WorkloadFault.TooFewClasses, "only \"a\"")]
    [InlineData("1,1,a\n", WorkloadFault.TooFewClasses, "only \"a\"")]
    [InlineData("1,1,a\n1,2,a\n1,3,b\n", WorkloadFault.TooFewRowsInClass, "\"b\"")]
    [InlineData("1,1,a\n1,2,a\n1,3,b\n1,3,b\n", WorkloadFault.TooFewRowsInClass, "\"b\"")]
    [InlineData("x,y,z\n,1,a\n", WorkloadFault.TooManyDropped, "more than half")]
    [InlineData("", WorkloadFault.BadTable, "empty")]
    [InlineData("a,b,c\n", WorkloadFault.BadTable, "no row")]
    public void Run_TooLittleLeft_SaysWhich(string text, WorkloadFault fault, string piece) =>
        Assert.Contains(piece, Jobs.Failure(Jobs.Curate(Jobs.Bytes(text)), fault).Sentence, StringComparison.Ordinal);

    [Fact]
    public void Run_SameSeed_SameBytes_OtherSeed_OtherSplit()
    {
        var one = Jobs.Result(Jobs.Curate(RepositoryData.Digits));
        var two = Jobs.Result(Jobs.Curate(RepositoryData.Digits));
        var other = Jobs.Result(Jobs.Curate(RepositoryData.Digits, spec => spec with { Seed = 2 }));
        Assert.Equal(one.Outputs.Select(blob => blob.Digest), two.Outputs.Select(blob => blob.Digest));
        Assert.NotEqual(one.Outputs[2].Digest, other.Outputs[2].Digest);
        Assert.NotEqual(
            Rows(Read(one.Outputs[2].Bytes)).Order(),
            Rows(Read(other.Outputs[2].Bytes)).Order());
    }

    [Fact]
    public void Run_SortedFile_IsShuffled()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 200; i++) text.Append(i).Append(',').Append(i < 100 ? "a" : "b").Append('\n');
        var train = Read(Jobs.Result(Jobs.Curate(Jobs.Bytes(text.ToString()))).Outputs[1].Bytes);
        var rows = Enumerable.Range(1, train.RowCount - 1);
        var changes = rows.Count(row => train.ClassOf(row) != train.ClassOf(row - 1));
        Assert.True(changes > 40, $"{changes} changes of class");
    }

    [Fact]
    public void Run_CuratedTrainPart_CanBeTrainedOnAndMeasuredWithTheHeldOutPart()
    {
        var curated = Jobs.Result(Jobs.Curate(RepositoryData.BreastCancer));
        var model = Jobs.Result(Jobs.Train(curated.Outputs[1].Bytes.ToArray())).Primary.Bytes.ToArray();
        var scored = Jobs.Result(Jobs.Infer(model, curated.Outputs[2].Bytes.ToArray()));
        Assert.InRange(scored.QualityPpm!.Value, 930_000u, 1_000_000u);
    }

    private static CsvTable Read(ReadOnlyMemory<byte> file)
    {
        var isRead = CsvReader.TryRead(file.Span, CsvLabelColumn.Required, out var table, out var error);
        Assert.True(isRead, error?.Sentence);
        return table!;
    }

    private static int CountOf(CsvTable table, int label) =>
        Enumerable.Range(0, table.RowCount).Count(row => table.ClassOf(row) == label);

    private static List<string> Rows(CsvTable table) =>
    [
        .. Enumerable.Range(0, table.RowCount)
            .Select(row => string.Join(' ', table.Features(row).ToArray()) + ":" + table.ClassOf(row)),
    ];
}
