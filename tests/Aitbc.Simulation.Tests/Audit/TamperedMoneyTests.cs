using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Staking;
using Aitbc.Simulation.Audit;
using Aitbc.Testing;

namespace Aitbc.Simulation.Tests.Audit;

/// <summary>Money, nonces and gas: one falsified event a check, and what the auditor says.</summary>
public sealed class TamperedMoneyTests
{
    private readonly LedgerFixture chain = new();

    private Actor Payer => chain.People[3];

    private Actor Payee => chain.People[4];

    [Fact]
    public void A_left_out_entry_is_found()
    {
        chain.Do(Payer, new Transfer(Payee.Id, TokenAmount.OneToken));
        var tampered = Paid();
        tampered.Remove(1);

        tampered.AssertFinds(2, AuditCheck.Form, "the entry's number", "1", "2");
    }

    [Fact]
    public void Events_that_cannot_be_read_are_found()
    {
        var tampered = Paid();
        tampered.Change(1, entry => entry with { Events = entry.Events[..^1] });

        tampered.AssertFinds(
            1, AuditCheck.Form, "the entry's events", "a run of events", "An event is cut short.");
    }

    [Fact]
    public void An_amount_to_an_account_that_is_not_there_is_found()
    {
        var tampered = Paid();
        var seq = tampered.Change<Moved>(moved => moved with { To = new AccountNumber(999) });

        tampered.AssertFinds(
            seq, AuditCheck.Supply, "the sum of all accounts", Tampered.Tokens(1_000_000_000),
            Tampered.Tokens(999_999_990));
    }

    [Fact]
    public void Minted_tokens_are_found()
    {
        var tampered = Paid();
        tampered.Insert(1, new GenesisApplied(default, default, TokenAmount.FromTokens(7)));

        tampered.AssertFinds(
            1, AuditCheck.Supply, "the sum of all accounts", Tampered.Tokens(1_000_000_000),
            Tampered.Tokens(1_000_000_007));
    }

    [Fact]
    public void A_balance_below_zero_is_found()
    {
        var tampered = Paid();
        var seq = tampered.Change<Moved>(moved => moved with { Amount = TokenAmount.FromTokens(1_000_001) });

        tampered.AssertFinds(
            seq, AuditCheck.Balance, "the balance Available of account #4", "0 or more", $"-{Tampered.Tokens(1)}");
    }

    [Fact]
    public void A_changed_amount_is_found_by_the_command_and_by_the_state()
    {
        var tampered = Paid();
        var seq = tampered.Change<Moved>(moved => moved with { Amount = TokenAmount.FromTokens(11) });

        tampered.AssertFinds(
            seq, AuditCheck.Command, "movement 1 of what was asked for",
            $"Transfer of {Tampered.Tokens(10)} to {Payee.Id}", $"Transfer of {Tampered.Tokens(11)} to {Payee.Id}");
        tampered.AssertFinds(
            seq, AuditCheck.Books, "the state's balance Available of account #5", Tampered.Tokens(1_000_011),
            Tampered.Tokens(1_000_010));
    }

    [Fact]
    public void Somebody_elses_money_is_found()
    {
        var tampered = Paid();
        var seq = tampered.Change<Moved>(moved => moved with { From = chain.Number(chain.People[5]) });

        tampered.AssertFinds(
            seq, AuditCheck.Command, "whose own money moves (Transfer)", "account #4's", "account #6's");
    }

    [Fact]
    public void A_dropped_posting_is_found()
    {
        var tampered = Paid();
        var seq = tampered.Drop<Moved>();

        tampered.AssertFinds(
            seq, AuditCheck.Command, "movement 1 of what was asked for",
            $"Transfer of {Tampered.Tokens(10)} to {Payee.Id}", "none");
    }

    [Fact]
    public void A_doubled_posting_is_found()
    {
        var tampered = Paid();
        var seq = tampered.Double<Moved>();

        tampered.AssertFinds(
            seq, AuditCheck.Command, "movement 2 of what was asked for", "none",
            $"Transfer of {Tampered.Tokens(10)} to {Payee.Id}");
    }

    [Fact]
    public void A_movement_of_another_shape_than_its_reasons_is_found()
    {
        var tampered = Paid();
        var seq = tampered.Change<Moved>(moved => moved with { ToSub = SubAccount.Stake });

        tampered.AssertFinds(
            seq, AuditCheck.Posting, "a movement for Transfer", "of the shape of its reason",
            "Direct from Available of account #4 to Stake of account #5");
    }

