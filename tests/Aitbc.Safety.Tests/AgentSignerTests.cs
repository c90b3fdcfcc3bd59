using Aitbc.Infrastructure.Wallet;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Identity;

namespace Aitbc.Safety.Tests;

/// <summary>A signer signs for one account with one key, and only what was approved for both.</summary>
public sealed class AgentSignerTests
{
    [Fact]
    public async Task A_key_that_is_not_the_agents_is_refused_before_anything_is_signed()
    {
        await using var world = new GatewayFixture();
        using var key = KeyPair.Generate();
        world.Gateway.Enrol(AgentSigner.ForKey(world.Owner.Id, key));

        var result = await world.Gateway.ActAsync(Pay(world), CancellationToken.None);

        Assert.Equal((Outcome.KeyNotPresent, SafetyCheck.Form), (result.Refusal!.Outcome, result.Refusal.Check));
        Assert.Empty(world.Sent);
    }

    [Fact]
    public async Task A_key_of_the_agents_signs_and_the_ledger_takes_it()
    {
        await using var world = new GatewayFixture();
        using var key = KeyPair.Generate();
        await world.DoAsync(world.Owner, new AddKey(key.PublicKey, null));
        world.Gateway.Enrol(AgentSigner.ForKey(world.Owner.Id, key));

        Assert.True((await world.Gateway.ActAsync(Pay(world), CancellationToken.None)).IsApplied);

        Assert.Equal((ProofKind.Jws, key.Id), (world.Sent[^1].Payload.Proof, world.Sent[^1].Payload.Signer));
    }

    [Fact]
    public async Task An_approval_for_one_key_of_an_account_is_not_signed_with_another()
    {
        await using var world = new GatewayFixture();
        using var key = KeyPair.Generate();
        await world.DoAsync(world.Owner, new AddKey(key.PublicKey, null));
        var approved = world.Gateway.Review(Pay(world)).Approved!;
        var sent = world.Sent.Count;
        var noted = false;

        world.Gateway.Enrol(AgentSigner.ForKey(world.Owner.Id, key));
        await Assert.ThrowsAsync<ApprovalException>(
            () => world.Gateway.ExecuteAsync(approved, CancellationToken.None));
        Assert.Throws<ApprovalException>(() => AgentSigner.ForKey(world.Owner.Id, key)
            .Sign(approved, world.Clock.Now, () => noted = true));

        Assert.False(approved.IsUsed);
        Assert.False(noted);
        Assert.Equal(sent, world.Sent.Count);
    }

    [Fact]
    public async Task What_cannot_be_noted_is_not_signed_and_its_approval_is_used_up()
    {
        await using var world = new GatewayFixture();
        var approved = world.Gateway.Review(Pay(world)).Approved!;
        var signer = AgentSigner.ForSimulation(world.Owner.Id);

        Assert.Throws<IOException>(
            () => signer.Sign(approved, world.Clock.Now, () => throw new IOException("the disk is gone")));

        Assert.True(approved.IsUsed);
        Assert.Throws<ApprovalException>(() => signer.Sign(approved, world.Clock.Now, () => { }));
    }

    [Fact]
    public async Task A_later_signer_of_an_account_replaces_the_earlier_one()
    {
        await using var world = new GatewayFixture();
        using var key = KeyPair.Generate();
        world.Gateway.Enrol(AgentSigner.ForKey(world.Owner.Id, key));
        Assert.NotNull(world.Gateway.Review(Pay(world)).Refusal);
        world.Enrol(world.Owner);
        Assert.NotNull(world.Gateway.Review(Pay(world)).Approved);
    }

    private static ProposedAction Pay(GatewayFixture world) =>
        GatewayFixture.Propose(world.Owner, new Transfer(world.Other.Id, TokenAmount.OneToken));
}
