using System.Text;
using Aitbc.Agents.Core.Communication;
using Aitbc.Agents.Core.Memory;
using Aitbc.Agents.Kinds;
using Aitbc.Agents.Kinds.Requesting;
using Aitbc.Agents.Runtime.Decision;
using Aitbc.Agents.Runtime.Marketplace;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Marketplace;
using Aitbc.Safety;
using Aitbc.Workloads;
using Aitbc.Workloads.Specs;
using Aitbc.Workloads.Traces;

namespace Aitbc.Agents.Tests.Runtime;

public sealed class RequesterTests
{
    private static readonly SourceData s_data = Divide();
    private static readonly DemandTrace s_demand = Demand();

    [Fact]
    public void First_it_has_its_data_curated_and_remembers_that_before_it_orders()
    {
        var agent = Requester();

        var decision = AgentTurn.Think(agent, See());

        var acts = Scene.Acts(decision);
        var post = Assert.IsType<PostWorkload>(acts[^1]);
        Assert.Equal(WorkloadCapabilities.DataCurate, post.Capability);
        Assert.Equal(s_data.GivenDigest, post.Input);
        Assert.Equal(2, acts.OfType<DeclareBlob>().Count());
        Assert.Equal(2, acts.OfType<BlobDelivery>().Count());
        Assert.Equal(Digest.Sha256(Sealing.OrderSalt(agent.Secret, 1).AsSpan()), post.SaltHash);
        Assert.True(decision.MustRemember);
    }

    [Fact]
    public void An_order_lost_on_its_way_is_made_again_alike_and_one_that_was_posted_is_not()
    {
        var agent = Requester();
        var first = Scene.Acts(AgentTurn.Think(agent, See()))[^1];
        var restarted = Scene.Restarted(agent);
        var post = (PostWorkload)first;
        var posted = See() with { Events = [new PostedEvent(9, new WorkloadId(4), true, post.SaltHash)] };

        Assert.Equal(first, Scene.Acts(AgentTurn.Think(restarted, See()))[^1]);
        Assert.Empty(AgentTurn.Think(restarted, posted).Plans);
    }

    [Fact]
    public void It_orders_no_more_than_is_still_to_settle()
    {
        var agent = Trained();

        AgentTurn.Think(agent, See() with { ToSettle = 1 });

        Assert.Single(agent.Memory.Requester!.Orders);
        AgentTurn.Think(agent, See() with { ToSettle = 1 });
        Assert.Single(agent.Memory.Requester.Orders);
        AgentTurn.Think(agent, See() with { ToSettle = 9 });
        Assert.Equal(2, agent.Memory.Requester.Orders.Count);
        Assert.Empty(AgentTurn.Think(Requester(), See() with { ToSettle = 0 }).Plans);
    }

    [Fact]
    public void Inference_follows_the_demand_and_wakes_for_the_next_request()
    {
        var agent = Trained();

        var decision = AgentTurn.Think(agent, See());

        var posts = Scene.Acts(decision).OfType<PostWorkload>().ToList();
        Assert.Equal(2, posts.Count);
        Assert.All(posts, post => Assert.Equal(WorkloadCapabilities.ClassifierInfer, post.Capability));
        Assert.Equal([7u, 1u], posts.Select(post => post.Units));
        Assert.Equal(Scene.Now + Duration.FromSeconds(5), decision.WakeAt);
    }

    [Fact]
    public void Rows_sent_out_carry_no_labels_and_none_are_asked_for()
    {
        var agent = Trained();

        var blobs = Scene.Acts(AgentTurn.Think(agent, See())).OfType<BlobDelivery>()
            .Select(blob => blob.Bytes).ToList();

        var spec = blobs.Select(bytes => InferSpec.TryRead(bytes, out var read, out _) ? read : null)
            .First(read => read is not null);
        Assert.False(spec!.Score);
        var rows = Encoding.UTF8.GetString(blobs.Single(bytes => Digest.Sha256(bytes.Span) == spec.Rows).Span);
        Assert.All(
            rows.Split('\n', StringSplitOptions.RemoveEmptyEntries), row => Assert.Equal(64, row.Split(',').Length));
    }

    [Fact]
    public void Work_that_nobody_delivered_is_ordered_again_until_it_is_given_up()
    {
        var agent = Requester();
        AgentTurn.Think(agent, See());
        var memory = agent.Memory.Requester!;
        var first = memory.UnitCosts[OrderKind.Curate];
        ulong seq = 10;
        for (var attempt = 1; attempt <= 6; attempt++)
        {
            var order = memory.Orders.Values.Single();
            Assert.Equal(attempt, order.Attempt);
            AgentTurn.Think(agent, See() with { Events = [Posted(agent, order, ++seq)] });
            AgentTurn.Think(agent, See() with { ToSettle = 1, Events = [Ended(order, ++seq, WorkloadEnding.NoBids)] });
        }

        Assert.Equal(1, memory.GivenUp);
        Assert.True(memory.UnitCosts[OrderKind.Curate] > first);
        Assert.True(memory.UnitCosts[OrderKind.Curate] <= first.MulDivDown(8, 1));
    }

