using System.CommandLine;
using System.Text.Json;
using Aitbc.Cli.Guardians;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Remote;
using Aitbc.Primitives;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc approvals</c>: what agents ask of their guardians, and the guardians' answers.</summary>
public static class ApprovalsCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output) => new("approvals", "What agents ask of their guardians.")
    {
        CreateList(output),
        CreateShow(output),
        CreateApprove(output),
        CreateDeny(output),
    };

    private static ExampleCommand CreateList(OutputOptions output)
    {
        var node = new NodeReach();
        var agent = new Option<string?>("--agent") { Description = "Only this agent's.", HelpName = "ACCOUNT" };
        var guardian = new Option<string?>("--guardian")
        {
            Description = "Only what this person may decide.", HelpName = "ACCOUNT",
        };
        var command = new ExampleCommand(
            "list", "Lists what waits, soonest expiry first.", "aitbc approvals list --node http://localhost:7420")
        {
            agent, guardian,
        };
        node.AddTo(command);
        command.SetAction((parsed, stop) => node.RunAsync(parsed, async client =>
        {
            var all = await Shown.AllAsync(
                client,
                "/v1/approvals",
                [("agent", parsed.GetValue(agent)), ("guardian", parsed.GetValue(guardian))],
                stop).ConfigureAwait(false);
            return output.Open(parsed).Result(new ApprovalList(all), people => ShowAll(people, all));
        }));
        return command;
    }

    private static void ShowAll(CommandOutput people, List<JsonElement> all)
    {
        if (all.Count == 0)
        {
            people.Line("Nothing waits for approval.");
            return;
        }

        people.Table(
            ["Id", "Agent", "Asks for", "Approved", "Expires"],
            all.Select(one => (string[])
            [
                one.Text("id"),
                one.Text("agent"),
                string.Join("; ", one.Items("commands").Select(part => part.Text("words"))),
                $"{one.GetProperty("approvedBy").GetArrayLength()} of {one.GetProperty("needed")}",
                one.Time("expiresAtMs"),
            ]));
    }

    private static ExampleCommand CreateShow(OutputOptions output)
    {
        var node = new NodeReach();
        var id = new Argument<string>("ID") { Description = "The approval, such as a42." };
        var command = new ExampleCommand(
            "show", "Shows what waits, and what it would do to balances and limits.", "aitbc approvals show a42")
        {
            id,
        };
        node.AddTo(command);
        command.SetAction((parsed, stop) => node.RunAsync(parsed, async client =>
        {
            var text = await ApprovalText.ReadAsync(client, parsed.GetRequiredValue(id), stop).ConfigureAwait(false);
            return output.Open(parsed).Result(text.View, text.Show);
        }));
        return command;
    }

    private static ExampleCommand CreateApprove(OutputOptions output)
    {
        var (guardian, sign) = (Guardian(), new SignOption());
        var command = new ExampleCommand(
            "approve",
            "Approves, as a guardian, what waits; the last guardian needed has it carried out.",
            "aitbc approvals approve a42 --data ./agents",
            "aitbc approvals approve a42 --data ./agents --as GUARDIAN --yes --json");
        guardian.AddTo(command);
        sign.AddTo(command);
        command.SetAction((parsed, stop) => DecideAsync(parsed, guardian, async (session, text) =>
        {
            var people = output.Open(parsed);
            text.Show(people);
            sign.Confirm(parsed, people, session, $"approve {text.Id}, digest {Digest.Sha256(text.Bytes)}");
            var result = await session.SubmitAsync(new GrantApproval(text.Id, text.Bytes), stop).ConfigureAwait(false);
            var handled = await HandledAsync(session.Client, result.Seq, stop).ConfigureAwait(false);
            return people.Result(
                new Decision(text.Id, text.Agent, session.Guardian, result.Seq, handled),
                all => all.Line(handled switch
                {
                    null => $"{session.Guardian} approves {text.Id} in entry {result.Seq}; it still waits for others.",
                    "applied" => $"{text.Id} is approved and was carried out in entry {result.Seq}.",
                    _ => $"{text.Id} is approved, and the rules refused it in entry {result.Seq}: {handled}.",
                }));
        }, stop));
        return command;
    }

    private static ExampleCommand CreateDeny(OutputOptions output)
    {
        var (guardian, sign) = (Guardian(), new SignOption());
        var command = new ExampleCommand(
            "deny",
            "Denies, as a guardian, what waits; one denial is enough, and costs no gas.",
            "aitbc approvals deny a42 --data ./agents");
        guardian.AddTo(command);
        sign.AddTo(command);
        command.SetAction((parsed, stop) => DecideAsync(parsed, guardian, async (session, text) =>
        {
            var people = output.Open(parsed);
            text.Show(people);
            sign.Confirm(parsed, people, session, $"deny {text.Id}");
            var result = await session.SubmitAsync(new DenyApproval(text.Id), stop).ConfigureAwait(false);
            return people.Result(
                new Decision(text.Id, text.Agent, session.Guardian, result.Seq, "denied"),
                all => all.Line($"{text.Id} is denied in entry {result.Seq}, and what it held is free again."));
        }, stop));
        return command;
    }

    private static GuardianOptions Guardian() => new("ID", "The approval, such as a42.");

    private static Task<int> DecideAsync(
        ParseResult parsed,
        GuardianOptions guardian,
        Func<GuardianSession, ApprovalText, Task<int>> act,
        CancellationToken stop)
    {
        ApprovalText? text = null;
        return guardian.RunAsync(
            parsed,
            async (client, id) => (text = await ApprovalText.ReadAsync(client, id, stop).ConfigureAwait(false)).Agent,
            session => act(session, text!),
            stop);
    }

    /// <summary>What became, in an entry, of what was approved; null where it still waits.</summary>
    private static async Task<string?> HandledAsync(GuardianClient client, ulong seq, CancellationToken stop)
    {
        var entry = await client.GetAsync($"/v1/entries/{seq}", stop).ConfigureAwait(false);
        return entry?.Items("events")
            .Where(one => one.Text("type") == "parkedHandled")
            .Select(one => one.Text("outcome"))
            .FirstOrDefault();
    }

    /// <summary>What machines get for a list.</summary>
    /// <param name="Approvals">As the node shows them.</param>
    private sealed record ApprovalList(IReadOnlyList<JsonElement> Approvals);

    /// <summary>What machines get for an answer.</summary>
    /// <param name="Id">What was decided.</param>
    /// <param name="Agent">Whose.</param>
    /// <param name="Guardian">Who spoke.</param>
    /// <param name="Seq">The entry.</param>
    /// <param name="Ended">What became of it: <c>denied</c>, or the outcome; null where it waits for others.</param>
    private sealed record Decision(ApprovalId Id, AccountId Agent, AccountId Guardian, ulong Seq, string? Ended);
}
