using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Simulation.Audit;
using Aitbc.Testing;

namespace Aitbc.Simulation.Tests.Audit;

/// <summary>A workload from posting to pay: one falsified event a check, and what the auditor says.</summary>
public sealed class TamperedMarketTests
{
    private readonly LedgerFixture chain = new();
    private readonly Provider winner;
    private readonly Provider loser;

    public TamperedMarketTests()
    {
        winner = chain.NewProvider(chain.People[3]);
        loser = chain.NewProvider(chain.People[5]);
    }

    private Actor Client => chain.People[4];

    [Fact]
    public void A_price_above_the_second_score_is_found()
    {
        var tampered = Settled();
        var seq = tampered.Change<WorkloadAwarded>(award => award with { Price = TokenAmount.FromTokens(71) });

        tampered.AssertFinds(
            seq, AuditCheck.Auction, "the price of w1, which equals the second score,", Tampered.Tokens(70),
            Tampered.Tokens(71));
    }

    [Fact]
    public void A_price_below_the_winners_ask_is_found()
    {
        var tampered = Settled();
        var seq = tampered.Change<WorkloadAwarded>(award => award with { Price = TokenAmount.FromTokens(29) });

        tampered.AssertFinds(
            seq, AuditCheck.Auction, "the price of w1", $"at least the ask {Tampered.Tokens(30)}",
            Tampered.Tokens(29));
    }

    [Fact]
    public void A_price_above_the_clients_maximum_is_found()
    {
        var tampered = Settled();
        var seq = tampered.Change<WorkloadAwarded>(award => award with { Price = TokenAmount.FromTokens(101) });

        tampered.AssertFinds(
            seq, AuditCheck.Auction, "the price of w1", $"at most {Tampered.Tokens(100)}", Tampered.Tokens(101));
    }

    [Fact]
    public void An_award_to_another_than_the_best_bid_is_found()
    {
        var tampered = Settled();
        var seq = tampered.Change<WorkloadAwarded>(award => award with
        {
            Provider = chain.Number(loser.Agent),
            Service = loser.Service,
        });

        tampered.AssertFinds(seq, AuditCheck.Auction, "the winner of w1", "account #7", "account #8");
    }

    [Fact]
    public void A_tie_that_was_drawn_otherwise_is_found()
    {
        var id = Tied();
        chain.RevealBeacon();
        chain.PassDeadline(id);
        var drawn = chain.State.Bids[chain.Workload(id).WinningBid].Bidder;
        var tampered = new Tampered(chain);
        var other = drawn == chain.Number(winner.Agent) ? loser : winner;
        var seq = tampered.Change<WorkloadAwarded>(award => award with
        {
            Provider = chain.Number(other.Agent),
            Service = other.Service,
        });

        tampered.AssertFinds(
            seq, AuditCheck.Auction, "the winner of w1", $"account {drawn}", $"account {chain.Number(other.Agent)}");
    }

    [Fact]
    public void A_false_beacon_value_is_found()
    {
        chain.RevealBeacon();
        var tampered = new Tampered(chain);
        var real = chain.Genesis.BeaconCommitment;
        var seq = tampered.Change<BeaconRevealed>(revealed => revealed with { Value = real });

        tampered.AssertFinds(
            seq, AuditCheck.Auction, "the hash of beacon value 1", $"{real}", $"{Digest.Sha256(real.AsSpan())}");
    }

    [Fact]
    public void A_beacon_value_that_its_term_did_not_commit_to_is_found()
    {
        chain.RevealBeacon();
        chain.Input(chain.NextTerm());
        chain.RevealBeacon();
        var real = chain.Genesis.BeaconCommitment;
        var tampered = new Tampered(chain);
        tampered.Change<NewTerm>(began => began with { BeaconCommitment = real });

        Assert.Contains(
            tampered.Findings(),
            finding => finding.What == "the hash of beacon value 2" && finding.Expected == $"{real}");
    }

    [Fact]
    public void An_opening_that_was_not_sealed_is_found()
    {
        var tampered = Settled();
        var seq = tampered.Change<BidOpened>(
            opened => opened with { Price = TokenAmount.FromTokens(20) },
            opened => opened.Bidder == chain.Number(winner.Agent));

        tampered.AssertFinds(
            seq, AuditCheck.Auction, "the opening of account #7 on w1", "what it sealed",
            $"an ask of {Tampered.Tokens(20)}");
    }

    [Fact]
    public void Work_submitted_by_another_is_found()
    {
        var tampered = Settled();
        var seq = tampered.Change<WorkSubmitted>(
            submitted => submitted with { Provider = chain.Number(loser.Agent) });

        tampered.AssertFinds(
            seq, AuditCheck.Work, "who submits the work of w1", "account #7, which was awarded it",
            "account #8, sent by #7");
    }

    [Fact]
    public void Work_that_was_never_started_is_found()
    {
        var tampered = Settled();
        tampered.Drop<WorkStarted>();

        tampered.AssertFinds(
            tampered.SeqOf<WorkSubmitted>(), AuditCheck.Work, "the step of w1 at the result", "Running", "Awarded");
    }

    [Fact]
    public void A_deadline_of_another_length_is_found()
    {
        var tampered = Settled();
        var deadline = 0L;
        var seq = tampered.Change<WorkSubmitted>(submitted =>
        {
            deadline = submitted.DeadlineMs;
            return submitted with { DeadlineMs = deadline - 1 };
        });

        tampered.AssertFinds(seq, AuditCheck.Work, "the next deadline of w1", $"{deadline}", $"{deadline - 1}");
    }

