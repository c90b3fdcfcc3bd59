using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Wire;

namespace Aitbc.Infrastructure.Verification;

/// <summary>
/// Replays a journal through the rules as if nobody had ever run them: every body is parsed again, every outcome, event
/// and hash computed again and compared, every block's root and signature checked. Stops at the first bad entry, for
/// nothing after it means anything.
/// </summary>
internal sealed class Replay
{
    /// <summary>No entry is later: 9999-12-31. The rules' arithmetic on times holds up to there.</summary>
    private static readonly Timestamp LastTime = Timestamp.From(DateTimeOffset.MaxValue);

    private readonly Protocol.Ledger ledger;
    private readonly Genesis genesis;
    private readonly Findings findings;
    private readonly EventBuffer events = new();
    private readonly MerkleTree tree = new();
    private Digest blockPrevious;
    private ulong blockFirst = 1;

    public Replay(Genesis genesis, in Digest genesisDigest, Findings findings)
    {
        this.genesis = genesis;
        this.findings = findings;
        Hash = genesisDigest;
        blockPrevious = genesisDigest;
        ledger = new Protocol.Ledger(new LedgerState(genesis));
        ledger.ApplyGenesis(genesisDigest, events);
    }

    /// <summary>The state so far.</summary>
    public LedgerState State => ledger.State;

    /// <summary>Hash of the last entry.</summary>
    public Digest Hash { get; private set; }

    /// <summary>Blocks so far.</summary>
    public ulong Blocks { get; private set; }

    /// <summary>Paid workloads so far.</summary>
    public ulong Settled { get; private set; }

    /// <summary>The last block's signed head; null before the first.</summary>
    public string? LastBlock { get; private set; }

    /// <summary>Digest of the last block's canonical bytes; before the first, of the genesis file.</summary>
    public Digest BlockDigest => blockPrevious;

    /// <summary>First entry that stands in no closed block.</summary>
    public ulong FirstOpen => blockFirst;

    /// <summary>Whether something bad ended it: what comes after is unknown.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Replays one entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="signature">The key whose signature remains to be checked, or null.</param>
    /// <returns>False where the entry is bad; the findings say why.</returns>
    public bool Take(DurableEntry entry, out PublicKey? signature)
    {
        signature = null;
        var seq = entry.Header.Seq;
        ref readonly var globals = ref State.Globals;
        if (seq != globals.Seq + 1 || entry.Header.Time.UnixMs < globals.TimeMs)
        {
            return Bad(seq, "It does not follow the entry before it in number or time.");
        }

        if (entry.Header.Time > LastTime)
        {
            return Bad(seq, $"Its time lies after {LastTime}.");
        }

        if (!TryParse(entry, out var body, out var why))
        {
            return Bad(seq, $"Its body is refused: {why}");
        }

        if (entry.Header.Term != globals.Term + (body is TermBegan ? 1u : 0u))
        {
            return Bad(seq, "Its term does not follow: a term is one more than the one before, and begins by an input"
                + " of its own.");
        }

        if (body is ClientPayload { Proof: not ProofKind.Simulated } payload)
        {
            signature = State.KeyOf(payload.From, payload.Signer);
            if (signature is null)
            {
                return Bad(seq, "It is signed by a key that is not its sender's.");
            }
        }

        events.Clear();
        var result = ledger.Apply(entry.Header, body!, events);
        if (result.IsDuplicate || result.Outcome != entry.Outcome || !result.Outcome.IsJournalled())
        {
            return Bad(seq, $"The rules say {result.Outcome}, the journal says {entry.Outcome}.");
        }

        if (!events.Bytes.SequenceEqual(entry.Events.Span))
        {
            return Bad(seq, "The rules give other events than the journal holds.");
        }

        if (EntryHash.Of(entry.LeafAfter(Hash)) != entry.Hash)
        {
            return Bad(seq, "Its hash does not bind what stands here and the entry before.");
        }

        Hash = entry.Hash;
        tree.Append(entry.Hash);
        CountSettled();
        return true;
    }

    /// <summary>Notes a frame that is no entry and no block of a ledger.</summary>
    /// <returns>False.</returns>
    public bool Refuse(ulong seq, string what) => Bad(seq, what);

    /// <summary>Checks a closed block.</summary>
    public bool TakeBlock(ReadOnlySpan<byte> compact, ulong seq, KeyVerifier verifier)
    {
        if (!Jws.TryParse(compact, out var parts, out var problem))
        {
            return BadBlock(seq, $"It is no JWS: {problem}.");
        }

        if (!BlockHeader.TryParse(parts.Payload.Span, out var header))
        {
            return BadBlock(seq, "Its JWS carries no block header.");
        }

        var expected = new BlockHeader(
            genesis.Chain,
            Blocks + 1,
            blockFirst,
            State.Globals.Seq,
            State.Globals.Term,
            State.Globals.TimeMs,
            blockPrevious,
            tree.Root(),
            Hash);
        if (header != expected || seq != State.Globals.Seq || tree.Count == 0)
        {
            return BadBlock(seq, "Its header is not what the entries give.");
        }

        if (parts.KeyId != genesis.NodeKey.Thumbprint()
            || !verifier.VerifyJws(
                genesis.NodeKey, parts.HeaderText.Span, parts.Payload.Span, parts.Signature.Span))
        {
            return BadBlock(seq, "It is not signed by the node's key of the genesis.");
        }

        Blocks++;
        LastBlock = Encoding.ASCII.GetString(compact);
        blockFirst = seq + 1;
        blockPrevious = Digest.Sha256(parts.Payload.Span);
        tree.Clear();
        return true;
    }

    private static bool TryParse(DurableEntry entry, out EntryBody? body, out string? why)
    {
        body = null;
        if (entry.Body == BodyKind.Input)
        {
            if (entry.Proof != 0 || !entry.ProofHeader.IsEmpty || !entry.Signature.IsEmpty)
            {
                why = "An input of the node carries a proof.";
                return false;
            }

            var problem = InputCodec.TryParse(entry.BodyBytes.Span, out var input);
            (body, why) = (input, problem?.ToString());
            return problem is null;
        }

        var parsed = SignedPayload.TryFromParts(
            entry.Proof, entry.ProofHeader, entry.BodyBytes, entry.Signature, out var signed, out why);
        body = signed?.Payload;
        return parsed;
    }

    private void CountSettled()
    {
        var reader = new EventReader(events.Bytes);
        while (reader.MoveNext())
        {
            if (reader.Kind == EventKind.WorkloadEnded
                && reader.As<WorkloadEnded>().Ending.IsPaid())
            {
                Settled++;
            }
        }
    }

    private bool Bad(ulong seq, string what)
    {
        HasEnded = true;
        findings.Entry(seq, what);
        return false;
    }

    private bool BadBlock(ulong seq, string what)
    {
        HasEnded = true;
        findings.Block(Blocks + 1, seq, what);
        return false;
    }
}
