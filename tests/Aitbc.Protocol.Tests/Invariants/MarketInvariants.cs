using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Protocol.Tests.Invariants;

/// <summary>What holds for every workload, and for those who stop them.</summary>
public sealed class MarketInvariants
{
    private readonly LedgerFixture chain = new();

    private Actor Client => chain.People[4];

    [Fact]
    public void Invariant_I6_OnlyTheAwardedProviderCanSubmit()
    {
        var winner = chain.NewProvider(chain.People[3]);
        var other = chain.NewProvider(chain.People[5]);
        var id = chain.Award(Client, winner);
        chain.Do(winner.Agent, new StartWork(id));
        var result = chain.Blob(other.Agent);
        foreach (var actor in new[] { other.Agent, Client, chain.People[3] })
        {
            Assert.Equal(Outcome.NotAuthorised, chain.Send(actor, new SubmitWork(id, result, 1_000_000)).Outcome);
        }

        Assert.Equal(Outcome.Applied, chain.Send(winner.Agent, new SubmitWork(id, result, 1_000_000)).Outcome);
    }

    [Fact]
    public void Invariant_I8_ABatchIsAllOrNothing()
    {
        var (from, to) = (chain.People[0], chain.People[1]);
        var before = chain.Account(to).Available;
        var one = new Transfer(to.Id, TokenAmount.OneToken);
        var refused = chain.Send(from, one, one, one with { Amount = TokenAmount.FromTokens(900_000_000) });
        Assert.Equal((Outcome.InsufficientFunds, 2), (refused.Outcome, refused.FailedAt));
        Assert.Equal(before, chain.Account(to).Available);
        Assert.Equal(Outcome.Applied, chain.Send(from, one, one, one).Outcome);
        Assert.Equal(before + TokenAmount.FromTokens(3), chain.Account(to).Available);
    }

    [Theory]
    [InlineData(101)]
    [InlineData(102)]
    public void Invariant_I10_NoRolling24HoursPassTheDailyVolume(ulong seed)
    {
        var cap = TokenAmount.FromTokens(100);
        var agent = chain.NewAgent(chain.People[2], Constitutions.Wide with
        {
            MaxDailyVolume = cap,
            MaxValuePerAction = TokenAmount.FromTokens(40),
        });
        var random = new SeededRandom(seed);
        var spent = new List<(long AtMs, UInt128 Amount)>();
        for (var i = 0; i < 2_000; i++)
        {
            chain.Advance(new Duration(random.NextInt32(3 * 60 * 60 * 1000)));
            var amount = TokenAmount.FromTokens((ulong)random.NextInt32(40) + 1);
            var result = chain.Send(agent, new Transfer(chain.People[1].Id, amount));
            if (result.Outcome == Outcome.Applied)
            {
                spent.Add((chain.Now.UnixMs, amount.BaseUnits));
            }
        }

        Assert.True(spent.Count > 100);
        foreach (var (atMs, _) in spent)
        {
            const long DayMs = 24 * 60 * 60 * 1000;
            var window = spent.Where(one => one.AtMs > atMs - DayMs && one.AtMs <= atMs)
                .Aggregate(UInt128.Zero, (sum, one) => sum + one.Amount);
            Assert.True(window <= cap.BaseUnits, $"{window} base units in 24 h before {atMs}, seed {seed}");
        }
    }

    [Fact]
    public void Invariant_I11_NothingSignedBeforeAStopTakesEffectAlsoAfterTheRelease()
    {
        var owner = chain.People[2];
        var agent = chain.NewAgent(owner);
        var early = chain.Payload(agent, new Transfer(owner.Id, TokenAmount.OneToken));
        chain.Do(owner, new StopAgent(agent.Id));
        Assert.Equal(Outcome.Stopped, chain.Submit(early).Outcome);
        chain.Do(owner, new ReleaseAgent(agent.Id));
        Assert.Equal(Outcome.StaleEpoch, chain.Submit(early).Outcome);
        Assert.Equal(Outcome.Applied, chain.Send(agent, new Transfer(owner.Id, TokenAmount.OneToken)).Outcome);
    }

