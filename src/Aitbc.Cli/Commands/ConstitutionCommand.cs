using System.CommandLine;
using System.Text.Json;
using Aitbc.Cli.Guardians;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Identity;
using Aitbc.Infrastructure.Remote;
using Aitbc.Primitives;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Wire;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc constitution</c>: what binds agents: read, checked, tried on the past, changed.</summary>
public static class ConstitutionCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output) => new("constitution", "What binds agents.")
    {
        CreateCheck(output),
        CreateShow(output),
        CreateTemplates(output),
        CreateChange(output),
        BacktestCommand.Create(output),
    };

    private static ExampleCommand CreateCheck(OutputOptions output)
    {
        var node = new NodeReach();
        var file = new Argument<string>("FILE") { Description = "A constitution in JSON." };
        var agent = new Option<string?>("--agent")
        {
            Description = "Also say what it would change of this agent's.", HelpName = "ACCOUNT",
        };
        var command = new ExampleCommand(
            "check",
            "Says all that is wrong with a constitution, what it binds to, and what it would change.",
            "aitbc constitution check policy.json",
            "aitbc constitution check policy.json --agent ACCOUNT --json")
        {
            file, agent,
        };
        node.AddTo(command);
        command.SetAction((parsed, stop) => node.RunAsync(parsed, async client =>
        {
            var people = output.Open(parsed);
            var view = await CheckAsync(client, Read(parsed.GetRequiredValue(file)), parsed.GetValue(agent), stop)
                .ConfigureAwait(false);
            people.Result(view, all => Show(all, view));
            return view.GetProperty("isValid").GetBoolean() ? ExitCode.Ok : ExitCode.Failed;
        }));
        return command;
    }

    private static ExampleCommand CreateShow(OutputOptions output)
    {
        var node = new NodeReach();
        var agent = new Argument<string>("AGENT") { Description = "The agent's account." };
        var command = new ExampleCommand(
            "show", "Shows what binds an agent, and how far each limit is used.", "aitbc constitution show ACCOUNT")
        {
            agent,
        };
        node.AddTo(command);
        command.SetAction((parsed, stop) => node.RunAsync(parsed, async client =>
        {
            var id = AccountOf(parsed.GetRequiredValue(agent));
            var view = await Shown.OneAsync(
                client, $"/v1/agents/{id}", "no_such_agent", $"The node has no agent {id}: check both.", stop)
                .ConfigureAwait(false);
            var (constitution, limits) = (view.GetProperty("constitution"), view.GetProperty("limitUses"));
            return output.Open(parsed).Result(
                new Bounds(
                    id,
                    view.GetProperty("limits").GetProperty("version").GetInt32(),
                    constitution.GetProperty("terms"),
                    constitution.GetProperty("words"),
                    limits),
                people => ShowBounds(people, constitution, limits));
        }));
        return command;
    }

    private static void ShowBounds(CommandOutput people, JsonElement constitution, JsonElement limits)
    {
        foreach (var words in constitution.Items("words"))
        {
            people.Line($"- {words.GetString()}");
        }

        people.Table(
            ["Limit", "Used", "Waiting", "Left", "Oldest part leaves"],
            limits.EnumerateArray().Select(one => (string[])
            [
                one.Text("words"),
                Figure(one, "used"),
                Figure(one, "reserved"),
                Figure(one, "left"),
                one.TryGetProperty("leavesAtMs", out _) ? one.Time("leavesAtMs") : "",
            ]));
    }

    private static ExampleCommand CreateTemplates(OutputOptions output)
    {
        var kind = new Option<AgentKind?>("--kind") { Description = "Only this kind's, as a file to begin with." };
        var command = new ExampleCommand(
            "templates",
            "A constitution to begin with, for each kind of agent.",
            "aitbc constitution templates",
            "aitbc constitution templates --kind requester")
        {
            kind,
        };
        command.SetAction(parsed =>
        {
            var people = output.Open(parsed);
            if (parsed.GetValue(kind) is { } one)
            {
                var text = TextOf(ConstitutionTemplates.Of(one).Terms);
                return people.Result(text, all => all.Line(JsonSerializer.Serialize(text, Indented)));
            }

            return people.Result(
                new Templates([.. ConstitutionTemplates.All.Select(template => new Template(
                    template.Kind, template.Purpose, TextOf(template.Terms)))]),
                all => all.Table(
                    ["Kind", "Purpose"],
                    ConstitutionTemplates.All.Select(template => (string[])
                        [JsonNamingPolicy.CamelCase.ConvertName($"{template.Kind}"), template.Purpose])));
        });
        return command;
    }

    private static ExampleCommand CreateChange(OutputOptions output)
    {
        var (guardian, sign) = (new GuardianOptions(owners: true), new SignOption());
        var policy = new Option<string>("--policy")
        {
            Description = "The whole new constitution in JSON.", HelpName = "FILE", Required = true,
        };
        var command = new ExampleCommand(
            "change",
            "Changes what binds an agent: what only tightens at once, what loosens by a motion of its guardians.",
            "aitbc constitution change mine --policy policy.json --data ./agents")
        {
            policy,
        };
        guardian.AddTo(command);
        sign.AddTo(command);
        command.SetAction((parsed, stop) => guardian.RunAsync(
            parsed,
            session => ChangeAsync(
                output.Open(parsed), parsed, sign, session, Read(parsed.GetRequiredValue(policy)), stop),
            stop));
        return command;
    }

    private static async Task<int> ChangeAsync(
        CommandOutput people,
        ParseResult parsed,
        SignOption sign,
        GuardianSession session,
        byte[] bytes,
        CancellationToken stop)
    {
        var agent = session.Agent;
        var view = await CheckAsync(session.Client, bytes, $"{agent.Agent}", stop).ConfigureAwait(false);
        var problems = view.Items("problems").Select(problem => problem.GetString()!.TrimEnd('.')).ToList();
        if (ConstitutionCodec.TryParse(bytes, out var terms) is not null || problems.Count > 0)
        {
            throw new CommandFailure(
                "bad_constitution",
                $"{string.Join("; ", problems)}: mend that; 'aitbc constitution check' says when it is right.");
        }

        Show(people, view);
        var loosens = view.GetProperty("loosens").GetBoolean();
        people.Line(loosens
            ? $"It loosens something: it becomes a motion, {agent.Threshold} guardians must agree, and it waits."
            : "It only tightens: it is in force at once, and what waits for approval is void.");
        sign.Confirm(parsed, people, session, $"bind {agent.Agent} to this");
        var result = await session.SubmitAsync(new ChangeConstitution(agent.Agent, terms), stop).ConfigureAwait(false);
        return people.Result(
            new Changed(agent.Agent, session.Guardian, result.Seq, loosens),
            all => all.Line(loosens
                ? $"Proposed in entry {result.Seq}: 'aitbc motions list --agent {agent.Agent}' shows who agrees."
                : $"In force since entry {result.Seq}."));
    }

    private static void Show(CommandOutput people, JsonElement view)
    {
        foreach (var problem in view.Items("problems"))
        {
            people.Line($"Wrong: {problem.GetString()}");
        }

        foreach (var words in view.Items("words"))
        {
            people.Line($"- {words.GetString()}");
        }

        if (view.TryGetProperty("changes", out _))
        {
            MotionsCommand.Changes(people, view);
        }
    }

    private static Task<JsonElement> CheckAsync(
        GuardianClient client, byte[] bytes, string? agent, CancellationToken stop)
    {
        var query = agent is null ? "" : $"?agent={AccountOf(agent)}";
        return AskAsync();

        async Task<JsonElement> AskAsync() =>
            await client.AskAsync($"/v1/constitutions/check{query}", bytes, stop).ConfigureAwait(false)
            ?? throw new CommandFailure("no_such_agent", $"The node has no agent {agent}: check both.");
    }

    internal static byte[] Read(string path) => File.Exists(path)
        ? File.ReadAllBytes(path)
        : throw new CommandFailure("not_found", $"There is no file {path}: name a constitution in JSON.");

    internal static AccountId AccountOf(string text) => AccountId.TryParse(text, out var id)
        ? id
        : throw new CommandFailure("usage", $"{text} is no account: name one, 43 characters.");

    private static string Figure(JsonElement limit, string name) =>
        limit.GetProperty("countsActs").GetBoolean() ? limit.Text(name) : limit.Amount(name);

    private static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true };

    private static JsonElement TextOf(ConstitutionTerms terms)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        ConstitutionCodec.Write(terms, buffer);
        return JsonSerializer.Deserialize<JsonElement>(buffer.WrittenSpan);
    }

    /// <summary>What machines get for an agent's constitution.</summary>
    /// <param name="Agent">Whose.</param>
    /// <param name="Version">Counts its versions.</param>
    /// <param name="Terms">As data, in the form of a file.</param>
    /// <param name="Words">In words.</param>
    /// <param name="Limits">How far each limit is used.</param>
    private sealed record Bounds(
        AccountId Agent, int Version, JsonElement Terms, JsonElement Words, JsonElement Limits);

    /// <summary>What machines get for the templates.</summary>
    /// <param name="All">All of them.</param>
    private sealed record Templates(IReadOnlyList<Template> All);

    /// <summary>One template.</summary>
    /// <param name="Kind">For which kind of agent.</param>
    /// <param name="Purpose">What it lets the agent do.</param>
    /// <param name="Terms">The constitution, in the form of a file.</param>
    private sealed record Template(AgentKind Kind, string Purpose, JsonElement Terms);

    /// <summary>What machines get for a change.</summary>
    /// <param name="Agent">Whose constitution.</param>
    /// <param name="By">Who changed or proposed it.</param>
    /// <param name="Seq">The entry.</param>
    /// <param name="Proposed">Whether it waits for the guardians; else it is in force.</param>
    private sealed record Changed(AccountId Agent, AccountId By, ulong Seq, bool Proposed);
}
