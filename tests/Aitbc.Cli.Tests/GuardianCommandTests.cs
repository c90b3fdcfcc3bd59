using System.Text.Json;
using Aitbc.Infrastructure.Identity;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Remote;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;

namespace Aitbc.Cli.Tests;

/// <summary><c>aitbc stop</c> and <c>aitbc release</c> against a node in a process of its own, while that or the
/// agents' host has the directory with the guardian's key.</summary>
public sealed class GuardianCommandTests : IAsyncLifetime
{
    private readonly string root = Directory.CreateTempSubdirectory("aitbc-guardian-").FullName;
    private readonly List<AccountId> people = [];
    private ChildProcess node = null!;
    private Uri url = null!;
    private AccountId agent;

    private string NodePath => Path.Combine(root, "node");

    private string AgentsPath => Path.Combine(root, "agents");

    public async Task InitializeAsync()
    {
        var plan = new ChainPlan(
            new ChainId("aitbc:guardians"),
            TokenAmount.FromTokens(1_000_000),
            new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()),
            1,
            new Parameters());
        using (ChainDirectory.Create(NodePath, plan, keys => [.. Enumerable.Range(0, 3).Select(i =>
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
    }

    public Task DisposeAsync()
    {
        node.Dispose();
        Directory.Delete(root, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_guardian_stops_an_agent_by_name_while_its_host_has_the_directory_and_releases_it()
    {
        var made = await InProcess.RunAsync(
            "agent", "new", "--kind", "data", "--name", "mine", "--node", $"{url}", "--token-file",
            Path.Combine(NodePath, "operator.token"), "--data", AgentsPath, "--json");
        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        var account = JsonDocument.Parse(made.Out).RootElement.GetProperty("account").GetString()!;
        using var host = DataDirectory.Open(AgentsPath);

        var stopped = await ActAsync("stop", "mine", AgentsPath);
        Assert.Equal(account, stopped.GetProperty("agent").GetString());
        Assert.True(stopped.GetProperty("stopped").GetBoolean());
        Assert.True(await IsStoppedAsync(account));
        var entry = await GetAsync($"/v1/entries/{stopped.GetProperty("seq")}");
        var body = entry.GetProperty("body");
        Assert.Equal(
            (stopped.GetProperty("guardian").GetString(), "agent.stop", 6),
            (body.GetProperty("from").GetString(),
                body.GetProperty("commands")[0].GetProperty("type").GetString(),
                body.GetProperty("nonce").GetProperty("lane").GetInt32()));

        var released = await ActAsync("release", account, AgentsPath);
        Assert.True(released.GetProperty("released").GetBoolean());
        Assert.False(await IsStoppedAsync(account));
    }

    [Fact]
    public async Task Two_guardians_whose_keys_lie_at_the_node_release_together()
    {
        await RegisterAsync(people[1], people[2]);
        var stop = await RunAsync("stop", $"{agent}", NodePath);
        Assert.Equal(
            (0, ""), (stop.ExitCode, stop.Error));
        Assert.Matches(
            $"^{agent} is stopped since entry [0-9]+, by {people[1]}\\.\n'aitbc release' lets it go on, once 2"
                + " guardians agree\\.\n$",
            stop.Out.ReplaceLineEndings("\n"));
        var first = await ActAsync("release", $"{agent}", NodePath);
        Assert.Equal((false, $"{people[1]}"), (first.GetProperty("released").GetBoolean(),
            first.GetProperty("guardian").GetString()));
        Assert.Equal(
            $"aitbc: {people[1]} has agreed to this release already: name another guardian with --as; 2 must agree.",
            InProcess.AssertRefused(await RunAsync("release", $"{agent}", NodePath)));
        Assert.True(await IsStoppedAsync($"{agent}"));
        var second = await RunAsync("release", $"{agent}", NodePath, "--as", $"{people[2]}");
        Assert.Equal((0, ""), (second.ExitCode, second.Error));
        Assert.StartsWith($"{agent} is released since entry ", second.Out, StringComparison.Ordinal);
        Assert.False(await IsStoppedAsync($"{agent}"));
        Assert.Equal(
            $"aitbc: {agent} is not stopped: check which agent you mean.",
            InProcess.AssertRefused(await RunAsync("release", $"{agent}", NodePath)));
    }

    [Theory]
    [InlineData("--market", "market", "The market", "marketStopped")]
    [InlineData("--all", "all", "Everything", "allStopped")]
    public async Task One_of_the_council_stops_the_market_or_everything_and_releases_it(
        string option, string scope, string name, string member)
    {
        var stopped = await RunAsync("stop", option, NodePath);
        Assert.Equal((0, ""), (stopped.ExitCode, stopped.Error));
        Assert.Matches(
            $"^{name} is stopped since entry [0-9]+, by {people[0]}\\.\n'aitbc release --{scope}' lets it go on, once"
                + " 1 of the council agree\\.\n$",
            stopped.Out.ReplaceLineEndings("\n"));
        Assert.True((await GetAsync("/v1/chain")).GetProperty(member).GetBoolean());

        var released = await ActAsync("release", option, NodePath);
        Assert.Equal(
            (true, scope, $"{people[0]}"),
            (released.GetProperty("released").GetBoolean(), released.GetProperty("scope").GetString(),
                released.GetProperty("member").GetString()));
        Assert.False((await GetAsync("/v1/chain")).GetProperty(member).GetBoolean());
        Assert.Contains(
            "It is not stopped", InProcess.AssertRefused(await RunAsync("release", option, NodePath)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_none_of_the_council_and_who_names_nothing_or_two_things_stops_nothing()
    {
        var stranger = await RunAsync("stop", "--market", NodePath, "--as", $"{people[1]}");
        Assert.Equal(
            $"aitbc: {people[1]} of the council has no key in {NodePath}: name a directory that has one with --data;"
                + $" the council is {people[0]}.",
            InProcess.AssertRefused(stranger));
        Ended[] all =
        [
            await InProcess.RunAsync("stop", "--node", $"{url}", "--data", NodePath),
            await RunAsync("stop", "--market", NodePath, "--all"),
            await RunAsync("release", $"{people[0]}", NodePath, "--market"),
        ];
        Assert.All(all, one => Assert.Equal(
            "aitbc: That is not one thing to act on: name an agent, --market or --all.", InProcess.AssertRefused(one)));
        Assert.False((await GetAsync("/v1/chain")).GetProperty("marketStopped").GetBoolean());
    }

    [Fact]
    public async Task What_is_missing_is_said_with_what_to_do_and_nothing_is_sent()
    {
        await RegisterAsync(people[1]);
        var before = (await GetAsync("/v1/chain")).GetProperty("seq").GetUInt64();
        var absent = Path.Combine(root, "absent");
        var says = new (string Sentence, Ended Ended)[]
        {
            ($"{absent} holds no keys: name the directory of 'aitbc agent new', or the node's, with --data.",
                await RunAsync("stop", $"{agent}", absent)),
            ($"mine is no account, and {NodePath} has no agent of that name: name its account, or its directory with"
                + " --data.",
                await RunAsync("stop", "mine", NodePath)),
            ($"The node at {url} has no agent {people[0]}: check both.",
                await RunAsync("stop", $"{people[0]}", NodePath)),
            ($"{people[2]} is no guardian of {agent} with a key in {NodePath}: name one with --as; its guardians are"
                + $" {people[1]}.",
                await RunAsync("stop", $"{agent}", NodePath, "--as", $"{people[2]}")),
            ("here is no address of a node: name one such as http://localhost:7420.",
                await InProcess.RunAsync("stop", $"{agent}", "--node", "here", "--data", NodePath)),
        };
        Assert.All(says, one => Assert.Equal($"aitbc: {one.Sentence}", InProcess.AssertRefused(one.Ended)));
        Assert.False(Directory.Exists(absent));
        var away = await InProcess.RunAsync(
            "stop", $"{agent}", "--node", "http://localhost:1", "--data", NodePath);
        Assert.Contains("The node does not answer", InProcess.AssertRefused(away), StringComparison.Ordinal);
        Assert.Equal(before, (await GetAsync("/v1/chain")).GetProperty("seq").GetUInt64());
    }

    private async Task RegisterAsync(params AccountId[] guardians)
    {
        using var held = Infrastructure.Wallet.HeldKeys.Open(NodePath);
        using var owner = held.Load(KeyId.From(people[0].AsSpan()));
        using var hostKey = Infrastructure.Wallet.HostKey.CreateRandom(Path.Combine(root, "host.key"));
        using var made = Identity.Create(new Infrastructure.Wallet.KeyStore(Path.Combine(root, "keys"), hostKey));
        agent = made.Account;
        var terms = new ConstitutionTerms(
            TokenAmount.Zero, TokenAmount.OneToken, TokenAmount.OneToken, TokenAmount.OneToken,
            [CommandKind.Transfer], [], ConstitutionTerms.AnyHour, Duration.FromHours(1), false);
        using var client = new GuardianClient(new RemoteLedgerOptions { Node = url });
        var result = await client.SendAsync(
            people[0],
            owner,
            made.RegisterAgent(new ChainId("aitbc:guardians"), people[0], new AgentCharter(
                AgentKind.Data, [], Label.Parse("1"), terms, guardians, guardians.Length, TokenAmount.OneToken)),
            CancellationToken.None);
        Assert.Equal(Outcome.Applied, result.Outcome);
    }

    private Task<Ended> RunAsync(string command, string who, string data, params string[] more) =>
        InProcess.RunAsync([command, who, "--node", $"{url}", "--data", data, .. more]);

    private async Task<JsonElement> ActAsync(string command, string who, string data)
    {
        var ended = await RunAsync(command, who, data, "--json");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        return JsonDocument.Parse(ended.Out).RootElement;
    }

    private async Task<bool> IsStoppedAsync(string account) =>
        (await GetAsync($"/v1/agents/{account}")).GetProperty("stopped").GetBoolean();

    private async Task<JsonElement> GetAsync(string path)
    {
        using var http = new HttpClient { BaseAddress = url };
        return JsonDocument.Parse(await http.GetStringAsync(new Uri(url, path))).RootElement;
    }
}