    [Fact]
    public void Invariant_I12_AWeeksPauseMissesNoWorkDeadlineAndRefillsNoCapEarly()
    {
        var provider = chain.NewProvider(chain.People[3]);
        var id = chain.Award(Client, provider);
        var left = chain.Workload(id).DeadlineMs - chain.State.MarketNowMs;
        var agent = chain.NewAgent(chain.People[2], Constitutions.Wide with
        {
            MaxDailyVolume = TokenAmount.FromTokens(10),
            MaxValuePerAction = TokenAmount.FromTokens(10),
        });
        var all = new Transfer(chain.People[1].Id, TokenAmount.FromTokens(10));
        chain.Do(agent, all);
        chain.Now += Duration.FromHours(23);
        chain.Input(new Resumed());
        Assert.Equal(Outcome.VolumeLimit, chain.Send(agent, all).Outcome);
        chain.Now += Duration.FromDays(7);
        chain.Input(new Resumed());
        Assert.Equal(left, chain.Workload(id).DeadlineMs - chain.State.MarketNowMs);
        Assert.Equal(Outcome.Applied, chain.Send(agent, all).Outcome);
        chain.Deliver(provider, id);
    }

    [Fact]
    public void Invariant_I13_ThePriceEqualsTheSecondScoreAndLiesBetweenAskAndMaximum()
    {
        Provider[] bidders = [chain.NewProvider(chain.People[3]), chain.NewProvider(chain.People[5])];
        var id = chain.Post(Client);
        chain.Bid(bidders[0], id, TokenAmount.FromTokens(30));
        chain.Bid(bidders[1], id, TokenAmount.FromTokens(70));
        chain.Open(id, bidders);
        chain.PassDeadline(id);
        Assert.Equal(TokenAmount.FromTokens(70), chain.Workload(id).Price);

        // Alone, the maximum is the price.
        var alone = chain.Award(Client, bidders[1]);
        Assert.Equal(chain.Workload(alone).MaxPrice, chain.Workload(alone).Price);
    }

    [Fact]
    public void Invariant_I14_AMissingProviderLosesItsJobBondToTheClient()
    {
        var provider = chain.NewProvider(chain.People[3]);
        var before = chain.Account(provider.Agent).Total;
        var id = chain.Award(Client, provider);
        var bond = chain.Workload(id).JobBond;
        var client = chain.Account(Client);
        chain.PassDeadline(id);
        Assert.False(chain.IsLive(id));
        Assert.Equal(client.Total + bond, chain.Account(Client).Total);
        Assert.True(chain.Account(provider.Agent).Total + bond <= before);
        Assert.Equal(TokenAmount.Zero, chain.Account(Client).Escrow);
    }

    [Fact]
    public void Invariant_I15_ASilentClientPaysForWhatWasDelivered()
    {
        var provider = chain.NewProvider(chain.People[3]);
        var id = chain.Award(Client, provider);
        chain.Deliver(provider, id);
        var price = chain.Workload(id).Price;
        var bond = chain.Workload(id).JobBond;
        var before = chain.Account(provider.Agent).Available;
        chain.PassDeadline(id);
        Assert.False(chain.IsLive(id));
        Assert.Equal(before + price + bond, chain.Account(provider.Agent).Available);
    }

    [Fact]
    public void Invariant_I16_ABidThatIsNotOpenedLosesItsBidBondAndNothingMore()
    {
        Provider[] bidders = [chain.NewProvider(chain.People[3]), chain.NewProvider(chain.People[5])];
        var id = chain.Post(Client);
        chain.Bid(bidders[0], id, TokenAmount.FromTokens(30));
        chain.Bid(bidders[1], id, TokenAmount.FromTokens(20));
        var before = chain.Account(bidders[1].Agent).Total;
        chain.Open(id, bidders[0]);
        chain.PassDeadline(id);
        var account = chain.Account(bidders[1].Agent);
        Assert.Equal(before - chain.State.Parameters.BidBond, account.Total);
        Assert.Equal(TokenAmount.Zero, account.Bond);
    }

    [Fact]
    public void Invariant_I17_FinishedWorkLeavesNothingBehind()
    {
        var provider = chain.NewProvider(chain.People[3]);
        for (var i = 0; i < 5; i++)
        {
            var id = chain.Award(Client, provider);
            chain.Deliver(provider, id);
            chain.Do(Client, new AcceptWork(id));
        }

        Assert.Equal((0, 0), (chain.State.Workloads.Live, chain.State.Bids.Live));
        Assert.Equal(TokenAmount.Zero, chain.Account(provider.Agent).Bond);
        Assert.Equal(TokenAmount.Zero, chain.Account(Client).Escrow);
        Assert.Equal(1, chain.State.Workloads.Count);
    }
}