    [Fact]
    public void A_result_that_is_not_what_was_ordered_is_never_accepted()
    {
        var agent = Requester();
        AgentTurn.Think(agent, See());
        var order = agent.Memory.Requester!.Orders.Values.Single();
        AgentTurn.Think(agent, See() with { Events = [Posted(agent, order, 5)] });
        var garbage = Encoding.UTF8.GetBytes("{\"train\":{\"digest\":3}}");
        var submitted = Scene.Workload(WorkloadPhase.Submitted, 4) with
        {
            IsOwn = true, SaltRevealed = true, Result = Digest.Sha256(garbage),
        };

        Assert.Empty(AgentTurn.Think(agent, See(submitted)).Plans);
        Assert.Empty(AgentTurn.Think(agent, See(submitted) with { Fetch = _ => garbage }).Plans);
        Assert.Empty(AgentTurn.Think(agent, See(submitted) with { Fetch = _ => new byte[] { 1, 2 } }).Plans);
    }

    [Fact]
    public void A_good_result_is_accepted_unless_it_is_a_silent_time()
    {
        var results = new Dictionary<Digest, ReadOnlyMemory<byte>>();
        var outcome = (WorkloadResult)WorkloadRunner.Run(
            WorkloadCapabilities.DataCurate,
            new CurateSpec(s_data.GivenDigest) { Seed = 1 }.ToBytes(),
            _ => s_data.Given,
            CancellationToken.None);
        foreach (var blob in outcome.Outputs)
        {
            results.Add(blob.Digest, blob.Bytes);
        }

        foreach (var silence in new[] { 0u, 1_000_000u })
        {
            var agent = Requester(Ratio.FromPpm(silence));
            AgentTurn.Think(agent, See());
            var order = agent.Memory.Requester!.Orders.Values.Single();
            AgentTurn.Think(agent, See() with { Events = [Posted(agent, order, 5)] });
            var submitted = Scene.Workload(WorkloadPhase.Submitted, 4) with
            {
                IsOwn = true, SaltRevealed = true, Result = outcome.Primary.Digest,
            };

            var decision = AgentTurn.Think(
                agent,
                See(submitted) with { Fetch = digest => results.TryGetValue(digest, out var bytes) ? bytes : null });

            Assert.Equal(silence == 0, Scene.Acts(decision).OfType<AcceptWork>().Any());
        }
    }

    [Fact]
    public void Salt_is_revealed_once_a_run()
    {
        var agent = Requester();
        AgentTurn.Think(agent, See());
        var order = agent.Memory.Requester!.Orders.Values.Single();
        var own = Scene.Workload(WorkloadPhase.Open, 4) with { IsOwn = true };

        var salt = Scene.Only<SaltDelivery>(
            AgentTurn.Think(agent, See(own) with { Events = [Posted(agent, order, 5)] }));
        Assert.Equal(Sealing.OrderSalt(agent.Secret, order.Number), salt.Salt);
        Assert.Empty(AgentTurn.Think(agent, See(own)).Plans);
        Scene.Only<SaltDelivery>(AgentTurn.Think(Scene.Restarted(agent), See(own)));
    }

    [Theory]
    [InlineData(WorkloadEnding.NoBids, true)]
    [InlineData(WorkloadEnding.NoEligibleBid, true)]
    [InlineData(WorkloadEnding.Cancelled, false)]
    [InlineData(WorkloadEnding.ProviderMissing, false)]
    [InlineData(WorkloadEnding.BelowQuality, false)]
    public void It_offers_more_only_where_nobody_took_the_job(WorkloadEnding ending, bool raises)
    {
        var (agent, order) = Ordered();
        var memory = agent.Memory.Requester!;
        var unit = memory.UnitCosts[OrderKind.Curate];

        AgentTurn.Think(agent, See() with { ToSettle = 1, Events = [Ended(order, 10, ending)] });

        Assert.Equal(raises ? unit.MulDivUp(5, 4) : unit, memory.UnitCosts[OrderKind.Curate]);
        Assert.Equal(TokenAmount.Zero, memory.Spent);
        Assert.Equal(2, memory.Orders.Values.Single().Attempt);
    }

