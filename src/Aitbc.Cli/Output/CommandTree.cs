using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Aitbc.Cli.Output;

/// <summary>The root of all commands: common options, the version, and help that ends with examples.</summary>
public sealed class CommandTree : RootCommand
{
    /// <summary>Creates the root; add commands to it.</summary>
    /// <param name="description">One sentence: what the program is.</param>
    /// <param name="output">The options that every command shares.</param>
    public CommandTree(string description, OutputOptions output)
        : base(description)
    {
        HelpName = "aitbc";
        Options.Add(output.Json);
        HelpOption help = Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, output);
        Options.OfType<VersionOption>().Single().Action = new VersionAction(output);
    }

    private sealed class HelpWithExamples(HelpAction inner, OutputOptions output) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            if (!output.Terminal.OutIsRich)
            {
                inner.MaxWidth = output.Terminal.PlainWidth;
            }

            inner.Invoke(parseResult);
            TextWriter writer = parseResult.InvocationConfiguration.Output;
            writer.WriteLine("Examples:");
            foreach (string example in ExamplesOf(parseResult.CommandResult.Command))
            {
                writer.WriteLine($"  {example}");
            }

            return ExitCode.Ok;
        }

        // A command that only groups others shows the first example of each of them.
        private static IEnumerable<string> ExamplesOf(Command command) =>
            command is ExampleCommand { Examples: var examples }
                ? examples
                : command.Subcommands.SelectMany(sub => ExamplesOf(sub).Take(1));
    }

    private sealed class VersionAction(OutputOptions output) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            string version = Commands.VersionCommand.Current;
            return output.Open(parseResult).Result(new { version }, people => people.Line($"aitbc {version}"));
        }
    }
}