    [Fact]
    public void A_skipped_nonce_is_found()
    {
        var tampered = Paid();
        var seq = tampered.Change<CommandHandled>(handled => handled with { Sequence = handled.Sequence + 1 });

        tampered.AssertFinds(seq, AuditCheck.Nonce, "the sequence in lane 0 of account #4", "1", "2");
        tampered.AssertFinds(
            seq, AuditCheck.Nonce, "the nonce that is used", "0/1 of account #4", "0/2 of account #4");
    }

    [Fact]
    public void A_payload_that_is_journalled_twice_is_found()
    {
        var tampered = Paid();
        var payload = (ClientPayload)chain.Journal[^1].Body!;
        var seq = tampered.Repeat(tampered.SeqOfCommand<Transfer>());

        tampered.AssertFinds(
            seq, AuditCheck.Nonce, $"the payload {payload.PayloadDigest}", "journalled once", "journalled again");
        tampered.AssertFinds(seq, AuditCheck.Nonce, "the sequence in lane 0 of account #4", "2", "1");
    }

    [Fact]
    public void A_payload_that_uses_no_nonce_is_found()
    {
        var tampered = Paid();
        var seq = tampered.Drop<CommandHandled>();

        tampered.AssertFinds(seq, AuditCheck.Form, "how often the entry's payload is handled", "1", "0");
    }

    [Fact]
    public void Gas_of_another_amount_is_found()
    {
        var tampered = Paid();
        var seq = tampered.Change<CommandHandled>(
            handled => handled with { Gas = handled.Gas + TokenAmount.FromBaseUnits(1) });

        tampered.AssertFinds(
            seq, AuditCheck.Gas, "the gas of account #4", "2000000000000000", "2000000000000001");
    }

    [Fact]
    public void A_refused_payload_that_moves_something_is_found()
    {
        var refused = chain.Send(Payer, new Transfer(Payee.Id, TokenAmount.FromTokens(2_000_000)));
        Assert.Equal(Outcome.InsufficientFunds, refused.Outcome);
        var tampered = new Tampered(chain);
        tampered.Insert(refused.Seq, new Moved(
            chain.Number(Payer), chain.Number(Payee), SubAccount.Available, SubAccount.Available, MovePhase.Direct,
            MoveReason.Transfer, 0, TokenAmount.OneToken));

        tampered.AssertFinds(
            refused.Seq, AuditCheck.Refusal, "the events of a refused payload besides gas and nonce", "0", "1");
    }

    [Fact]
    public void A_refused_payload_that_pays_more_than_base_gas_is_found()
    {
        var refused = chain.Send(Payer, new Transfer(Payee.Id, TokenAmount.FromTokens(2_000_000)));
        var tampered = new Tampered(chain);
        tampered.Change<CommandHandled>(handled => handled with { Gas = handled.Gas + handled.Gas });

        tampered.AssertFinds(
            refused.Seq, AuditCheck.Gas, "the gas of account #4", "1000000000000000", "2000000000000000");
    }

    [Fact]
    public void Stake_that_is_free_too_early_is_found()
    {
        chain.Do(Payer, new DepositStake(TokenAmount.FromTokens(5)));
        chain.Do(Payer, new WithdrawStake(TokenAmount.FromTokens(5)));
        var started = chain.Now;
        chain.Advance(Duration.FromDays(8));
        var tampered = new Tampered(chain);
        var seq = tampered.SeqOf<UnbondingFinished>();
        tampered.Change(seq, entry => entry with { Header = entry.Header with { Time = started } });

        tampered.AssertFinds(
            seq, AuditCheck.Hold, "the end of unbonding 1 of account #4",
            $"due at {(started + Duration.FromDays(7)).UnixMs}", $"at {started.UnixMs}");
    }

    [Fact]
    public void Unbonding_stake_that_comes_back_twice_is_found()
    {
        chain.Do(Payer, new DepositStake(TokenAmount.FromTokens(5)));
        chain.Do(Payer, new WithdrawStake(TokenAmount.FromTokens(5)));
        chain.Advance(Duration.FromDays(8));
        var tampered = new Tampered(chain);
        var seq = tampered.Double<Moved>(moved => moved.Reason == MoveReason.Unbonded);

        tampered.AssertFinds(
            seq, AuditCheck.Hold, "what is taken out of unbonding 1 of account #4", "at most 0", Tampered.Tokens(5));
    }

    private Tampered Paid()
    {
        chain.Do(Payer, new Transfer(Payee.Id, TokenAmount.FromTokens(10)));
        return new Tampered(chain);
    }
}
