using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Protocol;
using Aitbc.Protocol.State;

namespace Aitbc.Infrastructure.Verification;

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
            if (replay.HasEnded)
            {
                findings.Notice($"snapshot {seq}", "It could not be compared: the replay ended before it.");
            }
            else
            {
                findings.Problem($"snapshot {seq}", "It is of an entry that the journal does not have.");
            }
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
