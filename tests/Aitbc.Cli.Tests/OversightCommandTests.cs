using System.Text.Json;
using Aitbc.Cli.Guardians;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Identity;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Remote;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;

namespace Aitbc.Cli.Tests;

/// <summary>What owners and guardians decide from a terminal, against a node in a process of its own.</summary>
public sealed class OversightCommandTests : IAsyncLifetime
{
    private readonly string root = Directory.CreateTempSubdirectory("aitbc-oversight-").FullName;
    private readonly List<AccountId> people = [];
    private ChildProcess node = null!;
    private Uri url = null!;
    private HostKey hostKey = null!;
    private Identity agent = null!;

    private static ConstitutionTerms Terms { get; } = new(
        TokenAmount.Zero, TokenAmount.FromTokens(200), TokenAmount.FromTokens(5), TokenAmount.FromTokens(100),
        [CommandKind.Transfer], [], ConstitutionTerms.AnyHour, Duration.FromHours(1), false)
    {
        Rules =
        [
            new ConstitutionRule(RuleKind.ApprovalAbove, [CommandKind.Transfer])
            {
                Amount = TokenAmount.FromTokens(50),
            },
        ],
    };

    private string NodePath => Path.Combine(root, "node");

    public async Task InitializeAsync()
    {
        var plan = new ChainPlan(
            new ChainId("aitbc:oversight"),
            TokenAmount.FromTokens(1_000_000),
            new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()),
            1,
            new Parameters());
        using (ChainDirectory.Create(NodePath, plan, keys => [.. Enumerable.Range(0, 4).Select(i =>
        {
            using var key = keys.Create();
            people.Add((AccountId)key.Id);
            return new GenesisAccount(key.PublicKey, TokenAmount.FromTokens(50_000), Council: i == 0);
        })]))
        {
            // Its keys are read while the node has it.
        }

