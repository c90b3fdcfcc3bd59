using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Verification;
using Aitbc.Simulation.Audit;
using Aitbc.Testing;

namespace Aitbc.Simulation.Tests.Audit;

/// <summary>Who may take which step of a result's verification, and when: one falsified event a check, and what the
/// auditor says.</summary>
public sealed class TamperedPanelTests
{
    private static readonly Digest s_other = Digest.Sha256("other"u8);
    private static readonly WorkloadId s_id = new(1);

    private static readonly (
        string Name,
        string Ways,
        AuditCheck Check,
        string What,
        Action<TamperedPanelTests, Tampered> Falsify)[] s_all =
    [
        ("validators that are asked late", "aad", AuditCheck.Work, "the step of w1 at what validators are asked",
            (_, it) => Again<ValidationAsked, WorkSealed>(it)),
        ("validators whom another asks", "aad", AuditCheck.Command, "who has w1 checked",
            (_, it) => Again<ValidationAsked, WorkSealed>(it)),
        ("too many validators", "aad", AuditCheck.Verdict, "the verdicts that decide w1",
            (_, it) => it.Change<ValidationAsked>(one => one with { Validators = 9, Needed = 5 })),
        ("more verdicts than validators", "aad", AuditCheck.Verdict, "the verdicts that decide w1",
            (_, it) => it.Change<ValidationAsked>(one => one with { Needed = 4 })),
        ("a second seal", "aad", AuditCheck.Work, "the step of w1 at the seal", (_, it) => it.Double<WorkSealed>()),
        ("a seal of other work", "aad", AuditCheck.Command, "the seal of w1",
            (_, it) => it.ChangePayload<SealWork>(one => one with { Workload = new WorkloadId(99) })),
        ("a wait after the draw", "aad", AuditCheck.Work, "the step of w1 at a postponed draw",
            (_, it) => it.Insert(it.SeqOf<VerdictCommitted>(), new DrawPostponed(s_id, 0))),
        ("a wait before its time", "wait", AuditCheck.Work, "the market time at which step Sealed of w1 ends",
            (_, it) => it.Hasten(it.SeqOf<DrawPostponed>())),
        ("one wait too many", "wait", AuditCheck.Draw, "the draw of w1 after 10 waits",
            (_, it) => it.Insert(it.SeqOf<WorkloadEnded>(), new DrawPostponed(s_id, 0))),
        ("a validator that is drawn late", "aad", AuditCheck.Work, "the step of w1 at a drawn validator",
            (_, it) => Again<ValidatorDrawn, VerdictCommitted>(it)),
        ("one who was not drawn", "aad", AuditCheck.Draw, "validator 1 of w1", (test, it) =>
        {
            var left = test.validators.First(one => !test.drawn.Contains(one));
            it.Change<ValidatorDrawn>(
                one => one with { Validator = test.chain.Number(left.Agent), Service = left.Service });
        }),
        ("a second opening of commitments", "aad", AuditCheck.Work, "the step of w1 at the draw",
            (_, it) => it.Double<CommitmentsOpened>()),
        ("a commitment that comes late", "aad", AuditCheck.Work, "the step of w1 at a commitment",
            (_, it) => Again<VerdictCommitted, WorkSubmitted>(it)),
        ("a commitment for another", "aad", AuditCheck.Command, "who commits to w1",
            (test, it) => it.Change<VerdictCommitted>(one => one with { Validator = test.First })),
        ("a second commitment", "aad", AuditCheck.Verdict, "the commitment of account",
            (_, it) => it.Double<VerdictCommitted>()),
        ("a commitment to other work", "aad", AuditCheck.Verdict, "the commitment of account",
            (_, it) => it.ChangePayload<CommitVerdict>(one => one with { Workload = new WorkloadId(99) })),
        ("a second close", "aad", AuditCheck.Work, "the step of w1 at the close of commitments",
            (_, it) => it.Double<CommitmentsClosed>()),
        ("a short time to show", "aad", AuditCheck.Work, "the next deadline of w1",
            (_, it) => it.Change<CommitmentsClosed>(one => one with { DeadlineMs = one.DeadlineMs - 1 })),
        ("a close with too few", "aa-", AuditCheck.Verdict, "the commitments on w1 at their close",
            (_, it) => it.Drop<VerdictCommitted>()),
        ("a close before its time", "aa-", AuditCheck.Verdict, "the commitments on w1 at their close",
            (_, it) => it.Hasten(it.SeqOf<CommitmentsClosed>())),
        ("a close that somebody sends", "aa-", AuditCheck.Verdict, "the commitments on w1 at their close", (test, it) =>
        {
            var pay = new Transfer(test.chain.People[1].Id, TokenAmount.OneToken);
            it.Change(
                it.SeqOf<CommitmentsClosed>(),
                entry => entry with { Body = test.chain.Payload(test.chain.People[0], pay) });
        }),
        ("a result of other work", "aad", AuditCheck.Verdict, "the result of w1",
            (_, it) => it.ChangePayload<RevealWork>(one => one with { Workload = new WorkloadId(99) })),
        ("a verdict that comes early", "aad", AuditCheck.Work, "the step of w1 at a verdict",
            (_, it) => Again<VerdictGiven, VerdictCommitted>(it)),
        ("a verdict for another", "aad", AuditCheck.Command, "who judges w1",
            (test, it) => it.Change<VerdictGiven>(one => one with { Validator = test.First })),
        ("a second verdict", "aad", AuditCheck.Verdict, "the verdict of account",
            (_, it) => it.Double<VerdictGiven>()),
        ("a verdict on other work", "aad", AuditCheck.Verdict, "the verdict of account",
            (_, it) => it.ChangePayload<RevealVerdict>(one => one with { Workload = new WorkloadId(99) })),
        ("a verdict that was not given", "aad", AuditCheck.Verdict, "the verdict of account",
            (_, it) => it.ChangePayload<RevealVerdict>(one => one with { Agrees = !one.Agrees })),
        ("a verdict of another salt", "aad", AuditCheck.Verdict, "the verdict of account",
            (_, it) => it.ChangePayload<RevealVerdict>(one => one with { Salt = s_other })),
        ("other bytes that agree without a tolerance", "aad", AuditCheck.Verdict, "whose output is another",
            (_, it) => it.Change<VerdictGiven>(one => one with { Agrees = 1 }, one => one.Agrees == 0)),
        ("the same bytes that disagree within a tolerance", "aad", AuditCheck.Verdict, "whose output is the same",
            (_, it) =>
            {
                it.Change<ValidationAsked>(one => one with { TolerancePpm = 1_000 });
                it.Change<VerdictGiven>(one => one with { Agrees = 0 }, one => one.Agrees == 1);
            }),
        ("a seat of another service", "aad", AuditCheck.Verdict, "the seat of account",
            (test, it) => it.Change<ValidatorReleased>(one => one with { Service = test.provider.Service })),
        ("an end before all have judged", "aad", AuditCheck.Work, "the end of w1",
            (_, it) => it.Drop<VerdictGiven>(one => one.Agrees == 0)),
        ("an end with too few that agree", "aad", AuditCheck.Work, "the end of w1",
            (_, it) => it.Change<VerdictGiven>(one => one with { Agrees = 0 }, one => one.Agrees == 1)),
        ("no decision where enough agree", "aad", AuditCheck.Work, "the end of w1",
            (_, it) => it.Change<WorkloadEnded>(one => one with { Ending = WorkloadEnding.Unverified })),
        ("no decision where enough disagree", "add", AuditCheck.Work, "the end of w1",
            (_, it) => it.Change<WorkloadEnded>(one => one with { Ending = WorkloadEnding.Unverified })),
        ("too few commitments before their time is over", "a--", AuditCheck.Work, "the end of w1",
            (_, it) => it.Hasten(it.SeqOf<WorkloadEnded>())),
        ("too few commitments where there are enough", "a--", AuditCheck.Work, "the end of w1",
            (test, it) => it.Insert(
                it.SeqOf<WorkloadEnded>(),
                new VerdictCommitted(s_id, test.chain.Number(test.drawn[1].Agent), s_other))),
        ("no draw before its time is over", "wait", AuditCheck.Work, "the end of w1",
            (_, it) => it.Hasten(it.SeqOf<WorkloadEnded>())),
        ("no draw after too few waits", "wait", AuditCheck.Work, "the end of w1",
            (_, it) => it.Drop<DrawPostponed>()),
        ("no draw where there is one", "wait", AuditCheck.Work, "the end of w1",
            (_, it) => it.MoveAfter(it.SeqOf<BeaconRevealed>(), it.SeqOf<WorkloadEnded>())),
        ("a fault where the quality is as promised", "low", AuditCheck.Work, "the end of w1",
            (_, it) => it.Change<WorkSubmitted>(one => one with { QualityPpm = 900_000 })),
        ("a fault that another finds", "aad", AuditCheck.Work, "the end of w1", (_, it) =>
        {
            it.Change<WorkloadPosted>(one => one with { MinQualityPpm = 950_000 });
            it.Change<WorkloadEnded>(one => one with { Ending = WorkloadEnding.BelowQuality });
        }),
        ("another mode", "aad", AuditCheck.Verdict, "the verdicts that the end of w1",
            (_, it) => it.Change<WorkloadEnded>(one => one with { Mode = VerificationMode.None })),
        ("a rest of the fees that stays", "aad", AuditCheck.Payment, "what of the ValidatorFee of account",
            (_, it) => it.Drop<Moved>(
                one => one.Reason == MoveReason.ValidatorFee && one.Phase == MovePhase.Voided)),
        ("another host", "gone", AuditCheck.Form, "is heard of",
            (test, it) => it.Change<LivenessChanged>(
                one => one with { Agent = test.chain.Number(test.provider.Agent) })),
        ("another word of the node's", "gone", AuditCheck.Form, "is heard of", (test, it) => it.Change(
            it.SeqOf<LivenessChanged>(),
            entry => entry with { Body = new Liveness(test.validators[0].Agent.Id, true) })),
        ("a change that is none", "gone", AuditCheck.Form, "is heard of", (_, it) => it.Double<LivenessChanged>()),
    ];

