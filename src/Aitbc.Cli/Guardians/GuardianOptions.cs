using System.CommandLine;
using Aitbc.Cli.Commands;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Remote;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Simulation.Hosting;

namespace Aitbc.Cli.Guardians;

/// <summary>How every command of a guardian names the agent, the node, and the directory that has the guardian's key.
/// </summary>
internal sealed class GuardianOptions
{
    private readonly Argument<string> agent = new("AGENT")
    {
        Description = "The agent's account, or its name where --data has it.",
    };

    private readonly Option<string> node = new("--node")
    {
        Description = "The node's address. Default: http://localhost:7420.",
        HelpName = "URL",
        DefaultValueFactory = _ => "http://localhost:7420",
    };

    private readonly Option<string?> token = new("--token-file")
    {
        Description = "A file with a token of the node, role agent. A node on this machine needs none.",
        HelpName = "FILE",
    };

    private readonly Option<string> data = new("--data")
    {
        Description = "The data directory with the guardian's key: of 'aitbc agent new', or a node's own. It may be in"
            + " use. Default: ./aitbc-agents.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "./aitbc-agents",
    };

    private readonly Option<string?> guardian = new("--as")
    {
        Description = "The guardian's account, where the directory has keys of more than one. Default: the first.",
        HelpName = "ACCOUNT",
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(agent);
        command.Add(node);
        command.Add(token);
        command.Add(data);
        command.Add(guardian);
    }

    /// <summary>Finds the agent and the guardian's key, and acts with them.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="act">What is done.</param>
    /// <param name="stop">Stops.</param>
    /// <exception cref="CommandFailure">Anything of it is not there; the sentence says what to do.</exception>
    public async Task<int> RunAsync(ParseResult parsed, Func<GuardianSession, Task<int>> act, CancellationToken stop)
    {
        var (address, directory) = (parsed.GetRequiredValue(node), parsed.GetRequiredValue(data));
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new CommandFailure(
                "usage", $"{address} is no address of a node: name one such as http://localhost:7420.");
        }

        using var keys = OpenKeys(directory);
        try
        {
            using var client = new GuardianClient(new RemoteLedgerOptions
            {
                Node = uri,
                Token = OperatorToken.Read(parsed.GetValue(token)),
            });
            var id = AgentOf(parsed.GetRequiredValue(agent), directory);
            var found = await client.FindAsync(id, stop).ConfigureAwait(false)
                ?? throw new CommandFailure("no_such_agent", $"The node at {uri} has no agent {id}: check both.");
            var (account, key) = KeyFor(found, keys, directory, parsed.GetValue(guardian));
            using (key)
            {
                return await act(new GuardianSession(client, found, account, key)).ConfigureAwait(false);
            }
        }
        catch (NodeRefusedException refused)
        {
            throw new CommandFailure(
                refused.Code, $"{refused.Message.TrimEnd('.')}: mend that and run this again.", refused);
        }
        catch (IOException lost)
        {
            throw new CommandFailure(
                "node", $"{lost.Message.TrimEnd('.')}: check {uri} and run this again.", lost);
        }
    }

    private static HeldKeys OpenKeys(string directory)
    {
        try
        {
            return HeldKeys.Open(directory);
        }
        catch (FileNotFoundException missing)
        {
            throw new CommandFailure(
                "no_keys",
                $"{directory} holds no keys: name the directory of 'aitbc agent new', or the node's, with --data.",
                missing);
        }
    }

    private static AccountId AgentOf(string text, string directory)
    {
        if (AccountId.TryParse(text, out var id))
        {
            return id;
        }

        return HostDirectory.Peek(directory)?.Agents.FirstOrDefault(one => one.Name == text)?.Account
            ?? throw new CommandFailure(
                "no_such_agent",
                $"{text} is no account, and {directory} has no agent of that name: name its account, or its directory"
                    + " with --data.");
    }

    private static (AccountId Account, KeyPair Key) KeyFor(
        GuardedAgent agent, HeldKeys keys, string directory, string? wanted)
    {
        foreach (var one in agent.Guardians.Where(one => wanted is null || $"{one.Account}" == wanted))
        {
            if (one.Keys.FirstOrDefault(keys.Contains) is var key && keys.Contains(key))
            {
                return (one.Account, keys.Load(key));
            }
        }

        var guardians = string.Join(", ", agent.Guardians.Select(one => one.Account));
        throw new CommandFailure(
            "no_guardian_key",
            wanted is null
                ? $"No guardian of {agent.Agent} has a key in {directory}: name a directory that has one with --data;"
                    + $" its guardians are {guardians}."
                : $"{wanted} is no guardian of {agent.Agent} with a key in {directory}: name one with --as; its"
                    + $" guardians are {guardians}.");
    }
}

/// <summary>A guardian with its key at hand, its agent, and the node.</summary>
/// <param name="Client">The node.</param>
/// <param name="Agent">The agent, as it was found.</param>
/// <param name="Guardian">Who acts.</param>
/// <param name="Key">With which key; the session's owner disposes it.</param>
internal sealed record GuardianSession(GuardianClient Client, GuardedAgent Agent, AccountId Guardian, KeyPair Key)
{
    /// <summary>Signs a command, sends it, and looks at the agent again.</summary>
    /// <returns>What became of it, and the agent after it.</returns>
    /// <exception cref="CommandFailure">The ledger refused it.</exception>
    public async Task<(SubmitResult Result, GuardedAgent After)> SendAsync(
        Protocol.Entries.Command command, CancellationToken stop)
    {
        var result = await Client.SendAsync(Guardian, Key, command, stop).ConfigureAwait(false);
        if (result.Outcome != Protocol.Outcome.Applied)
        {
            throw GuardianRefusals.Of(result.Outcome, this);
        }

        return (result, await Client.FindAsync(Agent.Agent, stop).ConfigureAwait(false) ?? Agent);
    }
}