        node = ChildProcess.Start(Executables.Aitbc, ["up", "--data", NodePath, "--port", "0", "--json"]);
        url = new Uri(new Uri(JsonDocument.Parse((await node.ReadLineAsync())!).RootElement
            .GetProperty("url").GetString()!).GetLeftPart(UriPartial.Authority));
        hostKey = HostKey.CreateRandom(Path.Combine(root, "host.key"));
        agent = Identity.Create(new KeyStore(Path.Combine(root, "keys"), hostKey));
        using var held = HeldKeys.Open(NodePath);
        using var owner = held.Load(KeyId.From(people[3].AsSpan()));
        using var client = NewClient();
        var result = await client.SendAsync(
            people[3],
            owner,
            agent.RegisterAgent(new ChainId("aitbc:oversight"), people[3], new AgentCharter(
                AgentKind.Data, [], Label.Parse("1"), Terms, [.. people.Take(3)], 2, TokenAmount.FromTokens(500))),
            CancellationToken.None);
        Assert.Equal(Outcome.Applied, result.Outcome);
    }

    public Task DisposeAsync()
    {
        node.Dispose();
        agent.Dispose();
        hostKey.Dispose();
        Directory.Delete(root, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task What_waits_is_listed_shown_and_approved_by_two_people_who_have_read_it()
    {
        Assert.Equal("Nothing waits for approval.", (await RunAsync("approvals", "list")).Out.TrimEnd());
        var id = await ParkAsync(60);
        var listed = await JsonAsync("approvals", "list", "--guardian", $"{people[1]}");
        Assert.Equal(id, Assert.Single(listed.GetProperty("approvals").EnumerateArray()).GetProperty("id").GetString());

        var shown = await RunAsync("approvals", "show", id);
        Assert.Equal((0, ""), (shown.ExitCode, shown.Error));
        Assert.Contains($"- Pay 60 AITBC to {people[3]}", shown.Out, StringComparison.Ordinal);
        Assert.Contains("Approved now, it would take effect.", shown.Out, StringComparison.Ordinal);
        Assert.Matches("left of: It spends or binds at most 200 AITBC in any.*140 AITBC.*140 AITBC", shown.Out);

        var before = await PaidAsync();
        var refused = await SignAsync("no\n", "approvals", "approve", id);
        Assert.Equal(ExitCode.Failed, refused.ExitCode);
        Assert.Contains($"- Pay 60 AITBC to {people[3]}", refused.Out, StringComparison.Ordinal);
        Assert.EndsWith(
            "aitbc: Nothing was signed, for the answer was not yes: run it again to decide anew.",
            refused.Error.TrimEnd(),
            StringComparison.Ordinal);
        Assert.Equal("not_confirmed", await ErrorAsync("approvals", "approve", id, "--data", NodePath));

        var first = await SignAsync("yes\n", "approvals", "approve", id);
        Assert.Equal(ExitCode.Ok, first.ExitCode);
        Assert.Contains($"{people[0]} approves {id} in entry ", first.Out, StringComparison.Ordinal);
        Assert.Contains($"Sign as {people[0]}: approve {id}, digest ", first.Error, StringComparison.Ordinal);
        Assert.Equal("already_said", await ErrorAsync("approvals", "approve", id, "--data", NodePath, "--yes"));
        Assert.Equal(before, await PaidAsync());

        var second = await JsonAsync(
            "approvals", "approve", id, "--data", NodePath, "--as", $"{people[2]}", "--yes");
        Assert.Equal("applied", second.GetProperty("ended").GetString());
        Assert.Equal(before + TokenAmount.FromTokens(60), await PaidAsync());
        Assert.Equal("no_such_approval", await ErrorAsync("approvals", "show", id));
    }

    [Fact]
    public async Task One_denial_ends_it()
    {
        var id = await ParkAsync(70);
        var denied = await JsonAsync("approvals", "deny", id, "--data", NodePath, "--yes");
        Assert.Equal("denied", denied.GetProperty("ended").GetString());
        Assert.Equal("no_such_approval", await ErrorAsync("approvals", "deny", id, "--data", NodePath, "--yes"));
    }

    [Fact]
    public async Task A_node_that_shows_other_bytes_than_it_names_is_not_believed()
    {
        var id = await ParkAsync(60);
        using var client = NewClient();
        await ApprovalText.ReadAsync(client, id, CancellationToken.None);
        var digest = Digest.Sha256([1]);
        foreach (var member in new[] { "payloadDigest", "agent" })
        {
            using var lied = new GuardianClient(new RemoteLedgerOptions
            {
                Node = url, Handler = () => new LyingNode(member, $"{digest}"),
            });
            var failure = await Assert.ThrowsAsync<CommandFailure>(
                () => ApprovalText.ReadAsync(lied, id, CancellationToken.None));
            Assert.Equal("node", failure.Code);
        }
    }

    [Fact]
    public async Task A_constitution_is_begun_checked_tightened_at_once_and_loosened_by_motion()
    {
        var templates = await JsonAsync("constitution", "templates");
        Assert.Equal(Enum.GetValues<AgentKind>().Length, templates.GetProperty("all").GetArrayLength());
        var policy = Path.Combine(root, "policy.json");
        var template = await InProcess.RunAsync("constitution", "templates", "--kind", "data");
        await File.WriteAllTextAsync(policy, template.Out);
        var check = await RunAsync("constitution", "check", policy, "--agent", $"{agent.Account}");
        Assert.Equal((0, ""), (check.ExitCode, check.Error));
        Assert.Contains("It stakes at most 2000 AITBC.", check.Out.Replace(",", "", StringComparison.Ordinal));
        Assert.Matches("looser.*One action moves at most 100 AITBC.*One action moves at most 500 AITBC", check.Out);

        var bad = Path.Combine(root, "bad.json");
        var shown = await JsonAsync("constitution", "show", $"{agent.Account}");
        var terms = shown.GetProperty("terms").GetRawText();
        await File.WriteAllTextAsync(bad, terms.Replace("\"transfer\"],\"counterparties\"", "],\"counterparties\""));
        var wrong = await RunAsync("constitution", "check", bad);
        Assert.Equal(ExitCode.Failed, wrong.ExitCode);
        Assert.Contains("Wrong: allowedActions is empty", wrong.Out, StringComparison.Ordinal);
        Assert.Equal(
            "bad_constitution", await ErrorAsync(
                "constitution", "change", $"{agent.Account}", "--policy", bad, "--data", NodePath, "--yes"));

        await File.WriteAllTextAsync(
            policy, terms.Replace("\"requiresHumanApproval\":false", "\"requiresHumanApproval\":true"));
        var tightened = await ChangeAsync(policy);
        Assert.False(tightened.GetProperty("proposed").GetBoolean());
        shown = await JsonAsync("constitution", "show", $"{agent.Account}");
        Assert.Equal(2, shown.GetProperty("version").GetInt32());

        await File.WriteAllTextAsync(policy, terms);
        Assert.True((await ChangeAsync(policy)).GetProperty("proposed").GetBoolean());
        var motion = Assert.Single(
            (await JsonAsync("motions", "list", "--agent", $"{agent.Account}")).GetProperty("motions").EnumerateArray())
            .GetProperty("id").GetString()!;
        var text = await RunAsync("motions", "show", motion);
        Assert.Matches("looser.*Each action with value waits.*Nothing waits for approval but", text.Out);
        Assert.Contains("2 must agree", text.Out, StringComparison.Ordinal);
        var agreed = await JsonAsync(
            "motions", "agree", motion, "--data", NodePath, "--as", $"{people[1]}", "--yes");
        Assert.True(agreed.GetProperty("open").GetBoolean());
        Assert.Contains("Enough agree", (await RunAsync("motions", "show", motion)).Out, StringComparison.Ordinal);
        await JsonAsync("motions", "reject", motion, "--data", NodePath, "--as", $"{people[1]}", "--yes");
        var ended = await JsonAsync("motions", "reject", motion, "--data", NodePath, "--as", $"{people[2]}", "--yes");
        Assert.False(ended.GetProperty("open").GetBoolean());
    }

    [Fact]
    public async Task A_constitution_is_tried_on_the_past_by_the_node_and_on_its_directory()
    {
        await ParkAsync(60);
        var policy = Path.Combine(root, "policy.json");
        var terms = (await JsonAsync("constitution", "show", $"{agent.Account}")).GetProperty("terms").GetRawText();
        await File.WriteAllTextAsync(
            policy, terms.Replace($"{TokenAmount.FromTokens(100)}", $"{TokenAmount.FromTokens(55)}"));
        string[] ask = ["constitution", "backtest", "--agent", $"{agent.Account}", "--policy", policy];
        var asked = await JsonAsync(ask);
        Assert.Equal(1, asked.GetProperty("counts").GetProperty("refused").GetInt32());
        var read = await InProcess.RunAsync([.. ask, "--data", NodePath, "--json"]);
        Assert.Equal((0, ""), (read.ExitCode, read.Error));
        Assert.Equal(asked.GetRawText(), read.Out.TrimEnd());

        var text = await RunAsync(ask);
        Assert.Contains("the agent sent 1 payloads. This constitution would have", text.Out, StringComparison.Ordinal);
        Assert.Contains("- refused 1, 60 AITBC, that took effect or waited", text.Out, StringComparison.Ordinal);
        InProcess.AssertRefused(await RunAsync([.. ask, "--days", "0"]));
        InProcess.AssertRefused(await InProcess.RunAsync([.. ask, "--data", Path.Combine(root, "absent")]));
        InProcess.AssertRefused(await RunAsync(
            "constitution", "backtest", "--agent", $"{people[0]}", "--policy", policy));
    }

    [Fact]
    public async Task An_action_is_denied_at_once_and_given_back_and_allowed_only_by_motion()
    {
        string[] deny =
        [
            "override", "deny", $"{agent.Account}", "transfer", "--reason", "looks odd", "--data", NodePath,
            "--as", $"{people[3]}",
        ];
        var asked = await InProcess.AnswerAsync("yes\n", [.. deny, "--node", $"{url}"]);
        Assert.Equal(ExitCode.Ok, asked.ExitCode);
        Assert.StartsWith($"Deny transfer to the agent {agent.Account} until ", asked.Out, StringComparison.Ordinal);
        var held = Assert.Single((await JsonAsync("override", "list")).GetProperty("overrides").EnumerateArray());
        Assert.Equal($"{Digest.Sha256("looks odd"u8)}", held.GetProperty("reason").GetString());
        var id = held.GetProperty("id").GetString()!;
        Assert.Equal(
            "not_authorised", await ErrorAsync("override", "revoke", id, "--data", NodePath, "--yes"));
        await JsonAsync("override", "revoke", id, "--data", NodePath, "--yes", "--as", $"{people[3]}");
        Assert.Equal("No override is in force.", (await RunAsync("override", "list")).Out.TrimEnd());

        await JsonAsync(
            "override", "allow", $"{agent.Account}", "key.add", "--cap", "1", "--reason", "new phone", "--data",
            NodePath, "--yes");
        Assert.Equal("No override is in force.", (await RunAsync("override", "list")).Out.TrimEnd());
        Assert.Single((await JsonAsync("motions", "list")).GetProperty("motions").EnumerateArray());
    }

    [Fact]
    public async Task Guardians_are_listed_and_others_are_proposed_by_who_has_read_what_follows()
    {
        var about = $"{agent.Account}";
        var listed = await RunAsync("guardians", "list", about);
        Assert.Contains($"2 of these decide about {about} and release it:", listed.Out, StringComparison.Ordinal);
        Assert.Contains($"Its owner {people[3]} is none of them", listed.Out, StringComparison.Ordinal);
        Assert.EndsWith("Nothing else is proposed.", listed.Out.TrimEnd(), StringComparison.Ordinal);

        string[] change = ["guardians", "propose", about, "--remove", $"{people[2]}", "--add", $"{people[3]}"];
        var refused = await SignAsync("no\n", change);
        Assert.Equal(ExitCode.Failed, refused.ExitCode);
        Assert.Contains($"  comes     {people[3]}, its owner", refused.Out, StringComparison.Ordinal);
        Assert.Contains($"  goes      {people[2]}", refused.Out, StringComparison.Ordinal);
        Assert.Contains("  decide    2 of 3 now, 2 of 3 then", refused.Out, StringComparison.Ordinal);
        Assert.Contains("you agree by proposing it", refused.Out, StringComparison.Ordinal);
        Assert.Empty((await JsonAsync("motions", "list")).GetProperty("motions").EnumerateArray());

        var proposed = await JsonAsync([.. change, "--data", NodePath, "--yes"]);
        var motion = proposed.GetProperty("motion").GetString()!;
        var list = await JsonAsync("guardians", "list", about);
        var open = Assert.Single(list.GetProperty("proposed").EnumerateArray());
        Assert.Equal(motion, open.GetProperty("id").GetString());
        Assert.Equal(
            [$"{people[0]}", $"{people[1]}", $"{people[3]}"],
            open.GetProperty("guardians").GetProperty("guardians").EnumerateArray().Select(one => one.GetString()!));
        await JsonAsync("motions", "agree", motion, "--data", NodePath, "--as", $"{people[1]}", "--yes");

        var lone = await SignAsync(
            "yes\n", "guardians", "propose", about, "--threshold", "3", "--as", $"{people[3]}");
        Assert.Contains("you are none of them", lone.Out, StringComparison.Ordinal);
        Assert.Matches("Proposed in entry [0-9]+ as m[0-9]+: each guardian says 'aitbc motions agree", lone.Out);
        await JsonAsync(
            "guardians", "propose", about, "--threshold", "1", "--as", $"{people[3]}", "--data", NodePath, "--yes");
        var third = await RunAsync(
            "guardians", "propose", about, "--threshold", "1", "--as", $"{people[3]}", "--data", NodePath, "--yes");
        Assert.Contains("as one person may", InProcess.AssertSentence(third), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guardians_who_cannot_be_are_refused_before_anything_is_signed()
    {
        var stranger = $"{AccountId.From(Digest.Sha256([7]).AsSpan())}";
        (string Sentence, string[] Options)[] all =
        [
            ("That changes nothing", []),
            ("That changes nothing", ["--threshold", "2"]),
            ("is no guardian of", ["--remove", $"{people[3]}"]),
            ("already: name others", ["--add", $"{people[0]}"]),
            ("The node has no account", ["--add", stranger]),
            ("is no person", ["--add", $"{agent.Account}"]),
            ("x is no account", ["--add", "x"]),
            ("stands twice", ["--add", $"{people[3]}", "--add", $"{people[3]}"]),
            ("2 of 1 cannot decide", ["--remove", $"{people[0]}", "--remove", $"{people[1]}"]),
            ("0 of 3 cannot decide", ["--threshold", "0"]),
            ("1 to 8 guardians", [.. people.Take(3).SelectMany(one => new[] { "--remove", $"{one}" })]),
        ];
        foreach (var (sentence, options) in all)
        {
            var ended = await RunAsync(
                ["guardians", "propose", $"{agent.Account}", "--data", NodePath, "--yes", .. options]);
            Assert.Contains(sentence, InProcess.AssertRefused(ended), StringComparison.Ordinal);
        }

        InProcess.AssertRefused(await RunAsync("guardians", "list", "x"));
        InProcess.AssertRefused(await RunAsync("guardians", "list", stranger));
        Assert.Empty((await JsonAsync("motions", "list")).GetProperty("motions").EnumerateArray());
    }

    [Fact]
    public async Task What_is_wrong_is_said_with_what_to_do()
    {
        Ended[] all =
        [
            await RunAsync("approvals", "show", "42"),
            await RunAsync("approvals", "show", "a1"),
            await RunAsync("approvals", "approve", "a1", "--data", Path.Combine(root, "absent")),
            await RunAsync("motions", "show", "x"),
            await RunAsync("motions", "agree", "m9", "--data", NodePath),
            await RunAsync("override", "revoke", "o9", "--data", NodePath),
            await RunAsync(
                "override", "deny", $"{agent.Account}", "fly", "--reason", "r", "--data", NodePath),
            await RunAsync(
                "override", "allow", $"{agent.Account}", "transfer", "--cap", "0", "--reason", "r", "--data", NodePath),
            await RunAsync("constitution", "check", Path.Combine(root, "absent")),
            await RunAsync("constitution", "show", "x"),
            await InProcess.RunAsync("approvals", "list", "--node", "here"),
            await InProcess.RunAsync("motions", "list", "--node", "http://localhost:1"),
        ];
        Assert.All(all, one => InProcess.AssertRefused(one));
    }

    private GuardianClient NewClient() => new(new RemoteLedgerOptions { Node = url });

    private Task<Ended> RunAsync(params string[] arguments) => InProcess.RunAsync([.. arguments, "--node", $"{url}"]);

    private Task<Ended> SignAsync(string typed, params string[] arguments) =>
        InProcess.AnswerAsync(typed, [.. arguments, "--data", NodePath, "--node", $"{url}"]);

    private async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        string[] where = arguments is ["constitution", "templates"] ? [] : ["--node", $"{url}"];
        var ended = await InProcess.RunAsync([.. arguments, .. where, "--json"]);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        return JsonDocument.Parse(ended.Out).RootElement;
    }

    private async Task<string?> ErrorAsync(params string[] arguments)
    {
        var ended = await RunAsync([.. arguments, "--json"]);
        Assert.Equal((ExitCode.Failed, ""), (ended.ExitCode, ended.Out));
        return JsonDocument.Parse(ended.Error).RootElement.GetProperty("error").GetString();
    }

    private Task<JsonElement> ChangeAsync(string policy) => JsonAsync(
        "constitution", "change", $"{agent.Account}", "--policy", policy, "--data", NodePath, "--yes");

    private async Task<string> ParkAsync(ulong tokens)
    {
        using var client = NewClient();
        var result = await client.SendAsync(
            agent.Account,
            agent.Key!,
            new Transfer(people[3], TokenAmount.FromTokens(tokens)),
            CancellationToken.None);
        Assert.Equal(Outcome.Parked, result.Outcome);
        return $"{new ApprovalId(result.Seq)}";
    }

    private async Task<TokenAmount> PaidAsync()
    {
        using var client = NewClient();
        var account = await client.GetAsync($"/v1/accounts/{people[3]}", CancellationToken.None);
        return TokenAmount.Parse(account!.Value.GetProperty("available").GetString());
    }

    /// <summary>The node, but for one member of what it says.</summary>
    private sealed class LyingNode(string member, string lie) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            var text = System.Text.Json.Nodes.JsonNode.Parse(
                await response.Content.ReadAsStringAsync(cancellationToken))!;
            text[member] = lie;
            response.Content = new StringContent(text.ToJsonString());
            return response;
        }
    }
}
