using System.CommandLine;
using System.Text.Json;
using Aitbc.Cli.Guardians;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Remote;
using Aitbc.Primitives;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc motions</c>: what would loosen an agent's bounds, and what its guardians say to it.</summary>
public static class MotionsCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output) => new("motions", "What guardians are asked to decide.")
    {
        CreateList(output),
        CreateShow(output),
        CreateVote(
            output, "agree", "Agrees, as a guardian, to a motion; it takes effect once enough agree and it has waited.",
            id => new AgreeMotion(id)),
        CreateVote(
            output, "reject",
            "Rejects, as a guardian, a motion, also one agreed to before; who proposed it takes it back.",
            id => new RejectMotion(id), owners: true),
    };

    private static ExampleCommand CreateList(OutputOptions output)
    {
        var node = new NodeReach();
        var agent = new Option<string?>("--agent") { Description = "Only about this agent.", HelpName = "ACCOUNT" };
        var guardian = new Option<string?>("--guardian")
        {
            Description = "Only what this person may decide.", HelpName = "ACCOUNT",
        };
        var command = new ExampleCommand("list", "Lists open motions.", "aitbc motions list --agent ACCOUNT")
        {
            agent, guardian,
        };
        node.AddTo(command);
        command.SetAction((parsed, stop) => node.RunAsync(parsed, async client =>
        {
            var all = await Shown.AllAsync(
                client,
                "/v1/motions",
                [("agent", parsed.GetValue(agent)), ("guardian", parsed.GetValue(guardian))],
                stop).ConfigureAwait(false);
            return output.Open(parsed).Result(new MotionList(all), people => ShowAll(people, all));
        }));
        return command;
    }

    private static void ShowAll(CommandOutput people, List<JsonElement> all)
    {
        if (all.Count == 0)
        {
            people.Line("No motion is open.");
            return;
        }

        people.Table(
            ["Id", "About", "Agent", "Agree", "Can take effect", "Lapses"],
            all.Select(one => (string[])
            [
                one.Text("id"),
                one.Text("kind"),
                one.Text("agent"),
                $"{one.GetProperty("agreedBy").GetArrayLength()} of {one.GetProperty("needed")}",
                one.Time("readyAtMs"),
                one.Time("lapsesAtMs"),
            ]));
    }

    private static ExampleCommand CreateShow(OutputOptions output)
    {
        var node = new NodeReach();
        var id = new Argument<string>("ID") { Description = "The motion, such as m7." };
        var command = new ExampleCommand(
            "show", "Shows a motion, and line by line what it would loosen or tighten.", "aitbc motions show m7")
        {
            id,
        };
        node.AddTo(command);
        command.SetAction((parsed, stop) => node.RunAsync(parsed, async client =>
        {
            var (_, view) = await FindAsync(client, parsed.GetRequiredValue(id), stop).ConfigureAwait(false);
            return output.Open(parsed).Result(view, people => Show(people, view));
        }));
        return command;
    }

    private static ExampleCommand CreateVote(
        OutputOptions output, string name, string description, Func<MotionId, Protocol.Entries.Command> make,
        bool owners = false)
    {
        var guardian = new GuardianOptions("ID", "The motion, such as m7.", owners);
        var sign = new SignOption();
        var command = new ExampleCommand(name, description, $"aitbc motions {name} m7 --data ./agents");
        guardian.AddTo(command);
        sign.AddTo(command);
        command.SetAction((parsed, stop) =>
        {
            var (motion, view) = (default(MotionId), default(JsonElement));
            return guardian.RunAsync(
                parsed,
                async (client, id) =>
                {
                    (motion, view) = await FindAsync(client, id, stop).ConfigureAwait(false);
                    return AccountId.Parse(view.Text("agent"));
                },
                async session =>
                {
                    var people = output.Open(parsed);
                    Show(people, view);
                    sign.Confirm(parsed, people, session, $"{name} {motion}");
                    var result = await session.SubmitAsync(make(motion), stop).ConfigureAwait(false);
                    var left = await session.Client.GetAsync($"/v1/motions/{motion}", stop).ConfigureAwait(false);
                    return people.Result(
                        new Vote(motion, session.Guardian, result.Seq, left is not null),
                        all => all.Line(left is { } open
                            ? $"Said in entry {result.Seq}. {State(open)}"
                            : $"Said in entry {result.Seq}, and with that {motion} is decided."));
                },
                stop);
        });
        return command;
    }

    private static async Task<(MotionId Id, JsonElement View)> FindAsync(
        GuardianClient client, string text, CancellationToken stop) => MotionId.TryParse(text, out var id)
        ? (id, await Shown.OneAsync(
            client,
            $"/v1/motions/{id}",
            "no_such_motion",
            $"No motion {id} is open (it took effect, ended or never was): run 'aitbc motions list' to see those that"
                + " are.",
            stop).ConfigureAwait(false))
        : throw new CommandFailure("usage", $"{text} is no motion: name one such as m7; 'list' shows them.");

    private static void Show(CommandOutput people, JsonElement view)
    {
        people.Line($"{view.Text("id")} about the agent {view.Text("agent")}, proposed by {view.Text("by")}");
        people.Line($"  proposes  {view.Text("words")}");
        foreach (var account in view.Items("accounts"))
        {
            people.Line($"            {account.Text("number")} is {account.Text("what")}: {account.Maybe("id")}");
        }

        people.Line($"  agree     {view.Texts("agreedBy")}");
        people.Line($"  reject    {view.Texts("rejectedBy")}");
        people.Line($"  silent    {view.Texts("undecided")}");
        people.Line($"  so        {State(view)}");
        if (view.TryGetProperty("constitution", out var constitution))
        {
            Changes(people, constitution);
        }
    }

    /// <summary>What a constitution would change, line by line.</summary>
    internal static void Changes(CommandOutput people, JsonElement changed)
    {
        var all = changed.Items("changes").Where(one => one.Text("change") != "same").ToList();
        if (all.Count == 0)
        {
            people.Line("It changes nothing.");
            return;
        }

        people.Table(
            ["Change", "Now", "Then"],
            all.Select(one => (string[])
                [one.Text("change"), one.Maybe("before") ?? "(new)", one.Maybe("after") ?? "(gone)"]));
    }

    private static string State(JsonElement view) => view.GetProperty("enough").GetBoolean()
        ? $"Enough agree: it takes effect at {view.Time("readyAtMs")} unless one takes their word back."
        : $"{view.GetProperty("needed")} must agree; it takes effect at {view.Time("readyAtMs")} at the earliest and"
            + $" lapses at {view.Time("lapsesAtMs")}.";

    /// <summary>What machines get for a list.</summary>
    /// <param name="Motions">As the node shows them.</param>
    private sealed record MotionList(IReadOnlyList<JsonElement> Motions);

    /// <summary>What machines get for a vote.</summary>
    /// <param name="Id">On what.</param>
    /// <param name="Guardian">Whose.</param>
    /// <param name="Seq">The entry.</param>
    /// <param name="Open">Whether the motion is open still.</param>
    private sealed record Vote(MotionId Id, AccountId Guardian, ulong Seq, bool Open);
}
