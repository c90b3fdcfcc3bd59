using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;
using Aitbc.Simulation.Audit;
using Aitbc.Testing;

namespace Aitbc.Simulation.Tests.Audit;

/// <summary>Limits and stops: what is passed by one falsified event, and what the auditor says.</summary>
public sealed class TamperedBoundsTests
{
    private readonly LedgerFixture chain = new();

    private Actor Owner => chain.People[3];

    private Actor Payee => chain.People[4];

    [Fact]
    public void A_passed_daily_volume_is_found()
    {
        var (agent, tampered) = Paid(10, 10);
        Tighten(tampered, limits => limits with { MaxDailyVolume = TokenAmount.FromTokens(19) });

        tampered.AssertFinds(
            tampered.SeqOfCommand<Transfer>(), AuditCheck.DailyVolume, $"the value of account {agent} in 24 h",
            $"at most {Tampered.Tokens(19)}", Tampered.Tokens(20));
    }

    [Fact]
    public void A_bucket_that_has_not_left_whole_still_counts()
    {
        var limits = Constitutions.Wide with
        {
            MaxDailyVolume = TokenAmount.FromTokens(10),
            MaxValuePerAction = TokenAmount.FromTokens(10),
        };
        var agent = chain.NewAgent(Owner, limits);
        chain.Do(agent, new Transfer(Payee.Id, TokenAmount.FromTokens(10)));
        chain.Now += Duration.FromHours(24) + Duration.FromMinutes(15);
        chain.Do(agent, new Transfer(Payee.Id, TokenAmount.FromTokens(10)));
        var tampered = new Tampered(chain);
        var seq = tampered.SeqOfCommand<Transfer>();
        var earlier = new Timestamp(chain.Now.UnixMs - 1);
        tampered.Change(seq, entry => entry with { Header = entry.Header with { Time = earlier } });

        tampered.AssertFinds(
            seq, AuditCheck.DailyVolume, $"the value of account {chain.Number(agent)} in 24 h",
            $"at most {Tampered.Tokens(10)}", Tampered.Tokens(20));
    }

    [Fact]
    public void Value_that_was_not_reserved_is_found()
    {
        var (agent, tampered) = Paid(10);
        var seq = tampered.Drop<LimitReserved>();

        tampered.AssertFinds(
            seq, AuditCheck.DailyVolume, $"what account {agent} put at risk unreserved", "0", Tampered.Tokens(10));
    }

    [Fact]
    public void Less_reserved_than_moved_is_found()
    {
        var (agent, tampered) = Paid(10);
        var seq = tampered.Change<LimitReserved>(
            reserved => reserved with { Amount = TokenAmount.FromTokens(9) });

        tampered.AssertFinds(
            seq, AuditCheck.DailyVolume, $"what is reserved for account {agent}", Tampered.Tokens(10),
            Tampered.Tokens(9));
    }

    [Fact]
    public void A_passed_value_of_one_action_is_found()
    {
        var (agent, tampered) = Paid(9, 10);
        Tighten(tampered, limits => limits with { MaxValuePerAction = TokenAmount.FromTokens(9) });

        tampered.AssertFinds(
            tampered.SeqOfCommand<Transfer>(), AuditCheck.ActionValue, $"the value of one action of account {agent}",
            $"at most {Tampered.Tokens(9)}", Tampered.Tokens(10));
    }

    [Fact]
    public void Passed_daily_gas_is_found()
    {
        var (agent, tampered) = Paid(1, 1);
        Tighten(tampered, limits => limits with { MaxGasPerDay = TokenAmount.FromBaseUnits(3_999_999_999_999_999) });

        tampered.AssertFinds(
            tampered.SeqOfCommand<Transfer>(), AuditCheck.DailyGas, $"the gas of account {agent} in 24 h",
            "at most 3999999999999999", "4000000000000000");
    }

    [Fact]
    public void A_passed_stake_is_found()
    {
        var agent = chain.NewAgent(Owner);
        chain.Do(agent, new DepositStake(TokenAmount.FromTokens(6)));
        chain.Do(agent, new DepositStake(TokenAmount.FromTokens(6)));
        var tampered = new Tampered(chain);
        Tighten(tampered, limits => limits with { MaxStake = TokenAmount.FromTokens(11) });

        tampered.AssertFinds(
            tampered.SeqOfCommand<DepositStake>(), AuditCheck.Stake, $"the stake of account {chain.Number(agent)}",
            $"at most {Tampered.Tokens(11)}", Tampered.Tokens(12));
    }

