using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Marketplace;

/// <summary>
/// What deadlines do, and how a workload ends: who is at fault pays, what was reserved and not spent goes back, into
/// the bucket it came from.
/// </summary>
/// <remarks>The next phase's time runs from the entry that begins it, not from the deadline that ended the last: where
/// the node ticks late, nobody is at fault for a phase that nobody could use.</remarks>
internal static class Settlement
{
    /// <summary>How often an award waits for the beacon, twice as long each time. A node whose beacon is silent longer
    /// gives everybody their own back.</summary>
    private const int MaxPostponed = 10;

    /// <summary>A workload's present deadline has passed.</summary>
    public static void OnDeadline(Step step, WorkloadId id)
    {
        var slot = step.State.FindWorkload(id);
        ref readonly var workload = ref step.State.Workloads[slot];
        switch (workload.Phase)
        {
            case WorkloadPhase.Open:
                EndWithoutAward(step, slot, WorkloadEnding.NoBids);
                break;
            case WorkloadPhase.Bidding:
                step.Emit(new BiddingClosed(
                    id, step.State.MarketNowMs + workload.OpenWindowMs, step.State.Globals.BeaconRound));
                break;
            case WorkloadPhase.Opening:
                Award(step, slot);
                break;
            case WorkloadPhase.Awarded or WorkloadPhase.Running:
                EndByFault(step, slot, WorkloadEnding.ProviderMissing);
                break;
            case WorkloadPhase.Submitted:
                Pay(step, slot, WorkloadEnding.ClientSilent);
                break;
            case WorkloadPhase.Sealed:
                VerificationRules.OnDraw(step, slot);
                break;
            case WorkloadPhase.Committing:
                VerificationRules.OnCommitmentsDue(step, slot);
                break;
            case WorkloadPhase.Revealing:
                EndByFault(step, slot, WorkloadEnding.ProviderMissing);
                break;
            case WorkloadPhase.Judging:
                VerificationRules.Conclude(step, slot);
                break;
            default:
                throw new InvalidOperationException($"A workload stands in phase {workload.Phase}, which is none.");
        }
    }

    /// <summary>Pays delivered work.</summary>
    public static void Pay(Step step, int slot, WorkloadEnding ending)
    {
        var verdicts = Payout.Settle(step, slot, ending);
        ref readonly var workload = ref step.State.Workloads[slot];
        var bid = step.State.Bids[workload.WinningBid];
        var phase = ending == WorkloadEnding.ClientSilent ? MovePhase.TimedOut : MovePhase.Posted;
        var id = workload.Id.Value;
        step.Move(
            (workload.Client, SubAccount.Escrow),
            (bid.Bidder, SubAccount.Available),
            workload.Price,
            phase,
            MoveReason.Payment,
            id);
        var rest = workload.MaxPrice - workload.Price;
        step.Move(
            (workload.Client, SubAccount.Escrow),
            (workload.Client, SubAccount.Available),
            rest,
            MovePhase.Voided,
            MoveReason.Refund,
            id);
        ReturnBond(step, bid, workload.JobBond, MoveReason.JobBond, id);
        Release(step, workload.Client, CommandKind.PostWorkload, workload.ReservedBucket, rest);
        step.Emit(Ended(step.State, workload, bid, ending, workload.Price, TokenAmount.Zero, verdicts));
    }

    /// <summary>The provider is at fault: the client has its escrow back and the job bond on top.</summary>
    public static void EndByFault(Step step, int slot, WorkloadEnding ending)
    {
        var verdicts = Payout.Settle(step, slot, ending);
        ref readonly var workload = ref step.State.Workloads[slot];
        var bid = step.State.Bids[workload.WinningBid];
        Refund(step, workload, MovePhase.TimedOut);
        step.Move(
            (bid.Bidder, SubAccount.Bond),
            (workload.Client, SubAccount.Available),
            workload.JobBond,
            MovePhase.Posted,
            MoveReason.Forfeit,
            workload.Id.Value);
        step.Emit(Ended(step.State, workload, bid, ending, TokenAmount.Zero, workload.JobBond, verdicts));
    }

    /// <summary>Validators decided nothing: neither is at fault, each has its own back.</summary>
    public static void EndUnverified(Step step, int slot)
    {
        var verdicts = Payout.Settle(step, slot, WorkloadEnding.Unverified);
        ref readonly var workload = ref step.State.Workloads[slot];
        var bid = step.State.Bids[workload.WinningBid];
        Refund(step, workload, MovePhase.Voided);
        ReturnBond(step, bid, workload.JobBond, MoveReason.JobBond, workload.Id.Value);
        step.Emit(Ended(
            step.State,
            workload,
            bid,
            WorkloadEnding.Unverified,
            TokenAmount.Zero,
            TokenAmount.Zero,
            verdicts));
    }

    /// <summary>Nobody was awarded: everybody has their own back, but for bids that should have been opened.</summary>
    public static void EndWithoutAward(Step step, int slot, WorkloadEnding ending)
    {
        ReleaseBids(step, slot, winner: -1, mustBeOpened: ending == WorkloadEnding.NoEligibleBid);
        var verdicts = Payout.Settle(step, slot, ending);
        ref readonly var workload = ref step.State.Workloads[slot];
        Refund(step, workload, MovePhase.Voided);
        step.Emit(Ended(step.State, workload, default, ending, TokenAmount.Zero, TokenAmount.Zero, verdicts));
    }

