using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Simulation.Audit;
using Aitbc.Testing;

namespace Aitbc.Simulation.Tests.Audit;

/// <summary>Who may take which step of a workload, and when: one falsified event a check, and what the auditor says.
/// </summary>
public sealed class TamperedStepTests
{
    private static readonly Label s_otherCapability = Label.Parse("classifier.train");

    private static readonly (
        string Name,
        Func<TamperedStepTests, Tampered> Story,
        AuditCheck Check,
        string What,
        Action<TamperedStepTests, Tampered> Falsify)[] s_all =
    [
        ("a listing for another", Settled, AuditCheck.Command, "who lists a service",
            (test, it) => it.Change<ServiceListed>(one => one with { Provider = test.Winner })),
        ("a listing of another epoch", Settled, AuditCheck.Stop, "the stop epoch of a service",
            (_, it) => it.Change<ServiceListed>(one => one with { Epoch = 9 })),
        ("an update by another", Settled, AuditCheck.Command, "who updates a service",
            (test, it) => it.Change<ServiceUpdated>(one => one with { Id = test.winner.Service })),
        ("an update of another epoch", Settled, AuditCheck.Stop, "the stop epoch of a service",
            (_, it) => it.Change<ServiceUpdated>(one => one with { Epoch = 9 })),
        ("a delisting by another", Settled, AuditCheck.Command, "who delists a service",
            (test, it) => it.Change<ServiceDelisted>(one => one with { Id = test.loser.Service })),
        ("a delisting in the middle of a job", Settled, AuditCheck.Work, "the jobs of",
            (_, it) => it.MoveAfter(it.SeqOf<ServiceDelisted>(), it.SeqOf<WorkSubmitted>())),
        ("a bid with a service that is delisted", Settled, AuditCheck.Form, "s1",
            (_, it) => it.MoveAfter(it.SeqOf<ServiceDelisted>(), it.SeqOf<ServiceUpdated>())),
        ("a posting for another", Settled, AuditCheck.Command, "who posts w1",
            (test, it) => it.Change<WorkloadPosted>(one => one with { Client = test.Loser })),
        ("bidding of another length", Settled, AuditCheck.Work, "the next deadline of w1",
            (_, it) => it.Change<WorkloadPosted>(one => one with { DeadlineMs = one.DeadlineMs + 1 })),
        ("a job bond that is too small", Settled, AuditCheck.Bond, "the job bond of w1",
            (_, it) => it.Change<WorkloadPosted>(one => one with { JobBond = new TokenAmount(1) })),
        ("another bid bond", Settled, AuditCheck.Bond, "the bid bond of w1",
            (_, it) => it.Change<WorkloadPosted>(one => one with { BidBond = new TokenAmount(1) })),
        ("a workload that is posted twice", Settled, AuditCheck.Work, "w1",
            (_, it) => it.Double<WorkloadPosted>()),
        ("an escrow that is held twice", Settled, AuditCheck.Hold, "the escrow for w1 of account #5",
            (_, it) => it.Double<Moved>(moved => moved.Reason == MoveReason.Escrow)),
        ("a bid for another", Settled, AuditCheck.Command, "who bids on w1",
            (test, it) => it.Change<BidPlaced>(one => one with { Bidder = test.Winner })),
        ("a bid after the close", Settled, AuditCheck.Work, "the step of w1 at a bid",
            (_, it) => it.MoveAfter(it.SeqOf<BidPlaced>(), it.SeqOf<BiddingClosed>())),
        ("a bid with another's service", TiedInANewTerm, AuditCheck.Work, "the service of a bid on w1",
            (test, it) => it.Change<BidPlaced>(one => one with { Service = test.winner.Service })),
        ("a bid with a service for other work", Settled, AuditCheck.Work, "the service of a bid on w1",
            (test, it) => it.Change<BidPlaced>(one => one with { Service = test.other })),
        ("a bid with a service from before a stop", Settled, AuditCheck.Work, "the service of a bid on w1",
            (_, it) => it.Drop<ServiceUpdated>()),
        ("a bid that is placed twice", Settled, AuditCheck.Work, "the bid of account #8 on w1",
            (_, it) => it.Double<BidPlaced>()),
        ("a bid that is released twice", Settled, AuditCheck.Work, "the bid of account #8 on w1",
            (_, it) => it.Double<BidReleased>()),
        ("a bid that is released late", Settled, AuditCheck.Work, "the bid of account #8 on w1", (test, it) =>
        {
            it.Drop<BidReleased>();
            it.Insert(it.SeqOf<WorkStarted>(), new BidReleased(new WorkloadId(1), test.Loser, 0));
        }),
        ("a loser's bid bond that is kept", Settled, AuditCheck.Bond, "what of the BidBond of account #8",
            (test, it) => it.Drop<Moved>(moved => IsReturned(moved, MoveReason.BidBond, test.Loser))),
        ("a loser's job bond that is kept", Settled, AuditCheck.Bond, "what of the JobBond of account #8",
            (test, it) => it.Drop<Moved>(moved => IsReturned(moved, MoveReason.JobBond, test.Loser))),
        ("a winner's bid bond that is kept", Settled, AuditCheck.Bond, "what of the BidBond of account #7",
            (test, it) => it.Drop<Moved>(moved => IsReturned(moved, MoveReason.BidBond, test.Winner))),
        ("a wait after the award", Settled, AuditCheck.Work, "the step of w1 at a postponed award",
            (_, it) => it.Insert(it.SeqOf<WorkStarted>(), new AwardPostponed(new WorkloadId(1), 0))),
        ("a wait where there is a winner", Settled, AuditCheck.Auction, "the award of w1",
            (_, it) => it.Insert(it.SeqOf<WorkloadAwarded>(), new AwardPostponed(new WorkloadId(1), 0))),
        ("a wait before its time", TiedForEver, AuditCheck.Work, "the market time at which step Opening of w1 ends",
            (_, it) => it.Hasten(it.SeqOf<AwardPostponed>())),
        ("another round", TiedInANewTerm, AuditCheck.Auction, "the round of a beacon value",
            (_, it) => it.Change<Protocol.Oversight.BeaconRevealed>(one => one with { Round = 9 })),
        ("an award before its time", Settled, AuditCheck.Work, "the market time at which step Opening of w1 ends",
            (_, it) => it.Hasten(it.SeqOf<WorkloadAwarded>())),
        ("a second award", Settled, AuditCheck.Work, "the step of w1 at the award",
            (_, it) => it.Double<WorkloadAwarded>()),
        ("work of another length", Settled, AuditCheck.Work, "the next deadline of w1",
            (_, it) => it.Change<WorkloadAwarded>(one => one with { DeadlineMs = one.DeadlineMs + 1 })),
        ("another ask", Settled, AuditCheck.Auction, "the winner's ask that the award of w1",
            (_, it) => it.Change<WorkloadAwarded>(one => one with { BidPrice = TokenAmount.OneToken })),
        ("an award to another service", Settled, AuditCheck.Auction, "the winner of w1",
            (test, it) => it.Change<WorkloadAwarded>(one => one with { Service = test.loser.Service })),
        ("an award for a client that is stopped", ClientStopped, AuditCheck.Stop, "an awarded workload of account",
            (_, it) => it.MoveAfter(it.SeqOf<AgentStopped>(), it.SeqOf<WorkloadAwarded>())),
        ("a second start", Settled, AuditCheck.Work, "the step of w1 at the start",
            (_, it) => it.Double<WorkStarted>()),
        ("a start that another sends", Settled, AuditCheck.Work, "who starts the work of w1",
            (test, it) => it.ChangePayload<StartWork>(from: test.loser.Agent.Id)),
        ("a start by another", Settled, AuditCheck.Work, "who starts the work of w1", (test, it) =>
        {
            it.ChangePayload<StartWork>(from: test.loser.Agent.Id);
            it.Change<WorkStarted>(one => one with { Provider = test.Loser });
        }),
        ("other pay", Settled, AuditCheck.Payment, "the pay that w1 states",
            (_, it) => it.Change<WorkloadEnded>(one => one with { Paid = TokenAmount.OneToken })),
        ("a forfeit", Settled, AuditCheck.Bond, "the forfeit that w1 states",
            (_, it) => it.Change<WorkloadEnded>(one => one with { Forfeited = TokenAmount.OneToken })),
        ("another client", Settled, AuditCheck.Payment, "client and provider that the end of w1",
            (test, it) => it.Change<WorkloadEnded>(one => one with { Client = test.Loser })),
        ("another provider", Settled, AuditCheck.Payment, "client and provider that the end of w1",
            (test, it) => it.Change<WorkloadEnded>(one => one with { Provider = test.Loser })),
        ("an escrow's rest that stays", Settled, AuditCheck.Payment, "for w1 has gone to account #5",
            (_, it) => it.Drop<Moved>(moved => moved.Reason == MoveReason.Refund)),
        ("an acceptance by another", Settled, AuditCheck.Work, "the end of w1",
            (test, it) => it.ChangePayload<AcceptWork>(from: test.loser.Agent.Id)),
        ("an acceptance of what is too bad", Settled, AuditCheck.Work, "the end of w1",
            (_, it) => it.Change<WorkloadPosted>(one => one with { MinQualityPpm = 950_000 })),
        ("a fault that another finds", Settled, AuditCheck.Work, "the end of w1", (_, it) =>
        {
            it.Change<WorkloadPosted>(one => one with { MinQualityPpm = 950_000 });
            it.Change<WorkloadEnded>(one => one with { Ending = WorkloadEnding.BelowQuality });
        }),
        ("a silence that pays what is too bad", Silent, AuditCheck.Work, "the end of w1",
            (_, it) => it.Change<WorkloadPosted>(one => one with { MinQualityPpm = 950_000 })),
        ("a fault where the quality is as promised", BelowPromise, AuditCheck.Work, "the end of w1",
            (_, it) => it.Change<WorkSubmitted>(one => one with { QualityPpm = 900_000 })),
        ("a cancellation by another", Cancelled, AuditCheck.Work, "the end of w1",
            (test, it) => it.ChangePayload<CancelWorkload>(from: test.loser.Agent.Id)),
        ("a bid that a cancellation keeps", Cancelled, AuditCheck.Bond, "the bid of account #8 on w1",
            (_, it) => it.Drop<BidReleased>()),
        ("an end without bids where there is one", NoBids, AuditCheck.Work, "the end of w1", (test, it) => it.Insert(
            it.SeqOf<WorkloadEnded>(),
            new BidPlaced(new WorkloadId(1), test.Loser, test.loser.Service, 0, default))),
        ("an end without bids before its time", NoBids, AuditCheck.Work, "the end of w1",
            (_, it) => it.Hasten(it.SeqOf<WorkloadEnded>())),
        ("an end for a stop that was not", ClientStoppedBefore, AuditCheck.Work, "the end of w1",
            (_, it) => it.Drop<AgentStopped>()),
        ("no winner where there is one", Unopened, AuditCheck.Work, "the end of w1", (test, it) => it.Insert(
            it.SeqOf<WorkloadEnded>(),
            new BidOpened(new WorkloadId(1), test.Loser, default, TokenAmount.FromTokens(70)))),
        ("an end that did not wait for the beacon", TiedForEver, AuditCheck.Work, "the end of w1",
            (_, it) => it.Drop<AwardPostponed>()),
        ("a missing provider before its time", Missing, AuditCheck.Work, "the end of w1",
            (_, it) => it.Hasten(it.SeqOf<WorkloadEnded>())),
    ];

