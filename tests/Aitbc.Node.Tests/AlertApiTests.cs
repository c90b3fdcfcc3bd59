using System.Net;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Safety.Admission;
using Aitbc.Safety.Monitor;

namespace Aitbc.Node.Tests;

/// <summary>What the monitor found, over HTTP.</summary>
public sealed class AlertApiTests
{
    [Fact]
    public async Task What_was_found_is_listed_newest_first_with_what_became_of_it()
    {
        var finding = new MonitorFinding(
            MonitorLevel.Park, Detector.HourValue, MonitorSubject.Agent, Units(40), Units(30));
        await using var node = await NodeFixture.StartAsync(
            adjust: options => options with { Monitor = (_, payload, _) => Judge(finding, payload) });
        using var agent = await GuardedAgent.RegisterAsync(node);
        var (id, _) = await agent.ParkAsync(agent.Pay(40));
        finding = finding with
        {
            Verdict = MonitorLevel.SafeMode, Detector = Detector.Rate, Subject = MonitorSubject.Owner, Observed = 901,
        };
        Assert.NotEqual(HttpStatusCode.OK, (await node.SendAsync(agent.Sign(agent.Pay(1)))).StatusCode);

        var all = await ListAsync(node, "?limit=10");
        var (newest, oldest) = (all[0], all[1]);
        Assert.Equal(2, all.Count);
        Assert.Equal(
            "safeMode True rate owner 901 3600000 safeMode ", Line(newest));
        Assert.Equal($"park True hourValue agent {Units(40)} 3600000 parked {id}", Line(oldest));
        Assert.Equal(id.Value - 1, oldest.GetProperty("seq").GetUInt64());
        Assert.Equal($"{agent.Id}", oldest.GetProperty("agentId").GetString());
        Assert.Equal($"{node.Account(GuardedAgent.Owner)}", oldest.GetProperty("ownerId").GetString());
        Assert.Equal(
            "The agent would move 40 AITBC within the hour; its limit is 30 AITBC.",
            oldest.GetProperty("words").GetString());
        var shown = await node.GetAsync($"/v1/approvals/{id}");
        Assert.Equal(
            shown.GetProperty("payloadDigest").GetString(), oldest.GetProperty("payloadDigest").GetString());

        var page = await node.GetAsync("/v1/alerts?limit=1");
        Assert.Equal(newest.GetProperty("seq").GetUInt64(), page.GetProperty("next").GetUInt64());
        var rest = await node.GetAsync($"/v1/alerts?limit=1&cursor={page.GetProperty("next").GetUInt64()}");
        Assert.Equal(Line(oldest), Line(Assert.Single(rest.GetProperty("items").EnumerateArray())));
        Assert.False(rest.TryGetProperty("next", out _));
    }

    [Fact]
    public async Task They_are_asked_for_by_agent_and_what_is_only_watched_says_so()
    {
        var finding = new MonitorFinding(
            MonitorLevel.SafeMode, Detector.Circle, MonitorSubject.Agent, Units(40), Units(3));
        await using var node = await NodeFixture.StartAsync(adjust: options => options with
        {
            Monitor = (_, payload, _) => JournalledFinding.ToInput(finding, payload, isEnforced: false),
        });
        using var agent = await GuardedAgent.RegisterAsync(node);
        Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(agent.Sign(agent.Pay(40)))).StatusCode);
        var found = Assert.Single(await ListAsync(node, $"?agent={agent.Id}"));
        Assert.Equal($"safeMode False circle agent {Units(40)} 86400000 applied ", Line(found));

        var others = await node.GetAsync($"/v1/alerts?agent={node.Account(1)}");
        Assert.Equal(0, others.GetProperty("items").GetArrayLength());
        Assert.Equal(HttpStatusCode.BadRequest, (await node.Client.GetAsync("/v1/alerts?agent=nobody")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await node.Client.GetAsync("/v1/alerts?limit=0")).StatusCode);
    }

    private static UInt128 Units(ulong tokens) => TokenAmount.FromTokens(tokens).BaseUnits;

    private static MonitorVerdict Judge(in MonitorFinding finding, ClientPayload payload) =>
        JournalledFinding.ToInput(finding, payload, isEnforced: true);

    private static async Task<List<JsonElement>> ListAsync(NodeFixture node, string query)
    {
        await node.Server.History.ReachedAsync(node.Ledger.View.Seq, CancellationToken.None)
            .WaitAsync(TimeSpan.FromMinutes(1));
        return [.. (await node.GetAsync($"/v1/alerts{query}")).GetProperty("items").EnumerateArray()];
    }

    private static string Line(JsonElement alert) => string.Join(
        ' ',
        new[] { "verdict", "enforced", "detector", "subject", "observed", "windowMs", "outcome", "approval" }
            .Select(name => alert.TryGetProperty(name, out var value) ? $"{value}" : string.Empty));
}