    private static void Award(Step step, int slot)
    {
        var state = step.State;
        ref readonly var workload = ref state.Workloads[slot];
        if (workload.Epoch < state.FenceOf(state.Accounts[workload.Client.Slot], market: true))
        {
            EndWithoutAward(step, slot, WorkloadEnding.ClientStopped);
            return;
        }

        var result = Auction.Decide(state, workload);
        if (result.NeedsBeacon && workload.Postponed < MaxPostponed)
        {
            var wait = Math.Min((long)workload.OpenWindowMs << workload.Postponed, state.Parameters.MaxWindowMs);
            step.Emit(new AwardPostponed(workload.Id, state.MarketNowMs + wait));
            return;
        }

        if (result.NeedsBeacon || result.Bid < 0)
        {
            EndWithoutAward(step, slot, WorkloadEnding.NoEligibleBid);
            return;
        }

        ReleaseBids(step, slot, result.Bid, mustBeOpened: true);
        var bid = state.Bids[result.Bid];
        ReturnBond(step, bid, workload.BidBond, MoveReason.BidBond, workload.Id.Value);
        var deadline = state.MarketNowMs + workload.WorkWindowMs;
        step.Emit(new WorkloadAwarded(workload.Id, bid.Bidder, bid.ServiceId, deadline, bid.Price, result.Price));
    }

    /// <summary>Ends all bids but the winner's. A bid that was to be opened and was not, or whose service was taken off
    /// the market since, loses its bid bond, unless a stop kept its owner from opening it: to see the others' prices
    /// and then step aside must not be free, for it moves the price.</summary>
    private static void ReleaseBids(Step step, int slot, int winner, bool mustBeOpened)
    {
        var state = step.State;
        ref readonly var workload = ref state.Workloads[slot];
        for (var at = workload.FirstBid; at != 0;)
        {
            var bid = state.Bids[at - 1];
            if (at - 1 != winner)
            {
                var withdrawn = bid.Opened == 0 || state.FindService(bid.ServiceId) < 0;
                var forfeits = mustBeOpened && withdrawn && !Auction.IsDead(state, bid);
                var id = workload.Id.Value;
                if (forfeits)
                {
                    step.Move(
                        (bid.Bidder, SubAccount.Bond),
                        (AccountNumber.Treasury, SubAccount.Available),
                        workload.BidBond,
                        MovePhase.Posted,
                        MoveReason.Forfeit,
                        id);
                }
                else
                {
                    ReturnBond(step, bid, workload.BidBond, MoveReason.BidBond, id);
                }

                ReturnBond(step, bid, workload.JobBond, MoveReason.JobBond, id);
                step.Emit(new BidReleased(workload.Id, bid.Bidder, forfeits ? (byte)1 : (byte)0));
            }

            at = bid.NextBid;
        }
    }

    private static void ReturnBond(Step step, in BidRecord bid, TokenAmount amount, MoveReason reason, ulong id)
    {
        step.Move(
            (bid.Bidder, SubAccount.Bond), (bid.Bidder, SubAccount.Available), amount, MovePhase.Voided, reason, id);
        Release(step, bid.Bidder, CommandKind.PlaceBid, bid.ReservedBucket, amount);
    }

    private static void Refund(Step step, in WorkloadRecord workload, MovePhase phase)
    {
        step.Move(
            (workload.Client, SubAccount.Escrow),
            (workload.Client, SubAccount.Available),
            workload.MaxPrice,
            phase,
            MoveReason.Refund,
            workload.Id.Value);
        Release(step, workload.Client, CommandKind.PostWorkload, workload.ReservedBucket, workload.MaxPrice);
    }

    /// <summary>Gives an agent's limits back what came back to it.</summary>
    public static void Release(Step step, AccountNumber account, CommandKind action, int bucket, TokenAmount amount)
    {
        if (!amount.IsZero && step.State.Accounts[account.Slot].Agent != 0)
        {
            step.Emit(new LimitReleased(account, action, bucket, amount));
        }
    }

    private static WorkloadEnded Ended(
        LedgerState state,
        in WorkloadRecord workload,
        in BidRecord bid,
        WorkloadEnding ending,
        TokenAmount paid,
        TokenAmount forfeited,
        in Verdicts verdicts) => new(
            workload.Id,
            workload.Client,
            bid.Bidder,
            ending,
            bid.ServiceId,
            workload.Units,
            workload.MinQualityPpm,
            workload.QualityPpm,
            workload.PostedAtMs,
            workload.AwardedAtMs,
            workload.SubmittedAtMs,
            workload.SubmittedSeq,
            workload.Capability,
            workload.Input,
            workload.Spec,
            workload.Result,
            state.Accounts[workload.Client.Slot].Id,
            state.Accounts[bid.Bidder.Slot].Id,
            workload.MaxPrice,
            paid,
            forfeited,
            workload.Mode,
            workload.Validation == 0 ? (byte)0 : state.Validations[workload.Validation - 1].Needed,
            verdicts.Agreed,
            verdicts.Disagreed,
            verdicts.Fees);
}
