using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;
using Aitbc.Simulation.Audit;
using Aitbc.Testing;

namespace Aitbc.Simulation.Tests.Audit;

/// <summary>Stops and releases, accounts and stakes: one falsified event a check, and what the auditor says.</summary>
public sealed class TamperedOversightTests
{
    private static readonly AccountNumber s_first = new(1);
    private static readonly AccountNumber s_last = new(6);

    private static readonly (
        string Name,
        Func<LedgerFixture, Tampered> Story,
        AuditCheck Check,
        string What,
        Action<Tampered> Falsify)[] s_all =
    [
        ("a release by who is no guardian", Stops, AuditCheck.Stop, "who stops or releases account",
            it => it.Change<ReleaseApproved>(one => one with { By = s_first })),
        ("a stop of the market by who is no council", Stops, AuditCheck.Stop, "who stops or releases Market",
            it => it.Change<MarketStopped>(one => one with { By = s_last }, IsOfMarket)),
        ("a release of the market by who is no council", Stops, AuditCheck.Stop, "who stops or releases Market",
            it => it.Change<MarketReleaseApproved>(one => one with { By = s_last })),
        ("a release of the market by too few", Stops, AuditCheck.Stop, "who agree to release Market",
            it => it.Drop<MarketReleaseApproved>()),
        ("a stop of another epoch", Stops, AuditCheck.Stop, "the epoch of a stop",
            it => it.Change<MarketStopped>(one => one with { Epoch = one.Epoch + 1 }, IsOfMarket)),
        ("an act while all is stopped", Stops, AuditCheck.Stop, "while it is stopped",
            it => it.MoveAfter(it.SeqOf<MarketStopped>(), it.SeqOfCommand<Transfer>())),
        ("a payload of an epoch that has not begun", Stops, AuditCheck.Stop, "the stop epoch of a payload",
            it => it.ChangePayload<Transfer>(epoch: 99)),
        ("another pause", Pause, AuditCheck.Work, "the time the node was away",
            it => it.Change<ResumedAfter>(one => new ResumedAfter(one.GapMs + 1))),
        ("what is turned away and journalled", Stops, AuditCheck.Form, "what is journalled",
            it => it.Change(it.SeqOfCommand<Transfer>(), entry => entry with { Outcome = Outcome.Expired })),
        ("a handled payload that is another", Stops, AuditCheck.Nonce, "the payload that is handled",
            it => it.Change<CommandHandled>(one => one with { DigestPrefix = 1 })),
        ("another outcome in the events", Stops, AuditCheck.Form, "the outcome in the events",
            it => it.Change<CommandHandled>(one => one with { Outcome = 100 })),
        ("a retirement by another than the owner", Retirement, AuditCheck.Command, "who retires account",
            it => it.ChangePayload<RetireAgent>(from: new LedgerFixture().People[5].Id)),
        ("a rest that goes to another", Retirement, AuditCheck.Command, "who retires account",
            it => it.Change<Moved>(one => one with { To = s_first }, IsRest)),
        ("a rest that is not all", Retirement, AuditCheck.Command, "the rest of account",
            it => it.Change<Moved>(one => one with { Amount = one.Amount - new TokenAmount(1) }, IsRest)),
        ("another number of a new account", Retirement, AuditCheck.Form, "the number of a new account",
            it => it.Change<AccountOpened>(one => one with { Number = new AccountNumber(99) })),
        ("a new member of the council", Retirement, AuditCheck.Form, "a new account",
            it => it.Change<AccountOpened>(one => one with { Council = 1 })),
        ("an account that was not opened", Retirement, AuditCheck.Books, "the number of accounts",
            it => it.Drop<AccountOpened>()),
        ("an agent of another owner", Retirement, AuditCheck.Form, "the owner of the new agent",
            it => it.Change<AgentRegistered>(one => one with { Owner = s_first })),
        ("an agent that is registered twice", Retirement, AuditCheck.Form, "the owner of the new agent",
            it => it.Double<AgentRegistered>()),
        ("a journal that ends early", Retirement, AuditCheck.Books, "the state's last entry",
            it => it.Remove(it.SeqOfCommand<RetireAgent>())),
        ("another end of an unbonding", Unbonding, AuditCheck.Hold, "the end of unbonding 1, ms,",
            it => it.Change<UnbondingStarted>(one => one with { DueMs = one.DueMs + 1 })),
        ("an unbonding of another", Unbonding, AuditCheck.Hold, "the end of unbonding 1 of account",
            it => it.Change<UnbondingFinished>(one => one with { Account = s_first })),
        ("an unbonding that never began", Unbonding, AuditCheck.Hold, "the end of unbonding 77 of account",
            it => it.Change<UnbondingFinished>(_ => new UnbondingFinished(77, default))),
        ("an unbonding that does not come back", Unbonding, AuditCheck.Hold, "what is left of unbonding 1",
            it => it.Drop<Moved>(one => one.Reason == MoveReason.Unbonded)),
    ];

