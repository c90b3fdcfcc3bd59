using System.CommandLine;
using System.Globalization;
using Aitbc.Cli.Output;
using Aitbc.Safety.Audit;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc audit</c>: what was said and done about safety, checked.</summary>
public static class AuditCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output) => new ExampleCommand(
        "audit",
        "Checks the audit files of a data directory.",
        "aitbc audit verify --data ./aitbc-data")
    {
        Verify(output),
    };

    private static ExampleCommand Verify(OutputOptions output)
    {
        var data = DataOption.Create();
        var command = new ExampleCommand(
            "verify",
            "Checks that every line of the audit follows from the one before, and that every payload of an agent has"
                + " its verdict before it and its outcome after it; a node may be running on the directory.",
            "aitbc audit verify --data ./aitbc-data --json")
        {
            data,
        };
        command.SetAction((parsed, cancellationToken) => Task.FromResult(
            Run(parsed.GetRequiredValue(data), output.Open(parsed), cancellationToken)));
        return command;
    }

    private static int Run(string path, CommandOutput output, CancellationToken cancellationToken)
    {
        AuditReport report;
        try
        {
            report = AuditVerifier.Run(path, cancellationToken);
        }
        catch (FileNotFoundException missing)
        {
            throw new CommandFailure("no_chain", missing.Message, missing);
        }

        output.Result(report, people => Show(people, report));
        return report.Ok
            ? ExitCode.Ok
            : output.Fail(
                "audit_wrong",
                $"The audit of {path} does not verify: {report.Problems[0].Where}:"
                    + $" {report.Problems[0].What.TrimEnd('.')}"
                    + (report.Problems.Count > 1 ? $" ({report.Problems.Count - 1} more)" : string.Empty)
                    + "; keep it as it is, for it shows what happened.");
    }

    private static void Show(CommandOutput people, AuditReport report)
    {
        var number = (IFormattable value) => value.ToString("N0", CultureInfo.InvariantCulture);
        people.Table(
            ["checked", "count"],
            [
                ["audit files", number(report.Files)],
                ["lines", number(report.Lines)],
                ["bytes", number(report.Bytes)],
                ["entries of the journal", number(report.Entries)],
                ["payloads of agents", number(report.AgentPayloads)],
                ["with a verdict before them", number(report.Verdicts)],
                ["which was not to let them pass", number(report.Found)],
                ["with an outcome after them", number(report.Outcomes)],
                ["not watched", number(report.Unwatched)],
                ["verdicts of what never happened", number(report.NeverHappened)],
            ]);
        foreach (var notice in report.Notices)
        {
            people.Line($"notice: {notice.Where}: {notice.What}");
        }

        foreach (var problem in report.Problems.Take(20))
        {
            people.Line($"WRONG: {problem.Where}: {problem.What}");
        }

        people.Line(report.Ok ? "Everything is as it must be." : "The audit or the journal was changed, or lost some.");
    }
}
