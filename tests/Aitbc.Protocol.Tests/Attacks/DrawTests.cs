using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Tests.Verification;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Tests.Attacks;

/// <summary>Who is drawn, and who cannot bend it.</summary>
public sealed class DrawTests
{
    private readonly LedgerFixture chain = new(7, CheckedWork.Free);
    private Provider? provider;
    private WorkloadId id;

    [Fact]
    public void The_parties_owners_are_never_drawn()
    {
        chain.NewValidator(chain.People[3]);
        chain.NewValidator(chain.People[4]);
        var outside = chain.NewValidators(3).Select(one => chain.Number(one.Agent)).OrderBy(one => one.Value).ToList();
        Seal();
        Assert.All(Draws(200, 3), drawn => Assert.Equal(outside, drawn.OrderBy(one => one.Value)));
    }

    [Fact]
    public void An_owner_has_one_seat_whatever_its_agents_are()
    {
        var owner = chain.NewPerson();
        var swarm = Enumerable.Range(0, 6).Select(_ => chain.Number(chain.NewValidator(owner).Agent)).ToList();
        chain.NewValidators(2);
        Seal();
        Assert.All(Draws(200, 3), drawn =>
        {
            Assert.Equal(3, drawn.Count);
            Assert.Single(drawn.Intersect(swarm));
        });
    }

    [Fact]
    public void Of_one_owners_agents_the_one_with_the_smaller_ticket_sits()
    {
        var owner = chain.NewPerson();
        var first = chain.Number(chain.NewValidator(owner).Agent);
        var second = chain.Number(chain.NewValidator(owner).Agent);
        Seal(LedgerFixture.Validation with { Needed = 1, Validators = 1 });
        var drawn = Draws(200, 1).Select(one => Assert.Single(one)).ToList();
        Assert.InRange(drawn.Count(one => one == first), 60, 140);
        Assert.Equal(200, drawn.Count(one => one == first || one == second));
    }

    [Fact]
    public void What_was_offered_before_a_stop_of_the_market_is_offered_no_more()
    {
        var old = chain.NewValidators(3);
        Award();
        chain.Do(chain.People[0], new Oversight.StopMarket(Oversight.StopScope.Market));
        chain.Do(chain.People[0], new Oversight.ReleaseMarket(Oversight.StopScope.Market));
        chain.Do(chain.People[1], new Oversight.ReleaseMarket(Oversight.StopScope.Market));
        chain.Seal(provider!, id);
        Assert.All(Draws(10, 3), drawn => Assert.Empty(drawn));
        var terms = LedgerFixture.ServiceTerms with { Capability = LedgerFixture.Validating };
        chain.Do(old[1].Agent, new UpdateService(old[1].Service, terms));
        Assert.All(Draws(10, 3), drawn => Assert.Equal([chain.Number(old[1].Agent)], drawn));
    }

    [Theory]
    [InlineData(0, 2, true)]
    [InlineData(0, 3, false)]
    [InlineData(5, 7, true)]
    [InlineData(5, 8, false)]
    public void Faults_count_against_jobs_that_were_paid(uint settled, uint faulted, bool isDrawn)
    {
        var validator = chain.NewValidator().Agent;
        ref var record = ref chain.State.Agents.Write(chain.Account(validator).Agent - 1);
        (record.JobsSettled, record.JobsFaulted) = (settled, faulted);
        chain.NewValidator();
        Seal(LedgerFixture.Validation with { Needed = 1, Validators = 1 });
        Assert.Equal(isDrawn, Draws(50, 1).SelectMany(drawn => drawn).Contains(chain.Number(validator)));
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(8, 1)]
    [InlineData(2, 4)]
    public void A_sybil_swarm_is_drawn_no_more_often_than_its_stake(int identities, ulong stakes)
    {
        // 8 of 24 minimum stakes, as one agent or as many with an owner each.
        var swarm = Enumerable.Range(0, identities)
            .Select(_ => chain.Number(chain.NewValidator(stakes: stakes).Agent)).ToHashSet();
        chain.NewValidators(16);
        Seal(LedgerFixture.Validation with { Needed = 1, Validators = 1 });
        const int Count = 3_000;
        var share = 100.0 * Draws(Count, 1).Count(drawn => swarm.Contains(drawn[0])) / Count;
        Assert.True(share is > 30 and < 37, $"{share:F1} % of {Count} draws for a third of the stake, seed 7");
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(8, 1)]
    public void A_sybil_swarm_has_no_more_seats_of_a_panel_than_its_stake(int identities, ulong stakes)
    {
        var swarm = Enumerable.Range(0, identities)
            .Select(_ => chain.Number(chain.NewValidator(stakes: stakes).Agent)).ToHashSet();
        chain.NewValidators(16);
        Seal();
        const int Count = 3_000;
        var share = 100.0 * Draws(Count, 3).Sum(drawn => drawn.Count(swarm.Contains)) / (3 * Count);
        Assert.True(share is > 20 and < 35.5, $"{share:F1} % of the seats for a third of the stake, seed 7");
    }

