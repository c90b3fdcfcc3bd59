using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>
/// An embedded ledger: admission (signatures), the sequencer, the journal, the view and the blobs of one chain on one
/// disk.
/// </summary>
/// <remarks>Safe from any thread; with <see cref="LedgerHostOptions.Inline"/> from one at a time.</remarks>
public sealed class LedgerHost : IAsyncDisposable
{
    /// <summary>Bytes of payloads that one call may submit.</summary>
    public const int MaxSubmissionBytes = 2 * 1024 * 1024;

    private readonly LedgerHostOptions options;
    private readonly Journal journal;
    private readonly Sequencer sequencer;
    private readonly BlobStore blobs;
    private readonly KeyVerifier verifier = new();
    private SnapshotTaker snapshots = null!;
    private Action<Stream> saveSnapshot = _ => { };
    private Func<ulong> countBlocks = () => 0;

    private LedgerHost(
        LedgerHostOptions options, Journal journal, Sequencer sequencer, BlobStore blobs, LedgerView view)
    {
        this.options = options;
        this.journal = journal;
        this.sequencer = sequencer;
        this.blobs = blobs;
        View = view;
    }

    /// <summary>What is durable, to read.</summary>
    public LedgerView View { get; }

    /// <summary>What the chain began with.</summary>
    public Genesis Genesis => options.Genesis;

    /// <summary>What opening found.</summary>
    public required RecoveredLedger Recovered { get; init; }

    /// <summary>What the journal found, such as a torn tail that was cut.</summary>
    public required JournalRecovery JournalRecovery { get; init; }

    /// <summary>
    /// What the person who runs it should know of the opening: what the journal found, then the snapshots that were
    /// passed over. Usually empty.
    /// </summary>
    public IReadOnlyList<StorageProblem> Notices => [.. JournalRecovery.Notices, .. Recovered.BadSnapshots];

    /// <summary>Blocks closed so far; all of them once the ledger is disposed.</summary>
    public ulong Blocks => countBlocks();

    /// <summary>What it measures of itself.</summary>
    public required LedgerMeters Meters { get; init; }

    /// <summary>What ended the ledger, or null while it works.</summary>
    public Exception? Failure => sequencer.Failure;

    /// <summary>Opens the ledger: recovers the journal, lets market time go on, drains what is due.</summary>
    /// <exception cref="JournalDamagedException">The journal is damaged; nothing was changed.</exception>
    /// <exception cref="LedgerDamagedException">An entry is not what its hash binds; nothing was changed.</exception>
    /// <exception cref="AdmissionClosedException">The clock is behind the journal.</exception>
    public static LedgerHost Open(LedgerHostOptions options)
    {
        var meters = new LedgerMeters();
        var journal = Journal.Open(
            options.Disk,
            new JournalOptions
            {
                Identity = options.GenesisDigest,
                SegmentBytes = options.SegmentBytes,
                Time = options.Time,
                PrepareInBackground = !options.Inline,
                FlushDuration = meters.FlushDuration,
            },
            out var journalRecovery);
        var blocks = new BlockCloser(options.Genesis.Chain, options.Signer);
        var recovery = new LedgerRecovery(options, blocks);
        var recovered = recovery.Run(journal);
        options.BeforeClock?.Invoke(recovery.State.Time);
        var clock = new LedgerClock(options.Time, recovery.State.Time);
        var writer = new EntryWriter(new Protocol.Ledger(recovery.State), clock, options.Beacon, blocks, options)
        {
            LastHash = recovered.LastHash,
        };
        var view = new LedgerView(recovery.ViewState);
        var sequencer = new Sequencer(writer, journal, view, clock, options);
        var blobs = new BlobStore(options.Disk, new BlobStoreOptions { MaxBlobBytes = options.MaxBlobBytes });
        var host = new LedgerHost(options, journal, sequencer, blobs, view)
        {
            countBlocks = () => blocks.Height,
            saveSnapshot = target => LedgerRecovery.SaveSnapshot(target, writer.LastHash, blocks, recovery.ViewState),
            Recovered = recovered,
            JournalRecovery = journalRecovery,
            Meters = meters,
        };
        host.snapshots = new SnapshotTaker(options, journal, () => sequencer.LastBlock, meters, recovered.SnapshotSeq);
        meters.Observe(view, host.countBlocks, () => sequencer.Queued);
        var resume = new WriterRequest((held, group) =>
        {
            held.Resume(options.NewTerm, group);
            return Outcome.Applied;
        });
        sequencer.Post(resume, isUrgent: true);
        resume.Answered.GetAwaiter().GetResult();
        return host;
    }

