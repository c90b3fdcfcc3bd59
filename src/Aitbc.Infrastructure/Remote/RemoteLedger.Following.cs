using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Remote;

/// <content>Following the node's entries.</content>
public sealed partial class RemoteLedger
{
    /// <summary>Entries after which the view is carried on, at the latest.</summary>
    private const int MaxGroup = 1_024;

    private readonly ReplicaCheck check;
    private readonly EntryWindow window;
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task following;
    private Exception? failure;
    private int isConnected;

    /// <inheritdoc/>
    public Exception? Failure => Volatile.Read(ref failure);

    /// <summary>Whether the node's entries are coming at this moment; the view is as old as the last one otherwise.
    /// </summary>
    public bool IsConnected => Volatile.Read(ref isConnected) == 1;

    /// <inheritdoc/>
    public IEntryCursor OpenCursor(ulong seq)
    {
        ArgumentOutOfRangeException.ThrowIfZero(seq);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seq, View.Seq + 1);
        return new RemoteCursor(this, seq);
    }

    /// <summary>Waits until the view shows an entry.</summary>
    private async Task SeenAsync(ulong seq, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping.Token);
        limit.CancelAfter(TimeSpan.FromMilliseconds(options.AnswerWithin.Ms));
        while (true)
        {
            var changed = View.ChangedAsync();
            if (View.Seq >= seq)
            {
                return;
            }

            CheckOpen();
            try
            {
                await Task.WhenAny(changed, failed.Task).WaitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException(
                    $"The node answered with entry {seq}, and it has not come within {options.AnswerWithin.Ms} ms.");
            }
        }
    }

    private void CheckOpen()
    {
        if (Failure is { } error)
        {
            throw new AdmissionClosedException(
                "failed", $"The node's ledger is not followed any more: {error.Message}", error);
        }

        if (isDisposed)
        {
            throw new AdmissionClosedException("stopping", "The ledger is being stopped.");
        }
    }

    /// <summary>Follows until it is stopped, or until what comes does not fit. Lost connections are made anew.
    /// </summary>
    private async Task FollowAsync()
    {
        var wait = options.FirstRetry;
        while (!stopping.IsCancellationRequested)
        {
            var before = check.Seq;
            try
            {
                await FollowOnceAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is IOException or HttpRequestException or AdmissionClosedException
                or OperationCanceledException)
            {
                // Lost, or not up yet: it goes on where it was.
            }
            catch (Exception error)
            {
                // The follower is a host boundary: what it cannot make sense of ends the ledger, never a guess.
                Volatile.Write(ref failure, error);
                failed.TrySetResult();
                return;
            }
            finally
            {
                Volatile.Write(ref isConnected, 0);
            }

            wait = check.Seq > before ? options.FirstRetry : wait;
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(wait.Ms), options.Time, stopping.Token)
                    .ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            wait = new Duration(Math.Min(wait.Ms * 2, options.MaxRetry.Ms));
        }
    }

    private async Task FollowOnceAsync()
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        silence.CancelAfter(TimeSpan.FromMilliseconds(options.Silence.Ms));
        using var response = await node.EntriesAsync(
            check.Seq, check.Hash, GenesisDigest, follow: true, silence.Token).ConfigureAwait(false);
        Volatile.Write(ref isConnected, 1);
        var raw = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
        var stream = new BufferedStream(raw, 256 * 1024);
        await using (stream.ConfigureAwait(false))
        {
            var group = new List<DurableEntry>();
            try
            {
                while (await NextAsync(stream, group, silence.Token).ConfigureAwait(false) is { } frame)
                {
                    silence.CancelAfter(TimeSpan.FromMilliseconds(options.Silence.Ms));
                    Take(frame, group);
                }
            }
            finally
            {
                // Also where the connection is lost: what was taken is asked for no more.
                Publish(group);
            }
        }
    }

    /// <summary>The next frame; while none is there, the view is carried on by those before.</summary>
    private async ValueTask<ReplicaFrame?> NextAsync(
        Stream stream, List<DurableEntry> group, CancellationToken cancellationToken)
    {
        var next = ReplicaFrame.ReadAsync(stream, cancellationToken);
        if (group.Count >= MaxGroup || !next.IsCompleted)
        {
            Publish(group);
        }

        return await next.ConfigureAwait(false);
    }

    private void Take(in ReplicaFrame frame, List<DurableEntry> group)
    {
        switch (frame.Kind)
        {
            case ReplicaKind.Entry:
                var entry = EntryFrame.Read(frame.Seq, frame.Payload);
                check.Take(entry);
                group.Add(entry);
                break;
            case ReplicaKind.Block:
                check.TakeBlock(frame.Payload.Span);
                break;
            default:
                break;
        }
    }

    private void Publish(List<DurableEntry> group)
    {
        if (group.Count == 0)
        {
            return;
        }

        group.ForEach(window.Add);
        View.Publish(group);
        group.Clear();
    }

    /// <summary>Reads from what is kept, and asks the node for what is older.</summary>
    private sealed class RemoteCursor(RemoteLedger owner, ulong seq) : IEntryCursor
    {
        private readonly Queue<DurableEntry> page = new();
        private ulong next = seq;
        private Digest? previous = seq == 1 ? owner.GenesisDigest : null;

        public async ValueTask<DurableEntry?> ReadAsync(CancellationToken cancellationToken)
        {
            if (next > owner.View.Seq)
            {
                return null;
            }

            if (page.Count == 0 && !owner.window.TryGet(next, out _))
            {
                await FetchAsync(cancellationToken).ConfigureAwait(false);
            }

            var entry = page.Count > 0 ? page.Dequeue() : owner.window.TryGet(next, out var held) ? held : null;
            if (entry is null)
            {
                return null;
            }

            // What is older than the view was not checked when it came; it must lead up to what was.
            if (entry.Header.Seq != next
                || (previous is { } before && Protocol.Blocks.EntryHash.Of(entry.LeafAfter(before)) != entry.Hash))
            {
                throw new LedgerDamagedException(
                    next, $"The node's entry {next} is not what its hash binds, or does not follow the one before.");
            }

            (previous, next) = (entry.Hash, next + 1);
            return entry;
        }

        public void Dispose() => page.Clear();

        private async Task FetchAsync(CancellationToken cancellationToken)
        {
            using var response = await owner.node.EntriesAsync(
                next - 1, previous, owner.GenesisDigest, follow: false, cancellationToken).ConfigureAwait(false);
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                while (await ReplicaFrame.ReadAsync(stream, cancellationToken).ConfigureAwait(false) is { } frame)
                {
                    if (frame.Kind == ReplicaKind.Entry)
                    {
                        page.Enqueue(EntryFrame.Read(frame.Seq, frame.Payload));
                    }
                }
            }
        }
    }
}
