using Aitbc.Workloads.Schemas;
using Aitbc.Agents.Core.Communication;
using Aitbc.Agents.Kinds;
using Aitbc.Agents.Runtime.Decision;
using Aitbc.Agents.Runtime.Marketplace;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;
using Aitbc.Safety;
using Aitbc.Workloads;

namespace Aitbc.Agents.Tests.Runtime;

public sealed class ProviderTests
{
    private static readonly WorkloadId s_id = new(7);

    [Fact]
    public void Open_workload_gets_one_sealed_bid_of_cost_and_margin_with_its_opening()
    {
        var agent = Scene.Provider();

        var decision = AgentTurn.Think(agent, Scene.See(Scene.Workload()));

        var acts = Scene.Acts(decision);
        var bid = Assert.IsType<PlaceBid>(acts[0]);
        var opening = Assert.IsType<OpeningDelivery>(acts[1]).Opening;
        Assert.Equal(2, acts.Count);
        Assert.Equal(Sealing.Commit(s_id, opening), bid.Commitment);
        Assert.Equal(TokenAmount.OneToken.MulDivDown(315, 10), opening.Price);
        Assert.True(decision.MustRemember);
    }

    [Fact]
    public void Bid_IsTheSameAgainAfterARestart_WhateverWasLearntMeanwhile()
    {
        var agent = Scene.Provider();
        var first = Scene.Acts(AgentTurn.Think(agent, Scene.See(Scene.Workload())))[0];
        var restarted = Scene.Restarted(agent);
        restarted.Memory.Provider!.Margin = Ratio.One;

        Assert.Equal(first, Scene.Acts(AgentTurn.Think(restarted, Scene.See(Scene.Workload())))[0]);
    }

    /// <summary>A model need not answer the same twice: what validators do again would refute it.</summary>
    [Fact]
    public void A_chat_agent_bids_on_no_workload_that_validators_check()
    {
        var traits = new ProviderTraits(
            TokenAmount.OneToken, TokenAmount.OneToken, Ratio.FromPpm(100_000), Ratio.Zero, Ratio.One);
        var conduct = new ChatAgent(traits);
        var agent = Scene.Provider() with { Conduct = conduct, Memory = conduct.NewMemory() };
        var see = Scene.See(Scene.Workload() with { Capability = WorkloadCapabilities.Chat });
        see = see with
        {
            Services = [see.Services[0] with { Capability = WorkloadCapabilities.Chat }],
            Fetch = _ => new Aitbc.Workloads.Specs.ChatSpec(
                [new Aitbc.Workloads.Specs.ChatMessageText("user", "hello")]).ToBytes(),
        };

        Assert.IsType<PlaceBid>(Scene.Acts(AgentTurn.Think(agent, see))[0]);

        agent = agent with { Memory = conduct.NewMemory() };
        var verified = see.Workloads[0] with { Mode = VerificationMode.KOfN };
        Assert.Empty(AgentTurn.Think(agent, see with { Workloads = [verified] }).Plans);
    }

    [Fact]
    public void Price_IsAtMostTheClients_AndNoBidBelowCost()
    {
        var fits = Scene.Workload() with { MaxPrice = TokenAmount.FromTokens(21) };
        var below = Scene.Workload() with { MaxPrice = TokenAmount.FromTokens(20) };

        var opening = Scene.Acts(AgentTurn.Think(Scene.Provider(), Scene.See(fits)))[1];
        Assert.Equal(fits.MaxPrice, Assert.IsType<OpeningDelivery>(opening).Opening.Price);
        Assert.Empty(AgentTurn.Think(Scene.Provider(), Scene.See(below)).Plans);
    }

    [Fact]
    public void No_bid_without_funds_room_time_or_market()
    {
        var open = Scene.See(Scene.Workload());
        Observation[] hopeless =
        [
            open with { Self = open.Self with { Available = TokenAmount.FromTokens(10) } },
            open with { Services = [open.Services[0] with { CurrentLoad = 8 }] },
            open with { Workloads = [Scene.Workload() with { Deadline = Scene.Now }] },
            open with { MarketRuns = false },
            open with { Self = open.Self with { IsStopped = true } },
            open with { Self = open.Self with { IsRetired = true } },
            open with { Self = AccountFacts.Unregistered },
            open with { Workloads = [Scene.Workload() with { IsOwn = true }] },
        ];

        Assert.All(hopeless, seen => Assert.Empty(AgentTurn.Think(Scene.Provider(), seen).Plans));
    }

    [Fact]
    public void Opening_is_given_again_after_a_restart_and_where_the_node_lost_it()
    {
        var agent = Scene.Provider();
        AgentTurn.Think(agent, Scene.See(Scene.Workload()));
        var placed = Scene.Workload(WorkloadPhase.Bidding) with { HasOwnBid = true };

        Assert.Empty(AgentTurn.Think(agent, Scene.See(placed)).Plans);
        Scene.Only<OpeningDelivery>(AgentTurn.Think(Scene.Restarted(agent), Scene.See(placed)));
        Scene.Only<OpeningDelivery>(AgentTurn.Think(agent, Scene.See(placed with { Phase = WorkloadPhase.Opening })));
        Assert.Empty(AgentTurn.Think(
            agent, Scene.See(placed with { Phase = WorkloadPhase.Opening, OwnBidOpened = true })).Plans);
    }

