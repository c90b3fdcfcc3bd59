using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;

namespace Aitbc.Protocol.Tests.Rules;

/// <summary>What an agent's constitution bounds, to the last unit and the last millisecond.</summary>
public sealed class LimitTests
{
    private const long BucketMs = RollingLimits.BucketMs;

    private readonly LedgerFixture chain = new();

    private Actor Owner => chain.People[3];

    private Actor Friend => chain.People[4];

    public static TheoryData<string, bool, Func<ConstitutionTerms, ConstitutionTerms>> Edges => new()
    {
        { "no action", false, terms => terms with { AllowedActions = [] } },
        { "unknown action", false, terms => terms with { AllowedActions = [(CommandKind)CommandNames.Count] } },
        {
            "last action", true, terms => terms with { AllowedActions = [(CommandKind)(CommandNames.Count - 1)] }
        },
        {
            "an action twice", false,
            terms => terms with { AllowedActions = [CommandKind.Transfer, CommandKind.Transfer] }
        },
        { "no hour", false, terms => terms with { HoursUtc = 0 } },
        { "one hour", true, terms => terms with { HoursUtc = 1 } },
        { "25th hour", false, terms => terms with { HoursUtc = ConstitutionTerms.AnyHour + 1 } },
        { "hold below 0", false, terms => terms with { KeyChangeHold = new Duration(-1) } },
        { "30 days", true, terms => terms with { KeyChangeHold = Duration.FromDays(30) } },
        {
            "over 30 days", false,
            terms => terms with { KeyChangeHold = Duration.FromDays(30) + Duration.FromMilliseconds(1) }
        },
        { "action = day", true, terms => terms with { MaxValuePerAction = terms.MaxDailyVolume } },
        {
            "action > day", false,
            terms => terms with { MaxValuePerAction = terms.MaxDailyVolume + new TokenAmount(1) }
        },
        { "gas of one payload", true, terms => terms with { MaxGasPerDay = new Parameters().BaseGas } },
        {
            "gas below one payload", false,
            terms => terms with { MaxGasPerDay = new Parameters().BaseGas - new TokenAmount(1) }
        },
    };

    [Theory]
    [MemberData(nameof(Edges))]
    public void A_constitution_that_cannot_be_kept_is_refused(
        string edge, bool isSound, Func<ConstitutionTerms, ConstitutionTerms> change)
    {
        var register = chain.Registration(chain.NewActor("agent"), change(Constitutions.Wide), [Owner]);
        Assert.True(
            (isSound ? Outcome.Applied : Outcome.BadConstitution) == chain.Send(Owner, register).Outcome, edge);
    }

    [Theory]
    [InlineData(AccountSet.Length, Outcome.Applied)]
    [InlineData(AccountSet.Length + 1, Outcome.BadConstitution)]
    public void A_constitution_names_as_many_counterparties_as_its_record_holds(int count, Outcome outcome)
    {
        var named = Enumerable.Range(0, count).Select(_ => NewPerson().Id).ToList();
        var terms = Constitutions.Wide with { Counterparties = named };
        Assert.Equal(
            outcome, chain.Send(Owner, chain.Registration(chain.NewActor("agent"), terms, [Owner])).Outcome);
    }

    [Fact]
    public void Gas_of_many_payloads_together_stays_within_the_day()
    {
        var each = chain.State.Parameters.BaseGas + chain.State.GasOf(CommandKind.Transfer);
        var agent = chain.NewAgent(Owner, Constitutions.Wide with { MaxGasPerDay = each.MulDivDown(3, 1) });
        var pay = new Transfer(Friend.Id, TokenAmount.OneToken);
        chain.Do(agent, pay);
        chain.Do(agent, pay);
        chain.Do(agent, pay);
        Assert.Equal(Outcome.GasLimit, chain.Send(agent, pay).Outcome);
        chain.Advance(Duration.FromDays(1));
        Assert.Equal(Outcome.GasLimit, chain.Send(agent, pay).Outcome);
        chain.Advance(new Duration(BucketMs));
        chain.Do(agent, pay);
    }

    [Fact]
    public void What_was_reserved_and_not_spent_goes_back_at_once()
    {
        var agent = chain.NewAgent(Owner, Tight(100));
        var post = chain.Posting(Friend) with { BidWindowMs = 200_000_000 };
        chain.Do(agent, post);
        Assert.Equal(Outcome.VolumeLimit, chain.Send(agent, post).Outcome);
        chain.Do(agent, new CancelWorkload(new WorkloadId(chain.State.Globals.LastWorkload)));
        chain.Do(agent, post);
    }

    [Fact]
    public void What_was_reserved_goes_back_into_its_own_bucket()
    {
        var agent = chain.NewAgent(Owner, Tight(150));
        chain.Do(agent, chain.Posting(Friend) with { BidWindowMs = 200_000_000 });
        var id = new WorkloadId(chain.State.Globals.LastWorkload);
        chain.Advance(new Duration(3 * BucketMs));
        chain.Do(agent, Pay(50));
        Assert.Equal(Outcome.VolumeLimit, chain.Send(agent, Pay(1)).Outcome);
        chain.Do(agent, new CancelWorkload(id));
        chain.Do(agent, Pay(100));
        Assert.Equal(Outcome.VolumeLimit, chain.Send(agent, Pay(1)).Outcome);
    }

