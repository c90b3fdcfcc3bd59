using Aitbc.Primitives;
using Aitbc.Workloads.Classifiers;
using Aitbc.Workloads.Csv;
using Aitbc.Workloads.Curation;
using Aitbc.Workloads.Specs;

namespace Aitbc.Workloads.Tests;

public sealed class WorkloadRunnerTests
{
    private static readonly byte[] s_rows = Jobs.Bytes("1,a\n2,a\n3,a\n11,b\n12,b\n13,b\n");

    [Fact]
    public void Run_CapabilityThatNothingComputes_SaysSo()
    {
        var failure = Jobs.Failure(Jobs.Run(Label.Parse("video.render"), []), WorkloadFault.UnknownCapability);
        Assert.Contains("video.render", failure.Sentence, StringComparison.Ordinal);
        Jobs.Failure(Jobs.Run(Label.Empty, []), WorkloadFault.UnknownCapability);
    }

    [Fact]
    public void Run_SpecOfAnotherCapability_Refuses()
    {
        var spec = new CurateSpec(Digest.Sha256(s_rows)).ToBytes();
        Jobs.Failure(Jobs.Run(WorkloadCapabilities.ClassifierTrain, spec, s_rows), WorkloadFault.BadSpec);
        Jobs.Failure(Jobs.Run(WorkloadCapabilities.ClassifierInfer, spec, s_rows), WorkloadFault.BadSpec);
        Jobs.Failure(Jobs.Run(WorkloadCapabilities.DataCurate, Jobs.Bytes("{"), s_rows), WorkloadFault.BadSpec);
    }

    [Fact]
    public void Run_BlobNotToBeHad_NamesIt()
    {
        var missing = Digest.Sha256("nowhere"u8);
        foreach (var (capability, spec) in Specs(missing))
        {
            var failure = Jobs.Failure(Jobs.Run(capability, spec), WorkloadFault.InputMissing);
            Assert.Contains(missing.ToString(), failure.Sentence, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Run_BlobThatIsAnother_Refuses()
    {
        foreach (var (capability, spec) in Specs(Digest.Sha256("what was promised"u8)))
        {
            var outcome = WorkloadRunner.Run(capability, spec, _ => s_rows, CancellationToken.None);
            Jobs.Failure(outcome, WorkloadFault.InputTampered);
        }
    }

    [Fact]
    public void Run_AlreadyCancelled_StartsNothing()
    {
        foreach (var (capability, spec) in Specs(Digest.Sha256(s_rows)))
        {
            var outcome = WorkloadRunner.Run(
                capability, spec, _ => throw new InvalidOperationException("asked"), new CancellationToken(true));
            Jobs.Failure(outcome, WorkloadFault.Cancelled);
        }
    }

    [Fact]
    public void Run_CancelledWhileTraining_Ends()
    {
        using var source = new CancellationTokenSource();
        var last = 0;
        var spec = new TrainSpec(Digest.Sha256(RepositoryData.Digits)) { Epochs = 500 };
        var outcome = WorkloadRunner.Run(
            WorkloadCapabilities.ClassifierTrain,
            spec.ToBytes(),
            _ => RepositoryData.Digits,
            progress =>
            {
                last = progress.Done;
                if (progress.Done == 3) source.Cancel();
            },
            source.Token);
        Jobs.Failure(outcome, WorkloadFault.Cancelled);
        Assert.Equal(3, last);
    }

    [Fact]
    public void Cancelled_EveryLongLoop_Ends()
    {
        var cancelled = new CancellationToken(true);
        var file = RepositoryData.Requests;
        Assert.True(CsvReader.TryRead(file, CsvLabelColumn.Required, out var table, out var error), error?.Sentence);
        Assert.True(ClassifierModel.TryRead(Jobs.Result(Jobs.Train(s_rows)).Primary.Bytes.Span, out var model, out _));
        Assert.True(CsvReader.TryRead("1\n2\n"u8, CsvLabelColumn.Absent, out var rows, out error), error?.Sentence);
        Assert.Throws<OperationCanceledException>(() =>
            CsvReader.TryRead(file, CsvLabelColumn.Required, dropBadRows: true, out _, out _, cancelled));
        Assert.Throws<OperationCanceledException>(() => new RowGroups(table, cancelled));
        Assert.Throws<OperationCanceledException>(() => model.Predict(rows, cancelled));
    }

    [Fact]
    public void Run_EmptyMemoryForAnotherDigest_IsMissing()
    {
        // What "found ? bytes : null" gives where the compiler turns the null into an empty memory.
        var spec = new CurateSpec(Digest.Sha256(s_rows)).ToBytes();
        var outcome = WorkloadRunner.Run(
            WorkloadCapabilities.DataCurate, spec, _ => ReadOnlyMemory<byte>.Empty, CancellationToken.None);
        Jobs.Failure(outcome, WorkloadFault.InputMissing);
        spec = new CurateSpec(Digest.Sha256([])).ToBytes();
        outcome = WorkloadRunner.Run(
            WorkloadCapabilities.DataCurate, spec, _ => ReadOnlyMemory<byte>.Empty, CancellationToken.None);
        Jobs.Failure(outcome, WorkloadFault.BadTable);
    }

    [Fact]
    public void Run_WithProgress_ReportsEveryEpochAndGivesTheSameBytes()
    {
        var seen = new List<WorkloadProgress>();
        var spec = new TrainSpec(Digest.Sha256(s_rows)) { Epochs = 7 }.ToBytes();
        var with = WorkloadRunner.Run(
            WorkloadCapabilities.ClassifierTrain, spec, _ => s_rows, seen.Add, CancellationToken.None);
        var without = Jobs.Run(WorkloadCapabilities.ClassifierTrain, spec, s_rows);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], seen.Select(progress => progress.Done));
        Assert.All(seen, progress => Assert.Equal(7, progress.Of));
        Assert.Equal(Jobs.Result(without).Primary.Digest, Jobs.Result(with).Primary.Digest);
        Assert.Equal(Jobs.Result(without).Report.ToArray(), Jobs.Result(with).Report.ToArray());
    }

    private static IEnumerable<(Label Capability, byte[] Spec)> Specs(Digest blob) =>
    [
        (WorkloadCapabilities.DataCurate, new CurateSpec(blob).ToBytes()),
        (WorkloadCapabilities.ClassifierTrain, new TrainSpec(blob).ToBytes()),
        (WorkloadCapabilities.ClassifierInfer, new InferSpec(blob, blob).ToBytes()),
    ];
}
