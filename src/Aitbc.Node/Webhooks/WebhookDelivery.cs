using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Webhooks;

/// <summary>
/// Tells one hook what happens, in order: reads the journal by cursor, delivers, and only then moves its place on. The
/// backlog of a receiver that is away is the journal itself. What was delivered right before a crash is delivered
/// again, under the same id; nothing is left out.
/// </summary>
/// <remarks>One task; <see cref="Place"/> may be read from any thread.</remarks>
internal sealed partial class WebhookDelivery(
    Webhook hook,
    LedgerHost ledger,
    WebhookPlaces places,
    WebhookMessages messages,
    WebhookSender sender,
    WebhookMeters meters,
    TimeProvider time,
    ILogger log)
{
    /// <summary>Entries without a message after which the place is kept all the same, so that a restart reads at most
    /// so many again.</summary>
    public const ulong KeepEvery = 10_000;

    /// <summary>The ledger's clock and the wall's may be so far apart while the ledger takes commands.</summary>
    public static readonly Duration MostClockApart = Duration.FromSeconds(2);

    private readonly SeededRandom random = new SeededRandom(0).Fork(hook.Id);
    private volatile WebhookPlace place = new(0, 0, 0, null, 0);
    private ulong keptSeq;

    /// <summary>How far it is; sequence 0 before it has begun.</summary>
    public WebhookPlace Place => place;

    /// <summary>Delivers until it is told to stop.</summary>
    /// <param name="stop">Ends it at once, also amidst a try.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        await Task.Yield();
        while (true)
        {
            try
            {
                await FollowAsync(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // A boundary: people wait for these messages, so it begins anew where it was.
                Failed(log, hook.Id, place.Seq, error.GetType().FullName!, error.StackTrace);
                place = place with { Attempts = Math.Max(place.Attempts, WebhookPlace.FailingAttempts) };
            }

            try
            {
                await Task.Delay(RetryPause.Longest, time, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        Begin();
        try
        {
            using var entries = ledger.ReadFrom(place.Seq);
            while (true)
            {
                // Asked for before the journal is read, so that what comes in between is not slept through.
                var changed = ledger.View.ChangedAsync();
                while (entries.TryRead(out var entry))
                {
                    stop.ThrowIfCancellationRequested();
                    await TakeAsync(entry, stop).ConfigureAwait(false);
                }

                await changed.WaitAsync(stop).ConfigureAwait(false);
            }
        }
        finally
        {
            Keep();
        }
    }

    private async Task TakeAsync(DurableEntry entry, CancellationToken stop)
    {
        var seq = entry.Header.Seq;
        foreach (var message in messages.Of(entry.Header, entry.Events.Span).Where(IsAhead))
        {
            await DeliverAsync(message, stop).ConfigureAwait(false);
            place = place with { Seq = seq, Index = message.Index + 1, Attempts = 0 };
            Keep();
        }

        place = place with { Seq = seq + 1, Index = 0 };
        if (place.Seq - keptSeq >= KeepEvery)
        {
            Keep();
        }

        bool IsAhead(WebhookMessage message) => place.Seq != seq || message.Index >= place.Index;
    }

    private async Task DeliverAsync(WebhookMessage message, CancellationToken stop)
    {
        while (true)
        {
            var result = await sender.SendAsync(message, stop).ConfigureAwait(false);
            meters.Count(result.Outcome);
            place = place with
            {
                LastOutcome = result.Outcome,
                LastAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
                Attempts = result.Outcome == DeliveryOutcome.Delivered ? 0 : place.Attempts + 1,
            };
            if (result.Outcome == DeliveryOutcome.Delivered)
            {
                return;
            }

            Keep();
            NotDelivered(log, hook.Id, message.Id, result.Outcome, result.Status, place.Attempts);
            await Task.Delay(RetryPause.After(place.Attempts, random), time, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Goes on where it was; a new hook, or one whose place is lost, begins with what happened since it was
    /// made, and one that is ahead of a restored journal with the term of the restoring.</summary>
    private void Begin()
    {
        var next = ledger.View.Seq + 1;
        if (place.Seq == 0 && places.Load(hook.Id) is { } kept)
        {
            place = kept;
        }

        if (place.Seq == 0)
        {
            var sinceMs = hook.CreatedAtMs - MostClockApart.Ms;
            place = place with { Seq = FirstSeq(next, entry => entry.Header.Time.UnixMs >= sinceMs) };
        }
        else if (place.Seq > next)
        {
            var term = ledger.View.Read(state => state.Globals.Term);
            place = place with { Seq = FirstSeq(next, entry => entry.Header.Term >= term), Index = 0 };
        }

        Keep();
    }

    /// <summary>The first entry that is so, where all after it are so, too; the next one to come where none is.
    /// </summary>
    private ulong FirstSeq(ulong next, Func<DurableEntry, bool> isSo)
    {
        var low = 1UL;
        while (low < next)
        {
            var middle = low + ((next - low) / 2);
            using var entries = ledger.ReadFrom(middle);
            (low, next) = entries.TryRead(out var entry) && !isSo(entry) ? (middle + 1, next) : (low, middle);
        }

        return low;
    }

    /// <summary>A place that cannot be kept stops nobody: after a restart some messages come twice.</summary>
    private void Keep()
    {
        try
        {
            places.Save(hook.Id, place);
            keptSeq = place.Seq;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            NotKept(log, hook.Id, place.Seq, error.GetType().Name);
        }
    }

    [LoggerMessage(30, LogLevel.Warning,
        "Hook {Hook} did not take message {Message}: {Outcome}, status {Status}, try {Attempts}.")]
    private static partial void NotDelivered(
        ILogger log, string hook, string message, DeliveryOutcome outcome, int? status, int attempts);

    [LoggerMessage(31, LogLevel.Warning, "The place of hook {Hook} at entry {Seq} was not kept: {Error}.")]
    private static partial void NotKept(ILogger log, string hook, ulong seq, string error);

    [LoggerMessage(32, LogLevel.Error, "Hook {Hook} failed at entry {Seq}: {Error}\n{Trace}")]
    private static partial void Failed(ILogger log, string hook, ulong seq, string error, string? trace);
}
