using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.State;

namespace Aitbc.Infrastructure.Verification;

/// <summary>
/// Verifies a data directory offline, changing nothing: every byte of every file that belongs to it, every signature,
/// hash, outcome and event of the journal, every block, and that snapshots, blobs and receipts are what the journal
/// says.
/// </summary>
public static class ChainVerifier
{
    /// <summary>Verifies a directory.</summary>
    /// <param name="path">The data directory; nobody may be writing it.</param>
    /// <param name="owned">Files of higher parts of the house.</param>
    /// <param name="progress">Told of entries replayed; null for nobody.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="FileNotFoundException">There is no chain.</exception>
    public static async Task<VerifyReport> RunAsync(
        string path,
        IReadOnlyList<OwnedFiles> owned,
        IProgress<long>? progress,
        CancellationToken cancellationToken)
    {
        if (!ChainDirectory.Exists(path))
        {
            throw new FileNotFoundException($"There is no chain in {path}: name its data directory with --data.");
        }

        var disk = new FileDisk(path);
        var findings = new Findings();
        var files = new FileChecks(disk, path, owned, findings);
        if (files.ReadGenesis() is not { } genesis)
        {
            return Report(findings, null, 0, files);
        }

        var options = new JournalOptions { Identity = genesis.Digest };
        var isOther = false;
        foreach (var problem in Journal.Check(disk, options))
        {
            findings.Take(problem);
            isOther |= problem.Text.Contains("another journal", StringComparison.Ordinal);
        }

        if (isOther)
        {
            // A genesis file that is still well formed has nothing else to betray it.
            findings.Problem(
                DataDirectory.GenesisFile,
                "The journal was begun with another genesis: this file was changed, or the journal is another's.");
        }

        var replay = new Replay(genesis.Genesis, genesis.Digest, findings);
        await using var signatures = new SignatureChecks(findings);
        var snapshots = new SnapshotChecks(disk, genesis.Genesis, findings);
        using (var verifier = new KeyVerifier())
        {
            foreach (var frame in JournalFrames.Read(disk, options))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!await TakeAsync(frame, replay, files, snapshots, signatures, verifier, cancellationToken)
                    .ConfigureAwait(false))
                {
                    break;
                }

                if ((frame.Sequence & 0xFFF) == 0)
                {
                    progress?.Report(frame.Sequence);
                }
            }
        }

        await signatures.FinishAsync(cancellationToken).ConfigureAwait(false);
        snapshots.Finish(replay);
        files.CheckAll(replay.State);
        return Report(findings, replay, signatures.Good, files) with { Snapshots = snapshots.Good };
    }

    private static async ValueTask<bool> TakeAsync(
        JournalFrame frame,
        Replay replay,
        FileChecks files,
        SnapshotChecks snapshots,
        SignatureChecks signatures,
        KeyVerifier verifier,
        CancellationToken cancellationToken)
    {
        var seq = (ulong)frame.Sequence;
        if (frame.Kind == FrameKind.Block)
        {
            var good = replay.TakeBlock(frame.Payload.Span, seq, verifier);
            if (good)
            {
                files.ObserveBlock(frame.Payload);
            }

            return good;
        }

        if (frame.Kind != FrameKind.Entry)
        {
            return true;
        }

        // All that belongs to the entry before is in, its block too.
        snapshots.At(replay);
        var entry = EntryFrame.Read(seq, frame.Payload);
        if (!replay.Take(entry, out var key))
        {
            return false;
        }

        files.Observe(entry);
        if (key is { } found)
        {
            await signatures.AddAsync(seq, found, entry, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private static VerifyReport Report(Findings findings, Replay? replay, ulong signatures, FileChecks files)
    {
        var problems = findings.Problems;
        return new VerifyReport(
            problems.Count == 0,
            replay?.State.Globals.Seq ?? 0,
            replay?.Blocks ?? 0,
            signatures,
            replay?.Settled ?? 0,
            files.Receipts,
            files.Blobs,
            0,
            replay?.State.ComputeHash().ToString(),
            replay?.Hash.ToString(),
            problems,
            findings.Notices);
    }
}

/// <summary>Compares each snapshot with the state that the replay has at its entry.</summary>
internal sealed class SnapshotChecks
{
    private readonly SnapshotStore store;
    private readonly Genesis genesis;
    private readonly Findings findings;
    private readonly Queue<long> waiting;

    public SnapshotChecks(IDisk disk, Genesis genesis, Findings findings)
    {
        (this.genesis, this.findings) = (genesis, findings);
        var bad = new HashSet<string>();
        foreach (var problem in SnapshotStore.Check(disk))
        {
            findings.Take(problem);
            bad.Add(problem.File);
        }

        store = new SnapshotStore(disk);
        waiting = new Queue<long>(store.Sequences.Where(
            seq => !bad.Any(file => file.Contains($"{seq:D20}", StringComparison.Ordinal))));
    }

    /// <summary>Snapshots that equal the replayed state.</summary>
    public int Good { get; private set; }

    /// <summary>Compares the snapshot of the replay's present entry, if there is one.</summary>
    public void At(Replay replay)
    {
        while (waiting.TryPeek(out var seq) && (ulong)seq <= replay.State.Globals.Seq)
        {
            waiting.Dequeue();
            if ((ulong)seq == replay.State.Globals.Seq)
            {
                Compare(seq, replay);
            }
        }
    }

    /// <summary>Compares the last one; one beyond the journal's end is wrong.</summary>
    public void Finish(Replay replay)
    {
        At(replay);
        foreach (var seq in waiting)
        {
            findings.Problem($"snapshot {seq}", "It is of an entry that the journal does not have.");
        }
    }

    private void Compare(long seq, Replay replay)
    {
        using var snapshot = store.OpenNewest(out _, seq);
        if (snapshot is null || snapshot.Sequence != seq)
        {
            findings.Problem($"snapshot {seq}", "It cannot be read.");
            return;
        }

        try
        {
            var (hash, height, _) = LedgerRecovery.LoadSnapshotHead(snapshot.Content);
            var same = hash == replay.Hash
                && height == replay.Blocks
                && LedgerState.Load(genesis, snapshot.Content).ComputeHash() == replay.State.ComputeHash();
            if (same)
            {
                Good++;
            }
            else
            {
                findings.Problem($"snapshot {seq}", "It is not the state that the journal gives.");
            }
        }
        catch (InvalidDataException error)
        {
            findings.Problem($"snapshot {seq}", error.Message);
        }
    }
}
