using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Aitbc.Cli.Commands;
using Aitbc.Infrastructure.Identity;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Verification;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Node.Hosting;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Wire;

namespace Aitbc.Cli.Threats;

/// <summary>A chain of its own behind a real node, with people, a merchant and an attacker: where one threat is tried.
/// Payloads go over HTTP, as a stranger's would; blobs are given, and what came of it is read, inside.</summary>
/// <remarks>One owner. Gas costs next to nothing here, so that it hides no theft.</remarks>
internal sealed class ThreatField : IAsyncDisposable
{
    private readonly List<KeyPair> keys = [];
    private ChainDirectory chain = null!;
    private NodeServer server = null!;

    private ThreatField(string path) => Path = path;

    /// <summary>The data directory.</summary>
    public string Path { get; }

    /// <summary>The ledger; only to be looked at.</summary>
    public LedgerHost Ledger { get; private set; } = null!;

    /// <summary>Reaches the node; without cookies or redirects.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>The only member of the council.</summary>
    public Actor Council { get; private set; } = null!;

    /// <summary>One of the agents' two guardians.</summary>
    public Actor Guardian { get; private set; } = null!;

    /// <summary>The other.</summary>
    public Actor SecondGuardian { get; private set; } = null!;

    /// <summary>Whose the agents are.</summary>
    public Actor Owner { get; private set; } = null!;

    /// <summary>Whom the agents may pay.</summary>
    public Actor Merchant { get; private set; } = null!;

    /// <summary>The attacker, with an account and some money of its own.</summary>
    public Actor Attacker { get; private set; } = null!;

    /// <summary>The chain.</summary>
    public ChainId Chain => Ledger.Genesis.Chain;

