using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;

namespace Aitbc.Safety.Tests;

/// <summary>Where two checks would refuse, the earlier one does: each neighbour pair of the design's list.</summary>
public sealed class CheckOrderTests
{
    private static readonly ConstitutionTerms s_tight = Constitutions.Wide with
    {
        MaxStake = TokenAmount.FromTokens(30),
        MaxValuePerAction = TokenAmount.FromTokens(30),
        AllowedActions = [CommandKind.Transfer],
        RequiresHumanApproval = true,
    };

    [Fact]
    public async Task The_bound_in_flight_comes_before_form()
    {
        await using var world = new GatewayFixture(new GatewayOptions { MaxInFlightPerAccount = 1 });
        var agent = await world.NewAgentAsync();
        Assert.NotNull(world.Gateway.Review(Pay(world, agent, 1)).Approved);
        world.Clock.Now += new Duration(1);
        Assert.Equal(SafetyCheck.InFlight, Check(world, Pay(world, agent, 99_999)));
    }

    [Fact]
    public async Task Form_comes_before_stop()
    {
        await using var world = new GatewayFixture();
        var agent = await world.NewAgentAsync();
        await world.DoAsync(agent, new Transfer(world.Other.Id, Available(world, agent) - TokenAmount.OneToken));
        var poor = GatewayFixture.Propose(agent, new Transfer(world.Other.Id, TokenAmount.OneToken));
        await world.DoAsync(world.Owner, new StopAgent(agent.Id));
        Assert.Equal(SafetyCheck.Stop, Check(world, poor));
        Assert.Equal(SafetyCheck.Form, Check(world, poor with { Commands = [] }));
    }

    [Fact]
    public async Task Stop_comes_before_lifecycle()
    {
        await using var world = new GatewayFixture();
        var agent = await world.NewAgentAsync(s_tight);
        await world.DoAsync(world.Owner, new RetireAgent(agent.Id));
        await world.DoAsync(world.Owner, new Transfer(agent.Id, TokenAmount.FromTokens(100)));
        Assert.Equal(SafetyCheck.Lifecycle, Check(world, Pay(world, agent, 31)));
        await world.DoAsync(world.Owner, new StopMarket(StopScope.All));
        Assert.Equal(SafetyCheck.Stop, Check(world, Pay(world, agent, 31)));
    }

    [Fact]
    public async Task Limits_come_before_allowed_actions_before_approval_before_the_act()
    {
        await using var world = new GatewayFixture();
        var agent = await world.NewAgentAsync(s_tight);
        var free = await world.NewAgentAsync(s_tight with { RequiresHumanApproval = false });
        var nobody = world.NewActor("nobody").Id;
        var stake = new DepositStake(TokenAmount.FromTokens(31));
        var small = new DepositStake(TokenAmount.FromTokens(30));

        Assert.Equal(SafetyCheck.HardLimits, Check(world, GatewayFixture.Propose(agent, stake)));
        Assert.Equal(SafetyCheck.AllowedActions, Check(world, GatewayFixture.Propose(agent, small)));
        Assert.Equal(
            SafetyCheck.Act, Check(world, GatewayFixture.Propose(agent, new Transfer(nobody, TokenAmount.OneToken))));
        var result = await world.Gateway.ActAsync(Pay(world, agent, 30), CancellationToken.None);
        Assert.True(result.IsParked);
        Assert.Equal(
            SafetyCheck.Act, Check(world, GatewayFixture.Propose(free, new Transfer(nobody, TokenAmount.OneToken))));
    }

    [Fact]
    public async Task In_a_batch_the_first_command_that_is_refused_is_named_whatever_comes_after_it()
    {
        await using var world = new GatewayFixture();
        var agent = await world.NewAgentAsync(s_tight with { RequiresHumanApproval = false });
        var good = new Transfer(world.Other.Id, TokenAmount.OneToken);
        var nowhere = new Transfer(world.NewActor("nobody").Id, TokenAmount.OneToken);
        var large = new Transfer(world.Other.Id, TokenAmount.FromTokens(31));

        AssertFirst(1, SafetyCheck.Act, good, nowhere, large);
        AssertFirst(1, SafetyCheck.HardLimits, good, large, nowhere);
        AssertFirst(2, SafetyCheck.AllowedActions, good, good, new DepositStake(TokenAmount.OneToken));

        void AssertFirst(int at, SafetyCheck check, params Command[] commands)
        {
            var refusal = world.Gateway.Review(GatewayFixture.Propose(agent, commands)).Refusal!;
            Assert.Equal((at, check), (refusal.FailedAt, refusal.Check));
        }
    }

    private static SafetyCheck Check(GatewayFixture world, ProposedAction action) =>
        world.Gateway.Review(action).Refusal!.Check;

    private static ProposedAction Pay(GatewayFixture world, Actor from, ulong tokens) =>
        GatewayFixture.Propose(from, new Transfer(world.Other.Id, TokenAmount.FromTokens(tokens)));

    private static TokenAmount Available(GatewayFixture world, Actor actor) =>
        world.Ledger.View.Read(state => state.Account(state.FindAccount(actor.Id)!.Value).Available);
}
