using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;

namespace Aitbc.Protocol.Tests.Rules;

/// <summary>Each typed rule exactly at its limit and one beyond it.</summary>
public sealed class TypedRuleTests
{
    private const long BucketMs = RollingLimits.BucketMs;

    private static readonly Duration Moment = Duration.FromMilliseconds(1);

    private readonly LedgerFixture chain = new();

    private Actor Owner => chain.People[3];

    private Actor Friend => chain.People[4];

    private Actor Stranger => chain.People[5];

    [Fact]
    public void Deny_refuses_the_action_it_names_whatever_allows_it_and_no_other()
    {
        var agent = Bound(new ConstitutionRule(RuleKind.Deny, [CommandKind.DepositStake]));
        chain.Do(Owner, chain.Allowance(agent, CommandKind.DepositStake, TokenAmount.FromTokens(10)));
        Assert.Equal(Outcome.ActionDenied, chain.Send(agent, Stake(1)).Outcome);
        chain.Do(agent, Pay(1));
    }

    [Fact]
    public void MaxValue_lets_its_amount_pass_and_one_unit_more_not_for_value_and_for_stake()
    {
        var agent = Bound(new ConstitutionRule(RuleKind.MaxValue, [CommandKind.Transfer, CommandKind.DepositStake])
        {
            Amount = TokenAmount.FromTokens(40),
        });
        chain.Do(agent, Pay(40));
        Assert.Equal(Outcome.ValueLimit, chain.Send(agent, Pay(40, more: 1)).Outcome);
        chain.Do(agent, Stake(40));
        Assert.Equal(
            Outcome.ValueLimit,
            chain.Send(agent, new DepositStake(TokenAmount.FromTokens(40) + new TokenAmount(1))).Outcome);
        chain.Do(agent, new OpenAccount(chain.NewKey().Public, null, TokenAmount.FromTokens(41)));
    }

