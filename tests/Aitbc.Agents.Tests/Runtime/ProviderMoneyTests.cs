using Aitbc.Agents.Runtime.Decision;
using Aitbc.Agents.Runtime.Marketplace;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Marketplace;
using Aitbc.Safety;
using Aitbc.Workloads;

namespace Aitbc.Agents.Tests.Runtime;

/// <summary>What a provider must not do with its money and its work.</summary>
public sealed class ProviderMoneyTests
{
    private static readonly WorkloadId s_id = new(7);

    public static TheoryData<WorkloadPhase> Phases => [.. Enum.GetValues<WorkloadPhase>()];

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void It_bids_where_it_can_pay_the_bonds_to_the_last_unit_and_not_one_beyond(ulong missing, bool bids)
    {
        var seen = Scene.See(Scene.Workload());
        var available = Scene.Workload().Bonds - TokenAmount.FromBaseUnits(missing);

        var decision = AgentTurn.Think(
            Scene.Provider(), seen with { Self = seen.Self with { Available = available } });

        Assert.Equal(bids, Scene.Acts(decision).OfType<PlaceBid>().Any());
    }

    [Fact]
    public void It_bids_on_no_more_than_it_could_do_were_it_to_win_them_all()
    {
        var agent = Scene.Provider();
        var seen = Scene.See([.. Enumerable.Range(1, 5).Select(id => Scene.Workload(id: (ulong)id))]);
        seen = seen with { Services = [seen.Services[0] with { MaxCapacity = 5, CurrentLoad = 3 }] };

        Assert.Equal(2, Scene.Acts(AgentTurn.Think(agent, seen)).OfType<PlaceBid>().Count());
        Assert.Equal([1UL, 2UL], agent.Memory.Provider!.Bids.Keys);
    }

    [Fact]
    public void A_bid_that_was_lost_on_its_way_is_placed_again_also_where_it_fills_the_room()
    {
        var agent = Scene.Provider();
        var seen = Scene.See(Scene.Workload());
        seen = seen with { Services = [seen.Services[0] with { MaxCapacity = 1, CurrentLoad = 0 }] };
        var lost = Assert.Single(Scene.Acts(AgentTurn.Think(agent, seen)).OfType<PlaceBid>());

        var again = Assert.Single(Scene.Acts(AgentTurn.Think(agent, seen)).OfType<PlaceBid>());

        Assert.Equal((lost.Workload, lost.Commitment), (again.Workload, again.Commitment));
    }