    /// <summary>Submits a payload; the answer comes once it is durable.</summary>
    /// <exception cref="AdmissionClosedException">Nothing can be admitted now.</exception>
    public async Task<SubmitResult> SubmitAsync(SignedPayload payload, CancellationToken cancellationToken) =>
        (await SubmitAllAsync([payload], cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Submits payloads in their order, each for itself; the answer comes once all are durable.</summary>
    /// <exception cref="ArgumentException">The payloads are larger than <see cref="MaxSubmissionBytes"/>.</exception>
    /// <exception cref="AdmissionClosedException">Nothing can be admitted now.</exception>
    public async Task<IReadOnlyList<SubmitResult>> SubmitAllAsync(
        IReadOnlyList<SignedPayload> payloads, CancellationToken cancellationToken)
    {
        if (payloads.Sum(payload => (long)payload.Bytes.Length) > MaxSubmissionBytes)
        {
            throw new ArgumentException(
                $"One call takes {MaxSubmissionBytes} bytes of payloads at most.", nameof(payloads));
        }

        var refused = new Outcome[payloads.Count];
        var admitted = new List<SignedPayload>(payloads.Count);
        for (var i = 0; i < payloads.Count; i++)
        {
            refused[i] = CheckProof(payloads[i]);
            if (refused[i] == Outcome.Applied)
            {
                admitted.Add(payloads[i]);
            }
        }

        var request = new PayloadRequest(admitted);
        sequencer.Post(request, isUrgent: IsOversight(admitted));
        var results = await request.Answered.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (admitted.Count < payloads.Count)
        {
            results = Merge(refused, results);
        }

        for (var i = 0; i < payloads.Count; i++)
        {
            Meters.Count(payloads[i], results[i]);
        }

        return results;
    }

    /// <summary>Gives the node an opening: kept off the journal until bidding closes, and in memory only, so it is
    /// given
    /// again after a restart.</summary>
    public Task<Outcome> OfferOpeningAsync(
        WorkloadId workload, BidOpening opening, CancellationToken cancellationToken) =>
        PostAsync((writer, group) => writer.Offer(workload, opening, group), cancellationToken);

    /// <summary>Gives the node a client's salt, likewise.</summary>
    public Task<Outcome> OfferSaltAsync(WorkloadId workload, Digest salt, CancellationToken cancellationToken) =>
        PostAsync((writer, group) => writer.Offer(workload, salt, group), cancellationToken);

    /// <summary>Takes the bytes of a declared blob, keeps them and journals that they are there.</summary>
    /// <returns>Applied; or BlobMissing where it was not declared, or with another size.</returns>
    public async Task<Outcome> PutBlobAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var digest = Digest.Sha256(bytes.Span);
        var found = View.Read(state => state.FindBlob(digest) is var slot and >= 0
            ? (state.Blobs[slot].SizeBytes, state.Blobs[slot].Available == 1)
            : (0UL, false));
        if (found.Item1 != (ulong)bytes.Length)
        {
            return Outcome.BlobMissing;
        }

        blobs.Put(bytes.Span);
        return found.Item2
            ? Outcome.Applied
            : await PostAsync(
                (writer, group) => writer.Order(new BlobAvailable(digest, (ulong)bytes.Length), group),
                cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The bytes of a blob, checked against their digest.</summary>
    /// <returns>False where the node does not hold them.</returns>
    public bool TryGetBlob(Digest digest, out ReadOnlyMemory<byte> bytes)
    {
        if (!blobs.Exists(digest))
        {
            bytes = default;
            return false;
        }

        bytes = blobs.Get(digest);
        return true;
    }

    /// <summary>Takes a snapshot of the state at the last closed block; nobody waits but the caller. Snapshots
    /// are taken by themselves, too.</summary>
    /// <returns>Its last entry; 0 where no block has closed since the last one.</returns>
    /// <exception cref="IOException">The disk is full or failed; the ledger goes on.</exception>
    /// <exception cref="LedgerDamagedException">The journal was damaged while the ledger ran.</exception>
    public Task<ulong> TakeSnapshotAsync(CancellationToken cancellationToken) =>
        snapshots.TakeAsync(cancellationToken);

    /// <summary>Lets the sequencer journal what is due now; only virtual time needs it, for nobody else moves it.
    /// </summary>
    public Task PumpAsync(CancellationToken cancellationToken) =>
        PostAsync((_, _) => Outcome.Applied, cancellationToken);

    /// <summary>Durable entries from a sequence on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is 0 or more than one ahead of what is durable.
    /// </exception>
    public EntryCursor ReadFrom(ulong seq) => new(journal.ReadFrom((long)seq));

    /// <summary>Closed blocks, from the one on that holds an entry.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is 0 or more than one ahead of what is durable.
    /// </exception>
    public BlockCursor BlocksFrom(ulong seq) => new(journal.ReadFrom((long)seq), seq);

    /// <summary>The same with the closed blocks among them; the first frame may be the block that ends right before.
    /// </summary>
    internal JournalReader FramesFrom(ulong seq) => journal.ReadFrom((long)seq);

    /// <summary>Finishes what was taken, closes the block and the files.</summary>
    public async ValueTask DisposeAsync()
    {
        await snapshots.DisposeAsync().ConfigureAwait(false);
        await sequencer.DisposeAsync().ConfigureAwait(false);
        if (sequencer.Failure is null && View.Seq > Recovered.SnapshotSeq)
        {
            SaveSnapshot();
        }

        await journal.DisposeAsync().ConfigureAwait(false);
        verifier.Dispose();
        Meters.Dispose();
    }

    private void SaveSnapshot()
    {
        try
        {
            // The block is closed and all is durable, so state, hash and height belong together.
            new SnapshotStore(options.Disk).Save((long)View.Seq, saveSnapshot);
        }
        catch (IOException)
        {
            // A snapshot only saves time at the next start; a disk that is full by now must not spoil the end.
        }
    }

    private static bool IsOversight(List<SignedPayload> payloads) =>
        payloads.Count > 0 && payloads.TrueForAll(
            payload => Array.TrueForAll(payload.Payload.Commands, command => command.Kind.IsOversight()));

    private static IReadOnlyList<SubmitResult> Merge(Outcome[] refused, IReadOnlyList<SubmitResult> results)
    {
        var merged = new SubmitResult[refused.Length];
        var next = 0;
        for (var i = 0; i < refused.Length; i++)
        {
            merged[i] = refused[i] == Outcome.Applied
                ? results[next++]
                : new SubmitResult(refused[i], 0, false, 0, default, default);
        }

        return merged;
    }

    /// <summary>Whether a payload comes from the key it names; whether the key is the sender's, the rules check.
    /// </summary>
    private Outcome CheckProof(SignedPayload signed)
    {
        if (signed.Payload.Proof != ProofKind.Jws)
        {
            return Outcome.Applied;
        }

        var from = signed.Payload.From;
        var signer = signed.Payload.Signer;
        var key = View.Read(state => state.FindAccount(from) is null
            ? (Known: false, Key: null)
            : (Known: true, Key: state.KeyOf(from, signer)));
        if (key.Key is not { } found)
        {
            return key.Known ? Outcome.KeyNotPresent : Outcome.UnknownAccount;
        }

        return verifier.VerifyJws(found, signed.ProofHeader.Span, signed.Bytes.Span, signed.Signature.Span)
            ? Outcome.Applied
            : Outcome.BadProof;
    }

    private async Task<Outcome> PostAsync(
        Func<EntryWriter, EntryGroup, Outcome> act, CancellationToken cancellationToken)
    {
        var request = new WriterRequest(act);
        sequencer.Post(request, isUrgent: false);
        return await request.Answered.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
