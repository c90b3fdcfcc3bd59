using System.CommandLine;
using System.Globalization;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc backup</c>: copies a data directory, and proves the copy.</summary>
public static class BackupCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output)
    {
        var data = DataOption.Create();
        var to = new Option<string>("--to")
        {
            Description = "Where the backup goes: an empty or a new directory.",
            HelpName = "DIR",
            Required = true,
        };
        var command = new ExampleCommand(
            "backup",
            "Copies a data directory that nobody is using, keys included, and proves the copy.",
            "aitbc backup --data ./aitbc-data --to ./aitbc-backup")
        {
            data, to,
        };
        command.SetAction(parsed =>
            Run(parsed.GetRequiredValue(data), parsed.GetRequiredValue(to), output.Open(parsed)));
        return command;
    }

    /// <summary>Whether one directory is, or lies in, the other.</summary>
    internal static bool Overlap(string one, string other)
    {
        var (a, b) = (Full(one), Full(other));
        return a.StartsWith(b, StringComparison.Ordinal) || b.StartsWith(a, StringComparison.Ordinal);

        static string Full(string path) =>
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) + Path.DirectorySeparatorChar;
    }

    /// <summary>A count for people.</summary>
    internal static string Files(BackupSummary summary) => string.Create(
        CultureInfo.InvariantCulture, $"{summary.Files:N0} files, {summary.Bytes:N0} bytes");

    private static int Run(string data, string to, CommandOutput output)
    {
        if (Overlap(data, to))
        {
            throw new CommandFailure("overlap", $"A backup of {data} cannot lie in it or around it: name another"
                + " --to.");
        }

        try
        {
            var summary = ChainBackup.Create(data, to);
            return output.Result(
                new BackupFacts(to, summary.Files, summary.Bytes),
                people => people.Line(
                    $"{to} is a backup of {data}: {Files(summary)}. It holds the keys: keep it as safe as the"
                        + " original."));
        }
        catch (FileNotFoundException missing)
        {
            throw new CommandFailure("no_chain", missing.Message, missing);
        }
        catch (DataDirectoryLockedException locked)
        {
            throw new CommandFailure("locked", locked.Message, locked);
        }
        catch (DataDirectoryUnusableException unusable)
        {
            throw new CommandFailure("not_empty", unusable.Message, unusable);
        }
        catch (StorageDamagedException damaged)
        {
            throw new CommandFailure(
                "damaged",
                $"{damaged.Message.TrimEnd('.')}: {to} is no backup; run 'aitbc verify --data {data}' for all that is "
                + "damaged.",
                damaged);
        }
    }

    private sealed record BackupFacts(string Backup, int Files, long Bytes);
}
