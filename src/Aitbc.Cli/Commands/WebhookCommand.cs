using System.CommandLine;
using System.Globalization;
using Aitbc.Cli.Output;
using Aitbc.Node.Webhooks;
using Aitbc.Primitives;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc webhook</c>: who is told when something needs a person.</summary>
public static class WebhookCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output) =>
        new("webhook", "Addresses that are told when something needs a person; also while the node runs.")
        {
            CreateAdd(output), CreateList(output), CreateRemove(output), CreateTest(output),
        };

    private static ExampleCommand CreateAdd(OutputOptions output)
    {
        var data = DataOption.Create();
        var url = new Argument<string>("url") { Description = "Where messages go, by POST; https." };
        var allowPrivate = new Option<bool>("--allow-private")
        {
            Description = "Lets it be on this machine or in a private network, and there plain http.",
        };
        var command = new ExampleCommand(
            "add",
            "Adds a hook and shows the secret that signs its messages, this once; a running node begins at once.",
            "aitbc webhook add https://alerts.example/aitbc",
            "aitbc webhook add http://localhost:9000/hook --allow-private --json") { url, allowPrivate, data };
        command.SetAction(parsed =>
        {
            var store = Open(parsed.GetRequiredValue(data));
            var hook = store.Add(parsed.GetRequiredValue(url), parsed.GetValue(allowPrivate), out var problem)
                ?? throw new CommandFailure("bad_url", $"{problem!.TrimEnd('.')}; name another.");
            var secret = hook.Secret.Reveal();
            return output.Open(parsed).Result(
                new Added(hook.Id, hook.Shown, secret),
                people =>
                {
                    people.Line(secret);
                    people.Line($"This is the only time it is shown: the receiver at {hook.Shown} checks messages with"
                        + $" it. Try it with 'aitbc webhook test {hook.Id}'.");
                });
        });
        return command;
    }

    private static ExampleCommand CreateList(OutputOptions output)
    {
        var data = DataOption.Create();
        var command = new ExampleCommand(
            "list",
            "Lists the hooks, how far each is and whether it fails; without paths and secrets.",
            "aitbc webhook list --json") { data };
        command.SetAction(parsed =>
        {
            var store = Open(parsed.GetRequiredValue(data));
            var hooks = store.List().Select(hook => Listed.Of(hook, store.Places.Load(hook.Id))).ToList();
            return output.Open(parsed).Result(new Hooks(hooks), people => people.Table(
                ["id", "to", "private", "state", "next entry", "last try"],
                hooks.Select(hook => new[]
                {
                    hook.Id, hook.To, hook.AllowsPrivate ? "allowed" : "no", hook.State,
                    hook.Seq?.ToString(CultureInfo.InvariantCulture) ?? "-", hook.LastTry,
                })));
        });
        return command;
    }

    private static ExampleCommand CreateRemove(OutputOptions output)
    {
        var (data, id) = (DataOption.Create(), CreateId());
        var command = new ExampleCommand(
            "remove",
            "Removes a hook; a running node sends it nothing more within a second.",
            "aitbc webhook remove 0123456789ab") { id, data };
        command.SetAction(parsed =>
        {
            var named = parsed.GetRequiredValue(id);
            return Open(parsed.GetRequiredValue(data)).Remove(named)
                ? output.Open(parsed).Result(new Removed(named), people => people.Line($"{named} is told nothing now."))
                : throw Missing(named);
        });
        return command;
    }

    private static ExampleCommand CreateTest(OutputOptions output)
    {
        var (data, id) = (DataOption.Create(), CreateId());
        var command = new ExampleCommand(
            "test",
            "Sends a hook a message from here, now, and says what its receiver answered.",
            "aitbc webhook test 0123456789ab") { id, data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var named = parsed.GetRequiredValue(id);
            var hook = Open(parsed.GetRequiredValue(data)).List().FirstOrDefault(one => one.Id == named)
                ?? throw Missing(named);
            using var sender = new WebhookSender(hook, TimeProvider.System);
            var result = await sender.SendTestAsync(cancellationToken).ConfigureAwait(false);
            return result.Outcome == DeliveryOutcome.Delivered
                ? output.Open(parsed).Result(
                    new Tested(hook.Id, result.Status!.Value),
                    people => people.Line($"{hook.Shown} took it: status {result.Status}."))
                : throw new CommandFailure("not_delivered", $"{hook.Shown} {WordsOf(result)}.");
        });
        return command;
    }

    private static Argument<string> CreateId() =>
        new("id") { Description = "The hook's id, as 'aitbc webhook list' shows it." };

    private static WebhookStore Open(string path) => new(path, TimeProvider.System);

    private static CommandFailure Missing(string id) => new(
        "no_webhook", $"There is no hook {id}: run 'aitbc webhook list' for those that there are.");

    private static string WordsOf(DeliveryResult result) => result.Outcome switch
    {
        DeliveryOutcome.Rejected => $"answered {result.Status}, where 200 to 299 means taken: check the receiver's log",
        DeliveryOutcome.TimedOut =>
            $"did not answer within {WebhookSender.Patience.TotalSeconds:0} s: check that the receiver runs",
        DeliveryOutcome.Refused => "leads to no address that may be called: name one on the Internet, or add it with"
            + " --allow-private if the network is yours",
        _ => "cannot be reached, or its certificate is not trusted: check the name, the port and the certificate",
    };

    private sealed record Added(string Id, string To, string Secret);

    private sealed record Listed(
        string Id, string To, bool AllowsPrivate, string State, ulong? Seq, int Attempts, string LastTry)
    {
        public static Listed Of(Webhook hook, WebhookPlace? place) => new(
            hook.Id,
            hook.Shown,
            hook.AllowsPrivate,
            place switch
            {
                null => "not begun",
                { IsFailing: true } => "failing",
                { Attempts: > 0 } => "trying again",
                _ => "ok",
            },
            place?.Seq,
            place?.Attempts ?? 0,
            place?.LastOutcome is { } last ? $"{new Timestamp(place.LastAtMs)} {last}" : "none");
    }

    private sealed record Hooks(IReadOnlyList<Listed> Items);

    private sealed record Removed(string Id);

    private sealed record Tested(string Id, int Status);
}
