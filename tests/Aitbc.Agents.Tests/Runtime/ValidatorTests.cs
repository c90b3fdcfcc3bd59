using System.Text;
using Aitbc.Agents.Core.Communication;
using Aitbc.Agents.Core.Memory;
using Aitbc.Agents.Kinds;
using Aitbc.Agents.Runtime.Decision;
using Aitbc.Agents.Runtime.Marketplace;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Verification;
using Aitbc.Safety;

namespace Aitbc.Agents.Tests.Runtime;

/// <summary>Validators, and providers whose work validators check.</summary>
public sealed class ValidatorTests
{
    private static readonly WorkloadId s_id = new(7);
    private static readonly byte[] s_output = "a\nb\nc\n"u8.ToArray();

    private static WorkloadFacts Checked(WorkloadPhase phase, SeatState? seat = null) => Scene.Workload(phase) with
    {
        Mode = VerificationMode.KOfN, OwnSeat = seat,
    };

    private static Agent Validator(uint missPpm = 0)
    {
        var conduct = new ValidationAgent(new ValidatorTraits(TokenAmount.OneToken, Ratio.FromPpm(missPpm), Ratio.One));
        var (account, secret) = (Scene.Account("check-1"), Digest.Sha256("v"u8));
        return new Agent("check-1", account, secret, conduct, ValidationAgent.NewMemory());
    }

    private static Observation Done(WorkloadFacts workload, byte[] bytes) => Scene.See(workload) with
    {
        Work = [new WorkDone(s_id, [new OutputBlob(Digest.Sha256(bytes), bytes, default)], 900_000, null)],
        Services = [new ServiceFacts(new ServiceId(3), Aitbc.Workloads.WorkloadCapabilities.Validation, 8, 0)],
    };

    private static Observation Seen(params WorkloadFacts[] workloads) => Scene.See(workloads) with
    {
        Services = [new ServiceFacts(new ServiceId(3), Aitbc.Workloads.WorkloadCapabilities.Validation, 8, 0)],
    };

    [Fact]
    public void Validator_works_where_it_was_drawn_and_commits_to_what_came_out()
    {
        var agent = Validator();
        var drawn = Checked(WorkloadPhase.Committing, SeatState.Drawn);

        Assert.Equal(s_id, Assert.Single(AgentTurn.Think(agent, Seen(drawn)).Work).Workload);
        Assert.Empty(AgentTurn.Think(agent, Seen(Checked(WorkloadPhase.Committing))).Work);
        var commit = Scene.Only<CommitVerdict>(AgentTurn.Think(agent, Done(drawn, s_output)));

        var salt = Sealing.VerdictSalt(agent.Secret, s_id);
        Assert.Equal(Commitments.OfVerdict(s_id, agent.Account, Digest.Sha256(s_output), salt), commit.Commitment);
    }

    [Fact]
    public void Validator_that_has_committed_waits_until_the_result_is_shown()
    {
        foreach (var phase in new[] { WorkloadPhase.Committing, WorkloadPhase.Revealing })
        {
            var decision = AgentTurn.Think(Validator(), Done(Checked(phase, SeatState.Committed), s_output));
            Assert.Empty(decision.Plans);
        }
    }

    [Fact]
    public void Same_bytes_are_found_right_and_need_no_blob()
    {
        var judging = Checked(WorkloadPhase.Judging, SeatState.Committed) with { Result = Digest.Sha256(s_output) };

        var verdict = Scene.Only<RevealVerdict>(AgentTurn.Think(Validator(), Done(judging, s_output)));

        Assert.Equal((true, Digest.Sha256(s_output)), (verdict.Agrees, verdict.Output));
    }

    [Fact]
    public void Other_bytes_are_found_wrong_and_shown_for_anyone_to_judge()
    {
        var judging = Checked(WorkloadPhase.Judging, SeatState.Committed) with { Result = Digest.Sha256("x"u8) };

        var acts = Scene.Acts(AgentTurn.Think(Validator(), Done(judging, s_output)));

        Assert.Equal(Digest.Sha256(s_output), Assert.IsType<DeclareBlob>(acts[0]).Digest);
        Assert.IsType<BlobDelivery>(acts[1]);
        Assert.False(Assert.IsType<RevealVerdict>(acts[2]).Agrees);
    }

    [Theory]
    [InlineData(333_333u, false)]
    [InlineData(333_334u, true)]
    public void Within_the_stated_tolerance_other_bytes_agree(uint tolerancePpm, bool agrees)
    {
        var theirs = "a\nb\nX\n"u8.ToArray();
        var judging = Checked(WorkloadPhase.Judging, SeatState.Committed) with
        {
            Result = Digest.Sha256(theirs), TolerancePpm = tolerancePpm,
        };
        var seen = Done(judging, s_output) with { Fetch = digest => digest == Digest.Sha256(theirs) ? theirs : null };

        var verdict = Assert.IsType<RevealVerdict>(Scene.Acts(AgentTurn.Think(Validator(), seen))[^1]);

        Assert.Equal(agrees, verdict.Agrees);
    }

