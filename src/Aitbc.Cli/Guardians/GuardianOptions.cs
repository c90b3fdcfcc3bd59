using System.CommandLine;
using System.Text.Json;
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
    private readonly bool owners;
    private readonly NodeReach node = new("agent");
    private readonly Argument<string> subject;

    private readonly Option<string> data = new("--data")
    {
        Description = "The data directory with the person's key: of 'aitbc agent new', or a node's own. It may be in"
            + " use. Default: ./aitbc-agents.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "./aitbc-agents",
    };

    private readonly Option<string?> guardian = new("--as")
    {
        Description = "The person's account, where the directory has keys of more. Default: the first that may.",
        HelpName = "ACCOUNT",
    };

    /// <summary>For a command about an agent.</summary>
    /// <param name="owners">Whether the agent's owner may do it, too.</param>
    public GuardianOptions(bool owners = false)
        : this("AGENT", "The agent's account, or its name where --data has it.", owners)
    {
    }

    /// <summary>For a command about something that belongs to an agent.</summary>
    /// <param name="name">What it is called on the command line.</param>
    /// <param name="description">What it is.</param>
    /// <param name="owners">Whether the agent's owner may do it, too.</param>
    public GuardianOptions(string name, string description, bool owners = false)
    {
        this.owners = owners;
        subject = new Argument<string>(name) { Description = description };
    }

    /// <summary>For a command about an agent that the council gives without one.</summary>
    public static GuardianOptions WithOrWithoutAgent()
    {
        var options = new GuardianOptions("AGENT", "The agent's account, or its name where --data has it.");
        options.subject.Arity = ArgumentArity.ZeroOrOne;
        return options;
    }

    /// <summary>Whether the command line names an agent.</summary>
    public bool NamesAgent(ParseResult parsed) => parsed.GetValue(subject) is not null;

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(subject);
        node.AddTo(command);
        command.Add(data);
        command.Add(guardian);
    }

    /// <summary>Finds the agent and the person's key, and acts with them.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="act">What is done.</param>
    /// <param name="stop">Stops.</param>
    /// <exception cref="CommandFailure">Anything of it is not there; the sentence says what to do.</exception>
    public Task<int> RunAsync(ParseResult parsed, Func<GuardianSession, Task<int>> act, CancellationToken stop)
    {
        var directory = parsed.GetRequiredValue(data);
        return RunAsync(parsed, (_, text) => Task.FromResult(AgentOf(text, directory)), act, stop);
    }

    /// <summary>The same where the command line names something that belongs to an agent.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="agentOf">Finds the agent of what was named.</param>
    /// <param name="act">What is done.</param>
    /// <param name="stop">Stops.</param>
    /// <exception cref="CommandFailure">Anything of it is not there; the sentence says what to do.</exception>
    public Task<int> RunAsync(
        ParseResult parsed,
        Func<GuardianClient, string, Task<AccountId>> agentOf,
        Func<GuardianSession, Task<int>> act,
        CancellationToken stop) => node.RunAsync(parsed, async client =>
        {
            var directory = parsed.GetRequiredValue(data);
            using var keys = OpenKeys(directory);
            var id = await agentOf(client, parsed.GetRequiredValue(subject)).ConfigureAwait(false);
            var found = await client.FindAsync(id, stop).ConfigureAwait(false)
                ?? throw new CommandFailure(
                    "no_such_agent", $"The node at {node.UrlOf(parsed)} has no agent {id}: check both.");
            var (account, key) = KeyFor(found, keys, directory, parsed.GetValue(guardian));
            using (key)
            {
                return await act(new GuardianSession(client, found, account, key)).ConfigureAwait(false);
            }
        });

    /// <summary>Finds a key of the council, and acts with it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="act">What is done.</param>
    /// <param name="stop">Stops.</param>
    /// <exception cref="CommandFailure">Anything of it is not there; the sentence says what to do.</exception>
    public Task<int> RunCouncilAsync(
        ParseResult parsed, Func<CouncilSession, Task<int>> act, CancellationToken stop) =>
        node.RunAsync(parsed, async client =>
        {
            var directory = parsed.GetRequiredValue(data);
            using var keys = OpenKeys(directory);
            var genesis = await client.GenesisAsync(stop).ConfigureAwait(false);
            var council = await client.CouncilAsync(genesis, stop).ConfigureAwait(false);
            var wanted = parsed.GetValue(guardian);
            if (FindKey(council, keys, wanted) is not var (account, key))
            {
                throw new CommandFailure(
                    "no_council_key",
                    $"{wanted ?? "Nobody"} of the council has no key in {directory}: name a directory that has one with"
                        + $" --data; the council is {Names(council)}.");
            }

            using (key)
            {
                return await act(new CouncilSession(client, account, key, genesis.CouncilThreshold))
                    .ConfigureAwait(false);
            }
        });

    private static string Names(IEnumerable<Guardian> people) => string.Join(", ", people.Select(one => one.Account));

    private static (AccountId Account, KeyPair Key)? FindKey(
        IEnumerable<Guardian> people, HeldKeys keys, string? wanted)
    {
        foreach (var one in people.Where(one => wanted is null || $"{one.Account}" == wanted))
        {
            if (one.Keys.FirstOrDefault(keys.Contains) is var key && keys.Contains(key))
            {
                return (one.Account, keys.Load(key));
            }
        }

        return null;
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

    private (AccountId Account, KeyPair Key) KeyFor(
        GuardedAgent agent, HeldKeys keys, string directory, string? wanted)
    {
        var people = owners ? agent.Guardians.Append(agent.Owner) : agent.Guardians;
        if (FindKey(people, keys, wanted) is { } found)
        {
            return found;
        }

        var guardians = Names(agent.Guardians);
        throw new CommandFailure(
            "no_guardian_key",
            wanted is null
                ? $"No guardian of {agent.Agent} has a key in {directory}: name a directory that has one with --data;"
                    + $" its guardians are {guardians}."
                : $"{wanted} is no guardian of {agent.Agent} with a key in {directory}: name one with --as; its"
                    + $" guardians are {guardians}.");
    }
}

