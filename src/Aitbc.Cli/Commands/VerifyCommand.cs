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
        var receipts = new Option<string?>("--receipts")
        {
            Description = "A directory of receipts that others kept: the journal must hold their blocks.",
            HelpName = "DIR",
        };
        var heads = new Option<string?>("--heads")
        {
            Description = "A file of heads that others kept, one a line, as 'lastBlock' of --json gives one: likewise.",
            HelpName = "FILE",
        };
        var command = new ExampleCommand(
            "verify",
            "Replays the journal of a data directory through the rules and checks every signature, hash, block and"
                + " file.",
            "aitbc verify --data ./aitbc-data --json",
            "aitbc verify --data ./aitbc-data --receipts ./my-receipts --heads ./kept-heads.txt")
        {
            data, receipts, heads,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(data),
            [.. OfReceipts(parsed.GetValue(receipts)), .. OfFile(parsed.GetValue(heads))],
            output.Open(parsed),
            cancellationToken));
        return command;
    }

    private static IReadOnlyList<KeptHead> OfReceipts(string? directory)
    {
        if (directory is null)
        {
            return [];
        }

        var kept = Directory.Exists(directory) ? KeptHeads.OfReceipts(directory) : [];
        return kept.Count > 0
            ? kept
            : throw new CommandFailure("no_receipts", $"There is no receipt (*.json) in {directory}: name a directory"
                + " that holds some.");
    }

    private static IReadOnlyList<KeptHead> OfFile(string? file)
    {
        if (file is null)
        {
            return [];
        }

        var kept = File.Exists(file) ? KeptHeads.OfFile(file) : [];
        return kept.Count > 0
            ? kept
            : throw new CommandFailure("no_heads", $"There is no head of a block in {file}: name a file that holds one"
                + " a line.");
    }

    private static async Task<int> RunAsync(
        string path, IReadOnlyList<KeptHead> kept, CommandOutput output, CancellationToken cancellationToken)
    {
        VerifyReport report;
        try
        {
            using var held = ChainHold.Take(path);
            report = await ChainVerifier.RunAsync(path, ChainHold.OwnedFiles, kept, null, cancellationToken)
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
                $"{path} does not verify: {report.Problems[0].Where}: {report.Problems[0].What.TrimEnd('.')}"
                + (report.Problems.Count > 1 ? $" ({report.Problems.Count - 1} more)" : string.Empty)
                + "; keep it as it is, and restore a backup elsewhere.");
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
                ["kept heads found", number(report.Kept)],
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
