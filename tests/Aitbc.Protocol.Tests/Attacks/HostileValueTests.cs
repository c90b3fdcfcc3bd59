using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Staking;

namespace Aitbc.Protocol.Tests.Attacks;

/// <summary>Whatever stands in a payload is refused, never thrown at: amounts up to 2^127 - 1 in every field.</summary>
public sealed class HostileValueTests
{
    private static readonly TokenAmount Most = TokenAmount.MaxSupply;

    [Fact]
    public void Transfer_OfTheLargestAmount_IsRefused()
    {
        var chain = new LedgerFixture();
        var result = chain.Send(chain.People[0], new Transfer(chain.People[1].Id, Most));
        Assert.Equal(Outcome.InsufficientFunds, result.Outcome);
    }

    [Fact]
    public void Deposits_OfTheLargestAmount_AreRefused()
    {
        var chain = new LedgerFixture();
        var person = chain.People[0];
        var registration = chain.Registration(chain.NewActor("x"), guardians: [person]) with { Deposit = Most };
        Command[] commands =
        [
            new DepositStake(Most),
            new WithdrawStake(Most),
            new OpenAccount(chain.NewKey().Public, null, Most),
            registration,
        ];
        Assert.All(commands, command =>
            Assert.Equal(Outcome.InsufficientFunds, chain.Send(person, command).Outcome));
    }

    [Fact]
    public void An_agent_without_limits_meets_no_overflow_once_it_has_spent()
    {
        var chain = new LedgerFixture();
        var agent = chain.NewAgent(chain.People[3], Constitutions.Wide with
        {
            MaxDailyVolume = Most,
            MaxValuePerAction = Most,
            MaxStake = Most,
        });
        var payee = chain.People[0].Id;
        chain.Do(agent, new Transfer(payee, TokenAmount.OneToken));
        chain.Do(agent, new DepositStake(TokenAmount.OneToken));
        Assert.Equal(Outcome.VolumeLimit, chain.Send(agent, new Transfer(payee, Most)).Outcome);
        Assert.Equal(Outcome.StakeLimit, chain.Send(agent, new DepositStake(Most)).Outcome);
    }

    [Fact]
    public void To_look_ahead_over_malformed_payloads_changes_nothing()
    {
        var chain = new LedgerFixture();
        ClientPayload[] coming = [.. Enumerable.Range(0, 32).Select(_ => chain.Payload(chain.People[0], []))];
        var before = chain.State.ComputeHash();
        for (var next = 0; next < coming.Length; next++)
        {
            chain.Ledger.LookAhead(coming, next);
        }

        Assert.Equal(before, chain.State.ComputeHash());
    }
}
