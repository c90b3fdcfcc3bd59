using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.State;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>
/// An embedded ledger: admission (signatures), the sequencer, the journal, the view and the blobs of one chain on one
/// disk.
/// </summary>
/// <remarks>Safe from any thread; with <see cref="LedgerHostOptions.Inline"/> from one at a time.</remarks>
public sealed class LedgerHost : ILedger
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
    private int closing;

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

    /// <inheritdoc/>
    public Genesis Genesis => options.Genesis;

    /// <summary>Digest of the genesis file's bytes.</summary>
    public Digest GenesisDigest => options.GenesisDigest;

    /// <summary>The clock.</summary>
    public TimeProvider Time => options.Time;

    /// <summary>Largest blob taken, bytes.</summary>
    public int MaxBlobBytes => options.MaxBlobBytes;

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

    /// <inheritdoc/>
    public async Task<SubmitResult> SubmitAsync(SignedPayload payload, CancellationToken cancellationToken) =>
        (await SubmitAllAsync([payload], cancellationToken).ConfigureAwait(false))[0];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SubmitResult>> SubmitAllAsync(
        IReadOnlyList<SignedPayload> payloads, CancellationToken cancellationToken)
    {
        if (payloads.Sum(payload => (long)payload.Bytes.Length) > MaxSubmissionBytes)
        {
            throw new ArgumentException(
                $"One call takes {MaxSubmissionBytes} bytes of payloads at most.", nameof(payloads));
        }

        if (Volatile.Read(ref closing) == 1)
        {
            throw new AdmissionClosedException("stopping", "The ledger is being stopped.");
        }

        var keys = View.Read(state => KeysOf(state, payloads));
        var refused = new Outcome[payloads.Count];
        var admitted = new List<SignedPayload>(payloads.Count);
        for (var i = 0; i < payloads.Count; i++)
        {
            refused[i] = CheckProof(payloads[i], keys[i]);
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

    /// <inheritdoc/>
    public Task<Outcome> OfferOpeningAsync(
        WorkloadId workload, BidOpening opening, CancellationToken cancellationToken) =>
        PostAsync((writer, group) => writer.Offer(workload, opening, group), cancellationToken);

    /// <inheritdoc/>
    public Task<Outcome> OfferSaltAsync(WorkloadId workload, Digest salt, CancellationToken cancellationToken) =>
        PostAsync((writer, group) => writer.Offer(workload, salt, group), cancellationToken);

    /// <inheritdoc/>
    public async Task<Outcome> PutBlobAsync(
        AccountId from, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var digest = Digest.Sha256(bytes.Span);
        var (size, isKnown) = View.Read(state => state.FindBlob(digest) is var slot and >= 0
            ? ((long)state.Blobs[slot].SizeBytes, IsKnown(state, digest, from))
            : (-1, false));
        if (bytes.Length > size)
        {
            return Outcome.BlobMissing;
        }

        blobs.Put(bytes.Span);
        if (isKnown)
        {
            return Outcome.Applied;
        }

        var outcome = await PostAsync(
            (writer, group) => writer.Order(
                new BlobAvailable(digest, (ulong)bytes.Length, from.IsZero ? null : from), group),
            cancellationToken).ConfigureAwait(false);

        // Whoever else gave them meanwhile was first.
        return outcome == Outcome.InputRejected && View.Read(state => IsKnown(state, digest, from))
            ? Outcome.Applied
            : outcome;
    }

    /// <inheritdoc/>
    public Task<BlobAnswer> GetBlobAsync(AccountId reader, Digest digest, CancellationToken cancellationToken)
    {
        var found = View.Read(state => !state.BlobIsAvailable(digest)
            ? BlobFound.Absent
            : BlobReaders.MayRead(state, digest, reader) ? BlobFound.Found : BlobFound.NotReader);
        return Task.FromResult(found == BlobFound.Found && TryGetBlob(digest, out var bytes)
            ? new BlobAnswer(BlobFound.Found, bytes)
            : new BlobAnswer(found == BlobFound.NotReader ? found : BlobFound.Absent, default));
    }

    /// <summary>The bytes of a blob, checked against their digest; for whoever may read everything.</summary>
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

    /// <summary>Says whether an agent's host is heard of; only what changes is journalled.</summary>
    /// <returns>Applied; or InputRejected where nothing changes or there is no such agent.</returns>
    public Task<Outcome> HearAsync(AccountId agent, bool isLive, CancellationToken cancellationToken) =>
        PostAsync((writer, group) => writer.Order(new Liveness(agent, isLive), group), cancellationToken);

    /// <summary>Lets the sequencer journal what is due now; only virtual time needs it, for nobody else moves it.
    /// </summary>
    public Task PumpAsync(CancellationToken cancellationToken) =>
        PostAsync((_, _) => Outcome.Applied, cancellationToken);

    /// <summary>Durable entries from a sequence on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is 0 or more than one ahead of what is durable.
    /// </exception>
    public EntryCursor ReadFrom(ulong seq) => new(journal.ReadFrom((long)seq));

    /// <inheritdoc/>
    public IEntryCursor OpenCursor(ulong seq) => ReadFrom(seq);

    /// <summary>The newest snapshot that was kept of this ledger, whole; null where there is none. What it holds:
    /// <see cref="Remote.ReplicaSnapshot"/>.</summary>
    public OpenSnapshot? OpenSnapshot() =>
        new SnapshotStore(options.Disk).OpenNewest(out _, (long)View.Seq);

    /// <summary>The genesis file's bytes, for followers.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public byte[] ReadGenesis()
    {
        using var file = options.Disk.OpenRead(DataDirectory.GenesisFile);
        var bytes = new byte[file.Length];
        file.Read(0, bytes);
        return bytes;
    }

    /// <inheritdoc cref="Backtesting.Backtest.Run(IDisk, Backtesting.BacktestRequest, ulong, CancellationToken)"/>
    public Backtesting.BacktestReport Backtest(Backtesting.BacktestRequest ask, CancellationToken cancellationToken) =>
        Backtesting.Backtest.Run(options.Disk, ask, View.Seq, cancellationToken);

    /// <summary>Frames for followers, from a sequence on; the first may be the block that ends right before.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is 0 or more than one ahead of what is durable.
    /// </exception>
    public JournalReader OpenFrames(ulong seq) => journal.ReadFrom((long)seq);

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
        if (Interlocked.Exchange(ref closing, 1) == 1)
        {
            return;
        }

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

    /// <summary>Whether a blob's bytes are here and it is known that an account has them.</summary>
    private static bool IsKnown(LedgerState state, Digest digest, AccountId from) =>
        state.BlobIsAvailable(digest)
        && (state.FindAccount(from) is null || BlobReaders.MayRead(state, digest, from));

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

    /// <summary>The keys that payloads name, where their accounts have them; all in one question, for each takes the
    /// view's lock.</summary>
    private static (bool IsKnown, PublicKey? Key)[] KeysOf(LedgerState state, IReadOnlyList<SignedPayload> payloads)
    {
        var keys = new (bool, PublicKey?)[payloads.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            var (from, signer) = (payloads[i].Payload.From, payloads[i].Payload.Signer);
            keys[i] = state.FindAccount(from) is null ? (false, null) : (true, state.KeyOf(from, signer));
        }

        return keys;
    }

    /// <summary>Whether a payload comes from the key it names; whether the key is the sender's, the rules check.
    /// </summary>
    private Outcome CheckProof(SignedPayload signed, in (bool IsKnown, PublicKey? Key) named)
    {
        if (signed.Payload.Proof == ProofKind.Simulated)
        {
            return Outcome.Applied;
        }

        if (named.Key is not { } found)
        {
            return named.IsKnown ? Outcome.KeyNotPresent : Outcome.UnknownAccount;
        }

        var isSigned = SignedPayload.IsSignedBy(
            verifier,
            found,
            signed.Payload.Proof,
            signed.ProofHeader.Span,
            signed.Bytes.Span,
            signed.Signature.Span);
        return isSigned
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
