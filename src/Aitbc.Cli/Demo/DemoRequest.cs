using Aitbc.Cli.Output;
using Aitbc.Simulation.Worlds;
using Aitbc.Workloads.Csv;

namespace Aitbc.Cli.Demo;

/// <summary>What a demonstration was asked for.</summary>
/// <param name="Directory">The data directory.</param>
/// <param name="Settle">Workloads to settle in this run.</param>
/// <param name="Dataset">A data set's file; null for the one that is shipped, or the one it was begun with.</param>
/// <param name="Demand">A demand's file; likewise.</param>
/// <param name="Speed">Speed-up; null for a fitting one.</param>
/// <param name="Seed">Seed; null for 1, or the one it was begun with.</param>
/// <param name="IsVirtual">Whether virtual time was asked for.</param>
public sealed record DemoRequest(
    string Directory, int Settle, string? Dataset, string? Demand, long? Speed, long? Seed, bool IsVirtual)
{
    private const string DefaultDataset = "digits.csv";
    private const string DefaultDemand = "llm-requests.csv";

    /// <summary>Reads the files; nothing is made yet.</summary>
    /// <exception cref="CommandFailure">A file cannot be read.</exception>
    public WorldOptions ToOptions()
    {
        var isNew = !World.Exists(Directory);
        return new WorldOptions
        {
            Directory = Directory,
            Dataset = Read(Dataset, isNew ? DefaultDataset : null),
            Demand = Read(Demand, isNew ? DefaultDemand : null),
            Speed = Speed,
            Seed = Seed,
            IsVirtual = IsVirtual ? true : null,
        };
    }

    private static ReadOnlyMemory<byte>? Read(string? file, string? shipped)
    {
        var path = file ?? (shipped is null ? null : Path.Combine(AppContext.BaseDirectory, "data", shipped));
        if (path is null)
        {
            return null;
        }

        if (!File.Exists(path))
        {
            throw new CommandFailure("not_found", $"There is no file {path}: check the path and run this again.");
        }

        // Before any of it is in memory.
        return new FileInfo(path).Length <= CsvLimits.MaxBytes
            ? File.ReadAllBytes(path)
            : throw new CommandFailure(
                "too_large", $"{path} is larger than {CsvLimits.MaxBytes / (1024 * 1024)} MiB: give a part of it.");
    }
}