    [Fact]
    public void Unreliable_validator_is_silent_throughout()
    {
        var agent = Validator(missPpm: 1_000_000);
        Assert.Empty(AgentTurn.Think(agent, Seen(Checked(WorkloadPhase.Committing, SeatState.Drawn))).Work);
        Assert.Empty(AgentTurn.Think(agent, Done(Checked(WorkloadPhase.Committing, SeatState.Drawn), s_output)).Plans);
    }

    [Fact]
    public void Validator_does_nothing_while_the_market_stands()
    {
        var seen = Done(Checked(WorkloadPhase.Committing, SeatState.Drawn), s_output) with { MarketRuns = false };
        Assert.Empty(AgentTurn.Think(Validator(), seen).Plans);
    }

    [Fact]
    public void Provider_seals_what_it_found_and_shows_it_only_once_validators_are_bound()
    {
        var agent = Scene.Provider();
        var running = Checked(WorkloadPhase.Running) with { IsAwardedToSelf = true };
        var result = Digest.Sha256(s_output);
        var salt = Sealing.WorkSalt(agent.Secret, s_id);

        var seal = Scene.Only<SealWork>(AgentTurn.Think(agent, ProviderDone(running)));
        Assert.Equal(Commitments.OfWork(s_id, agent.Account, result, 900_000, salt), seal.Seal);
        foreach (var phase in new[] { WorkloadPhase.Sealed, WorkloadPhase.Committing, WorkloadPhase.Judging })
        {
            Assert.Empty(AgentTurn.Think(agent, ProviderDone(running with { Phase = phase })).Plans);
        }

        var acts = Scene.Acts(AgentTurn.Think(agent, ProviderDone(running with { Phase = WorkloadPhase.Revealing })));
        Assert.Equal(result, Assert.IsType<DeclareBlob>(acts[0]).Digest);
        Assert.Equal(new RevealWork(s_id, result, 900_000, salt), acts[2]);
    }

    [Fact]
    public void Provider_that_has_forgotten_its_sealed_result_makes_it_again()
    {
        var revealing = Checked(WorkloadPhase.Revealing) with { IsAwardedToSelf = true };
        Assert.Equal(s_id, Assert.Single(AgentTurn.Think(Scene.Provider(), Scene.See(revealing)).Work).Workload);
    }

    [Fact]
    public void First_jobs_go_wrong_as_the_traits_say_and_the_same_after_a_restart()
    {
        var agent = Scene.Provider(Scene.Traits with { Slips = [Slip.Wrong, Slip.Missed] });
        AgentTurn.Think(agent, Scene.See(
            Scene.Workload(), Scene.Workload(id: 8), Scene.Workload(id: 9)));
        var placed = new[] { 7UL, 8UL, 9UL }.Select(
            id => Scene.Workload(WorkloadPhase.Bidding, id) with { HasOwnBid = true });
        AgentTurn.Think(agent, Scene.See([.. placed]));
        AgentTurn.Think(agent, Scene.See() with
        {
            Events =
            [
                .. new[] { 7UL, 8UL, 9UL }.Select(
                    (id, i) => new AwardedEvent(50 + (ulong)i, new WorkloadId(id), true, TokenAmount.OneToken)),
            ],
        });
        var restarted = Scene.Restarted(agent);
        foreach (var held in new[] { agent, restarted })
        {
            var running = Checked(WorkloadPhase.Revealing) with { IsAwardedToSelf = true };
            var wrong = Digest.Sha256("b\nc\na\n"u8);
            var acts = Scene.Acts(AgentTurn.Think(held, ProviderDone(running)));
            Assert.Equal(wrong, Assert.IsType<DeclareBlob>(acts[0]).Digest);
            Assert.Contains(wrong, held.Conduct.BlobsOfInterest(held));
            var missed = Scene.Workload(WorkloadPhase.Awarded, 8) with { IsAwardedToSelf = true };
            Assert.Empty(AgentTurn.Think(held, Scene.See(missed)).Plans);
            var kept = Scene.Workload(WorkloadPhase.Awarded, 9) with { IsAwardedToSelf = true };
            Scene.Only<StartWork>(AgentTurn.Think(held, Scene.See(kept)));
        }
    }

    [Theory]
    [InlineData("", "", 0u)]
    [InlineData("a\n", "a\n", 0u)]
    [InlineData("a\n", "a", 0u)]
    [InlineData("a\nb\n", "a\n", 500_000u)]
    [InlineData("a\n", "", 1_000_000u)]
    [InlineData("a\nb\nc\n", "a\nb\nX\n", 333_334u)]
    public void Distance_is_the_share_of_lines_that_differ_rounded_up(string own, string theirs, uint ppm)
    {
        Assert.Equal(ppm, OutputDistance.Ppm(Encoding.UTF8.GetBytes(own), Encoding.UTF8.GetBytes(theirs)));
        Assert.Equal(ppm, OutputDistance.Ppm(Encoding.UTF8.GetBytes(theirs), Encoding.UTF8.GetBytes(own)));
    }

    private static Observation ProviderDone(WorkloadFacts workload) => Scene.See(workload) with
    {
        Work = [new WorkDone(s_id, [new OutputBlob(Digest.Sha256(s_output), s_output, default)], 900_000, null)],
    };
}