    /// <summary>What looks wrong and is not.</summary>
    private static readonly (string Name, Func<TamperedStepTests, Tampered> Story)[] s_right =
    [
        ("a tie that a new term's beacon draws", TiedInANewTerm),
        ("a service's promise that counts", BelowPromise),
        ("a cancellation that forfeits no bid", Cancelled),
        ("a best bidder that was stopped", BestStopped),
        ("a best bidder that was stopped and offers anew", BestStoppedAndBack),
        ("a best bidder that is full", BestFull),
        ("a loser that steps aside and pays for it", LoserDelists),
        ("a loser that was stopped and need not open", LoserStopped),
    ];

    private readonly LedgerFixture chain = new();
    private readonly Provider winner;
    private readonly Provider loser;
    private ServiceId other;

    public TamperedStepTests()
    {
        winner = chain.NewProvider(chain.People[3]);
        loser = chain.NewProvider(chain.People[5]);
    }

    public static TheoryData<string> Names => [.. s_all.Select(one => one.Name)];

    public static TheoryData<string> RightNames => [.. s_right.Select(one => one.Name)];

    private Actor Client => chain.People[4];

    private AccountNumber Winner => chain.Number(winner.Agent);

    private AccountNumber Loser => chain.Number(loser.Agent);

    [Theory]
    [MemberData(nameof(Names))]
    public void What_was_falsified_is_found(string name)
    {
        var (_, story, check, what, falsify) = s_all.Single(one => one.Name == name);
        var tampered = story(this);
        falsify(this, tampered);
        tampered.AssertFinds(check, what);
    }

