using System.CommandLine;
using Aitbc.Cli.Drill;
using Aitbc.Cli.Output;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc safety</c>: shows that limits hold, that a stop stops, and that attacks fail.</summary>
public static class SafetyCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output) =>
        new("safety", "Shows that limits hold, that a stop stops, and that attacks fail.")
        {
            CreateDrill(output), AttacksCommand.Create(output), CreateSpend(output),
        };

    private static ExampleCommand CreateDrill(OutputOptions output)
    {
        var quick = new Option<bool>("--quick") { Description = "A small amount: shows that it holds, not how fast." };
        var seed = new Option<ulong>("--seed")
        {
            Description = "Decides what is random in it. Default: 1.",
            DefaultValueFactory = _ => 1,
        };
        var directory = new Option<string>("--scratch")
        {
            Description = "Where throwaway data is written and removed. Default: the system's temporary directory.",
            HelpName = "DIR",
            DefaultValueFactory = _ => Path.GetTempPath(),
        };
        var command = new ExampleCommand(
            "drill",
            "Attacks caps, stops and approvals on a throwaway chain, and reads from its journal whether they held.",
            "aitbc safety drill --json",
            "aitbc safety drill --quick")
        {
            quick, seed, directory,
        };
        command.SetAction((parsed, stop) => SafetyDrill.RunAsync(
            new DrillScale(parsed.GetValue(quick), parsed.GetValue(seed)),
            parsed.GetRequiredValue(directory),
            output.Open(parsed),
            stop));
        return command;
    }

    /// <summary>What the drill starts ten times; of no use to anybody else, so it is not listed.</summary>
    private static ExampleCommand CreateSpend(OutputOptions output)
    {
        var plan = new Option<string>("--plan")
        {
            Description = "The plan that the drill wrote.",
            HelpName = "FILE",
            Required = true,
        };
        var number = new Option<int>("--number")
        {
            Description = "Which of the processes this is.",
            Required = true,
        };
        var command = new ExampleCommand(
            "spend",
            "One of the processes of the drill that share an agent's key.",
            "aitbc safety spend --plan plan.json --number 0 --json")
        {
            plan, number,
        };
        command.Hidden = true;
        command.SetAction(async (parsed, stop) =>
        {
            var tally = await Spender.RunAsync(
                SpendPlan.Load(parsed.GetRequiredValue(plan)), parsed.GetValue(number), stop).ConfigureAwait(false);
            return output.Open(parsed).Result(
                tally, people => people.Line($"{tally.Signed} payloads signed, {tally.Retries} sent again."));
        });
        return command;
    }
}