    [Fact]
    public void Stake_counts_up_to_sixteen_times_the_minimum()
    {
        var whale = chain.Number(chain.NewValidator(chain.People[0], stakes: 160).Agent);
        chain.NewValidators(16);
        Seal(LedgerFixture.Validation with { Needed = 1, Validators = 1 });
        var share = Draws(3_000, 1).Count(drawn => drawn[0] == whale) / 30.0;
        Assert.True(share is > 46 and < 54, $"{share:F1} % of the draws for 16 of 32 tickets, seed 7");
    }

    [Fact]
    public void What_is_known_once_the_result_is_sealed_changes_no_draw()
    {
        var validators = chain.NewValidators(6);
        var gone = chain.NewValidator().Agent;
        chain.Input(new Liveness(gone.Id, false));
        chain.Do(chain.People[0], new Transfer(gone.Id, TokenAmount.OneToken));
        Award();
        chain.NewValidators(6);
        chain.Seal(provider!, id);
        var before = Draws(100, 3);
        Assert.DoesNotContain(chain.Number(gone), before.SelectMany(drawn => drawn));
        chain.NewValidators(6);
        Assert.Equal(before, Draws(100, 3));
        foreach (var validator in validators)
        {
            chain.Input(new Liveness(validator.Agent.Id, false));
        }

        Assert.Equal(before, Draws(100, 3));
        chain.Input(new Liveness(validators[0].Agent.Id, true));
        chain.Input(new Liveness(gone.Id, true));
        Assert.Equal(before, Draws(100, 3));
        Assert.All(
            before.SelectMany(drawn => drawn),
            drawn => Assert.Contains(drawn, validators.Select(one => chain.Number(one.Agent))));
    }

    [Fact]
    public void Who_cannot_take_the_work_is_not_drawn()
    {
        var able = chain.NewValidators(3).Select(one => chain.Number(one.Agent)).OrderBy(one => one.Value).ToList();
        var poor = chain.Number(chain.NewValidator().Agent);
        chain.State.Accounts.Write(poor.Slot).Stake -= new TokenAmount(1);
        var stopped = chain.NewValidator();
        chain.Do(chain.ActorOf(AgentOf(stopped.Agent).Owner), new Oversight.StopAgent(stopped.Agent.Id));
        var fenced = chain.NewValidator();
        var guardian = chain.ActorOf(AgentOf(fenced.Agent).Owner);
        chain.Do(guardian, new Oversight.StopAgent(fenced.Agent.Id));
        chain.Do(guardian, new Oversight.ReleaseAgent(fenced.Agent.Id));
        var delisted = chain.NewValidator();
        chain.Do(delisted.Agent, new DelistService(delisted.Service));
        Seal();
        Assert.All(Draws(100, 3), drawn => Assert.Equal(able, drawn.OrderBy(one => one.Value)));

        // Offered anew, it stands again.
        var terms = LedgerFixture.ServiceTerms with { Capability = LedgerFixture.Validating };
        chain.Do(fenced.Agent, new UpdateService(fenced.Service, terms));
        Assert.Contains(chain.Number(fenced.Agent), Draws(100, 3).SelectMany(drawn => drawn));
    }

    [Fact]
    public void Only_whom_the_clients_constitution_lets_it_pay_is_drawn()
    {
        var named = chain.NewValidators(3);
        chain.NewValidators(5);
        provider = chain.NewProvider(chain.People[3]);
        var client = chain.NewAgent(chain.People[4], Constitutions.Wide with
        {
            Counterparties = [provider.Agent.Id, .. named.Select(one => one.Agent.Id)],
        });
        id = chain.AwardChecked(client, provider);
        chain.Seal(provider, id);
        var expected = named.Select(one => chain.Number(one.Agent)).OrderBy(one => one.Value).ToList();
        Assert.All(Draws(100, 3), drawn => Assert.Equal(expected, drawn.OrderBy(one => one.Value)));
    }

