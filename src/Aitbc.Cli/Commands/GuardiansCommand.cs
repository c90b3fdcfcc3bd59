using System.CommandLine;
using System.Text.Json;
using Aitbc.Cli.Guardians;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Remote;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc guardians</c>: who guards an agent, and who shall.</summary>
public static class GuardiansCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output) => new("guardians", "Who guards an agent, and who shall.")
    {
        CreateList(output),
        CreatePropose(output),
    };

    private static ExampleCommand CreateList(OutputOptions output)
    {
        var node = new NodeReach();
        var agent = new Argument<string>("AGENT") { Description = "The agent's account." };
        var command = new ExampleCommand(
            "list", "Shows who guards an agent, and what is proposed of that.", "aitbc guardians list ACCOUNT")
        {
            agent,
        };
        node.AddTo(command);
        command.SetAction((parsed, stop) => node.RunAsync(parsed, async client =>
        {
            var text = parsed.GetRequiredValue(agent);
            if (!AccountId.TryParse(text, out var id))
            {
                throw new CommandFailure("usage", $"{text} is no account: name the agent's, of 43 letters.");
            }

            var view = await Shown.OneAsync(
                client, $"/v1/agents/{id}", "no_such_agent", $"The node has no agent {id}: check both.", stop)
                .ConfigureAwait(false);
            var open = await OpenAsync(client, id, stop).ConfigureAwait(false);
            var list = new GuardianList(
                id,
                AccountId.Parse(view.Text("owner")),
                [.. view.Items("guardians").Select(one => AccountId.Parse(one.GetString()!))],
                view.GetProperty("guardianThreshold").GetInt32(),
                open);
            return output.Open(parsed).Result(list, people => Show(people, list));
        }));
        return command;
    }

    private static void Show(CommandOutput people, GuardianList list)
    {
        people.Line($"{list.Threshold} of these decide about {list.Agent} and release it:");
        foreach (var one in list.Guardians)
        {
            people.Line($"  {one}{(one == list.Owner ? ", its owner" : "")}");
        }

        if (!list.Guardians.Contains(list.Owner))
        {
            people.Line($"Its owner {list.Owner} is none of them, and may propose others.");
        }

        people.Line(list.Proposed.Count == 0 ? "Nothing else is proposed." : "Proposed:");
        foreach (var motion in list.Proposed)
        {
            people.Line($"  {motion.Text("id")}: {motion.Text("words")}");
            people.Line($"      {motion.GetProperty("agreedBy").GetArrayLength()} of {motion.GetProperty("needed")}"
                + $" agree; it takes effect at {motion.Time("readyAtMs")} at the earliest");
        }
    }

    private static ExampleCommand CreatePropose(OutputOptions output)
    {
        var (guardian, sign) = (new GuardianOptions(owners: true), new SignOption());
        var change = new ProposalOptions();
        var command = new ExampleCommand(
            "propose",
            "Proposes other guardians of an agent, as its owner or a guardian; its present guardians decide.",
            "aitbc guardians propose mine --add ACCOUNT --threshold 2 --data ./agents",
            "aitbc guardians propose mine --remove LOST --add NEW --data ./agents");
        guardian.AddTo(command);
        change.AddTo(command);
        sign.AddTo(command);
        command.SetAction((parsed, stop) => guardian.RunAsync(
            parsed,
            async session =>
            {
                var proposal = await change.ReadAsync(parsed, session, stop).ConfigureAwait(false);
                var people = output.Open(parsed);
                var genesis = await session.Client.GenesisAsync(stop).ConfigureAwait(false);
                Foretell(people, session, proposal, genesis.Parameters.LooseningDelay);
                sign.Confirm(parsed, people, session, "propose it");
                var result = await session.SubmitAsync(proposal, stop).ConfigureAwait(false);
                var open = await OpenAsync(session.Client, session.Agent.Agent, stop).ConfigureAwait(false);
                var motion = open.LastOrDefault(one => one.Text("by") == $"{session.Guardian}");
                var id = motion.ValueKind == JsonValueKind.Object ? motion.Text("id") : null;
                return people.Result(
                    new GuardiansProposed(
                        session.Agent.Agent, session.Guardian, result.Seq, id, proposal.Guardians,
                        proposal.GuardianThreshold),
                    all => all.Line(id is null
                        ? $"Proposed in entry {result.Seq}, and with that decided."
                        : $"Proposed in entry {result.Seq} as {id}: each guardian says 'aitbc motions agree {id}'."));
            },
            stop));
        return command;
    }

    /// <summary>What follows from it, before it is signed.</summary>
    private static void Foretell(
        CommandOutput people, GuardianSession session, ChangeGuardians proposal, Duration delay)
    {
        var now = session.Agent.Guardians.Select(one => one.Account).ToList();
        people.Line(new Infrastructure.Explanation.Wording(null).Of(proposal) + ".");
        Say("comes", proposal.Guardians.Except(now));
        Say("goes", now.Except(proposal.Guardians));
        people.Line($"  decide    {session.Agent.Threshold} of {now.Count} now, {proposal.GuardianThreshold} of"
            + $" {proposal.Guardians.Count} then");
        people.Line($"  needs     {session.Agent.Threshold} of the present guardians"
            + (now.Contains(session.Guardian) ? "; you agree by proposing it" : "; you are none of them"));
        var from = new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()) + delay;
        people.Line($"  from      {from} at the earliest; till then they may object");
        people.Line("  with it   what waits for approval and other motions are void; denials stay, and those of who"
            + " goes are the guardians' to end");

        void Say(string what, IEnumerable<AccountId> who)
        {
            foreach (var one in who)
            {
                people.Line($"  {what,-9} {one}{(one == session.Agent.Owner.Account ? ", its owner" : "")}");
            }
        }
    }

    private static async Task<List<JsonElement>> OpenAsync(
        GuardianClient client, AccountId agent, CancellationToken stop) =>
        [.. (await Shown.AllAsync(client, "/v1/motions", [("agent", $"{agent}")], stop).ConfigureAwait(false))
            .Where(one => one.Text("kind") == "guardians")];

    /// <summary>What machines get for a list.</summary>
    /// <param name="Agent">Whose.</param>
    /// <param name="Owner">Its owner.</param>
    /// <param name="Guardians">Who guards it.</param>
    /// <param name="Threshold">How many of them decide.</param>
    /// <param name="Proposed">Open motions on that, as the node shows them.</param>
    private sealed record GuardianList(
        AccountId Agent,
        AccountId Owner,
        IReadOnlyList<AccountId> Guardians,
        int Threshold,
        IReadOnlyList<JsonElement> Proposed);

    /// <summary>What machines get for a proposal.</summary>
    /// <param name="Agent">Whose.</param>
    /// <param name="By">Who.</param>
    /// <param name="Seq">The entry.</param>
    /// <param name="Motion">The motion; left out where it is decided.</param>
    /// <param name="Guardians">Who shall guard it.</param>
    /// <param name="Threshold">How many of them shall decide.</param>
    private sealed record GuardiansProposed(
        AccountId Agent, AccountId By, ulong Seq, string? Motion, IReadOnlyList<AccountId> Guardians, int Threshold);
}