    [Fact]
    public void A_result_that_was_paid_and_is_not_what_was_ordered_is_counted_and_not_used()
    {
        var (agent, order) = Ordered();
        var memory = agent.Memory.Requester!;
        var paid = Ended(order, 10, WorkloadEnding.ClientSilent) with { Paid = TokenAmount.OneToken };

        AgentTurn.Think(agent, See() with { ToSettle = 0, Events = [paid] });

        Assert.Equal((TokenAmount.OneToken, 1L), (memory.Spent, memory.BadResults));
        Assert.Null(memory.Dataset);
        Assert.Empty(memory.Orders);
    }

    [Fact]
    public void What_ends_for_others_changes_nothing()
    {
        var (agent, order) = Ordered();
        var foreign = Ended(order, 10, WorkloadEnding.NoBids) with { IsOwn = false };
        AgentTurn.Think(agent, See() with { Events = [foreign] });
        Assert.Equal(1, agent.Memory.Requester!.Orders.Values.Single().Attempt);
    }

    [Theory]
    [InlineData(WorkloadPhase.Open, false, true)]
    [InlineData(WorkloadPhase.Bidding, false, true)]
    [InlineData(WorkloadPhase.Opening, false, true)]
    [InlineData(WorkloadPhase.Opening, true, false)]
    [InlineData(WorkloadPhase.Awarded, false, false)]
    [InlineData(WorkloadPhase.Running, false, false)]
    public void Salt_is_revealed_until_bids_are_opened_and_only_where_it_is_not_known(
        WorkloadPhase phase, bool revealed, bool gives)
    {
        var (agent, _) = Ordered();
        var own = Scene.Workload(phase, 4) with { IsOwn = true, SaltRevealed = revealed };
        Assert.Equal(gives, Scene.Acts(AgentTurn.Think(agent, See(own))).OfType<SaltDelivery>().Any());
    }

    [Fact]
    public void A_workload_of_its_own_that_it_did_not_order_is_left_alone()
    {
        var (agent, _) = Ordered();
        var own = Scene.Workload(WorkloadPhase.Open, 5) with { IsOwn = true };
        Assert.Empty(AgentTurn.Think(agent, See(own)).Plans);
        Assert.Empty(AgentTurn.Think(agent, See(own with { Phase = WorkloadPhase.Submitted })).Plans);
    }

    [Fact]
    public void While_the_market_stands_still_it_orders_nothing() =>
        Assert.Empty(AgentTurn.Think(Requester(), See() with { MarketRuns = false }).Plans);

    private static Agent Requester(Ratio silence = default)
    {
        var traits = new RequesterTraits { Data = s_data, Demand = s_demand, Speed = 1, SilenceOdds = silence };
        return new Agent(
            "requester-1",
            Scene.Account("requester"),
            Digest.Sha256("secret"u8),
            new RequesterAgent(traits),
            traits.NewMemory());
    }

    /// <summary>A requester that has bought its first set and model.</summary>
    private static Agent Trained()
    {
        var agent = Requester();
        var memory = agent.Memory.Requester!;
        memory.Round = 1;
        memory.TrainedRound = 1;
        memory.Dataset = new DatasetNote(1, Digest.Sha256("train"u8), 900);
        memory.Best = new ModelNote(1, Digest.Sha256("model"u8), Ratio.FromPpm(900_000), Ratio.FromPpm(900_000));
        return agent;
    }

    /// <summary>A requester whose first order is posted as workload 4.</summary>
    private static (Agent Agent, Order Order) Ordered()
    {
        var agent = Requester();
        AgentTurn.Think(agent, See());
        var order = agent.Memory.Requester!.Orders.Values.Single();
        AgentTurn.Think(agent, See() with { Events = [Posted(agent, order, 5)] });
        return (agent, order);
    }

    private static Observation See(params WorkloadFacts[] workloads) => Scene.See(workloads) with { Services = [] };

    private static PostedEvent Posted(Agent agent, Order order, ulong seq) => new(
        seq, new WorkloadId(4), true, Digest.Sha256(Sealing.OrderSalt(agent.Secret, order.Number).AsSpan()));

    private static EndedEvent Ended(Order order, ulong seq, WorkloadEnding ending) => new(
        seq,
        new WorkloadId(4),
        true,
        false,
        WorkloadCapabilities.DataCurate,
        order.Units,
        ending,
        TokenAmount.Zero,
        default,
        0);

    private static SourceData Divide()
    {
        Assert.True(SourceData.TryDivide(RepositoryData.Read("digits.csv"), 1, out var data, out var problem), problem);
        return data;
    }

    private static DemandTrace Demand()
    {
        var rows = "0,374,44\n0,0,0\n5,1,1\n"u8;
        Assert.True(DemandTrace.TryRead(rows, out var trace, out var error), error?.Sentence);
        return trace;
    }
}
