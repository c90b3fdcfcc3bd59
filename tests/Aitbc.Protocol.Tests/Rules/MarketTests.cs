using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;

namespace Aitbc.Protocol.Tests.Rules;

/// <summary>The edges of the market's own rules.</summary>
public sealed class MarketTests
{
    private readonly LedgerFixture chain = new();

    private Actor Client => chain.People[0];

    public static TheoryData<string, bool, Func<PostWorkload, PostWorkload>> Postings => new()
    {
        { "no price", false, post => post with { MaxPrice = TokenAmount.Zero, JobBond = TokenAmount.Zero } },
        { "least price", true, post => post with { MaxPrice = new TokenAmount(1), JobBond = new TokenAmount(1) } },
        { "least bond", true, post => post with { JobBond = TokenAmount.FromTokens(10) } },
        { "bond too small", false, post => post with { JobBond = TokenAmount.FromTokens(10) - new TokenAmount(1) } },
        { "largest bond", true, post => post with { JobBond = Genesis.MaxSupply } },
        { "bond too large", false, post => post with { JobBond = Genesis.MaxSupply + new TokenAmount(1) } },
        { "no units", false, post => post with { Units = 0 } },
        { "one unit", true, post => post with { Units = 1 } },
        { "all right", true, post => post with { MinQualityPpm = 1_000_000 } },
        { "more than all", false, post => post with { MinQualityPpm = 1_000_001 } },
        { "another mode", false, post => post with { Mode = (VerificationMode)1 } },
        { "no capability", false, post => post with { Capability = default } },
        { "short bids", false, post => post with { BidWindowMs = 99 } },
        { "shortest bids", true, post => post with { BidWindowMs = 100 } },
        { "short openings", false, post => post with { OpenWindowMs = 99 } },
        { "short work", false, post => post with { WorkWindowMs = 99 } },
        { "short acceptance", false, post => post with { AcceptWindowMs = 99 } },
        { "longest acceptance", true, post => post with { AcceptWindowMs = 604_800_000 } },
        { "long bids", false, post => post with { BidWindowMs = 604_800_001 } },
        { "long openings", false, post => post with { OpenWindowMs = 604_800_001 } },
        { "long work", false, post => post with { WorkWindowMs = 604_800_001 } },
        { "long acceptance", false, post => post with { AcceptWindowMs = 604_800_001 } },
    };

    public static TheoryData<string, bool, Func<ServiceTerms, ServiceTerms>> Services => new()
    {
        { "no capacity", false, terms => terms with { MaxCapacity = 0 } },
        { "least capacity", true, terms => terms with { MaxCapacity = 1 } },
        { "most capacity", true, terms => terms with { MaxCapacity = 1_000_000 } },
        { "more capacity", false, terms => terms with { MaxCapacity = 1_000_001 } },
        { "all right", true, terms => terms with { MinAccuracyPpm = 1_000_000 } },
        { "more than all", false, terms => terms with { MinAccuracyPpm = 1_000_001 } },
        { "no name", false, terms => terms with { Name = default } },
        { "highest price", true, terms => terms with { PricePerUnit = Genesis.MaxSupply } },
        { "too dear", false, terms => terms with { PricePerUnit = Genesis.MaxSupply + new TokenAmount(1) } },
    };

    [Theory]
    [MemberData(nameof(Postings))]
    public void A_workload_is_posted_within_its_bounds(
        string edge, bool isSound, Func<PostWorkload, PostWorkload> change) => Assert.True(
        (isSound ? Outcome.Applied : Outcome.BadTerms) == chain.Send(Client, change(chain.Posting(Client))).Outcome,
        edge);

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_is_listed_and_changed_within_its_bounds(
        string edge, bool isSound, Func<ServiceTerms, ServiceTerms> change)
    {
        var provider = chain.NewProvider(chain.People[3]);
        var terms = change(LedgerFixture.ServiceTerms);
        var expected = isSound ? Outcome.Applied : Outcome.BadTerms;
        Assert.True(expected == chain.Send(provider.Agent, new ListService(terms)).Outcome, edge);
        Assert.True(
            expected == chain.Send(provider.Agent, new UpdateService(provider.Service, terms)).Outcome, edge);
    }

