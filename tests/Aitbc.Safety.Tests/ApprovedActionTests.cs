using System.Reflection;
using System.Runtime.CompilerServices;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Safety.Tests;

public sealed class ApprovedActionTests
{
    private static readonly Type s_type = typeof(ApprovedAction);

    [Fact]
    public void Only_the_safety_layer_can_make_an_approval()
    {
        Assert.True(s_type.IsSealed && s_type.IsClass);
        Assert.All(
            s_type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic),
            constructor => Assert.True(constructor.IsAssembly, $"{constructor} can be called from elsewhere"));
        var makers = s_type.Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMethods(
                BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Where(method => method.ReturnType == s_type && !method.IsSpecialName);
        Assert.Empty(makers);
    }

    [Fact]
    public void An_approval_comes_out_of_a_review_and_from_nowhere_else()
    {
        var sources = s_type.Assembly.GetExportedTypes()
            .SelectMany(type => type.GetProperties().Where(property => property.PropertyType == s_type)
                .Select(property => property.DeclaringType!.Name))
            .Distinct();
        Assert.Equal([nameof(Verdict)], sources);
    }

    [Fact]
    public void No_other_assembly_sees_the_inside_of_safety()
    {
        var friends = s_type.Assembly.GetCustomAttributes<InternalsVisibleToAttribute>()
            .Select(friend => friend.AssemblyName);
        Assert.Equal(["Aitbc.Safety.Tests"], friends);
    }

    [Fact]
    public void Nothing_public_signs()
    {
        var members = typeof(AgentSigner).GetMethods(
            BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly);
        Assert.Equal(
            ["ForKey", "ForSimulation", "get_Account", "get_KeyId"], members.Select(member => member.Name).Order());
    }

    [Fact]
    public async Task Use_Twice_IsRefusedAndSendsNothing()
    {
        await using var world = new GatewayFixture();
        var approved = Approve(world);
        await world.Gateway.ExecuteAsync(approved, CancellationToken.None);
        var sent = world.Sent.Count;

        await Assert.ThrowsAsync<ApprovalException>(
            () => world.Gateway.ExecuteAsync(approved, CancellationToken.None));

        Assert.Equal(sent, world.Sent.Count);
        Assert.True(approved.IsUsed);
    }

    [Fact]
    public async Task Use_ByManyAtOnce_OneWins()
    {
        await using var world = new GatewayFixture();
        var approved = Approve(world);
        var wins = 0;
        Parallel.For(0, 64, _ =>
        {
            try
            {
                approved.Use(world.Clock.Now, approved.Bytes);
                Interlocked.Increment(ref wins);
            }
            catch (ApprovalException)
            {
                // All but one.
            }
        });

        Assert.Equal(1, wins);
    }

    [Fact]
    public async Task Use_AfterItExpired_IsRefusedAndSendsNothing()
    {
        await using var world = new GatewayFixture();
        var approved = Approve(world);
        world.Clock.Now = approved.Expires + new Duration(1);

        var refused = await Assert.ThrowsAsync<ApprovalException>(
            () => world.Gateway.ExecuteAsync(approved, CancellationToken.None));

        Assert.Contains("expired", refused.Message, StringComparison.Ordinal);
        Assert.Empty(world.Sent);
        Assert.False(approved.IsUsed);
    }

    [Fact]
    public async Task Use_AtItsLastInstant_IsAllowed()
    {
        await using var world = new GatewayFixture();
        var approved = Approve(world);
        world.Clock.Now = approved.Expires;

        var result = await world.Gateway.ExecuteAsync(approved, CancellationToken.None);

        Assert.True(result.IsApplied);
    }

    [Fact]
    public async Task Use_ForOtherBytes_IsRefused()
    {
        await using var world = new GatewayFixture();
        var approved = Approve(world);
        for (var i = 0; i < approved.Bytes.Length; i++)
        {
            approved.Bytes[i] ^= 1;
            await Assert.ThrowsAsync<ApprovalException>(
                () => world.Gateway.ExecuteAsync(approved, CancellationToken.None));
            approved.Bytes[i] ^= 1;
        }

        Assert.Empty(world.Sent);
        Assert.Equal(Digest.Sha256(approved.Bytes), approved.Digest);
    }

    [Fact]
    public async Task Sign_WithAnothersSigner_IsRefused()
    {
        await using var world = new GatewayFixture();
        var approved = Approve(world);
        var signer = AgentSigner.ForSimulation(world.Other.Id);

        Assert.Throws<ApprovalException>(() => signer.Sign(approved, world.Clock.Now, () => { }));
        Assert.False(approved.IsUsed);
    }

    private static ApprovedAction Approve(GatewayFixture world)
    {
        var action = GatewayFixture.Propose(world.Owner, new Transfer(world.Other.Id, TokenAmount.OneToken));
        return world.Gateway.Review(action).Approved!;
    }
}
