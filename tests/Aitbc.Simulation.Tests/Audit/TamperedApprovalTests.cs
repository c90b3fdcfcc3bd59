using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;
using Aitbc.Simulation.Audit;
using Aitbc.Testing;

namespace Aitbc.Simulation.Tests.Audit;

/// <summary>Approvals, motions, overrides and safe mode: one falsified event, and what the auditor says.</summary>
public sealed class TamperedApprovalTests
{
    private static readonly ConstitutionTerms Asking = Constitutions.Wide with { RequiresHumanApproval = true };

    private readonly LedgerFixture chain = new();

    private Actor Owner => chain.People[5];

    private Actor Payee => chain.People[4];

    private Actor[] Guardians => [.. chain.People.Take(3)];

    public static TheoryData<string, string, Action<object>> OfApprovals => Cases(
        ("what a", "says that it holds", tampered => tampered.Change<CommandParked>(
            one => one with { Held = TokenAmount.FromTokens(39) })),
        ("what a", "holds back", tampered => tampered.Change<CommandParked>(one => one with { Payload = default })),
        ("the end of a", "ms", tampered => tampered.Change<CommandParked>(
            one => one with { ExpiresAtMs = one.ExpiresAtMs + 1 })),
        ("the version", "parked under", tampered => tampered.Change<CommandParked>(
            one => one with { ConstitutionVersion = 7 })),
        ("what is parked", "", tampered => tampered.Drop<CommandParked>()),
        ("what a", "reserves", tampered => tampered.Drop<ParkedReserved>()),
        ("what a", "reserves", tampered => tampered.Change<ParkedReserved>(
            one => one with { Amount = TokenAmount.FromTokens(39) })),
        ("what a", "reserves", tampered => tampered.Change<ParkedReserved>(
            one => one with { Action = CommandKind.PlaceBid })),
        ("who approve a", "", tampered => tampered.Drop<ApprovalGiven>()),
        ("who approve a", "bits", tampered => tampered.Change<ApprovalGiven>(one => one with { Votes = 7 })),
        ("who approves a", "", tampered => tampered.Change<ApprovalGiven>(one => one with { By = new(6) })),
        ("the word of account", "", tampered => tampered.Double<ApprovalGiven>()),
        ("the end of a", "", tampered => tampered.Change<ApprovalEnded>(
            one => one with { Ending = ApprovalEnding.Expired })),
        ("the end of a", "", tampered => tampered.Change<ApprovalEnded>(
            one => one with { Ending = ApprovalEnding.Void })),
        ("the end of a", "", tampered => tampered.Change<ApprovalEnded>(one => one with { By = new(6) })),
        ("a", "", tampered => tampered.Double<ApprovalEnded>()),
        ("what is carried out", "", tampered => tampered.Change<ParkedHandled>(one => one with { Payload = default })),
        ("what is carried out", "", tampered => tampered.Drop<ApprovalEnded>()),
        ("what became", "", tampered => tampered.Drop<ParkedHandled>()));

    public static TheoryData<string, string, Action<object>> OfMotions => Cases(
        ("who proposes motion", "", tampered => tampered.Change<MotionProposed>(one => one with { By = new(4) })),
        ("when motion 1 is ready", "", tampered => tampered.Change<MotionProposed>(one => one with { ReadyAtMs = 1 })),
        ("when motion 1 lapses", "", tampered => tampered.Change<MotionProposed>(one => one with { LapsesAtMs = 1 })),
        ("what motion 1 proposes", "", tampered => tampered.Change<MotionProposed>(
            one => one with { Constitution = one.Constitution with { MaxStake = TokenAmount.OneToken } })),
        ("who agree to motion 1", "", tampered => tampered.Drop<MotionVoted>()),
        ("the votes on motion 1", "", tampered => tampered.Change<MotionVoted>(one => one with { Enough = 0 })),
        ("the votes on motion 1", "", tampered => tampered.Change<MotionVoted>(one => one with { Votes = 1 })),
        ("who votes on motion 1", "", tampered => tampered.Change<MotionVoted>(one => one with { By = new(6) })),
        ("the constitution of account", "", tampered => tampered.Change<ConstitutionAdopted>(
            one => one with { Constitution = one.Constitution with { MaxStake = TokenAmount.OneToken } })),
        ("the version of the constitution", "", tampered => tampered.Change<ConstitutionAdopted>(
            one => one with { Constitution = one.Constitution with { Version = 9 } })),
        ("at once", "", tampered => tampered.Change<ConstitutionAdopted>(one => one with { Motion = default })),
        ("the end of motion 1", "", tampered => tampered.Change<MotionEnded>(
            one => one with { Ending = MotionEnding.Lapsed })),
        ("the end of motion 1", "", tampered => tampered.Change<MotionEnded>(
            one => one with { Ending = MotionEnding.Withdrawn })),
        ("motion 1", "", tampered => tampered.Drop<MotionEnded>()),
        ("motion 1", "", tampered => tampered.Double<MotionEnded>()));