    [Fact]
    public void RollingValue_adds_up_to_its_amount_and_not_one_unit_more()
    {
        var agent = Bound(Rolling(100, Duration.FromHours(1)));
        chain.Do(agent, Pay(60));
        chain.Do(agent, Pay(40));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, new Transfer(Friend.Id, new TokenAmount(1))).Outcome);
        chain.Do(agent, Stake(500));
    }

    [Fact]
    public void RollingCount_lets_its_count_pass_and_not_one_more_also_in_one_batch()
    {
        var agent = Bound(Counting(3));
        Assert.Equal(
            (Outcome.WindowLimit, 3),
            (chain.Send(agent, Pay(1), Pay(1), Pay(1), Pay(1)) is var all ? all.Outcome : default, all.FailedAt));
        chain.Do(agent, Pay(1), Pay(1));
        chain.Do(agent, Pay(1));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Pay(1)).Outcome);
        chain.Do(agent, Stake(1));
    }

    [Fact]
    public void What_is_refused_is_not_counted()
    {
        var agent = Bound(Counting(2));
        Assert.Equal(Outcome.InsufficientFunds, chain.Send(agent, Pay(900_000)).Outcome);
        Assert.Equal(Outcome.BadAmount, chain.Send(agent, Pay(0)).Outcome);
        chain.Do(agent, Pay(1));
        chain.Do(agent, Pay(1));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Pay(1)).Outcome);
    }

    [Fact]
    public void Counterparties_allow_only_whom_they_name_or_all_but_those()
    {
        var only = Bound(new ConstitutionRule(RuleKind.Counterparties, [CommandKind.Transfer])
        {
            Accounts = [Friend.Id],
        });
        chain.Do(only, Pay(1));
        Assert.Equal(Outcome.CounterpartyNotAllowed, chain.Send(only, PayStranger).Outcome);
        Assert.Equal(
            Outcome.CounterpartyNotAllowed,
            chain.Send(only, new Transfer(chain.NewActor("nobody").Id, TokenAmount.OneToken)).Outcome);
        chain.Do(only, new OpenAccount(chain.NewKey().Public, null, TokenAmount.OneToken));
        var all = Bound(new ConstitutionRule(RuleKind.Counterparties, [CommandKind.Transfer])
        {
            Accounts = [Friend.Id],
            Forbids = true,
        });
        Assert.Equal(Outcome.CounterpartyNotAllowed, chain.Send(all, Pay(1)).Outcome);
        chain.Do(all, PayStranger);
    }

    [Fact]
    public void Hours_begin_and_end_with_the_millisecond()
    {
        var agent = Bound(new ConstitutionRule(RuleKind.Hours, [CommandKind.Transfer]) { HoursUtc = 0b110 });
        Assert.Equal(Outcome.OutsideHours, chain.Send(agent, Pay(1)).Outcome);
        chain.Do(agent, Stake(1));
        chain.Advance(Duration.FromHours(1) - Moment);
        Assert.Equal(Outcome.OutsideHours, chain.Send(agent, Pay(1)).Outcome);
        chain.Advance(Moment);
        chain.Do(agent, Pay(1));
        chain.Advance(Duration.FromHours(2) - Moment);
        chain.Do(agent, Pay(1));
        chain.Advance(Moment);
        Assert.Equal(Outcome.OutsideHours, chain.Send(agent, Pay(1)).Outcome);
    }

    [Fact]
    public void Sequence_holds_what_may_not_follow_until_its_window_has_passed()
    {
        var agent = Bound(new ConstitutionRule(RuleKind.Sequence, [CommandKind.AddKey])
        {
            Then = [CommandKind.Transfer],
            Window = Duration.FromHours(1),
        });
        chain.Do(agent, Pay(1));
        chain.Do(agent, new AddKey(chain.NewKey().Public, null));
        Assert.Equal(Outcome.SequenceHold, chain.Send(agent, Pay(1)).Outcome);
        chain.Do(agent, Stake(1));
        chain.Advance(Duration.FromHours(1) - Moment);
        Assert.Equal(Outcome.SequenceHold, chain.Send(agent, Pay(1)).Outcome);
        chain.Advance(Moment);
        chain.Do(agent, Pay(1));
    }

    [Fact]
    public void Sequence_holds_inside_a_batch_too_and_a_refused_batch_begins_none()
    {
        var agent = Bound(new ConstitutionRule(RuleKind.Sequence, [CommandKind.DepositStake])
        {
            Then = [CommandKind.Transfer],
            Window = Duration.FromDays(30),
        });
        Assert.Equal(Outcome.SequenceHold, chain.Send(agent, Stake(1), Pay(1)).Outcome);
        chain.Do(agent, Pay(1), Stake(1));
        Assert.Equal(Outcome.SequenceHold, chain.Send(agent, Pay(1)).Outcome);
    }

    [Fact]
    public void CounterpartyRecord_asks_for_the_share_it_names_of_jobs_without_fault()
    {
        var provider = chain.NewProvider(chain.People[2]);
        var half = Bound(Recorded(500_000));
        var more = Bound(Recorded(500_001));
        var pay = new Transfer(provider.Agent.Id, TokenAmount.OneToken);
        Assert.Equal(Outcome.CounterpartyRecord, chain.Send(half, pay).Outcome);
        var good = chain.Award(Friend, provider);
        chain.Deliver(provider, good);
        chain.Do(Friend, new AcceptWork(good));
        chain.Do(more, pay);
        var missed = chain.Award(Friend, provider);
        while (chain.IsLive(missed))
        {
            chain.PassDeadline(missed);
        }

        ref readonly var record = ref chain.State.Agents[chain.Account(provider.Agent).Agent - 1];
        Assert.Equal((1u, 1u), (record.JobsSettled, record.JobsFaulted));
        chain.Do(half, pay);
        Assert.Equal(Outcome.CounterpartyRecord, chain.Send(more, pay).Outcome);
        Assert.Equal(Outcome.CounterpartyRecord, chain.Send(half, Pay(1)).Outcome);
    }

    [Fact]
    public void ApprovalAbove_asks_beyond_its_amount_for_value_and_for_stake()
    {
        var agent = Bound(new ConstitutionRule(RuleKind.ApprovalAbove, [CommandKind.Transfer, CommandKind.DepositStake])
        {
            Amount = TokenAmount.FromTokens(10),
        });
        chain.Do(agent, Pay(10));
        chain.Do(agent, Stake(10));
        Assert.Equal(Outcome.Parked, chain.Send(agent, Pay(10, more: 1)).Outcome);
        Assert.Equal(Outcome.Parked, chain.Send(agent, Stake(11)).Outcome);
        chain.Do(agent, new OpenAccount(chain.NewKey().Public, null, TokenAmount.FromTokens(11)));
    }

    [Theory]
    [InlineData(15, 2)]
    [InlineData(16, 3)]
    [InlineData(30, 3)]
    [InlineData(1_440, 97)]
    [InlineData(43_200, 2_881)]
    public void A_bucket_leaves_whole_when_all_of_it_is_older_than_the_window(int minutes, int buckets)
    {
        var agent = Bound(Rolling(100, Duration.FromMinutes(minutes)));
        chain.Advance(new Duration((2 * BucketMs) - (chain.Now.UnixMs % BucketMs) - 1));
        var bucket = chain.Now.UnixMs / BucketMs;
        chain.Do(agent, Pay(100));
        chain.Advance(new Duration(((bucket + buckets) * BucketMs) - 1 - chain.Now.UnixMs));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Pay(1)).Outcome);
        chain.Advance(Moment);
        chain.Do(agent, Pay(100));
    }

    [Fact]
    public void A_rule_counts_from_when_it_was_adopted()
    {
        var agent = Bound();
        chain.Do(agent, Pay(90));
        Change(agent, Rolling(100, Duration.FromHours(1)));
        chain.Do(agent, Pay(100));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Pay(1)).Outcome);
    }

    [Fact]
    public void What_was_counted_goes_on_under_a_rule_that_continues_it()
    {
        var agent = Bound(Rolling(100, Duration.FromHours(1)), Counting(3));
        chain.Do(agent, Pay(40));
        chain.Advance(Duration.FromMinutes(20));
        chain.Do(agent, Pay(10));
        Change(agent, Counting(3), Rolling(60, Duration.FromHours(1)));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Pay(11)).Outcome);
        chain.Do(agent, Pay(10));
        chain.Advance(Duration.FromHours(1));
        chain.Do(agent, Pay(40));
    }

    [Fact]
    public void A_sequence_that_is_kept_remembers_what_came_before_it()
    {
        var rule = new ConstitutionRule(RuleKind.Sequence, [CommandKind.DepositStake])
        {
            Then = [CommandKind.Transfer],
            Window = Duration.FromHours(1),
        };
        var agent = Bound(rule);
        chain.Do(agent, Stake(1));
        Change(agent, Counting(9), rule);
        Assert.Equal(Outcome.SequenceHold, chain.Send(agent, Pay(1)).Outcome);
    }

    [Fact]
    public void What_was_reserved_goes_back_into_its_own_bucket_of_the_rules_window()
    {
        var agent = Bound(Rolling(150, Duration.FromHours(2), CommandKind.PostWorkload, CommandKind.Transfer));
        chain.Advance(new Duration(BucketMs));
        chain.Do(agent, chain.Posting(Friend) with { BidWindowMs = 200_000_000 });
        var id = new WorkloadId(chain.State.Globals.LastWorkload);
        chain.Advance(new Duration(3 * BucketMs));
        chain.Do(agent, Pay(50));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Pay(1)).Outcome);
        chain.Do(agent, new CancelWorkload(id));
        chain.Do(agent, Pay(100));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Pay(1)).Outcome);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void What_was_reserved_before_the_rule_was_there_is_not_taken_from_what_it_counted(int buckets)
    {
        var agent = Bound();
        var post = chain.Posting(Friend) with { BidWindowMs = 200_000_000 };
        chain.Do(agent, post);
        var early = new WorkloadId(chain.State.Globals.LastWorkload);
        chain.Advance(new Duration(buckets * BucketMs));
        Change(agent, Rolling(150, Duration.FromHours(9), CommandKind.PostWorkload, CommandKind.Transfer));
        chain.Do(agent, Pay(60));
        chain.Do(agent, new CancelWorkload(early));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Pay(91)).Outcome);
        chain.Do(agent, Pay(90));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Pay(1)).Outcome);
    }

    [Fact]
    public void What_waits_is_reserved_under_the_rules_and_comes_back_when_it_is_denied()
    {
        var asking = new ConstitutionRule(RuleKind.ApprovalAbove, [CommandKind.Transfer])
        {
            Amount = TokenAmount.FromTokens(9),
        };
        var agent = Bound(Rolling(100, Duration.FromHours(1)), asking);
        chain.Advance(new Duration(BucketMs));
        var (id, _) = chain.Park(agent, Pay(95));
        chain.Do(agent, Pay(5));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Pay(1)).Outcome);
        chain.Do(Owner, new DenyApproval(id));
        chain.Park(agent, Pay(95));
    }

    [Fact]
    public void Of_many_rules_all_must_let_pass_and_the_first_in_order_is_named()
    {
        var agent = Bound(
            Counting(1),
            new ConstitutionRule(RuleKind.MaxValue, [CommandKind.Transfer]) { Amount = TokenAmount.FromTokens(5) },
            new ConstitutionRule(RuleKind.Counterparties, [CommandKind.Transfer]) { Accounts = [Friend.Id] });
        chain.Do(agent, Pay(5));
        Assert.Equal(
            Outcome.ValueLimit, chain.Send(agent, new Transfer(Stranger.Id, TokenAmount.FromTokens(6))).Outcome);
        Assert.Equal(Outcome.CounterpartyNotAllowed, chain.Send(agent, PayStranger).Outcome);
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, Pay(1)).Outcome);
    }

    [Fact]
    public void Only_bidders_whom_a_clients_rules_let_be_paid_may_bid()
    {
        var named = chain.NewProvider(chain.People[2]);
        var other = chain.NewProvider(Stranger);
        var client = Bound(new ConstitutionRule(RuleKind.Counterparties, [CommandKind.PostWorkload])
        {
            Accounts = [other.Agent.Id],
            Forbids = true,
        });
        var id = chain.Post(client);
        Assert.Equal(
            Outcome.CounterpartyNotAllowed,
            chain.Send(other.Agent, chain.Bidding(other, id, TokenAmount.OneToken)).Outcome);
        chain.Bid(named, id, TokenAmount.OneToken);
        var free = Bound(new ConstitutionRule(RuleKind.Counterparties, [CommandKind.Transfer])
        {
            Accounts = [Friend.Id],
        });
        chain.Bid(other, chain.Post(free), TokenAmount.OneToken);
    }

    [Fact]
    public void Only_validators_whom_a_clients_rules_let_be_paid_are_drawn()
    {
        var all = chain.NewValidators(4);
        var provider = chain.NewProvider(chain.People[2]);
        var client = Bound(new ConstitutionRule(RuleKind.Counterparties, [CommandKind.PostWorkload])
        {
            Accounts = [all[0].Agent.Id],
            Forbids = true,
        });
        var id = chain.AwardChecked(client, provider);
        chain.Seal(provider, id);
        var drawn = chain.Draw(id).Select(one => one.Agent.Id).ToList();
        Assert.Equal(3, drawn.Count);
        Assert.DoesNotContain(all[0].Agent.Id, drawn);
    }

    private static ConstitutionRule Rolling(ulong tokens, Duration window, params CommandKind[] actions) =>
        new(RuleKind.RollingValue, actions.Length == 0 ? [CommandKind.Transfer] : actions)
        {
            Amount = TokenAmount.FromTokens(tokens),
            Window = window,
        };

    private static ConstitutionRule Counting(uint count) => new(RuleKind.RollingCount, [CommandKind.Transfer])
    {
        Count = count,
        Window = Duration.FromHours(1),
    };

    private static ConstitutionRule Recorded(uint ppm) =>
        new(RuleKind.CounterpartyRecord, [CommandKind.Transfer]) { MinRecordPpm = ppm };

    private Transfer PayStranger => new(Stranger.Id, TokenAmount.OneToken);

    private static DepositStake Stake(ulong tokens) => new(TokenAmount.FromTokens(tokens));

    private Transfer Pay(ulong tokens, ulong more = 0) =>
        new(Friend.Id, TokenAmount.FromTokens(tokens) + TokenAmount.FromBaseUnits(more));

    private Actor Bound(params ConstitutionRule[] rules) =>
        chain.NewAgent(Owner, Constitutions.Wide with { Rules = rules });

    /// <summary>Other rules at once: only such as tighten.</summary>
    private void Change(Actor agent, params ConstitutionRule[] rules)
    {
        chain.Do(Owner, new ChangeConstitution(agent.Id, Constitutions.Wide with { Rules = rules }));
        Assert.Equal(0, chain.State.Motions.Live);
    }
}
