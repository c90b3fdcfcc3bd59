using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>
/// The single writer. One thread orders and applies into a group; another makes the group durable with one fsync, feeds
/// the view and only then answers. While a group is being written the next one fills, so the fsync's cost is shared by
/// all who came meanwhile (group commit). A write or fsync error fails everything that waits, and for good.
/// </summary>
internal sealed partial class Sequencer : IAsyncDisposable
{
    /// <summary>Bytes of frames after which a group takes no further request; a quarter of a segment where that is
    /// less, for a group must fit into one.</summary>
    public const int MaxGroupBytes = 2 * 1024 * 1024;

    private const int GroupsInFlight = 3;

    private readonly object gate = new();
    private readonly EntryWriter writer;
    private readonly Journal journal;
    private readonly LedgerView view;
    private readonly LedgerClock clock;
    private readonly LedgerHostOptions options;
    private readonly Stack<EntryGroup> free = new();
    private readonly Thread? writing;
    private readonly Thread? flushing;
    private List<Request> queue = [];
    private List<Request> urgent = [];
    private EntryGroup? ready;
    private int queued;
    private ulong lastBlock;
    private bool flushIdle = true;
    private bool stopping;
    private bool writerDone;
    private Exception? failure;

    public Sequencer(
        EntryWriter writer, Journal journal, LedgerView view, LedgerClock clock, LedgerHostOptions options)
    {
        (this.writer, this.journal, this.view, this.clock, this.options) = (writer, journal, view, clock, options);
        for (var i = 0; i < GroupsInFlight; i++)
        {
            free.Push(new EntryGroup());
        }

        if (!options.Inline)
        {
            writing = new Thread(WriteLoop) { IsBackground = true, Name = "ledger-writer" };
            flushing = new Thread(FlushLoop) { IsBackground = true, Name = "ledger-flusher" };
            writing.Start();
            flushing.Start();
        }
    }

    /// <summary>What ended the sequencer, or null.</summary>
    public Exception? Failure => Volatile.Read(ref failure);

    /// <summary>The last entry of the last block that closed since the start and is durable; 0 for none.</summary>
    public ulong LastBlock => Volatile.Read(ref lastBlock);

    /// <summary>Payloads that wait.</summary>
    public int Queued => Volatile.Read(ref queued);

    /// <summary>Queues a request, or runs it at once where the sequencer is inline.</summary>
    /// <exception cref="AdmissionClosedException">Nothing can be admitted now.</exception>
    public void Post(Request request, bool isUrgent)
    {
        lock (gate)
        {
            CheckOpen(request, isUrgent);
            if (!options.Inline)
            {
                (isUrgent ? urgent : queue).Add(request);
                queued += request.Weight;
                if (isUrgent || !pausing)
                {
                    Monitor.PulseAll(gate);
                }

                return;
            }

            RunInline(request);
        }
    }

    /// <summary>Stops taking requests, finishes what was taken, closes the block.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (stopping)
            {
                return;
            }

