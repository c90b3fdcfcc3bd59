using System.Text;
using Aitbc.Workloads.Classifiers;
using Aitbc.Workloads.Specs;

namespace Aitbc.Workloads.Tests.Classifiers;

public sealed class TrainJobTests
{
    [Theory]
    [InlineData("digits.csv", ClassifierKind.Mlp, 950_000u)]
    [InlineData("digits.csv", ClassifierKind.Softmax, 940_000u)]
    [InlineData("breast-cancer.csv", ClassifierKind.Mlp, 930_000u)]
    [InlineData("breast-cancer.csv", ClassifierKind.Softmax, 930_000u)]
    public void Run_RealData_IsAccurateOnRowsItDidNotSee_WithEverySeed(string file, ClassifierKind kind, uint minimum)
    {
        foreach (var seed in Enumerable.Range(1, 5))
        {
            var result = Jobs.Result(Jobs.Train(
                RepositoryData.Named(file), spec => spec with { Kind = kind, Seed = seed }));
            Assert.True(result.QualityPpm >= minimum, $"{file} {kind} seed {seed}: {result.QualityPpm} ppm");
        }
    }

    [Fact]
    public void Run_Digits_ReportAddsUp()
    {
        var result = Jobs.Result(Jobs.Train(RepositoryData.Digits));
        var report = Jobs.Json(result.Report);
        var heldOut = report.GetProperty("heldOut");
        var confusion = heldOut.GetProperty("confusion").EnumerateArray()
            .Select(row => row.EnumerateArray().Select(cell => cell.GetInt32()).ToArray()).ToArray();
        Assert.Equal(288, heldOut.GetProperty("rows").GetInt32());
        Assert.Equal(1149, report.GetProperty("training").GetProperty("rows").GetInt32());
        Assert.Equal(288, confusion.Sum(row => row.Sum()));
        var right = Enumerable.Range(0, 10).Sum(label => confusion[label][label]);
        Assert.Equal(right, heldOut.GetProperty("right").GetInt32());
        Assert.Equal((uint)(right * 1_000_000L / 288), result.QualityPpm);
        Assert.Equal(result.QualityPpm, heldOut.GetProperty("accuracyPpm").GetUInt32());
        Assert.Equal("1", heldOut.GetProperty("majorityClass").GetString());
        Assert.Equal((uint)(confusion[1].Sum() * 1_000_000L / 288), heldOut.GetProperty("majorityPpm").GetUInt32());
        Assert.Equal(result.Primary.Digest.ToString(), report.GetProperty("model").GetProperty("digest").GetString());
    }

    [Fact]
    public void Run_LabelsThatAreNoise_ReachNoMoreThanChance()
    {
        // An honest measure must come out low where nothing can be learned; a leak would show as a high one.
        var random = new Primitives.SeededRandom(5);
        var text = new StringBuilder();
        for (var i = 0; i < 600; i++)
        {
            for (var j = 0; j < 20; j++) text.Append(random.NextInt32(1_000)).Append(',');
            text.Append(random.NextInt32(2)).Append('\n');
        }

        var result = Jobs.Result(Jobs.Train(Jobs.Bytes(text.ToString()), spec => spec with { Epochs = 300 }));
        Assert.InRange(result.QualityPpm!.Value, 350_000u, 650_000u);
        var training = Jobs.Json(result.Report).GetProperty("training").GetProperty("accuracyPpm").GetUInt32();
        Assert.True(training > 900_000, "The rows that it learned from must be known by heart.");
    }

    [Fact]
    public void Run_RowsThatRepeat_AreNeverOnBothSides()
    {
        // Labels are noise, but each row stands eight times: a split of single rows would let the model recite.
        var random = new Primitives.SeededRandom(6);
        var text = new StringBuilder();
        for (var i = 0; i < 100; i++)
        {
            var features = string.Join(',', Enumerable.Range(0, 20).Select(_ => random.NextInt32(1_000)));
            var row = $"{features},{random.NextInt32(2)}\n";
            for (var copy = 0; copy < 8; copy++) text.Append(row);
        }

        var result = Jobs.Result(Jobs.Train(Jobs.Bytes(text.ToString()), spec => spec with { HoldOut = new(400_000) }));
        Assert.InRange(result.QualityPpm!.Value, 250_000u, 750_000u);
        var report = Jobs.Json(result.Report);
        var learned = report.GetProperty("training").GetProperty("rows").GetInt32();
        Assert.Equal(800, learned + report.GetProperty("heldOut").GetProperty("rows").GetInt32());
    }

    [Fact]
    public void Run_FileSortedByClass_IsAsAccurate()
    {
        var lines = Encoding.UTF8.GetString(RepositoryData.Digits).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var sorted = string.Join('\n', lines.OrderBy(line => line[^1]).ThenBy(line => line, StringComparer.Ordinal));
        var result = Jobs.Result(Jobs.Train(Jobs.Bytes(sorted)));
        Assert.True(result.QualityPpm >= 950_000, $"{result.QualityPpm} ppm");
    }