    private readonly LedgerFixture chain = new(3);
    private readonly Provider provider;
    private readonly Provider[] validators;
    private Provider[] drawn = [];
    private WorkloadId id;

    public TamperedPanelTests()
    {
        validators = chain.NewValidators(5);
        provider = chain.NewProvider(chain.People[3]);
    }

    public static TheoryData<string> Names => [.. s_all.Select(one => one.Name + ": " + one.Ways)];

    private AccountNumber First => chain.Number(drawn[0].Agent);

    [Theory]
    [MemberData(nameof(Names))]
    public void What_was_falsified_is_found(string name)
    {
        var (_, ways, check, what, falsify) = s_all.Single(one => one.Name + ": " + one.Ways == name);
        var tampered = Story(ways);
        falsify(this, tampered);
        tampered.AssertFinds(check, what);
    }

    [Theory]
    [InlineData("aad")]
    [InlineData("add")]
    [InlineData("aa-")]
    [InlineData("as-")]
    [InlineData("ads")]
    [InlineData("a--")]
    [InlineData("wait")]
    [InlineData("low")]
    [InlineData("gone")]
    public void What_is_right_is_not_found_wrong(string ways) => Assert.Empty(Story(ways).Findings());

    [Fact]
    public void Each_of_a_draws_events_has_its_time()
    {
        var tampered = Story("aad");
        tampered.Hasten(tampered.SeqOf<CommitmentsOpened>());
        Assert.Equal(4, tampered.Findings().Count(
            one => one.What == "the market time at which step Sealed of w1 ends"));
    }

