using Aitbc.Infrastructure.Ledger;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;

namespace Aitbc.Safety.Tests;

public sealed class SafetyGatewayTests
{
    private static readonly ConstitutionTerms s_small = Constitutions.Wide with
    {
        MaxDailyVolume = TokenAmount.FromTokens(100),
        MaxValuePerAction = TokenAmount.FromTokens(30),
        AllowedActions = [CommandKind.Transfer, CommandKind.DepositStake],
        MaxStake = TokenAmount.FromTokens(1_000),
    };

    [Fact]
    public async Task Act_WithinAllLimits_TakesEffect()
    {
        await using var world = new GatewayFixture();
        var agent = await world.NewAgentAsync(s_small);

        var result = await world.Gateway.ActAsync(Pay(world, agent, 30), CancellationToken.None);

        Assert.True(result.IsApplied);
        Assert.Equal(world.Seq, result.Result!.Value.Seq);
    }

    [Fact]
    public async Task Refused_actions_never_reach_the_ledger()
    {
        await using var world = new GatewayFixture();
        var agent = await world.NewAgentAsync(s_small);
        var (sent, seq) = (world.Sent.Count, world.Seq);
        ProposedAction[] refused =
        [
            Pay(world, agent, 31),
            Pay(world, agent, 0),
            GatewayFixture.Propose(agent),
            GatewayFixture.Propose(agent, new WithdrawStake(TokenAmount.OneToken)),
            GatewayFixture.Propose(agent, new DepositStake(TokenAmount.FromTokens(1_001))),
            GatewayFixture.Propose(world.NewActor("nobody"), new DepositStake(TokenAmount.OneToken)),
            GatewayFixture.Propose(agent, new Transfer(world.NewActor("nobody").Id, TokenAmount.OneToken)),
        ];

        foreach (var action in refused)
        {
            var result = await world.Gateway.ActAsync(action, CancellationToken.None);
            Assert.NotNull(result.Refusal);
            Assert.Null(result.Result);
        }

        Assert.Equal(sent, world.Sent.Count);
        Assert.Equal(seq, world.Seq);
    }

    [Fact]
    public async Task Refusal_NamesCheckValueAndLimit()
    {
        await using var world = new GatewayFixture();
        var agent = await world.NewAgentAsync(s_small);

        var refusal = world.Gateway.Review(Pay(world, agent, 31)).Refusal!;

        Assert.Equal((Outcome.ValueLimit, SafetyCheck.HardLimits), (refusal.Outcome, refusal.Check));
        Assert.Equal(new LimitBreach(TokenAmount.FromTokens(31), TokenAmount.FromTokens(30)), refusal.Breach);
        Assert.Equal(
            "transfer: the constitution's value for one action would be passed (31 AITBC against 30 AITBC).",
            refusal.Sentence);
    }

    [Fact]
    public async Task Checks_are_made_in_the_designs_order()
    {
        await using var world = new GatewayFixture();
        var agent = await world.NewAgentAsync(s_small with
        {
            AllowedActions = [CommandKind.DepositStake],
            RequiresHumanApproval = true,
        });
        var everythingWrong = GatewayFixture.Propose(
            agent, new Transfer(world.NewActor("nobody").Id, TokenAmount.FromTokens(31)));
        var notAllowed = GatewayFixture.Propose(
            agent, new Transfer(world.NewActor("nobody").Id, TokenAmount.FromTokens(30)));
        var needsApproval = GatewayFixture.Propose(agent, new DepositStake(TokenAmount.FromTokens(999_999_999)));
        var allowed = GatewayFixture.Propose(agent, new DepositStake(TokenAmount.FromTokens(1)));

        Assert.Equal(SafetyCheck.HardLimits, world.Gateway.Review(everythingWrong).Refusal!.Check);
        Assert.Equal(SafetyCheck.AllowedActions, world.Gateway.Review(notAllowed).Refusal!.Check);
        Assert.Equal(SafetyCheck.HardLimits, world.Gateway.Review(needsApproval).Refusal!.Check);
        Assert.NotNull(world.Gateway.Review(allowed).Approved);

        await world.DoAsync(world.Owner, new StopAgent(agent.Id));
        Assert.Equal(SafetyCheck.Stop, world.Gateway.Review(everythingWrong).Refusal!.Check);
        Assert.Equal(SafetyCheck.Form, world.Gateway.Review(GatewayFixture.Propose(agent)).Refusal!.Check);
    }