    /// <summary>Now.</summary>
    public static Timestamp Now => new(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Begins a chain and starts a node on it.</summary>
    /// <param name="path">An empty directory.</param>
    /// <param name="stop">Ends it early.</param>
    public static async Task<ThreatField> StartAsync(string path, CancellationToken stop)
    {
        var field = new ThreatField(path);
        var plan = new ChainPlan(
            new ChainId("aitbc:threats"),
            TokenAmount.FromTokens(1_000_000),
            Now,
            1,
            new Parameters
            {
                BaseGas = TokenAmount.FromBaseUnits(1),
                PayloadsPerMinute = 6_000_000,
                MinimumStake = TokenAmount.FromTokens(10),
            });
        var ids = new List<KeyId>();
        field.chain = ChainDirectory.Create(path, plan, store =>
        {
            var accounts = new List<GenesisAccount>();
            for (var i = 0; i < 6; i++)
            {
                using var key = store.Create();
                ids.Add(key.Id);
                accounts.Add(new GenesisAccount(key.PublicKey, TokenAmount.FromTokens(10_000), Council: i == 0));
            }

            return accounts;
        });
        var people = ids.ConvertAll(id => field.Hold(field.chain.Keys.Load(id)));
        (field.Council, field.Guardian, field.SecondGuardian) = (people[0], people[1], people[2]);
        (field.Owner, field.Merchant, field.Attacker) = (people[3], people[4], people[5]);
        await field.OpenAsync(stop).ConfigureAwait(false);
        return field;
    }

    /// <summary>A constitution to begin with: pays, by any way there is, only the merchant.</summary>
    public ConstitutionTerms Terms => new(
        TokenAmount.FromTokens(20),
        TokenAmount.FromTokens(100),
        TokenAmount.FromBaseUnits(100_000),
        TokenAmount.FromTokens(40),
        [CommandKind.Transfer, CommandKind.DepositStake, CommandKind.PostWorkload, CommandKind.DeclareBlob],
        [Merchant.Id],
        ConstitutionTerms.AnyHour,
        new Duration(0),
        RequiresHumanApproval: false);

    /// <summary>Registers an agent with 1,000 tokens, under two guardians who both decide.</summary>
    /// <param name="terms">What binds it.</param>
    /// <param name="owner">Whose it is; the owner's by default.</param>
    public async Task<Actor> RegisterAsync(ConstitutionTerms terms, Actor? owner = null)
    {
        var identity = Identity.Create(chain.Keys);
        keys.Add(identity.Key!);
        var register = identity.RegisterAgent(Chain, (owner ?? Owner).Id, new AgentCharter(
            AgentKind.Data, [], Label.Parse("1"), terms, [Guardian.Id, SecondGuardian.Id], 2,
            TokenAmount.FromTokens(1_000)));
        await MustAsync(Sign(owner ?? Owner, register)).ConfigureAwait(false);
        return new Actor(identity.Account, identity.Key!);
    }

    /// <summary>A key that belongs to nobody yet.</summary>
    public KeyPair NewKey()
    {
        var key = chain.Keys.Create();
        keys.Add(key);
        return key;
    }

    /// <summary>Somebody's payload, in the next place of a lane.</summary>
    public string Sign(Actor actor, params Command[] commands) => Sign(actor, new Writing(), commands);

    /// <summary>Somebody's payload, with whatever differs.</summary>
    public string Sign(Actor actor, Writing how, params Command[] commands) =>
        Sign(how.Key ?? actor.Key, Write(actor, how, commands));

    /// <summary>Whatever bytes under a key's signature.</summary>
    public static string Sign(KeyPair key, ReadOnlySpan<byte> payload) =>
        Encoding.ASCII.GetString(Jws.Sign(key, payload).ToCompact());

    /// <summary>The bytes of a payload.</summary>
    public byte[] Write(Actor actor, Writing how, params Command[] commands)
    {
        var (sequence, epoch) = Ledger.View.Read(state => (
            state.FindAccount(actor.Id) is { } number ? state.NextSequence(number, how.Lane) : 1,
            state.Globals.StopEpoch));
        var buffer = new ArrayBufferWriter<byte>();
        PayloadCodec.Write(
            new ClientPayload
            {
                Chain = how.Chain ?? Chain,
                From = actor.Id,
                Lane = how.Lane,
                Sequence = how.Sequence ?? (sequence + how.Ahead),
                ValidUntil = how.ValidUntil ?? (Now + Duration.FromMinutes(10)),
                Epoch = how.Epoch ?? epoch,
                Commands = commands,
                Proof = ProofKind.Jws,
                Signer = (how.Key ?? actor.Key).Id,
                PayloadDigest = default,
            },
            buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Sends a signed payload.</summary>
    public async Task<ThreatAnswer> SendAsync(string jws, string path = "/v1/commands")
    {
        using var content = new StringContent(jws);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/jose");
        using var response = await Client.PostAsync(new Uri(path, UriKind.Relative), content).ConfigureAwait(false);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync().ConfigureAwait(false));
        var said = answer.RootElement;
        return response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted
            ? new ThreatAnswer(
                response.StatusCode,
                said.GetProperty("outcome").GetString()!,
                said.GetProperty("isDuplicate").GetBoolean(),
                said.GetProperty("seq").GetUInt64())
            : new ThreatAnswer(response.StatusCode, said.GetProperty("code").GetString()!, false, 0);
    }

    /// <summary>Sends what must take effect, or there is nothing to attack here.</summary>
    /// <exception cref="InvalidOperationException">It did not.</exception>
    public async Task<ulong> MustAsync(string jws, string path = "/v1/commands")
    {
        var answer = await SendAsync(jws, path).ConfigureAwait(false);
        return answer.TookEffect
            ? answer.Seq
            : throw new InvalidOperationException(
                $"What is allowed did not take effect, so nothing is shown here: {answer}.");
    }

    /// <summary>All that an account has, wherever it stands.</summary>
    public TokenAmount WorthOf(AccountId account) => Ledger.View.Read(state =>
        state.FindAccount(account) is { } number ? state.Account(number).Total : TokenAmount.Zero);

    /// <summary>Stops the node, and has the whole journal judged by what a stranger would judge it with.</summary>
    public async Task<VerifyReport> EndAsync(CancellationToken stop)
    {
        await CloseAsync().ConfigureAwait(false);
        return await ChainVerifier.RunAsync(Path, ChainHold.OwnedFiles, null, stop).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        keys.ForEach(key => key.Dispose());
    }

    private Actor Hold(KeyPair key)
    {
        keys.Add(key);
        return new Actor((AccountId)key.Id, key);
    }

    private async Task OpenAsync(CancellationToken stop)
    {
        Ledger = chain.OpenLedger();
        server = await NodeServer.StartAsync(
            new NodeOptions { Port = 0 }, Ledger, TimeProvider.System, _ => { }, stop).ConfigureAwait(false);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = server.Url,
        };
    }

    private async Task CloseAsync()
    {
        if (Client is not null)
        {
            Client.Dispose();
            Client = null!;
            await server.DisposeAsync().ConfigureAwait(false);
            await Ledger.DisposeAsync().ConfigureAwait(false);
            chain.Dispose();
        }
    }
}

/// <summary>How a payload differs from an honest one.</summary>
internal sealed record Writing
{
    /// <summary>Nonce lane.</summary>
    public int Lane { get; init; }

    /// <summary>Place in the lane; the next by default.</summary>
    public ulong? Sequence { get; init; }

    /// <summary>How far ahead of the next place.</summary>
    public ulong Ahead { get; init; }

    /// <summary>The stop epoch it carries; the present one by default.</summary>
    public ulong? Epoch { get; init; }

    /// <summary>Until when it may be admitted.</summary>
    public Timestamp? ValidUntil { get; init; }

    /// <summary>The chain it is for.</summary>
    public ChainId? Chain { get; init; }

    /// <summary>Another key than the sender's.</summary>
    public KeyPair? Key { get; init; }
}

/// <summary>What the node says.</summary>
/// <param name="Status">The status.</param>
/// <param name="Outcome">The outcome, or the problem's code.</param>
/// <param name="IsDuplicate">Whether it is a first outcome again.</param>
/// <param name="Seq">The entry.</param>
internal readonly record struct ThreatAnswer(HttpStatusCode Status, string Outcome, bool IsDuplicate, ulong Seq)
{
    /// <summary>Whether it changed something now.</summary>
    public bool TookEffect => Outcome == "applied" && !IsDuplicate;
}
