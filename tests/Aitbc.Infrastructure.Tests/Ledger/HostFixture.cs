using System.Buffers;
using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;
using Aitbc.Testing;

namespace Aitbc.Infrastructure.Tests.Ledger;

/// <summary>A chain on any disk, with people who pay each other; payloads without signatures.</summary>
internal sealed class HostFixture
{
    public static readonly Timestamp CreatedAt = new(1_767_571_200_000);
    private static readonly BeaconChain Beacon = BeaconChain.Create(new byte[Digest.Size]);
    private readonly KeyPair nodeKey = KeyPair.Generate();
    private readonly Dictionary<int, ulong> sequences = [];
    private bool isInline;

    public HostFixture(IDisk disk, Parameters? parameters = null, int people = 4)
    {
        Disk = disk;
        var random = new SeededRandom(7);
        People = [.. Enumerable.Range(0, people).Select(i => new TestKey(random.Fork($"person/{i}")))];
        Genesis = new Genesis(
            new ChainId("sim:host"),
            TokenAmount.FromTokens(10_000_000),
            CreatedAt,
            nodeKey.PublicKey,
            Beacon.Commitment,
            1,
            [.. People.Select((key, i) => new GenesisAccount(key.Public, TokenAmount.FromTokens(1_000_000), i == 0))],
            parameters ?? new Parameters { PayloadsPerMinute = 60_000_000 });
        var bytes = new ArrayBufferWriter<byte>();
        GenesisCodec.Write(Genesis, bytes);
        GenesisDigest = Digest.Sha256(bytes.WrittenSpan);
        Clock = new HostClock(CreatedAt);
    }

    public IDisk Disk { get; }

    public IReadOnlyList<TestKey> People { get; }

    public Genesis Genesis { get; }

    public Digest GenesisDigest { get; }

    public HostClock Clock { get; }

    /// <summary>Opens the ledger with segments of 64 KiB and blocks of eight entries.</summary>
    public LedgerHost Open(bool inline = true, Func<LedgerHostOptions, LedgerHostOptions>? adjust = null)
    {
        isInline = inline;
        var options = new LedgerHostOptions
        {
            Disk = Disk,
            Genesis = Genesis,
            GenesisDigest = GenesisDigest,
            Signer = header => Jws.Sign(nodeKey, header).ToCompact(),
            Beacon = Beacon,
            Time = inline ? Clock : TimeProvider.System,
            Inline = inline,
            SegmentBytes = 64 * 1024,
            BlockEntries = 8,
            MaxIdle = new Duration(20),
        };
        return LedgerHost.Open(adjust?.Invoke(options) ?? options);
    }

    public AccountId Account(int person) => (AccountId)People[person].Id;

    public static TokenAmount BalanceOf(LedgerHost host, AccountId account) =>
        host.View.Read(state => state.Account(state.FindAccount(account)!.Value).Available);

    /// <summary>The next transfer of a person to the last one.</summary>
    public SignedPayload Transfer(LedgerHost host, int person, TokenAmount? amount = null)
    {
        lock (sequences)
        {
            var sequence = sequences.TryGetValue(person, out var last)
                ? last + 1
                : host.View.Read(state => state.NextSequence(state.FindAccount(Account(person))!.Value, 0));
            sequences[person] = sequence;
            var to = Account(People.Count - 1);
            return Payload(host, person, sequence, new Transfer(to, amount ?? TokenAmount.FromBaseUnits(1)));
        }
    }

    /// <summary>Forgets what was sent: the next payload's number is asked of the ledger.</summary>
    public void Forget()
    {
        lock (sequences)
        {
            sequences.Clear();
        }
    }

    /// <summary>A payload of a person.</summary>
    public SignedPayload Payload(LedgerHost host, int person, ulong sequence, params Command[] commands) =>
        Payload(host, People[person], sequence, commands);

    /// <summary>A payload of an account that began with a key; with sequence 0, the ledger is asked for the next.
    /// </summary>
    public SignedPayload Payload(LedgerHost host, TestKey key, ulong sequence, params Command[] commands)
    {
        var from = (AccountId)key.Id;
        sequence = sequence > 0
            ? sequence
            : host.View.Read(state => state.NextSequence(state.FindAccount(from)!.Value, 0));
        var now = isInline ? Clock.Now : new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        var buffer = new ArrayBufferWriter<byte>(512);
        PayloadCodec.Write(
            new ClientPayload
            {
                Chain = Genesis.Chain,
                From = from,
                Lane = 0,
                Sequence = sequence,
                ValidUntil = now + Duration.FromMinutes(30),
                Epoch = host.View.Read(state => state.Globals.StopEpoch),
                Commands = commands,
                Proof = ProofKind.Simulated,
                Signer = key.Id,
                PayloadDigest = default,
            },
            buffer);
        Xunit.Assert.True(
            SignedPayload.TrySimulated(buffer.WrittenSpan.ToArray(), null, out var signed, out var problem), problem);
        return signed;
    }

    /// <summary>Submits and waits.</summary>
    public static SubmitResult Submit(LedgerHost host, SignedPayload payload) =>
        host.SubmitAsync(payload, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>The entry of a sequence.</summary>
    public static DurableEntry EntryAt(LedgerHost host, ulong seq)
    {
        using var cursor = host.ReadFrom(seq);
        return cursor.TryRead(out var entry) ? entry.Detach() : throw new InvalidOperationException($"No entry {seq}.");
    }
}

/// <summary>A clock that stands until a test moves it; the wall may be moved apart from monotonic time.</summary>
internal sealed class HostClock(Timestamp start) : TimeProvider
{
    private long wallMs = start.UnixMs;
    private long monotonicMs;

    public Timestamp Now => new(Volatile.Read(ref wallMs));

    public override long TimestampFrequency => 1000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Now.UnixMs);

    public override long GetTimestamp() => Volatile.Read(ref monotonicMs);

    public void Advance(Duration by)
    {
        Interlocked.Add(ref wallMs, by.Ms);
        Interlocked.Add(ref monotonicMs, by.Ms);
    }

    public void StepWall(Duration by) => Interlocked.Add(ref wallMs, by.Ms);
}
