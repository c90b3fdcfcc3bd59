using System.Net;
using System.Net.Http.Json;
using Aitbc.Infrastructure.Remote;
using Aitbc.Node.Hosting;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Testing;

namespace Aitbc.Node.Tests;

/// <summary>One host at a time acts for an agent, and its renewals are the agent's heartbeats.</summary>
public sealed class LeaseTests(SharedNode shared) : IClassFixture<SharedNode>
{
    private static readonly Duration Ttl = Duration.FromSeconds(10);
    private static readonly AccountId Agent = (AccountId)KeyId.From(Digest.Sha256("agent"u8).AsSpan());

    private readonly NodeFixture node = shared.Node;
    private readonly SteppedTime time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<LivenessChange> changes = [];

    [Fact]
    public void A_second_host_waits_until_the_first_is_silent_for_a_whole_lease()
    {
        var leases = Watched();
        Assert.True(leases.TryClaim(Agent, "one", Ttl, out var first));
        Assert.False(leases.TryClaim(Agent, "two", Ttl, out var told));
        Assert.Equal(("one", 1UL, Ttl), (told.Host, told.Epoch, told.Left));
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.True(leases.TryClaim(Agent, "one", Ttl, out _));
        time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.False(leases.TryClaim(Agent, "two", Ttl, out _));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(leases.TryClaim(Agent, "two", Ttl, out var second));
        Assert.Equal(first.Epoch + 1, second.Epoch);
        Assert.False(leases.TryClaim(Agent, "one", Ttl, out _));
    }

    [Fact]
    public void Who_becomes_live_or_gone_is_told_once()
    {
        var leases = Watched();
        leases.TryClaim(Agent, "one", Ttl, out _);
        leases.TryClaim(Agent, "one", Ttl, out _);
        leases.Sweep();
        Assert.Equal([new LivenessChange(Agent, true)], changes);
        time.Advance(TimeSpan.FromSeconds(10));
        leases.Sweep();
        leases.Sweep();
        Assert.Equal([new LivenessChange(Agent, true), new LivenessChange(Agent, false)], changes);
        Assert.Null(leases.Find(Agent));
        leases.TryClaim(Agent, "two", Ttl, out _);
        leases.Release(Agent, "one");
        Assert.Equal("two", leases.Find(Agent)!.Host);
        leases.Release(Agent, "two");
        leases.Release(Agent, "two");
        Assert.Equal([true, false, true, false], changes.Select(change => change.IsLive));
        Assert.True(leases.TryClaim(Agent, "one", Ttl, out _));
    }

    [Fact]
    public void A_lease_lasts_a_second_to_a_minute()
    {
        var leases = Watched();
        foreach (var ttl in new[] { new Duration(999), new Duration(60_001) })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => leases.TryClaim(Agent, "one", ttl, out _));
        }

        Assert.True(leases.TryClaim(Agent, "one", AgentLeases.MinTtl, out _));
        Assert.True(leases.TryClaim(Agent, "one", AgentLeases.MaxTtl, out _));
    }

    [Fact]
    public async Task Over_http_a_lease_takes_the_agents_own_key()
    {
        // Longer than any machine takes for the questions below.
        var ttl = AgentLeases.MaxTtl;
        await using var remote = await RemoteLedger.ConnectAsync(
            new RemoteLedgerOptions { Node = node.Server.Url }, CancellationToken.None);
        await Assert.ThrowsAsync<NodeRefusedException>(
            () => remote.ClaimLeaseAsync(node.Account(1), "one", ttl, CancellationToken.None));
        remote.Enrol(node.Account(2), node.Key(1));
        await Assert.ThrowsAsync<NodeRefusedException>(
            () => remote.ClaimLeaseAsync(node.Account(2), "one", ttl, CancellationToken.None));
        remote.Enrol(node.Account(1), node.Key(1));
        Assert.True((await remote.ClaimLeaseAsync(node.Account(1), "one", ttl, CancellationToken.None)).IsHeld);
        var other = await remote.ClaimLeaseAsync(node.Account(1), "two", ttl, CancellationToken.None);
        Assert.Equal((false, "one"), (other.IsHeld, other.Holder));
        Assert.InRange(other.Left.Ms, 1, ttl.Ms);
        Assert.Equal(
            "one", (await node.GetAsync($"/v1/agents/{node.Account(1)}/lease")).GetProperty("host").GetString());
        await remote.ReleaseLeaseAsync(node.Account(1), "one", CancellationToken.None);
        Assert.True((await remote.ClaimLeaseAsync(node.Account(1), "two", ttl, CancellationToken.None)).IsHeld);

        var bad = await node.Client.PutAsJsonAsync(
            $"/v1/agents/{node.Account(1)}/lease", new { host = "x", ttlMs = 100 });
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
    }

    [Fact]
    public async Task A_faucet_is_for_the_operator_and_gives_so_much_at_most()
    {
        Assert.Equal(HttpStatusCode.NotImplemented, (await node.Client.GetAsync("/v1/faucet")).StatusCode);
        using var key = node.Keys.Create();
        using var faucet = new Faucet(node.Keys.Load(node.Key(3).Id));
        await using var server = await NodeServer.StartAsync(
            new NodeOptions { Port = 0, Faucet = faucet },
            node.Ledger,
            TimeProvider.System,
            _ => { },
            CancellationToken.None);
        await using var stranger = await RemoteLedger.ConnectAsync(
            new RemoteLedgerOptions { Node = server.Url }, CancellationToken.None);
        await Assert.ThrowsAsync<NodeRefusedException>(
            () => stranger.FundAsync(key, TokenAmount.OneToken, CancellationToken.None));
        var token = server.Sessions.NewBearer(Access.Role.Operator);
        await using var own = await RemoteLedger.ConnectAsync(
            new RemoteLedgerOptions { Node = server.Url, Token = token }, CancellationToken.None);
        Assert.Equal(Outcome.Applied, await own.FundAsync(key, TokenAmount.OneToken, CancellationToken.None));
        Assert.Equal(
            TokenAmount.OneToken,
            own.View.Read(state => state.Account(state.FindAccount((AccountId)key.Id)!.Value).Available));
        Assert.Equal(Outcome.AccountExists, await own.FundAsync(key, TokenAmount.OneToken, CancellationToken.None));
        using var other = node.Keys.Create();
        await Assert.ThrowsAsync<NodeRefusedException>(
            () => own.FundAsync(other, Faucet.Most + TokenAmount.OneToken, CancellationToken.None));
    }

    private AgentLeases Watched()
    {
        var leases = new AgentLeases(time);
        leases.Changed += changes.Add;
        return leases;
    }
}
