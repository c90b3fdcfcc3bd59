using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Protocol.Tests.Approvals;

/// <summary>What owners and guardians may change of an agent's bounds, how many of them, and when.</summary>
public sealed class MotionTests
{
    private static readonly ConstitutionTerms Narrow = Constitutions.Wide with
    {
        MaxDailyVolume = TokenAmount.FromTokens(100), MaxValuePerAction = TokenAmount.FromTokens(100),
    };

    private readonly LedgerFixture chain = new();
    private readonly Actor agent;

    public MotionTests() => agent = chain.NewAgent(Owner, Narrow, Guardians, threshold: 2);

    private Actor Owner => chain.People[5];

    private Actor Payee => chain.People[4];

    private Actor[] Guardians => [.. chain.People.Take(3)];

    private Duration Delay => chain.State.Parameters.LooseningDelay;

    private ref readonly AgentRecord Record => ref chain.State.Agents[chain.Account(agent).Agent - 1];

    [Fact]
    public void Tightening_is_immediate_and_one_persons()
    {
        chain.Do(Guardians[0], Change(Narrow with { MaxValuePerAction = TokenAmount.FromTokens(5) }));
        Assert.Equal(Outcome.ValueLimit, chain.Send(agent, Pay(6)).Outcome);
        Assert.Equal(2u, Record.Constitution.Version);
        chain.Do(Owner, Change(Narrow with { MaxValuePerAction = TokenAmount.FromTokens(4) }));
        Assert.Equal(Outcome.ValueLimit, chain.Send(agent, Pay(5)).Outcome);
    }

    public static TheoryData<string, Func<ConstitutionTerms, ConstitutionTerms>> Looser => new()
    {
        { "stake", terms => terms with { MaxStake = Up(terms.MaxStake) } },
        { "volume", terms => terms with { MaxDailyVolume = Up(terms.MaxDailyVolume) } },
        { "gas", terms => terms with { MaxGasPerDay = Up(terms.MaxGasPerDay) } },
        { "value", terms => terms with { MaxValuePerAction = Up(terms.MaxValuePerAction) } },
        { "action", terms => terms with { AllowedActions = [.. terms.AllowedActions, CommandKind.AddKey] } },
        { "counterparty", terms => terms with { Counterparties = [] } },
        { "hour", terms => terms with { HoursUtc = 3 } },
        { "hold", terms => terms with { KeyChangeHold = terms.KeyChangeHold - Duration.FromMilliseconds(1) } },
        { "approval", terms => terms with { RequiresHumanApproval = false } },
        { "rule", terms => terms with { Rules = [] } },
    };

    [Theory]
    [MemberData(nameof(Looser))]
    public void What_loosens_one_thing_alone_is_a_motion(string what, Func<ConstitutionTerms, ConstitutionTerms> loosen)
    {
        var tight = Narrow with
        {
            MaxValuePerAction = TokenAmount.FromTokens(50),
            AllowedActions = [CommandKind.Transfer],
            Counterparties = [Payee.Id],
            HoursUtc = 1,
            KeyChangeHold = Duration.FromHours(1),
            RequiresHumanApproval = true,
            Rules = [new(RuleKind.MaxValue, [CommandKind.Transfer]) { Amount = TokenAmount.OneToken }],
        };
        chain.Do(Owner, Change(tight));
        Assert.True(Record.Constitution.Version == 2 && chain.State.Motions.Live == 0, what);
        chain.Do(Owner, Change(loosen(tight)));
        Assert.True(Record.Constitution.Version == 2 && chain.State.Motions.Live == 1, what);
    }

    private static TokenAmount Up(TokenAmount amount) => amount + new TokenAmount(1);

