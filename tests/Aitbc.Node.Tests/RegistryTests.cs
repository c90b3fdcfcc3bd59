using System.Net;
using System.Text;
using System.Text.Json;
using Aitbc.Node.Hosting;
using Aitbc.Node.Tests.Remote;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.State;
using Aitbc.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aitbc.Node.Tests;

/// <summary>Services: what they show, how they are found, what they take, and whether their host is heard of.</summary>
public sealed class RegistryTests : IAsyncLifetime
{
    private const string Schema = """{"type":"object","required":["rows"],"additionalProperties":false,"""
        + """ "properties":{"rows":{"type":"integer","minimum":1}}}""";

    private NodeFixture node = null!;
    private Market market = null!;

    public async Task InitializeAsync()
    {
        node = await NodeFixture.StartAsync();
        market = new Market(node, () => node.Ledger);
        await market.OpenAsync();
    }

    public async Task DisposeAsync() => await node.DisposeAsync();

    [Fact]
    public async Task Services_are_found_by_capability_price_record_and_health_page_by_page()
    {
        var other = new ServiceTerms(
            Label.Parse("cheap"), Label.Parse("other"), TokenAmount.FromBaseUnits(5), 1, default, 0);
        for (var i = 0; i < 3; i++)
        {
            await market.DoAsync(market.OfProvider(new ListService(other)));
        }

        Assert.Equal(["s1", "s2", "s3", "s4"], await IdsAsync(""));
        Assert.Equal(["s1"], await IdsAsync($"?capability={LedgerFixture.Capability}"));
        Assert.Equal(["s2", "s3", "s4"], await IdsAsync("?maxPrice=5"));
        Assert.Empty(await IdsAsync("?maxPrice=4"));
        Assert.Empty(await IdsAsync("?minSettledPpm=0"));
        Assert.Empty(await IdsAsync("?minValue=1"));
        Assert.Equal(4, (await IdsAsync("?health=unheard")).Count);
        Assert.Empty(await IdsAsync("?health=live"));
        var first = await node.GetAsync("/v1/services?capability=other&limit=2");
        Assert.Equal(3UL, first.GetProperty("next").GetUInt64());
        Assert.Equal(["s4"], await IdsAsync("?capability=other&limit=2&after=3"));
        Assert.False((await node.GetAsync("/v1/services?limit=4")).TryGetProperty("next", out _));
        foreach (var wrong in new[] { "?health=well", "?minValue=x", "?limit=0", "?minSettledPpm=-1" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await node.Client.GetAsync($"/v1/services{wrong}")).StatusCode);
        }
    }

    [Fact]
    public async Task A_paid_job_counts_in_its_services_record()
    {
        var workload = await market.AwardAsync("paid");
        await market.DoAsync(market.OfProvider(new StartWork(workload)));
        var result = Digest.Sha256("result paid"u8);
        await market.DoAsync(market.OfProvider(new DeclareBlob(result, 11, 30)));
        await market.PutAsync(market.Provider, "result paid");
        await market.DoAsync(market.OfProvider(new SubmitWork(workload, result, 0)));
        await market.DoAsync(market.Sign(2, new AcceptWork(workload)));

        var service = await node.GetAsync("/v1/services/s1");

        Assert.Equal(1u, service.GetProperty("jobsSettled").GetUInt32());
        Assert.Equal(1_000_000u, service.GetProperty("settledPpm").GetUInt32());
        var value = TokenAmount.FromTokens(10);
        Assert.Equal($"{value}", service.GetProperty("valueSettled").GetString());
        Assert.Equal("0", service.GetProperty("valueFaulted").GetString());
        Assert.Equal(["s1"], await IdsAsync($"?minSettledPpm=1000000&minValue={value}"));
        Assert.Empty(await IdsAsync($"?minValue={value + TokenAmount.FromBaseUnits(1)}"));
    }

    [Fact]
    public async Task A_schema_that_is_not_there_for_everybody_is_not_checked_against()
    {
        var schema = Digest.Sha256(Encoding.ASCII.GetBytes(Schema));
        var terms = new ServiceTerms(
            Label.Parse("strict"), Label.Parse("other"), TokenAmount.OneToken, 1, default, 0, schema);
        await market.DoAsync(market.OfProvider(new ListService(terms)));
        Assert.Equal($"{schema}", (await node.GetAsync("/v1/services/s2")).GetProperty("inputSchema").GetString());

        Assert.Equal(HttpStatusCode.NotFound, (await CheckAsync("s2", "{}")).Status);
        await market.DoAsync(market.OfProvider(new DeclareBlob(schema, (ulong)Schema.Length, 30)));
        await market.PutAsync(market.Provider, Schema);
        Assert.Equal(HttpStatusCode.NotFound, (await CheckAsync("s2", "{}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await CheckAsync("s1", "{}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await CheckAsync("s9", "{}")).Status);
    }

    [Fact]
    public async Task A_published_schema_says_what_is_wrong_and_where()
    {
        var schema = await market.BlobAsync(Schema, 2, BlobAccess.Public);
        var terms = new ServiceTerms(
            Label.Parse("strict"), Label.Parse("other"), TokenAmount.OneToken, 1, default, 0, schema);
        await market.DoAsync(market.OfProvider(new ListService(terms)));

        Assert.Equal(HttpStatusCode.OK, (await CheckAsync("s2", """{"rows":3}""")).Status);
        var (status, problem) = await CheckAsync("s2", """{"rows":0,"more":1}""");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "inputRefused"), (status, CodeOf(problem)));
        Assert.Equal(
            ["/rows", "/more"],
            problem.GetProperty("problems").EnumerateArray().Select(one => one.GetProperty("path").GetString()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await CheckAsync("s2", "{")).Status);
    }

    [Fact]
    public async Task Whose_lease_ends_is_gone_on_the_ledger_and_back_once_it_is_heard_of_again()
    {
        node.Server.Leases.TryClaim(market.Provider, "one", Duration.FromSeconds(60), out _);
        Assert.Equal("live", await HealthAsync());
        node.Server.Leases.Release(market.Provider, "one");
        await UntilAsync(state => !state.IsHeardOf(market.Provider));
        Assert.Equal("gone", await HealthAsync());
        Assert.Equal(["s1"], await IdsAsync("?health=gone"));
        node.Server.Leases.TryClaim(market.Provider, "one", Duration.FromSeconds(60), out _);
        Assert.Equal("live", await HealthAsync());
    }

    [Fact]
    public async Task A_host_that_comes_and_goes_is_journalled_at_most_twice_a_minute()
    {
        var time = new SteppedTime(DateTimeOffset.UnixEpoch.AddYears(56));
        var leases = new AgentLeases(time);
        using var journal = new LivenessJournal(node.Ledger, leases, time, NullLogger<LivenessJournal>.Instance);
        async Task LetAsync(bool isLive)
        {
            if (isLive)
            {
                leases.TryClaim(market.Provider, "one", AgentLeases.MaxTtl, out _);
            }
            else
            {
                leases.Release(market.Provider, "one");
            }

            await journal.JournalDueAsync(CancellationToken.None);
        }

        // The ledger takes whom it knows nothing of for live, so this is no news and needs no rest.
        await LetAsync(true);
        await LetAsync(false);
        await UntilAsync(state => !state.IsHeardOf(market.Provider));
        Assert.Equal(1, await ChangesAsync());
        for (var i = 0; i < 29; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await LetAsync(true);
            await LetAsync(false);
        }

        time.Advance(TimeSpan.FromMilliseconds(999));
        await LetAsync(true);
        Assert.Equal(1, await ChangesAsync());
        time.Advance(TimeSpan.FromMilliseconds(1));
        await LetAsync(true);
        await UntilAsync(state => state.IsHeardOf(market.Provider));
        Assert.Equal(2, await ChangesAsync());

        // Back where the ledger has it, there is nothing to say.
        await LetAsync(false);
        await LetAsync(true);
        time.Advance(TimeSpan.FromSeconds(30));
        await LetAsync(true);
        Assert.Equal(2, await ChangesAsync());
    }

    private static string? CodeOf(JsonElement problem) => problem.GetProperty("code").GetString();

    /// <summary>How often liveness has changed in the journal, all that was ordered before included.</summary>
    private async Task<int> ChangesAsync()
    {
        await market.DoAsync(market.Sign(2, new Transfer(node.Account(1), TokenAmount.OneToken)));
        using var cursor = node.Ledger.ReadFrom(1);
        var count = 0;
        while (cursor.TryRead(out var entry))
        {
            var reader = new EventReader(entry.Events.Span);
            while (reader.MoveNext())
            {
                count += reader.Kind == EventKind.LivenessChanged ? 1 : 0;
            }
        }

        return count;
    }

    private async Task UntilAsync(Func<LedgerState, bool> holds)
    {
        while (true)
        {
            var changed = node.Ledger.View.ChangedAsync();
            if (node.Ledger.View.Read(holds))
            {
                return;
            }

            await changed.WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    private async Task<string?> HealthAsync() =>
        (await node.GetAsync("/v1/services/s1")).GetProperty("health").GetString();

    private async Task<List<string?>> IdsAsync(string query) =>
    [
        .. (await node.GetAsync($"/v1/services{query}")).GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("id").GetString()),
    ];

    private async Task<(HttpStatusCode Status, JsonElement Body)> CheckAsync(string service, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var response = await node.Client.PostAsync($"/v1/services/{service}/inputs", content);
        return (response.StatusCode, await NodeFixture.JsonOf(response));
    }
}
