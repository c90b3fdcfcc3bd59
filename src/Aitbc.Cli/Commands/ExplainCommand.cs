using System.CommandLine;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Explanation;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc explain</c>: what one entry of the journal did, and why, in words.</summary>
public static class ExplainCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output)
    {
        var seq = new Argument<long>("SEQ") { Description = "The entry's number, from 1." };
        seq.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && long.TryParse(token.Value, out var value) && value < 1)
            {
                result.AddError($"entries are counted from 1, so there is none with the number {value}");
            }
        });
        var data = DataOption.Create();
        var command = new ExampleCommand(
            "explain",
            "Says what an entry of the journal did and why: who sent what, what became of it, what it changed.",
            "aitbc explain 42 --data ./aitbc-data",
            "aitbc explain 42 --data ./aitbc-data --json")
        {
            seq, data,
        };
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Run(
            parsed.GetRequiredValue(data), (ulong)parsed.GetRequiredValue(seq), output.Open(parsed),
                cancellationToken)));
        return command;
    }

    private static int Run(string path, ulong seq, CommandOutput output, CancellationToken cancellationToken)
    {
        try
        {
            var explained = EntryExplainer.Explain(path, seq, cancellationToken);
            return output.Result(explained, people => Show(people, explained));
        }
        catch (FileNotFoundException missing)
        {
            throw new CommandFailure("no_chain", missing.Message, missing);
        }
        catch (ArgumentOutOfRangeException beyond) when (beyond.ParamName == nameof(seq))
        {
            throw new CommandFailure(
                "no_entry",
                $"There is no entry {seq} in {path}: the last one is {beyond.ActualValue}, so name one from 1 to that.",
                beyond);
        }
        catch (LedgerDamagedException damaged)
        {
            throw new CommandFailure("damaged", Damaged(path, damaged.Message), damaged);
        }
        catch (StorageDamagedException damaged)
        {
            throw new CommandFailure("damaged", Damaged(path, damaged.Message), damaged);
        }
    }

    private static string Damaged(string path, string what) =>
        $"{what.TrimEnd('.')}: run 'aitbc verify --data {path}' to see all that is damaged.";

    private static void Show(CommandOutput people, EntryExplanation it)
    {
        people.Line($"Entry {it.Seq} of {it.TimeMs}, term {it.Term}");
        people.Line($"  by       {it.By}");
        foreach (var part in it.Asked)
        {
            people.Line($"  asked    {part.Words}");
        }

        people.Line($"  outcome  {it.Outcome}");
        if (it.Refusal is { } refusal)
        {
            var figures = refusal.Detail is null ? string.Empty : $" ({refusal.Detail})";
            people.Line(
                $"  why      {refusal.Outcome} ({refusal.Code}) at command {refusal.Command} of"
                    + $" {it.Asked.Count}{figures}; "
                + "all that it changed is the gas and the nonce");
        }

        people.Line($"  gas      {it.Gas.ToDisplay()}");
        people.Line(it.Events.Count == 0 ? "  changed  nothing" : "  changed");
        foreach (var part in it.Events)
        {
            people.Line($"    - {part.Words}");
        }

        if (it.Accounts.Count > 0)
        {
            people.Line("  accounts");
            foreach (var account in it.Accounts)
            {
                people.Line($"    {account.Number} is"
                    + $" {account.What}{(account.Id is { } id ? $": {id}" : string.Empty)}");
            }
        }

        people.Line($"  hash     {it.Hash}");
        people.Line(it.Block is { } block
            ? $"  block    {block.Height} (entries {block.FirstSeq} to {block.LastSeq}), signed by {block.Signer}"
            : "  block    not closed yet");
    }
}
