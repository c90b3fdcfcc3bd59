using System.Text.Json;
using Aitbc.Agents.Core.Memory;
using Aitbc.Primitives;
using Aitbc.Workloads;
using Aitbc.Workloads.Specs;

namespace Aitbc.Agents.Kinds.Requesting;

/// <summary>What a client finds in a result; nothing is taken on the provider's word.</summary>
/// <param name="Dataset">The curated set, for curation.</param>
/// <param name="Accuracy">A model's accuracy on the rows kept back, for training.</param>
/// <param name="Right">Rows predicted right, for inference.</param>
internal sealed record Finding(DatasetNote? Dataset, Ratio? Accuracy, int? Right);

/// <summary>Looks at results. Pure but for asking for blobs by digest.</summary>
internal static class ResultJudge
{
    /// <summary>What a result is worth; null where it is not what was ordered.</summary>
    public static Finding? Judge(
        Order order, in Digest result, SourceData data, int rows, Func<Digest, ReadOnlyMemory<byte>?> fetch)
    {
        if (fetch(result) is not { } bytes || Digest.Sha256(bytes.Span) != result)
        {
            return null;
        }

        switch (order.Kind)
        {
            case OrderKind.Curate:
                return ReadDataset(order, bytes, fetch) is { } dataset ? new Finding(dataset, null, null) : null;
            case OrderKind.Train:
                return Measure(result, data, fetch) is { } accuracy ? new Finding(null, accuracy, null) : null;
            default:
                var right = data.CountRight(order.Request, rows, bytes.Span);
                return right is null ? null : new Finding(null, null, right);
        }
    }

    /// <summary>Accuracy of a model on the rows that the client kept back, by running it.</summary>
    private static Ratio? Measure(Digest model, SourceData data, Func<Digest, ReadOnlyMemory<byte>?> fetch)
    {
        var spec = new InferSpec(model, data.KeptBackDigest);
        var outcome = WorkloadRunner.Run(
            WorkloadCapabilities.ClassifierInfer,
            spec.ToBytes(),
            digest => digest == data.KeptBackDigest ? data.KeptBack : fetch(digest),
            CancellationToken.None);
        return outcome is WorkloadResult { Quality: { } quality } ? quality : null;
    }

    private static DatasetNote? ReadDataset(
        Order order, ReadOnlyMemory<byte> report, Func<Digest, ReadOnlyMemory<byte>?> fetch)
    {
        try
        {
            using var json = JsonDocument.Parse(report);
            var train = json.RootElement.GetProperty("train");
            return Digest.TryParse(train.GetProperty("digest").GetString(), out var digest)
                && fetch(digest) is { } bytes && Digest.Sha256(bytes.Span) == digest
                && train.GetProperty("rows").TryGetInt64(out var rows) && rows > 0
                    ? new DatasetNote(order.Round, digest, rows)
                    : null;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // A provider may send anything.
            return null;
        }
    }
}