    [Fact]
    public void Loosening_needs_the_guardians_and_waits()
    {
        chain.Do(Owner, Change(Constitutions.Wide));
        Assert.Equal(Outcome.ValueLimit, chain.Send(agent, Pay(101)).Outcome);
        chain.Do(Guardians[0], new AgreeMotion(chain.LastMotion));
        chain.Do(Guardians[1], new AgreeMotion(chain.LastMotion));
        Assert.Equal(Outcome.ValueLimit, chain.Send(agent, Pay(101)).Outcome);
        chain.Advance(Delay - Duration.FromMilliseconds(1));
        Assert.Equal(Outcome.ValueLimit, chain.Send(agent, Pay(101)).Outcome);
        chain.Advance(Duration.FromMilliseconds(1));
        chain.Do(agent, Pay(101));
    }

    [Fact]
    public void Who_agrees_after_the_wait_carries_it_at_once()
    {
        chain.Do(Guardians[0], Change(Constitutions.Wide));
        chain.Advance(Delay);
        Assert.Equal(Outcome.ValueLimit, chain.Send(agent, Pay(101)).Outcome);
        chain.Do(Guardians[1], new AgreeMotion(chain.LastMotion));
        chain.Do(agent, Pay(101));
    }

    [Fact]
    public void What_too_few_agree_to_lapses()
    {
        chain.Do(Guardians[0], Change(Constitutions.Wide));
        chain.Advance(chain.State.Parameters.MotionWindow);
        Assert.Equal(0, chain.State.Motions.Live);
        Assert.Equal(Outcome.NoSuchMotion, chain.Send(Guardians[1], new AgreeMotion(chain.LastMotion)).Outcome);
        Assert.Equal(Outcome.ValueLimit, chain.Send(agent, Pay(101)).Outcome);
    }

    [Fact]
    public void Two_of_three_who_reject_end_it_and_one_does_not()
    {
        chain.Do(Owner, Change(Constitutions.Wide));
        var id = chain.LastMotion;
        chain.Do(Guardians[0], new RejectMotion(id));
        Assert.Equal(1, chain.State.Motions.Live);
        chain.Do(Guardians[1], new RejectMotion(id));
        Assert.Equal(0, chain.State.Motions.Live);
    }

    [Fact]
    public void Who_proposed_it_takes_it_back_at_once_guardian_or_not_and_nobody_else_does()
    {
        foreach (var proposer in new[] { Owner, Guardians[0] })
        {
            chain.Do(proposer, Change(Constitutions.Wide));
            var id = chain.LastMotion;
            chain.Do(Guardians[1], new AgreeMotion(id));
            chain.Do(Guardians[2], new AgreeMotion(id));
            Assert.Equal(Outcome.NotAuthorised, chain.Send(Payee, new RejectMotion(id)).Outcome);
            if (proposer != Owner)
            {
                Assert.Equal(Outcome.NotAuthorised, chain.Send(Owner, new RejectMotion(id)).Outcome);
            }

            chain.Do(proposer, new RejectMotion(id));
            Assert.Equal(0, chain.State.Motions.Live);
            chain.Advance(Delay + Delay);
            Assert.Equal(Outcome.ValueLimit, chain.Send(agent, Pay(101)).Outcome);
            Assert.Equal(Outcome.NoSuchMotion, chain.Send(proposer, new RejectMotion(id)).Outcome);
        }
    }

    [Fact]
    public void Who_rejects_takes_a_consent_back_while_it_waits()
    {
        chain.Do(Guardians[0], Change(Constitutions.Wide));
        var id = chain.LastMotion;
        chain.Do(Guardians[1], new AgreeMotion(id));
        chain.Do(Guardians[1], new RejectMotion(id));
        chain.Advance(Delay + Delay);
        Assert.Equal(Outcome.ValueLimit, chain.Send(agent, Pay(101)).Outcome);
        chain.Do(Guardians[1], new AgreeMotion(id));
        chain.Do(agent, Pay(101));
    }

    [Fact]
    public void The_agent_can_never_change_its_own()
    {
        Command[] attempts =
        [
            Change(Narrow), Change(Constitutions.Wide), new ChangeGuardians(agent.Id, [Owner.Id], 1),
            chain.Denial(agent, CommandKind.AddKey),
            chain.Allowance(agent, CommandKind.Transfer, TokenAmount.OneToken),
        ];
        Assert.All(attempts, one => Assert.Equal(Outcome.NotAuthorised, chain.Send(agent, one).Outcome));
    }

