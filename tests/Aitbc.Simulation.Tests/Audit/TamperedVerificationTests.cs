using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Verification;
using Aitbc.Simulation.Audit;
using Aitbc.Testing;

namespace Aitbc.Simulation.Tests.Audit;

/// <summary>A result that validators check: one falsified event a check, and what the auditor says.</summary>
public sealed class TamperedVerificationTests
{
    private static readonly Digest s_other = Digest.Sha256("other"u8);

    /// <summary>What is falsified where two agree, and one has other bytes; what is found.</summary>
    private static readonly (string Name, AuditCheck Check, string What, Action<Tampered> Falsify)[] s_all =
    [
        (
            "k that is no majority", AuditCheck.Verdict, "the verdicts that decide",
            it => it.Change<ValidationAsked>(asked => asked with { Needed = 1 })),
        (
            "another fee", AuditCheck.Command, "what validators of",
            it => it.Change<ValidationAsked>(asked => asked with { Fee = TokenAmount.OneToken })),
        (
            "fees above the job bond", AuditCheck.Bond, "which a job bond covers",
            it => it.Change<WorkloadPosted>(posted => posted with { JobBond = TokenAmount.FromTokens(5) })),
        (
            "fees that were not held", AuditCheck.Hold, "what is held as the validators' fees",
            it => it.Drop<Moved>(moved => moved.Reason == MoveReason.ValidatorFee && moved.Phase == MovePhase.Pending)),
        ("nobody asked", AuditCheck.Verdict, "validators of", it => it.Drop<ValidationAsked>()),
        (
            "another seal", AuditCheck.Command, "the seal of",
            it => it.Change<WorkSealed>(work => work with { Seal = s_other })),
        (
            "a seal by another", AuditCheck.Work, "who seals the work",
            it => it.Change<WorkSealed>(work => work with { Provider = new AccountNumber(1) })),
        (
            "another round", AuditCheck.Draw, "the beacon round at the seal",
            it => it.Change<WorkSealed>(work => work with { Round = 7 })),
        (
            "an early draw", AuditCheck.Work, "the next deadline",
            it => it.Change<WorkSealed>(work => work with { DeadlineMs = work.DeadlineMs - 1 })),
        (
            "another validator", AuditCheck.Draw, "validator 1 of",
            it => it.Change<ValidatorDrawn>(one => one with { Validator = new AccountNumber(3) })),
        ("one too few", AuditCheck.Draw, "the validators of", it => it.Drop<ValidatorDrawn>()),
        (
            "a short time to commit", AuditCheck.Work, "the next deadline",
            it => it.Change<CommitmentsOpened>(opened => opened with { DeadlineMs = opened.DeadlineMs - 1 })),
        (
            "another commitment", AuditCheck.Verdict, "the commitment of",
            it => it.Change<VerdictCommitted>(one => one with { Commitment = s_other })),
        (
            "no verdict bond", AuditCheck.Hold, "what is held as the verdict bond",
            it => it.Drop<Moved>(moved => moved.Reason == MoveReason.VerdictBond && moved.Phase == MovePhase.Pending)),
        (
            "an early close", AuditCheck.Verdict, "at their close",
            it => it.Drop<VerdictCommitted>()),
        (
            "another result", AuditCheck.Verdict, "the result of",
            it => it.Change<WorkSubmitted>(work => work with { Result = s_other })),
        (
            "a verdict that was not committed to", AuditCheck.Verdict, "the verdict of",
            it => it.Change<VerdictGiven>(given => given with { Output = s_other }, given => given.Agrees == 1)),
        (
            "the same bytes that disagree", AuditCheck.Verdict, "whose output is the same",
            it => it.Change<VerdictGiven>(given => given with { Agrees = 0 }, given => given.Agrees == 1)),
        (
            "an ending against the verdicts", AuditCheck.Work, "the end of",
            it => it.Change<WorkloadEnded>(ended => ended with { Ending = WorkloadEnding.Refuted })),
        (
            "another count", AuditCheck.Verdict, "the verdicts that the end",
            it => it.Change<WorkloadEnded>(ended => ended with { Agreed = 3 })),
        (
            "other fees", AuditCheck.Payment, "the fees that the end",
            it => it.Change<WorkloadEnded>(ended => ended with { Fees = TokenAmount.OneToken })),
        (
            "a fee that was not paid", AuditCheck.Payment, "what of the ValidatorFee",
            it => it.Drop<Moved>(IsFee)),
        (
            "a fee to another", AuditCheck.Payment, "what of the ValidatorFee",
            it => it.Change<Moved>(moved => moved with { To = new AccountNumber(1) }, IsFee)),
        (
            "a bond that is kept", AuditCheck.Bond, "what of the VerdictBond",
            it => it.Drop<Moved>(moved => moved.Reason == MoveReason.VerdictBond && moved.Phase == MovePhase.Voided)),
        (
            "another record", AuditCheck.Verdict, "the record of",
            it => it.Change<ValidatorReleased>(one => one with { Record = SeatRecordMark.Faulted })),
        (
            "a seat that is left twice", AuditCheck.Verdict, "the seat of",
            it => it.Double<ValidatorReleased>()),
        (
            "a fee of a forbidden shape", AuditCheck.Posting, "a movement for ValidatorFee",
            it => it.Change<Moved>(moved => moved with { Phase = MovePhase.Voided }, IsFee)),
        (
            "a limit that was not given back", AuditCheck.DailyVolume, "has back and was not released",
            it => it.Drop<Protocol.Constitution.LimitReleased>(one => one.Amount == TokenAmount.OneToken)),
    ];

