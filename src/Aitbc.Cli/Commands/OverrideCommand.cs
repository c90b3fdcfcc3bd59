using System.CommandLine;
using System.Text;
using System.Text.Json;
using Aitbc.Cli.Guardians;
using Aitbc.Cli.Output;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;
using Command = System.CommandLine.Command;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc override</c>: people allow or deny an agent one kind of action for a time.</summary>
public static class OverrideCommand
{
    private const int MaxHours = 366 * 24;

    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output) =>
        new("override", "Allows or denies an agent one kind of action for a time.")
        {
            CreateList(output),
            CreateSet(output, OverrideEffect.Deny),
            CreateSet(output, OverrideEffect.Allow),
            CreateRevoke(output),
        };

    private static ExampleCommand CreateList(OutputOptions output)
    {
        var node = new NodeReach();
        var agent = new Option<string?>("--agent") { Description = "Only this agent's.", HelpName = "ACCOUNT" };
        var command = new ExampleCommand("list", "Lists overrides in force.", "aitbc override list --agent ACCOUNT")
        {
            agent,
        };
        node.AddTo(command);
        command.SetAction((parsed, stop) => node.RunAsync(parsed, async client =>
        {
            var all = await Shown.AllAsync(client, "/v1/overrides", [("agent", parsed.GetValue(agent))], stop)
                .ConfigureAwait(false);
            return output.Open(parsed).Result(new OverrideList(all), people => ShowAll(people, all));
        }));
        return command;
    }

    private static void ShowAll(CommandOutput people, List<JsonElement> all)
    {
        if (all.Count == 0)
        {
            people.Line("No override is in force.");
            return;
        }

        people.Table(
            ["Id", "Agent", "Effect", "Action", "Left of its cap", "By", "Expires"],
            all.Select(one => (string[])
            [
                one.Text("id"),
                one.Text("agent"),
                one.Text("effect"),
                one.Text("action"),
                one.Text("effect") == "deny" ? "" : one.Amount("left"),
                one.Text("by"),
                one.Time("expiresAtMs"),
            ]));
    }

    private static ExampleCommand CreateSet(OutputOptions output, OverrideEffect effect)
    {
        var denies = effect == OverrideEffect.Deny;
        var guardian = new GuardianOptions(owners: true);
        var sign = new SignOption();
        var action = new Argument<string>("ACTION") { Description = "The action, such as transfer." };
        var cap = new Option<ulong>("--cap")
        {
            Description = "How many AITBC it lets pass, all told.", HelpName = "N", Required = true,
        };
        var hours = new Option<int>("--hours")
        {
            Description = "For how long. Default: 24.", HelpName = "N", DefaultValueFactory = _ => 24,
        };
        hours.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.GetValueOrDefault<int>() is < 1 or > MaxHours)
            {
                result.AddError($"--hours is 1 to {MaxHours}.");
            }
        });
        var reason = new Option<string>("--reason")
        {
            Description = "Why; its SHA-256 goes on the ledger, the words stay with you.", Required = true,
        };
        var command = new ExampleCommand(
            denies ? "deny" : "allow",
            denies
                ? "Denies an agent an action at once, whatever its constitution allows."
                : "Proposes to let an agent pass what its constitution does not allow; its guardians decide.",
            denies
                ? "aitbc override deny mine transfer --hours 24 --reason odd --data ./agents"
                : "aitbc override allow mine transfer --cap 50 --hours 2 --reason moving --data ./agents");
        guardian.AddTo(command);
        command.Add(action);
        if (!denies)
        {
            command.Add(cap);
        }

        command.Add(hours);
        command.Add(reason);
        sign.AddTo(command);
        command.SetAction((parsed, stop) => guardian.RunAsync(
            parsed,
            async session =>
            {
                var set = new SetOverride(
                    session.Agent.Agent,
                    KindOf(parsed.GetRequiredValue(action)),
                    effect,
                    denies ? TokenAmount.Zero : TokensOf(parsed.GetValue(cap)),
                    Digest.Sha256(Encoding.UTF8.GetBytes(parsed.GetRequiredValue(reason))),
                    new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds())
                        + Duration.FromHours(parsed.GetValue(hours)));
                return await SetAsync(output.Open(parsed), sign, parsed, session, set, stop).ConfigureAwait(false);
            },
            stop));
        return command;
    }

    private static async Task<int> SetAsync(
        CommandOutput people,
        SignOption sign,
        ParseResult parsed,
        GuardianSession session,
        SetOverride set,
        CancellationToken stop)
    {
        var denies = set.Effect == OverrideEffect.Deny;
        people.Line(new Infrastructure.Explanation.Wording(null).Of(set) + ".");
        people.Line(denies
            ? "It is in force at once, and wins over every allowance."
            : $"Its guardians decide: {session.Agent.Threshold} must agree. It lifts no hard limit and no stop.");
        sign.Confirm(parsed, people, session, denies ? "deny it" : "propose it");
        var result = await session.SubmitAsync(set, stop).ConfigureAwait(false);
        return people.Result(
            new OverrideSet(set.Agent, session.Guardian, result.Seq, CommandNames.NameOf(set.Action), set.Effect,
                set.ExpiresAt),
            all => all.Line(denies
                ? $"Denied in entry {result.Seq} until {set.ExpiresAt}."
                : $"Proposed in entry {result.Seq}: 'aitbc motions list --agent {set.Agent}' shows who agrees."));
    }

    private static ExampleCommand CreateRevoke(OutputOptions output)
    {
        var guardian = new GuardianOptions("ID", "The override, such as o7.", owners: true);
        var sign = new SignOption();
        var command = new ExampleCommand(
            "revoke",
            "Ends an override before its time: an allowance by any guardian or the owner, a denial by who set it, or by"
                + " any guardian where who set it has left.",
            "aitbc override revoke o7 --data ./agents");
        guardian.AddTo(command);
        sign.AddTo(command);
        command.SetAction((parsed, stop) =>
        {
            var found = default(JsonElement);
            return guardian.RunAsync(
                parsed,
                async (client, text) =>
                {
                    var all = await Shown.AllAsync(client, "/v1/overrides", [], stop).ConfigureAwait(false);
                    found = all.FirstOrDefault(one => one.Text("id") == text);
                    return found.ValueKind == JsonValueKind.Object
                        ? AccountId.Parse(found.Text("agent"))
                        : throw new CommandFailure(
                            "no_such_override",
                            $"No override {text} is in force: run 'aitbc override list' to see those that are.");
                },
                async session =>
                {
                    var people = output.Open(parsed);
                    ShowAll(people, [found]);
                    sign.Confirm(parsed, people, session, $"end {found.Text("id")}");
                    var result = await session.SubmitAsync(
                        new RevokeOverride(OverrideId.Parse(found.Text("id"))), stop).ConfigureAwait(false);
                    return people.Result(
                        new OverrideEnded(found.Text("id"), session.Agent.Agent, session.Guardian, result.Seq),
                        all => all.Line($"{found.Text("id")} ended in entry {result.Seq}."));
                },
                stop);
        });
        return command;
    }

    private static CommandKind KindOf(string action) => CommandNames.KindOf(action)
        ?? throw new CommandFailure(
            "usage",
            $"{action} is no action: name one of "
                + $"{string.Join(", ", Enum.GetValues<CommandKind>().Select(CommandNames.NameOf))}.");

    private static TokenAmount TokensOf(ulong tokens) => tokens > 0
        ? TokenAmount.FromTokens(tokens)
        : throw new CommandFailure("usage", "--cap 0 would let nothing pass: name at least 1 AITBC.");

    /// <summary>What machines get for a list.</summary>
    /// <param name="Overrides">As the node shows them.</param>
    private sealed record OverrideList(IReadOnlyList<JsonElement> Overrides);

    /// <summary>What machines get for an override that was set or proposed.</summary>
    /// <param name="Agent">Whose.</param>
    /// <param name="By">Who.</param>
    /// <param name="Seq">The entry.</param>
    /// <param name="Action">The action.</param>
    /// <param name="Effect">Deny: in force. Allow: proposed.</param>
    /// <param name="ExpiresAtMs">When it ends by itself, ms since 1970.</param>
    private sealed record OverrideSet(
        AccountId Agent, AccountId By, ulong Seq, string Action, OverrideEffect Effect, Timestamp ExpiresAtMs);

    /// <summary>What machines get for an override that was ended.</summary>
    /// <param name="Id">Which.</param>
    /// <param name="Agent">Whose.</param>
    /// <param name="By">Who.</param>
    /// <param name="Seq">The entry.</param>
    private sealed record OverrideEnded(string Id, AccountId Agent, AccountId By, ulong Seq);
}
