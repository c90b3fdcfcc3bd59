using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using Aitbc.Infrastructure.Identity;
using Aitbc.Primitives;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Wire;

namespace Aitbc.Node.Tests;

/// <summary>Constitutions, motions and overrides over HTTP: what binds an agent, and who is deciding what about it.
/// </summary>
public sealed class OversightApiTests : IAsyncLifetime
{
    private NodeFixture node = null!;
    private GuardedAgent agent = null!;

    public async Task InitializeAsync()
    {
        node = await NodeFixture.StartAsync();
        agent = await GuardedAgent.RegisterAsync(node);
    }

    public async Task DisposeAsync()
    {
        agent.Dispose();
        await node.DisposeAsync();
    }

    [Fact]
    public async Task An_agents_constitution_is_shown_as_data_that_can_be_checked_again_and_in_words()
    {
        var shown = (await agent.ShowAsync()).GetProperty("constitution");
        Assert.Null(ConstitutionCodec.TryParse(
            Encoding.UTF8.GetBytes(shown.GetProperty("terms").GetRawText()), out var read));
        Assert.Equal(Text(GuardedAgent.Terms), Text(read));
        var words = shown.GetProperty("words").EnumerateArray().Select(one => one.GetString()).ToList();
        Assert.Equal(11, words.Count);
        Assert.Contains("One action moves at most 100 AITBC.", words);
        Assert.Contains("Transfer above 50 AITBC with a person's approval.", words);
        Assert.Contains("Transfer of at most 200 AITBC in any 1 hour.", words);
        var listed = (await node.GetAsync("/v1/agents")).GetProperty("items")[0];
        Assert.False(listed.TryGetProperty("constitution", out _));
    }

    [Fact]
    public async Task A_motion_says_line_by_line_what_it_loosens_and_who_agrees()
    {
        var fresh = GuardedAgent.Terms with
        {
            MaxValuePerAction = TokenAmount.FromTokens(150),
            MaxStake = TokenAmount.FromTokens(5),
            Rules = [GuardedAgent.Terms.Rules[1]],
        };
        var check = await CheckAsync(Text(fresh), $"?agent={agent.Id}");
        Assert.True(check.GetProperty("isValid").GetBoolean());
        Assert.True(check.GetProperty("loosens").GetBoolean());
        Assert.Null(await agent.SayAsync(0, new ChangeConstitution(agent.Id, fresh)));

        var motion = Assert.Single(
            (await node.GetAsync($"/v1/motions?agent={agent.Id}")).GetProperty("items").EnumerateArray());
        var id = MotionId.Parse(motion.GetProperty("id").GetString());
        motion = await node.GetAsync($"/v1/motions/{id}");
        Assert.Equal("constitution", motion.GetProperty("kind").GetString());
        Assert.Equal($"{node.Account(0)}", Assert.Single(motion.GetProperty("agreedBy").EnumerateArray()).GetString());
        Assert.Equal(2, motion.GetProperty("undecided").GetArrayLength());
        Assert.False(motion.GetProperty("enough").GetBoolean());
        Assert.True(motion.GetProperty("readyAtMs").GetInt64() < motion.GetProperty("lapsesAtMs").GetInt64());
        var changes = motion.GetProperty("constitution").GetProperty("changes");
        Assert.Equal(check.GetProperty("changes").GetRawText(), changes.GetRawText());
        Assert.Equal(
            ["maxStake tighter", "maxValuePerAction looser", "rule looser"],
            changes.EnumerateArray().Where(one => one.GetProperty("change").GetString() != "same")
                .Select(one => $"{one.GetProperty("line").GetString()} {one.GetProperty("change").GetString()}"));
        var gone = changes.EnumerateArray().Single(one => one.GetProperty("line").GetString() == "rule"
            && one.GetProperty("change").GetString() == "looser");
        Assert.Equal(
            "Transfer above 50 AITBC with a person's approval.", gone.GetProperty("before").GetString());
        Assert.False(gone.TryGetProperty("after", out _));

        Assert.Null(await agent.SayAsync(1, new AgreeMotion(id)));
        Assert.True((await node.GetAsync($"/v1/motions/{id}")).GetProperty("enough").GetBoolean());
        Assert.Null(await agent.SayAsync(1, new RejectMotion(id)));
        Assert.Null(await agent.SayAsync(2, new RejectMotion(id)));
        Assert.Equal(HttpStatusCode.NotFound, (await node.Client.GetAsync($"/v1/motions/{id}")).StatusCode);
        Assert.Equal("noSuchMotion", await agent.SayAsync(2, new AgreeMotion(id)));
    }