    private readonly LedgerFixture chain = new();
    private WorkloadId id;
    private Provider[] drawn = [];

    /// <summary>Their names.</summary>
    public static TheoryData<string> Names => [.. s_all.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_was_falsified_is_found(string name)
    {
        var (_, check, what, falsify) = s_all.Single(one => one.Name == name);
        Finish("aad");
        var tampered = new Tampered(chain);
        falsify(tampered);
        tampered.AssertFinds(check, what);
    }

    [Fact]
    public void A_silent_validators_bond_that_goes_to_another_is_found()
    {
        Finish("ads");
        var tampered = new Tampered(chain);
        tampered.Change<Moved>(
            moved => moved with { To = new AccountNumber(1) }, moved => moved.Reason == MoveReason.VerdictForfeit);
        tampered.AssertFinds(AuditCheck.Bond, "what of the VerdictBond");
    }

    [Fact]
    public void A_draw_that_need_not_have_waited_is_found()
    {
        Seal();
        chain.PassDeadline(id);
        chain.Draw(id);
        var tampered = new Tampered(chain);
        var waited = tampered.SeqOf<DrawPostponed>();
        tampered.MoveAfter(waited, tampered.SeqOf<BeaconRevealed>());
        tampered.AssertFinds(AuditCheck.Draw, "the draw of");
    }

    [Fact]
    public void A_wait_of_another_length_is_found()
    {
        Seal();
        chain.PassDeadline(id);
        var tampered = new Tampered(chain);
        tampered.Change<DrawPostponed>(one => one with { DeadlineMs = one.DeadlineMs + 1 });
        tampered.AssertFinds(AuditCheck.Work, "the next deadline");
    }

    [Fact]
    public void A_host_that_the_node_says_nothing_of_is_found()
    {
        var validator = chain.NewValidator();
        chain.Input(new Liveness(validator.Agent.Id, false));
        var tampered = new Tampered(chain);
        tampered.Change<LivenessChanged>(one => one with { Live = 1 });
        tampered.AssertFinds(AuditCheck.Form, "is heard of");
    }

    private static bool IsFee(Moved moved) =>
        moved.Reason == MoveReason.ValidatorFee && moved.Phase == MovePhase.Posted;

    private void Seal()
    {
        chain.NewValidators(5);
        var provider = chain.NewProvider(chain.People[3]);
        id = chain.AwardChecked(chain.NewAgent(chain.People[4]), provider);
        chain.Seal(provider, id);
    }

    private void Finish(string ways)
    {
        Seal();
        drawn = chain.Draw(id);
        var result = chain.Showing(id).Result;
        for (var i = 0; i < drawn.Length; i++)
        {
            chain.Commit(id, ways[i] == 'd' ? s_other : result, drawn[i]);
        }

        chain.Show(new Provider(chain.ActorOf(chain.State.Bids[chain.Workload(id).WinningBid].Bidder), default), id);
        for (var i = 0; i < drawn.Length; i++)
        {
            if (ways[i] != 's')
            {
                chain.Judge(id, drawn[i]);
            }
        }

        if (chain.IsLive(id))
        {
            chain.PassDeadline(id);
        }
    }
}
