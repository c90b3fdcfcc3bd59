using System.CommandLine;
using Aitbc.Cli.Output;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc safety</c>: what a stranger runs to see that the limits hold.</summary>
public static class SafetyCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output) =>
        new("safety", "Shows that limits hold and attacks fail.")
        {
            AttacksCommand.Create(output),
        };
}
