using System.CommandLine;
using Aitbc.Cli.Commands;
using Aitbc.Cli.Output;

namespace Aitbc.Cli;

/// <summary>The entry point of <c>aitbc</c>: the list of what it can do.</summary>
public static class Program
{
    /// <summary>Runs the command that the arguments name.</summary>
    /// <param name="args">The arguments as the shell gave them, without the program's own name.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static Task<int> Main(string[] args)
    {
        var output = new OutputOptions();
        return CommandHost.RunAsync(CreateRoot(output), output, args, Terminal.OfThisProcess());
    }

    /// <summary>Builds the whole tree of commands, one line a command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The tree, ready to parse; nothing has run yet.</returns>
    public static RootCommand CreateRoot(OutputOptions output) =>
        new CommandTree("Agents that do real work for pay, on a ledger that anyone can replay.", output)
        {
            DemoCommand.Create(output),
            UpCommand.Create(output),
            ConfigCommand.Create(output),
            TokenCommand.Create(output),
            WebhookCommand.Create(output),
            WitnessCommand.Create(output),
            DoctorCommand.Create(output),
            AgentCommand.Create(output),
            StopCommand.CreateStop(output),
            StopCommand.CreateRelease(output),
            ApprovalsCommand.Create(output),
            MotionsCommand.Create(output),
            GuardiansCommand.Create(output),
            OverrideCommand.Create(output),
            ConstitutionCommand.Create(output),
            VerifyCommand.Create(output),
            AuditCommand.Create(output),
            ReceiptCommand.Create(output),
            ExplainCommand.Create(output),
            BackupCommand.Create(output),
            RestoreCommand.Create(output),
            BenchCommand.Create(output),
            SafetyCommand.Create(output),
            VersionCommand.Create(output),
        };
}
