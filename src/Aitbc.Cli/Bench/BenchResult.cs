using System.Text.Json.Serialization;

namespace Aitbc.Cli.Bench;

/// <summary>What a benchmark measured; one JSON object.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Target">What it must reach.</param>
/// <param name="Met">Whether every target, those of the details included, is met.</param>
/// <param name="Details">Further figures, and in words what is measured and what is left out.</param>
internal sealed record BenchResult(
    string Name, double Value, string Unit, double Target, bool Met, IReadOnlyDictionary<string, object> Details)
{
    /// <summary>The ceiling or peer, measured in the same run; left out where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Reference { get; init; }

    /// <summary>Value / reference; left out where there is no reference.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Ratio { get; init; }

    /// <summary>What the ratio must reach; left out where there is no reference.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TargetRatio { get; init; }
}

/// <summary>How much a benchmark does.</summary>
/// <param name="Quick">A small fraction: to see that it runs, not how fast.</param>
/// <param name="Directory">Where throwaway data directories are made and removed.</param>
/// <param name="Minutes">How long what runs by the clock runs.</param>
internal sealed record BenchScale(bool Quick, string Directory, int Minutes = 10)
{
    /// <summary>The whole amount, or the small one.</summary>
    public int Of(int whole, int quick) => Quick ? quick : whole;

    /// <summary>A fresh directory that is removed with the returned handle.</summary>
    public ScratchDirectory Scratch(string name) => new(Path.Combine(
        Path.GetFullPath(Directory), $"aitbc-bench-{name}-{Environment.ProcessId}"));
}

/// <summary>A directory that goes when its owner does.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    /// <summary>Makes it.</summary>
    public ScratchDirectory(string path)
    {
        FullPath = path;
        System.IO.Directory.CreateDirectory(path);
    }

    /// <summary>Its full path.</summary>
    public string FullPath { get; }

    /// <inheritdoc/>
    public void Dispose() => System.IO.Directory.Delete(FullPath, recursive: true);
}
