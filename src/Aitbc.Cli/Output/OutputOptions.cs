using System.CommandLine;

namespace Aitbc.Cli.Output;

/// <summary>The options that every command shares, and the way a command gets its writer. One a process.</summary>
public sealed class OutputOptions
{
    private Terminal? _terminal;

    /// <summary>Where every writer writes: the process' own streams unless a host said otherwise.</summary>
    internal Terminal Terminal => _terminal ??= Terminal.OfThisProcess();

    /// <summary><c>--json</c>: one JSON object instead of tables, also for errors. Default false.</summary>
    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Write one JSON object for machines instead of tables for people.",
        Recursive = true,
    };

    /// <summary>The writer for one run of a command.</summary>
    /// <param name="parsed">The command line that was parsed.</param>
    /// <returns>A writer for people or, with <c>--json</c>, for machines.</returns>
    public CommandOutput Open(ParseResult parsed) =>
        new(Terminal, parsed.GetValue(Json));

    /// <summary>Makes every writer write here instead of to the process' own streams.</summary>
    /// <param name="terminal">Where to write.</param>
    internal void WriteTo(Terminal terminal) => _terminal = terminal;
}
