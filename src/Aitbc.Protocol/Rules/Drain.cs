using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Rules;

/// <summary>
/// Handles what is due, in order of time, kind and id. Items are taken out some ahead of their turn, so that what they
/// need is fetched meanwhile.
/// </summary>
/// <remarks>Nothing that is taken is overtaken: a deadline that a deadline sets lies in the future, for no window is
/// empty. Not thread-safe: one owner.</remarks>
internal sealed class Drain(Step step)
{
    private readonly DueItem[] taken = new DueItem[Ledger.MaxDrained];

    /// <summary>Handles up to <see cref="Ledger.MaxDrained"/> items.</summary>
    public void Run()
    {
        var left = Ledger.MaxDrained;
        while (left > 0 && Take() is var count and > 0)
        {
            for (var i = 0; i < count; i++)
            {
                if (left == 0)
                {
                    step.State.PutBack(taken[i]);
                    continue;
                }

                Lookahead.FetchDue(step.State, taken.AsSpan(0, count), i);

                // What is stale counts for nothing: a state that was loaded holds none of it, and must do the same.
                if (step.State.IsLive(taken[i]))
                {
                    Handle(taken[i]);
                    left--;
                }
            }
        }
    }

    private int Take()
    {
        var count = 0;
        while (count < taken.Length && step.State.TryTakeDue(step.State.Globals.TimeMs, out taken[count]))
        {
            count++;
        }

        return count;
    }

    private void Handle(in DueItem item)
    {
        switch (item.Kind)
        {
            case DueKind.Workload:
                Settlement.OnDeadline(step, new(item.Id));
                break;
            case DueKind.Unbonding:
                StakingRules.Finish(step, item.Id);
                break;
            case DueKind.Approval:
                ApprovalRules.Expire(step, item.Id);
                break;
            case DueKind.Motion:
                MotionRules.OnDue(step, item.Id);
                break;
            case DueKind.Override:
                OverrideRules.Expire(step, item.Id);
                break;
            case DueKind.BlobRent:
                BlobRules.Expire(step, item.Id);
                break;
            default:
                throw new InvalidOperationException($"Something of kind {item.Kind} is due, which is none.");
        }
    }
}