    [Fact]
    public void A_draw_by_a_new_terms_beacon_is_right()
    {
        Seal();
        chain.RevealBeacon();
        chain.Input(chain.NextTerm());
        chain.PassDeadline(id);
        Assert.Equal(3, chain.Draw(id).Length);
        Assert.Empty(new Tampered(chain).Findings());
    }

    [Fact]
    public void A_draw_among_many_who_may_not_be_drawn_is_right()
    {
        var twin = chain.NewPerson();
        for (var i = 0; i < 3; i++)
        {
            chain.NewValidator(twin, stakes: 4);
            chain.NewValidator(chain.People[3]);
            chain.NewValidator(chain.People[4]);
            chain.NewProvider(chain.People[5]);
        }

        foreach (var release in new[] { false, true, true })
        {
            var owner = chain.NewPerson();
            var stopped = chain.NewValidator(owner).Agent.Id;
            chain.Do(owner, new StopAgent(stopped));
            chain.Do(owner, release ? new ReleaseAgent(stopped) : new StopAgent(stopped));
        }

        var gone = chain.NewValidators(4);
        Array.ForEach(gone, one => chain.Input(new Liveness(one.Agent.Id, false)));
        id = chain.AwardChecked(chain.NewAgent(chain.People[4]), provider);
        chain.NewValidators(4);
        chain.Seal(provider, id);
        Array.ForEach(gone, one => chain.Input(new Liveness(one.Agent.Id, true)));
        Array.ForEach(validators, one => chain.Input(new Liveness(one.Agent.Id, false)));
        Assert.Equal(3, chain.Draw(id).Length);
        Assert.Empty(new Tampered(chain).Findings());
    }