    [Fact]
    public void What_goes_back_into_a_bucket_that_has_left_frees_nothing()
    {
        var agent = chain.NewAgent(Owner, Tight(100));
        chain.Do(agent, chain.Posting(Friend) with { BidWindowMs = 200_000_000 });
        var id = new WorkloadId(chain.State.Globals.LastWorkload);
        chain.Advance(Duration.FromHours(26));
        chain.Do(agent, Pay(100));
        chain.Do(agent, new CancelWorkload(id));
        Assert.Equal(Outcome.VolumeLimit, chain.Send(agent, Pay(1)).Outcome);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_rolling_window_counts_as_96_whole_buckets_and_the_present_one(ulong seed)
    {
        var state = chain.State;
        chain.NewAgent(Owner);
        var random = new SeededRandom(seed);
        var model = new Dictionary<int, TokenAmount>();
        var bucket = RollingLimits.BucketOf(chain.Now.UnixMs);
        var unused = state.Buckets.Live;
        ref readonly var window = ref state.Agents[0].Volume;
        for (var i = 0; i < 4_000; i++)
        {
            bucket += random.NextInt32(8) switch { < 4 => 0, < 6 => 1, 6 => random.NextInt32(60), _ => 96 };
            var nowMs = (bucket * BucketMs) + random.NextInt32((int)BucketMs);
            Assert.True(Sum(model, bucket) == RollingLimits.Used(state, window, nowMs), $"seed {seed}, step {i}");
            var amount = new TokenAmount((UInt128)random.NextInt32(3));
            RollingLimits.Reserve(state, ref state.Agents.Write(0).Volume, nowMs, amount);
            model[bucket] = model.GetValueOrDefault(bucket) + amount;
            if (random.Chance(Ratio.FromPpm(300_000)))
            {
                var back = bucket - random.NextInt32(130);
                var part = model.GetValueOrDefault(back);
                RollingLimits.Release(state, ref state.Agents.Write(0).Volume, back, part);
                model.Remove(back);
            }

            Assert.True(Sum(model, bucket) == RollingLimits.Used(state, window, nowMs), $"seed {seed}, step {i}");
            Assert.True(state.Buckets.Live - unused <= RollingLimits.WindowBuckets, $"seed {seed}, step {i}");
        }

        // Of a window that all has left, nothing is kept.
        RollingLimits.Reserve(
            state, ref state.Agents.Write(0).Volume, (bucket + 200) * BucketMs, new TokenAmount(7));
        Assert.Equal(unused, state.Buckets.Live);
        Assert.Equal(new TokenAmount(7), RollingLimits.Used(state, window, (bucket + 200) * BucketMs));
    }

    [Fact]
    public void An_empty_bucket_takes_no_place_in_the_list()
    {
        chain.NewAgent(Owner);
        var state = chain.State;
        for (var i = 0; i < 10; i++)
        {
            var nowMs = chain.Now.UnixMs + (i * BucketMs);
            RollingLimits.Reserve(state, ref state.Agents.Write(0).Volume, nowMs, TokenAmount.Zero);
        }

        Assert.Equal(0, state.Buckets.Live);
    }

    [Fact]
    public void Approval_is_needed_for_stake_as_for_value_and_for_nothing_else()
    {
        var agent = chain.NewAgent(Owner, Constitutions.Wide with { RequiresHumanApproval = true });
        Assert.Equal(Outcome.Parked, chain.Send(agent, Pay(1)).Outcome);
        Assert.Equal(Outcome.Parked, chain.Send(agent, new DepositStake(TokenAmount.OneToken)).Outcome);
        Assert.Equal(Outcome.Applied, chain.Send(agent, new AddKey(chain.NewKey().Public, null)).Outcome);
    }

    [Fact]
    public void A_hold_after_a_change_of_keys_begins_with_the_first_change()
    {
        // So early a chain that the beginning of time itself lies within the hold.
        var young = new LedgerFixture(1, new ChainShape { CreatedAt = new Timestamp(1_000) });
        var agent = young.NewAgent(
            young.People[3], Constitutions.Wide with { KeyChangeHold = Duration.FromHours(1) });
        young.Do(agent, new Transfer(young.People[4].Id, TokenAmount.OneToken));
    }

    [Fact]
    public void A_revocation_holds_value_back_as_an_added_key_does()
    {
        var agent = chain.NewAgent(Owner, Constitutions.Wide with { KeyChangeHold = Duration.FromHours(1) });
        var second = chain.NewKey();
        chain.Do(agent, new AddKey(second.Public, null));
        chain.Advance(Duration.FromHours(1));
        chain.Do(agent, Pay(1));
        chain.Do(agent, new RevokeKey(second.Id));
        Assert.Equal(Outcome.KeyChangeHold, chain.Send(agent, Pay(1)).Outcome);
    }

    private static TokenAmount Sum(Dictionary<int, TokenAmount> model, int bucket) => model
        .Where(one => one.Key >= bucket - RollingLimits.WindowBuckets && one.Key <= bucket)
        .Aggregate(TokenAmount.Zero, (sum, one) => sum + one.Value);

    private static ConstitutionTerms Tight(ulong tokens) => Constitutions.Wide with
    {
        MaxDailyVolume = TokenAmount.FromTokens(tokens),
        MaxValuePerAction = TokenAmount.FromTokens(tokens),
    };

    private Transfer Pay(ulong tokens) => new(Friend.Id, TokenAmount.FromTokens(tokens));

    private Actor NewPerson()
    {
        var person = chain.NewActor("person");
        chain.Do(Owner, new OpenAccount(person.Key.Public, null, TokenAmount.OneToken));
        return person;
    }
}
