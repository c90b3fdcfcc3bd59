using System.CommandLine;
using System.Globalization;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Verification;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc verify</c>: replays and checks a data directory, changing nothing.</summary>
public static class VerifyCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output)
    {
        var data = DataOption.Create();
        var command = new ExampleCommand(
            "verify",
            "Replays the journal of a data directory through the rules and checks every signature, hash, block and"
                + " file.",
            "aitbc verify --data ./aitbc-data --json") { data };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(data), output.Open(parsed), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string path, CommandOutput output, CancellationToken cancellationToken)
    {
        VerifyReport report;
        try
        {
            using var held = ChainHold.Take(path);
            report = await ChainVerifier.RunAsync(path, ChainHold.OwnedFiles, null, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (FileNotFoundException missing)
        {
            throw new CommandFailure("no_chain", missing.Message);
        }
        catch (DataDirectoryLockedException locked)
        {
            throw new CommandFailure("locked", locked.Message);
        }

        output.Result(report, people => Show(people, report));
        return report.Ok
            ? ExitCode.Ok
            : output.Fail(
                "damaged",
                $"{path} does not verify: {report.Problems[0].Where}: {report.Problems[0].What}"
                + (report.Problems.Count > 1 ? $" ({report.Problems.Count - 1} more)" : string.Empty));
    }

    private static void Show(CommandOutput people, VerifyReport report)
    {
        var number = (IFormattable value) => value.ToString("N0", CultureInfo.InvariantCulture);
        people.Table(
            ["checked", "count"],
            [
                ["entries replayed", number(report.Entries)],
                ["signatures", number(report.Signatures)],
                ["blocks", number(report.Blocks)],
                ["workloads paid", number(report.Settled)],
                ["receipts", number(report.Receipts)],
                ["blobs", number(report.Blobs)],
                ["snapshots", number(report.Snapshots)],
                ["head", report.Head ?? "not reached"],
                ["state hash", report.StateHash ?? "not reached"],
            ]);
        foreach (var notice in report.Notices)
        {
            people.Line($"notice: {notice.Where}: {notice.What}");
        }

        foreach (var problem in report.Problems.Take(20))
        {
            people.Line($"WRONG: {problem.Where}: {problem.What}");
        }

        people.Line(report.Ok ? "Everything is as it must be." : "This directory is damaged or was tampered with.");
    }
}