    [Fact]
    public async Task Ten_parallel_proposals_cannot_pass_a_cap_together()
    {
        await using var world = new GatewayFixture(new GatewayOptions { MaxInFlightPerAccount = 8 });
        var agent = await world.NewAgentAsync(s_small);

        var verdicts = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => Task.Run(() => world.Gateway.Review(Pay(world, agent, 30)))));

        Assert.Equal(3, verdicts.Count(verdict => verdict.Approved is not null));
        Assert.All(
            verdicts.Where(verdict => verdict.Refusal is not null),
            verdict => Assert.Equal(Outcome.VolumeLimit, verdict.Refusal!.Outcome));
        foreach (var verdict in verdicts.Where(verdict => verdict.Approved is not null))
        {
            Assert.True((await world.Gateway.ExecuteAsync(verdict.Approved!, CancellationToken.None)).IsApplied);
        }

        Assert.Equal(Outcome.VolumeLimit, world.Gateway.Review(Pay(world, agent, 30)).Refusal!.Outcome);
    }

    [Fact]
    public async Task Review_NeverExecuted_FreesItsPlaceWhenItExpires()
    {
        await using var world = new GatewayFixture();
        var agent = await world.NewAgentAsync(s_small);
        var held = Enumerable.Range(0, 3).Select(_ => world.Gateway.Review(Pay(world, agent, 30)).Approved!).ToList();
        Assert.NotNull(world.Gateway.Review(Pay(world, agent, 30)).Refusal);

        world.Clock.Now = held[0].Expires + new Duration(1);

        Assert.NotNull(world.Gateway.Review(Pay(world, agent, 30)).Approved);
    }

    [Fact]
    public async Task Review_BeyondTheBoundInFlight_IsRefused()
    {
        await using var world = new GatewayFixture(new GatewayOptions { MaxInFlightPerAccount = 2 });
        var action = GatewayFixture.Propose(world.Owner, new Transfer(world.Other.Id, TokenAmount.OneToken));
        var first = world.Gateway.Review(action).Approved!;
        var second = world.Gateway.Review(action).Approved!;
        Assert.NotEqual(first.Payload.Lane, second.Payload.Lane);

        var refusal = world.Gateway.Review(action).Refusal!;
        Assert.Equal((Outcome.RateLimited, SafetyCheck.InFlight), (refusal.Outcome, refusal.Check));

        await world.Gateway.ExecuteAsync(first, CancellationToken.None);
        Assert.NotNull(world.Gateway.Review(action).Approved);
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_with_the_same_bytes_and_changes_nothing_twice()
    {
        await using var world = new GatewayFixture();
        var before = Balance(world, world.Other);
        var losses = 3;
        world.Submit = async (payload, token) =>
        {
            var result = await world.Ledger.SubmitAsync(payload, token);
            return losses-- > 0 ? throw new TimeoutException("the answer was lost") : result;
        };

        var result = await world.Gateway.ActAsync(
            GatewayFixture.Propose(world.Owner, new Transfer(world.Other.Id, TokenAmount.OneToken)),
            CancellationToken.None);

        Assert.True(result.IsApplied && result.Result!.Value.IsDuplicate);
        Assert.Equal(4, result.Attempts);
        Assert.Single(world.Sent.Select(payload => payload.Payload.PayloadDigest).Distinct());
        Assert.Equal(before + TokenAmount.OneToken, Balance(world, world.Other));
    }

    [Fact]
    public async Task An_answer_that_never_comes_is_unknown_and_keeps_its_place()
    {
        await using var world = new GatewayFixture(new GatewayOptions { MaxInFlightPerAccount = 1 });
        world.Submit = (_, _) => throw new TimeoutException("nobody there");
        var action = GatewayFixture.Propose(world.Owner, new Transfer(world.Other.Id, TokenAmount.OneToken));

        var result = await world.Gateway.ActAsync(action, CancellationToken.None);

        Assert.True(result.IsUnknown);
        Assert.Equal(4, world.Sent.Count);
        Assert.Equal(SafetyCheck.InFlight, world.Gateway.Review(action).Refusal!.Check);
        world.Clock.Now += Duration.FromMinutes(1);
        Assert.NotNull(world.Gateway.Review(action).Approved);
    }

    [Fact]
    public async Task A_ledger_that_takes_nothing_more_is_said_so_at_once_and_a_busy_one_is_asked_again()
    {
        await using var world = new GatewayFixture(new GatewayOptions { MaxInFlightPerAccount = 1 });
        var action = GatewayFixture.Propose(world.Owner, new Transfer(world.Other.Id, TokenAmount.OneToken));
        var code = "disk-full";
        world.Submit = (payload, token) => code.Length > 0
            ? throw new AdmissionClosedException(code, "closed")
            : world.Ledger.SubmitAsync(payload, token);

        await Assert.ThrowsAsync<AdmissionClosedException>(
            () => world.Gateway.ActAsync(action, CancellationToken.None));
        Assert.Single(world.Sent);
        code = "busy";
        Assert.True((await world.Gateway.ActAsync(action, CancellationToken.None)).IsUnknown);
        Assert.Equal(5, world.Sent.Count);
        world.Clock.Now += Duration.FromMinutes(1);
        code = "";
        Assert.True((await world.Gateway.ActAsync(action, CancellationToken.None)).IsApplied);
    }

    [Fact]
    public async Task A_nonce_that_somebody_else_used_is_taken_anew_from_the_ledger()
    {
        await using var world = new GatewayFixture(new GatewayOptions { MaxInFlightPerAccount = 8 });
        var stolen = false;
        world.Submit = async (payload, token) =>
        {
            if (!stolen)
            {
                stolen = true;
                await StealNonceAsync(world, payload);
            }

            return await world.Ledger.SubmitAsync(payload, token);
        };

        var result = await world.Gateway.ActAsync(
            GatewayFixture.Propose(world.Owner, new Transfer(world.Other.Id, TokenAmount.OneToken)),
            CancellationToken.None);

        Assert.True(result.IsApplied, $"{result.Outcome}");
        Assert.Equal(2, world.Sent.Count);
        Assert.Equal(world.Sent[0].Payload.Sequence + 1, world.Sent[1].Payload.Sequence);
    }

    [Fact]
    public async Task A_stop_and_release_on_the_way_is_met_with_a_fresh_review_in_the_new_epoch()
    {
        await using var world = new GatewayFixture();
        var agent = await world.NewAgentAsync();
        var between = true;
        world.Submit = async (payload, token) =>
        {
            if (payload.Payload.From == agent.Id && between)
            {
                between = false;
                await world.SendDirectlyAsync(world.Owner, new StopAgent(agent.Id));
                await world.SendDirectlyAsync(world.Owner, new ReleaseAgent(agent.Id));
            }

            return await world.Ledger.SubmitAsync(payload, token);
        };

        var result = await world.Gateway.ActAsync(Pay(world, agent, 1), CancellationToken.None);

        Assert.True(result.IsApplied);
        Assert.Equal([0UL, 1UL], world.Sent.TakeLast(2).Select(payload => payload.Payload.Epoch));
    }

    [Fact]
    public async Task A_stop_on_the_way_is_final_until_released()
    {
        await using var world = new GatewayFixture();
        var agent = await world.NewAgentAsync();
        var between = true;
        world.Submit = async (payload, token) =>
        {
            if (payload.Payload.From == agent.Id && between)
            {
                between = false;
                await world.SendDirectlyAsync(world.Owner, new StopAgent(agent.Id));
            }

            return await world.Ledger.SubmitAsync(payload, token);
        };

        var result = await world.Gateway.ActAsync(Pay(world, agent, 1), CancellationToken.None);

        Assert.Equal(Outcome.Stopped, result.Outcome);
        Assert.Equal(Outcome.Stopped, world.Gateway.Review(Pay(world, agent, 1)).Refusal!.Outcome);
    }

    [Fact]
    public async Task Review_ListChangedAfterwards_SignsWhatWasReviewed()
    {
        await using var world = new GatewayFixture();
        List<Command> commands = [new Transfer(world.Other.Id, TokenAmount.OneToken)];
        var before = Balance(world, world.Other);

        var approved = world.Gateway.Review(new ProposedAction(world.Owner.Id, commands, "test")).Approved!;
        commands[0] = new Transfer(world.Other.Id, TokenAmount.FromTokens(1_000));
        await world.Gateway.ExecuteAsync(approved, CancellationToken.None);

        Assert.Equal(before + TokenAmount.OneToken, Balance(world, world.Other));
    }

    private static ProposedAction Pay(GatewayFixture world, Actor from, ulong tokens) =>
        GatewayFixture.Propose(from, new Transfer(world.Other.Id, TokenAmount.FromTokens(tokens)));

    private static TokenAmount Balance(GatewayFixture world, Actor actor) =>
        world.Ledger.View.Read(state => state.Account(state.FindAccount(actor.Id)!.Value).Available);

    private static async Task StealNonceAsync(GatewayFixture world, SignedPayload payload)
    {
        var draft = new PayloadDraft(
            world.Genesis.Chain,
            GatewayFixture.Propose(world.Owner, new Transfer(world.Other.Id, TokenAmount.FromBaseUnits(1))),
            AgentSigner.ForSimulation(world.Owner.Id),
            payload.Payload.Lane,
            payload.Payload.Sequence,
            payload.Payload.ValidUntil,
            payload.Payload.Epoch);
        Assert.True(draft.TryWrite(out _, out var bytes));
        Assert.True(SignedPayload.TrySimulated(bytes, null, out var thief, out _));
        Assert.Equal(Outcome.Applied, (await world.Ledger.SubmitAsync(thief, CancellationToken.None)).Outcome);
    }
}
