using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Wire;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>
/// Orders: gives an entry its place and time, applies the rules, hashes, and writes the frame into the group. Also what
/// the node itself journals: ticks, beacon values, openings, closed blocks.
/// </summary>
/// <remarks>Belongs to the sequencer's thread.</remarks>
internal sealed class EntryWriter(
    Protocol.Ledger ledger, LedgerClock clock, BeaconChain beacon, BlockCloser blocks, LedgerHostOptions options)
{
    private readonly OpeningPool pool = new();
    private readonly List<WorkloadId> closed = [];
    private bool drawWaits;
    private readonly System.Buffers.ArrayBufferWriter<byte> inputBytes = new();
    private bool hasResumed;

    /// <summary>Hash of the last entry; before the first, the genesis file's digest.</summary>
    public Digest LastHash { get; set; }

    /// <summary>The state, ahead of what is durable by what is in flight.</summary>
    public LedgerState State => ledger.State;

    /// <summary>Fetches what coming payloads will need; a hint.</summary>
    public void LookAhead(ClientPayload[] coming, int next) => ledger.LookAhead(coming, next);

    /// <summary>Orders a payload.</summary>
    public SubmitResult Order(SignedPayload signed, EntryGroup group)
    {
        var now = clock.Now;
        TickIfDue(now, group);
        var verdict = Judge(signed.Payload, now, group, out var agent);
        var header = new EntryHeader(State.Globals.Seq + 1, State.Globals.Term, now);
        var eventsAt = group.Events.Length;
        var result = ledger.Apply(header, signed.Payload, group.Events);
        if (result.IsDuplicate || !result.Outcome.IsJournalled())
        {
            var seq = result.IsDuplicate ? result.Seq : 0;
            return new SubmitResult(result.Outcome, seq, result.IsDuplicate, result.FailedAt, default, now);
        }

        var leaf = new EntryLeaf(
            LastHash,
            header,
            BodyKind.Payload,
            (byte)signed.Payload.Proof,
            result.Outcome,
            signed.Payload.PayloadDigest,
            signed.ProofDigest,
            Digest.Sha256(group.Events.Bytes[eventsAt..]));
        if (options.Watch is { Judges: true } watch)
        {
            watch.Learn(State, signed.Payload, now, result.Outcome, group.Events.Bytes[eventsAt..]);
            if (agent is { } number)
            {
                group.Judged.Add(new JudgedPayload(
                    header.Seq, now, signed.Payload.PayloadDigest, number, verdict, result.Outcome));
            }
        }

        Append(leaf, eventsAt, signed.Bytes.Span, signed.ProofHeader.Span, signed.Signature.Span, group);
        return new SubmitResult(result.Outcome, header.Seq, false, result.FailedAt, LastHash, now);
    }

    /// <summary>Has an agent's payload judged; the verdict stands before it, with nothing between.</summary>
    /// <param name="payload">Anybody's payload.</param>
    /// <param name="now">The time it will have.</param>
    /// <param name="group">Takes the verdict.</param>
    /// <param name="agent">Whose it is; null where it was not judged.</param>
    private MonitorVerdict? Judge(ClientPayload payload, Timestamp now, EntryGroup group, out AccountNumber? agent)
    {
        agent = null;
        if (options.Watch is not { Judges: true } watch || !ledger.AdmitsOfAgent(
            new EntryHeader(State.Globals.Seq + 1, State.Globals.Term, now), payload))
        {
            return null;
        }

        agent = State.FindAccount(payload.From);
        var (verdict, isJournalled) = watch.Judge(State, payload, now);
        if (isJournalled && verdict is not null
            && Journal(verdict, State.Globals.Term, now, group) is var taken and not Outcome.Applied)
        {
            throw new InvalidOperationException($"The rules do not take the monitor's verdict: {taken}.");
        }

        return verdict;
    }

    /// <summary>Journals an input of the node, where the rules take it.</summary>
    public Outcome Order(SystemInput input, EntryGroup group)
    {
        var now = clock.Now;
        TickIfDue(now, group);
        return Journal(input, State.Globals.Term, now, group);
    }

    /// <summary>Journals ticks until nothing is due, and what a closed bidding calls for. Before the ledger has resumed
    /// nothing is due: market time has yet to be told that it stood still, and a tick would end all work under way.
    /// </summary>
    public void TickIfDue(EntryGroup group)
    {
        if (hasResumed)
        {
            TickIfDue(clock.Now, group);
        }
    }

    /// <summary>Begins after recovery: market time stood still, or a restored backup begins a new term.</summary>
    public void Resume(bool newTerm, EntryGroup group)
    {
        var now = clock.Now;
        hasResumed = true;
        if (newTerm)
        {
            Journal(new TermBegan(beacon.Commitment), State.Globals.Term + 1, now, group);
        }

        if (State.Globals.Seq > 0)
        {
            Journal(new Resumed(), State.Globals.Term, now, group);
        }

        TickIfDue(now, group);
    }

    /// <summary>Takes an opening: journalled at once where bidding has closed, kept until then otherwise.</summary>
    public Outcome Offer(WorkloadId workload, BidOpening opening, EntryGroup group)
    {
        var phase = PhaseOf(workload);
        return phase switch
        {
            WorkloadPhase.Opening => Order(new BidOpenings(workload, null, [opening]), group),
            WorkloadPhase.Open or WorkloadPhase.Bidding => BidCommitment.Check(State, workload, opening) is var found
                && found == Outcome.Applied && !pool.Keep(State, workload, opening) ? Outcome.TooManyOpen : found,
            _ => Outcome.NoSuchWorkload,
        };
    }

    /// <summary>Takes a client's salt, likewise.</summary>
    public Outcome Offer(WorkloadId workload, Digest salt, EntryGroup group)
    {
        var phase = PhaseOf(workload);
        return phase switch
        {
            WorkloadPhase.Opening => Order(new BidOpenings(workload, salt, []), group),
            WorkloadPhase.Open or WorkloadPhase.Bidding when SaltHashOf(workload) != Digest.Sha256(salt.AsSpan()) =>
                Outcome.CommitmentMismatch,
            WorkloadPhase.Open or WorkloadPhase.Bidding =>
                pool.Keep(State, workload, salt) ? Outcome.Applied : Outcome.TooManyOpen,
            _ => Outcome.NoSuchWorkload,
        };
    }

    /// <summary>Closes the open block where it is full or old enough, or in any case.</summary>
    public void CloseBlock(EntryGroup group, bool force)
    {
        var due = blocks.Count >= (ulong)options.BlockEntries
            || clock.Now.UnixMs - blocks.OpenedAtMs >= options.BlockInterval.Ms;
        if (blocks.Count == 0 || !(due || force))
        {
            return;
        }

        var bytes = blocks.Close();
        bytes.CopyTo(group.Batch.BeginFrame(FrameKind.Block, (long)State.Globals.Seq, bytes.Length));
        group.Batch.EndFrame(bytes.Length);
        group.BlockEnd = State.Globals.Seq;
    }

    /// <summary>Time, ms, at which the writer wants to be called again; long.MaxValue for never.</summary>
    public long NextCallMs() => Math.Min(
        hasResumed ? State.NextDueMs : long.MaxValue,
        blocks.Count > 0 ? blocks.OpenedAtMs + options.BlockInterval.Ms : long.MaxValue);

    /// <summary>One instant for the ticks and for all that follows them: were the clock read again, the tick could come
    /// to lie after what made it necessary, or something new be due before it.</summary>
    private void TickIfDue(Timestamp now, EntryGroup group)
    {
        while (State.IsDue(now.UnixMs))
        {
            var eventsAt = group.Events.Length;
            Journal(new Tick(), State.Globals.Term, now, group);
            NoteClosed(group.Events.Bytes[eventsAt..]);
        }

        if (closed.Count > 0 || drawWaits)
        {
            OpenClosed(now, group);
        }
    }

    private void NoteClosed(ReadOnlySpan<byte> events)
    {
        var reader = new EventReader(events);
        while (reader.MoveNext())
        {
            if (reader.Kind == EventKind.BiddingClosed)
            {
                closed.Add(reader.As<BiddingClosed>().Workload);
            }

            drawWaits |= reader.Kind == EventKind.DrawPostponed;
        }
    }

    /// <summary>One beacon value for all that closed, then the openings that were kept for each.</summary>
    private void OpenClosed(Timestamp now, EntryGroup group)
    {
        if (beacon.Reveal(State.Globals.BeaconRound - State.Globals.BeaconBase + 1) is { } value)
        {
            Journal(new Beacon(value), State.Globals.Term, now, group);
        }

        foreach (var workload in closed)
        {
            if (pool.Take(workload) is { } openings)
            {
                OpenKept(openings, now, group);
            }
        }

        closed.Clear();
        drawWaits = false;
    }

    /// <summary>What is kept came from strangers: one wrong opening must not spoil the others.</summary>
    private void OpenKept(BidOpenings openings, Timestamp now, EntryGroup group)
    {
        if (Journal(openings, State.Globals.Term, now, group) == Outcome.Applied)
        {
            return;
        }

        if (openings.ClientSalt is { } salt)
        {
            Journal(new BidOpenings(openings.Workload, salt, []), State.Globals.Term, now, group);
        }

        foreach (var opening in openings.Openings)
        {
            Journal(new BidOpenings(openings.Workload, null, [opening]), State.Globals.Term, now, group);
        }
    }

    private Outcome Journal(SystemInput input, uint term, Timestamp now, EntryGroup group)
    {
        var header = new EntryHeader(State.Globals.Seq + 1, term, now);
        var eventsAt = group.Events.Length;
        var result = ledger.Apply(header, input, group.Events);
        if (!result.Outcome.IsJournalled())
        {
            return result.Outcome;
        }

        inputBytes.ResetWrittenCount();
        InputCodec.Write(input, inputBytes);
        var leaf = new EntryLeaf(
            LastHash,
            header,
            BodyKind.Input,
            0,
            result.Outcome,
            Digest.Sha256(inputBytes.WrittenSpan),
            EntryHash.NoProof,
            Digest.Sha256(group.Events.Bytes[eventsAt..]));
        Append(leaf, eventsAt, inputBytes.WrittenSpan, default, default, group);
        return result.Outcome;
    }

    private void Append(
        in EntryLeaf leaf,
        int eventsAt,
        ReadOnlySpan<byte> body,
        ReadOnlySpan<byte> proofHeader,
        ReadOnlySpan<byte> signature,
        EntryGroup group)
    {
        LastHash = EntryHash.Of(leaf);
        var events = group.Events.Bytes[eventsAt..];
        var size = EntryFrame.SizeOf(body.Length, proofHeader.Length + signature.Length, events.Length);
        var frame = group.Batch.BeginFrame(FrameKind.Entry, (long)leaf.Header.Seq, size);
        EntryFrame.Write(frame, leaf, LastHash, body, proofHeader, signature, events);
        group.Batch.EndFrame(size);
        group.Marks.Add(new EntryMark(leaf.Header, eventsAt, events.Length));
        blocks.Add(leaf.Header, LastHash);
        if (blocks.Count >= (ulong)options.BlockEntries)
        {
            CloseBlock(group, force: true);
        }
    }

    private Digest SaltHashOf(WorkloadId workload) => State.Workloads[State.FindWorkload(workload)].SaltHash;

    private WorkloadPhase? PhaseOf(WorkloadId workload)
    {
        var slot = State.FindWorkload(workload);
        return slot < 0 ? null : State.Workloads[slot].Phase;
    }
}
