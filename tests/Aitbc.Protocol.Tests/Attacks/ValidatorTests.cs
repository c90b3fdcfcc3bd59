using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Tests.Verification;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Tests.Attacks;

/// <summary>Being paid for validating without doing the work, and what it comes to.</summary>
public sealed class ValidatorTests
{
    [Fact]
    public void A_copied_commitment_cannot_be_opened()
    {
        var work = new CheckedWork().To(WorkloadPhase.Committing);
        var (honest, copier) = (work.Drawn[0].Agent, work.Drawn[1].Agent);
        var commit = work.Chain.Committing(honest, work.Id, work.Result);
        work.Chain.Do(honest, commit);
        work.Chain.Do(copier, commit);
        work.Chain.Commit(work.Id, work.Result, work.Drawn[2]);
        work.Chain.Show(work.Provider, work.Id);
        var opening = work.Chain.Judging(honest, work.Id);
        work.Chain.Do(honest, opening);
        Assert.Equal(Outcome.CommitmentMismatch, work.Chain.Send(copier, opening).Outcome);
    }

    [Fact]
    public void A_provider_cannot_show_another_result_than_it_sealed()
    {
        var work = new CheckedWork().To(WorkloadPhase.Revealing);
        var sealed_ = work.Chain.Showing(work.Id);
        var better = work.Chain.Unique("better", 1);
        work.Chain.Store(work.Provider.Agent, better);
        work.Chain.Store(work.Provider.Agent, sealed_.Result);
        foreach (var shown in new[] { sealed_ with { Result = better }, sealed_ with { QualityPpm = 1_000_000 } })
        {
            Assert.Equal(Outcome.CommitmentMismatch, work.Chain.Send(work.Provider.Agent, shown).Outcome);
        }

        work.Chain.Do(work.Provider.Agent, sealed_);
    }

    [Theory]
    [InlineData(WorkloadPhase.Sealed)]
    [InlineData(WorkloadPhase.Committing)]
    public void A_result_cannot_be_shown_while_anybody_may_still_commit(WorkloadPhase phase)
    {
        var work = new CheckedWork().To(phase);
        if (phase == WorkloadPhase.Committing)
        {
            work.Chain.Commit(work.Id, work.Result, work.Drawn[..2]);
        }

        work.Chain.Store(work.Provider.Agent, work.Result);
        Assert.Equal(
            Outcome.WrongPhase, work.Chain.Send(work.Provider.Agent, work.Chain.Showing(work.Id)).Outcome);
    }

    [Fact]
    public void Once_the_result_is_shown_nobody_can_commit()
    {
        var work = new CheckedWork { Ways = "aa-" }.To(WorkloadPhase.Revealing);
        var late = work.Drawn[2].Agent;
        var commit = work.Chain.Committing(late, work.Id, work.Result);
        Assert.Equal(Outcome.WrongPhase, work.Chain.Send(late, commit).Outcome);
        work.To(WorkloadPhase.Judging);
        Assert.Equal(Outcome.WrongPhase, work.Chain.Send(late, commit).Outcome);
        Assert.Equal(
            Outcome.CommitmentMismatch, work.Chain.Send(late, work.Chain.Judging(late, work.Id)).Outcome);
    }

    [Theory]
    [InlineData(0, false, true, Outcome.VerdictContradicted)]
    [InlineData(0, false, false, Outcome.Applied)]
    [InlineData(0, true, false, Outcome.VerdictContradicted)]
    [InlineData(1, true, false, Outcome.VerdictContradicted)]
    [InlineData(1, false, true, Outcome.Applied)]
    [InlineData(1, false, false, Outcome.Applied)]
    [InlineData(1_000_000, true, true, Outcome.Applied)]
    public void The_same_bytes_agree_and_others_agree_only_within_a_tolerance(
        uint tolerancePpm, bool isSame, bool agrees, Outcome outcome)
    {
        var terms = LedgerFixture.Validation with { TolerancePpm = tolerancePpm };
        var work = new CheckedWork(terms: terms) { Ways = isSame ? "aaa" : "daa" }.To(WorkloadPhase.Judging);
        var validator = work.Drawn[0].Agent;
        var verdict = work.Chain.Judging(validator, work.Id);
        work.Chain.Store(validator, verdict.Output);
        Assert.Equal(outcome, work.Chain.Send(validator, verdict with { Agrees = agrees }).Outcome);
    }

