using System.Net;
using System.Text.Json;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Verification;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Safety.Admission;
using Aitbc.Safety.Audit;
using Aitbc.Safety.Monitor;

namespace Aitbc.Node.Tests;

/// <summary>A node with its monitor, and somebody with an agent's key who knows no gateway.</summary>
public sealed class MonitorNodeTests
{
    private const int Payee = 1;

    [Fact]
    public async Task A_thief_who_posts_past_the_gateway_is_parked_and_told_before_a_tenth_of_the_cap_is_gone()
    {
        await using var node = await StartAsync(MonitorMode.Enforce);
        using var agent = await GuardedAgent.RegisterAsync(node);
        var before = await PayeeHasAsync(node);
        var statuses = await DrainAsync(node, agent);

        // A cap of 300 tokens a day; a tenth is 30.
        Assert.True(await PayeeHasAsync(node) - before <= TokenAmount.FromTokens(30));
        Assert.Contains(HttpStatusCode.OK, statuses);
        Assert.Contains(HttpStatusCode.Accepted, statuses);
        var alert = (await AlertsAsync(node)).Last();
        Assert.Equal("park", alert.GetProperty("verdict").GetString());
        Assert.Equal("strangers", alert.GetProperty("detector").GetString());
        Assert.Equal("parked", alert.GetProperty("outcome").GetString());
        var metrics = await node.Client.GetStringAsync("/metrics");
        Assert.Contains(
            "aitbc_monitor_verdicts_total{verdict=\"park\",detector=\"strangers\"}", metrics, StringComparison.Ordinal);

        // While the node runs, and after it has stopped; and whoever replays the journal obeys the same verdicts.
        Assert.True(AuditVerifier.Run(node.DataPath, CancellationToken.None).Ok);
        await node.StopAsync();
        var audit = AuditVerifier.Run(node.DataPath, CancellationToken.None);
        Assert.True(audit.Ok, audit.Problems.FirstOrDefault()?.ToString());
        Assert.Equal((statuses.Count, statuses.Count), ((int)audit.AgentPayloads, (int)audit.Outcomes));
        var verified = await ChainVerifier.RunAsync(
            node.DataPath,
            [.. AuditSeries.All.Select(series => new OwnedFiles(series.Directory, AuditCheck.CheckFile))],
            null,
            CancellationToken.None);
        Assert.True(verified.Ok, verified.Problems.FirstOrDefault()?.ToString());
    }

    [Fact]
    public async Task Where_it_only_watches_the_ledgers_own_caps_hold_the_thief_and_it_is_told_all_the_same()
    {
        await using var node = await StartAsync(MonitorMode.Watch);
        using var agent = await GuardedAgent.RegisterAsync(node);
        var before = await PayeeHasAsync(node);
        var statuses = await DrainAsync(node, agent);

        // 200 tokens an hour, by its constitution; nothing waits.
        Assert.Equal(TokenAmount.FromTokens(200), await PayeeHasAsync(node) - before);
        Assert.DoesNotContain(HttpStatusCode.Accepted, statuses);
        Assert.All(await AlertsAsync(node), alert => Assert.False(alert.GetProperty("enforced").GetBoolean()));
        Assert.NotEmpty(await AlertsAsync(node));
    }

    [Fact]
    public async Task An_agents_own_process_that_submits_without_its_gateway_goes_into_safe_mode_when_it_loops()
    {
        var strict = new MonitorOptions { ProbationActsPerHour = 1, ProbationHourOfDailyActsPpm = 0 };
        await using var node = await StartAsync(MonitorMode.Enforce, strict);
        using var agent = await GuardedAgent.RegisterAsync(node);
        var outcomes = new List<Outcome>();
        for (var i = 0; i < 8; i++)
        {
            var compact = System.Text.Encoding.ASCII.GetBytes(agent.Sign(node.Pay(Payee)));
            Assert.True(SignedPayload.TryFromJws(compact, out var signed, out var problem), problem);
            outcomes.Add((await node.Ledger.SubmitAsync(signed, CancellationToken.None)).Outcome);
        }

        Assert.Equal(Outcome.Applied, outcomes[0]);
        Assert.Equal(Outcome.Parked, outcomes[1]);
        Assert.Equal(Outcome.SafeMode, outcomes[^1]);
        Assert.Contains(
            await AlertsAsync(node),
            alert => alert.GetProperty("verdict").GetString() == "safeMode"
                && alert.GetProperty("detector").GetString() == "rate");
        Assert.Equal(
            "safeMode", (await NodeFixture.JsonOf(await node.SendAsync(agent.Sign(node.Pay(Payee)))))
                .GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_restart_forgets_neither_windows_nor_alerts()
    {
        await using var node = await StartAsync(MonitorMode.Enforce);
        using var agent = await GuardedAgent.RegisterAsync(node);
        Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(agent.Sign(Take(node, 20)))).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await node.SendAsync(agent.Sign(Take(node, 20)))).StatusCode);
        await node.RestartAsync();
        Assert.Equal(HttpStatusCode.Accepted, (await node.SendAsync(agent.Sign(Take(node, 20)))).StatusCode);
        var alerts = await AlertsAsync(node);
        Assert.Equal(2, alerts.Count);
        Assert.Equal(
            alerts[0].GetProperty("observed").GetString(), alerts[1].GetProperty("observed").GetString());
    }

    private static Task<NodeFixture> StartAsync(MonitorMode mode, MonitorOptions? options = null) =>
        NodeFixture.StartAsync(adjust: ledger => ledger with
        {
            Watch = new LedgerMonitor(mode, options ?? new MonitorOptions()),
        });

    private static Transfer Take(NodeFixture node, ulong tokens) =>
        new(node.Account(Payee), TokenAmount.FromTokens(tokens));

    /// <summary>50 payments of 5 tokens, with the agent's key and nothing else.</summary>
    private static async Task<List<HttpStatusCode>> DrainAsync(NodeFixture node, GuardedAgent agent)
    {
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 50; i++)
        {
            statuses.Add((await node.SendAsync(agent.Sign(Take(node, 5)))).StatusCode);
        }

        return statuses;
    }

    private static async Task<TokenAmount> PayeeHasAsync(NodeFixture node) => TokenAmount.Parse(
        (await node.GetAsync($"/v1/accounts/{node.Account(Payee)}")).GetProperty("available").GetString()!);

    private static async Task<List<JsonElement>> AlertsAsync(NodeFixture node)
    {
        await node.Server.History.ReachedAsync(node.Ledger.View.Seq, CancellationToken.None)
            .WaitAsync(TimeSpan.FromMinutes(1));
        return [.. (await node.GetAsync("/v1/alerts")).GetProperty("items").EnumerateArray()];
    }
}
