using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using Aitbc.Infrastructure.Remote;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;

namespace Aitbc.Node.Tests;

/// <summary>What waits for guardians, over HTTP: listed, shown with its effect, and decided.</summary>
public sealed class ApprovalApiTests : IAsyncLifetime
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
    public async Task A_payment_over_the_approval_amount_waits_and_two_of_three_guardians_have_it_paid_as_foretold()
    {
        Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(agent.Sign(agent.Pay(40)))).StatusCode);
        var (id, bytes) = await agent.ParkAsync(agent.Pay(60));

        var listed = Assert.Single((await node.GetAsync($"/v1/approvals?agent={agent.Id}")).GetProperty("items")
            .EnumerateArray());
        Assert.False(listed.TryGetProperty("effect", out _));
        var shown = await ShowAsync(id);
        Assert.Equal(bytes, Base64Url.DecodeFromChars(shown.GetProperty("payload").GetString()));
        Assert.Equal($"{Digest.Sha256(bytes)}", shown.GetProperty("payloadDigest").GetString());
        Assert.Equal(id.Value, shown.GetProperty("seq").GetUInt64());
        Assert.Equal((2, 0, 3), Counts(shown));
        Assert.Equal($"{TokenAmount.FromTokens(60)}", shown.GetProperty("held").GetString());
        var words = Assert.Single(shown.GetProperty("commands").EnumerateArray()).GetProperty("words").GetString();
        Assert.StartsWith("Pay 60 AITBC to #", words, StringComparison.Ordinal);
        Assert.Contains(
            $"{node.Account(GuardedAgent.Owner)}",
            shown.GetProperty("accounts").EnumerateArray().Select(one => one.GetProperty("id").GetString()));

        Assert.Equal(
            "Waits for its guardians' approval",
            (await node.GetAsync($"/v1/entries/{id.Value}/words")).GetProperty("outcomeWords").GetString());
        Assert.Null(await agent.SayAsync(0, new GrantApproval(id, bytes)));
        Assert.Equal((2, 1, 2), Counts(await ShowAsync(id)));
        var effect = (await ShowAsync(id)).GetProperty("effect");
        Assert.Equal("applied", effect.GetProperty("outcome").GetString());
        Assert.Equal(await agent.BalancesAsync(), GuardedAgent.Balances(effect.GetProperty("before")));
        Assert.NotEqual(await agent.BalancesAsync(), GuardedAgent.Balances(effect.GetProperty("after")));
        var before = await PaidAsync();
        Assert.Null(await agent.SayAsync(2, new GrantApproval(id, bytes)));

        Assert.Equal(before + TokenAmount.FromTokens(60), await PaidAsync());
        Assert.Equal(GuardedAgent.Balances(effect.GetProperty("after")), await agent.BalancesAsync());
        Assert.Equal(
            GuardedAgent.Limits(effect.GetProperty("limits").EnumerateArray().Select(one => one.GetProperty("after"))),
            GuardedAgent.Limits((await agent.ShowAsync()).GetProperty("limitUses").EnumerateArray()));
        Assert.Equal("noSuchApproval", await agent.SayAsync(1, new GrantApproval(id, bytes)));
        await AssertGoneAsync(id);
    }

    [Fact]
    public async Task What_would_be_refused_is_foretold_with_its_reason_and_happens_so()
    {
        var (id, bytes) = await agent.ParkAsync(agent.Pay(60), new DepositStake(TokenAmount.FromTokens(1)));
        Assert.Null(await agent.SayAsync(GuardedAgent.Owner, new SetOverride(
            agent.Id, CommandKind.DepositStake, OverrideEffect.Deny, TokenAmount.Zero, Digest.Sha256([1]),
            node.Ledger.View.Read(state => state.Time) + Duration.FromDays(1))));
        var effect = (await ShowAsync(id)).GetProperty("effect");
        Assert.Equal("deniedByOverride", effect.GetProperty("outcome").GetString());
        Assert.Equal(1, effect.GetProperty("failedAt").GetInt32());
        var sentence = effect.GetProperty("sentence").GetString();
        Assert.StartsWith("Approved now, it would be refused: ", sentence, StringComparison.Ordinal);

        await agent.ApproveAsync(id, bytes);
        Assert.Equal(GuardedAgent.Balances(effect.GetProperty("after")), await agent.BalancesAsync());
        Assert.Equal(
            GuardedAgent.Limits(effect.GetProperty("limits").EnumerateArray().Select(one => one.GetProperty("after"))),
            GuardedAgent.Limits((await agent.ShowAsync()).GetProperty("limitUses").EnumerateArray()));
        var handled = Assert.Single(
            (await node.GetAsync($"/v1/entries/{node.Ledger.View.Seq}")).GetProperty("events").EnumerateArray(),
            one => one.GetProperty("type").GetString() == "parkedHandled");
        Assert.Equal("deniedByOverride", handled.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task While_it_waits_its_limits_show_it_as_reserved_and_a_denial_gives_it_back()
    {
        var (id, _) = await agent.ParkAsync(agent.Pay(60));
        var shown = await agent.ShowAsync();
        Assert.Equal(1, shown.GetProperty("approvals").GetInt32());
        var (volume, rule) = (Limit(shown, "maxDailyVolume"), Limit(shown, "rule"));
        Assert.Equal(Line(300, 0, 60, 240), Line(volume));
        Assert.Equal(Line(200, 0, 60, 140), Line(rule));
        Assert.Equal(2, rule.GetProperty("rule").GetInt32());
        var leaves = rule.GetProperty("leavesAtMs").GetInt64() - node.Ledger.View.Read(state => state.Time).UnixMs;
        Assert.InRange(leaves, 60 * 60_000, 75 * 60_000);

        Assert.Null(await agent.SayAsync(1, new DenyApproval(id)));
        shown = await agent.ShowAsync();
        Assert.Equal(Line(300, 0, 0, 300), Line(Limit(shown, "maxDailyVolume")));
        Assert.Equal(Line(200, 0, 0, 200), Line(Limit(shown, "rule")));
        Assert.False(Limit(shown, "rule").TryGetProperty("leavesAtMs", out _));
        await AssertGoneAsync(id);
    }

    [Fact]
    public async Task Wrong_bytes_a_stranger_and_who_has_spoken_get_the_code_of_their_problem()
    {
        using var other = await GuardedAgent.RegisterAsync(node);
        var (id, bytes) = await agent.ParkAsync(agent.Pay(60));
        var (_, others) = await other.ParkAsync(other.Pay(60));
        Assert.Equal("approvalMismatch", await agent.SayAsync(0, new GrantApproval(id, others)));
        Assert.Equal("notAuthorised", await agent.SayAsync(GuardedAgent.Owner, new GrantApproval(id, bytes)));
        Assert.Equal("notAuthorised", await agent.SayAsync(GuardedAgent.Owner, new DenyApproval(id)));
        Assert.Null(await agent.SayAsync(0, new GrantApproval(id, bytes)));
        Assert.Equal("alreadySaid", await agent.SayAsync(0, new GrantApproval(id, bytes)));
        Assert.Equal("noSuchApproval", await agent.SayAsync(0, new DenyApproval(new ApprovalId(1))));
    }

    [Fact]
    public async Task Lists_are_asked_by_agent_and_by_guardian_and_page_by_page()
    {
        using var other = await GuardedAgent.RegisterAsync(node);
        var ids = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            ids.Add($"{(await agent.ParkAsync(agent.Pay(60))).Id}");
            ids.Add($"{(await other.ParkAsync(other.Pay(60))).Id}");
        }

        Assert.Equal(ids, await IdsAsync("/v1/approvals"));
        Assert.Equal(ids, await IdsAsync($"/v1/approvals?guardian={node.Account(2)}"));
        Assert.Equal([ids[1], ids[3]], await IdsAsync($"/v1/approvals?agent={other.Id}"));
        Assert.Empty(await IdsAsync($"/v1/approvals?guardian={node.Account(GuardedAgent.Owner)}"));
        var first = await node.GetAsync("/v1/approvals?limit=3");
        Assert.Equal(ids[..3], Ids(first));
        Assert.Equal(ids[3..], await IdsAsync($"/v1/approvals?limit=3&after={first.GetProperty("next").GetUInt64()}"));
    }

    [Fact]
    public async Task Nobody_answers_and_it_is_denied()
    {
        await using var hasty = await NodeFixture.StartAsync(
            parameters: new Parameters { ApprovalWindow = Duration.FromMilliseconds(50) });
        using var theirs = await GuardedAgent.RegisterAsync(hasty);
        var (id, bytes) = await theirs.ParkAsync(theirs.Pay(60));
        while (true)
        {
            var changed = hasty.Ledger.View.ChangedAsync();
            if (hasty.Ledger.View.Read(state => state.FindApproval(id)) < 0)
            {
                break;
            }

            await changed;
        }

        Assert.Equal("noSuchApproval", await theirs.SayAsync(0, new GrantApproval(id, bytes)));
        Assert.Equal(HttpStatusCode.NotFound, (await hasty.Client.GetAsync($"/v1/approvals/{id}")).StatusCode);
        Assert.Equal(Line(300, 0, 0, 300), Line(Limit(await theirs.ShowAsync(), "maxDailyVolume")));
    }

    [Fact]
    public async Task A_client_reads_that_a_payload_waits_and_under_which_id()
    {
        using var client = new GuardianClient(new RemoteLedgerOptions { Node = node.Server.Url });
        var result = await client.SendAsync(agent.Id, agent.Key, agent.Pay(60), CancellationToken.None);
        Assert.Equal(Outcome.Parked, result.Outcome);
        Assert.Equal($"a{result.Seq}", Assert.Single(await IdsAsync("/v1/approvals")));
    }

    private static (int Needed, int Approved, int Waiting) Counts(JsonElement shown) => (
        shown.GetProperty("needed").GetInt32(),
        shown.GetProperty("approvedBy").GetArrayLength(),
        shown.GetProperty("waitingFor").GetArrayLength());

    private static JsonElement Limit(JsonElement shown, string name) => shown.GetProperty("limitUses").EnumerateArray()
        .Single(limit => limit.GetProperty("limit").GetString() == name);

    private static string Line(JsonElement limit) => string.Join(
        ' ', new[] { "most", "used", "reserved", "left" }.Select(name => limit.GetProperty(name).GetString()));

    private static string Line(params ulong[] tokens) => string.Join(' ', tokens.Select(TokenAmount.FromTokens));

    private static IEnumerable<string> Ids(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(one => one.GetProperty("id").GetString()!);

    private async Task<IEnumerable<string>> IdsAsync(string path) => Ids(await node.GetAsync(path));

    private Task<JsonElement> ShowAsync(ApprovalId id) => node.GetAsync($"/v1/approvals/{id}");

    private async Task<TokenAmount> PaidAsync() => TokenAmount.Parse(
        (await node.GetAsync($"/v1/accounts/{node.Account(GuardedAgent.Owner)}")).GetProperty("available").GetString());

    private async Task AssertGoneAsync(ApprovalId id)
    {
        var response = await node.Client.GetAsync($"/v1/approvals/{id}");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("notFound", (await NodeFixture.JsonOf(response)).GetProperty("code").GetString());
    }
}
