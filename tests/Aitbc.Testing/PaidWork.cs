using System.Buffers;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.Wire;

namespace Aitbc.Testing;

/// <summary>Somebody with a real key, and the account that began with it.</summary>
/// <param name="Account">The account.</param>
public sealed record Person(AccountId Account)
{
    /// <summary>The key that signs now.</summary>
    public required KeyPair Key { get; set; }
}

/// <summary>
/// A real ledger host in a directory, with a client and a provider whose work is paid: what receipts, backups and
/// explanations are tested on. Inline, under a clock of the test's own.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
public sealed partial class PaidWork : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    private readonly int blockEntries;
    private int made;
    private bool isClosed;

    private PaidWork(string path, SteppedTime time, int blockEntries)
    {
        (Path, Time, this.blockEntries) = (path, time, blockEntries);
        Directory = ChainDirectory.Open(path);
        Host = Directory.OpenLedger(Adjust);
        var people = Directory.Genesis.Accounts;
        Owner = Holder((AccountId)people[0].Key.Thumbprint());
        Client = Holder((AccountId)people[1].Key.Thumbprint());
        Provider = Owner;
    }

    /// <summary>The data directory.</summary>
    public string Path { get; }

    /// <summary>The clock.</summary>
    public SteppedTime Time { get; }

    /// <summary>The open directory.</summary>
    public ChainDirectory Directory { get; private set; }

    /// <summary>The open ledger.</summary>
    public LedgerHost Host { get; private set; }

    /// <summary>Owns and guards the provider; council.</summary>
    public Person Owner { get; private set; }

    /// <summary>Posts and pays.</summary>
    public Person Client { get; private set; }

    /// <summary>An agent that delivers; the owner until it is registered.</summary>
    public Person Provider { get; private set; }

    /// <summary>The provider's service.</summary>
    public ServiceId Service { get; private set; }

    /// <summary>The payloads that were sent, in order.</summary>
    public List<SignedPayload> Sent { get; } = [];

    private bool IsSimulated => Host.Genesis.Chain.IsSimulation;

    /// <summary>Begins a chain, registers the provider and lists its service.</summary>
    /// <param name="path">An empty directory.</param>
    /// <param name="chain">The chain's name; <c>sim:</c> ones are unsigned.</param>
    /// <param name="blockEntries">Entries after which a block closes.</param>
    public static async Task<PaidWork> BeginAsync(string path, string chain = "test", int blockEntries = 7)
    {
        var plan = new ChainPlan(
            new ChainId(chain),
            TokenAmount.FromTokens(1_000_000_000),
            new Timestamp(Start.ToUnixTimeMilliseconds()),
            1,
            new Parameters());
        ChainDirectory.Create(path, plan, NewAccounts).Dispose();
        var work = new PaidWork(path, new SteppedTime(Start), blockEntries);
        work.Provider = await work.RegisterAsync().ConfigureAwait(false);
        await work.DoAsync(work.Provider, new DepositStake(TokenAmount.FromTokens(1000))).ConfigureAwait(false);
        var terms = new ServiceTerms(
            Label.Parse("digits"), LedgerFixture.Capability, TokenAmount.OneToken, 100, default, 0);
        await work.DoAsync(work.Provider, new ListService(terms)).ConfigureAwait(false);
        work.Service = new ServiceId(1);
        return work;
    }

    /// <summary>Goes on with a directory that one of these began, such as a restored one.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="like">Who began it.</param>
    public static PaidWork GoOn(string path, PaidWork like) => new(path, like.Time, like.blockEntries)
    {
        Provider = like.Provider,
        Service = like.Service,
        made = like.made,
    };

    /// <summary>Closes ledger and directory and opens them again.</summary>
    public async Task RestartAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        Directory = ChainDirectory.Open(Path);
        Host = Directory.OpenLedger(Adjust);
        isClosed = false;
    }

    /// <summary>Closes ledger and directory; the keys stay.</summary>
    public async Task CloseAsync()
    {
        if (!isClosed)
        {
            isClosed = true;
            await Host.DisposeAsync().ConfigureAwait(false);
            Directory.Dispose();
        }
    }

    /// <summary>Lets time pass; the sequencer does what is due.</summary>
    public async Task AdvanceAsync(int ms)
    {
        Time.Advance(TimeSpan.FromMilliseconds(ms));
        await Host.PumpAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Sends commands that must take effect.</summary>
    public async Task<SubmitResult> DoAsync(Person from, params Command[] commands)
    {
        var result = await SendAsync(from, commands).ConfigureAwait(false);
        return result.Outcome == Outcome.Applied
            ? result
            : throw new InvalidOperationException($"{commands[result.FailedAt]} gave {result.Outcome}.");
    }

    /// <summary>Sends commands.</summary>
    public Task<SubmitResult> SendAsync(Person from, params Command[] commands)
    {
        var payload = Sign(from, commands);
        Sent.Add(payload);
        return Host.SubmitAsync(payload, CancellationToken.None);
    }

    /// <summary>A payload, ready to send.</summary>
    public SignedPayload Sign(Person from, params Command[] commands)
    {
        var bytes = Write(from, commands);
        var parsed = IsSimulated
            ? SignedPayload.TrySimulated(bytes, null, out var signed, out var problem)
            : SignedPayload.TryFromJws(Jws.Sign(from.Key, bytes.Span).ToCompact(), out signed, out problem);
        return parsed ? signed! : throw new InvalidOperationException(problem);
    }

    /// <summary>Enrols a passkey for somebody's account.</summary>
    public Task<SubmitResult> EnrolAsync(Person person, TestPasskey passkey) => DoAsync(
        person,
        new AddKey(passkey.Key.Public, null, passkey.Answer(Protocol.Identity.KeyPossession.Challenge(
            Host.Genesis.Chain, person.Account, passkey.Key.Public))));

    /// <summary>A payload that a passkey proves, ready to send.</summary>
    public SignedPayload Sign(Person from, TestPasskey passkey, params Command[] commands)
    {
        ArgumentNullException.ThrowIfNull(passkey);
        var bytes = Write(from, commands);
        var answer = passkey.Answer(
            PasskeyAssertion.ChallengeOf(Host.Genesis.Chain, Digest.Sha256(bytes.Span)));
        return SignedPayload.TryFromPasskey(bytes, passkey.Key.Id, answer, out var signed, out _, out var problem)
            ? signed
            : throw new InvalidOperationException(problem);
    }

    /// <summary>A payload's bytes.</summary>
    public ReadOnlyMemory<byte> Write(Person from, params Command[] commands)
    {
        var (sequence, epoch) = Host.View.Read(state =>
            (state.NextSequence(state.FindAccount(from.Account)!.Value, 0), state.Globals.StopEpoch));
        var bytes = new ArrayBufferWriter<byte>();
        PayloadCodec.Write(
            new ClientPayload
            {
                Chain = Host.Genesis.Chain,
                From = from.Account,
                Lane = 0,
                Sequence = sequence,
                ValidUntil = new Timestamp(Time.GetUtcNow().ToUnixTimeMilliseconds() + 60_000),
                Epoch = epoch,
                Commands = commands,
                Proof = ProofKind.Jws,
                Signer = from.Key.Id,
                PayloadDigest = default,
            },
            bytes);
        return bytes.WrittenMemory;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        foreach (var person in new[] { Owner, Client, Provider })
        {
            person.Key.Dispose();
        }
    }

    private static List<GenesisAccount> NewAccounts(KeyStore keys)
    {
        using var owner = keys.Create();
        using var client = keys.Create();
        return
        [
            new GenesisAccount(owner.PublicKey, TokenAmount.FromTokens(100_000), Council: true),
            new GenesisAccount(client.PublicKey, TokenAmount.FromTokens(1_000_000), Council: false),
        ];
    }

    private LedgerHostOptions Adjust(LedgerHostOptions options) => options with
    {
        Time = Time,
        Inline = true,
        BlockEntries = blockEntries,
        SegmentBytes = 1024 * 1024,
    };

    private Person Holder(AccountId account) =>
        new(account) { Key = Directory.Keys.Load(KeyId.From(account.AsSpan())) };

    private async Task<Person> RegisterAsync()
    {
        var agent = new Person((AccountId)Directory.Keys.Create().Id) { Key = null! };
        agent.Key = Directory.Keys.Load(KeyId.From(agent.Account.AsSpan()));
        await DoAsync(Owner, new RegisterAgent(
            agent.Key.PublicKey,
            Possession(agent.Key, Owner.Account),
            AgentKind.Inference,
            [LedgerFixture.Capability],
            Label.Parse("1.0"),
            Constitutions.Wide,
            [Owner.Account],
            1,
            TokenAmount.FromTokens(10_000))).ConfigureAwait(false);
        return agent;
    }

    private Signature Possession(KeyPair key, AccountId sponsor)
    {
        var proof = Infrastructure.Wallet.KeyPossession.Prove(key, Host.Genesis.Chain, sponsor).AsSpan();
        return new Signature(Digest.From(proof[..Digest.Size]), Digest.From(proof[Digest.Size..]));
    }
}