    [Fact]
    public void A_changed_constitution_voids_what_was_proposed_under_the_old_one()
    {
        chain.Do(Guardians[0], Change(Constitutions.Wide));
        chain.Do(Owner, Change(Narrow with { MaxValuePerAction = TokenAmount.OneToken }));
        Assert.Equal(0, chain.State.Motions.Live);
        Assert.Equal(0, chain.State.RuleSets.Live);
    }

    [Fact]
    public void Guardians_are_replaced_by_the_others_and_then_decide_alone()
    {
        chain.Do(Guardians[1], new ChangeGuardians(agent.Id, [Guardians[1].Id, Payee.Id], 2));
        chain.Do(Guardians[2], new AgreeMotion(chain.LastMotion));
        Assert.Equal(3, Record.GuardianCount);
        chain.Advance(Delay);
        Assert.Equal((2, 2), (Record.GuardianCount, Record.GuardianThreshold));
        Assert.Equal(Outcome.NotAuthorised, chain.Send(Guardians[0], new StopAgent(agent.Id)).Outcome);
        chain.Do(Payee, new StopAgent(agent.Id));
    }

    [Fact]
    public void Other_guardians_inherit_no_votes()
    {
        chain.Do(Guardians[0], Change(Constitutions.Wide));
        chain.Do(Guardians[0], new ChangeGuardians(agent.Id, [Owner.Id, Payee.Id], 2));
        chain.Do(Guardians[1], new AgreeMotion(chain.LastMotion));
        chain.Do(Guardians[0], new StopAgent(agent.Id));
        chain.Do(Guardians[0], new ReleaseAgent(agent.Id));
        chain.Advance(Delay);
        Assert.Equal(0, chain.State.Motions.Live);
        Assert.Equal(0, Record.ReleaseVotes);
    }

    [Fact]
    public void A_denial_wins_over_everything_until_who_set_it_takes_it_back_or_it_expires()
    {
        Allow(CommandKind.Transfer, 1_000);
        chain.Do(Owner, chain.Denial(agent, CommandKind.Transfer));
        var denial = new OverrideId(chain.State.Globals.LastDecision);
        Assert.Equal(Outcome.DeniedByOverride, chain.Send(agent, Pay(1)).Outcome);
        Assert.Equal(Outcome.NotAuthorised, chain.Send(Guardians[0], new RevokeOverride(denial)).Outcome);
        chain.Do(Owner, new RevokeOverride(denial));
        chain.Do(agent, Pay(1));
        chain.Do(Guardians[1], chain.Denial(agent, CommandKind.Transfer));
        chain.Advance(Duration.FromDays(1) - Duration.FromMilliseconds(1));
        Assert.Equal(Outcome.DeniedByOverride, chain.Send(agent, Pay(1)).Outcome);
        chain.Advance(Duration.FromMilliseconds(1));
        chain.Do(agent, Pay(1));
        Assert.Equal(0, chain.State.Overrides.Live);
    }

    [Fact]
    public void Invariant_I29_NobodyTakesTheOthersPlacesForMotionsAndDenials()
    {
        Actor[] all = [Owner, .. Guardians, .. Enumerable.Range(0, 5).Select(i => chain.NewActor($"g{i}"))];
        foreach (var added in all.Skip(4))
        {
            chain.Do(Owner, new OpenAccount(added.Key.Public, null, TokenAmount.FromTokens(1)));
        }

        var many = chain.NewAgent(Owner, Narrow, all[1..], threshold: 8);
        var loosen = new ChangeConstitution(many.Id, Constitutions.Wide);
        foreach (var one in all)
        {
            Fill(one, MotionRules.MaxMotionsEach, () => loosen);
            Fill(one, OverrideRules.MaxDenialsEach, () => chain.Denial(many, CommandKind.Transfer));
        }

        Assert.Equal(all.Length * MotionRules.MaxMotionsEach, chain.State.Motions.Live);
        Assert.Equal(all.Length * OverrideRules.MaxDenialsEach, chain.State.Overrides.Live);

        void Fill(Actor who, int places, Func<Command> make)
        {
            for (var i = 0; i < places; i++)
            {
                Assert.Equal(Outcome.Applied, chain.Send(who, make()).Outcome);
            }

            Assert.Equal(Outcome.TooManyOpen, chain.Send(who, make()).Outcome);
        }
    }

