using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Safety.Admission;
using Aitbc.Safety.Audit;
using Aitbc.Safety.Monitor;

namespace Aitbc.Safety.Tests.Admission;

/// <summary>How a ledger ends in a test.</summary>
public enum Ending
{
    /// <summary>It is closed.</summary>
    Closed,

    /// <summary>Its process is killed.</summary>
    Killed,

    /// <summary>The power is cut.</summary>
    PowerCut,

    /// <summary>It is killed, and what was kept of the windows is lost.</summary>
    KilledWithoutWindows,
}

/// <summary>A real ledger with its monitor on a disk in memory; whoever sends to it skips every gateway.</summary>
internal sealed class MonitoredChain : IAsyncDisposable
{
    private static readonly BeaconChain s_beacon = BeaconChain.Create(new byte[Digest.Size]);
    private static readonly byte[] s_genesisBytes = Encoding.ASCII.GetBytes("genesis");

    private readonly SeededRandom random = new(5);
    private readonly KeyPair nodeKey = KeyPair.Generate();
    private ulong made;

    public MonitoredChain(MonitorMode mode = MonitorMode.Enforce, MonitorOptions? options = null)
    {
        (Mode, Options) = (mode, options ?? new MonitorOptions());
        Owner = NewActor("owner");
        Other = NewActor("other");
        Clock = new ManualClock(new Timestamp(1_767_571_200_000));
        Genesis = new Genesis(
            ChainId.Parse("sim:monitor"),
            TokenAmount.FromTokens(10_000_000),
            Clock.Now,
            nodeKey.PublicKey,
            s_beacon.Commitment,
            1,
            [
                new GenesisAccount(Owner.Key.Public, TokenAmount.FromTokens(4_000_000), true),
                new GenesisAccount(Other.Key.Public, TokenAmount.FromTokens(1_000_000), false),
            ],
            new Parameters { PayloadsPerMinute = 60_000_000 });
        Disk.Put(DataDirectory.GenesisFile, s_genesisBytes);
        Ledger = Open();
    }

    public MonitorMode Mode { get; set; }

    public MonitorOptions Options { get; }

    public FaultyDisk Disk { get; } = new(4);

    public ManualClock Clock { get; }

    public Genesis Genesis { get; }

    public Actor Owner { get; }

    public Actor Other { get; }

    public LedgerHost Ledger { get; private set; }

    public LedgerMonitor Monitor { get; private set; } = null!;

    public Actor NewActor(string name) => new(name, new TestKey(random.Fork($"key/{made++}")));

    /// <summary>An agent of the owner, who guards it, with a daily cap of 1,000 tokens.</summary>
    public async Task<Actor> NewAgentAsync(ConstitutionTerms? terms = null)
    {
        var agent = NewActor($"agent{made}");
        var result = await SendAsync(Owner, new RegisterAgent(
            agent.Key.Public,
            null,
            AgentKind.Inference,
            [],
            Label.Parse("1"),
            terms ?? Constitutions.Wide with
            {
                MaxDailyVolume = TokenAmount.FromTokens(1_000), MaxValuePerAction = TokenAmount.FromTokens(1_000),
            },
            [Owner.Id],
            1,
            TokenAmount.FromTokens(50_000)));
        Assert.Equal(Outcome.Applied, result.Outcome);
        return agent;
    }

    public async Task<SubmitResult> SendAsync(Actor actor, params Command[] commands) =>
        await Ledger.SubmitAsync(Sign(actor, commands), CancellationToken.None);

    /// <summary>A payload with an actor's key, in its next place.</summary>
    public SignedPayload Sign(Actor actor, params Command[] commands)
    {
        var (sequence, epoch) = Ledger.View.Read(state => (
            state.NextSequence(state.FindAccount(actor.Id)!.Value, 0), state.Globals.StopEpoch));
        var draft = new PayloadDraft(
            Genesis.Chain,
            new ProposedAction(actor.Id, commands, string.Empty),
            AgentSigner.ForSimulation(actor.Id),
            0,
            sequence,
            Clock.Now + Duration.FromSeconds(30),
            epoch);
        Assert.True(draft.TryWrite(out _, out var bytes));
        Assert.True(SignedPayload.TrySimulated(bytes, null, out var signed, out var problem), problem);
        return signed;
    }

    public Task<SubmitResult> PayAsync(Actor from, Actor to, ulong tokens) =>
        SendAsync(from, new Transfer(to.Id, TokenAmount.FromTokens(tokens)));

    /// <summary>Pays small sums for more than a day, so that an agent has a history.</summary>
    public async Task SettleInAsync(Actor agent, Actor payee, ulong tokens = 2)
    {
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(Outcome.Applied, (await PayAsync(agent, payee, tokens)).Outcome);
            Clock.Now += Duration.FromHours(1);
        }
    }

    public TokenAmount BalanceOf(Actor actor) =>
        Ledger.View.Read(state => state.Account(state.FindAccount(actor.Id)!.Value).Available);

    /// <summary>Every verdict in the journal, and the outcome of what it judged.</summary>
    public List<string> Verdicts()
    {
        var found = new List<string>();
        using var entries = Ledger.ReadFrom(1);
        while (entries.TryRead(out var entry))
        {
            var reader = new EventReader(entry.Events.Span);
            while (reader.MoveNext())
            {
                if (reader.Kind == EventKind.MonitorJudged)
                {
                    var judged = reader.As<MonitorJudged>();
                    found.Add($"{judged.Verdict} {judged.Detector} {judged.Observed} {judged.Limit}");
                }
            }
        }

        return found;
    }

    public AuditReport Verify() => AuditVerifier.Run(Disk, CancellationToken.None);

    /// <summary>Ends the ledger in one of the ways, and opens it again.</summary>
    public async Task RestartAsync(Ending ending)
    {
        await EndAsync(ending);
        Ledger = Open();
    }

    public async Task EndAsync(Ending ending)
    {
        switch (ending)
        {
            case Ending.Closed:
                await Ledger.DisposeAsync();
                break;
            case Ending.PowerCut:
                Disk.CutPower();
                break;
            default:
                Disk.KillProcess();
                break;
        }

        if (ending == Ending.KilledWithoutWindows && Disk.Exists(WindowFile.Path))
        {
            Disk.Remove(WindowFile.Path);
        }
    }

    public LedgerHost Open()
    {
        Monitor = new LedgerMonitor(Mode, Options);
        return Ledger = LedgerHost.Open(new LedgerHostOptions
        {
            Disk = Disk,
            Genesis = Genesis,
            GenesisDigest = Digest.Sha256(s_genesisBytes),
            Signer = header => Jws.Sign(nodeKey, header).ToCompact(),
            Beacon = s_beacon,
            Time = Clock,
            Inline = true,
            SegmentBytes = 1 << 20,
            Watch = Monitor,
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        nodeKey.Dispose();
    }
}