    [Fact]
    public void Awarded_work_is_started_run_and_delivered()
    {
        var agent = Scene.Provider();
        var awarded = Scene.Workload(WorkloadPhase.Awarded) with { IsAwardedToSelf = true, HasOwnBid = true };
        var running = awarded with { Phase = WorkloadPhase.Running };
        byte[] bytes = [1, 2, 3];
        var digest = Digest.Sha256(bytes);
        var done = Scene.See(running) with
        {
            Work = [new WorkDone(s_id, [new OutputBlob(digest, bytes, default)], 900_000, null)],
        };

        Scene.Only<StartWork>(AgentTurn.Think(agent, Scene.See(awarded)));
        Assert.Equal(s_id, Assert.Single(AgentTurn.Think(agent, Scene.See(running)).Work).Workload);
        Assert.Empty(AgentTurn.Think(
            agent, Scene.See(running) with { Working = new HashSet<WorkloadId> { s_id } }).Work);
        var acts = Scene.Acts(AgentTurn.Think(agent, done));
        Assert.Equal(new DeclareBlob(digest, 3, 30), acts[0]);
        Assert.Equal(digest, Digest.Sha256(Assert.IsType<BlobDelivery>(acts[1]).Bytes.Span));
        Assert.Equal(new SubmitWork(s_id, digest, 900_000), acts[2]);
    }

    [Fact]
    public void Result_that_the_ledger_has_already_is_only_submitted()
    {
        var running = Scene.Workload(WorkloadPhase.Running) with { IsAwardedToSelf = true };
        byte[] bytes = [1];
        var output = new OutputBlob(Digest.Sha256(bytes), bytes, new BlobFacts(true, true));
        var seen = Scene.See(running) with { Work = [new WorkDone(s_id, [output], null, null)] };

        Assert.Equal(0u, Scene.Only<SubmitWork>(AgentTurn.Think(Scene.Provider(), seen)).QualityPpm);
    }

    [Fact]
    public void Unreliable_provider_lets_the_same_jobs_pass_every_time()
    {
        var unreliable = Scene.Provider(Scene.Traits with { MissOdds = Ratio.FromPpm(500_000) });
        bool Starts(ulong id)
        {
            var awarded = Scene.Workload(WorkloadPhase.Awarded, id) with { IsAwardedToSelf = true };
            return AgentTurn.Think(unreliable, Scene.See(awarded)).Plans.Count > 0;
        }

        var first = Enumerable.Range(1, 200).Select(id => Starts((ulong)id)).ToList();

        Assert.InRange(first.Count(started => started), 70, 130);
        Assert.Equal(first, Enumerable.Range(1, 200).Select(id => Starts((ulong)id)));
    }

    [Fact]
    public void Awards_teach_the_margin_once_and_only_for_bids_that_were_placed()
    {
        var agent = Scene.Provider();
        AgentTurn.Think(agent, Scene.See(Scene.Workload()));
        AgentTurn.Think(agent, Scene.See(Scene.Workload(WorkloadPhase.Bidding) with { HasOwnBid = true }));
        var lost = Scene.See() with { Events = [new AwardedEvent(50, s_id, false, TokenAmount.OneToken)] };

        AgentTurn.Think(agent, lost);
        AgentTurn.Think(agent, lost);

        Assert.Equal(Ratio.FromPpm(440_000), agent.Memory.Provider!.Margin);
        Assert.Equal((0UL, 1UL), (agent.Memory.Provider.Won, agent.Memory.Provider.Lost));
        var foreign = Scene.See() with
        {
            Events = [new AwardedEvent(60, new WorkloadId(9), false, TokenAmount.OneToken)],
        };
        AgentTurn.Think(agent, foreign);
        Assert.Equal(1UL, agent.Memory.Provider.Lost);
    }

    [Fact]
    public void Before_it_takes_part_it_publishes_its_schema_stakes_and_lists()
    {
        var bytes = InputSchemas.Find(WorkloadCapabilities.ClassifierInfer)!.Value;
        var schema = Digest.Sha256(bytes.Span);
        var seen = Scene.See(Scene.Workload());
        var fresh = seen with { Services = [], Self = seen.Self with { Stake = TokenAmount.FromTokens(400) } };

        var acts = Scene.Acts(AgentTurn.Think(Scene.Provider(), fresh));

        var declared = Assert.IsType<DeclareBlob>(acts[0]);
        Assert.Equal((schema, BlobAccess.Public), (declared.Digest, declared.Access));
        Assert.Equal(schema, Digest.Sha256(Assert.IsType<BlobDelivery>(acts[1]).Bytes.Span));
        Assert.Equal(new DepositStake(TokenAmount.FromTokens(600)), acts[2]);
        Assert.Equal(schema, Assert.IsType<ListService>(acts[3]).Terms.InputSchema);
        Assert.Equal(4, acts.Count);
        var known = fresh with { Blobs = new Dictionary<Digest, BlobFacts> { [schema] = new(true, true) } };
        Assert.Equal(2, Scene.Acts(AgentTurn.Think(Scene.Provider(), known)).Count);
    }

    [Fact]
    public void It_bids_on_nothing_whose_specification_is_not_there_or_does_not_meet_its_schema()
    {
        var seen = Scene.See(Scene.Workload());
        Assert.NotEmpty(AgentTurn.Think(Scene.Provider(), seen).Plans);
        Assert.Empty(AgentTurn.Think(Scene.Provider(), seen with { Fetch = _ => null }).Plans);
        Assert.Empty(AgentTurn.Think(Scene.Provider(), seen with { Fetch = _ => "{}"u8.ToArray() }).Plans);
    }

    [Fact]
    public void Agents_reach_no_key_no_file_and_no_ledger_but_through_the_gateway() =>
        Assert.DoesNotContain(
            typeof(Agent).Assembly.GetReferencedAssemblies(), name => name.Name == "Aitbc.Infrastructure");
}