    [Theory]
    [MemberData(nameof(RightNames))]
    public void What_is_right_is_not_found_wrong(string name) =>
        Assert.Empty(s_right.Single(one => one.Name == name).Story(this).Findings());

    private static bool IsReturned(Moved moved, MoveReason reason, AccountNumber to) =>
        moved.Reason == reason && moved.Phase == MovePhase.Voided && moved.To == to;

    /// <summary>Two bid, the first wins, delivers and is paid. The second has a service for other work as well, and was
    /// stopped before.</summary>
    private static Tampered Settled(TamperedStepTests test)
    {
        var chain = test.chain;
        test.Stop(test.loser, chain.People[5]);
        chain.Do(chain.People[5], new ReleaseAgent(test.loser.Agent.Id));
        chain.Do(test.loser.Agent, new UpdateService(test.loser.Service, LedgerFixture.ServiceTerms));
        test.other = chain.List(
            test.loser.Agent, LedgerFixture.ServiceTerms with { Capability = s_otherCapability });
        var id = test.Bids(test.Client);
        chain.Open(id, test.winner, test.loser);
        chain.PassDeadline(id);
        chain.Deliver(test.winner, id);
        chain.Do(test.Client, new AcceptWork(id));
        chain.Do(test.winner.Agent, new DelistService(test.winner.Service));
        return new Tampered(chain);
    }