    [Fact]
    public void Run_ConstantAndHugeFeatures_AreBorne()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 200; i++)
        {
            var label = i % 2;
            text.Append($"7,0,1e100,{(label == 0 ? "-1e100" : "1e100")},{i}e-300,{label},{label}\n");
        }

        var result = Jobs.Result(Jobs.Train(Jobs.Bytes(text.ToString())));
        Assert.Equal(1_000_000u, result.QualityPpm);
    }

    [Fact]
    public void Run_SameSpec_SameBytes_EvenWhenWarm()
    {
        // The runtime recompiles hot code with other instructions; the numbers must not notice.
        var digests = Enumerable.Range(0, 6)
            .Select(_ => Jobs.Result(Jobs.Train(RepositoryData.BreastCancer)).Primary.Digest).Distinct();
        Assert.Single(digests);
        var other = Jobs.Result(Jobs.Train(RepositoryData.BreastCancer, spec => spec with { Seed = 2 }));
        Assert.DoesNotContain(other.Primary.Digest, digests);
    }

    [Theory]
    [InlineData("digits.csv", ClassifierKind.Mlp, "vaBYm1470Y4ZRnLWagqz8Vr3HZgGIatwzJbOc6X62jQ")]
    [InlineData("digits.csv", ClassifierKind.Softmax, "l7JS9YF2SBQ5XvhLSf93nvfEo-W8ApewvIBSgROlCko")]
    [InlineData("breast-cancer.csv", ClassifierKind.Mlp, "cTmnaFK3K9fCulMNiSK43gIxZYfRCvOu2yf4Pbg7uRM")]
    [InlineData("breast-cancer.csv", ClassifierKind.Softmax, "nZCE7aCeErJVhRkYssPDgiba6EyHJpMXKYkT_WkIm94")]
    public void Run_OnAnyMachine_GivesTheModelWithThisDigest(string file, ClassifierKind kind, string digest)
    {
        // Frozen: the same with 512, 256 and 128 bit vectors and with none. Validators rely on it.
        var result = Jobs.Result(Jobs.Train(RepositoryData.Named(file), spec => spec with { Kind = kind }));
        Assert.Equal(digest, result.Primary.Digest.ToString());
    }

    [Theory]
    [InlineData("", WorkloadFault.BadTable)]
    [InlineData("1,2,0\n1,x,1\n", WorkloadFault.BadTable)]
    [InlineData("1,2,0\n", WorkloadFault.TooFewClasses)]
    [InlineData("1,2,0\n1,3,0\n", WorkloadFault.TooFewClasses)]
    [InlineData("1,2,0\n1,3,0\n1,4,1\n", WorkloadFault.TooFewRowsInClass)]
    [InlineData("1,2,0\n1,3,0\n1,4,1\n1,4,1\n", WorkloadFault.TooFewRowsInClass)]
    public void Run_HostileTable_Fails(string text, WorkloadFault fault) =>
        Jobs.Failure(Jobs.Train(Jobs.Bytes(text)), fault);

    [Fact]
    public void Run_SmallestTable_Works()
    {
        var result = Jobs.Result(Jobs.Train(Jobs.Bytes("1,0\n2,0\n11,1\n12,1\n")));
        Assert.Equal(2, Jobs.Json(result.Report).GetProperty("heldOut").GetProperty("rows").GetInt32());
    }

    [Fact]
    public void Run_BadRow_SaysWhere()
    {
        var failure = Jobs.Failure(Jobs.Train(Jobs.Bytes("1,2,0\n1,3,1\n1,zebra,1\n")), WorkloadFault.BadTable);
        Assert.Equal((3, 2), (failure.Table!.Line, failure.Table.Column));
    }

    [Fact]
    public void Run_WeightsThatGrowWithoutBound_GiveNoModel()
    {
        // No spec that can be read goes so far; the guard must hold for one that is built in code.
        var rows = RepositoryData.BreastCancer;
        var spec = new TrainSpec(Primitives.Digest.Sha256(rows)) { LearningRate = new(uint.MaxValue), Epochs = 2 };
        foreach (var kind in new[] { ClassifierKind.Mlp, ClassifierKind.Softmax })
        {
            var outcome = TrainJob.Run(spec with { Kind = kind }, rows, null, CancellationToken.None);
            Jobs.Failure(outcome, WorkloadFault.Diverged);
        }
    }

    [Fact]
    public void Run_ModelLargerThanABlobMayBe_Refuses()
    {
        var wide = string.Join(',', Enumerable.Range(0, 4_000));
        var rows = string.Concat(Enumerable.Range(0, 8).Select(i => $"{i},{wide},{i % 2}\n"));
        var failure = Jobs.Failure(
            Jobs.Train(Jobs.Bytes(rows), spec => spec with { HiddenSize = 1_024, Epochs = 1 }),
            WorkloadFault.ModelTooLarge);
        Assert.Contains("4,000,000 are allowed", failure.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_MoreArithmeticThanAJobMay_Refuses()
    {
        var rows = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i},{i % 7},{i % 2}\n"));
        Func<TrainSpec, TrainSpec> change = spec => spec with { HiddenSize = 1_024, Epochs = 1_000 };
        Jobs.Failure(Jobs.Train(Jobs.Bytes(rows), change), WorkloadFault.TooMuchWork);
    }
}
