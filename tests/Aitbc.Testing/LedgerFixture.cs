using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Wire;

namespace Aitbc.Testing;

/// <summary>One journalled entry.</summary>
/// <param name="Header">Place and time.</param>
/// <param name="Body">What it carried; null for genesis.</param>
/// <param name="Result">What became of it.</param>
/// <param name="Events">Its events' bytes.</param>
public sealed record JournalEntry(EntryHeader Header, EntryBody? Body, ApplyResult Result, byte[] Events);

/// <summary>
/// A chain under a test's hand: it gives entries their place and time as a sequencer does, ticks first where something
/// is due, and keeps the journal. The rules are the real ones.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
public sealed partial class LedgerFixture
{
    private readonly EventBuffer buffer = new();
    private readonly List<JournalEntry> journal = [];
    private readonly List<Actor> people = [];
    private readonly Dictionary<AccountId, Actor> actors = [];
    private readonly Dictionary<uint, Digest[]> beacons = [];
    private readonly int beaconRounds;
    private readonly SeededRandom random;
    private ulong made;
    private ulong payloads;

    /// <summary>Begins a chain.</summary>
    /// <param name="seed">All that is random comes from it.</param>
    /// <param name="shape">What the chain begins with.</param>
    public LedgerFixture(ulong seed = 1, ChainShape? shape = null)
    {
        shape ??= new ChainShape();
        Seed = seed;
        random = new SeededRandom(seed);
        beaconRounds = shape.BeaconRounds;
        for (var i = 0; i < shape.People; i++)
        {
            people.Add(NewActor(i < shape.Council ? $"council{i}" : $"person{i}"));
        }

        var accounts = people.Select((actor, i) =>
            new GenesisAccount(actor.Key.Public, shape.Balance, i < shape.Council)).ToList();
        Genesis = new Genesis(
            new ChainId(shape.Chain),
            shape.Supply,
            shape.CreatedAt,
            new TestKey(random.Fork("node")).Public,
            BeaconOf(1)[0],
            shape.CouncilThreshold,
            accounts,
            shape.Parameters);
        State = new LedgerState(Genesis);
        Ledger = new Ledger(State);
        Now = shape.CreatedAt;
        Ledger.ApplyGenesis(Digest.Sha256("genesis"u8), buffer);
        var header = new EntryHeader(0, 1, Now);
        journal.Add(new JournalEntry(header, null, default, buffer.Bytes.ToArray()));
    }

    /// <summary>Told of each journalled entry but genesis.</summary>
    public event Action<JournalEntry>? Journalled;

    /// <summary>Told of each attempt before it.</summary>
    public event Action<EntryHeader, EntryBody>? Attempting;

    /// <summary>Told of each attempt, journalled or not, after it.</summary>
    public event Action<EntryHeader, EntryBody, ApplyResult>? Attempted;

    /// <summary>What all that is random comes from.</summary>
    public ulong Seed { get; }

    /// <summary>What the chain began with.</summary>
    public Genesis Genesis { get; }

    /// <summary>The state.</summary>
    public LedgerState State { get; private set; }

    /// <summary>The rules over it.</summary>
    public Ledger Ledger { get; private set; }

    /// <summary>The wall clock.</summary>
    public Timestamp Now { get; set; }

    /// <summary>All entries so far, genesis first.</summary>
    public IReadOnlyList<JournalEntry> Journal => journal;

    /// <summary>The people of genesis, council first.</summary>
    public IReadOnlyList<Actor> People => people;

    /// <summary>The last journalled entry's events.</summary>
    public byte[] LastEvents => journal[^1].Events;

    /// <summary>Beacon values not revealed yet.</summary>
    public int BeaconLeft => beaconRounds - (int)(State.Globals.BeaconRound - State.Globals.BeaconBase);

    /// <summary>Goes on with another state, such as one that was loaded.</summary>
    public void SwapState(LedgerState state)
    {
        State = state;
        Ledger = new Ledger(state);
    }

    /// <summary>Somebody new, without an account.</summary>
    public Actor NewActor(string name)
    {
        var actor = new Actor(name, NewKey());
        actors[actor.Id] = actor;
        return actor;
    }

    /// <summary>Whose account it is, where the actor was made here.</summary>
    public Actor ActorOf(AccountNumber number) => actors[State.Account(number).Id];

    /// <summary>A new key.</summary>
    public TestKey NewKey() => new(random.Fork($"key/{made++}"));

    /// <summary>An honest payload as it goes over the wire, with its bytes: what a guardian approves.</summary>
    public (ClientPayload Payload, byte[] Bytes) Written(Actor actor, params Command[] commands)
    {
        var output = new ArrayBufferWriter<byte>();
        PayloadCodec.Write(Payload(actor, commands), output);
        return PayloadCodec.TryParse(
            output.WrittenSpan, ProofKind.Simulated, actor.Key.Id, out var payload) is { } problem
            ? throw new InvalidOperationException($"{problem} (seed {Seed}).")
            : (payload, output.WrittenSpan.ToArray());
    }

    /// <summary>Sends commands that must wait for approval.</summary>
    /// <returns>The approval, and the bytes that guardians approve.</returns>
    /// <exception cref="InvalidOperationException">They did not wait.</exception>
    public (ApprovalId Id, byte[] Bytes) Park(Actor actor, params Command[] commands)
    {
        var (payload, bytes) = Written(actor, commands);
        var result = Submit(payload);
        return result.Outcome == Outcome.Parked
            ? (new ApprovalId(result.Seq), bytes)
            : throw new InvalidOperationException($"{commands[0]} gave {result.Outcome} (seed {Seed}).");
    }

