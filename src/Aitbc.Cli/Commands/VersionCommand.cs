using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Aitbc.Cli.Output;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc version</c>: what runs here, for a report of a fault.</summary>
public static class VersionCommand
{
    /// <summary>The version of this build, such as <c>0.1.0</c>, without build metadata.</summary>
    public static string Current { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output)
    {
        var command = new ExampleCommand(
            "version", "Shows the version of aitbc, of the runtime and of the system.", "aitbc version --json");
        command.SetAction(parsed =>
        {
            var facts = new VersionFacts(
                Current,
                RuntimeInformation.FrameworkDescription,
                RuntimeInformation.OSDescription,
                RuntimeInformation.ProcessArchitecture.ToString());
            return output.Open(parsed).Result(facts, people => people.Table(
                ["what", "version"],
                [
                    ["aitbc", facts.Version],
                    ["runtime", facts.Runtime],
                    ["system", facts.System],
                    ["processor", facts.Processor],
                ]));
        });
        return command;
    }

    private sealed record VersionFacts(string Version, string Runtime, string System, string Processor);
}