    [Fact]
    public void An_update_is_what_the_service_offers_from_then_on()
    {
        var provider = chain.NewProvider(chain.People[3]);
        var hash = chain.Unique("model", 1);
        var terms = new ServiceTerms(
            Label.Parse("other"), LedgerFixture.Capability, TokenAmount.FromTokens(2), 5, hash, 900_000);
        chain.Do(provider.Agent, new UpdateService(provider.Service, terms));
        var service = chain.State.Services[chain.State.FindService(provider.Service)];
        Assert.Equal(
            (terms.Name, terms.PricePerUnit, terms.MaxCapacity, terms.ModelHash, terms.MinAccuracyPpm),
            (service.Name, service.PricePerUnit, service.MaxCapacity, service.ModelHash, service.MinAccuracyPpm));
        var other = terms with { Capability = Label.Parse("other.work") };
        Assert.Equal(
            Outcome.BadTerms, chain.Send(provider.Agent, new UpdateService(provider.Service, other)).Outcome);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_client_cancels_until_bidding_closes(int bids)
    {
        var provider = chain.NewProvider(chain.People[3]);
        var before = chain.Account(provider.Agent).Total;
        var id = chain.Post(Client);
        if (bids > 0)
        {
            chain.Bid(provider, id, TokenAmount.OneToken);
        }

        var escrow = chain.Account(Client).Escrow;
        chain.Do(Client, new CancelWorkload(id));
        Assert.False(chain.IsLive(id));
        Assert.Equal(escrow - TokenAmount.FromTokens(100), chain.Account(Client).Escrow);
        Assert.Equal(TokenAmount.Zero, chain.Account(provider.Agent).Bond);
        Assert.True(before - chain.Account(provider.Agent).Total < chain.State.Parameters.BidBond);
        var closed = chain.Post(Client);
        chain.Bid(provider, closed, TokenAmount.OneToken);
        chain.Open(closed, provider);
        Assert.Equal(Outcome.WrongPhase, chain.Send(Client, new CancelWorkload(closed)).Outcome);
    }

    [Fact]
    public void Work_below_the_least_quality_is_a_fault_and_at_it_is_not()
    {
        var provider = chain.NewProvider(chain.People[3]);
        var good = chain.Award(Client, provider, post => post with { MinQualityPpm = 900_000 });
        chain.Deliver(provider, good, 900_000);
        Assert.True(chain.IsLive(good));
        chain.Do(Client, new AcceptWork(good));
        var bad = chain.Award(Client, provider, post => post with { MinQualityPpm = 900_000 });
        var (client, bond) = (chain.Account(Client), chain.Workload(bad).JobBond);
        chain.Deliver(provider, bad, 899_999);
        Assert.False(chain.IsLive(bad));
        Assert.Equal(client.Total + bond, chain.Account(Client).Total);
        var agent = chain.State.Agents[chain.Account(provider.Agent).Agent - 1];
        Assert.Equal((1u, 1u), (agent.JobsSettled, agent.JobsFaulted));
    }

    [Fact]
    public void A_record_counts_silence_of_the_client_as_settled_and_of_the_provider_as_fault()
    {
        var provider = chain.NewProvider(chain.People[3]);
        var delivered = chain.Award(Client, provider);
        chain.Deliver(provider, delivered);
        chain.PassDeadline(delivered);
        Assert.Equal((1u, 0u), Record());
        chain.PassDeadline(chain.Award(Client, provider));
        Assert.Equal((1u, 1u), Record());
        Assert.Equal(0u, (uint)chain.State.Services[chain.State.FindService(provider.Service)].CurrentLoad);
        Assert.Equal(0, chain.State.Bids.Live);

        (uint Settled, uint Faulted) Record()
        {
            ref readonly var agent = ref chain.State.Agents[chain.Account(provider.Agent).Agent - 1];
            return (agent.JobsSettled, agent.JobsFaulted);
        }
    }

    [Fact]
    public void Nobody_starts_or_delivers_what_is_not_awarded()
    {
        var provider = chain.NewProvider(chain.People[3]);
        var id = chain.Post(Client);
        chain.Bid(provider, id, TokenAmount.OneToken);
        Assert.Equal(Outcome.NotAuthorised, chain.Send(provider.Agent, new StartWork(id)).Outcome);
        chain.Open(id, provider);
        Assert.Equal(Outcome.NotAuthorised, chain.Send(provider.Agent, new StartWork(id)).Outcome);
    }

    [Fact]
    public void The_node_opens_bids_once_rightly_and_in_their_phase()
    {
        Provider[] bidders = [chain.NewProvider(chain.People[3]), chain.NewProvider(chain.People[5])];
        var id = chain.Post(Client);
        chain.Bid(bidders[0], id, TokenAmount.FromTokens(100));
        chain.Bid(bidders[1], id, TokenAmount.FromTokens(40));
        var (a, b) = (chain.OpeningOf(bidders[0].Agent, id), chain.OpeningOf(bidders[1].Agent, id));
        var salt = chain.FindSalt(chain.Workload(id).SaltHash);
        Assert.Equal(Outcome.InputRejected, Give(null));
        chain.PassDeadline(id);
        Assert.Equal(Outcome.InputRejected, Give(chain.Unique("salt", 99)));
        Assert.Equal(Outcome.InputRejected, Give(salt, a, a));
        Assert.Equal(Outcome.InputRejected, Give(salt, a, b with { Price = TokenAmount.OneToken }));
        Assert.Equal(Outcome.InputRejected, Give(salt, a, b with { Bidder = Client.Id }));
        Assert.Equal(Outcome.InputRejected, Give(salt, a, b with { Bidder = chain.NewActor("nobody").Id }));
        Assert.Equal(0, chain.Workload(id).SaltRevealed);
        Assert.Equal(Outcome.Applied, Give(salt, a));
        Assert.Equal((1, salt!.Value), (chain.Workload(id).SaltRevealed, chain.Workload(id).Salt));
        Assert.Equal(Outcome.InputRejected, Give(salt, b));
        Assert.Equal(Outcome.InputRejected, Give(null, a));
        Assert.Equal(Outcome.Applied, Give(null, b));
        Assert.Equal(
            Outcome.InputRejected, chain.Submit(new BidOpenings(new WorkloadId(999), null, [])).Outcome);

        Outcome Give(Digest? clientSalt, params BidOpening[] openings) =>
            chain.Submit(new BidOpenings(id, clientSalt, openings)).Outcome;
    }

    [Fact]
    public void An_agent_that_offers_or_pledges_is_not_retired_even_where_nothing_is_staked()
    {
        var free = new LedgerFixture(1, new ChainShape { Parameters = new() { MinimumStake = TokenAmount.Zero } });
        var owner = free.People[3];
        var agent = free.NewAgent(owner);
        var service = free.List(agent);
        Assert.Equal(Outcome.StillEngaged, free.Send(owner, new RetireAgent(agent.Id)).Outcome);
        free.Do(agent, new DelistService(service));
        var before = free.Account(owner).Available;
        var left = free.Account(agent).Available;
        free.Do(owner, new RetireAgent(agent.Id));
        Assert.Equal(TokenAmount.Zero, free.Account(agent).Total);
        Assert.True(free.Account(owner).Available + TokenAmount.OneToken > before + left);
    }

    [Fact]
    public void Stake_may_go_down_to_the_minimum_while_something_is_offered_and_comes_back_when_due()
    {
        var provider = chain.NewProvider(chain.People[3]);
        Assert.Equal(
            Outcome.InsufficientStake, chain.Send(provider.Agent, new WithdrawStake(new TokenAmount(1))).Outcome);
        chain.Do(provider.Agent, new DepositStake(TokenAmount.FromTokens(5)));
        chain.Do(provider.Agent, new WithdrawStake(TokenAmount.FromTokens(5)));
        Assert.Equal(TokenAmount.FromTokens(5), chain.Account(provider.Agent).Unbonding);
        chain.Do(provider.Agent, new DelistService(provider.Service));
        chain.Do(provider.Agent, new WithdrawStake(chain.State.Parameters.MinimumStake));
        Assert.Equal(Outcome.BadAmount, chain.Send(provider.Agent, new WithdrawStake(TokenAmount.Zero)).Outcome);
        Assert.Equal(Outcome.BadAmount, chain.Send(provider.Agent, new DepositStake(TokenAmount.Zero)).Outcome);
        var available = chain.Account(provider.Agent).Available;
        chain.Advance(chain.State.Parameters.Unbonding - new Duration(1));
        Assert.Equal(available, chain.Account(provider.Agent).Available);
        chain.Advance(new Duration(1));
        var account = chain.Account(provider.Agent);
        Assert.Equal(TokenAmount.Zero, account.Unbonding);
        Assert.Equal(available + TokenAmount.FromTokens(1_005), account.Available);
        Assert.Equal((0, 0), (chain.State.Unbondings.Live, (int)account.OpenUnbondings));
    }

    [Fact]
    public void Blobs_pay_rent_arrive_once_and_leave_when_it_is_used_up()
    {
        var digest = chain.Unique("blob", 1);
        var treasury = chain.State.Account(AccountNumber.Treasury).Available;
        var before = chain.Account(Client).Available;
        chain.Do(Client, new DeclareBlob(digest, 1_025, 3));
        var id = chain.State.Globals.LastBlob;
        var rent = chain.State.Parameters.BlobRentPerKiBDay.MulDivDown(6, 1);
        var gas = chain.State.Parameters.BaseGas + chain.State.GasOf(CommandKind.DeclareBlob);
        Assert.Equal(before - rent - gas, chain.Account(Client).Available);
        Assert.Equal(treasury + rent + gas, chain.State.Account(AccountNumber.Treasury).Available);
        Assert.Equal(Outcome.InputRejected, chain.Submit(new BlobAvailable(digest, 1_026)).Outcome);
        Assert.Equal(Outcome.Applied, chain.Submit(new BlobAvailable(digest, 1_025)).Outcome);
        Assert.Equal(Outcome.InputRejected, chain.Submit(new BlobAvailable(digest, 1_025)).Outcome);
        Assert.Equal(Outcome.BlobTooLarge, chain.Send(Client, new DeclareBlob(chain.Unique("b", 2), 1, 0)).Outcome);
        Assert.Equal(Outcome.BlobTooLarge, chain.Send(Client, new DeclareBlob(chain.Unique("b", 2), 0, 1)).Outcome);
        var most = chain.State.Parameters;
        Assert.Equal(
            Outcome.Applied,
            chain.Send(Client, new DeclareBlob(chain.Unique("b", 3), most.MaxBlobBytes, most.MaxBlobDays)).Outcome);
        chain.Advance(Duration.FromDays(3) - new Duration(1));
        Assert.True(chain.State.BlobIsAvailable(digest));
        chain.Advance(new Duration(1));
        Assert.False(chain.State.BlobIsAvailable(digest));
        Assert.True(chain.State.FindBlob(digest) < 0 && chain.State.BlobIdIndex.Find(id) < 0);
    }

    [Fact]
    public void A_blob_whose_digest_begins_like_anothers_does_not_take_its_place()
    {
        var digest = chain.Unique("blob", 1);
        var bytes = digest.AsSpan().ToArray();
        bytes[^1] ^= 1;
        chain.Do(Client, new DeclareBlob(digest, 10, 3));
        Assert.Equal(
            Outcome.BlobExists, chain.Send(chain.People[1], new DeclareBlob(Digest.From(bytes), 11, 3)).Outcome);
        Assert.Equal(Outcome.BlobExists, chain.Send(chain.People[1], new DeclareBlob(digest, 10, 3)).Outcome);
        chain.Do(chain.People[1], new DeclareBlob(digest, 11, 1));
        Assert.Equal(Outcome.Applied, chain.Submit(new BlobAvailable(digest, 11)).Outcome);
        Assert.Equal(Outcome.BlobExists, chain.Send(Client, new DeclareBlob(digest, 12, 3)).Outcome);

        // The longer time that was paid for first stays.
        chain.Advance(Duration.FromDays(2));
        Assert.True(chain.State.BlobIsAvailable(digest));
    }
}