    /// <summary>An honest payload.</summary>
    public ClientPayload Payload(Actor actor, params Command[] commands) =>
        Payload(actor, Envelope.Honest, commands);

    /// <summary>A payload with something particular about it.</summary>
    public ClientPayload Payload(Actor actor, Envelope envelope, params Command[] commands)
    {
        var number = State.FindAccount(actor.Id);
        var next = number is { } known ? State.NextSequence(known, envelope.Lane) : 1;
        return new ClientPayload
        {
            Chain = envelope.Chain ?? Genesis.Chain,
            From = envelope.From ?? actor.Id,
            Lane = envelope.Lane,
            Sequence = envelope.Sequence ?? next,
            ValidUntil = envelope.ValidUntil ?? Now + Duration.FromMinutes(5),
            Epoch = envelope.Epoch ?? State.Globals.StopEpoch,
            Commands = commands,
            Proof = envelope.Proof,
            Signer = envelope.Signer ?? actor.Key.Id,
            ProofOrigin = envelope.ProofOrigin,
            PayloadDigest = Unique("payload", ++payloads),
        };
    }

    /// <summary>Applies one entry now and journals it where it is to be.</summary>
    public ApplyResult Apply(EntryBody body)
    {
        var term = State.Globals.Term + (body is TermBegan ? 1u : 0u);
        return Apply(new EntryHeader(State.Globals.Seq + 1, term, Now), body);
    }

    /// <summary>Applies one entry under a header of the test's own.</summary>
    public ApplyResult Apply(in EntryHeader header, EntryBody body)
    {
        Attempting?.Invoke(header, body);
        buffer.Clear();
        var result = Ledger.Apply(header, body, buffer);
        if (result.Outcome.IsJournalled() && !result.IsDuplicate)
        {
            var entry = new JournalEntry(header, body, result, buffer.Bytes.ToArray());
            journal.Add(entry);
            Journalled?.Invoke(entry);
        }
        else if (buffer.Length > 0)
        {
            throw new InvalidOperationException($"{result} left events behind (seed {Seed}).");
        }

        Attempted?.Invoke(header, body, result);
        return result;
    }

    /// <summary>Applies one entry as a sequencer does: ticks first where something is due.</summary>
    public ApplyResult Submit(EntryBody body)
    {
        var result = Apply(body);
        while (result.Outcome == Outcome.DueFirst)
        {
            Apply(new Tick());
            result = Apply(body);
        }

        return result;
    }

    /// <summary>Sends commands in one payload.</summary>
    public ApplyResult Send(Actor actor, params Command[] commands) => Submit(Payload(actor, commands));

    /// <summary>Sends commands that must take effect.</summary>
    /// <exception cref="InvalidOperationException">They did not.</exception>
    public ApplyResult Do(Actor actor, params Command[] commands)
    {
        var result = Send(actor, commands);
        return result.Outcome == Outcome.Applied
            ? result
            : throw new InvalidOperationException(
                $"{actor}: {commands[result.FailedAt]} gave {result.Outcome} at {Now} (seed {Seed}).");
    }

    /// <summary>Gives the node an input that must take effect.</summary>
    /// <exception cref="InvalidOperationException">It did not.</exception>
    public void Input(SystemInput input)
    {
        var result = Submit(input);
        if (result.Outcome != Outcome.Applied)
        {
            throw new InvalidOperationException($"{input.Kind} gave {result.Outcome} at {Now} (seed {Seed}).");
        }
    }

    /// <summary>Lets time pass; all that falls due on the way is drained at its own instant, as by a node that ticks on
    /// time.</summary>
    public void Advance(Duration duration)
    {
        var end = Now + duration;
        while (State.NextDueMs <= end.UnixMs)
        {
            Now = new Timestamp(Math.Max(Now.UnixMs, State.NextDueMs));
            Apply(new Tick());
        }

        Now = end;
        Apply(new Tick());
    }

    /// <summary>Reveals the next beacon value.</summary>
    public void RevealBeacon() => Input(new Beacon(NextBeacon()));

    /// <summary>The value that the next reveal must give.</summary>
    public Digest NextBeacon() =>
        BeaconOf(State.Globals.Term)[State.Globals.BeaconRound - State.Globals.BeaconBase + 1];

    /// <summary>The input that begins the next term, with a beacon of its own.</summary>
    public TermBegan NextTerm() => new(BeaconOf(State.Globals.Term + 1)[0]);

    /// <summary>A digest that no other call gives.</summary>
    public Digest Unique(string purpose, ulong number)
    {
        var bytes = new byte[16 + Encoding.UTF8.GetByteCount(purpose)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, Seed);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), number);
        Encoding.UTF8.GetBytes(purpose, bytes.AsSpan(16));
        return Digest.Sha256(bytes);
    }

    /// <summary>An account's record.</summary>
    public AccountRecord Account(Actor actor) => State.Account(Number(actor));

    /// <summary>An account's number.</summary>
    public AccountNumber Number(Actor actor) => State.FindAccount(actor.Id)
        ?? throw new InvalidOperationException($"{actor} has no account.");

    private Digest[] BeaconOf(uint term)
    {
        if (!beacons.TryGetValue(term, out var values))
        {
            beacons[term] = values = BeaconChain(random.Fork($"beacon/{term}"), beaconRounds);
        }

        return values;
    }

    private static Digest[] BeaconChain(SeededRandom random, int rounds)
    {
        var values = new Digest[rounds + 1];
        Span<byte> root = stackalloc byte[Digest.Size];
        random.NextBytes(root);
        values[rounds] = Digest.From(root);
        for (var i = rounds - 1; i >= 0; i--)
        {
            values[i] = Digest.Sha256(values[i + 1].AsSpan());
        }

        return values;
    }
}
