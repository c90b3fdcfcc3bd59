using Aitbc.Infrastructure.Ledger;

namespace Aitbc.Node.Api;

/// <summary>
/// The newest entries as event streams send them, rendered once for all of them. It reads on only as far as a stream
/// asks, so without one it costs nothing; who lags further than it reaches reads the journal for itself.
/// </summary>
/// <remarks>Thread-safe. Holds <see cref="MaxEntries"/> entries and, but for a single larger one,
/// <see cref="MaxBytes"/> bytes at most.</remarks>
internal sealed class EventFeed : IDisposable
{
    /// <summary>Entries held.</summary>
    public const int MaxEntries = 1_024;

    /// <summary>Bytes held.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly byte[]?[] held = new byte[MaxEntries][];
    private readonly LedgerHost ledger;
    private readonly EntryText text;
    private EntryCursor? cursor;
    private long bytes;

    // Entries from first to last are held; none where first is one more than last.
    private ulong first;
    private ulong last;

    /// <summary>Begins at a ledger's present.</summary>
    public EventFeed(LedgerHost ledger)
    {
        (this.ledger, text) = (ledger, new EntryText(ledger));
        last = ledger.View.Seq;
        first = last + 1;
    }

    /// <summary>Takes what comes next for a stream.</summary>
    /// <param name="next">The entry that it wants first; at most one more than the last durable one.</param>
    /// <param name="most">Stops once so many bytes are taken.</param>
    /// <param name="taken">Gets the events, one an entry, in order; none where nothing more is durable.</param>
    /// <returns>False where the stream is too far behind: it must read for itself.</returns>
    public bool TryTake(ulong next, int most, List<byte[]> taken)
    {
        lock (gate)
        {
            if (next > last + MaxEntries)
            {
                // Nobody asked for long; what lies between is in the journal for whoever wants it.
                Restart(next);
            }

            if (next < first)
            {
                return false;
            }

            // What the view does not show yet is not told yet: an account that it opens could not be named.
            var shown = ledger.View.Seq;
            for (var size = 0; size < most && next <= shown && HasReached(next); next++)
            {
                var one = held[next % MaxEntries]!;
                taken.Add(one);
                size += one.Length;
            }

            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            Close();
        }
    }

    private void Restart(ulong next)
    {
        Close();
        Array.Clear(held);
        (first, last, bytes) = (next, next - 1, 0);
    }

    private void Close()
    {
        cursor?.Dispose();
        cursor = null;
    }

    private bool HasReached(ulong seq)
    {
        try
        {
            cursor ??= ledger.ReadFrom(last + 1);
            while (last < seq)
            {
                if (!cursor.TryRead(out var entry))
                {
                    return false;
                }

                Keep(text.RenderEvent(entry));
            }

            return true;
        }
        catch
        {
            // The cursor may stand behind an entry that was not kept: whoever asks next begins there anew.
            Close();
            throw;
        }
    }

    private void Keep(byte[] one)
    {
        last++;
        bytes += one.Length;
        for (; first < last && (last - first >= MaxEntries || bytes > MaxBytes); first++)
        {
            bytes -= held[first % MaxEntries]!.Length;
            held[first % MaxEntries] = null;
        }

        held[last % MaxEntries] = one;
    }
}
