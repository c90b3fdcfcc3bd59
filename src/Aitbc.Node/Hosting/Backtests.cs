using Aitbc.Infrastructure.Backtesting;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Threads;
using Microsoft.Extensions.Hosting;

namespace Aitbc.Node.Hosting;

/// <summary>Replays the node's own journal under another constitution: one at a time and behind all else, for each
/// reads the whole chain and holds a second state.</summary>
/// <remarks>Thread-safe. What is asked while one runs is turned away rather than kept waiting.</remarks>
internal sealed class Backtests(LedgerHost ledger, IHostApplicationLifetime life) : IDisposable
{
    private readonly PatientThreads threads = new("backtest", 1);
    private int running;

    /// <summary>Runs one.</summary>
    /// <param name="ask">What is asked.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>What it found; null where another one runs.</returns>
    public async Task<BacktestReport?> TryRunAsync(BacktestRequest ask, CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref running, 1, 0) != 0)
        {
            return null;
        }

        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(
                cancellationToken, life.ApplicationStopping);
            return await threads.RunAsync(() => ledger.Backtest(ask, either.Token)).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref running, 0);
        }
    }

    public void Dispose() => threads.Dispose();
}
