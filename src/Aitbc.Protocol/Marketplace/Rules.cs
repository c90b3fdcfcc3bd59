using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Marketplace;

/// <summary>A workload's way from posting to delivery, as commands drive it.</summary>
internal static class WorkloadRules
{
    private const uint Million = 1_000_000;

    /// <summary>Posts a workload; the maximum price goes into escrow.</summary>
    public static Outcome Post(in Call call, PostWorkload command, in Exposure exposure)
    {
        var state = call.State;
        if (!call.CanPay(exposure.Value))
        {
            return Outcome.InsufficientFunds;
        }

        if (call.Sender.OpenWorkloads >= state.Parameters.MaxOpenPerAccount)
        {
            return Outcome.TooManyOpen;
        }

        // Who is awarded must find them, or the client could take its job bond.
        var needed = state.Globals.TimeMs
            + command.BidWindowMs + (long)command.OpenWindowMs + command.WorkWindowMs
            + VerificationRules.TimeOf(command);
        if (!state.BlobIsAvailable(command.Input, needed) || !state.BlobIsAvailable(command.Spec, needed))
        {
            return Outcome.BlobMissing;
        }

        if (!IsSound(state, command))
        {
            return Outcome.BadTerms;
        }

        if (command.Validation is { } asked && !Draw.HasEnough(state, call.From, asked.Validators))
        {
            return Outcome.TooFewValidators;
        }

        var id = new WorkloadId(state.Globals.LastWorkload + 1);
        call.Step.Move(
            (call.From, SubAccount.Available),
            (call.From, SubAccount.Escrow),
            command.MaxPrice,
            MovePhase.Pending,
            MoveReason.Escrow,
            id.Value);
        call.Step.Emit(new WorkloadPosted(
            id,
            call.From,
            command.Mode,
            command.Units,
            command.MinQualityPpm,
            command.BidWindowMs,
            command.OpenWindowMs,
            command.WorkWindowMs,
            command.AcceptWindowMs,
            state.MarketNowMs + command.BidWindowMs,
            call.Epoch,
            command.Capability,
            command.Input,
            command.Spec,
            command.SaltHash,
            command.MaxPrice,
            command.JobBond,
            state.Parameters.BidBond));
        VerificationRules.Ask(call, id, command);
        return Outcome.Applied;
    }

    /// <summary>The client takes its workload back.</summary>
    public static Outcome Cancel(in Call call, CancelWorkload command)
    {
        var outcome = FindOwn(call, command.Workload, out var slot);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        if (call.State.Workloads[slot].Phase is not (WorkloadPhase.Open or WorkloadPhase.Bidding))
        {
            return Outcome.WrongPhase;
        }

        Settlement.EndWithoutAward(call.Step, slot, WorkloadEnding.Cancelled);
        return Outcome.Applied;
    }

    /// <summary>The awarded provider starts.</summary>
    public static Outcome Start(in Call call, StartWork command)
    {
        var outcome = FindAwarded(call, command.Workload, out var slot);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        if (call.State.Workloads[slot].Phase != WorkloadPhase.Awarded)
        {
            return Outcome.WrongPhase;
        }

        call.Step.Emit(new WorkStarted(command.Workload, call.From));
        return Outcome.Applied;
    }

    /// <summary>The awarded provider delivers.</summary>
    public static Outcome Submit(in Call call, SubmitWork command)
    {
        var outcome = FindAwarded(call, command.Workload, out var slot);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        var state = call.State;
        if (!state.BlobIsAvailable(command.Result))
        {
            return Outcome.BlobMissing;
        }

        if (command.QualityPpm > Million)
        {
            return Outcome.BadTerms;
        }

        if (state.Workloads[slot].Phase != WorkloadPhase.Running
            || state.Workloads[slot].Mode != VerificationMode.None)
        {
            return Outcome.WrongPhase;
        }

        var deadline = state.MarketNowMs + state.Workloads[slot].AcceptWindowMs;
        call.Step.Emit(
            new WorkSubmitted(command.Workload, call.From, command.QualityPpm, deadline, command.Result));
        if (command.QualityPpm < state.Workloads[slot].MinQualityPpm)
        {
            Settlement.EndByFault(call.Step, slot, WorkloadEnding.BelowQuality);
        }

        return Outcome.Applied;
    }

    /// <summary>The client accepts; the provider is paid at once.</summary>
    public static Outcome Accept(in Call call, AcceptWork command)
    {
        var outcome = FindOwn(call, command.Workload, out var slot);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        if (call.State.Workloads[slot].Phase != WorkloadPhase.Submitted)
        {
            return Outcome.WrongPhase;
        }

        Settlement.Pay(call.Step, slot, WorkloadEnding.Accepted);
        return Outcome.Applied;
    }

    private static bool IsSound(LedgerState state, PostWorkload command)
    {
        var parameters = state.Parameters;
        var window = (uint ms) => ms >= parameters.MinWindowMs && ms <= parameters.MaxWindowMs;

        // Whoever can pay the maximum price keeps it within the supply; the bond is the bidder's, so it is looked at.
        return !command.MaxPrice.IsZero
            && command.JobBond <= Genesis.MaxSupply
            && command.JobBond >= command.MaxPrice.ShareUp(parameters.MinJobBondShare)
            && command.Units > 0
            && command.MinQualityPpm <= Million
            && VerificationRules.IsSound(state, command)
            && !command.Capability.IsEmpty
            && window(command.BidWindowMs)
            && window(command.OpenWindowMs)
            && window(command.WorkWindowMs)
            && window(command.AcceptWindowMs);
    }

    private static Outcome FindOwn(in Call call, WorkloadId id, out int slot)
    {
        slot = call.State.FindWorkload(id);
        if (slot < 0)
        {
            return Outcome.NoSuchWorkload;
        }

        return call.State.Workloads[slot].Client == call.From ? Outcome.Applied : Outcome.NotAuthorised;
    }

    /// <summary>A workload that the sender was awarded.</summary>
    public static Outcome FindAwarded(in Call call, WorkloadId id, out int slot)
    {
        slot = call.State.FindWorkload(id);
        if (slot < 0)
        {
            return Outcome.NoSuchWorkload;
        }

        ref readonly var workload = ref call.State.Workloads[slot];
        return workload.Phase >= WorkloadPhase.Awarded
            && call.State.Bids[workload.WinningBid].Bidder == call.From
            ? Outcome.Applied
            : Outcome.NotAuthorised;
    }
}
