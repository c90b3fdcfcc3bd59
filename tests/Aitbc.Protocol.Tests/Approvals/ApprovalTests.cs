using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;

namespace Aitbc.Protocol.Tests.Approvals;

/// <summary>A command that waits for guardians, and every way in which it may not be approved.</summary>
public sealed class ApprovalTests
{
    private static readonly ConstitutionTerms Asking = Constitutions.Wide with
    {
        MaxDailyVolume = TokenAmount.FromTokens(100),
        MaxValuePerAction = TokenAmount.FromTokens(100),
        RequiresHumanApproval = true,
    };

    /// <summary>A question stands longer than other guardians take to come.</summary>
    private readonly LedgerFixture chain = new(1, new ChainShape
    {
        Parameters = new Parameters { ApprovalWindow = Duration.FromDays(3) },
    });

    private readonly Actor agent;

    public ApprovalTests() => agent = NewGuarded(Asking);

    private Actor Owner => chain.People[5];

    private Actor Payee => chain.People[4];

    private Actor[] Guardians => [.. chain.People.Take(3)];

    [Fact]
    public void The_last_guardian_needed_carries_it_out_in_that_entry()
    {
        var before = Available(Payee);
        var (id, bytes) = chain.Park(agent, Pay(40));
        chain.Do(Guardians[0], new GrantApproval(id, bytes));
        Assert.Equal(before, Available(Payee));
        chain.Do(Guardians[2], new GrantApproval(id, bytes));
        Assert.Equal(before + TokenAmount.FromTokens(40), Available(Payee));
        Assert.Equal(Outcome.Applied, Handled());
        Assert.Equal(0, chain.State.Approvals.Live);
    }

    [Fact]
    public void While_it_waits_its_money_and_its_limits_are_reserved()
    {
        var before = Available(agent);
        chain.Park(agent, Pay(60));
        Assert.Equal(TokenAmount.FromTokens(60), chain.Account(agent).Escrow);
        Assert.True(Available(agent) < before - TokenAmount.FromTokens(60));
        Assert.Equal(Outcome.VolumeLimit, chain.Send(agent, Pay(41)).Outcome);
        chain.Park(agent, Pay(40));
    }

    [Theory]
    [InlineData("denied")]
    [InlineData("expired")]
    [InlineData("stopped")]
    [InlineData("key added")]
    [InlineData("tightened")]
    [InlineData("other guardians")]
    public void What_ends_it_gives_everything_back_and_it_can_be_approved_no_more(string ending)
    {
        var before = Available(agent);
        var (id, bytes) = chain.Park(agent, Pay(60));
        chain.Do(Guardians[0], new GrantApproval(id, bytes));
        switch (ending)
        {
            case "denied": chain.Do(Guardians[1], new DenyApproval(id)); break;
            case "expired": chain.Advance(chain.State.Parameters.ApprovalWindow); break;
            case "stopped": chain.Do(Guardians[1], new StopAgent(agent.Id)); break;
            case "key added": chain.Do(agent, new AddKey(chain.NewKey().Public, null)); break;
            case "tightened":
                chain.Do(Owner, new ChangeConstitution(agent.Id, Asking with { MaxGasPerDay = TokenAmount.OneToken }));
                break;
            default:
                chain.Do(Guardians[0], new ChangeGuardians(agent.Id, [Guardians[1].Id, Guardians[2].Id], 2));
                chain.Do(Guardians[1], new AgreeMotion(chain.LastMotion));
                chain.Advance(chain.State.Parameters.LooseningDelay);
                break;
        }

        Assert.Equal(Outcome.NoSuchApproval, chain.Send(Guardians[1], new GrantApproval(id, bytes)).Outcome);
        Assert.Equal(TokenAmount.Zero, chain.Account(agent).Escrow);
        Assert.True(before - Available(agent) < TokenAmount.OneToken);
        Assert.Equal(TokenAmount.Zero, Used());
        Assert.Equal(0, chain.State.Approvals.Live);
    }

