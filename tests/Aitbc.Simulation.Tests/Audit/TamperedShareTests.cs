using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;
using Aitbc.Simulation.Audit;
using Aitbc.Testing;

namespace Aitbc.Simulation.Tests.Audit;

/// <summary>Each person's own places, denials of who has left, ends over the guardians' heads and stakes under rules:
/// one falsified event, and what the auditor says.</summary>
public sealed class TamperedShareTests
{
    private readonly LedgerFixture chain = new();

    private Actor Owner => chain.People[5];

    private Actor[] Guardians => [.. chain.People.Take(3)];

    [Fact]
    public void A_third_motion_of_one_person_is_found()
    {
        var agent = Guarded();
        foreach (var who in new[] { 0, 0, 1 })
        {
            chain.Do(Guardians[who], new ChangeGuardians(agent.Id, [Owner.Id], 1));
        }

        var tampered = new Tampered(chain);
        tampered.Change<MotionProposed>(one => one with { By = Number(0) }, one => one.By == Number(1));
        tampered.AssertFinds(AuditCheck.Motion, $"the open motions of account {Number(0)}");
    }

    [Fact]
    public void A_fifth_denial_of_one_person_is_found()
    {
        var agent = Guarded();
        foreach (var who in new[] { 0, 0, 0, 0, 1 })
        {
            chain.Do(Guardians[who], chain.Denial(agent, CommandKind.Transfer));
        }

        var tampered = new Tampered(chain);
        tampered.Change<OverrideBegan>(one => one with { By = Number(0) }, one => one.By == Number(1));
        tampered.AssertFinds(AuditCheck.Override, "the overrides in force");
    }

    [Fact]
    public void A_denial_that_is_taken_back_by_who_has_left_is_found()
    {
        var agent = Guarded();
        var delay = chain.State.Parameters.LooseningDelay;
        chain.Do(
            Guardians[0], chain.Denial(agent, CommandKind.Transfer) with { ExpiresAt = chain.Now + delay + delay });
        var denial = new OverrideId(chain.State.Globals.LastDecision);
        chain.Do(Guardians[1], new ChangeGuardians(agent.Id, [Guardians[1].Id, Guardians[2].Id], 2));
        chain.Do(Guardians[2], new AgreeMotion(chain.LastMotion));
        chain.Advance(delay);
        chain.Do(Guardians[2], new RevokeOverride(denial));
        var tampered = new Tampered(chain);
        Assert.DoesNotContain(tampered.Findings(), one => one.Check == AuditCheck.Override);
        tampered.Change<OverrideEnded>(one => one with { By = Number(0) });
        tampered.ChangePayload<RevokeOverride>(from: Guardians[0].Id);
        tampered.AssertFinds(AuditCheck.Override, "the end of override");
    }

    [Fact]
    public void An_agent_that_is_ended_in_safe_mode_is_found()
    {
        var agent = Guarded();
        chain.Input(chain.Verdict(agent, MonitorVerdictKind.SafeMode));
        chain.Do(Guardians[0], new ReleaseAgent(agent.Id));
        chain.Do(Guardians[1], new ReleaseAgent(agent.Id));
        chain.Do(Owner, new RetireAgent(agent.Id));
        var tampered = new Tampered(chain);
        tampered.Drop<AgentReleased>();
        tampered.AssertFinds(AuditCheck.Stop, "the end of account");
    }

    [Fact]
    public void A_stake_beyond_a_rolling_limit_is_found()
    {
        var tampered = Staked();
        tampered.Change<RuleWritten>(one => one with
        {
            Rule = one.Rule with { Amount = TokenAmount.FromTokens(11) },
        });
        tampered.AssertFinds(AuditCheck.Rule, "the value of DepositStake");
    }

    [Fact]
    public void A_stake_that_counts_for_less_is_found()
    {
        var tampered = Staked();
        tampered.Change<LimitReserved>(one => one with { Amount = TokenAmount.OneToken });
        tampered.AssertFinds(AuditCheck.Rule, "what account");
    }

    private Tampered Staked()
    {
        var rule = new ConstitutionRule(RuleKind.RollingValue, [CommandKind.DepositStake])
        {
            Amount = TokenAmount.FromTokens(12), Window = Duration.FromHours(1),
        };
        var agent = chain.NewAgent(Owner, Constitutions.Wide with { Rules = [rule] });
        chain.Do(agent, new DepositStake(TokenAmount.FromTokens(12)));
        return new Tampered(chain);
    }

    private Actor Guarded() => chain.NewAgent(Owner, null, Guardians, threshold: 2);

    private AccountNumber Number(int guardian) => chain.Number(Guardians[guardian]);
}