    public static TheoryData<string, RuleTerms> Rules => new()
    {
        { "Transfer", new RuleTerms { Kind = RuleKind.Deny } },
        { "the value of Transfer", new RuleTerms { Kind = RuleKind.MaxValue, Amount = TokenAmount.FromTokens(9) } },
        {
            "the value of Transfer",
            new RuleTerms { Kind = RuleKind.RollingValue, Amount = TokenAmount.FromTokens(19), WindowMs = 900_000 }
        },
        {
            "the count of Transfer",
            new RuleTerms { Kind = RuleKind.RollingCount, Amount = new TokenAmount(1), WindowMs = 900_000 }
        },
        { "whom Transfer", new RuleTerms { Kind = RuleKind.Counterparties } },
        { "the hour of Transfer", new RuleTerms { Kind = RuleKind.Hours, HoursUtc = 1u << 23 } },
        { "Transfer", new RuleTerms { Kind = RuleKind.Sequence, Then = 1, WindowMs = 1 } },
        { "whom Transfer", new RuleTerms { Kind = RuleKind.CounterpartyRecord, MinRecordPpm = 1 } },
        { "Transfer", new RuleTerms { Kind = RuleKind.ApprovalAbove, Amount = TokenAmount.FromTokens(9) } },
    };

    [Theory]
    [MemberData(nameof(OfApprovals))]
    public void A_falsified_approval_is_found(string what, string more, Action<object> falsify)
    {
        var agent = Guarded(Asking);
        var (id, bytes) = chain.Park(agent, new Transfer(Payee.Id, TokenAmount.FromTokens(40)));
        chain.Do(Guardians[0], new GrantApproval(id, bytes));
        chain.Do(Guardians[1], new GrantApproval(id, bytes));
        AssertFinds(AuditCheck.Approval, what, more, falsify);
    }