    [Fact]
    public void It_waits_until_the_last_millisecond_and_no_longer()
    {
        var window = chain.State.Parameters.ApprovalWindow;
        var (first, firstBytes) = chain.Park(agent, Pay(1));
        chain.Do(Guardians[0], new GrantApproval(first, firstBytes));
        chain.Advance(window - Duration.FromMilliseconds(1));
        chain.Do(Guardians[1], new GrantApproval(first, firstBytes));
        Assert.Equal(Outcome.Applied, Handled());
    }

    [Fact]
    public void It_is_used_once()
    {
        var (id, bytes) = chain.Park(agent, Pay(1));
        Grant(id, bytes);
        Assert.Equal(Outcome.NoSuchApproval, chain.Send(Guardians[2], new GrantApproval(id, bytes)).Outcome);
    }

    [Fact]
    public void It_is_bound_to_the_very_bytes_and_to_its_agent()
    {
        var other = NewGuarded(Asking);
        var (id, _) = chain.Park(agent, Pay(1));
        var (_, more) = chain.Written(agent, Pay(2));
        var (otherId, otherBytes) = chain.Park(other, Pay(1));
        Assert.Equal(Outcome.ApprovalMismatch, chain.Send(Guardians[0], new GrantApproval(id, more)).Outcome);
        Assert.Equal(Outcome.ApprovalMismatch, chain.Send(Guardians[0], new GrantApproval(id, otherBytes)).Outcome);
        chain.Do(Guardians[0], new GrantApproval(otherId, otherBytes));
    }

    [Fact]
    public void Fewer_guardians_or_one_of_them_twice_approve_nothing()
    {
        var before = Available(Payee);
        var (id, bytes) = chain.Park(agent, Pay(1));
        chain.Do(Guardians[0], new GrantApproval(id, bytes));
        Assert.Equal(Outcome.AlreadySaid, chain.Send(Guardians[0], new GrantApproval(id, bytes)).Outcome);
        Assert.Equal(Outcome.NotAuthorised, chain.Send(Owner, new GrantApproval(id, bytes)).Outcome);
        Assert.Equal(Outcome.NotAuthorised, chain.Send(agent, new GrantApproval(id, bytes)).Outcome);
        Assert.Equal(before, Available(Payee));
    }

    [Fact]
    public void At_the_grant_everything_is_checked_again()
    {
        var (id, bytes) = chain.Park(agent, Pay(40));
        chain.Do(Guardians[0], new GrantApproval(id, bytes));
        chain.Do(Owner, chain.Denial(agent, CommandKind.Transfer));
        chain.Do(Guardians[1], new GrantApproval(id, bytes));
        Assert.Equal(Outcome.DeniedByOverride, Handled());
        Assert.Equal(TokenAmount.Zero, Used());
        Assert.Equal(TokenAmount.Zero, chain.Account(agent).Escrow);
    }

    [Fact]
    public void A_stop_of_the_market_or_of_all_holds_at_the_grant()
    {
        var post = chain.Posting(Payee);
        var client = NewGuarded(Constitutions.Wide with { RequiresHumanApproval = true });
        var (market, marketBytes) = chain.Park(client, post);
        var (all, allBytes) = chain.Park(agent, Pay(1));
        var (late, lateBytes) = chain.Park(client, post);
        chain.Do(chain.People[0], new StopMarket(StopScope.Market));
        Grant(market, marketBytes);
        Assert.Equal(Outcome.Stopped, Handled());
        chain.Do(chain.People[0], new ReleaseMarket(StopScope.Market));
        chain.Do(chain.People[1], new ReleaseMarket(StopScope.Market));
        Grant(late, lateBytes);
        Assert.Equal(Outcome.StaleEpoch, Handled());
        chain.Do(chain.People[0], new StopMarket(StopScope.All));
        Grant(all, allBytes);
        Assert.Equal(Outcome.Stopped, Handled());
    }