/// <summary>One of the council with its key at hand, and the node.</summary>
/// <param name="Client">The node.</param>
/// <param name="Member">Who acts.</param>
/// <param name="Key">With which key; the session's owner disposes it.</param>
/// <param name="Threshold">How many of the council release.</param>
internal sealed record CouncilSession(GuardianClient Client, AccountId Member, KeyPair Key, int Threshold)
{
    /// <summary>Signs a command, sends it, and looks at the chain again.</summary>
    /// <returns>What became of it, and the chain after it.</returns>
    /// <exception cref="CommandFailure">The ledger refused it.</exception>
    public async Task<(SubmitResult Result, JsonElement Chain)> SendAsync(
        Protocol.Entries.Command command, CancellationToken stop)
    {
        var result = await Client.SendAsync(Member, Key, command, stop).ConfigureAwait(false);
        var chain = await Client.GetAsync("/v1/chain", stop).ConfigureAwait(false)
            ?? throw new IOException("The node does not say which chain it has.");
        return result.Outcome == Protocol.Outcome.Applied
            ? (result, chain)
            : throw GuardianRefusals.Of(result.Outcome, this);
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
        var result = await SubmitAsync(command, stop).ConfigureAwait(false);
        return (result, await Client.FindAsync(Agent.Agent, stop).ConfigureAwait(false) ?? Agent);
    }

    /// <summary>Signs a command and sends it.</summary>
    /// <returns>What became of it.</returns>
    /// <exception cref="CommandFailure">The ledger refused it.</exception>
    public async Task<SubmitResult> SubmitAsync(Protocol.Entries.Command command, CancellationToken stop)
    {
        var result = await Client.SendAsync(Guardian, Key, command, stop).ConfigureAwait(false);
        return result.Outcome == Protocol.Outcome.Applied ? result : throw GuardianRefusals.Of(result.Outcome, this);
    }
}
