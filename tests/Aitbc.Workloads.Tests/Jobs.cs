using System.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Workloads.Specs;

namespace Aitbc.Workloads.Tests;

/// <summary>Runs jobs over blobs held in memory, as a provider does over its store.</summary>
internal static class Jobs
{
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    public static string[] Lines(ReadOnlyMemory<byte> bytes) =>
        Text(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static JsonElement Json(ReadOnlyMemory<byte> bytes) => JsonDocument.Parse(bytes).RootElement;

    public static WorkloadOutcome Curate(byte[] source, Func<CurateSpec, CurateSpec>? change = null)
    {
        var spec = new CurateSpec(Digest.Sha256(source));
        return Run(WorkloadCapabilities.DataCurate, (change?.Invoke(spec) ?? spec).ToBytes(), source);
    }

    public static WorkloadOutcome Train(byte[] rows, Func<TrainSpec, TrainSpec>? change = null)
    {
        var spec = new TrainSpec(Digest.Sha256(rows));
        return Run(WorkloadCapabilities.ClassifierTrain, (change?.Invoke(spec) ?? spec).ToBytes(), rows);
    }

    public static WorkloadOutcome Infer(byte[] model, byte[] rows, bool score = true)
    {
        var spec = new InferSpec(Digest.Sha256(model), Digest.Sha256(rows)) { Score = score };
        return Run(WorkloadCapabilities.ClassifierInfer, spec.ToBytes(), model, rows);
    }

    public static WorkloadOutcome Run(Label capability, byte[] spec, params byte[][] blobs)
    {
        var store = new Dictionary<Digest, byte[]>();
        foreach (var blob in blobs) store[Digest.Sha256(blob)] = blob;
        return WorkloadRunner.Run(
            capability,
            spec,
            digest => store.TryGetValue(digest, out var found) ? new ReadOnlyMemory<byte>(found) : null,
            CancellationToken.None);
    }

    public static WorkloadResult Result(WorkloadOutcome outcome)
    {
        Assert.True(outcome is WorkloadResult, (outcome as WorkloadFailure)?.Sentence);
        return (WorkloadResult)outcome;
    }

    public static WorkloadFailure Failure(WorkloadOutcome outcome, WorkloadFault fault)
    {
        var failure = Assert.IsType<WorkloadFailure>(outcome);
        Assert.Equal(fault, failure.Fault);
        return failure;
    }
}