    [Fact]
    public void Whoever_agrees_without_having_worked_can_only_disagree()
    {
        // Bound to what it made up, it cannot call the result's bytes its own.
        var work = new CheckedWork { Ways = "daa" }.To(WorkloadPhase.Judging);
        var lazy = work.Drawn[0].Agent;
        var verdict = work.Chain.Judging(lazy, work.Id);
        var claimed = verdict with { Output = work.Result, Agrees = true };
        Assert.Equal(Outcome.CommitmentMismatch, work.Chain.Send(lazy, claimed).Outcome);
        Assert.Equal(WorkloadEnding.Verified, work.Finish().Ending);
        Assert.Equal(0, work.Gained(lazy));
    }

    [Fact]
    public void One_agent_cannot_take_the_places_of_all_who_offer_to_validate()
    {
        var chain = new LedgerFixture(1, CheckedWork.Free);
        var validator = chain.NewValidator();
        var terms = LedgerFixture.ServiceTerms with { Capability = LedgerFixture.Validating };
        Assert.Equal(Outcome.TooManyOpen, chain.Send(validator.Agent, new ListService(terms)).Outcome);
        chain.Do(validator.Agent, new ListService(LedgerFixture.ServiceTerms));
        chain.Do(validator.Agent, new DelistService(validator.Service));
        chain.Do(validator.Agent, new ListService(terms));
    }

    [Fact]
    public void Validators_that_are_silent_again_and_again_are_no_longer_drawn()
    {
        var chain = new LedgerFixture(1, CheckedWork.Free);
        var provider = chain.NewProvider(chain.People[1]);
        chain.NewValidators(3);
        for (var i = 0; i < 3; i++)
        {
            var id = chain.AwardChecked(chain.People[0], provider);
            chain.Seal(provider, id);
            Assert.Equal(3, chain.Draw(id).Length);
            chain.PassDeadline(id);
            Assert.False(chain.IsLive(id));
        }

        var post = chain.Posting(chain.People[0]) with
        {
            Mode = VerificationMode.KOfN, Validation = LedgerFixture.Validation,
        };
        Assert.Equal(Outcome.TooFewValidators, chain.Send(chain.People[0], post).Outcome);
        chain.NewValidators(3);
        chain.Do(chain.People[0], post);
    }

    [Fact]
    public void Validators_read_the_input_once_drawn_the_result_once_shown_and_both_parties_what_they_found()
    {
        var chain = new LedgerFixture(1, CheckedWork.Free);
        var (client, provider) = (chain.People[0], chain.NewProvider(chain.People[1]));
        chain.NewValidators(3);
        var (input, spec) = (chain.Blob(client), chain.Blob(client));
        var id = chain.Award(client, provider, post => post with
        {
            Input = input,
            Spec = spec,
            Mode = VerificationMode.KOfN,
            Validation = LedgerFixture.Validation,
        });
        var result = chain.Seal(provider, id);
        bool Reads(Actor who, Digest digest) => Blobs.BlobReaders.MayRead(chain.State, digest, who.Id);
        var drawn = chain.Draw(id);
        var found = chain.Unique("found", 1);

        Assert.All(drawn, validator => Assert.True(Reads(validator.Agent, input) && Reads(validator.Agent, spec)));
        Assert.False(Reads(chain.People[5], input) || Reads(chain.People[5], spec));
        chain.Commit(id, found, drawn);
        chain.Show(provider, id);
        Assert.All(drawn, validator => Assert.True(Reads(validator.Agent, result)));
        Assert.False(Reads(chain.People[5], result));
        chain.Judge(id, drawn[0]);
        Assert.True(Reads(client, found) && Reads(provider.Agent, found));
        Assert.False(Reads(chain.People[5], found));
    }

    [Fact]
    public void So_many_may_offer_to_validate_and_no_more()
    {
        var chain = new LedgerFixture(1, CheckedWork.Free);
        var all = Enumerable.Range(0, Draw.MaxOffered).Select(_ => chain.NewValidator(chain.People[5])).ToList();
        var more = chain.NewAgent(chain.People[4]);
        chain.Do(more, new Staking.DepositStake(chain.State.Parameters.MinimumStake));
        var terms = LedgerFixture.ServiceTerms with { Capability = LedgerFixture.Validating };
        Assert.Equal(Outcome.TooManyOpen, chain.Send(more, new ListService(terms)).Outcome);
        chain.Do(all[100].Agent, new DelistService(all[100].Service));
        chain.Do(more, new ListService(terms));
    }

