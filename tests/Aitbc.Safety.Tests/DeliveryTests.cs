using System.Text;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Safety.Tests;

/// <summary>What goes to the node beside the journal passes the same door: who gives it is known, not stopped, and it
/// is theirs to give.</summary>
public sealed class DeliveryTests
{
    private static readonly byte[] s_bytes = Encoding.UTF8.GetBytes("a blob");
    private static readonly Digest s_salt = Digest.Sha256("salt"u8);

    [Fact]
    public async Task An_account_without_a_signer_here_gives_nothing()
    {
        await using var world = new GatewayFixture();
        var gateway = Gateway(world);
        Assert.Equal(Outcome.BadProof, await GiveAsync(gateway, Blob(world.Owner)));
        gateway.Enrol(AgentSigner.ForSimulation(world.Owner.Id));
        Assert.Equal(Outcome.BlobMissing, await GiveAsync(gateway, Blob(world.Owner)));
    }

    [Fact]
    public async Task A_signer_without_an_account_gives_nothing()
    {
        await using var world = new GatewayFixture();
        var nobody = world.NewActor("nobody");
        Assert.Equal(Outcome.UnknownAccount, await GiveAsync(Gateway(world, nobody), Blob(nobody)));
    }

    [Fact]
    public async Task A_stopped_agent_gives_nothing_until_it_is_released()
    {
        await using var world = new GatewayFixture();
        var agent = await world.NewAgentAsync();
        var gateway = Gateway(world, agent);
        await world.DoAsync(agent, new DeclareBlob(Digest.Sha256(s_bytes), (ulong)s_bytes.Length, 1));
        await world.DoAsync(world.Owner, new StopAgent(agent.Id));
        Assert.All(
            await GiveAllAsync(gateway, agent, new WorkloadId(1)), outcome => Assert.Equal(Outcome.Stopped, outcome));
        Assert.False(world.Ledger.TryGetBlob(Digest.Sha256(s_bytes), out _));

        await world.DoAsync(world.Owner, new ReleaseAgent(agent.Id));
        Assert.Equal(Outcome.Applied, await GiveAsync(gateway, Blob(agent)));
    }

    [Fact]
    public async Task A_retired_agent_gives_nothing()
    {
        await using var world = new GatewayFixture();
        var agent = await world.NewAgentAsync();
        await world.DoAsync(world.Owner, new RetireAgent(agent.Id));
        Assert.Equal(Outcome.Retired, await GiveAsync(Gateway(world, agent), Blob(agent)));
    }

    [Fact]
    public async Task A_stop_of_the_market_keeps_openings_and_salts_back_but_no_blob_that_is_owed()
    {
        await using var world = new GatewayFixture();
        var (gateway, workload) = await PostAsync(world);
        await world.DoAsync(world.Owner, new StopMarket(StopScope.Market));
        Assert.Equal(
            [Outcome.Applied, Outcome.Stopped, Outcome.Stopped], await GiveAllAsync(gateway, world.Owner, workload));
    }

    [Fact]
    public async Task A_stop_of_all_keeps_everything_back()
    {
        await using var world = new GatewayFixture();
        var (gateway, workload) = await PostAsync(world);
        await world.DoAsync(world.Owner, new StopMarket(StopScope.All));
        Assert.All(
            await GiveAllAsync(gateway, world.Owner, workload), outcome => Assert.Equal(Outcome.Stopped, outcome));
    }

    [Fact]
    public async Task A_salt_is_its_clients_to_give_and_nobody_elses()
    {
        await using var world = new GatewayFixture();
        var (gateway, workload) = await PostAsync(world);
        Assert.Equal(
            Outcome.NotAuthorised, await GiveAsync(gateway, new SaltDelivery(world.Other.Id, workload, s_salt)));
        Assert.Equal(Outcome.Applied, await GiveAsync(gateway, new SaltDelivery(world.Owner.Id, workload, s_salt)));
    }

    [Fact]
    public async Task What_was_given_and_what_was_turned_away_stands_in_the_audit()
    {
        await using var world = new GatewayFixture();
        var (gateway, workload) = await PostAsync(world);
        await GiveAsync(gateway, new SaltDelivery(world.Other.Id, workload, s_salt));
        await GiveAsync(gateway, new SaltDelivery(world.Owner.Id, workload, s_salt));
        var lines = world.AuditText().Split('\n', StringSplitOptions.RemoveEmptyEntries)[^2..];
        Assert.Contains("\"what\":\"turned-away\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"outcome\":\"NotAuthorised\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"what\":\"sent\"", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain("outcome", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain($"{s_salt}", world.AuditText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_without_a_ledger_delivers_nothing()
    {
        await using var world = new GatewayFixture();
        await Assert.ThrowsAsync<InvalidOperationException>(() => GiveAsync(world.Gateway, Blob(world.Owner)));
    }

    private static SafetyGateway Gateway(GatewayFixture world, params Actor[] enrolled)
    {
        var gateway = new SafetyGateway(world.Ledger, world.Audit, world.Clock, new GatewayOptions());
        foreach (var actor in enrolled)
        {
            gateway.Enrol(AgentSigner.ForSimulation(actor.Id));
        }

        return gateway;
    }

    private static BlobDelivery Blob(Actor from) => new(from.Id, s_bytes);

    private static Task<Outcome> GiveAsync(SafetyGateway gateway, Delivery delivery) =>
        gateway.DeliverAsync(delivery, CancellationToken.None);

    /// <summary>A blob, a salt and an opening.</summary>
    private static async Task<Outcome[]> GiveAllAsync(SafetyGateway gateway, Actor from, WorkloadId workload) =>
    [
        await GiveAsync(gateway, Blob(from)),
        await GiveAsync(gateway, new SaltDelivery(from.Id, workload, s_salt)),
        await GiveAsync(gateway, new OpeningDelivery(
            workload, new BidOpening(from.Id, TokenAmount.OneToken, default, default))),
    ];

    /// <summary>A workload of the owner's, on a blob that is there.</summary>
    private static async Task<(SafetyGateway Gateway, WorkloadId Workload)> PostAsync(GatewayFixture world)
    {
        var gateway = Gateway(world, world.Owner, world.Other);
        var digest = Digest.Sha256(s_bytes);
        await world.DoAsync(world.Owner, new DeclareBlob(digest, (ulong)s_bytes.Length, 30));
        Assert.Equal(Outcome.Applied, await GiveAsync(gateway, Blob(world.Owner)));
        await world.DoAsync(world.Owner, new PostWorkload(
            Label.Parse("classifier.infer"),
            digest,
            digest,
            TokenAmount.FromTokens(10),
            TokenAmount.FromTokens(10),
            1,
            0,
            Digest.Sha256(s_salt.AsSpan()),
            VerificationMode.None,
            10_000,
            10_000,
            10_000,
            10_000));
        return (gateway, new WorkloadId(world.Ledger.View.Read(state => state.Globals.LastWorkload)));
    }
}
