using System.CommandLine;
using Aitbc.Cli.Demo;
using Aitbc.Cli.Output;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc demo</c>: a small economy of agents that do real work for pay, live.</summary>
public static class DemoCommand
{
    private const int DefaultSettle = 50;
    private const int MaxSettle = 1_000_000;
    private const long MaxSpeed = 1_000_000;
    private const long MaxSeed = (1L << 53) - 1;

    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output)
    {
        var data = DataOption.Create();
        var settle = new Option<int>("--settle")
        {
            Description = $"Workloads to settle (to end with payment) in this run. Default: {DefaultSettle}.",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultSettle,
        };
        var dataset = new Option<string?>("--dataset")
        {
            Description = "A CSV file of numbers with the label last. Default: handwritten digits.",
            HelpName = "FILE.csv",
        };
        var demand = new Option<string?>("--demand")
        {
            Description = "A CSV file of requests: arrived_at,num_prefill_tokens,num_decode_tokens. Default: an hour"
                + " of "
                + "a cloud's real requests.",
            HelpName = "FILE.csv",
        };
        var speed = new Option<long?>("--speed")
        {
            Description = "How many times faster than recorded requests arrive. Default: as many as bring some a"
                + " second.",
            HelpName = "X",
        };
        var seed = new Option<long?>("--seed")
        {
            Description = "Decides which rows are kept back and, with --virtual, everything. Default: 1.",
            HelpName = "S",
        };
        var isVirtual = new Option<bool>("--virtual")
        {
            Description = "Virtual time and no signatures, as fast as the machine allows; the same seed gives the same "
                + "journal.",
        };
        settle.Validators.Add(result => InRange(result, settle, 1, MaxSettle));
        speed.Validators.Add(result => InRange(result, speed, 1, MaxSpeed));
        seed.Validators.Add(result => InRange(result, seed, 0, MaxSeed));
        var command = new ExampleCommand(
            "demo",
            "Shows agents doing real work for pay, live, until so many workloads are settled; run again, it goes on.",
            "aitbc demo --settle 50 --data ./aitbc-data",
            "aitbc demo --settle 5 --dataset rows.csv --demand requests.csv --data ./mine --json",
            "aitbc demo --settle 200 --virtual --seed 7 --data ./virtual")
        {
            settle, data, dataset, demand, speed, seed, isVirtual,
        };
        command.SetAction((parsed, cancellationToken) => DemoRun.RunAsync(
            new DemoRequest(
                parsed.GetRequiredValue(data),
                parsed.GetRequiredValue(settle),
                parsed.GetValue(dataset),
                parsed.GetValue(demand),
                parsed.GetValue(speed),
                parsed.GetValue(seed),
                parsed.GetValue(isVirtual)),
            output.Open(parsed),
            cancellationToken));
        return command;
    }

    private static void InRange<T>(System.CommandLine.Parsing.OptionResult result, Option<T> option, long min, long max)
    {
        if (result.Tokens.Count == 1 && long.TryParse(result.Tokens[0].Value, out var value)
            && (value < min || value > max))
        {
            result.AddError($"{option.Name} must be {min} to {max}, not {value}.");
        }
    }
}
