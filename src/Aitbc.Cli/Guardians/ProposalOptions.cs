using System.CommandLine;
using Aitbc.Cli.Output;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Cli.Guardians;

/// <summary>How a command line says which guardians an agent shall have: what differs from those it has.</summary>
internal sealed class ProposalOptions
{
    private readonly Option<string[]> add = new("--add")
    {
        Description = "A person who shall guard it, too; may be given more than once.", HelpName = "ACCOUNT",
    };

    private readonly Option<string[]> remove = new("--remove")
    {
        Description = "A guardian who shall be none; may be given more than once.", HelpName = "ACCOUNT",
    };

    private readonly Option<int?> threshold = new("--threshold")
    {
        Description = "How many of them shall decide and release it. Default: as many as now.", HelpName = "N",
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(add);
        command.Add(remove);
        command.Add(threshold);
    }

    /// <summary>Reads what shall be, checked against what is.</summary>
    /// <exception cref="CommandFailure">It cannot be; the sentence says what to do.</exception>
    public async Task<ChangeGuardians> ReadAsync(ParseResult parsed, GuardianSession session, CancellationToken stop)
    {
        var agent = session.Agent;
        var now = agent.Guardians.Select(one => one.Account).ToList();
        var (coming, going) = (IdsOf(parsed, add), IdsOf(parsed, remove));
        var decide = parsed.GetValue(threshold) ?? agent.Threshold;
        Check(coming.Count + going.Count > 0 || decide != agent.Threshold,
            "That changes nothing: name who shall guard it with --add, who shall not with --remove, or how many decide"
                + " with --threshold.");
        foreach (var one in going)
        {
            Check(now.Contains(one), $"{one} is no guardian of {agent.Agent}: name one of {string.Join(", ", now)}.");
        }

        foreach (var one in coming)
        {
            Check(!now.Contains(one), $"{one} guards {agent.Agent} already: name others with --add.");
            var view = await Shown.OneAsync(
                session.Client, $"/v1/accounts/{one}", "no_such_account", $"The node has no account {one}: check it.",
                stop).ConfigureAwait(false);
            Check(view.Text("kind") == "human", $"{one} is no person, and only people guard agents: name another.");
        }

        List<AccountId> then = [.. now.Except(going), .. coming];
        Check(then.Count is >= 1 and <= AccountSet.Length,
            $"An agent has 1 to {AccountSet.Length} guardians, and this would make {then.Count}: name others.");
        Check(decide >= 1 && decide <= then.Count,
            $"{decide} of {then.Count} cannot decide: name 1 to {then.Count} with --threshold.");
        return new ChangeGuardians(agent.Agent, then, decide);
    }

    private static List<AccountId> IdsOf(ParseResult parsed, Option<string[]> option)
    {
        var ids = new List<AccountId>();
        foreach (var text in parsed.GetValue(option) ?? [])
        {
            Check(AccountId.TryParse(text, out var id), $"{text} is no account: name one of 43 letters.");
            Check(!ids.Contains(id), $"{text} stands twice behind {option.Name}: name it once.");
            ids.Add(id);
        }

        return ids;
    }

    private static void Check(bool holds, string sentence)
    {
        if (!holds)
        {
            throw new CommandFailure("usage", sentence);
        }
    }
}