    private static Tampered ClientStopped(TamperedStepTests test)
    {
        var client = test.chain.NewAgent(test.chain.People[2]);
        var id = test.Bids(client);
        test.chain.Open(id, test.winner, test.loser);
        test.chain.PassDeadline(id);
        test.chain.Do(test.chain.People[2], new StopAgent(client.Id));
        return new Tampered(test.chain);
    }

    private static Tampered ClientStoppedBefore(TamperedStepTests test)
    {
        var client = test.chain.NewAgent(test.chain.People[2]);
        var id = test.Bids(client);
        test.chain.Open(id, test.winner, test.loser);
        test.chain.Do(test.chain.People[2], new StopAgent(client.Id));
        test.chain.PassDeadline(id);
        return new Tampered(test.chain);
    }

    private static Tampered Silent(TamperedStepTests test)
    {
        var id = test.chain.Award(test.Client, test.winner);
        test.chain.Deliver(test.winner, id);
        test.chain.PassDeadline(id);
        return new Tampered(test.chain);
    }

    private static Tampered Missing(TamperedStepTests test)
    {
        test.chain.PassDeadline(test.chain.Award(test.Client, test.winner));
        return new Tampered(test.chain);
    }

    private static Tampered BelowPromise(TamperedStepTests test)
    {
        test.chain.Do(test.winner.Agent, new UpdateService(
            test.winner.Service, LedgerFixture.ServiceTerms with { MinAccuracyPpm = 500_000 }));
        var id = test.chain.Award(test.Client, test.winner);
        test.chain.Deliver(test.winner, id, 499_999);
        Assert.False(test.chain.IsLive(id));
        return new Tampered(test.chain);
    }

    private static Tampered Cancelled(TamperedStepTests test)
    {
        var id = test.chain.Post(test.Client);
        test.chain.Bid(test.loser, id, TokenAmount.FromTokens(70));
        test.chain.Do(test.Client, new CancelWorkload(id));
        return new Tampered(test.chain);
    }

