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
    public static Task<VerifyReport> RunAsync(
        string path,
        IReadOnlyList<OwnedFiles> owned,
        IProgress<long>? progress,
        CancellationToken cancellationToken) => RunAsync(path, owned, [], progress, cancellationToken);

    /// <summary>Verifies a directory, also against what others kept of it.</summary>
    /// <param name="path">The data directory; nobody may be writing it.</param>
    /// <param name="owned">Files of higher parts of the house.</param>
    /// <param name="kept">Heads of blocks that others kept: the journal must hold each.</param>
    /// <param name="progress">Told of entries replayed; null for nobody.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="FileNotFoundException">There is no chain.</exception>
    public static async Task<VerifyReport> RunAsync(
        string path,
        IReadOnlyList<OwnedFiles> owned,
        IReadOnlyList<KeptHead> kept,
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
        CheckFrames(disk, options, findings);
        var replay = new Replay(genesis.Genesis, genesis.Digest, findings);
        using var verifier = new KeyVerifier();
        await using var signatures = new SignatureChecks(findings);
        var snapshots = new SnapshotChecks(disk, genesis.Genesis, findings);
        var heads = new KeptHeadChecks(kept, genesis.Genesis, verifier, findings);
        var checks = new FrameChecks(replay, files, snapshots, heads, signatures, verifier);
        foreach (var frame in JournalFrames.Read(disk, options))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await checks.TakeAsync(frame, cancellationToken).ConfigureAwait(false))
            {
                break;
            }

            if ((frame.Sequence & 0xFFF) == 0)
            {
                progress?.Report(frame.Sequence);
            }
        }

        await signatures.FinishAsync(cancellationToken).ConfigureAwait(false);
        snapshots.Finish(replay);
        heads.Finish(replay);
        files.CheckAll(replay);
        NoteOpen(replay, findings);
        return Report(findings, replay, signatures.Good, files) with { Snapshots = snapshots.Good, Kept = heads.Good };
    }

    private static void CheckFrames(IDisk disk, JournalOptions options, Findings findings)
    {
        var isOther = false;
        foreach (var problem in Journal.Check(disk, options))
        {
            findings.TakeFirst(problem);
            isOther |= problem.Text.Contains("another journal", StringComparison.Ordinal);
        }

        if (isOther)
        {
            // A genesis file that is still well formed has nothing else to betray it.
            findings.TakeFirst(new StorageProblem(
                StorageProblemKind.Damage,
                DataDirectory.GenesisFile,
                0,
                "The journal was begun with another genesis: this file was changed, or the journal is another's."));
        }
    }

    /// <summary>What no block closes, a crash leaves, and also whoever can write the file may have added.</summary>
    private static void NoteOpen(Replay replay, Findings findings)
    {
        var (first, last) = (replay.FirstOpen, replay.State.Globals.Seq);
        if (!replay.HasEnded && first <= last)
        {
            findings.Notice(
                $"entries {first} to {last}",
                "They stand in no closed block yet, so the node has not signed that they are there and in this order.");
        }
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
            0,
            replay?.State.ComputeHash().ToString(),
            replay?.Hash.ToString(),
            replay?.LastBlock,
            problems,
            findings.Notices);
    }
}

/// <summary>Hands each frame of the journal to all who check it.</summary>
internal sealed class FrameChecks(
    Replay replay,
    FileChecks files,
    SnapshotChecks snapshots,
    KeptHeadChecks heads,
    SignatureChecks signatures,
    KeyVerifier verifier)
{
    /// <summary>Checks one frame.</summary>
    /// <returns>False where it is bad and nothing after it means anything.</returns>
    public async ValueTask<bool> TakeAsync(JournalFrame frame, CancellationToken cancellationToken)
    {
        var seq = (ulong)frame.Sequence;
        switch (frame.Kind)
        {
            case FrameKind.Entry:
                return await TakeEntryAsync(seq, frame.Payload, cancellationToken).ConfigureAwait(false);
            case FrameKind.Block when replay.TakeBlock(frame.Payload.Span, seq, verifier):
                files.ObserveBlock(frame.Payload);
                heads.At(replay);
                return true;
            case FrameKind.Block:
                return false;
            default:
                return replay.Refuse(seq, $"After it stands a frame of kind {frame.Kind}, which no ledger writes.");
        }
    }

    private async ValueTask<bool> TakeEntryAsync(
        ulong seq, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        // All that belongs to the entry before is in, its block too.
        snapshots.At(replay);
        DurableEntry entry;
        try
        {
            entry = EntryFrame.Read(seq, payload);
        }
        catch (InvalidDataException wrong)
        {
            return replay.Refuse(seq, wrong.Message);
        }

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
}
