using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Node.Hosting;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Tests;

/// <summary>A real node on a real port, over a real ledger in a directory of its own.</summary>
public sealed class NodeFixture : IAsyncDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("aitbc-node-").FullName;
    private NodeOptions options;
    private readonly Func<LedgerHostOptions, LedgerHostOptions>? adjust;
    private readonly KeyPair[] keys;
    private ChainDirectory chain;
    private bool isClosed;
    private readonly Dictionary<int, ulong> sequences = [];

    private NodeFixture(
        NodeOptions options, Parameters parameters, Func<LedgerHostOptions, LedgerHostOptions>? adjust)
    {
        (this.options, this.adjust) = (options, adjust);
        var made = new List<GenesisAccount>();
        var plan = new ChainPlan(
            new ChainId("aitbc:test"), TokenAmount.FromTokens(1_000_000), Now, 1,
            parameters with { PayloadsPerMinute = 60_000_000, MinimumStake = TokenAmount.FromTokens(100) });
        chain = ChainDirectory.Create(Path.Combine(root, "chain"), plan, store =>
        {
            for (var i = 0; i < 4; i++)
            {
                using var key = store.Create();
                made.Add(new GenesisAccount(key.PublicKey, TokenAmount.FromTokens(1_000), Council: i == 0));
            }

            return made;
        });
        keys = [.. made.Select(account => chain.Keys.Load(account.Key.Thumbprint()))];
        Ledger = null!;
        Server = null!;
        Client = null!;
    }

    /// <summary>The ledger behind the node.</summary>
    public LedgerHost Ledger { get; private set; }

    /// <summary>The node.</summary>
    public NodeServer Server { get; private set; }

    /// <summary>What the node has logged.</summary>
    internal CapturedLog Log { get; } = new();

    /// <summary>The files of the journal.</summary>
    public string Journal => Path.Combine(root, "chain", "journal");

    /// <summary>A client without cookies or redirects.</summary>
    public HttpClient Client { get; private set; }

    /// <summary>The key that signs blocks.</summary>
    public PublicKey NodeKey => chain.Genesis.NodeKey;

    /// <summary>Keys that live on the node's disk.</summary>
    public KeyStore Keys => chain.Keys;

    /// <summary>The key of a place in genesis.</summary>
    public KeyPair Key(int index) => keys[index];

    private static Timestamp Now => new(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Begins a chain and starts a node on it.</summary>
    /// <param name="options">What differs of the node; null for nothing.</param>
    /// <param name="parameters">What differs of the chain's figures; null for nothing.</param>
    /// <param name="adjust">What differs of the ledger; null for nothing.</param>
    public static async Task<NodeFixture> StartAsync(
        NodeOptions? options = null,
        Parameters? parameters = null,
        Func<LedgerHostOptions, LedgerHostOptions>? adjust = null)
    {
        var fixture = new NodeFixture(
            (options ?? new NodeOptions()) with { Port = 0 }, parameters ?? new Parameters(), adjust);
        await fixture.OpenAsync();
        return fixture;
    }

    /// <summary>The data directory.</summary>
    public string DataPath => Path.Combine(root, "chain");

    /// <summary>Stops the node and its ledger, and starts both again.</summary>
    public async Task RestartAsync()
    {
        options = options with { Port = Server.Url.Port };
        await CloseAsync();
        await StartAgainAsync();
    }

    /// <summary>Stops the node and its ledger.</summary>
    public Task StopAsync() => CloseAsync();

    /// <summary>The key that signs blocks; what a dishonest operator has.</summary>
    public KeyPair LoadNodeKey() => chain.Keys.Load(chain.Genesis.NodeKey.Thumbprint());

    /// <summary>Starts both again after a stop.</summary>
    public async Task StartAgainAsync()
    {
        chain = ChainDirectory.Open(Path.Combine(root, "chain"));
        await OpenAsync();
    }

    /// <summary>Stops the node and starts it on its directory without journal and snapshots, as after a loss.
    /// </summary>
    public async Task LoseAsync()
    {
        options = options with { Port = Server.Url.Port };
        await CloseAsync();
        Directory.Delete(Journal, recursive: true);
        Directory.Delete(Path.Combine(root, "chain", "snapshots"), recursive: true);
        chain = ChainDirectory.Open(Path.Combine(root, "chain"));
        await OpenAsync();
    }

    /// <summary>The account of a place in genesis.</summary>
    public AccountId Account(int index) => (AccountId)keys[index].Id;

    /// <summary>A signed payload of an account, in its next place.</summary>
    public string Sign(int from, params Command[] commands) =>
        Sign(from, sequences[from] = sequences.GetValueOrDefault(from) + 1, commands);

    /// <summary>A signed payload of an account, in a place of the test's own.</summary>
    public string Sign(int from, ulong sequence, params Command[] commands) =>
        Sign(Account(from), keys[from], sequence, commands);

    /// <summary>A signed payload of any account.</summary>
    public string Sign(AccountId from, KeyPair key, ulong sequence, params Command[] commands)
    {
        var buffer = new ArrayBufferWriter<byte>();
        PayloadCodec.Write(
            new ClientPayload
            {
                Chain = chain.Genesis.Chain,
                From = from,
                Lane = 0,
                Sequence = sequence,
                ValidUntil = Now + Duration.FromMinutes(10),
                Epoch = Ledger.View.Read(state => state.Globals.StopEpoch),
                Commands = commands,
                Proof = ProofKind.Jws,
                Signer = key.Id,
                PayloadDigest = default,
            },
            buffer);
        return System.Text.Encoding.ASCII.GetString(Jws.Sign(key, buffer.WrittenSpan).ToCompact());
    }

    /// <summary>A transfer of one base unit.</summary>
    public Transfer Pay(int to, ulong baseUnits = 1) => new(Account(to), TokenAmount.FromBaseUnits(baseUnits));

    /// <summary>Sends one signed payload.</summary>
    public Task<HttpResponseMessage> SendAsync(string jws, string path = "/v1/commands")
    {
        var content = new StringContent(jws);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/jose");
        return Client.PostAsync(path, content);
    }

    /// <summary>Reads a resource that must be there.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        var response = await Client.GetAsync(path);
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
        return await JsonOf(response);
    }

    /// <summary>A body as JSON.</summary>
    public static async Task<JsonElement> JsonOf(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        foreach (var key in keys)
        {
            key.Dispose();
        }

        Directory.Delete(root, recursive: true);
    }

    private async Task OpenAsync()
    {
        isClosed = false;
        Ledger = chain.OpenLedger(adjust);
        Server = await NodeServer.StartAsync(
            options, Ledger, TimeProvider.System, log => log.AddProvider(Log), CancellationToken.None);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = Server.Url,
        };
    }

    private async Task CloseAsync()
    {
        if (isClosed)
        {
            return;
        }

        isClosed = true;
        Client.Dispose();
        await Server.DisposeAsync();
        await Ledger.DisposeAsync();
        chain.Dispose();
    }
}
