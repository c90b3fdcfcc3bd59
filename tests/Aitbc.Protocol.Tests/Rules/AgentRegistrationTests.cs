using Aitbc.Protocol.Identity;

namespace Aitbc.Protocol.Tests.Rules;

/// <summary>Who may guard an agent, what it may state, and whose keys are whose.</summary>
public sealed class AgentRegistrationTests
{
    private readonly LedgerFixture chain = new(1, new ChainShape { People = 14 });

    private Actor Owner => chain.People[3];

    [Theory]
    [InlineData(0, 0, Outcome.BadGuardians)]
    [InlineData(0, 1, Outcome.BadGuardians)]
    [InlineData(1, -1, Outcome.BadGuardians)]
    [InlineData(1, 0, Outcome.BadGuardians)]
    [InlineData(1, 1, Outcome.Applied)]
    [InlineData(1, 2, Outcome.BadGuardians)]
    [InlineData(3, 3, Outcome.Applied)]
    [InlineData(3, 4, Outcome.BadGuardians)]
    [InlineData(8, 0, Outcome.BadGuardians)]
    [InlineData(8, 8, Outcome.Applied)]
    [InlineData(8, 9, Outcome.BadGuardians)]
    [InlineData(9, 1, Outcome.BadGuardians)]
    [InlineData(9, 9, Outcome.BadGuardians)]
    public void One_to_eight_guardians_guard_an_agent_and_one_to_all_of_them_release_it(
        int count, int threshold, Outcome outcome)
    {
        var guardians = chain.People.Skip(4).Take(count).ToList();
        AssertRegistration(outcome, chain.Registration(chain.NewActor("new"), null, guardians, threshold));
    }

    [Fact]
    public void An_unknown_guardian_is_refused_wherever_it_stands() =>
        AssertSecondGuardian(chain.NewActor("nobody").Id, Outcome.BadGuardians);

    [Fact]
    public void A_guardian_counts_once() => AssertSecondGuardian(chain.People[4].Id, Outcome.BadGuardians);

    [Fact]
    public void An_agent_guards_no_agent() =>
        AssertSecondGuardian(chain.NewAgent(chain.People[5]).Id, Outcome.BadGuardians);

    [Fact]
    public void A_person_with_an_account_may_stand_second() =>
        AssertSecondGuardian(chain.People[5].Id, Outcome.Applied);

    [Fact]
    public void An_agent_cannot_guard_itself()
    {
        var agent = chain.NewActor("new");
        AssertRegistration(
            Outcome.BadGuardians, chain.Registration(agent, guardians: [Owner]) with { Guardians = [agent.Id] });
    }

    [Theory]
    [InlineData(0, Outcome.Applied)]
    [InlineData(4, Outcome.Applied)]
    [InlineData(5, Outcome.BadTerms)]
    [InlineData(9, Outcome.BadTerms)]
    public void An_agent_states_up_to_four_capabilities(int count, Outcome outcome)
    {
        var labels = Enumerable.Range(0, count).Select(i => Label.Parse($"work.{i}")).ToArray();
        var registration = chain.Registration(chain.NewActor("new"), guardians: [Owner]);
        AssertRegistration(outcome, registration with { Capabilities = labels });
        if (outcome == Outcome.Applied)
        {
            var agent = chain.State.Agents[chain.State.Agents.Count - 1];
            Assert.Equal(count, agent.CapabilityCount);
            Assert.Equal(labels, Enumerable.Range(0, count).Select(i => agent.Capabilities[i]));
        }
    }

    [Theory]
    [InlineData(0, Outcome.BadTerms)]
    [InlineData((int)AgentKind.Inference, Outcome.Applied)]
    [InlineData((int)AgentKind.Requester, Outcome.Applied)]
    [InlineData((int)AgentKind.Requester + 1, Outcome.BadTerms)]
    public void An_agent_is_of_a_known_kind(int kind, Outcome outcome) => AssertRegistration(
        outcome, chain.Registration(chain.NewActor("new"), guardians: [Owner]) with { AgentKind = (AgentKind)kind });

    [Fact]
    public void A_key_of_an_account_is_not_added_to_it_again_be_it_the_first_or_a_later_one()
    {
        // The first person of genesis too, whose key stands in the first slot of all.
        foreach (var person in new[] { chain.People[0], Owner })
        {
            var (first, second) = (person.Key.Public, chain.NewKey().Public);
            chain.Do(person, new AddKey(second, null));
            Assert.Equal(Outcome.KeySetFull, chain.Send(person, new AddKey(first, null)).Outcome);
            Assert.Equal(Outcome.KeySetFull, chain.Send(person, new AddKey(second, null)).Outcome);
            Assert.Equal(2, chain.Account(person).KeyCount);
        }
    }

    [Fact]
    public void The_key_of_another_account_begins_no_account()
    {
        var other = chain.People[4].Key.Public;
        Assert.Equal(
            Outcome.AccountExists, chain.Send(Owner, new OpenAccount(other, null, TokenAmount.OneToken)).Outcome);
        AssertRegistration(
            Outcome.AccountExists, chain.Registration(chain.People[4], guardians: [Owner]));
    }

    private void AssertSecondGuardian(AccountId second, Outcome outcome)
    {
        var registration = chain.Registration(chain.NewActor("new"), guardians: [chain.People[4]]);
        AssertRegistration(outcome, registration with { Guardians = [chain.People[4].Id, second] });
    }

    /// <summary>What is refused makes no account and no agent, and moves nothing but gas.</summary>
    private void AssertRegistration(Outcome outcome, RegisterAgent registration)
    {
        var (accounts, agents) = (chain.State.Accounts.Live, chain.State.Agents.Live);
        var keys = chain.State.Keys.Live;
        var paid = chain.Account(Owner).Available;
        Assert.Equal(outcome, chain.Send(Owner, registration).Outcome);
        paid -= chain.Account(Owner).Available;
        var made = outcome == Outcome.Applied ? 1 : 0;
        Assert.Equal(
            (accounts + made, agents + made, keys + made),
            (chain.State.Accounts.Live, chain.State.Agents.Live, chain.State.Keys.Live));
        Assert.Equal(made == 1, paid >= registration.Deposit);
    }
}
