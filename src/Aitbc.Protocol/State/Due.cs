namespace Aitbc.Protocol.State;

/// <content>What falls due next, over both clocks.</content>
public sealed partial class LedgerState
{
    /// <summary>The wall time, ms, at which the next thing falls due as matters stand, or long.MaxValue.</summary>
    public long NextDueMs
    {
        get
        {
            Prune(WallDue);
            Prune(MarketDue);
            var wallMs = WallDue.Count > 0 ? WallDue.FirstMs : long.MaxValue;
            return MarketRuns && MarketDue.Count > 0
                ? Math.Min(wallMs, MarketDue.FirstMs + Globals.MarketOffsetMs)
                : wallMs;
        }
    }

    /// <summary>Whether anything falls due up to an instant of wall time. Asked before every entry, so it looks at a
    /// record only where its item is due.</summary>
    public bool IsDue(long wallMs)
    {
        var marketMs = wallMs - Globals.MarketOffsetMs;
        return HasDue(WallDue, wallMs) || (MarketRuns && HasDue(MarketDue, marketMs));
    }

    /// <summary>Takes out the earliest item that falls due up to an instant of wall time, also where its record has
    /// moved on: whoever handles it asks <see cref="IsLive"/>.</summary>
    internal bool TryTakeDue(long wallMs, out DueItem item)
    {
        var offset = Globals.MarketOffsetMs;
        var wall = WallDue.Count > 0 && WallDue.FirstMs <= wallMs;
        var market = MarketRuns && MarketDue.Count > 0 && MarketDue.FirstMs <= wallMs - offset;
        if (!wall && !market)
        {
            item = default;
            return false;
        }

        var marketFirst = market
            && (!wall || (MarketDue.First with { DueMs = MarketDue.FirstMs + offset }).CompareTo(WallDue.First) < 0);
        var queue = marketFirst ? MarketDue : WallDue;
        item = queue.First;
        queue.Pop();
        return true;
    }

    /// <summary>Puts back what was taken out and not handled.</summary>
    internal void PutBack(in DueItem item) =>
        (item.Kind == DueKind.Workload ? MarketDue : WallDue).Push(item.DueMs, item.Kind, item.Id);

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
            case DueKind.Approval:
                var approval = ApprovalIndex.Find(item.Id);
                return approval >= 0 && Approvals[approval].ExpiresAtMs == item.DueMs;
            case DueKind.Motion:
                var motion = MotionIndex.Find(item.Id);
                return motion >= 0 && Motions[motion].DueMs == item.DueMs;
            case DueKind.Override:
                var over = OverrideIndex.Find(item.Id);
                return over >= 0 && Overrides[over].Terms.ExpiresAtMs == item.DueMs;
            default:
                return false;
        }
    }
}