    [Fact]
    public async Task What_only_tightens_is_in_force_at_once_and_counted_as_a_version()
    {
        var fresh = GuardedAgent.Terms with { MaxValuePerAction = TokenAmount.FromTokens(70) };
        var check = await CheckAsync(Text(fresh), $"?agent={agent.Id}");
        Assert.False(check.GetProperty("loosens").GetBoolean());
        Assert.Null(await agent.SayAsync(GuardedAgent.Owner, new ChangeConstitution(agent.Id, fresh)));
        var shown = await agent.ShowAsync();
        Assert.Equal(2, shown.GetProperty("limits").GetProperty("version").GetInt32());
        Assert.Equal(0, shown.GetProperty("motions").GetInt32());
    }

    [Fact]
    public async Task Guardians_and_allowances_that_are_proposed_are_shown_and_an_override_in_force_is_listed()
    {
        Assert.Null(await agent.SayAsync(0, new ChangeGuardians(agent.Id, [node.Account(0), node.Account(1)], 1)));
        var allow = new SetOverride(
            agent.Id, CommandKind.AddKey, OverrideEffect.Allow, TokenAmount.OneToken, Digest.Sha256([7]),
            node.Ledger.View.Read(state => state.Time) + Duration.FromHours(2));
        Assert.Null(await agent.SayAsync(GuardedAgent.Owner, allow));
        var motions = (await node.GetAsync($"/v1/motions?guardian={node.Account(1)}")).GetProperty("items");
        Assert.Equal(2, motions.GetArrayLength());
        Assert.Equal(1, motions[0].GetProperty("guardians").GetProperty("threshold").GetInt32());
        Assert.Equal("key.add", motions[1].GetProperty("override").GetProperty("action").GetString());
        Assert.Empty((await node.GetAsync("/v1/overrides")).GetProperty("items").EnumerateArray());

        var id = MotionId.Parse(motions[1].GetProperty("id").GetString());
        Assert.Null(await agent.SayAsync(0, new AgreeMotion(id)));
        Assert.Null(await agent.SayAsync(1, new AgreeMotion(id)));
        var held = Assert.Single(
            (await node.GetAsync($"/v1/overrides?agent={agent.Id}")).GetProperty("items").EnumerateArray());
        Assert.Equal(
            ("key.add", "allow", $"{TokenAmount.OneToken}", "0", $"{Digest.Sha256([7])}", $"{node.Account(1)}"),
            (held.GetProperty("action").GetString(), held.GetProperty("effect").GetString(),
                held.GetProperty("left").GetString(), held.GetProperty("used").GetString(),
                held.GetProperty("reason").GetString(), held.GetProperty("by").GetString()));
        Assert.Equal(allow.ExpiresAt.UnixMs, held.GetProperty("expiresAtMs").GetInt64());
        Assert.Equal(1, (await agent.ShowAsync()).GetProperty("overrides").GetInt32());
    }

