using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Staking;
using Aitbc.Safety.Audit;

namespace Aitbc.Safety.Tests;

/// <summary>A real ledger on a disk in memory, and a gateway before it.</summary>
internal sealed class GatewayFixture : IAsyncDisposable
{
    private static readonly BeaconChain s_beacon = BeaconChain.Create(new byte[Digest.Size]);

    private ulong made;

    public GatewayFixture(GatewayOptions? options = null, Parameters? parameters = null, ulong seed = 1)
    {
        Random = new SeededRandom(seed);
        Owner = NewActor("owner");
        Other = NewActor("other");
        Disk = new FaultyDisk(seed);
        Clock = new ManualClock(new Timestamp(1_767_571_200_000));
        Genesis = new Genesis(
            ChainId.Parse("sim:gateway"),
            TokenAmount.FromTokens(10_000_000),
            Clock.Now,
            NewActor("node").Key.Public,
            s_beacon.Commitment,
            1,
            [
                new GenesisAccount(Owner.Key.Public, TokenAmount.FromTokens(1_000_000), true),
                new GenesisAccount(Other.Key.Public, TokenAmount.FromTokens(1_000_000), false),
            ],
            parameters ?? new Parameters());
        Ledger = LedgerHost.Open(new LedgerHostOptions
        {
            Disk = Disk,
            Genesis = Genesis,
            GenesisDigest = Digest.Sha256("genesis"u8),
            Signer = _ => [],
            Beacon = s_beacon,
            Time = Clock,
            Inline = true,
            SegmentBytes = 1 << 20,
        });
        Audit = AuditFile.Open(Disk, Clock.Now);
        Submit = Ledger.SubmitAsync;
        Gateway = new SafetyGateway(
            Ledger.View,
            Genesis.Chain,
            (payload, token) =>
            {
                Sent.Add(payload);
                return Submit(payload, token);
            },
            Audit,
            Clock,
            options ?? new GatewayOptions());
        Enrol(Owner);
        Enrol(Other);
    }

    public SeededRandom Random { get; }

    public Actor Owner { get; }

    public Actor Other { get; }

    public FaultyDisk Disk { get; }

    public ManualClock Clock { get; }

    public Genesis Genesis { get; }

    public LedgerHost Ledger { get; }

    public AuditFile Audit { get; }

    public SafetyGateway Gateway { get; }

    /// <summary>What the gateway has sent, in order.</summary>
    public List<SignedPayload> Sent { get; } = [];

    /// <summary>What takes what the gateway sends.</summary>
    public Func<SignedPayload, CancellationToken, Task<SubmitResult>> Submit { get; set; }

    public ulong Seq => Ledger.View.Seq;

    public Actor NewActor(string name) => new(name, new TestKey(Random.Fork($"key/{made++}")));

    public void Enrol(Actor actor) => Gateway.Enrol(AgentSigner.ForSimulation(actor.Id));

    /// <summary>Registers an agent of the owner with 10,000 tokens.</summary>
    public async Task<Actor> NewAgentAsync(ConstitutionTerms? constitution = null)
    {
        var agent = NewActor($"agent{made}");
        Enrol(agent);
        await DoAsync(Owner, new RegisterAgent(
            agent.Key.Public,
            null,
            AgentKind.Inference,
            [],
            Label.Parse("1"),
            constitution ?? Constitutions.Wide,
            [Owner.Id],
            1,
            TokenAmount.FromTokens(10_000)));
        return agent;
    }

    /// <summary>Does something that must take effect.</summary>
    public async Task DoAsync(Actor actor, params Command[] commands)
    {
        var result = await Gateway.ActAsync(Propose(actor, commands), CancellationToken.None);
        Assert.True(result.IsApplied, $"{actor}: {result.Outcome} {result.Refusal?.Sentence}");
    }

    public static ProposedAction Propose(Actor actor, params Command[] commands) => new(actor.Id, commands, "test");

    /// <summary>Stakes the minimum.</summary>
    public Task StakeAsync(Actor agent) => DoAsync(agent, new DepositStake(Genesis.Parameters.MinimumStake));

    /// <summary>Sends commands past the gateway, as a stranger with the same key could.</summary>
    public async Task<SubmitResult> SendDirectlyAsync(Actor actor, params Command[] commands)
    {
        var (sequence, epoch) = Ledger.View.Read(state => (
            state.FindAccount(actor.Id) is { } number ? state.NextSequence(number, 7) : 1, state.Globals.StopEpoch));
        var draft = new PayloadDraft(
            Genesis.Chain,
            Propose(actor, commands),
            AgentSigner.ForSimulation(actor.Id),
            7,
            sequence,
            Clock.Now + Duration.FromSeconds(30),
            epoch);
        Assert.True(draft.TryWrite(out _, out var bytes));
        Assert.True(SignedPayload.TrySimulated(bytes, null, out var signed, out var problem), problem);
        return await Ledger.SubmitAsync(signed, CancellationToken.None);
    }

    /// <summary>The audit files' text, oldest first.</summary>
    public string AuditText() => string.Concat(AuditCheck.FilesOf(Disk, AuditSeries.Actions).Select(name =>
    {
        using var file = Disk.OpenRead(name);
        var bytes = new byte[file.Length];
        file.Read(0, bytes);
        return System.Text.Encoding.UTF8.GetString(bytes);
    }));

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        Audit.Dispose();
    }
}
