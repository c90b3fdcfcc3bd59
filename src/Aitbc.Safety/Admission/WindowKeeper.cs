using System.Diagnostics;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Safety.Monitor;

namespace Aitbc.Safety.Admission;

/// <summary>Keeps the windows while the ledger runs, so that a start after a crash has little to read back: a second
/// monitor is read from the file, taught what the journal holds since, and written. It shares nothing with the
/// sequencer but disk and processor, of which it takes half of a core at most.</summary>
internal sealed class WindowKeeper : IDisposable
{
    /// <summary>Entries after which the windows are kept again: 250,000, which a start reads back in about a second.
    /// </summary>
    public const ulong EveryEntries = 250_000;

    private const int LookMs = 1_000;
    private const int WorkMs = 4;

    private readonly WatchedLedger ledger;
    private readonly MonitorOptions options;
    private readonly ManualResetEventSlim stop = new(false);
    private readonly Thread working;
    private ulong kept;

    /// <summary>Begins.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="options">The monitor's.</param>
    /// <param name="kept">The last entry that the file knows.</param>
    public WindowKeeper(WatchedLedger ledger, MonitorOptions options, ulong kept)
    {
        (this.ledger, this.options, this.kept) = (ledger, options, kept);
        working = new Thread(Work) { IsBackground = true, Name = "monitor-windows", Priority = ThreadPriority.Lowest };
        working.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stop.Set();
        working.Join();
        stop.Dispose();
    }

    private void Work()
    {
        while (!stop.Wait(LookMs))
        {
            if (ledger.View.Seq < kept + EveryEntries)
            {
                continue;
            }

            try
            {
                Keep(ledger.View.Seq);
            }
            catch (OperationCanceledException)
            {
                // The ledger ends, and keeps its windows itself.
            }
            catch (Exception)
            {
                // A host boundary: whatever it is, a full disk most likely, the next start reads more of the journal
                // back, and what is wrong with the journal the ledger itself will say.
                kept = ledger.View.Seq;
            }
        }
    }

    private void Keep(ulong last)
    {
        var since = Stopwatch.GetTimestamp();
        Keep(ledger, options, last, () =>
        {
            if (Stopwatch.GetElapsedTime(since).TotalMilliseconds >= WorkMs)
            {
                if (stop.Wait(WorkMs))
                {
                    throw new OperationCanceledException();
                }

                since = Stopwatch.GetTimestamp();
            }
        });
        kept = last;
    }

    /// <summary>Brings the file up to an entry.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="options">The monitor's.</param>
    /// <param name="last">The entry; durable.</param>
    /// <param name="pace">Called between entries; null for nothing.</param>
    internal static void Keep(WatchedLedger ledger, MonitorOptions options, ulong last, Action? pace)
    {
        var (monitor, seq) = WindowFile.Load(ledger, options, last);
        var past = new PastReader(monitor, ledger);
        past.Read(seq + 1 ?? past.FirstOf(last), last, pace);
        WindowFile.Save(ledger, monitor, last);
    }
}
