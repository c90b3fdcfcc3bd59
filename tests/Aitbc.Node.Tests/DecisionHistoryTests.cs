using System.Net;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;
using Aitbc.Safety.Admission;
using Aitbc.Safety.Monitor;
using Aitbc.Testing;

namespace Aitbc.Node.Tests;

/// <summary>Who decided what about an agent, over HTTP, and why a payload waits.</summary>
public sealed class DecisionHistoryTests
{
    private static readonly string[] Told =
    [
        "agentReleased", "agentStopped", "approvalEnded", "approvalGiven", "commandParked", "overrideBegan",
        "parkedHandled", "releaseApproved",
    ];

    [Fact]
    public async Task Decisions_are_told_newest_first_with_who_took_them_page_by_page_and_no_others()
    {
        await using var node = await NodeFixture.StartAsync();
        using var agent = await GuardedAgent.RegisterAsync(node);
        using var other = await GuardedAgent.RegisterAsync(node);
        var registered = node.Ledger.View.Seq - 1;
        Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(agent.Sign(agent.Pay(1)))).StatusCode);
        var (id, bytes) = await agent.ParkAsync(agent.Pay(60));
        await agent.ApproveAsync(id, bytes);
        Assert.Null(await agent.SayAsync(0, new SetOverride(
            other.Id, CommandKind.Transfer, OverrideEffect.Deny, default, Digest.Sha256("why"u8),
            new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()) + Duration.FromHours(1))));
        Assert.Null(await agent.SayAsync(2, new StopAgent(agent.Id)));
        Assert.Null(await agent.SayAsync(0, new ReleaseAgent(agent.Id)));
        Assert.Null(await agent.SayAsync(1, new ReleaseAgent(agent.Id)));
        var last = node.Ledger.View.Seq;
        await node.Server.History.ReachedAsync(last, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1));

        var all = new List<JsonElement>();
        ulong? before = null;
        do
        {
            var page = await node.GetAsync($"/v1/agents/{agent.Id}/history?limit=3"
                + (before is { } place ? $"&before={place}" : string.Empty));
            all.AddRange(page.GetProperty("items").EnumerateArray());
            before = page.TryGetProperty("next", out var next) ? next.GetUInt64() : null;
        }
        while (before is not null);

        Assert.Equal(
            [last, last - 1, last - 2, id.Value + 2, id.Value + 1, id.Value, registered],
            all.Select(one => one.GetProperty("seq").GetUInt64()));
        Assert.Equal(
            ["releaseApproved agentReleased", "releaseApproved", "agentStopped"],
            all.Take(3).Select(Types));
        Assert.StartsWith("approvalGiven approvalEnded parkedHandled", Types(all[3]), StringComparison.Ordinal);
        Assert.Equal("approvalGiven", Types(all[4]));
        Assert.Equal("commandParked", Types(all[5]));
        Assert.Equal($"{node.Account(2)}", all[2].GetProperty("by").GetString());
        Assert.Equal($"{node.Account(2)}", all[2].GetProperty("key").GetString());
        Assert.Equal($"{agent.Id}", all[5].GetProperty("by").GetString());
        Assert.Contains(
            $"{agent.Id} was stopped by its guardian {node.Account(2)}",
            all[2].GetProperty("events")[0].GetProperty("words").GetString(),
            StringComparison.Ordinal);

        var denied = await node.GetAsync($"/v1/agents/{other.Id}/history?limit=1");
        Assert.Equal("overrideBegan", Types(denied.GetProperty("items")[0]));
    }

    [Fact]
    public async Task Who_is_no_agent_has_no_history_and_no_page_is_larger_than_may_be()
    {
        await using var node = await NodeFixture.StartAsync();
        using var agent = await GuardedAgent.RegisterAsync(node);
        foreach (var (path, status) in new[]
        {
            ($"/v1/agents/{node.Account(0)}/history", HttpStatusCode.NotFound),
            ("/v1/agents/nobody/history", HttpStatusCode.NotFound),
            ($"/v1/agents/{agent.Id}/history?limit=0", HttpStatusCode.BadRequest),
            ($"/v1/agents/{agent.Id}/history?limit=51", HttpStatusCode.BadRequest),
        })
        {
            Assert.Equal(status, (await node.Client.GetAsync(path)).StatusCode);
        }
    }

    [Fact]
    public async Task What_waits_says_which_rule_or_which_finding_has_it_wait()
    {
        var finding = new MonitorFinding(
            MonitorLevel.Park, Detector.HourValue, MonitorSubject.Agent,
            TokenAmount.FromTokens(40).BaseUnits, TokenAmount.FromTokens(30).BaseUnits);
        var judges = true;
        await using var node = await NodeFixture.StartAsync(adjust: options => options with
        {
            Watch = new ToldWatch((_, payload) => judges && payload.Commands[0].Kind == CommandKind.Transfer
                ? JournalledFinding.ToInput(finding, payload, isEnforced: true)
                : null),
        });
        using var agent = await GuardedAgent.RegisterAsync(node);
        const string Rule = "Transfer above 50 AITBC with a person's approval.";
        const string Found = "The agent would move 40 AITBC within the hour; its limit is 30 AITBC.";
        Assert.Equal((Found, true), await ReasonsAsync((await agent.ParkAsync(agent.Pay(40))).Id));
        Assert.Equal(($"{Rule} {Found}", true), await ReasonsAsync((await agent.ParkAsync(agent.Pay(60))).Id));
        judges = false;
        Assert.Equal((Rule, false), await ReasonsAsync((await agent.ParkAsync(agent.Pay(60))).Id));

        async Task<(string Reasons, bool ByMonitor)> ReasonsAsync(ApprovalId id)
        {
            var shown = await node.GetAsync($"/v1/approvals/{id}");
            return (
                string.Join(' ', shown.GetProperty("reasons").EnumerateArray().Select(one => one.GetString())),
                shown.GetProperty("byMonitor").GetBoolean());
        }
    }

    [Fact]
    public async Task The_chain_says_what_the_council_stopped_and_who_agrees_to_its_release()
    {
        await using var node = await NodeFixture.StartAsync();
        var member = Enumerable.Range(0, node.Ledger.Genesis.Accounts.Count)
            .First(at => node.Ledger.Genesis.Accounts[at].Council);
        var chain = await node.GetAsync("/v1/chain");
        Assert.False(chain.GetProperty("marketStop").GetProperty("isStopped").GetBoolean());
        Assert.Equal(node.Ledger.Genesis.CouncilThreshold, chain.GetProperty("councilThreshold").GetInt32());
        Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(
            node.Sign(member, new StopMarket(StopScope.Market)), "/v1/oversight")).StatusCode);
        chain = await node.GetAsync("/v1/chain");
        Assert.True(chain.GetProperty("marketStop").GetProperty("isStopped").GetBoolean());
        Assert.False(chain.GetProperty("allStop").GetProperty("isStopped").GetBoolean());
        Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(
            node.Sign(member, new ReleaseMarket(StopScope.Market)), "/v1/oversight")).StatusCode);
        var stop = (await node.GetAsync("/v1/chain")).GetProperty("marketStop");
        var enough = node.Ledger.Genesis.CouncilThreshold == 1;
        Assert.Equal(!enough, stop.GetProperty("isStopped").GetBoolean());
        Assert.Equal(
            enough ? [] : [$"{node.Account(member)}"],
            stop.GetProperty("releaseAgreedBy").EnumerateArray().Select(one => one.GetString()));
    }

    private static string Types(JsonElement decision)
    {
        var types = decision.GetProperty("events").EnumerateArray()
            .Select(one => one.GetProperty("type").GetString()!).ToList();
        Assert.All(types, type => Assert.Contains(type, Told));
        return string.Join(' ', types);
    }
}
