using System.CommandLine;
using System.Globalization;
using Aitbc.Cli.Bench;
using Aitbc.Cli.Output;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc bench</c>: measures, each figure beside its ceiling or peer of the same run.</summary>
public static class BenchCommand
{
    private static readonly string[] Names =
    [
        "admit", "apply", "commit", "memory", "pages", "recovery", "safety", "snapshot", "soak", "stop", "streams",
        "verify",
    ];

    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output)
    {
        var name = new Argument<string>("name") { Description = $"One of: {string.Join(", ", Names)}." };
        name.AcceptOnlyFromAmong(Names);
        var quick = new Option<bool>("--quick") { Description = "A small amount: shows that it runs, not how fast." };
        var directory = new Option<string>("--scratch")
        {
            Description = "Where throwaway data is written and removed; its disk is what is measured. Default: .",
            HelpName = "DIR",
            DefaultValueFactory = _ => ".",
        };
        var minutes = new Option<int>("--minutes")
        {
            Description = "How long soak runs. Default: 10.",
            DefaultValueFactory = _ => 10,
        };
        var command = new ExampleCommand(
            "bench", "Measures the ledger on this machine.", "aitbc bench commit --json") 
            {
                name, quick, directory, minutes,
            };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var scale = new BenchScale(
                parsed.GetValue(quick), parsed.GetRequiredValue(directory), parsed.GetValue(minutes));
            var result = await RunAsync(parsed.GetRequiredValue(name), scale, cancellationToken).ConfigureAwait(false);
            return output.Open(parsed).Result(result, people => Show(people, result));
        });
        return command;
    }

    private static Task<BenchResult> RunAsync(string name, BenchScale scale, CancellationToken cancellationToken) =>
        name switch
        {
            "admit" => AdmitBench.RunAsync(scale, cancellationToken),
            "apply" => StateBenches.ApplyAsync(scale),
            "commit" => CommitBench.RunAsync(scale, cancellationToken),
            "memory" => StateBenches.MemoryAsync(scale),
            "pages" => PagesBench.RunAsync(scale, cancellationToken),
            "recovery" => StateBenches.RecoveryAsync(scale, cancellationToken),
            "safety" => SafetyBench.RunAsync(scale, cancellationToken),
            "snapshot" => SnapshotBench.RunAsync(scale, cancellationToken),
            "soak" => SoakBench.RunAsync(scale, scale.Minutes, cancellationToken),
            "stop" => StopBench.RunAsync(scale, cancellationToken),
            "streams" => StreamBench.RunAsync(scale, cancellationToken),
            _ => VerifyBench.RunAsync(scale, cancellationToken),
        };

    private static void Show(CommandOutput people, BenchResult result)
    {
        var rows = new List<string[]>
        {
            new[] { result.Unit, Number(result.Value) },
            new[] { "target", Number(result.Target) },
        };
        if (result.Reference is { } reference)
        {
            rows.Add(["reference", Number(reference)]);
            rows.Add(["ratio", $"{Number(result.Ratio!.Value)} (target {Number(result.TargetRatio!.Value)})"]);
        }

        rows.AddRange(result.Details.Select(pair => new[] { pair.Key, Number(pair.Value) }));
        rows.Add(["all targets met", result.Met ? "yes" : "no"]);
        people.Table([result.Name, "figure"], rows);
    }

    private static string Number(object value) => value switch
    {
        double figure => figure.ToString(figure >= 1000 ? "N0" : "0.###", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString("N0", CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