    [Fact]
    public void Denials_leave_the_agents_allowances_their_places()
    {
        for (var i = 0; i < OverrideRules.MaxAllowances; i++)
        {
            Allow(CommandKind.Transfer, 1);
        }

        var next = chain.Allowance(agent, CommandKind.Transfer, TokenAmount.OneToken);
        Assert.Equal(Outcome.TooManyOpen, chain.Send(Guardians[0], next).Outcome);
        chain.Do(Guardians[0], chain.Denial(agent, CommandKind.Transfer));
        Assert.Equal(OverrideRules.MaxAllowances + 1, chain.State.Overrides.Live);
    }

    [Fact]
    public void A_guardian_who_left_takes_no_denial_back_and_those_who_are_there_do()
    {
        var ends = chain.Now + Delay + Delay;
        chain.Do(Guardians[0], chain.Denial(agent, CommandKind.Transfer) with { ExpiresAt = ends });
        var denial = new RevokeOverride(new OverrideId(chain.State.Globals.LastDecision));
        Assert.Equal(Outcome.NotAuthorised, chain.Send(Guardians[1], denial).Outcome);
        chain.Do(Guardians[1], new ChangeGuardians(agent.Id, [Guardians[1].Id, Guardians[2].Id], 2));
        chain.Do(Guardians[2], new AgreeMotion(chain.LastMotion));
        chain.Advance(Delay);
        Assert.Equal(Outcome.NotAuthorised, chain.Send(Guardians[0], denial).Outcome);
        Assert.Equal(Outcome.NotAuthorised, chain.Send(Owner, denial).Outcome);
        Assert.Equal(Outcome.DeniedByOverride, chain.Send(agent, Pay(1)).Outcome);
        chain.Do(Guardians[1], denial);
        chain.Do(agent, Pay(1));
    }

    [Fact]
    public void An_allowance_lifts_what_is_not_allowed_up_to_its_cap_all_told()
    {
        var bound = chain.NewAgent(
            Owner, Narrow with { AllowedActions = [CommandKind.AddKey] }, Guardians, threshold: 2);
        Assert.Equal(Outcome.ActionNotAllowed, chain.Send(bound, Pay(1)).Outcome);
        chain.Do(Guardians[0], chain.Allowance(bound, CommandKind.Transfer, TokenAmount.FromTokens(10)));
        Assert.Equal(Outcome.ActionNotAllowed, chain.Send(bound, Pay(1)).Outcome);
        chain.Do(Guardians[1], new AgreeMotion(chain.LastMotion));
        chain.Do(bound, Pay(6));
        Assert.Equal(Outcome.ActionNotAllowed, chain.Send(bound, Pay(5)).Outcome);
        chain.Do(bound, Pay(4));
        Assert.Equal(Outcome.ActionNotAllowed, chain.Send(bound, Pay(1)).Outcome);
    }

    [Fact]
    public void An_allowance_lifts_neither_a_hard_limit_nor_a_stop()
    {
        Allow(CommandKind.Transfer, 10_000);
        Assert.Equal(Outcome.ValueLimit, chain.Send(agent, Pay(101)).Outcome);
        chain.Do(agent, Pay(60));
        Assert.Equal(Outcome.VolumeLimit, chain.Send(agent, Pay(41)).Outcome);
        chain.Do(Guardians[0], new StopAgent(agent.Id));
        Assert.Equal(Outcome.Stopped, chain.Send(agent, Pay(1)).Outcome);
    }

