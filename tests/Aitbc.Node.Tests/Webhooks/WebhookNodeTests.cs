using System.Net;
using Aitbc.Infrastructure.Identity;
using Aitbc.Node.Hosting;
using Aitbc.Node.Tests.Metrics;
using Aitbc.Node.Webhooks;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Testing;

namespace Aitbc.Node.Tests.Webhooks;

/// <summary>Hooks of a whole node: they hold up nobody, come and go while it runs, and tell no secrets.</summary>
public sealed class WebhookNodeTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly string directory = Directory.CreateTempSubdirectory("aitbc-webhooks-").FullName;
    private Receiver receiver = null!;
    private WebhookStore store = null!;

    public async Task InitializeAsync()
    {
        receiver = await Receiver.StartAsync();
        store = new WebhookStore(directory, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await receiver.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_command_that_waits_for_approval_reaches_a_person()
    {
        Add();
        await using var node = await StartAsync();
        using var identity = Identity.Create(node.Keys);
        var charter = new AgentCharter(
            AgentKind.Inference, [], Label.Parse("1.0"), Constitutions.Wide with { RequiresHumanApproval = true },
            [node.Account(1)], 1, TokenAmount.FromTokens(100));
        await DoAsync(
            node, node.Sign(1, identity.RegisterAgent(node.Ledger.Genesis.Chain, node.Account(1), charter)));
        var agent = identity.Account;
        await node.SendAsync(node.Sign(agent, identity.Key!, 1, node.Pay(2)));

        var told = await receiver.NextAsync();
        Assert.Equal(
            ("approval.waiting", $"{agent}"), (told.Type, told.Data.GetProperty("agent").GetString()));
        Assert.Equal(
            $"https://node.example/approvals/a{node.Ledger.View.Seq}", told.Data.GetProperty("link").GetString());
        Assert.Equal($"a{node.Ledger.View.Seq}", told.Data.GetProperty("approval").GetString());
    }

    [Fact]
    public async Task A_silent_receiver_holds_up_neither_the_ledger_nor_the_end_of_the_node()
    {
        Add();
        var silent = new TaskCompletionSource();
        receiver.Answer = (_, _) => silent.Task;
        var node = await StartAsync();
        await StopMarketAsync(node);
        await receiver.NextAsync();
        for (var i = 0; i < 20; i++)
        {
            await DoAsync(node, node.Sign(1, node.Pay(2))).WaitAsync(Limit);
        }

        Assert.True((await MetricsText.OfAsync(node))["aitbc_webhooks_lag"] >= 20);
        await node.DisposeAsync().AsTask().WaitAsync(WebhookSender.Patience / 2);
        silent.SetResult();
    }

    [Fact]
    public async Task Hooks_come_and_go_while_the_node_runs()
    {
        await using var node = await StartAsync();
        var first = Add();
        await StopMarketAsync(node);
        var told = await receiver.NextAsync();
        Assert.Equal("market.stopped", told.Type);

        Assert.True(store.Remove(first.Id));
        await UntilAsync(node, text => text["aitbc_webhooks_hooks"] == 0);
        await StopMarketAsync(node);
        await using var other = await Receiver.StartAsync();
        store.Add(other.Url.AbsoluteUri, allowsPrivate: true, out _);
        await UntilAsync(node, text => text["aitbc_webhooks_hooks"] == 1);
        await StopMarketAsync(node);
        await other.NextAsync();
        Assert.Equal(0, receiver.Waiting);
        Assert.False(File.Exists(Path.Combine(directory, WebhookPlaces.Directory, $"{first.Id}.sealed")));
    }

    [Fact]
    public async Task After_a_restart_of_the_node_nothing_is_left_out_or_told_again()
    {
        Add();
        await using var node = await StartAsync();
        await StopMarketAsync(node);
        var first = await receiver.NextAsync();
        await UntilAsync(node, text => text["aitbc_webhooks_lag"] == 0);
        await node.RestartAsync();
        await StopMarketAsync(node);
        var second = await receiver.NextAsync();
        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public async Task Tries_are_counted_by_what_became_of_them_and_a_hook_that_fails_is_seen()
    {
        Add();
        receiver.Fail(times: 1, status: 500);
        await using var node = await StartAsync();
        await StopMarketAsync(node);
        await receiver.NextAsync();
        await receiver.NextAsync();
        var text = await UntilAsync(
            node, text => text["aitbc_webhooks_deliveries_total{outcome=\"delivered\"}"] == 1);
        Assert.Equal(1, text["aitbc_webhooks_deliveries_total{outcome=\"rejected\"}"]);
        Assert.Equal((1, 0), (text["aitbc_webhooks_hooks"], text["aitbc_webhooks_failing"]));

        var bad = Add();
        store.Places.Save(bad.Id, new WebhookPlace(1, 0, WebhookPlace.FailingAttempts, DeliveryOutcome.Rejected, 1));
        receiver.Answer = (_, context) =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await UntilAsync(node, text => text["aitbc_webhooks_failing"] == 1);
    }

    [Fact]
    public async Task Secrets_and_paths_of_hooks_are_told_to_nobody()
    {
        var hook = Add();
        receiver.Fail(times: 1);
        await using var node = await StartAsync();
        await StopMarketAsync(node);
        await receiver.NextAsync();
        await receiver.NextAsync();
        await UntilAsync(node, text => text["aitbc_webhooks_lag"] == 0);
        var told = string.Join('\n', node.Log.Lines);
        Assert.Contains(hook.Id, told, StringComparison.Ordinal);
        told += (await MetricsText.OfAsync(node)).Text;
        foreach (var path in new[] { "/v1/chain", "/v1/entries", "/openapi/v1.json", "/health/ready" })
        {
            told += await node.Client.GetStringAsync(path);
        }

        Assert.DoesNotContain(hook.Secret.Reveal(), told, StringComparison.Ordinal);
        Assert.DoesNotContain(hook.Secret.Reveal()["whsec_".Length..], told, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-path", told, StringComparison.Ordinal);
        Assert.DoesNotContain($":{receiver.Url.Port}", told, StringComparison.Ordinal);
    }

    private Webhook Add() => store.Add(receiver.Url.AbsoluteUri, allowsPrivate: true, out _)!;

    private Task<NodeFixture> StartAsync() => NodeFixture.StartAsync(
        new NodeOptions { WebhooksPath = directory, PublicUrl = new Uri("https://node.example/") });

    private static Task StopMarketAsync(NodeFixture node) =>
        DoAsync(node, node.Sign(0, new StopMarket(StopScope.Market), new ReleaseMarket(StopScope.Market)));

    private static async Task DoAsync(NodeFixture node, string jws)
    {
        var response = await node.SendAsync(jws);
        Assert.True(
            response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Asks the node's figures until they are so.</summary>
    private static async Task<MetricsText> UntilAsync(NodeFixture node, Func<MetricsText, bool> isSo)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            var text = await MetricsText.OfAsync(node);
            if (isSo(text))
            {
                return text;
            }
        }
    }
}