    [Fact]
    public async Task All_that_is_wrong_with_a_constitution_is_said_in_sentences()
    {
        var bad = GuardedAgent.Terms with
        {
            AllowedActions = [], HoursUtc = 0, Counterparties = [AccountId.Parse(new string('A', 43))],
        };
        var check = await CheckAsync(Text(bad), "");
        Assert.False(check.GetProperty("isValid").GetBoolean());
        Assert.Equal(3, check.GetProperty("problems").GetArrayLength());
        Assert.Contains("It may do nothing.", Words(check));
        var unread = await CheckAsync("{\"maxStake\":1}", "");
        Assert.False(unread.GetProperty("isValid").GetBoolean());
        Assert.Contains("maxStake", Assert.Single(unread.GetProperty("problems").EnumerateArray()).GetString());
        Assert.Empty(Words(unread));
        var large = await CheckAsync(new string(' ', ConstitutionCodec.MaxBytes + 5), "");
        Assert.Contains("at most", Assert.Single(large.GetProperty("problems").EnumerateArray()).GetString());
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("{}", "?agent=x")).StatusCode);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await PostAsync(Text(GuardedAgent.Terms), $"?agent={node.Account(0)}")).StatusCode);
    }

    [Fact]
    public async Task Every_kind_of_agent_has_a_template_that_the_ledger_takes()
    {
        var templates = (await node.GetAsync("/v1/constitutions/templates")).EnumerateArray().ToArray();
        Assert.Equal(Enum.GetValues<Protocol.Identity.AgentKind>().Length, templates.Length);
        foreach (var template in templates)
        {
            var check = await CheckAsync(template.GetProperty("constitution").GetProperty("terms").GetRawText(), "");
            Assert.True(check.GetProperty("isValid").GetBoolean(), template.GetRawText());
        }

        foreach (var template in ConstitutionTemplates.All)
        {
            using var made = await GuardedAgent.RegisterAsync(node, template.Terms, deposit: 1);
        }
    }

    [Fact]
    public async Task Safe_mode_and_who_agrees_to_a_release_are_shown()
    {
        Assert.Null(await agent.SayAsync(0, new StopAgent(agent.Id)));
        Assert.Null(await agent.SayAsync(2, new ReleaseAgent(agent.Id)));
        var shown = await agent.ShowAsync();
        Assert.True(shown.GetProperty("stopped").GetBoolean());
        Assert.False(shown.GetProperty("safeMode").GetBoolean());
        Assert.Equal(
            $"{node.Account(2)}", Assert.Single(shown.GetProperty("releaseAgreedBy").EnumerateArray()).GetString());
    }

    [Theory]
    [InlineData("/v1/approvals?agent=x", HttpStatusCode.BadRequest, "badRequest")]
    [InlineData("/v1/approvals?guardian=x", HttpStatusCode.BadRequest, "badRequest")]
    [InlineData("/v1/approvals?limit=0", HttpStatusCode.BadRequest, "badRequest")]
    [InlineData("/v1/motions?guardian=x", HttpStatusCode.BadRequest, "badRequest")]
    [InlineData("/v1/overrides?agent=x", HttpStatusCode.BadRequest, "badRequest")]
    [InlineData("/v1/overrides?limit=1001", HttpStatusCode.BadRequest, "badRequest")]
    [InlineData("/v1/approvals/a1", HttpStatusCode.NotFound, "notFound")]
    [InlineData("/v1/approvals/7", HttpStatusCode.NotFound, "notFound")]
    [InlineData("/v1/motions/m1", HttpStatusCode.NotFound, "notFound")]
    public async Task A_question_that_means_nothing_is_a_problem_of_a_stable_code(
        string path, HttpStatusCode status, string code)
    {
        var response = await node.Client.GetAsync(path);
        var problem = await NodeFixture.JsonOf(response);
        Assert.Equal((status, code), (response.StatusCode, problem.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task The_document_lists_all_of_it()
    {
        var paths = (await node.GetAsync("/openapi/v1.json")).GetProperty("paths");
        string[] expected =
        [
            "/v1/approvals", "/v1/approvals/{id}", "/v1/motions", "/v1/motions/{id}", "/v1/overrides",
            "/v1/constitutions/check", "/v1/constitutions/templates", "/v1/agents/{id}/backtest",
        ];
        Assert.All(expected, path => Assert.True(paths.TryGetProperty(path, out _), path));
        Assert.True(paths.GetProperty("/v1/commands").GetProperty("post").GetProperty("responses")
            .TryGetProperty("202", out _));
    }

    private static string Text(ConstitutionTerms terms)
    {
        var buffer = new ArrayBufferWriter<byte>();
        ConstitutionCodec.Write(terms, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static IEnumerable<string?> Words(JsonElement check) =>
        check.GetProperty("words").EnumerateArray().Select(one => one.GetString());

    private Task<HttpResponseMessage> PostAsync(string json, string query) => node.Client.PostAsync(
        $"/v1/constitutions/check{query}", new StringContent(json, Encoding.UTF8, "application/json"));

    private async Task<JsonElement> CheckAsync(string json, string query)
    {
        var response = await PostAsync(json, query);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await NodeFixture.JsonOf(response);
    }
}