    [Fact]
    public void An_allowance_is_ended_by_any_guardian()
    {
        Allow(CommandKind.Transfer, 10);
        chain.Do(Guardians[2], new RevokeOverride(new OverrideId(chain.State.Globals.LastDecision)));
        Assert.Equal(0, chain.State.Overrides.Live);
        Assert.Equal(AgentFlags.None, Record.Flags & AgentFlags.Overrides);
    }

    [Fact]
    public void Of_many_overrides_each_has_its_own_action_and_its_own_end()
    {
        CommandKind[] actions = [CommandKind.Transfer, CommandKind.AddKey, CommandKind.DepositStake];
        for (var i = 0; i < actions.Length; i++)
        {
            chain.Do(Owner, chain.Denial(agent, actions[i]) with
            {
                ExpiresAt = chain.Now + Duration.FromHours(i + 1),
            });
        }

        chain.Do(Owner, new RevokeOverride(new OverrideId(2)));
        chain.Do(agent, new AddKey(chain.NewKey().Public, null));
        Assert.Equal(Outcome.DeniedByOverride, chain.Send(agent, Pay(1)).Outcome);
        chain.Advance(Duration.FromHours(1));
        chain.Do(agent, Pay(1));
        Assert.Equal(
            Outcome.DeniedByOverride, chain.Send(agent, new Staking.DepositStake(TokenAmount.OneToken)).Outcome);
    }

    [Fact]
    public void Safe_mode_lets_exposure_only_shrink_until_enough_guardians_release()
    {
        chain.Input(chain.Verdict(agent, MonitorVerdictKind.SafeMode));
        Assert.Equal(Outcome.SafeMode, chain.Send(agent, Pay(1)).Outcome);
        Assert.Equal(Outcome.SafeMode, chain.Send(agent, new AddKey(chain.NewKey().Public, null)).Outcome);
        Assert.Equal(
            Outcome.SafeMode, chain.Send(agent, new Marketplace.ListService(LedgerFixture.ServiceTerms)).Outcome);
        Assert.Equal(
            Outcome.NoSuchService, chain.Send(agent, new Marketplace.DelistService(new ServiceId(9))).Outcome);
        chain.Do(Guardians[0], new ReleaseAgent(agent.Id));
        Assert.Equal(Outcome.SafeMode, chain.Send(agent, Pay(1)).Outcome);
        chain.Do(Guardians[1], new ReleaseAgent(agent.Id));
        chain.Do(agent, Pay(1));
    }

    [Fact]
    public void A_verdict_parks_the_payload_it_names_and_no_other()
    {
        var (judged, bytes) = chain.Written(agent, Pay(1));
        chain.Input(chain.Verdict(agent, MonitorVerdictKind.Park, judged));
        var result = chain.Submit(judged);
        Assert.Equal(Outcome.Parked, result.Outcome);
        chain.Do(agent, Pay(1));
        var id = new ApprovalId(result.Seq);
        chain.Do(Guardians[0], new GrantApproval(id, bytes));
        chain.Do(Guardians[1], new GrantApproval(id, bytes));
        Assert.Equal(TokenAmount.FromTokens(2), chain.State.VolumeUsed(Record));
    }

    [Fact]
    public void A_verdict_on_who_is_no_agent_is_rejected()
    {
        var input = chain.Verdict(Owner, MonitorVerdictKind.SafeMode);
        Assert.Equal(Outcome.InputRejected, chain.Apply(input).Outcome);
    }

    private void Allow(CommandKind action, ulong tokens)
    {
        chain.Do(Guardians[0], chain.Allowance(agent, action, TokenAmount.FromTokens(tokens)));
        chain.Do(Guardians[1], new AgreeMotion(chain.LastMotion));
    }

    private ChangeConstitution Change(ConstitutionTerms terms) => new(agent.Id, terms);

    private Transfer Pay(ulong tokens) => new(Payee.Id, TokenAmount.FromTokens(tokens));
}
