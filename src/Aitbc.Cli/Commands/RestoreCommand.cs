using System.CommandLine;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc restore</c>: proves a backup and lays it out as a data directory.</summary>
public static class RestoreCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output)
    {
        var from = new Option<string>("--from")
        {
            Description = "The backup.",
            HelpName = "DIR",
            Required = true,
        };
        var data = new Option<string>("--data")
        {
            Description = "The data directory to lay out: empty or new.",
            HelpName = "DIR",
            Required = true,
        };
        var command = new ExampleCommand(
            "restore",
            "Proves a backup and lays it out as a data directory, whose next start begins a new term that all can see.",
            "aitbc restore --from ./aitbc-backup --data ./aitbc-data")
        {
            from, data,
        };
        command.SetAction(parsed =>
            Run(parsed.GetRequiredValue(from), parsed.GetRequiredValue(data), output.Open(parsed)));
        return command;
    }

    private static int Run(string from, string data, CommandOutput output)
    {
        if (BackupCommand.Overlap(from, data))
        {
            throw new CommandFailure("overlap", $"{data} cannot lie in the backup or around it: name another --data.");
        }

        try
        {
            var summary = ChainBackup.Restore(from, data);
            return output.Result(
                new RestoreFacts(data, summary.Files, summary.Bytes),
                people => people.Line(
                    $"{data} is as the backup was: {BackupCommand.Files(summary)}. Its next start begins a new term;"
                        + " what "
                    + "came after the backup is not in it."));
        }
        catch (DirectoryNotFoundException missing)
        {
            throw new CommandFailure("no_backup", $"There is no backup in {from}: name its directory with"
                + " --from.", missing);
        }
        catch (DataDirectoryUnusableException unusable)
        {
            throw new CommandFailure("not_empty", unusable.Message, unusable);
        }
        catch (StorageDamagedException damaged)
        {
            throw new CommandFailure(
                "damaged", $"{damaged.Message.TrimEnd('.')}: nothing was restored; name another backup.", damaged);
        }
    }

    private sealed record RestoreFacts(string Data, int Files, long Bytes);
}