    [Fact]
    public void An_act_after_a_stop_is_found()
    {
        var (agent, tampered) = PaidAndStopped();
        var seq = tampered.MoveAfter(tampered.SeqOfCommand<Transfer>(), tampered.SeqOf<AgentStopped>());

        tampered.AssertFinds(
            seq, AuditCheck.Stop, $"a payload of account {agent} while it is stopped", "turned away", "journalled");
        tampered.AssertFinds(
            seq, AuditCheck.Stop, $"a new debit (Transfer) of account {agent} while it is stopped", "none",
            Tampered.Tokens(10));
    }

    [Fact]
    public void An_act_signed_before_a_stop_is_found_after_the_release()
    {
        var (agent, tampered) = PaidAndStopped();
        var seq = tampered.MoveAfter(tampered.SeqOfCommand<Transfer>(), tampered.SeqOf<AgentReleased>());

        tampered.AssertFinds(
            seq, AuditCheck.Stop, $"the stop epoch of a payload of account {agent}", "at least 1", "0");
    }

    [Fact]
    public void An_act_after_a_stop_of_the_market_is_found()
    {
        chain.Do(chain.People[0], new StopMarket(StopScope.Market));
        var client = chain.People[4];
        chain.Do(chain.People[0], new ReleaseMarket(StopScope.Market));
        chain.Do(chain.People[1], new ReleaseMarket(StopScope.Market));
        var id = chain.Post(client);
        chain.Do(client, new CancelWorkload(id));
        var tampered = new Tampered(chain);
        var seq = tampered.SeqOf<MarketReleased>();
        tampered.Drop<MarketReleased>();

        tampered.AssertFinds(
            tampered.SeqOfCommand<PostWorkload>(), AuditCheck.Stop, "a workload of account #5 while it is stopped",
            "none", "one");
        Assert.True(seq < tampered.SeqOfCommand<PostWorkload>());
    }

    [Fact]
    public void A_release_by_too_few_is_found()
    {
        var agent = chain.NewAgent(Owner, null, [Owner, Payee], threshold: 2);
        chain.Do(Owner, new StopAgent(agent.Id));
        chain.Do(Owner, new ReleaseAgent(agent.Id));
        chain.Do(Payee, new ReleaseAgent(agent.Id));
        var tampered = new Tampered(chain);
        var first = tampered.Drop<ReleaseApproved>(approved => approved.By == chain.Number(Owner));

        tampered.AssertFinds(
            first + 1, AuditCheck.Stop, $"who agree to release account {chain.Number(agent)}", "2 or more", "1");
    }

    [Fact]
    public void A_stop_by_another_than_a_guardian_is_found()
    {
        var (agent, tampered) = PaidAndStopped();
        var seq = tampered.Change<AgentStopped>(stopped => stopped with { By = chain.Number(Payee) });

        tampered.AssertFinds(
            seq, AuditCheck.Stop, $"who stops or releases account {agent}", "one who may", "account #5");
    }

    [Fact]
    public void An_award_to_a_bid_from_before_a_stop_is_found()
    {
        var provider = chain.NewProvider(Owner);
        chain.Do(Owner, new StopAgent(provider.Agent.Id));
        chain.Do(Owner, new ReleaseAgent(provider.Agent.Id));
        chain.Do(provider.Agent, new UpdateService(provider.Service, LedgerFixture.ServiceTerms));
        chain.Award(Payee, provider);
        var tampered = new Tampered(chain);
        var seq = tampered.Change<BidPlaced>(placed => placed with { Epoch = 0 });

        tampered.AssertFinds(seq, AuditCheck.Stop, "the stop epoch of a bid", "its payload's 1", "0");
        tampered.AssertFinds(
            tampered.SeqOf<WorkloadAwarded>(), AuditCheck.Stop,
            $"the stop epoch of an awarded bid of account {chain.Number(provider.Agent)}", "at least 1", "0");
    }

    private static void Tighten(Tampered tampered, Func<ConstitutionRecord, ConstitutionRecord> change) =>
        tampered.Change<AgentRegistered>(
            registered => registered with { Constitution = change(registered.Constitution) });

    private (AccountNumber Agent, Tampered Tampered) Paid(params ulong[] tokens)
    {
        var agent = chain.NewAgent(Owner);
        foreach (var count in tokens)
        {
            chain.Do(agent, new Transfer(Payee.Id, TokenAmount.FromTokens(count)));
        }

        return (chain.Number(agent), new Tampered(chain));
    }

    private (AccountNumber Agent, Tampered Tampered) PaidAndStopped()
    {
        var agent = chain.NewAgent(Owner);
        chain.Do(agent, new Transfer(Payee.Id, TokenAmount.FromTokens(10)));
        chain.Do(Owner, new StopAgent(agent.Id));
        chain.Do(Owner, new ReleaseAgent(agent.Id));
        return (chain.Number(agent), new Tampered(chain));
    }
}
