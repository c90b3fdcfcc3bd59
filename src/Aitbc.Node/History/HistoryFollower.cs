using Aitbc.Infrastructure.Ledger;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.History;

/// <summary>Reads the journal from segments by cursor and feeds the history: first the newest part of what is there,
/// then what comes. The writer never waits for it.</summary>
internal sealed partial class HistoryFollower(LedgerHost ledger, MarketHistory history, ILogger<HistoryFollower> log)
    : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            await FollowAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The node stops.
        }
        catch (Exception error)
        {
            // A host boundary: without its history the node still takes commands and answers for its state.
            Failed(log, history.Seq, error.GetType().FullName!, error.StackTrace);
        }
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        using var entries = ledger.ReadFrom(history.FromSeq);
        while (true)
        {
            // Asked for before the journal is read, so that what comes in between is not slept through.
            var changed = ledger.View.ChangedAsync();
            while (entries.TryRead(out var entry))
            {
                stop.ThrowIfCancellationRequested();
                history.Take(entry);
            }

            await changed.WaitAsync(stop).ConfigureAwait(false);
        }
    }

    [LoggerMessage(20, LogLevel.Error, "The history stopped behind entry {Seq}: {Error}\n{Trace}")]
    private static partial void Failed(ILogger log, ulong seq, string error, string? trace);
}
