using System.CommandLine;
using Aitbc.Cli.Demo;
using Aitbc.Cli.Output;
using Aitbc.Agents.Kinds.Requesting;
using Aitbc.Infrastructure.Remote;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Simulation.Hosting;
using Aitbc.Simulation.Worlds;
using Aitbc.Workloads.Chat;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc agent</c>: agents in a process of their own, against a node.</summary>
public static class AgentCommand
{
    private const int DefaultTtlSeconds = 10;

    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output) => new("agent", "Agents in a process of their own.")
    {
        CreateNew(output),
        CreateHost(output),
    };

    private static ExampleCommand CreateNew(OutputOptions output)
    {
        var (node, token, data) = (NodeOption(), TokenOption(), HostDataOption());
        var kind = new Option<HostedKind>("--kind") { Description = "What it does.", Required = true };
        var name = new Option<string>("--name") { Description = "Its name.", Required = true, HelpName = "NAME" };
        var command = new ExampleCommand(
            "new",
            "Makes an agent whose keys live in a directory: funds its owner from the node's faucet, registers it.",
            "aitbc agent new --kind inference --name mine --token-file ./aitbc-data/operator.token --data ./agents")
        {
            kind, name, node, token, data,
        };
        command.SetAction((parsed, stop) => WithNodeAsync(
            parsed.GetRequiredValue(data),
            parsed.GetRequiredValue(node),
            parsed.GetValue(token),
            async (directory, ledger) =>
            {
                if (parsed.GetValue(kind) == HostedKind.Chat && Chat(out var unset) is null)
                {
                    throw new CommandFailure("chat_unset", unset!);
                }

                var account = await AgentEnrolment.EnrolAsync(
                    directory, ledger, parsed.GetRequiredValue(name), parsed.GetValue(kind), Requester, stop)
                    .ConfigureAwait(false);
                return output.Open(parsed).Result(
                    new AgentMade(parsed.GetRequiredValue(name), account),
                    people => people.Line($"{parsed.GetRequiredValue(name)} is registered as {account}."));
            },
            stop));
        return command;
    }

    private static ExampleCommand CreateHost(OutputOptions output)
    {
        var (node, token, data) = (NodeOption(), TokenOption(), HostDataOption());
        var ttl = new Option<int>("--lease-seconds")
        {
            Description = $"How long another host waits once this one is gone. Default: {DefaultTtlSeconds}.",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultTtlSeconds,
        };
        ttl.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.GetValueOrDefault<int>() is < 1 or > 60)
            {
                result.AddError("--lease-seconds is 1 to 60.");
            }
        });
        var command = new ExampleCommand(
            "host",
            "Runs the agents of a directory against a node, until Ctrl-C; started again, they go on.",
            "aitbc agent host --node http://localhost:7420 --data ./agents")
        {
            node, token, data, ttl,
        };
        command.SetAction((parsed, stop) => WithNodeAsync(
            parsed.GetRequiredValue(data),
            parsed.GetRequiredValue(node),
            parsed.GetValue(token),
            (directory, ledger) => HostAsync(
                directory, ledger, Duration.FromSeconds(parsed.GetValue(ttl)), output.Open(parsed), stop),
            stop));
        return command;
    }

    private static async Task<int> HostAsync(
        HostDirectory directory, RemoteLedger ledger, Duration ttl, CommandOutput output, CancellationToken stop)
    {
        var settings = Chat(out var unset);
        using var chat = settings is null ? null : new ChatEndpoint(settings);
        var host = AgentHost.Open(directory, ledger, Requester, chat, ttl, TimeProvider.System);
        await using (host.ConfigureAwait(false))
        {
            output.Result(
                new HostStarted(host.Name, $"{ledger.Genesis.Chain}", [.. host.Agents.Select(one => one.Agent)]),
                people => people.Line(
                    $"The host {host.Name} runs {host.Agents.Count} agents on {ledger.Genesis.Chain}."
                    + " Ctrl-C stops it."));
            output.Line(settings is null ? unset! : $"The capability chat is answered by {settings}.");
            try
            {
                await host.RunAsync(output.Line, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                output.Line("Stopping.");
            }
        }

        return ExitCode.StoppedAsAsked;
    }

    private static async Task<int> WithNodeAsync(
        string data,
        string node,
        string? token,
        Func<HostDirectory, RemoteLedger, Task<int>> act,
        CancellationToken stop)
    {
        if (!Uri.TryCreate(node, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new CommandFailure("usage", $"{node} is no address of a node, such as http://localhost:7420.");
        }

        try
        {
            using var directory = HostDirectory.Open(data);
            var ledger = await RemoteLedger.ConnectAsync(
                new RemoteLedgerOptions
                {
                    Node = address,
                    Token = OperatorToken.Read(token),
                    Genesis = directory.Load()?.Genesis,
                },
                stop).ConfigureAwait(false);
            await using (ledger.ConfigureAwait(false))
            {
                return await act(directory, ledger).ConfigureAwait(false);
            }
        }
        catch (DataDirectoryLockedException locked)
        {
            throw new CommandFailure("locked", locked.Message, locked);
        }
        catch (WorldRefusedException refused)
        {
            throw new CommandFailure(refused.Code, refused.Message, refused);
        }
        catch (NodeRefusedException refused)
        {
            throw new CommandFailure(refused.Code, refused.Message, refused);
        }
        catch (IOException lost)
        {
            throw new CommandFailure("node", lost.Message, lost);
        }
    }

    private static ChatSettings? Chat(out string? problem) =>
        ChatSettings.Read(Environment.GetEnvironmentVariable, out problem);

    private static RequesterTraits Requester()
    {
        var options = new DemoRequest("", 1, null, null, null, null, false).ToOptions();
        var inputs = WorldInputs.Read(options.Dataset!.Value, options.Demand!.Value, 1);
        return inputs.Traits(DemandMapping.SpeedFor(inputs.Demand), Ratio.Zero);
    }

    private static Option<string> NodeOption() => new("--node")
    {
        Description = "The node's address. Default: http://localhost:7420.",
        HelpName = "URL",
        DefaultValueFactory = _ => "http://localhost:7420",
    };

    private static Option<string?> TokenOption() => new("--token-file")
    {
        Description = "A file with a token of the node. A node on this machine needs none, but for its faucet.",
        HelpName = "FILE",
    };

    private static Option<string> HostDataOption() => new("--data")
    {
        Description = "The host's own data directory. Default: ./aitbc-agents.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "./aitbc-agents",
    };

    /// <summary>What machines get for a new agent.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Account">Its account.</param>
    private sealed record AgentMade(string Name, AccountId Account);

    /// <summary>What machines get once a host is up.</summary>
    /// <param name="Host">Its name.</param>
    /// <param name="Chain">The chain's name.</param>
    /// <param name="Agents">Its agents.</param>
    private sealed record HostStarted(string Host, string Chain, IReadOnlyList<string> Agents);
}
