using System.CommandLine;
using System.Net.Sockets;
using Aitbc.Cli.Demo;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Node.Dashboard;
using Aitbc.Node.Hosting;
using Aitbc.Simulation.Worlds;
using Microsoft.Extensions.Logging;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc up</c>: a node on a data directory, until it is stopped.</summary>
public static class UpCommand
{
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(1);

    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output)
    {
        var data = DataOption.Create();
        var demo = new Option<bool>("--demo") { Description = "Opens the small economy of aitbc demo on it." };
        var port = new Option<int>("--port")
        {
            Description = $"TCP port on this machine; 0 takes a free one. Default: {NodeOptions.DefaultPort}.",
            HelpName = "P",
            DefaultValueFactory = _ => NodeOptions.DefaultPort,
        };
        var command = new ExampleCommand(
            "up",
            "Runs a node on a data directory, until Ctrl-C; started again, it goes on where it stopped.",
            "aitbc up --demo",
            "aitbc up --port 8080 --data ./node --json")
        {
            demo, port, data,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(data),
            parsed.GetValue(demo),
            new NodeOptions
            {
                Port = parsed.GetRequiredValue(port),
                Dashboard = DashboardLocation.Find(AppContext.BaseDirectory),
            },
            output.Open(parsed),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string data, bool demo, NodeOptions options, CommandOutput output, CancellationToken cancellationToken)
    {
        if (options.Validate() is { Count: > 0 } problems)
        {
            throw new CommandFailure("usage", string.Join(" ", problems));
        }

        try
        {
            return demo
                ? await RunDemoAsync(data, options, output, cancellationToken).ConfigureAwait(false)
                : await RunEmptyAsync(data, options, output, cancellationToken).ConfigureAwait(false);
        }
        catch (DataDirectoryLockedException locked)
        {
            throw new CommandFailure("locked", locked.Message, locked);
        }
        catch (WorldRefusedException refused)
        {
            throw new CommandFailure(refused.Code, refused.Message, refused);
        }
        catch (IOException taken) when (taken.InnerException is SocketException or { InnerException: SocketException })
        {
            throw new CommandFailure(
                "port_taken",
                $"Port {options.Port} is taken by another program: stop that, or name another with --port.",
                taken);
        }
    }

    private static async Task<int> RunDemoAsync(
        string data, NodeOptions options, CommandOutput output, CancellationToken cancellationToken)
    {
        var request = new DemoRequest(data, int.MaxValue, null, null, null, null, IsVirtual: false);
        var world = await World.OpenAsync(request.ToOptions(), cancellationToken).ConfigureAwait(false);
        await using (world.ConfigureAwait(false))
        {
            await ServeAsync(
                options,
                world.Ledger,
                world.Directory,
                stop => world.RunAsync(int.MaxValue, null, stop),
                output,
                cancellationToken).ConfigureAwait(false);
        }

        LedgerEnd.Check(world.Ledger);
        return ExitCode.StoppedAsAsked;
    }

    private static async Task<int> RunEmptyAsync(
        string data, NodeOptions options, CommandOutput output, CancellationToken cancellationToken)
    {
        using var chain = LocalChain.OpenOrBegin(data, TimeProvider.System);
        var ledger = chain.OpenLedger();
        await using (ledger.ConfigureAwait(false))
        {
            await ServeAsync(
                options, ledger, chain.FullPath, stop => WatchAsync(ledger, stop), output, cancellationToken)
                .ConfigureAwait(false);
        }

        LedgerEnd.Check(ledger);
        return ExitCode.StoppedAsAsked;
    }

    /// <summary>Serves while something lives, until it ends or is told to.</summary>
    private static async Task ServeAsync(
        NodeOptions options,
        LedgerHost ledger,
        string directory,
        Func<CancellationToken, Task> live,
        CommandOutput output,
        CancellationToken cancellationToken)
    {
        var server = await NodeServer.StartAsync(
            options,
            ledger,
            TimeProvider.System,
            log => log.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace),
            cancellationToken).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            var address = new UriBuilder(server.Url) { Query = $"token={server.Sessions.NewOneTime()}" }.Uri;
            output.Result(
                new NodeStarted(address, $"{ledger.Genesis.Chain}", directory, ledger.View.Seq),
                people => Greet(people, address, ledger, directory));
            try
            {
                await live(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                output.Line("Stopping.");
            }
        }
    }

    private static void Greet(CommandOutput people, Uri address, LedgerHost ledger, string directory)
    {
        people.Line($"The chain {ledger.Genesis.Chain} in {directory} is up, at entry {ledger.View.Seq}. Its tokens"
            + " have no value.");
        people.Line($"Open {address}");
        people.Line("The address works once, for 15 minutes. Ctrl-C stops the node.");
    }

    /// <summary>A ledger that has failed ends the process: whatever supervises it starts it again.</summary>
    private static async Task WatchAsync(LedgerHost ledger, CancellationToken stop)
    {
        while (ledger.Failure is null)
        {
            await Task.Delay(Watch, TimeProvider.System, stop).ConfigureAwait(false);
        }

        LedgerEnd.Check(ledger);
    }

    /// <summary>What machines get once the node is up.</summary>
    /// <param name="Url">Address for a browser, with a token that works once.</param>
    /// <param name="Chain">The chain's name.</param>
    /// <param name="Directory">The data directory.</param>
    /// <param name="Seq">The last durable entry.</param>
    private sealed record NodeStarted(Uri Url, string Chain, string Directory, ulong Seq);
}