    private static Tampered NoBids(TamperedStepTests test)
    {
        test.chain.PassDeadline(test.chain.Post(test.Client));
        return new Tampered(test.chain);
    }

    private static Tampered Unopened(TamperedStepTests test)
    {
        var id = test.chain.Post(test.Client);
        test.chain.Bid(test.loser, id, TokenAmount.FromTokens(70));
        test.chain.PassDeadline(id);
        test.chain.PassDeadline(id);
        Assert.False(test.chain.IsLive(id));
        return new Tampered(test.chain);
    }

    private static Tampered TiedForEver(TamperedStepTests test)
    {
        var id = test.Bids(test.Client, 30, 30);
        test.chain.Open(id, test.winner, test.loser);
        while (test.chain.IsLive(id))
        {
            test.chain.PassDeadline(id);
        }

        return new Tampered(test.chain);
    }

    private static Tampered TiedInANewTerm(TamperedStepTests test)
    {
        var id = test.Bids(test.Client, 30, 30);
        test.chain.Open(id, test.winner, test.loser);
        test.chain.Input(test.chain.NextTerm());
        test.chain.RevealBeacon();
        test.chain.PassDeadline(id);
        Assert.Equal(WorkloadPhase.Awarded, test.chain.Workload(id).Phase);
        return new Tampered(test.chain);
    }

    private static Tampered BestStopped(TamperedStepTests test)
    {
        var id = test.Bids(test.Client);
        test.chain.Open(id, test.winner, test.loser);
        test.Stop(test.winner, test.chain.People[3]);
        return test.AwardedToLoser(id);
    }

    private static Tampered BestStoppedAndBack(TamperedStepTests test)
    {
        var id = test.Bids(test.Client);
        test.chain.Open(id, test.winner, test.loser);
        test.Stop(test.winner, test.chain.People[3]);
        test.chain.Do(test.chain.People[3], new ReleaseAgent(test.winner.Agent.Id));
        test.chain.Do(test.winner.Agent, new UpdateService(test.winner.Service, LedgerFixture.ServiceTerms));
        return test.AwardedToLoser(id);
    }

    private static Tampered BestFull(TamperedStepTests test)
    {
        var chain = test.chain;
        chain.Do(test.winner.Agent, new UpdateService(
            test.winner.Service, LedgerFixture.ServiceTerms with { MaxCapacity = 1 }));
        WorkloadId[] both = [test.Bids(test.Client), test.Bids(test.Client)];
        chain.PassDeadline(both[0]);
        foreach (var id in both)
        {
            chain.Input(new BidOpenings(
                id,
                chain.FindSalt(chain.Workload(id).SaltHash),
                [chain.OpeningOf(test.winner.Agent, id), chain.OpeningOf(test.loser.Agent, id)]));
        }

        return test.AwardedToLoser(both[1]);
    }

    private static Tampered LoserDelists(TamperedStepTests test)
    {
        var id = test.Bids(test.Client);
        test.chain.Open(id, test.winner, test.loser);
        test.chain.Do(test.loser.Agent, new DelistService(test.loser.Service));
        test.chain.PassDeadline(id);
        return new Tampered(test.chain);
    }

    private static Tampered LoserStopped(TamperedStepTests test)
    {
        var id = test.Bids(test.Client);
        test.Stop(test.loser, test.chain.People[5]);
        test.chain.Open(id, test.winner);
        test.chain.PassDeadline(id);
        return new Tampered(test.chain);
    }

    private void Stop(Provider provider, Actor guardian) => chain.Do(guardian, new StopAgent(provider.Agent.Id));

    private WorkloadId Bids(Actor client, ulong best = 30, ulong next = 70)
    {
        var id = chain.Post(client);
        chain.Bid(winner, id, TokenAmount.FromTokens(best));
        chain.Bid(loser, id, TokenAmount.FromTokens(next));
        return id;
    }

    private Tampered AwardedToLoser(WorkloadId id)
    {
        chain.PassDeadline(id);
        Assert.Equal(Loser, chain.State.Bids[chain.Workload(id).WinningBid].Bidder);
        return new Tampered(chain);
    }
}
