using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
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
        var state = step.State;
        var count = 0;
        while (count < taken.Length
            && state.TryPeekDue(out var item, out var queue, out var wallMs) && wallMs <= state.Globals.TimeMs)
        {
            queue.Pop();
            taken[count++] = item;
        }

        for (var i = 0; i < count; i++)
        {
            Lookahead.FetchDue(state, taken.AsSpan(0, count), i);

            // Twice the same item: the first has moved the record on.
            if (state.IsLive(taken[i]))
            {
                Handle(taken[i]);
            }
        }
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
            case DueKind.BlobRent:
                BlobRules.Expire(step, item.Id);
                break;
            default:
                throw new InvalidOperationException($"Something of kind {item.Kind} is due, which is none.");
        }
    }
}
