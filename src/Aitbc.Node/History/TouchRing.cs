namespace Aitbc.Node.History;

/// <summary>Which entries touched which subject, the newest so many: one ring for all subjects, so that no number of
/// subjects makes it grow.</summary>
/// <param name="capacity">Touches kept.</param>
/// <remarks>Not thread-safe: its owner locks.</remarks>
internal sealed class TouchRing(int capacity)
{
    private readonly (ulong Subject, ulong Seq)[] ring = new (ulong, ulong)[capacity];
    private long count;

    /// <summary>Notes a touch, once an entry and subject. Entries come in order.</summary>
    public void Add(ulong subject, ulong seq)
    {
        for (var at = count - 1; at >= 0 && at >= count - capacity && ring[at % capacity].Seq == seq; at--)
        {
            if (ring[at % capacity].Subject == subject)
            {
                return;
            }
        }

        ring[count++ % capacity] = (subject, seq);
    }

    /// <summary>Entries that touched a subject, newest first; looks at every place of the ring at most once.</summary>
    /// <param name="subject">Which.</param>
    /// <param name="before">Only entries before this one.</param>
    /// <param name="limit">Most entries.</param>
    public List<ulong> Find(ulong subject, ulong before, int limit)
    {
        var found = new List<ulong>();
        for (var at = count - 1; at >= 0 && at >= count - capacity && found.Count < limit; at--)
        {
            var (one, seq) = ring[at % capacity];
            if (one == subject && seq < before)
            {
                found.Add(seq);
            }
        }

        return found;
    }
}
