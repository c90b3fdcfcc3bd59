namespace Aitbc.Protocol.State;

/// <content>What falls due next, over both clocks.</content>
public sealed partial class LedgerState
{
    /// <summary>The wall time, ms, at which the next thing falls due as matters stand, or long.MaxValue.</summary>
    public long NextDueMs => TryPeekDue(out _, out _, out var wallMs) ? wallMs : long.MaxValue;

    /// <summary>Whether anything falls due up to an instant of wall time. Asked before every entry, so it looks at a
    /// record only where its item is due.</summary>
    public bool IsDue(long wallMs)
    {
        var marketMs = wallMs - Globals.MarketOffsetMs;
        return HasDue(WallDue, wallMs) || (MarketRuns && HasDue(MarketDue, marketMs));
    }

    /// <summary>The earliest live item of both queues, in order of wall time, kind and id.</summary>
    internal bool TryPeekDue(out DueItem item, out DueQueue queue, out long wallMs)
    {
        Prune(WallDue);
        Prune(MarketDue);
        var marketRuns = MarketRuns && MarketDue.Count > 0;
        if (WallDue.Count == 0 && !marketRuns)
        {
            (item, queue, wallMs) = (default, WallDue, long.MaxValue);
            return false;
        }

        var offset = Globals.MarketOffsetMs;
        var market = marketRuns ? MarketDue.First with { DueMs = MarketDue.First.DueMs + offset } : default;
        if (marketRuns && (WallDue.Count == 0 || market.CompareTo(WallDue.First) < 0))
        {
            (item, queue, wallMs) = (MarketDue.First, MarketDue, market.DueMs);
            return true;
        }

        (item, queue, wallMs) = (WallDue.First, WallDue, WallDue.First.DueMs);
        return true;
    }

    private bool HasDue(DueQueue queue, long untilMs)
    {
        while (queue.Count > 0 && queue.FirstMs <= untilMs)
        {
            if (IsLive(queue.First))
            {
                return true;
            }

            queue.Pop();
        }

        return false;
    }

    /// <summary>Drops items whose record has moved on.</summary>
    private void Prune(DueQueue queue)
    {
        while (queue.Count > 0 && !IsLive(queue.First))
        {
            queue.Pop();
        }
    }

    /// <summary>Whether an item is still what its record says.</summary>
    internal bool IsLive(in DueItem item)
    {
        switch (item.Kind)
        {
            case DueKind.Workload:
                var workload = WorkloadIndex.Find(item.Id);
                return workload >= 0 && Workloads[workload].DeadlineMs == item.DueMs;
            case DueKind.Unbonding:
                var unbonding = UnbondingIndex.Find(item.Id);
                return unbonding >= 0 && Unbondings[unbonding].DueMs == item.DueMs;
            case DueKind.BlobRent:
                var blob = BlobIdIndex.Find(item.Id);
                return blob >= 0 && Blobs[blob].PaidUntilMs == item.DueMs;
            default:
                return false;
        }
    }
}
