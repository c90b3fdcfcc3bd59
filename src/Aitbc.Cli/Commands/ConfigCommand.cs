using System.CommandLine;
using Aitbc.Cli.Configuration;
using Aitbc.Cli.Output;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc config</c>: every setting of a node, with its meaning and its default.</summary>
public static class ConfigCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output)
    {
        var command = new ExampleCommand(
            "config",
            "Writes a configuration file with every setting of a node, what it means and its default.",
            "aitbc config",
            "aitbc config --json");
        command.SetAction(parsed => output.Open(parsed).Result(
            new Listed([.. NodeSettings.All.Select(Describe)]),
            people => people.Line(ConfigText.Write(new NodeConfig()).TrimEnd('\n'))));
        return command;
    }

    private static Described Describe(NodeSetting setting) => new(
        setting.Name, setting.Variable, setting.Option, setting.Says, setting.Range, setting.Show(new NodeConfig()));

    private sealed record Listed(IReadOnlyList<Described> Settings);

    private sealed record Described(
        string Name, string Variable, string Option, string Says, string Range, string Default);
}
