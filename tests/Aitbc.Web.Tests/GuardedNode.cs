using System.Buffers;
using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Node.Hosting;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Wire;
using Aitbc.Testing;

namespace Aitbc.Web.Tests;

/// <summary>A chain under the wall clock with a node and a faucet, for people who come with passkeys.</summary>
public sealed class GuardedNode : IAsyncDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("aitbc-keys-").FullName;
    private readonly ChainDirectory chain;
    private readonly KeyPair owner;
    private readonly Faucet faucet;
    private NodeServer server = null!;
    private readonly Dictionary<AccountId, KeyPair> agents = [];
    private bool isClosed;

    private GuardedNode(Func<LedgerHostOptions, LedgerHostOptions>? adjust, Duration? looseningDelay)
    {
        var parameters = new Parameters { PayloadsPerMinute = 60_000 };
        var plan = new ChainPlan(
            new ChainId("aitbc:keys"), TokenAmount.FromTokens(1_000_000), Now, 1,
            looseningDelay is { } delay ? parameters with { LooseningDelay = delay } : parameters);
        chain = ChainDirectory.Create(DataPath, plan, store =>
        {
            using var key = store.Create();
            return [new GenesisAccount(key.PublicKey, TokenAmount.FromTokens(100_000), Council: true)];
        });
        owner = chain.Keys.Load(chain.Genesis.Accounts[0].Key.Thumbprint());
        faucet = new Faucet(chain.Keys.Load(owner.Id));
        Ledger = chain.OpenLedger(adjust);
    }

    /// <summary>The data directory.</summary>
    public string DataPath => Path.Combine(root, "chain");

    /// <summary>The ledger.</summary>
    public LedgerHost Ledger { get; }

    /// <summary>The node's address.</summary>
    public Uri Url => server.Url;

    private static Timestamp Now => new(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Begins a chain and starts a node on it.</summary>
    /// <param name="adjust">What differs of the ledger; null for nothing.</param>
    /// <param name="looseningDelay">How long what loosens waits; null for the usual day.</param>
    public static async Task<GuardedNode> StartAsync(
        Func<LedgerHostOptions, LedgerHostOptions>? adjust = null, Duration? looseningDelay = null)
    {
        var node = new GuardedNode(adjust, looseningDelay);
        node.server = await node.StartServerAsync();
        return node;
    }

    /// <summary>A node on the same ledger, at another port and so of another origin.</summary>
    public Task<NodeServer> StartServerAsync() => NodeServer.StartAsync(
        new NodeOptions { Port = 0, Dashboard = Checkout.Dashboard, Faucet = faucet },
        Ledger,
        TimeProvider.System,
        _ => { },
        CancellationToken.None);

    /// <summary>An address that opens a session.</summary>
    public string NewAddress() => $"{Url}?token={server.Sessions.NewOneTime()}";

    /// <summary>The account that owns every agent here, is the only one of the council, and may guard, too.</summary>
    public AccountId Owner => (AccountId)owner.Id;

    /// <summary>Registers an agent that somebody guards.</summary>
    public Task<AccountId> RegisterAsync(AccountId guardian) => RegisterAsync(Constitutions.Wide, 1, guardian);

    /// <summary>Registers an agent with 1,000 AITBC.</summary>
    public async Task<AccountId> RegisterAsync(ConstitutionTerms terms, int threshold, params AccountId[] guardians)
    {
        var key = chain.Keys.Create();
        var proof = Infrastructure.Wallet.KeyPossession.Prove(key, Ledger.Genesis.Chain, Owner).AsSpan();
        var possession = new Signature(Digest.From(proof[..Digest.Size]), Digest.From(proof[Digest.Size..]));
        Assert.Equal(Outcome.Applied, await SendAsync(owner, new RegisterAgent(
            key.PublicKey, possession, AgentKind.Inference, [], Label.Parse("1.0"), terms, guardians, threshold,
            TokenAmount.FromTokens(1_000))));
        agents.Add((AccountId)key.Id, key);
        return (AccountId)key.Id;
    }

    /// <summary>An agent asks for something.</summary>
    public Task<Outcome> ActAsync(AccountId agent, params Command[] commands) => SendAsync(agents[agent], commands);

    /// <summary>An agent asks for what must wait.</summary>
    public async Task<(ApprovalId Id, byte[] Payload)> ParkAsync(AccountId agent, params Command[] commands)
    {
        Assert.Equal(Outcome.Parked, await ActAsync(agent, commands));
        using var entries = Ledger.ReadFrom(Ledger.View.Seq);
        Assert.True(entries.TryRead(out var entry));
        return (new ApprovalId(entry.Header.Seq), entry.BodyBytes.ToArray());
    }

    /// <summary>What an account is free to use.</summary>
    public TokenAmount AvailableOf(AccountId account) =>
        Ledger.View.Read(state => state.Account(state.FindAccount(account)!.Value).Available);

    /// <summary>What gas an agent paid today.</summary>
    public TokenAmount GasOf(AccountId agent) => Ledger.View.Read(state =>
        state.GasUsed(state.Agents[state.Account(state.FindAccount(agent)!.Value).Agent - 1]));

    /// <summary>The owner asks for something.</summary>
    public Task<Outcome> DecideAsync(params Command[] commands) => SendAsync(owner, commands);

    private async Task<Outcome> SendAsync(KeyPair key, params Command[] commands)
    {
        var from = (AccountId)key.Id;
        var bytes = new ArrayBufferWriter<byte>();
        PayloadCodec.Write(
            new ClientPayload
            {
                Chain = Ledger.Genesis.Chain,
                From = from,
                Lane = 0,
                Sequence = Ledger.View.Read(state => state.NextSequence(state.FindAccount(from)!.Value, 0)),
                ValidUntil = Now + Duration.FromMinutes(5),
                Epoch = Ledger.View.Read(state => state.Globals.StopEpoch),
                Commands = commands,
                Proof = ProofKind.Jws,
                Signer = key.Id,
                PayloadDigest = default,
            },
            bytes);
        return await SignAsync(key, bytes.WrittenMemory);
    }

    /// <summary>The owner signs a payload that a page has made, with a key that no browser has.</summary>
    public Task<Outcome> SignAsync(string payload) => SignAsync(owner, Encoding.UTF8.GetBytes(payload));

    private async Task<Outcome> SignAsync(KeyPair key, ReadOnlyMemory<byte> payload)
    {
        Assert.True(SignedPayload.TryFromJws(
            Jws.Sign(key, payload.Span).ToCompact(), out var signed, out var problem), problem);
        return (await Ledger.SubmitAsync(signed, CancellationToken.None)).Outcome;
    }

    /// <summary>The newest motion.</summary>
    public MotionId LastMotion => Ledger.View.Read(state => new MotionId(state.Globals.LastDecision));

    /// <summary>Who guards an agent.</summary>
    public AccountId[] GuardiansOf(AccountId agent) => Ledger.View.Read(state =>
    {
        ref readonly var record = ref state.Agents[state.Account(state.FindAccount(agent)!.Value).Agent - 1];
        var guardians = new AccountId[record.GuardianCount];
        for (var i = 0; i < guardians.Length; i++)
        {
            guardians[i] = state.Account(record.Guardians[i]).Id;
        }

        return guardians;
    });

    /// <summary>Whether an agent is stopped.</summary>
    public bool IsStopped(AccountId agent) => Ledger.View.Read(state =>
        state.Agents[state.Account(state.FindAccount(agent)!.Value).Agent - 1].Stopped == 1);

    /// <summary>Stops node and ledger, so that others may read the directory.</summary>
    public async Task CloseAsync()
    {
        if (!isClosed)
        {
            isClosed = true;
            await server.DisposeAsync();
            await Ledger.DisposeAsync();
            faucet.Dispose();
            foreach (var key in agents.Values)
            {
                key.Dispose();
            }

            owner.Dispose();
            chain.Dispose();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(root, recursive: true);
    }
}