            stopping = true;
            Monitor.PulseAll(gate);
        }

        if (options.Inline)
        {
            lock (gate)
            {
                CloseInline();
            }

            return;
        }

        await Task.Run(() =>
        {
            writing!.Join();
            flushing!.Join();
        }).ConfigureAwait(false);
    }

    private void CheckOpen(Request request, bool isUrgent)
    {
        if (failure is not null)
        {
            throw new AdmissionClosedException(
                "failed", $"The ledger has stopped: {failure.Message} Restart it once the cause is gone.", failure);
        }

        if (stopping)
        {
            throw new AdmissionClosedException("stopping", "The ledger is being stopped.");
        }

        // Inline there is nobody else to find room again: the request itself asks for it.
        if (!options.Inline && journal.IsFull)
        {
            throw DiskFull();
        }

        if (!isUrgent && queued + request.Weight > options.MaxQueued)
        {
            throw new AdmissionClosedException(
                "busy", $"{options.MaxQueued} payloads wait already: try again shortly.");
        }

        var divergence = clock.Divergence;
        if (divergence > LedgerClock.MaxDivergence && !isUrgent)
        {
            throw new AdmissionClosedException(
                "clock",
                $"The wall clock was moved: it is {divergence.Ms} ms away from the ledger's clock. Restart the"
                    + " ledger.");
        }
    }

    private static AdmissionClosedException DiskFull() => new(
        "disk-full", "The disk (or its quota) is full: free some space; nothing acknowledged is lost.");

    private void WriteLoop()
    {
        var taken = new List<Request>();
        EntryGroup? group = null;
        try
        {
            while (TakeRequests(ref taken, group))
            {
                group ??= TakeFree();
                writer.TickIfDue(group);
                foreach (var request in taken)
                {
                    if (!HasRoom())
                    {
                        request.Fail(DiskFull());
                        continue;
                    }

                    request.Run(writer, group);
                    group.Done.Add(request);
                    if (group.Batch.Length >= Math.Min(MaxGroupBytes, options.SegmentBytes / 4))
                    {
                        HandOver(group, wait: true);
                        group = TakeFree();
                    }
                }

                taken.Clear();
                writer.CloseBlock(group, force: false);

                // Asked before the hand-over: afterwards the group is the flusher's, and soon empty.
                if (!group.IsEmpty && !FlushHere(group) && HandOver(group, wait: false))
                {
                    group = null;
                }
            }

            group ??= TakeFree();
            writer.CloseBlock(group, force: true);
            HandOver(group, wait: true);
        }
        catch (Exception error)
        {
            // The writer's thread is a host boundary: whatever ends it ends the ledger, and all who wait are told.
            Fail(error, group, taken);
        }

        lock (gate)
        {
            writerDone = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Waits for requests, for something due, or, with a group under way, for the flusher to be
    /// free.</summary>
    /// <returns>False once the sequencer stops and nothing is queued.</returns>
    private bool TakeRequests(ref List<Request> taken, EntryGroup? group)
    {
        lock (gate)
        {
            while (true)
            {
                ThrowIfFailed();
                if (urgent.Count + queue.Count > 0)
                {
                    if (Pause())
                    {
                        continue;
                    }

                    taken.AddRange(urgent);
                    urgent.Clear();
                    if (taken.Count == 0)
                    {
                        (taken, queue) = (queue, taken);
                    }

                    queued -= taken.Sum(request => request.Weight);
                    NoteTaken(taken.Count);
                    return true;
                }

                if (stopping)
                {
                    return false;
                }

                if (group is { IsEmpty: false } && flushIdle && ready is null)
                {
                    return true;
                }

                var waitMs = Math.Clamp(writer.NextCallMs() - clock.Now.UnixMs, 0, options.MaxIdle.Ms);
                if (waitMs == 0)
                {
                    return true;
                }

                Monitor.Wait(gate, (int)waitMs);
            }
        }
    }

    /// <summary>Gives a group to the flusher; without waiting only where it is idle.</summary>
    private bool HandOver(EntryGroup group, bool wait)
    {
        lock (gate)
        {
            ThrowIfFailed();
            while (ready is not null || (!wait && !flushIdle))
            {
                if (!wait)
                {
                    return false;
                }

                Monitor.Wait(gate);
                ThrowIfFailed();
            }

            ready = group;
            Monitor.PulseAll(gate);
            return true;
        }
    }

    /// <summary>Ends the writer's loop where the flusher is gone: nobody would write its group, and those who wait for
    /// it would wait for ever.</summary>
    private void ThrowIfFailed()
    {
        if (failure is not null)
        {
            throw new JournalFailedException(failure.Message, failure);
        }
    }

    private EntryGroup TakeFree()
    {
        lock (gate)
        {
            while (free.Count == 0)
            {
                ThrowIfFailed();
                Monitor.Wait(gate);
            }

            return free.Pop();
        }
    }

    private void FlushLoop()
    {
        while (true)
        {
            EntryGroup group;
            lock (gate)
            {
                while (ready is null)
                {
                    if (writerDone)
                    {
                        return;
                    }

                    Monitor.Wait(gate);
                }

                group = ready;
                ready = null;
                flushIdle = false;
                Monitor.PulseAll(gate);
            }

            try
            {
                Finish(group);
            }
            catch (Exception error)
            {
                // The flusher's thread is a host boundary too; an error here means that durability is unknown.
                Fail(error, group, []);
                return;
            }

            lock (gate)
            {
                free.Push(group);
                flushIdle = true;
                Monitor.PulseAll(gate);
            }
        }
    }

    private void Fail(Exception error, EntryGroup? group, List<Request> taken)
    {
        List<Request> waiting;
        lock (gate)
        {
            failure ??= error;
            waiting = [.. taken, .. urgent, .. queue, .. ready?.Done ?? []];
            urgent.Clear();
            queue.Clear();
            ready = null;
            Monitor.PulseAll(gate);
        }

        foreach (var request in waiting)
        {
            request.Fail(error);
        }

        FailAll(group, error);
    }

    private static void FailAll(EntryGroup? group, Exception error)
    {
        foreach (var request in group?.Done ?? [])
        {
            request.Fail(error);
        }
    }
}