    /// <summary>Their names.</summary>
    public static TheoryData<string> Names => [.. s_all.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_was_falsified_is_found(string name)
    {
        var (_, story, check, what, falsify) = s_all.Single(one => one.Name == name);
        var tampered = story(new LedgerFixture());
        falsify(tampered);
        tampered.AssertFinds(check, what);
    }

    private static bool IsOfMarket(MarketStopped stopped) => stopped.Scope == StopScope.Market;

    private static bool IsRest(Moved moved) => moved.Reason == MoveReason.Retirement;

    /// <summary>Stops that are free, stops that are not, and releases; all is stopped in the end.</summary>
    private static Tampered Stops(LedgerFixture chain)
    {
        var guardians = chain.People.Skip(3).Take(2).ToArray();
        var agent = chain.NewAgent(guardians[0], null, guardians, threshold: 2);
        Assert.Equal(Outcome.NotAuthorised, chain.Send(chain.People[5], new StopAgent(agent.Id)).Outcome);
        chain.Do(guardians[0], new StopAgent(agent.Id));
        chain.Do(guardians[0], new StopAgent(agent.Id));
        chain.Do(guardians[0], new ReleaseAgent(agent.Id));
        chain.Do(guardians[0], new StopAgent(agent.Id));
        chain.Do(guardians[0], new ReleaseAgent(agent.Id));
        chain.Do(guardians[1], new ReleaseAgent(agent.Id));
        var stop = new StopMarket(StopScope.Market);
        Assert.Equal(Outcome.NotAuthorised, chain.Send(chain.People[5], stop).Outcome);
        chain.Do(chain.People[0], stop);
        chain.Do(chain.People[0], stop);
        chain.Do(chain.People[0], new ReleaseMarket(StopScope.Market));
        chain.Do(chain.People[0], stop);
        chain.Do(chain.People[0], new ReleaseMarket(StopScope.Market));
        chain.Do(chain.People[1], new ReleaseMarket(StopScope.Market));
        chain.Do(chain.People[5], new Transfer(chain.People[4].Id, TokenAmount.OneToken));
        chain.Do(chain.People[0], new StopMarket(StopScope.All));
        return new Tampered(chain);
    }

    private static Tampered Pause(LedgerFixture chain)
    {
        chain.Advance(Duration.FromMinutes(1));
        chain.Now += Duration.FromHours(1);
        chain.Input(new Resumed());
        return new Tampered(chain);
    }

    private static Tampered Retirement(LedgerFixture chain)
    {
        var agent = chain.NewAgent(chain.People[3]);
        chain.Do(chain.People[3], new RetireAgent(agent.Id));
        return new Tampered(chain);
    }

    private static Tampered Unbonding(LedgerFixture chain)
    {
        chain.Do(chain.People[3], new DepositStake(TokenAmount.FromTokens(5)));
        chain.Do(chain.People[3], new WithdrawStake(TokenAmount.FromTokens(5)));
        chain.Advance(Duration.FromDays(8));
        return new Tampered(chain);
    }
}
