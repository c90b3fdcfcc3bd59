using System.CommandLine;
using Aitbc.Cli.Output;
using Aitbc.Node.Access;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc token</c>: who may use a node from other machines.</summary>
public static class TokenCommand
{
    private const string RoleNames = "reader, agent, operator";

    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output) =>
        new("token", "Tokens that let others use this node; they work at once, also while it runs.")
        {
            CreateNew(output), CreateList(output), CreateRevoke(output),
        };

    private static ExampleCommand CreateNew(OutputOptions output)
    {
        var data = DataOption.Create();
        var role = new Option<string>("--role")
        {
            Description = $"What it allows: {RoleNames}, each with what those before it allow.",
            HelpName = "ROLE",
            Required = true,
        };
        role.AcceptOnlyFromAmong(RoleNames.Split(", "));
        var command = new ExampleCommand(
            "new",
            "Makes a token and shows it this once; the node keeps its SHA-256 only.",
            "aitbc token new --role reader",
            "aitbc token new --role agent --data ./node --json") { role, data };
        command.SetAction(parsed =>
        {
            var given = Enum.Parse<Role>(parsed.GetRequiredValue(role), ignoreCase: true);
            var (token, kept) = Open(parsed.GetRequiredValue(data)).Add(given);
            return output.Open(parsed).Result(
                new Made(kept.Id, RoleOf(kept), token),
                people =>
                {
                    people.Line(token);
                    people.Line($"This is the only time it is shown. It allows what a {RoleOf(kept)} may: send it as"
                        + $" 'Authorization: Bearer'. Take it back with 'aitbc token revoke {kept.Id}'.");
                });
        });
        return command;
    }

    private static ExampleCommand CreateList(OutputOptions output)
    {
        var data = DataOption.Create();
        var command = new ExampleCommand(
            "list", "Lists the tokens by id, without the tokens.", "aitbc token list --json") { data };
        command.SetAction(parsed =>
        {
            var tokens = Open(parsed.GetRequiredValue(data)).List()
                .Select(kept => new Listed(kept.Id, RoleOf(kept), kept.CreatedAtMs)).ToList();
            return output.Open(parsed).Result(new Tokens(tokens), people => people.Table(
                ["id", "role", "made"],
                tokens.Select(token => new[]
                {
                    token.Id, token.Role, new Primitives.Timestamp(token.CreatedAtMs).ToString(),
                })));
        });
        return command;
    }

    private static ExampleCommand CreateRevoke(OutputOptions output)
    {
        var data = DataOption.Create();
        var id = new Argument<string>("id") { Description = "The token's id, as 'aitbc token list' shows it." };
        var command = new ExampleCommand(
            "revoke",
            "Takes a token back; a running node refuses it within a second.",
            "aitbc token revoke 0123456789ab") { id, data };
        command.SetAction(parsed =>
        {
            var named = parsed.GetRequiredValue(id);
            return Open(parsed.GetRequiredValue(data)).Remove(named)
                ? output.Open(parsed).Result(new Revoked(named), people => people.Line($"{named} allows nothing now."))
                : throw new CommandFailure(
                    "no_token", $"There is no token {named}: run 'aitbc token list' for those that there are.");
        });
        return command;
    }

    private static TokenStore Open(string path) => new(path, TimeProvider.System);

    private static string RoleOf(KeptToken kept) => $"{kept.Role}".ToLowerInvariant();

    private sealed record Made(string Id, string Role, string Token);

    private sealed record Listed(string Id, string Role, long CreatedAtMs);

    private sealed record Tokens(IReadOnlyList<Listed> Items);

    private sealed record Revoked(string Id);
}