    [Fact]
    public void A_draw_by_stake_and_of_owners_with_many_agents_is_right()
    {
        foreach (var owner in new[] { chain.People[2], chain.People[5] })
        {
            for (var i = 0; i < 4; i++)
            {
                chain.NewValidator(owner, stakes: 16);
            }
        }

        Finish("aad", 900_000);
        Assert.Empty(new Tampered(chain).Findings());
    }

    [Fact]
    public void A_draw_of_those_whom_the_client_may_pay_is_right()
    {
        var named = validators[2..];
        var client = chain.NewAgent(chain.People[4], Constitutions.Wide with
        {
            Counterparties = [provider.Agent.Id, .. named.Select(one => one.Agent.Id)],
        });
        id = chain.AwardChecked(client, provider);
        chain.Seal(provider, id);
        Assert.Equal(3, chain.Draw(id).Intersect(named).Count());
        Assert.Empty(new Tampered(chain).Findings());
    }

    /// <summary>Lets an event happen once more, in front of an entry that has another.</summary>
    private static void Again<TEvent, TBefore>(Tampered it)
        where TEvent : unmanaged
        where TBefore : unmanaged
    {
        TEvent seen = default;
        it.Change<TEvent>(one => seen = one);
        it.Insert(it.SeqOf<TBefore>(), seen);
    }

    private void Seal(uint qualityPpm = 900_000)
    {
        id = chain.AwardChecked(chain.NewAgent(chain.People[4]), provider);
        chain.Seal(provider, id, qualityPpm);
    }

    /// <summary>Each drawn validator a(grees), d(isagrees), is s(ilent) once bound or silent at all (-); or a draw that
    /// waits until nobody waits any longer, a quality below the promise, a host that is gone.</summary>
    private Tampered Story(string ways)
    {
        switch (ways)
        {
            case "gone":
                chain.Input(new Liveness(validators[0].Agent.Id, false));
                return new Tampered(chain);
            case "wait":
                Seal();
                while (chain.IsLive(id))
                {
                    chain.PassDeadline(id);
                }

                chain.RevealBeacon();
                return new Tampered(chain);
            case "low":
                chain.Do(provider.Agent, new UpdateService(
                    provider.Service, LedgerFixture.ServiceTerms with { MinAccuracyPpm = 500_000 }));
                Finish("aaa", 499_999);
                return new Tampered(chain);
            default:
                Finish(ways, 900_000);
                return new Tampered(chain);
        }
    }

    private void Finish(string ways, uint qualityPpm)
    {
        Seal(qualityPpm);
        drawn = chain.Draw(id);
        var result = chain.Showing(id).Result;
        for (var i = 0; i < drawn.Length; i++)
        {
            if (ways[i] != '-')
            {
                chain.Commit(id, ways[i] == 'd' ? s_other : result, drawn[i]);
            }
        }

        if (ways.Contains('-', StringComparison.Ordinal))
        {
            chain.PassDeadline(id);
        }

        if (chain.IsLive(id))
        {
            chain.Show(provider, id);
        }

        for (var i = 0; i < drawn.Length && chain.IsLive(id); i++)
        {
            if (ways[i] is 'a' or 'd')
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