    [Fact]
    public void It_bids_with_the_service_that_was_asked_for()
    {
        var seen = Scene.See(Scene.Workload());
        var other = new ServiceFacts(new ServiceId(2), WorkloadCapabilities.ClassifierTrain, 8, 0);

        var bid = Assert.IsType<PlaceBid>(
            Scene.Acts(AgentTurn.Think(Scene.Provider(), seen with { Services = [other, seen.Services[0]] }))[0]);
        Assert.Equal(seen.Services[0].Id, bid.Service);

        var foreign = Scene.Workload() with { Capability = WorkloadCapabilities.ClassifierTrain };
        Assert.Empty(AgentTurn.Think(Scene.Provider(), Scene.See(foreign)).Plans);
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public void Work_that_was_not_awarded_to_it_is_neither_started_nor_run_nor_delivered(WorkloadPhase phase)
    {
        var agent = Scene.Provider();
        AgentTurn.Think(agent, Scene.See(Scene.Workload()));
        var foreign = Scene.See(Scene.Workload(phase) with { HasOwnBid = true, OwnBidOpened = true });

        var decision = AgentTurn.Think(agent, foreign with { Work = [Done(1)] });

        Assert.Empty(decision.Work);
        Assert.DoesNotContain(Scene.Acts(decision), act => act is StartWork or SubmitWork or DeclareBlob);
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public void Awarded_work_is_run_and_delivered_in_its_running_phase_alone_also_after_a_restart(WorkloadPhase phase)
    {
        var agent = Scene.Restarted(Scene.Provider());
        var own = Scene.See(Scene.Workload(phase) with { IsAwardedToSelf = true, HasOwnBid = true });
        var runs = phase == WorkloadPhase.Running;

        // A sealed result may have to be made again to be shown.
        Assert.Equal(runs || phase == WorkloadPhase.Revealing, AgentTurn.Think(agent, own).Work.Count == 1);
        var acts = Scene.Acts(AgentTurn.Think(agent, own with { Work = [Done(1)] }));
        Assert.Equal(runs || phase == WorkloadPhase.Revealing, acts.OfType<SubmitWork>().Any());
        Assert.Equal(phase == WorkloadPhase.Awarded, acts.OfType<StartWork>().Any());
    }

    [Fact]
    public void Work_that_failed_is_neither_delivered_nor_run_again()
    {
        var running = Scene.Workload(WorkloadPhase.Running) with { IsAwardedToSelf = true };
        var failed = new WorkDone(s_id, [], null, "the specification cannot be read");

        var decision = AgentTurn.Think(Scene.Provider(), Scene.See(running) with { Work = [failed] });

        Assert.Empty(decision.Work);
        Assert.Empty(decision.Plans);
    }

    [Fact]
    public void A_result_is_taken_up_where_it_was_left_and_nothing_is_paid_for_twice()
    {
        var running = Scene.Workload(WorkloadPhase.Running) with { IsAwardedToSelf = true };
        var blob = Done(1).Outputs[0];
        var twice = new WorkDone(s_id, [blob, blob, Done(2).Outputs[0]], 5, null);
        var declared = new WorkDone(s_id, [blob with { Facts = new BlobFacts(true, false) }], 5, null);

        var acts = Scene.Acts(AgentTurn.Think(Scene.Provider(), Scene.See(running) with { Work = [twice] }));
        Assert.Equal(2, acts.OfType<DeclareBlob>().Count());
        Assert.Equal(2, acts.OfType<BlobDelivery>().Count());
        Assert.Equal(new SubmitWork(s_id, blob.Digest, 5), acts[^1]);

        acts = Scene.Acts(AgentTurn.Think(Scene.Provider(), Scene.See(running) with { Work = [declared] }));
        Assert.IsType<BlobDelivery>(acts[0]);
        Assert.IsType<SubmitWork>(acts[1]);
        Assert.Equal(2, acts.Count);
    }

    [Fact]
    public void A_bid_whose_price_is_not_known_any_more_is_left_alone()
    {
        var foreign = Scene.Workload(WorkloadPhase.Opening) with { HasOwnBid = true };
        Assert.Empty(AgentTurn.Think(Scene.Provider(), Scene.See(foreign)).Plans);
    }

    [Fact]
    public void It_earns_what_its_own_work_was_paid_and_forgets_the_bid_either_way()
    {
        var agent = Scene.Provider();
        var memory = agent.Memory.Provider!;
        AgentTurn.Think(agent, Scene.See(Scene.Workload(), Scene.Workload(id: 8)));
        Assert.Equal(2, memory.Bids.Count);

        AgentTurn.Think(agent, Scene.See() with { Events = [Ended(1, 7, true, 30), Ended(2, 8, false, 500)] });

        Assert.Equal(TokenAmount.FromTokens(30), memory.Earned);
        Assert.Empty(memory.Bids);
        Assert.Empty(memory.Offered);
    }

    [Theory]
    [InlineData(true, 0u, 1UL, 0UL, 0UL)]
    [InlineData(true, 1_000_000u, 1UL, 0UL, 1UL)]
    [InlineData(false, 1_000_000u, 0UL, 1UL, 0UL)]
    public void Awards_are_counted_as_won_lost_and_missed(
        bool toSelf, uint missPpm, ulong won, ulong lost, ulong missed)
    {
        var agent = Scene.Provider(Scene.Traits with { MissOdds = Ratio.FromPpm(missPpm) });
        AgentTurn.Think(agent, Scene.See(Scene.Workload()));
        AgentTurn.Think(agent, Scene.See(Scene.Workload(WorkloadPhase.Bidding) with { HasOwnBid = true }));

        AgentTurn.Think(
            agent, Scene.See() with { Events = [new AwardedEvent(5, s_id, toSelf, TokenAmount.OneToken)] });

        var memory = agent.Memory.Provider!;
        Assert.Equal((won, lost, missed), (memory.Won, memory.Lost, memory.Missed));
    }

    [Fact]
    public void An_award_of_a_bid_that_was_never_placed_teaches_nothing()
    {
        var agent = Scene.Provider();
        var margin = agent.Memory.Provider!.Margin;
        AgentTurn.Think(agent, Scene.See(Scene.Workload()));
        AgentTurn.Think(
            agent, Scene.See() with { Events = [new AwardedEvent(5, s_id, false, TokenAmount.OneToken)] });
        Assert.Equal((margin, 0UL), (agent.Memory.Provider.Margin, agent.Memory.Provider.Lost));
    }

    private static WorkDone Done(byte content)
    {
        byte[] bytes = [content];
        return new WorkDone(s_id, [new OutputBlob(Digest.Sha256(bytes), bytes, default)], 900_000, null);
    }

    private static EndedEvent Ended(ulong seq, ulong workload, bool isByOwn, ulong paid) => new(
        seq,
        new WorkloadId(workload),
        false,
        isByOwn,
        WorkloadCapabilities.ClassifierInfer,
        10,
        WorkloadEnding.Accepted,
        TokenAmount.FromTokens(paid),
        default,
        0);
}
