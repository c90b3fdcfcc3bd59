using System.Runtime.InteropServices;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Tests.Verification;

/// <summary>What may happen in any phase: a restart, a refused batch, a stop.</summary>
public sealed class PhaseTests
{
    public static TheoryData<WorkloadPhase> Phases =>
    [
        WorkloadPhase.Running, WorkloadPhase.Sealed, WorkloadPhase.Committing, WorkloadPhase.Revealing,
        WorkloadPhase.Judging,
    ];

    /// <summary>Those in which somebody acts.</summary>
    public static TheoryData<WorkloadPhase> ActivePhases =>
        [WorkloadPhase.Running, WorkloadPhase.Committing, WorkloadPhase.Revealing, WorkloadPhase.Judging];

    [Theory]
    [MemberData(nameof(Phases))]
    public void A_state_that_was_saved_and_loaded_goes_on_as_the_one_it_was(WorkloadPhase phase)
    {
        var (work, twin) = (new CheckedWork { Ways = "ads" }.To(phase), new CheckedWork { Ways = "ads" }.To(phase));
        using var stream = new MemoryStream();
        work.Chain.State.Save(stream);
        stream.Position = 0;
        work.Chain.SwapState(LedgerState.Load(work.Chain.Genesis, stream));
        Assert.Equal(twin.Chain.State.ComputeHash(), work.Chain.State.ComputeHash());
        Assert.Equal(twin.Finish(), work.Finish());
        Assert.Equal(twin.Chain.State.ComputeHash(), work.Chain.State.ComputeHash());
    }

    [Theory]
    [MemberData(nameof(ActivePhases))]
    public void A_refused_batch_leaves_nothing_of_what_it_did(WorkloadPhase phase)
    {
        var work = new CheckedWork().To(phase);
        var (sender, command) = Next(work);
        var (before, due) = (Shape(work), work.Chain.State.MarketDue.Count);
        var refused = work.Chain.Send(sender, command, new Transfer(sender.Id, TokenAmount.OneToken));
        Assert.Equal((Outcome.BadAmount, 1), (refused.Outcome, refused.FailedAt));
        Assert.Equal((before, due), (Shape(work), work.Chain.State.MarketDue.Count));
        work.Chain.Do(sender, command);
        Assert.Equal(WorkloadEnding.Verified, work.Finish().Ending);
        work.AssertNothingLeft();
    }

    [Theory]
    [MemberData(nameof(ActivePhases))]
    public void A_stopped_market_stands_still_and_goes_on(WorkloadPhase phase)
    {
        var work = new CheckedWork().To(phase);
        var (sender, command) = Next(work);
        work.Chain.Do(work.Chain.People[0], new StopMarket(StopScope.Market));
        work.Chain.Advance(Duration.FromDays(3));
        Assert.Equal(phase, work.Phase);
        Assert.Equal(Outcome.Stopped, work.Chain.Send(sender, command).Outcome);
        work.Chain.Do(work.Chain.People[0], new ReleaseMarket(StopScope.Market));
        work.Chain.Do(work.Chain.People[1], new ReleaseMarket(StopScope.Market));
        foreach (var validator in work.Validators)
        {
            // What was offered before a stop is dead.
            var terms = LedgerFixture.ServiceTerms with { Capability = LedgerFixture.Validating };
            work.Chain.Do(validator.Agent, new UpdateService(validator.Service, terms));
        }

        Assert.Equal(WorkloadEnding.Verified, work.Finish().Ending);
        work.AssertNothingLeft();
    }