    [Fact]
    public void Nothing_overflows_where_all_is_as_large_as_it_may_be()
    {
        var balance = Genesis.MaxSupply.MulDivDown(1, 4);
        var shape = CheckedWork.Free with { Supply = Genesis.MaxSupply, Balance = balance, People = 4 };
        var chain = new LedgerFixture(1, shape);
        var validators = Enumerable.Range(0, 8).Select(_ => chain.NewValidator()).ToList();
        var provider = chain.NewProvider(chain.People[3], Constitutions.Wide with
        {
            MaxDailyVolume = TokenAmount.MaxSupply, MaxValuePerAction = TokenAmount.MaxSupply,
        });
        chain.Do(chain.People[3], new Accounts.Transfer(provider.Agent.Id, balance.MulDivDown(3, 4)));
        const uint Week = 604_800_000;
        var terms = new ValidationTerms(5, 8, 1_000_000, balance.MulDivDown(1, 16), Week, Week);
        foreach (var (agrees, client) in new[] { (true, chain.People[2]), (false, chain.People[1]) })
        {
            var id = chain.Post(client, post => post with
            {
                MaxPrice = balance.MulDivDown(1, 4), JobBond = balance.MulDivDown(1, 2),
                Mode = VerificationMode.KOfN, Validation = terms,
                BidWindowMs = Week, OpenWindowMs = Week, WorkWindowMs = Week, AcceptWindowMs = Week,
            });
            chain.Do(provider.Agent, chain.Bidding(provider, id, balance.MulDivDown(1, 4)));
            chain.Open(id, provider);
            chain.PassDeadline(id);
            var result = chain.Seal(provider, id);
            var drawn = chain.Draw(id);
            Assert.Equal(8, drawn.Length);
            chain.Commit(id, agrees ? result : chain.Unique("other", 1), drawn);
            chain.Show(provider, id);
            chain.Judge(id, drawn);
            Assert.False(chain.IsLive(id));
        }

        Assert.All(validators, one => Assert.Equal(
            TokenAmount.FromTokens(2_000) + terms.Fee + terms.Fee, chain.Account(one.Agent).Total));
    }

    [Fact]
    public void A_client_is_told_at_once_where_there_are_too_few_owners_for_its_panel()
    {
        var chain = new LedgerFixture(1, CheckedWork.Free);
        chain.NewValidators(2);
        chain.NewValidator(chain.People[4]);
        var owner = chain.NewPerson();
        var post = chain.Posting(chain.People[4]) with
        {
            Mode = VerificationMode.KOfN, Validation = LedgerFixture.Validation,
        };
        Assert.Equal(Outcome.TooFewValidators, chain.Send(chain.People[4], post).Outcome);
        chain.NewValidator(owner);
        chain.Do(chain.People[4], post);
        var panel = LedgerFixture.Validation with { Needed = 3, Validators = 5, Fee = TokenAmount.OneToken };
        chain.NewValidator(owner);
        Assert.Equal(
            Outcome.TooFewValidators, chain.Send(chain.People[5], post with { Validation = panel }).Outcome);
        chain.NewValidators(1);
        chain.Do(chain.People[5], post with { Validation = panel });
    }

    [Theory]
    [InlineData(1_000_000, Outcome.Applied)]
    [InlineData(2_000_000, Outcome.BlobMissing)]
    public void What_validators_need_is_paid_for_until_they_have_judged(uint revealWindowMs, Outcome outcome)
    {
        var chain = new LedgerFixture(1, CheckedWork.Free);
        chain.NewValidators(3);
        var blob = chain.Blob(chain.People[4], days: 1);
        var terms = LedgerFixture.Validation with { CommitWindowMs = 83_000_000, RevealWindowMs = revealWindowMs };
        var post = chain.Posting(chain.People[4]) with
        {
            Input = blob, Spec = blob, Mode = VerificationMode.KOfN, Validation = terms,
        };
        Assert.Equal(outcome, chain.Send(chain.People[4], post).Outcome);
    }

    [Theory]
    [InlineData(true, Outcome.TooFewValidators)]
    [InlineData(false, Outcome.Applied)]
    public void Liveness_is_taken_where_it_changes_and_of_agents_alone(bool isGone, Outcome posting)
    {
        var chain = new LedgerFixture(1, CheckedWork.Free);
        var validator = chain.NewValidators(3)[0].Agent;
        Assert.Equal(Outcome.InputRejected, chain.Submit(new Liveness(validator.Id, true)).Outcome);
        Assert.Equal(Outcome.InputRejected, chain.Submit(new Liveness(chain.People[0].Id, false)).Outcome);
        Assert.Equal(
            Outcome.InputRejected, chain.Submit(new Liveness(chain.NewActor("nobody").Id, false)).Outcome);
        chain.Input(new Liveness(validator.Id, false));
        Assert.Equal(Outcome.InputRejected, chain.Submit(new Liveness(validator.Id, false)).Outcome);
        if (!isGone)
        {
            chain.Input(new Liveness(validator.Id, true));
        }

        var post = chain.Posting(chain.People[4]) with
        {
            Mode = VerificationMode.KOfN, Validation = LedgerFixture.Validation,
        };
        Assert.Equal(posting, chain.Send(chain.People[4], post).Outcome);
    }
}
