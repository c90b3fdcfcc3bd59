using System.Diagnostics.CodeAnalysis;
using Aitbc.Primitives;

namespace Aitbc.Workloads.Specs;

/// <summary>
/// What a <c>classifier.infer</c> job asks for. On the wire one closed JSON object; <see cref="ToBytes"/> gives its
/// canonical bytes.
/// </summary>
/// <param name="Model">Digest of the model blob that a <c>classifier.train</c> job produced.</param>
/// <param name="Rows">
/// Digest of a table whose rows have exactly the model's features, or these and a label as last column.
/// </param>
public sealed record InferSpec(Digest Model, Digest Rows)
{
    private static readonly string[] s_members = ["model", "rows", "score"];

    /// <summary>
    /// Whether labels, where the rows have them, are compared with the predictions; true by default. With false they
    /// are not read at all.
    /// </summary>
    public bool Score { get; init; } = true;

    /// <summary>Reads a spec; unknown or repeated members, wrong types and values out of range refuse it.</summary>
    /// <param name="json">UTF-8 JSON, at most 16 KiB.</param>
    /// <param name="spec">The spec, when the answer is true.</param>
    /// <param name="error">All that is wrong in one sentence, when the answer is false.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> json,
        [NotNullWhen(true)] out InferSpec? spec,
        [NotNullWhen(false)] out string? error)
    {
        spec = null;
        var capability = WorkloadCapabilities.ClassifierInfer;
        if (!SpecReader.TryOpen(json, capability, s_members, out var reader, out error)) return false;
        var read = new InferSpec(reader.Digest("model"), reader.Digest("rows")) { Score = reader.Flag("score", true) };
        error = reader.Faults;
        if (error is not null) return false;
        spec = read;
        return true;
    }

    /// <summary>The canonical bytes: every member, in one order, no blanks.</summary>
    public byte[] ToBytes() => SpecWriter.Write(WorkloadCapabilities.ClassifierInfer, json =>
    {
        json.WriteString("model", Model.ToString());
        json.WriteString("rows", Rows.ToString());
        json.WriteBoolean("score", Score);
    });
}