    [Theory]
    [InlineData(WorkloadPhase.Awarded, WorkloadEnding.ProviderMissing)]
    [InlineData(WorkloadPhase.Sealed, WorkloadEnding.ProviderMissing)]
    [InlineData(WorkloadPhase.Committing, WorkloadEnding.ProviderMissing)]
    [InlineData(WorkloadPhase.Revealing, WorkloadEnding.ProviderMissing)]
    [InlineData(WorkloadPhase.Judging, WorkloadEnding.Verified)]
    public void A_stopped_provider_loses_fee_and_job_bond_unless_it_has_delivered(
        WorkloadPhase phase, WorkloadEnding ending)
    {
        var work = new CheckedWork().To(phase);
        work.Chain.Do(work.Chain.People[3], new StopAgent(work.Provider.Agent.Id));
        if (phase is WorkloadPhase.Sealed or WorkloadPhase.Committing)
        {
            work.To(WorkloadPhase.Revealing);
        }

        if (phase != WorkloadPhase.Judging)
        {
            work.Chain.PassDeadline(work.Id);
        }

        Assert.Equal(ending, work.Finish().Ending);
        Assert.Equal(ending == WorkloadEnding.Verified ? 100_000 : -10_000, work.Gained(work.Provider.Agent));
        work.AssertNothingLeft();
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public void A_stopped_client_pays_for_what_was_verified(WorkloadPhase phase)
    {
        var work = new CheckedWork().To(phase);
        work.Chain.Do(work.Chain.People[4], new StopAgent(work.Client.Id));
        Assert.Equal(WorkloadEnding.Verified, work.Finish().Ending);
        Assert.Equal(-106_000, work.Gained(work.Client));
        work.AssertNothingLeft();
    }

    [Theory]
    [InlineData(WorkloadPhase.Committing, "a-a", 0)]
    [InlineData(WorkloadPhase.Judging, "asa", -1_000)]
    public void A_stopped_validator_is_silent_like_any_other(WorkloadPhase phase, string ways, long gained)
    {
        var work = new CheckedWork { Ways = ways }.To(phase);
        var stopped = work.Drawn[1].Agent;
        work.Chain.Do(OwnerOf(work, stopped), new StopAgent(stopped.Id));
        Command command = phase == WorkloadPhase.Committing
            ? work.Chain.Committing(stopped, work.Id, work.Result)
            : work.Chain.Judging(stopped, work.Id);
        Assert.Equal(Outcome.Stopped, work.Chain.Send(stopped, command).Outcome);
        Assert.Equal(WorkloadEnding.Verified, work.Finish().Ending);
        Assert.Equal(gained, work.Gained(stopped));
        work.AssertNothingLeft();
    }

    [Fact]
    public void A_stopped_validator_is_not_drawn()
    {
        var work = new CheckedWork(validators: 4).To(WorkloadPhase.Sealed);
        var stopped = work.Validators[1].Agent;
        work.Chain.Do(OwnerOf(work, stopped), new StopAgent(stopped.Id));
        work.To(WorkloadPhase.Committing);
        Assert.DoesNotContain(stopped, work.Drawn.Select(one => one.Agent));
    }

    [Theory]
    [InlineData(WorkloadPhase.Committing)]
    [InlineData(WorkloadPhase.Revealing)]
    [InlineData(WorkloadPhase.Judging)]
    public void Who_sits_can_neither_delist_nor_retire(WorkloadPhase phase)
    {
        var work = new CheckedWork().To(phase);
        foreach (var seat in work.Drawn)
        {
            Assert.Equal(Outcome.ServiceBusy, work.Chain.Send(seat.Agent, new DelistService(seat.Service)).Outcome);
            Assert.Equal(
                Outcome.StillEngaged,
                work.Chain.Send(OwnerOf(work, seat.Agent), new RetireAgent(seat.Agent.Id)).Outcome);
        }

        work.Finish();
        Assert.All(work.Drawn, seat => work.Chain.Do(seat.Agent, new DelistService(seat.Service)));
    }

    [Fact]
    public void A_result_is_neither_submitted_nor_accepted_where_validators_decide()
    {
        var work = new CheckedWork().To(WorkloadPhase.Awarded);
        work.Chain.Do(work.Provider.Agent, new StartWork(work.Id));
        var result = work.Chain.Blob(work.Provider.Agent);
        Assert.Equal(
            Outcome.WrongPhase,
            work.Chain.Send(work.Provider.Agent, new SubmitWork(work.Id, result, 900_000)).Outcome);
        work.Chain.Do(work.Provider.Agent, work.Chain.Sealing(work.Provider, work.Id));
        Assert.Equal(
            Outcome.WrongPhase, work.Chain.Send(work.Provider.Agent, new SubmitWork(work.Id, result, 1)).Outcome);
        Assert.Equal(Outcome.WrongPhase, work.Chain.Send(work.Client, new AcceptWork(work.Id)).Outcome);
        Assert.Equal(Outcome.WrongPhase, work.Chain.Send(work.Client, new CancelWorkload(work.Id)).Outcome);
    }

    [Fact]
    public void A_pause_of_the_node_costs_no_validator_its_time()
    {
        var work = new CheckedWork().To(WorkloadPhase.Committing);
        work.Chain.Now += Duration.FromDays(2);
        work.Chain.Input(new Resumed());
        Assert.Equal(WorkloadEnding.Verified, work.Finish().Ending);
    }

    private static Actor OwnerOf(CheckedWork work, Actor agent) => work.Chain.ActorOf(work.AgentOf(agent).Owner);

    private static Digest Shape(CheckedWork work)
    {
        var (workload, checks) = (work.Chain.Workload(work.Id), work.Chain.Checks(work.Id));
        return Digest.Sha256(
        [
            .. MemoryMarshal.AsBytes(new ReadOnlySpan<WorkloadRecord>(in workload)),
            .. MemoryMarshal.AsBytes(new ReadOnlySpan<ValidationRecord>(in checks)),
        ]);
    }

    /// <summary>What is done next, and by whom.</summary>
    private static (Actor Sender, Command Command) Next(CheckedWork work)
    {
        switch (work.Phase)
        {
            case WorkloadPhase.Running:
                return (work.Provider.Agent, work.Chain.Sealing(work.Provider, work.Id));
            case WorkloadPhase.Committing:
                var first = work.Drawn[0].Agent;
                work.Chain.Commit(work.Id, work.Result, work.Drawn[1..]);
                return (first, work.Chain.Committing(first, work.Id, work.Result));
            case WorkloadPhase.Revealing:
                work.Chain.Store(work.Provider.Agent, work.Result);
                return (work.Provider.Agent, work.Chain.Showing(work.Id));
            default:
                return (work.Drawn[0].Agent, work.Chain.Judging(work.Drawn[0].Agent, work.Id));
        }
    }
}