    [Fact]
    public void A_full_validator_is_not_drawn_until_it_is_free()
    {
        var busy = chain.NewValidator(capacity: 1);
        chain.NewValidators(2);
        Award();
        var first = id;
        Seal();
        chain.Seal(provider!, first);
        Assert.Equal(3, chain.Draw(first).Length);
        Assert.Empty(chain.Draw(id));
        chain.Commit(first, chain.Showing(first).Result, chain.Drawn(first));
        chain.Show(provider!, first);
        chain.Judge(first, chain.Drawn(first));
        chain.PassDeadline(id);
        Assert.Contains(busy, chain.Drawn(id));
    }

    [Fact]
    public void The_first_beacon_value_after_the_seal_decides_whatever_comes_later()
    {
        var all = new List<string>();
        foreach (var later in new[] { 0, 5 })
        {
            var work = new CheckedWork(9, validators: 9).To(WorkloadPhase.Sealed);
            for (var i = 0; i <= later; i++)
            {
                work.Chain.RevealBeacon();
            }

            work.Chain.PassDeadline(work.Id);
            all.Add(string.Join(' ', work.Chain.Drawn(work.Id).Select(one => one.Agent.Name)));
        }

        Assert.Equal(all[0], all[1]);
    }

    [Fact]
    public void A_value_that_was_known_at_the_seal_draws_nobody()
    {
        var work = new CheckedWork().To(WorkloadPhase.Running);
        work.Chain.RevealBeacon();
        work.To(WorkloadPhase.Sealed);
        work.Chain.PassDeadline(work.Id);
        Assert.Equal(WorkloadPhase.Sealed, work.Phase);

        // What the old term has revealed since draws nobody in the new one.
        work.Chain.RevealBeacon();
        work.Chain.Input(work.Chain.NextTerm());
        work.Chain.PassDeadline(work.Id);
        Assert.Equal(WorkloadPhase.Sealed, work.Phase);
        work.Chain.RevealBeacon();
        work.Chain.PassDeadline(work.Id);
        Assert.Equal(WorkloadPhase.Committing, work.Phase);
    }

    [Fact]
    public void Salt_seal_workload_and_beacon_each_change_the_draw()
    {
        chain.NewValidators(12);
        Seal();
        var slot = chain.State.FindWorkload(id);
        var before = Draws(20, 3);
        Changes(() => chain.State.Workloads.Write(slot).Salt = chain.Unique("other", 1));
        Changes(() => chain.State.Validations.Write(chain.State.Workloads[slot].Validation - 1).Seal = default);
        Changes(() => chain.State.Workloads.Write(slot).Id = new WorkloadId(77));

        void Changes(Action change)
        {
            change();
            var after = Draws(20, 3);
            Assert.NotEqual(before, after);
            before = after;
        }
    }

    private AgentRecord AgentOf(Actor agent) => chain.State.Agents[chain.Account(agent).Agent - 1];

    private void Award(ValidationTerms? terms = null)
    {
        provider ??= chain.NewProvider(chain.People[3]);
        id = chain.AwardChecked(chain.People[4], provider, terms);
    }

    private void Seal(ValidationTerms? terms = null)
    {
        Award(terms);
        chain.Seal(provider!, id);
    }

    /// <summary>What as many beacon values would draw now.</summary>
    private List<List<AccountNumber>> Draws(int count, int asked)
    {
        var all = new List<List<AccountNumber>>();
        Span<(AccountNumber Validator, ServiceId Service)> drawn =
            stackalloc (AccountNumber Validator, ServiceId Service)[Seats.Length];
        for (ulong i = 0; i < (ulong)count; i++)
        {
            var found = Draw.Pick(chain.State, chain.State.FindWorkload(id), chain.Unique("beacon", i), drawn);
            Assert.InRange(found, 0, asked);
            all.Add([]);
            foreach (var (validator, _) in drawn[..found])
            {
                all[^1].Add(validator);
            }
        }

        return all;
    }
}
