using Aitbc.Agents.Core.Memory;
using Aitbc.Agents.Runtime.Decision;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Safety;
using Aitbc.Safety.Audit;
using Aitbc.Testing;

namespace Aitbc.Agents.Tests.Runtime;

/// <summary>The second half of a turn, through the real gateway to a real ledger.</summary>
public sealed class AgentTurnTests : IAsyncDisposable
{
    private static readonly BeaconChain s_beacon = BeaconChain.Create(new byte[Digest.Size]);

    private readonly LedgerHost ledger;
    private readonly AuditFile audit;
    private readonly SafetyGateway gateway;
    private readonly Agent agent;
    private readonly AccountId other;

    public AgentTurnTests()
    {
        var random = new SeededRandom(1);
        var (own, others) = (new TestKey(random.Fork("own")), new TestKey(random.Fork("other")));
        var disk = new FaultyDisk(1);
        var clock = new StandingClock();
        var genesis = new Genesis(
            ChainId.Parse("sim:turn"),
            TokenAmount.FromTokens(10_000),
            Scene.Now,
            new TestKey(random.Fork("node")).Public,
            s_beacon.Commitment,
            1,
            [
                new GenesisAccount(own.Public, TokenAmount.FromTokens(1_000), true),
                new GenesisAccount(others.Public, TokenAmount.FromTokens(1_000), false),
            ],
            new Parameters());
        ledger = LedgerHost.Open(new LedgerHostOptions
        {
            Disk = disk,
            Genesis = genesis,
            GenesisDigest = Digest.Sha256("genesis"u8),
            Signer = _ => [],
            Beacon = s_beacon,
            Time = clock,
            Inline = true,
            SegmentBytes = 1 << 20,
        });
        audit = AuditFile.Open(disk, Scene.Now);
        gateway = new SafetyGateway(ledger, audit, clock, new GatewayOptions());
        agent = Scene.Provider() with { Account = AccountId.From(own.Id.AsSpan()) };
        other = AccountId.From(others.Id.AsSpan());
        gateway.Enrol(AgentSigner.ForSimulation(agent.Account));
    }

    [Fact]
    public async Task A_plan_ends_with_its_first_failure_and_the_others_go_on()
    {
        var before = Balance(other);

        var moved = await ActAsync(
            new Plan("broken", [Pay(1), Pay(0), Pay(10)]), new Plan("sound", [Pay(100), Pay(100)]));

        Assert.True(moved);
        Assert.Equal(before + TokenAmount.FromTokens(201), Balance(other));
        Assert.Equal(1UL, agent.Memory.Refused);
        Assert.StartsWith("transfer", agent.Memory.LastRefusal, StringComparison.Ordinal);
        Assert.True(agent.Memory.MayTry("sound", Scene.Now));
        Assert.False(agent.Memory.MayTry("broken", Scene.Now + AgentTurn.Patience - new Duration(1)));
        Assert.True(agent.Memory.MayTry("broken", Scene.Now + AgentTurn.Patience));
    }

    [Fact]
    public async Task Where_nothing_took_effect_nothing_moved()
    {
        Assert.False(await ActAsync());
        Assert.False(await ActAsync(new Plan("a", [Pay(0)]), new Plan("b", [Pay(0), Pay(1)])));
        Assert.Equal(2UL, agent.Memory.Refused);
    }

    [Fact]
    public async Task A_delivery_that_the_node_does_not_take_is_a_failure_too()
    {
        var before = Balance(other);
        Assert.False(await ActAsync(new Plan("a", [new BlobDelivery(agent.Account, new byte[] { 1 }), Pay(1)])));
        Assert.Equal("the node answered BlobMissing", agent.Memory.LastRefusal);
        Assert.Equal(before, Balance(other));
        Assert.False(agent.Memory.MayTry("a", Scene.Now));
    }

    [Fact]
    public async Task A_plan_that_succeeds_waits_no_more()
    {
        await ActAsync(new Plan("a", [Pay(0)]));
        Assert.Equal(Scene.Now + AgentTurn.Patience, agent.Memory.NextTry(Scene.Now));
        Assert.True(await ActAsync(new Plan("a", [Pay(1)])));
        Assert.True(agent.Memory.MayTry("a", Scene.Now));
        Assert.Null(agent.Memory.NextTry(Scene.Now));
    }

    [Fact]
    public void A_plan_that_waits_is_left_out_and_woken_for()
    {
        var provider = Scene.Provider();
        var until = Scene.Now + AgentTurn.Patience;
        provider.Memory.Wait("bid/w7", until);

        var early = AgentTurn.Think(provider, Scene.See(Scene.Workload()));
        var late = AgentTurn.Think(provider, Scene.See(Scene.Workload()) with { Now = until });

        Assert.Empty(early.Plans);
        Assert.Equal(until, early.WakeAt);
        Assert.Equal("bid/w7", Assert.Single(late.Plans).Key);
        Assert.Null(late.WakeAt);
    }

    [Fact]
    public void The_earliest_of_what_waits_is_next_and_what_may_run_is_forgotten()
    {
        var memory = new AgentMemory();
        Assert.Null(memory.NextTry(Scene.Now));
        memory.Wait("late", Scene.Now + new Duration(20));
        memory.Wait("early", Scene.Now + new Duration(10));
        Assert.Equal(Scene.Now + new Duration(10), memory.NextTry(Scene.Now));
        Assert.Equal(Scene.Now + new Duration(20), memory.NextTry(Scene.Now + new Duration(10)));
        Assert.True(memory.MayTry("early", Scene.Now));
        Assert.False(memory.MayTry("late", Scene.Now));
        Assert.Null(memory.NextTry(Scene.Now + new Duration(20)));
    }

    [Fact]
    public void A_decision_wakes_at_the_earliest_instant_and_has_no_empty_plan()
    {
        var (first, second) = (Scene.Now, Scene.Now + new Duration(1));
        foreach (var order in new[] { new[] { first, second }, [second, first] })
        {
            var builder = new DecisionBuilder();
            builder.Do("nothing");
            foreach (var at in order)
            {
                builder.WakeAt(at);
            }

            Assert.Equal(first, builder.Build().WakeAt);
            Assert.Empty(builder.Build().Plans);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ledger.DisposeAsync();
        audit.Dispose();
    }

    private Task<bool> ActAsync(params Plan[] plans) => AgentTurn.ActAsync(
        agent, new Decision(plans, [], false, null), gateway, Scene.Now, CancellationToken.None);

    private PlanStep Pay(ulong tokens) =>
        new ProposedAction(agent.Account, new Transfer(other, TokenAmount.FromTokens(tokens)), "pay");

    private TokenAmount Balance(AccountId account) =>
        ledger.View.Read(state => state.Account(state.FindAccount(account)!.Value).Available);

    private sealed class StandingClock : TimeProvider
    {
        public override long TimestampFrequency => 1_000;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Scene.Now.UnixMs);

        public override long GetTimestamp() => Scene.Now.UnixMs;
    }
}
