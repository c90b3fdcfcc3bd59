using System.Security.Cryptography;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.State;

namespace Aitbc.Cli.Bench;

/// <summary>
/// A chain with many agents, every limit of their constitutions set and alive: what the benchmarks of the rules and of
/// the sequencer run on. Keys are real points of the curve; nothing is signed (<c>sim:</c> chain).
/// </summary>
internal sealed class BenchChain
{
    private const int BatchSize = 200;

    private readonly ulong[] sequences;
    private readonly Dictionary<AccountId, int> extra = [];

    private BenchChain(Genesis genesis, Digest genesisDigest, AccountId[] agents, AccountId owner)
    {
        (Genesis, GenesisDigest, Agents, Owner) = (genesis, genesisDigest, agents, owner);
        sequences = new ulong[agents.Length];
    }

    /// <summary>What the chain begins with.</summary>
    public Genesis Genesis { get; }

    /// <summary>Stands for the genesis file's digest.</summary>
    public Digest GenesisDigest { get; }

    /// <summary>All agents.</summary>
    public AccountId[] Agents { get; }

    /// <summary>Who owns the first half of them.</summary>
    public AccountId Owner { get; }

    /// <summary>The setup, in the order to be applied.</summary>
    public List<ClientPayload> Setup { get; } = [];

    /// <summary>A blob that is available after the setup.</summary>
    public static Digest Blob { get; } = Digest.Sha256("bench"u8);

    /// <summary>Makes a chain; takes some 30 us an agent for its key.</summary>
    public static BenchChain Create(
        int agentCount, string chain = "sim:bench", IReadOnlyList<ConstitutionRule>? rules = null)
    {
        var owners = new[] { NewKey(), NewKey() };
        var parameters = new Parameters
        {
            PayloadsPerMinute = 60_000_000,
            MaxOpenPerAccount = ushort.MaxValue - 1,
            MaxValidity = Duration.FromDays(365),
        };
        var genesis = new Genesis(
            new ChainId(chain),
            TokenAmount.FromTokens(1_000_000_000_000),
            new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()),
            NewKey(),
            Digest.Sha256(Digest.Sha256("beacon"u8).AsSpan()),
            1,
            [.. owners.Select(key => new GenesisAccount(key, TokenAmount.FromTokens(500_000_000_000), true))],
            parameters);
        var keys = new PublicKey[agentCount];
        Parallel.For(0, agentCount, i => keys[i] = NewKey());
        var ids = keys.Select(key => (AccountId)key.Thumbprint()).ToArray();
        var made = new BenchChain(
            genesis, Digest.Sha256("genesis"u8), ids, (AccountId)owners[0].Thumbprint());
        made.AddSetup(owners, keys, rules ?? []);
        return made;
    }

    /// <summary>A payload by an agent, in its next place.</summary>
    public ClientPayload Next(int agent, params Command[] commands) =>
        Make(Agents[agent], ++sequences[agent], commands);

    /// <summary>The last payload's place of an agent is free again: it was not admitted.</summary>
    public void Undo(int agent) => sequences[agent]--;

    /// <summary>A state with the setup applied.</summary>
    public Ledger Open()
    {
        var ledger = new Ledger(new LedgerState(Genesis));
        var events = new EventBuffer();
        ledger.ApplyGenesis(GenesisDigest, events);
        foreach (var payload in Setup)
        {
            Apply(ledger, payload, events);
        }

        Apply(ledger, new BlobAvailable(Blob, 5), events);
        return ledger;
    }

    /// <summary>Applies an entry that must take effect.</summary>
    public static void Apply(Ledger ledger, EntryBody body, EventBuffer events)
    {
        events.Clear();
        var result = ledger.Apply(NextHeader(ledger), body, events);
        if (result.Outcome != Outcome.Applied)
        {
            throw new InvalidOperationException($"The benchmark's setup was refused: {result.Outcome}.");
        }
    }

    /// <summary>The next entry's header at the state's own time.</summary>
    public static EntryHeader NextHeader(Ledger ledger) =>
        new(ledger.State.Globals.Seq + 1, ledger.State.Globals.Term, ledger.State.Time);

    /// <summary>A payload of the owner's.</summary>
    public ClientPayload Make(AccountId from, ulong sequence, params Command[] commands)
    {
        Span<byte> unique = stackalloc byte[40];
        from.CopyTo(unique);
        BitConverter.TryWriteBytes(unique[32..], sequence);
        return new ClientPayload
        {
            Chain = Genesis.Chain,
            From = from,
            Lane = 0,
            Sequence = sequence,
            ValidUntil = Genesis.CreatedAt + Duration.FromDays(300),
            Epoch = 0,
            Commands = commands,
            Proof = ProofKind.Simulated,
            Signer = KeyId.From(from.AsSpan()),
            PayloadDigest = Digest.Sha256(unique),
        };
    }

    private static PublicKey NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        return PublicKey.From(point.X, point.Y);
    }

    private void AddSetup(PublicKey[] owners, PublicKey[] keys, IReadOnlyList<ConstitutionRule> rules)
    {
        var allowed = Enum.GetValues<CommandKind>();
        foreach (var (owner, half) in owners.Select((key, half) => ((AccountId)key.Thumbprint(), half)))
        {
            var terms = new ConstitutionTerms(
                TokenAmount.FromTokens(10_000),
                TokenAmount.FromTokens(10_000_000),
                TokenAmount.FromTokens(100_000),
                TokenAmount.FromTokens(1_000),
                allowed,
                [],
                ConstitutionTerms.AnyHour,
                Duration.FromHours(1),
                false)
            {
                Rules = rules,
            };
            var mine = keys.Where((_, i) => i % 2 == half).ToArray();
            foreach (var chunk in mine.Chunk(BatchSize))
            {
                Setup.Add(Make(owner, NextOf(owner), [.. chunk.Select(key => new RegisterAgent(
                    key, null, AgentKind.Inference, [], Label.Parse("1"), terms, [owner], 1,
                    TokenAmount.FromTokens(1_000_000)))]));
            }
        }

        Setup.Add(Make(Owner, NextOf(Owner), new DeclareBlob(Blob, 5, 365)));
    }

    private ulong NextOf(AccountId owner) =>
        (ulong)(extra[owner] = extra.GetValueOrDefault(owner) + 1);
}
