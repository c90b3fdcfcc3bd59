using System.CommandLine;
using System.Runtime.InteropServices;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;

namespace Aitbc.Cli.Output;

/// <summary>
/// The boundary of the process: parses, runs, stops on a signal, and turns whatever went wrong into one sentence on
/// stderr and an exit code.
/// </summary>
public static class CommandHost
{
    /// <summary>Runs one command line.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="output">The options they share.</param>
    /// <param name="args">The arguments as the shell gave them.</param>
    /// <param name="terminal">Where to write.</param>
    /// <returns>
    /// One of <see cref="ExitCode"/>. After Ctrl-C or SIGTERM the command's token is cancelled and the code is that of
    /// the signal, whatever the command made of it; a second signal ends the process at once.
    /// </returns>
    public static async Task<int> RunAsync(
        RootCommand root, OutputOptions output, IReadOnlyList<string> args, Terminal terminal)
    {
        output.WriteTo(terminal);
        // A file name may begin with '@': it is not a file of more arguments.
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        CommandOutput errors = output.Open(parsed);
        if (parsed.Errors.Count > 0 && parsed.Action is not { ClearsParseErrors: true })
        {
            return errors.Fail("usage", UsageSentence.For(parsed), ExitCode.Usage);
        }

        using var stop = new StopSignals();
        try
        {
            int code = await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                    Output = terminal.Out,
                    Error = terminal.Error,
                },
                stop.Token);
            return code == ExitCode.StoppedAsAsked ? ExitCode.Ok : stop.Code ?? code;
        }
        catch (OperationCanceledException) when (stop.Code is not null)
        {
            return errors.Fail("stopped", "Stopped before it was done: run it again to go on.", stop.Code.Value);
        }
        catch (Exception failure)
        {
            return Explain(failure, errors, terminal);
        }
    }

    private static int Explain(Exception failure, CommandOutput errors, Terminal terminal)
    {
        if (terminal.Trace)
        {
            terminal.Error.WriteLine(failure);
        }

        return failure switch
        {
            CommandFailure known => errors.Fail(known.Code, known.Message),
            AdmissionClosedException closed => errors.Fail(closed.Code.Replace('-', '_'), closed.Message),
            DiskFullException full => errors.Fail(
                "disk_full", $"{Clause(full)}: free some space and run this again; nothing acknowledged is lost."),
            KeyFileException key => errors.Fail(
                "key_file", $"{Clause(key)}: restore the file from a backup and run this again."),
            StorageDamagedException or LedgerDamagedException or InvalidDataException => errors.Fail(
                "damaged", $"{Clause(failure)}: run 'aitbc verify' to see all that is damaged, and restore a backup."),
            UnauthorizedAccessException denied => errors.Fail(
                "access_denied", $"{Clause(denied)}: give this user access or name another place."),
            FileNotFoundException or DirectoryNotFoundException => errors.Fail(
                "not_found", $"{Clause(failure)}: check the path and run this again."),
            IOException io => errors.Fail("io", $"{Clause(io)}: mend that and run this again."),
            _ => errors.Fail(
                "defect",
                $"This is a defect in aitbc ({failure.GetType().Name}: {Clause(failure)}): "
                + "set AITBC_TRACE=1, run it again, and report what it shows."),
        };
    }

    private static string Clause(Exception failure) => failure.Message.Trim().TrimEnd('.');

    /// <summary>Cancels a token on the first SIGINT or SIGTERM; a second one has its usual effect.</summary>
    private sealed class StopSignals : IDisposable
    {
        private readonly CancellationTokenSource _source = new();
        private readonly PosixSignalRegistration _interrupt;
        private readonly PosixSignalRegistration _terminate;
        private int _code;

        public StopSignals()
        {
            _interrupt = PosixSignalRegistration.Create(
                PosixSignal.SIGINT, context => Stop(context, ExitCode.Interrupted));
            _terminate = PosixSignalRegistration.Create(
                PosixSignal.SIGTERM, context => Stop(context, ExitCode.Terminated));
        }

        public CancellationToken Token => _source.Token;

        public int? Code => Volatile.Read(ref _code) is var code && code == 0 ? null : code;

        public void Dispose()
        {
            _interrupt.Dispose();
            _terminate.Dispose();
            // Not the source: a signal on its way at this moment still cancels it, and it holds nothing to give back.
        }

        private void Stop(PosixSignalContext context, int code)
        {
            if (Interlocked.CompareExchange(ref _code, code, 0) != 0)
            {
                return;
            }

            context.Cancel = true;
            _source.Cancel();
        }
    }
}
