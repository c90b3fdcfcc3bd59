using System.Diagnostics.CodeAnalysis;
using Aitbc.Primitives;

namespace Aitbc.Workloads.Specs;

/// <summary>
/// What a <c>data.curate</c> job asks for. On the wire one closed JSON object; <see cref="ToBytes"/> gives its
/// canonical bytes, so that a spec can be a blob and one spec has one digest.
/// </summary>
/// <param name="Source">Digest of the source table: text, numbers, label last.</param>
public sealed record CurateSpec(Digest Source)
{
    private static readonly string[] s_members = ["source", "seed", "holdOutPpm"];

    /// <summary>Seed of the shuffle and the split, 0 to 2^53 - 1; 1 by default.</summary>
    public long Seed { get; init; } = SpecLimits.DefaultSeed;

    /// <summary>Share of each class that is held out, 1 % to 50 %; 20 % by default.</summary>
    public Ratio HoldOut { get; init; } = SpecLimits.DefaultHoldOut;

    /// <summary>Reads a spec; unknown or repeated members, wrong types and values out of range refuse it.</summary>
    /// <param name="json">UTF-8 JSON, at most 16 KiB.</param>
    /// <param name="spec">The spec, when the answer is true.</param>
    /// <param name="error">All that is wrong in one sentence, when the answer is false.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> json,
        [NotNullWhen(true)] out CurateSpec? spec,
        [NotNullWhen(false)] out string? error)
    {
        spec = null;
        var capability = WorkloadCapabilities.DataCurate;
        if (!SpecReader.TryOpen(json, capability, s_members, out var reader, out error)) return false;
        var read = new CurateSpec(reader.Digest("source"))
        {
            Seed = SpecLimits.ReadSeed(reader),
            HoldOut = SpecLimits.ReadHoldOut(reader),
        };
        error = reader.Faults;
        if (error is not null) return false;
        spec = read;
        return true;
    }

    /// <summary>The canonical bytes: every member, in one order, no blanks.</summary>
    public byte[] ToBytes() => SpecWriter.Write(WorkloadCapabilities.DataCurate, json =>
    {
        json.WriteString("source", Source.ToString());
        json.WriteNumber("seed", Seed);
        json.WriteNumber("holdOutPpm", HoldOut.Ppm);
    });
}