    [Fact]
    public void Bidding_that_is_closed_early_is_found()
    {
        var tampered = Settled();
        var seq = tampered.SeqOf<BiddingClosed>();
        var due = chain.Genesis.CreatedAt.UnixMs + 10_000;
        tampered.Change(seq, entry => entry with { Header = entry.Header with { Time = new Timestamp(due - 1) } });

        tampered.AssertFinds(
            seq, AuditCheck.Work, "the market time at which step Bidding of w1 ends", $"{due} or later",
            $"{due - 1}");
    }

    [Fact]
    public void An_ending_that_is_not_the_steps_is_found()
    {
        var tampered = Settled();
        var seq = tampered.Change<WorkloadEnded>(ended => ended with { Ending = WorkloadEnding.ClientSilent });
        var due = chain.Now.UnixMs + 30_000;

        tampered.AssertFinds(
            seq, AuditCheck.Work,
            $"the end of w1 in step Submitted at market time {chain.Now.UnixMs}, due at {due}, by account #5",
            "as the rules have it", "ClientSilent");
    }

    [Fact]
    public void Pay_to_another_than_the_provider_is_found()
    {
        var tampered = Settled();
        var seq = tampered.Change<Moved>(moved => moved with { To = chain.Number(loser.Agent) }, IsPayment);

        tampered.AssertFinds(
            seq, AuditCheck.Payment, "what of the Escrow of account #5 for w1 has gone to account #7",
            Tampered.Tokens(70), "0");
    }

    [Fact]
    public void Pay_that_is_doubled_is_found()
    {
        var tampered = Settled();
        var seq = tampered.Double<Moved>(IsPayment);

        tampered.AssertFinds(
            seq, AuditCheck.Hold, "what is taken out of the escrow for w1 of account #5",
            $"at most {Tampered.Tokens(30)}", Tampered.Tokens(70));
        tampered.AssertFinds(
            seq, AuditCheck.Payment, "what of the Escrow of account #5 for w1 has gone to account #7",
            Tampered.Tokens(70), Tampered.Tokens(140));
    }

    [Fact]
    public void An_escrow_that_stays_behind_is_found()
    {
        var tampered = Settled();
        var seq = tampered.Drop<Moved>(moved => moved.Reason == MoveReason.Refund);

        tampered.AssertFinds(
            seq, AuditCheck.Hold, "what is left of the escrow for w1 of account #5 at its end", "0",
            Tampered.Tokens(30));
    }

    [Fact]
    public void An_escrow_of_another_amount_is_found()
    {
        var tampered = Settled();
        var seq = tampered.Change<Moved>(
            moved => moved with { Amount = TokenAmount.FromTokens(99) }, moved => moved.Reason == MoveReason.Escrow);

        tampered.AssertFinds(
            seq, AuditCheck.Hold, "what is held as the escrow for w1 of account #5", Tampered.Tokens(100),
            Tampered.Tokens(99));
    }

    [Fact]
    public void A_hold_for_nothing_is_found()
    {
        var tampered = Settled();
        var seq = tampered.Drop<WorkloadPosted>();

        tampered.AssertFinds(seq, AuditCheck.Hold, "the escrow for w1 of account #5", "for something", "for nothing");
    }

    [Fact]
    public void A_job_bond_that_does_not_come_back_is_found()
    {
        var tampered = Settled();
        var seq = tampered.Drop<Moved>(
            moved => moved is { Reason: MoveReason.JobBond, Phase: MovePhase.Voided });

        tampered.AssertFinds(
            seq, AuditCheck.Bond, "what of the JobBond of account #7 for w1 has gone to account #7",
            Tampered.Tokens(10), "0");
    }

    [Fact]
    public void An_opened_bid_that_loses_its_bond_is_found()
    {
        var tampered = Settled();
        var seq = tampered.Change<BidReleased>(released => released with { Forfeited = 1 });

        tampered.AssertFinds(
            seq, AuditCheck.Bond, "the bid of account #8 on w1", "released", "forfeited");
    }

    [Fact]
    public void A_missing_providers_bond_that_it_keeps_is_found()
    {
        var id = chain.Award(Client, winner);
        chain.PassDeadline(id);
        var tampered = new Tampered(chain);
        var seq = tampered.Change<Moved>(
            moved => moved with { To = moved.From, Phase = MovePhase.Voided, Reason = MoveReason.JobBond },
            moved => moved.Reason == MoveReason.Forfeit);

        tampered.AssertFinds(
            seq, AuditCheck.Bond, "what of the JobBond of account #7 for w1 has gone to account #5",
            Tampered.Tokens(10), "0");
    }

    [Fact]
    public void Value_that_is_released_into_another_bucket_is_found()
    {
        var tampered = Settled();
        var bucket = 0;
        var seq = tampered.Change<LimitReleased>(released =>
        {
            bucket = released.Bucket;
            return released with { Bucket = bucket + 1 };
        });

        tampered.AssertFinds(
            seq, AuditCheck.DailyVolume,
            $"what account #7 has back and was not released into bucket {bucket}", "0", Tampered.Tokens(10));
    }

    private static bool IsPayment(Moved moved) => moved.Reason == MoveReason.Payment;

    private WorkloadId Tied()
    {
        var id = chain.Post(Client);
        chain.Bid(winner, id, TokenAmount.FromTokens(30));
        chain.Bid(loser, id, TokenAmount.FromTokens(30));
        chain.Open(id, winner, loser);
        return id;
    }

    private Tampered Settled()
    {
        var id = chain.Post(Client);
        chain.Bid(winner, id, TokenAmount.FromTokens(30));
        chain.Bid(loser, id, TokenAmount.FromTokens(70));
        chain.Open(id, winner, loser);
        chain.PassDeadline(id);
        chain.Deliver(winner, id);
        chain.Do(Client, new AcceptWork(id));
        return new Tampered(chain);
    }
}
