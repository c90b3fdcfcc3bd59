using System.CommandLine;
using Aitbc.Cli.Output;

namespace Aitbc.Cli.Tests;

/// <summary>
/// Runs the real host with commands that end in chosen ways, so that its boundary is tested in a real process: exit
/// codes, signals and streams cannot be seen from inside a test runner.
/// </summary>
public static class TestProgram
{
    public static Task<int> Main(string[] args)
    {
        var output = new OutputOptions();
        var root = new CommandTree("Commands that end in chosen ways.", output)
        {
            Failing("fails", () => new CommandFailure("data_missing", "There is no data here: name a directory.")),
            Failing("crashes", () => new InvalidOperationException("two lines\nof detail")),
            Failing("reads-nothing", () => new FileNotFoundException("Could not find file 'x.csv'.")),
            Failing("is-denied", () => new UnauthorizedAccessException("Access to the path '/x' is denied.")),
            Failing("cancels-itself", () => new OperationCanceledException("nobody asked")),
            Waiting("waits", (_, token) => Task.Delay(Timeout.Infinite, token)),
            Waiting("waits-and-is-content", WaitQuietly),
            Waiting("ignores-signals", (_, _) => new TaskCompletionSource().Task),
            Saying(output),
            new Command("group", "A group.") { Counting() },
        };
        return CommandHost.RunAsync(root, output, args, Terminal.OfThisProcess());
    }

    private static async Task WaitQuietly(ParseResult parsed, CancellationToken token) =>
        await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static ExampleCommand Counting()
    {
        var command = new ExampleCommand("counts", "Counts.", "aitbc group counts --up-to 3")
        {
            new Option<int>("--up-to") { Required = true },
            new Option<ulong>("--from"),
        };
        command.SetAction(_ => ExitCode.Ok);
        return command;
    }

    private static ExampleCommand Failing(string name, Func<Exception> failure)
    {
        var command = new ExampleCommand(name, "Fails.", $"aitbc {name}");
        command.SetAction((Func<ParseResult, int>)(_ => throw failure()));
        return command;
    }

    private static ExampleCommand Waiting(string name, Func<ParseResult, CancellationToken, Task> wait)
    {
        var command = new ExampleCommand(name, "Waits.", $"aitbc {name}");
        command.SetAction((parsed, token) =>
        {
            Console.Out.WriteLine("ready");
            return wait(parsed, token);
        });
        return command;
    }

    // Everything a command can say, so that a test sees on which stream and in which shape it arrives.
    private static ExampleCommand Saying(OutputOptions output)
    {
        var command = new ExampleCommand("says", "Says everything.", "aitbc says");
        command.SetAction(async (ParseResult parsed, CancellationToken token) =>
        {
            CommandOutput say = output.Open(parsed);
            say.Line("a [line] for people");
            int answer = await say.ProgressAsync("counting", 3, step =>
            {
                step(3);
                return Task.FromResult(42);
            });
            return say.Result(
                new { TheAnswer = answer, Largest = UInt128.MaxValue, Least = Int128.MinValue },
                people => people.Table(["a [heading]"], [["a [cell]"]], "a [title]"));
        });
        return command;
    }
}
