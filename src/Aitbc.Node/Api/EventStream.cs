using Aitbc.Infrastructure.Ledger;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Node.Api;

/// <summary>One reader's stream of events, at the reader's pace.</summary>
/// <param name="response">Where it goes.</param>
/// <param name="ledger">The ledger.</param>
/// <param name="feed">The newest events, shared with the others.</param>
/// <param name="next">The first entry it is told of.</param>
/// <remarks>One thread at a time.</remarks>
internal sealed class EventStream(HttpResponse response, LedgerHost ledger, EventFeed feed, ulong next) : IDisposable
{
    private const int FlushBytes = 32 * 1024;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private readonly List<byte[]> taken = [];
    private EntryCursor? backlog;
    private EntryText? text;

    /// <summary>Tells of entries until it is stopped. A reader that is behind then is cut off, for Kestrel ends a
    /// connection whose flush is given up; it resumes where it was.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        await response.Body.FlushAsync(stop).ConfigureAwait(false);
        while (true)
        {
            // Asked for before the journal is read, so that what comes in between is not slept through.
            var changed = ledger.View.ChangedAsync();
            while (Take())
            {
                await FlushAsync(stop).ConfigureAwait(false);
            }

            if (await EventApi.IsIdleAsync(changed, Heartbeat, stop).ConfigureAwait(false))
            {
                Write(":\n\n"u8);
                await FlushAsync(stop).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Closes the journal's file and gives its buffer up.</summary>
    public void Dispose()
    {
        backlog?.Dispose();
        backlog = null;
    }

    /// <summary>Writes the next events.</summary>
    /// <returns>False where there are none yet.</returns>
    private bool Take()
    {
        if (feed.TryTake(next, FlushBytes, taken))
        {
            Dispose();
        }
        else
        {
            TakeFromJournal();
        }

        taken.ForEach(one => Write(one));
        var any = taken.Count > 0;
        next += (ulong)taken.Count;
        taken.Clear();
        return any;
    }

    private void TakeFromJournal()
    {
        text ??= new EntryText(ledger);
        backlog ??= ledger.ReadFrom(next);
        var left = ledger.View.Seq + 1 - next;
        for (var size = 0; size < FlushBytes && left > 0 && backlog.TryRead(out var entry); left--)
        {
            taken.Add(text.RenderEvent(entry));
            size += taken[^1].Length;
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(response.BodyWriter.GetSpan(bytes.Length));
        response.BodyWriter.Advance(bytes.Length);
    }

    /// <summary>Sends what was written; waits while the reader has not taken what is on its way.</summary>
    private async ValueTask FlushAsync(CancellationToken stop)
    {
        var flushing = response.BodyWriter.FlushAsync(stop);
        if (!flushing.IsCompleted)
        {
            // A reader that keeps us waiting holds neither file nor buffer meanwhile.
            Dispose();
        }

        await flushing.ConfigureAwait(false);
    }
}
