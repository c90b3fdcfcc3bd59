using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>
/// Takes snapshots while the ledger runs, as recovery would: a third state is read from the last snapshot on the disk,
/// carried on by the journal's durable frames to the end of a block, written, and dropped. It shares nothing with the
/// writer, the flusher or the view but the disk and the processor, of which it takes half at most, so none of them ever
/// waits for it. Source: docs/decisions/0007-snapshots.md.
/// </summary>
/// <remarks>Safe from any thread; one snapshot at a time.</remarks>
internal sealed class SnapshotTaker : IAsyncDisposable
{
    /// <summary>Bytes of a snapshot that go to the device at once: a flush of the journal may have to wait for so many.
    /// </summary>
    public const int FlushBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(10);

    private readonly LedgerHostOptions options;
    private readonly Journal journal;
    private readonly Func<ulong> lastBlock;
    private readonly LedgerMeters meters;
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource stop = new();
    private readonly Task watching;
    private ulong last;
    private long lastAt;

    /// <summary>Begins to watch, unless the ledger is inline: virtual time has no background.</summary>
    /// <param name="options">The ledger's.</param>
    /// <param name="journal">The journal, open.</param>
    /// <param name="lastBlock">The last entry of the last block that is durable; 0 for none since the start.</param>
    /// <param name="meters">Counts.</param>
    /// <param name="last">The snapshot that there is; 0 for none.</param>
    public SnapshotTaker(
        LedgerHostOptions options, Journal journal, Func<ulong> lastBlock, LedgerMeters meters, ulong last)
    {
        (this.options, this.journal, this.lastBlock, this.meters, this.last) =
            (options, journal, lastBlock, meters, last);
        lastAt = options.Time.GetTimestamp();
        watching = options.Inline ? Task.CompletedTask : WatchAsync();
    }

    /// <summary>Takes one now.</summary>
    /// <returns>Its last entry; 0 where there is nothing new.</returns>
    public async Task<ulong> TakeAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop.Token);
        await turn.WaitAsync(either.Token).ConfigureAwait(false);
        try
        {
            var block = lastBlock();
            if (block <= last)
            {
                return 0;
            }

            // A thread of its own: it works for seconds, and waits in between.
            await Task.Factory.StartNew(
                () => Take(block, either.Token),
                either.Token,
                TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
                TaskScheduler.Default).ConfigureAwait(false);
            meters.CountSnapshot(isGood: true);
            last = block;
            lastAt = options.Time.GetTimestamp();
            return block;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            meters.CountSnapshot(isGood: false);
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested)
        {
            return;
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);

        // Who asked for one has been told by now, and the files are closed.
        await turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        turn.Dispose();
        stop.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Watch, options.Time, stop.Token).ConfigureAwait(false);
                if (IsDue() && !await TryTakeAsync().ConfigureAwait(false))
                {
                    await Task.Delay(AfterFailure, options.Time, stop.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The ledger closes: it takes its last snapshot itself.
        }
    }

    private bool IsDue()
    {
        var block = lastBlock();
        return block > last
            && ((options.SnapshotEntries > 0 && block - last >= (ulong)options.SnapshotEntries)
                || (options.SnapshotInterval.Ms > 0
                    && options.Time.GetElapsedTime(lastAt).TotalMilliseconds >= options.SnapshotInterval.Ms));
    }

    /// <summary>A snapshot only saves time at the next start: the ledger goes on without one.</summary>
    private async Task<bool> TryTakeAsync()
    {
        try
        {
            await TakeAsync(CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // A host boundary: whatever is wrong with this copy of the state is no reason to end the ledger, and is
            // told to who runs it.
            options.SnapshotFailed?.Invoke(
                $"A snapshot could not be taken, and the node goes on: {failure.Message.TrimEnd('.')}. It is tried"
                + " again in 10 minutes.");
            return false;
        }
    }

    private void Take(ulong block, CancellationToken cancellationToken)
    {
        var pace = new Pace(options.Time, cancellationToken);
        var blocks = new BlockCloser(
            options.Genesis.Chain, static _ => throw new InvalidOperationException("No block is closed here."));
        var recovery = new LedgerRecovery(options, blocks, isOneState: true);
        recovery.Run(journal, block, pace.Step);
        if (recovery.State.Globals.Seq != block)
        {
            throw new LedgerDamagedException(block, $"The block that ends with entry {block} was not found.");
        }

        new SnapshotStore(options.Disk).Save(
            (long)block,
            target => LedgerRecovery.SaveSnapshot(
                new PacedStream(target, pace), recovery.LastHash, blocks, recovery.State),
            FlushBytes);
    }

    /// <summary>Works for a few milliseconds, then rests as long.</summary>
    private sealed class Pace(TimeProvider time, CancellationToken stop)
    {
        private const int WorkMs = 4;
        private long since = time.GetTimestamp();

        public void Step()
        {
            stop.ThrowIfCancellationRequested();
            if (time.GetElapsedTime(since).TotalMilliseconds < WorkMs)
            {
                return;
            }

            stop.WaitHandle.WaitOne(WorkMs);
            since = time.GetTimestamp();
        }
    }

    /// <summary>Rests between writes.</summary>
    private sealed class PacedStream(Stream inner, Pace pace) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            inner.Write(buffer);
            pace.Step();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