    [Theory]
    [MemberData(nameof(OfMotions))]
    public void A_falsified_motion_is_found(string what, string more, Action<object> falsify)
    {
        var agent = Guarded(Asking);
        chain.Do(Guardians[0], new ChangeConstitution(agent.Id, Constitutions.Wide));
        chain.Do(Guardians[1], new AgreeMotion(chain.LastMotion));
        chain.Advance(chain.State.Parameters.LooseningDelay);
        Assert.Equal(0, chain.State.Motions.Live);
        AssertFinds(AuditCheck.Motion, what, more, falsify);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void What_a_rule_forbids_is_found(string what, RuleTerms stricter)
    {
        var harmless = new ConstitutionRule(RuleKind.Deny, [CommandKind.AddKey]);
        var agent = Guarded(Constitutions.Wide with { Rules = [harmless] });
        chain.Do(agent, new Transfer(Payee.Id, TokenAmount.FromTokens(10)));
        chain.Do(agent, new Transfer(Payee.Id, TokenAmount.FromTokens(10)));
        stricter.Actions = 1;
        var check = stricter.Kind == RuleKind.ApprovalAbove ? AuditCheck.Approval : AuditCheck.Rule;
        AssertFinds(check, what, "", tampered => ((Tampered)tampered).Change<RuleWritten>(
            written => written with { Rule = stricter }));
    }

    [Fact]
    public void Other_bytes_than_those_that_wait_are_found()
    {
        var agent = Guarded(Asking);
        var (id, bytes) = chain.Park(agent, new Transfer(Payee.Id, TokenAmount.FromTokens(40)));
        var (_, other) = chain.Written(agent, new Transfer(Payee.Id, TokenAmount.FromTokens(41)));
        chain.Do(Guardians[0], new GrantApproval(id, bytes));
        chain.Do(Guardians[1], new GrantApproval(id, bytes));
        var tampered = new Tampered(chain);
        var seq = tampered.SeqOf<ParkedHandled>();
        var grant = new GrantApproval(id, other);
        tampered.Change(seq, entry => entry with { Body = Sent((ClientPayload)entry.Body, grant) });
        tampered.AssertFinds(AuditCheck.Approval, "the bytes of a");
    }

    [Fact]
    public void What_is_given_back_of_a_denied_payload_and_not_released_is_found()
    {
        var agent = Guarded(Asking);
        var (id, _) = chain.Park(agent, new Transfer(Payee.Id, TokenAmount.FromTokens(40)));
        chain.Do(Guardians[0], new DenyApproval(id));
        var tampered = new Tampered(chain);
        tampered.Drop<LimitReleased>();
        tampered.AssertFinds(AuditCheck.DailyVolume, "has back and was not released");
        tampered = new Tampered(chain);
        tampered.Drop<Moved>(moved => moved.Reason == MoveReason.Parked && moved.Phase == MovePhase.Voided);
        tampered.AssertFinds(AuditCheck.Hold, "what is left of the amount for a");
    }

    [Theory]
    [InlineData("key")]
    [InlineData("stop")]
    [InlineData("constitution")]
    public void What_must_be_void_and_goes_on_waiting_is_found(string change)
    {
        var agent = Guarded(Asking);
        chain.Park(agent, new Transfer(Payee.Id, TokenAmount.FromTokens(40)));
        switch (change)
        {
            case "key": chain.Do(agent, new AddKey(chain.NewKey().Public, null)); break;
            case "stop": chain.Do(Guardians[0], new StopAgent(agent.Id)); break;
            default:
                chain.Do(Owner, new ChangeConstitution(agent.Id, Asking with { MaxStake = TokenAmount.OneToken }));
                break;
        }

        AssertFinds(AuditCheck.Approval, "what still waits", "", Drop<ApprovalEnded>);
    }

    [Fact]
    public void A_tightening_that_loosens_is_found()
    {
        var agent = Guarded(Asking);
        chain.Do(Owner, new ChangeConstitution(agent.Id, Asking with { MaxStake = TokenAmount.OneToken }));
        AssertFinds(AuditCheck.Motion, "changed to at once", "", tampered =>
            ((Tampered)tampered).Change<ConstitutionAdopted>(one => one with
            {
                Constitution = one.Constitution with { MaxDailyVolume = TokenAmount.FromTokens(2_000_000) },
            }));
    }

    [Fact]
    public void Guardians_who_were_not_proposed_are_found()
    {
        var agent = Guarded(Asking);
        chain.Do(Guardians[0], new ChangeGuardians(agent.Id, [Payee.Id], 1));
        chain.Do(Guardians[1], new AgreeMotion(chain.LastMotion));
        chain.Advance(chain.State.Parameters.LooseningDelay);
        AssertFinds(AuditCheck.Motion, "the guardians of account", "", tampered =>
            ((Tampered)tampered).Change<GuardiansChanged>(one => one with { GuardianThreshold = 2 }));
    }

    [Fact]
    public void An_allowance_that_is_not_counted_or_passes_its_cap_is_found()
    {
        var agent = Guarded(Constitutions.Wide with { AllowedActions = [CommandKind.AddKey] });
        chain.Do(Guardians[0], chain.Allowance(agent, CommandKind.Transfer, TokenAmount.FromTokens(10)));
        chain.Do(Guardians[1], new AgreeMotion(chain.LastMotion));
        chain.Do(agent, new Transfer(Payee.Id, TokenAmount.FromTokens(10)));
        AssertFinds(AuditCheck.Override, "what allowances let pass", "", Drop<OverrideUsed>);
        AssertFinds(AuditCheck.Override, "what override 1 has let pass", "", tampered =>
            ((Tampered)tampered).Change<OverrideUsed>(one => one with { Amount = TokenAmount.FromTokens(11) }));
        AssertFinds(AuditCheck.Rule, "Transfer", "", Drop<OverrideBegan>);
        AssertFinds(AuditCheck.Override, "what override 1 allows", "", tampered =>
            ((Tampered)tampered).Change<OverrideBegan>(one => one with
            {
                Terms = one.Terms with { Cap = TokenAmount.FromTokens(11) },
            }));
    }

    [Fact]
    public void What_is_denied_and_carried_out_is_found()
    {
        var agent = Guarded(Constitutions.Wide);
        chain.Do(agent, new Transfer(Payee.Id, TokenAmount.FromTokens(10)));
        chain.Do(Owner, chain.Denial(agent, CommandKind.Transfer));
        AssertFinds(AuditCheck.Override, "Transfer of account", "", After<Transfer, OverrideBegan>);
    }

    [Fact]
    public void What_safe_mode_refuses_and_is_carried_out_is_found()
    {
        var agent = Guarded(Constitutions.Wide);
        chain.Do(agent, new DepositStake(TokenAmount.FromTokens(10)));
        chain.Input(chain.Verdict(agent, MonitorVerdictKind.SafeMode));
        AssertFinds(AuditCheck.SafeMode, "DepositStake of account", "", After<DepositStake, MonitorJudged>);
        chain.Do(Guardians[0], new ReleaseAgent(agent.Id));
        chain.Do(Guardians[1], new ReleaseAgent(agent.Id));
        AssertFinds(AuditCheck.Stop, "who agree to release", "", Drop<ReleaseApproved>);
        AssertFinds(AuditCheck.Form, "the verdict on account", "", tampered =>
            ((Tampered)tampered).Change<MonitorJudged>(one => one with { Verdict = MonitorVerdictKind.Park }));
    }

    [Fact]
    public void What_the_monitor_wanted_approved_and_was_not_is_found()
    {
        var agent = Guarded(Constitutions.Wide);
        var (judged, _) = chain.Written(agent, new Transfer(Payee.Id, TokenAmount.OneToken));
        chain.Submit(judged);
        chain.Input(chain.Verdict(agent, MonitorVerdictKind.Park, judged));
        AssertFinds(AuditCheck.Approval, "Transfer of account", "", After<Transfer, MonitorJudged>);
    }

    [Fact]
    public void What_rules_count_and_is_counted_otherwise_is_found()
    {
        var harmless = new ConstitutionRule(RuleKind.Deny, [CommandKind.AddKey]);
        var agent = Guarded(Constitutions.Wide with { Rules = [harmless] });
        chain.Do(agent, new Transfer(Payee.Id, TokenAmount.FromTokens(10)));
        chain.Do(agent, new DepositStake(TokenAmount.OneToken));
        AssertFinds(AuditCheck.DailyVolume, "what is counted", "", tampered =>
            ((Tampered)tampered).Drop<LimitReserved>(one => one.Action == CommandKind.DepositStake));
        AssertFinds(AuditCheck.DailyVolume, "what is counted", "", tampered =>
            ((Tampered)tampered).Change<LimitReserved>(one => one with { Action = CommandKind.PlaceBid }));
    }

    [Fact]
    public void An_override_that_another_ends_is_found()
    {
        var agent = Guarded(Constitutions.Wide);
        chain.Do(Owner, chain.Denial(agent, CommandKind.Transfer));
        chain.Do(Owner, new RevokeOverride(new OverrideId(1)));
        AssertFinds(AuditCheck.Override, "the end of override 1", "", tampered =>
            ((Tampered)tampered).Change<OverrideEnded>(one => one with { By = new(1) }));
        AssertFinds(AuditCheck.Override, "who sets override 1", "", tampered =>
            ((Tampered)tampered).Change<OverrideBegan>(one => one with { By = new(1) }));
    }

    private static TheoryData<string, string, Action<object>> Cases(
        params (string What, string More, Action<Tampered> Falsify)[] cases)
    {
        var data = new TheoryData<string, string, Action<object>>();
        foreach (var (what, more, falsify) in cases)
        {
            data.Add(what, more, tampered => falsify((Tampered)tampered));
        }

        return data;
    }

    private static void Drop<T>(object tampered)
        where T : unmanaged => ((Tampered)tampered).Drop<T>();

    /// <summary>Puts the last entry of a command right after that of an event.</summary>
    private static void After<TCommand, TEvent>(object tampered)
        where TCommand : Command
        where TEvent : unmanaged
    {
        var entries = (Tampered)tampered;
        entries.MoveAfter(entries.SeqOfCommand<TCommand>(), entries.SeqOf<TEvent>());
    }

    private static ClientPayload Sent(ClientPayload payload, Command command) => new()
    {
        Chain = payload.Chain,
        From = payload.From,
        Lane = payload.Lane,
        Sequence = payload.Sequence,
        ValidUntil = payload.ValidUntil,
        Epoch = payload.Epoch,
        Commands = [command],
        Proof = payload.Proof,
        Signer = payload.Signer,
        PayloadDigest = payload.PayloadDigest,
    };

    private void AssertFinds(AuditCheck check, string what, string more, Action<object> falsify)
    {
        var tampered = new Tampered(chain);
        falsify(tampered);
        var findings = tampered.Findings();
        Assert.True(
            findings.Any(one => one.Check == check && one.What.StartsWith(what, StringComparison.Ordinal)
                && one.What.Contains(more, StringComparison.Ordinal))
                || findings.Any(one => one.Check == check && one.What.Contains(what, StringComparison.Ordinal)
                && more.Length == 0),
            $"Not found: {check}, {what} {more}\nFound:\n{string.Join('\n', findings)}");
    }

    private Actor Guarded(ConstitutionTerms terms) => chain.NewAgent(Owner, terms, Guardians, threshold: 2);
}