    [Fact]
    public void A_batch_waits_and_takes_effect_as_a_whole()
    {
        var before = Available(Payee);
        var (id, bytes) = chain.Park(agent, Pay(10), Pay(20));
        Grant(id, bytes);
        Assert.Equal(before + TokenAmount.FromTokens(30), Available(Payee));
        Assert.Equal(TokenAmount.FromTokens(30), Used());
    }

    [Fact]
    public void A_batch_of_which_one_command_is_refused_at_the_grant_leaves_nothing()
    {
        var before = Available(Payee);
        var (id, bytes) = chain.Park(agent, Pay(10), new DepositStake(TokenAmount.OneToken));
        chain.Do(Owner, chain.Denial(agent, CommandKind.DepositStake));
        Grant(id, bytes);
        Assert.Equal(Outcome.DeniedByOverride, Handled());
        Assert.Equal(before, Available(Payee));
        Assert.Equal(TokenAmount.Zero, Used());
    }

    [Fact]
    public void Nobody_is_asked_for_what_would_be_refused_anyway()
    {
        Assert.Equal(Outcome.VolumeLimit, chain.Send(agent, Pay(60), Pay(60)).Outcome);
        Assert.Equal(Outcome.BadAmount, chain.Send(agent, Pay(0), new DepositStake(TokenAmount.OneToken)).Outcome);
        Assert.Equal(0, chain.State.Approvals.Live);
        Assert.Equal(TokenAmount.Zero, Used());
    }

    [Fact]
    public void A_payload_too_long_to_be_approved_does_not_wait()
    {
        var one = new Transfer(Payee.Id, new TokenAmount(1));
        Assert.Equal(
            Outcome.ApprovalNeeded,
            chain.Send(agent, [.. Enumerable.Repeat(one, ApprovalRules.MaxCommands + 1)]).Outcome);
        chain.Park(agent, [.. Enumerable.Repeat(one, ApprovalRules.MaxCommands)]);
    }

    [Fact]
    public void A_grant_stands_alone_in_its_payload()
    {
        var (id, bytes) = chain.Park(agent, Pay(1));
        var grant = new GrantApproval(id, bytes);
        Assert.Equal(Outcome.Malformed, chain.Send(Guardians[0], grant, new StopAgent(agent.Id)).Outcome);
        Assert.Equal(Outcome.Malformed, chain.Send(Guardians[0], new StopAgent(agent.Id), grant).Outcome);
    }

    [Fact]
    public void A_denial_and_a_tightening_cost_a_guardian_no_gas_and_a_grant_does()
    {
        var (id, bytes) = chain.Park(agent, Pay(1));
        Assert.Equal(TokenAmount.Zero, Cost(Guardians[0], new DenyApproval(id)));
        var tight = Asking with { MaxGasPerDay = TokenAmount.OneToken };
        Assert.Equal(TokenAmount.Zero, Cost(Guardians[0], new ChangeConstitution(agent.Id, tight)));
        Assert.True(Cost(Guardians[0], new ChangeConstitution(agent.Id, tight)) > TokenAmount.Zero);
        Assert.Equal(TokenAmount.Zero, Cost(Guardians[0], chain.Denial(agent, CommandKind.Transfer)));
        (id, bytes) = chain.Park(agent, new DepositStake(TokenAmount.OneToken));
        Assert.True(Cost(Guardians[0], new GrantApproval(id, bytes)) > TokenAmount.Zero);
    }

    [Fact]
    public void What_waits_has_paid_its_whole_gas_and_pays_none_again()
    {
        var before = Available(agent);
        var (id, bytes) = chain.Park(agent, Pay(1));
        var paid = before - Available(agent) - TokenAmount.OneToken;
        Assert.Equal(chain.State.Parameters.BaseGas + chain.State.GasOf(CommandKind.Transfer), paid);
        Grant(id, bytes);
        Assert.Equal(before - paid - TokenAmount.OneToken, Available(agent));
    }

