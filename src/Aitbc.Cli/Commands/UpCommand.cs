using System.CommandLine;
using System.Net.Sockets;
using Aitbc.Cli.Configuration;
using Aitbc.Cli.Demo;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Node.Access;
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
        var demo = new Option<bool>("--demo") { Description = "Opens the small economy of aitbc demo on it." };
        var file = new Option<string?>("--config")
        {
            Description = "A file with settings, as 'aitbc config' writes one; AITBC_... and options here beat it.",
            HelpName = "FILE",
        };
        var settings = NodeSettings.All.ToDictionary(setting => setting, OptionOf);
        var command = new ExampleCommand(
            "up",
            "Runs a node on a data directory, until Ctrl-C; started again, it goes on where it stopped.",
            "aitbc up --demo",
            "aitbc up --port 8080 --data ./node --json",
            "aitbc up --config aitbc.json")
        {
            demo, file,
        };
        foreach (var option in settings.Values)
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellationToken) =>
        {
            var given = settings.Where(one => parsed.GetValue(one.Value) is not null)
                .ToDictionary(one => one.Key, one => parsed.GetValue(one.Value)!);
            return RunAsync(
                Read(parsed.GetValue(file), given), parsed.GetValue(demo), output.Open(parsed), cancellationToken);
        });
        return command;
    }

    private static Option<string?> OptionOf(NodeSetting setting) => new(setting.Option)
    {
        Description = $"{setting.Says} {char.ToUpperInvariant(setting.Range[0])}{setting.Range[1..]}."
            + $" Default: {setting.Show(new NodeConfig())}.",
        HelpName = "VALUE",
    };

    private static NodeConfig Read(string? file, IReadOnlyDictionary<NodeSetting, string> given)
    {
        var variables = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(one => (string)one.Key, one => (string?)one.Value ?? string.Empty);
        var (config, problems) = ConfigReader.Read(new ConfigSources(file, variables, given));
        return problems.Count == 0 ? config : throw new CommandFailure("config", string.Join(" ", problems));
    }

    private static async Task<int> RunAsync(
        NodeConfig config, bool demo, CommandOutput output, CancellationToken cancellationToken)
    {
        var options = config.ToNodeOptions();
        if (options.Validate() is { Count: > 0 } problems)
        {
            throw new CommandFailure("config", string.Join(" ", problems));
        }

        if (!options.IsLoopback && new TokenStore(config.Data, TimeProvider.System).List().Count == 0)
        {
            throw new CommandFailure(
                "no_token",
                $"Beyond this machine every request needs a token, and {config.Data} has none: run 'aitbc token new"
                + " --role reader' first.");
        }

        try
        {
            return demo
                ? await RunDemoAsync(config, options, output, cancellationToken).ConfigureAwait(false)
                : await RunEmptyAsync(config, options, output, cancellationToken).ConfigureAwait(false);
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
        NodeConfig config, NodeOptions options, CommandOutput output, CancellationToken cancellationToken)
    {
        var request = new DemoRequest(config.Data, int.MaxValue, null, null, null, null, IsVirtual: false);
        var world = await World.OpenAsync(
            request.ToOptions() with { Quota = config.ToDirectoryOptions(), Ledger = Adjusting(config, output) },
            cancellationToken).ConfigureAwait(false);
        await using (world.ConfigureAwait(false))
        {
            using var faucet = Faucet.Of(world.Ledger, world.Keys);
            await ServeAsync(
                options with { Faucet = faucet },
                world.Ledger,
                world.Directory,
                stop => world.RunAsync(int.MaxValue, null, stop),
                output,
                cancellationToken).ConfigureAwait(false);
        }

        LedgerEnd.Check(world.Ledger);
        return ExitCode.StoppedAsAsked;
    }

    /// <summary>A snapshot that fails ends nothing, so it is only said.</summary>
    private static Func<LedgerHostOptions, LedgerHostOptions> Adjusting(NodeConfig config, CommandOutput output) =>
        options => config.Adjust(options) with
        {
            SnapshotFailed = sentence => output.Fail("snapshot_failed", sentence),
        };

    private static async Task<int> RunEmptyAsync(
        NodeConfig config, NodeOptions options, CommandOutput output, CancellationToken cancellationToken)
    {
        using var chain = LocalChain.OpenOrBegin(config.Data, TimeProvider.System, config.ToDirectoryOptions());
        var ledger = chain.OpenLedger(Adjusting(config, output));
        await using (ledger.ConfigureAwait(false))
        {
            using var faucet = Faucet.Of(ledger, chain.Keys);
            await ServeAsync(
                options with { Faucet = faucet },
                ledger,
                chain.FullPath,
                stop => WatchAsync(ledger, stop),
                output,
                cancellationToken)
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
            options with { Dashboard = DashboardLocation.Find(AppContext.BaseDirectory) },
            ledger,
            TimeProvider.System,
            log => log.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace),
            cancellationToken).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            OperatorToken.Write(directory, server.Sessions.NewBearer(Role.Operator));
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
        people.Line($"Commands use the token of this run in {OperatorToken.PathIn(directory)}.");
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
