using System.CommandLine;
using Aitbc.Cli.Configuration;
using Aitbc.Cli.Doctor;
using Aitbc.Cli.Output;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc doctor</c>: what is there, what is missing, and how to get it.</summary>
public static class DoctorCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output)
    {
        var config = new Option<string?>("--config")
        {
            Description = "The node's configuration file.", HelpName = "FILE",
        };
        var data = new Option<string?>("--data") { Description = "The data directory.", HelpName = "DIR" };
        var port = new Option<string?>("--port") { Description = "The node's port.", HelpName = "P" };
        var command = new ExampleCommand(
            "doctor",
            "Says what this machine has for a node, what is missing, and how to get it. Changes nothing.",
            "aitbc doctor",
            "aitbc doctor --config aitbc.json --json")
        {
            config, data, port,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var given = new Dictionary<NodeSetting, string>();
            foreach (var (setting, option) in new[] { (NodeSettings.Data, data), (NodeSettings.Port, port) })
            {
                if (parsed.GetValue(option) is { } value)
                {
                    given[setting] = value;
                }
            }

            return RunAsync(
                new ConfigSources(parsed.GetValue(config), Variables(), given), output.Open(parsed), cancellationToken);
        });
        return command;
    }

    private static Dictionary<string, string> Variables() =>
        Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(one => (string)one.Key, one => (string?)one.Value ?? string.Empty);

    private static async Task<int> RunAsync(
        ConfigSources sources, CommandOutput output, CancellationToken cancellationToken)
    {
        var findings = await Checkup.RunAsync(sources, cancellationToken).ConfigureAwait(false);
        var missing = findings.Where(finding => finding is { IsOk: false, IsNeeded: true }).ToList();
        output.Result(
            new Report(missing.Count == 0, findings),
            people =>
            {
                people.Table(
                    ["what", "state", "found"],
                    findings.Select(finding => new[]
                    {
                        finding.What, finding.IsOk ? "ok" : finding.IsNeeded ? "MISSING" : "optional", finding.Found,
                    }));
                foreach (var finding in findings.Where(finding => !finding.IsOk))
                {
                    people.Line($"{finding.What}: {finding.Cure}");
                }
            });
        return missing.Count == 0
            ? ExitCode.Ok
            : output.Fail(
                "not_ready",
                $"This machine is not ready: {string.Join(", ", missing.Select(finding => finding.What))}; mend what"
                + " is named above.");
    }

    private sealed record Report(bool Ready, IReadOnlyList<Finding> Findings);
}