    [Fact]
    public void A_batch_that_lives_on_what_it_sets_free_does_not_wait()
    {
        var poor = NewGuarded(Asking with
        {
            MaxDailyVolume = TokenAmount.FromTokens(20_000), MaxValuePerAction = TokenAmount.FromTokens(20_000),
        });
        var post = chain.Posting(Payee) with
        {
            MaxPrice = TokenAmount.FromTokens(6_000), JobBond = TokenAmount.FromTokens(600), BidWindowMs = 200_000_000,
        };
        var (id, bytes) = chain.Park(poor, post);
        Grant(id, bytes);
        var workload = new WorkloadId(chain.State.Globals.LastWorkload);
        Assert.Equal(
            Outcome.InsufficientFunds,
            chain.Send(poor, new CancelWorkload(workload), Pay(9_000)).Outcome);
    }

    [Theory]
    [InlineData("approved", 60)]
    [InlineData("denied", 0)]
    [InlineData("stopped", 0)]
    public void In_the_rolling_window_of_a_young_rule_it_counts_once_or_not_at_all(string ending, ulong counted)
    {
        var rule = new ConstitutionRule(RuleKind.RollingValue, [CommandKind.Transfer])
        {
            Amount = TokenAmount.FromTokens(80), Window = Duration.FromHours(1),
        };
        chain.Do(Owner, new ChangeConstitution(agent.Id, Asking with { Rules = [rule] }));
        var (id, bytes) = chain.Park(agent, Pay(60));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Pay(21)).Outcome);
        switch (ending)
        {
            case "denied": chain.Do(Guardians[0], new DenyApproval(id)); break;
            case "stopped": chain.Do(Guardians[0], new StopAgent(agent.Id)); break;
            default:
                Grant(id, bytes);
                Assert.Equal(Outcome.Applied, Handled());
                break;
        }

        ref readonly var record = ref chain.State.Agents[chain.Account(agent).Agent - 1];
        var use = LimitUses.Of(chain.State, record, chain.Now).Single(one => one.Line == ConstitutionLine.Rule);
        Assert.Equal((TokenAmount.FromTokens(counted), TokenAmount.Zero), (use.Used, use.Reserved));
    }

    [Fact]
    public void What_was_reserved_under_the_rules_before_gives_nothing_back_to_those_after()
    {
        var rule = new ConstitutionRule(RuleKind.RollingValue, [CommandKind.Transfer])
        {
            Amount = TokenAmount.FromTokens(80), Window = Duration.FromHours(1),
        };
        chain.Park(agent, Pay(60));
        chain.Do(Owner, new ChangeConstitution(agent.Id, Asking with { Rules = [rule] }));
        var (id, bytes) = chain.Park(agent, Pay(80));
        Grant(id, bytes);
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Pay(1)).Outcome);
    }

    private TokenAmount Cost(Actor actor, Command command)
    {
        var before = Available(actor);
        chain.Do(actor, command);
        return before - Available(actor);
    }

    private void Grant(ApprovalId id, byte[] bytes)
    {
        chain.Do(Guardians[0], new GrantApproval(id, bytes));
        chain.Do(Guardians[1], new GrantApproval(id, bytes));
    }

    /// <summary>What became, in the last entry, of what was approved.</summary>
    private Outcome Handled()
    {
        var reader = new EventReader(chain.LastEvents);
        while (reader.MoveNext())
        {
            if (reader.Kind == EventKind.ParkedHandled)
            {
                return reader.As<ParkedHandled>().Outcome;
            }
        }

        throw new InvalidOperationException("Nothing that waited was handled.");
    }

    private Actor NewGuarded(ConstitutionTerms terms) => chain.NewAgent(Owner, terms, Guardians, threshold: 2);

    private TokenAmount Available(Actor actor) => chain.Account(actor).Available;

    private TokenAmount Used() => chain.State.VolumeUsed(chain.State.Agents[chain.Account(agent).Agent - 1]);

    private Transfer Pay(ulong tokens) => new(Payee.Id, TokenAmount.FromTokens(tokens));
}
