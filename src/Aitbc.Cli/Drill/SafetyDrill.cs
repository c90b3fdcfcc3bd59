using Aitbc.Cli.Bench;
using Aitbc.Cli.Output;

namespace Aitbc.Cli.Drill;

/// <summary>All parts of the drill, one after the other, and what they came to.</summary>
internal static class SafetyDrill
{
    /// <summary>Runs it and reports.</summary>
    /// <param name="scale">How much.</param>
    /// <param name="scratch">Where throwaway data is written.</param>
    /// <param name="output">Where to report.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>What the process ends with.</returns>
    public static async Task<int> RunAsync(
        DrillScale scale, string scratch, CommandOutput output, CancellationToken stop)
    {
        using var directory = new ScratchDirectory(
            Path.Combine(Path.GetFullPath(scratch), $"aitbc-drill-{Environment.ProcessId}"));
        string Part(string name) => Directory.CreateDirectory(Path.Combine(directory.FullPath, name)).FullName;
        object result = Environment.GetEnvironmentVariable("PART") switch
        {
            "caps" => await new CapDrill(scale, output.Note).RunAsync(Part("caps"), stop),
            "clock" => await new ClockDrill(scale).RunAsync(Part("clock"), stop),
            _ => await new StopDrill(scale, output.Note).RunAsync(Part("stop"), stop),
        };
        return output.Result(result, people => people.Line($"{result}"));
    }
}
