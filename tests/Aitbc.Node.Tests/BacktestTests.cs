using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Aitbc.Infrastructure.Backtesting;
using Aitbc.Primitives;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Wire;

namespace Aitbc.Node.Tests;

/// <summary>A constitution tried on what an agent did: over HTTP, and on the directory of a node that runs.</summary>
public sealed class BacktestTests : IAsyncLifetime
{
    private static readonly Duration Month = Duration.FromHours(30 * 24);

    private NodeFixture node = null!;
    private GuardedAgent agent = null!;

    /// <summary>It pays 30 and 40, is refused 120 as more than one action may move, and waits with 60.</summary>
    public async Task InitializeAsync()
    {
        node = await NodeFixture.StartAsync();
        agent = await GuardedAgent.RegisterAsync(node);
        Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(agent.Sign(agent.Pay(30)))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(agent.Sign(agent.Pay(40)))).StatusCode);
        var over = await NodeFixture.JsonOf(await node.SendAsync(agent.Sign(agent.Pay(120))));
        Assert.Equal("valueLimit", over.GetProperty("code").GetString());
        await agent.ParkAsync(agent.Pay(60));
    }

    public async Task DisposeAsync()
    {
        agent.Dispose();
        await node.DisposeAsync();
    }

    [Fact]
    public async Task The_constitution_in_force_changes_nothing()
    {
        var report = await RunAsync(GuardedAgent.Terms);
        Assert.Equal(4, report.GetProperty("payloads").GetInt32());
        Assert.Equal((0, 0, 0), Counts(report));
        Assert.Empty(report.GetProperty("findings").EnumerateArray());
    }

    [Fact]
    public async Task What_a_tighter_one_refuses_and_sends_to_a_person_is_said_with_amounts()
    {
        var report = await RunAsync(GuardedAgent.Terms with
        {
            MaxValuePerAction = TokenAmount.FromTokens(35),
            Rules = [GuardedAgent.Terms.Rules[0] with { Amount = TokenAmount.FromTokens(25) }],
        });
        Assert.Equal((2, 1, 0), Counts(report));
        Assert.Equal(
            [
                $"sentToApproval applied parked {TokenAmount.FromTokens(30)} Pay 30 AITBC to {node.Account(3)}",
                $"refused applied valueLimit {TokenAmount.FromTokens(40)} Pay 40 AITBC to {node.Account(3)}",
                $"refused parked valueLimit {TokenAmount.FromTokens(60)} Pay 60 AITBC to {node.Account(3)}",
            ],
            report.GetProperty("findings").EnumerateArray().Select(one => string.Join(
                ' ', new[] { "change", "was", "would", "value", "action" }.Select(name => one.GetProperty(name)))));
        Assert.Equal(
            ($"{TokenAmount.FromTokens(100)}", $"{TokenAmount.FromTokens(30)}", "0"),
            Values(report));
    }

    [Fact]
    public async Task What_a_looser_one_newly_allows_is_said()
    {
        var report = await RunAsync(GuardedAgent.Terms with
        {
            MaxValuePerAction = TokenAmount.FromTokens(150), Rules = [],
        });
        Assert.Equal((0, 0, 2), Counts(report));
        Assert.Equal(("0", "0", $"{TokenAmount.FromTokens(180)}"), Values(report));
    }

    [Fact]
    public async Task Only_the_time_asked_for_is_counted_and_a_limit_knows_what_lay_before_it()
    {
        var terms = GuardedAgent.Terms with
        {
            MaxValuePerAction = TokenAmount.FromTokens(60), MaxDailyVolume = TokenAmount.FromTokens(100),
        };
        var whole = Ask(terms, Month);
        Assert.Equal(1, whole.Changed[BacktestChange.Refused]);
        var last = whole.Findings[^1];
        Assert.Equal((TokenAmount.FromTokens(60), 4L), (last.Value, whole.Payloads));

        // The last entry's own millisecond: the sums of before are remembered, what was found there is not.
        var late = Ask(terms, new Duration(0));
        Assert.InRange(late.Payloads, 1, whole.Payloads);
        Assert.All(late.Findings, one => Assert.True(one.Time >= late.From));
        Assert.Equal(late.Findings.Count, late.Changed.Values.Sum());
        Assert.Contains(late.Findings, one => one.Value == TokenAmount.FromTokens(60));
    }

    [Fact]
    public async Task A_question_that_cannot_be_answered_is_refused_in_a_sentence()
    {
        var text = Text(GuardedAgent.Terms);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync($"{node.Account(0)}", "", text)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("x", "", text)).StatusCode);
        foreach (var days in new[] { 0, -1, Backtest.MaxDays + 1 })
        {
            Assert.Equal(
                HttpStatusCode.BadRequest, (await PostAsync($"{agent.Id}", $"?days={days}", text)).StatusCode);
        }

        var unread = await PostAsync($"{agent.Id}", "", "{}"u8.ToArray());
        Assert.Equal(HttpStatusCode.BadRequest, unread.StatusCode);
        var empty = await PostAsync($"{agent.Id}", "", Text(GuardedAgent.Terms with { AllowedActions = [] }));
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        Assert.Contains(
            "allowedActions is empty",
            (await NodeFixture.JsonOf(empty)).GetProperty("detail").GetString(),
            StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => Backtest.Run(
            Path.Combine(node.Journal, "absent"),
            new BacktestRequest(agent.Id, GuardedAgent.Terms, Month),
            CancellationToken.None));
    }

    [Fact]
    public async Task One_that_is_called_off_ends_and_the_next_one_runs()
    {
        using var off = new CancellationTokenSource();
        await off.CancelAsync();
        Assert.Throws<OperationCanceledException>(() => node.Ledger.Backtest(
            new BacktestRequest(agent.Id, GuardedAgent.Terms, Month), off.Token));
        Assert.Equal((0, 0, 0), Counts(await RunAsync(GuardedAgent.Terms)));
        Assert.Equal((0, 0, 0), Counts(await RunAsync(GuardedAgent.Terms)));
    }

    private BacktestReport Ask(ConstitutionTerms terms, Duration span) =>
        node.Ledger.Backtest(new BacktestRequest(agent.Id, terms, span), CancellationToken.None);

    private async Task<JsonElement> RunAsync(ConstitutionTerms terms)
    {
        var response = await PostAsync($"{agent.Id}", "?days=30", Text(terms));
        var report = await NodeFixture.JsonOf(response);
        Assert.True(response.StatusCode == HttpStatusCode.OK, report.GetRawText());
        Assert.Equal($"{agent.Id}", report.GetProperty("agentId").GetString());
        return report;
    }

    private async Task<HttpResponseMessage> PostAsync(string id, string query, byte[] constitution)
    {
        using var body = new ByteArrayContent(constitution);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await node.Client.PostAsync($"/v1/agents/{id}/backtest{query}", body);
    }

    private static (int Refused, int Sent, int Allowed) Counts(JsonElement report)
    {
        var counts = report.GetProperty("counts");
        return (counts.GetProperty("refused").GetInt32(), counts.GetProperty("sentToApproval").GetInt32(),
            counts.GetProperty("newlyAllowed").GetInt32());
    }

    private static (string? Refused, string? Sent, string? Allowed) Values(JsonElement report)
    {
        var values = report.GetProperty("values");
        return (values.GetProperty("refused").GetString(), values.GetProperty("sentToApproval").GetString(),
            values.GetProperty("newlyAllowed").GetString());
    }

    private static byte[] Text(ConstitutionTerms terms)
    {
        var buffer = new ArrayBufferWriter<byte>();
        ConstitutionCodec.Write(terms, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
