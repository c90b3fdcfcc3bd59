using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Verification;

/// <summary>
/// k of n verification: the provider seals its result, validators are drawn, do the work themselves and commit to what
/// they found, the provider shows its result, the validators give their verdicts, and k equal ones decide. Nobody sees
/// another's output before being bound to an own one, so agreeing without working does not pay.
/// </summary>
internal static class VerificationRules
{
    private const uint Million = 1_000_000;

    /// <summary>How often a draw waits, twice as long each time.</summary>
    private const int MaxPostponed = 10;

    private static readonly TokenAmount BeyondSupply =
        Genesis.MaxSupply + TokenAmount.FromBaseUnits(UInt128.One);

    /// <summary>Whether what a client asks of validators can be had at all; the fee's sum is within the supply.
    /// </summary>
    public static bool IsSound(LedgerState state, PostWorkload command)
    {
        if (command.Validation is not { } terms)
        {
            return command.Mode == VerificationMode.None;
        }

        var window = (uint ms) => ms >= state.Parameters.MinWindowMs && ms <= state.Parameters.MaxWindowMs;
        return command.Mode == VerificationMode.KOfN
            && terms.Validators is >= 1 and <= Seats.Length
            && terms.Needed <= terms.Validators
            && terms.Needed * 2 > terms.Validators
            && terms.TolerancePpm <= Million
            && terms.Fee <= Genesis.MaxSupply
            && !terms.Fee.IsZero
            && command.JobBond >= FeesOf(command)
            && window(terms.CommitWindowMs)
            && window(terms.RevealWindowMs);
    }

    /// <summary>What goes into escrow for validators.</summary>
    public static TokenAmount FeesOf(PostWorkload command) => command.Validation is { } terms
        ? TokenAmount.Min(terms.Fee, BeyondSupply).MulDivDown(terms.Validators, 1)
        : TokenAmount.Zero;

    /// <summary>Time, ms, that verification may take after the work.</summary>
    public static long TimeOf(PostWorkload command) => command.Validation is { } terms
        ? terms.CommitWindowMs + (2L * terms.RevealWindowMs)
        : 0;

    /// <summary>The client asks for validators; stands behind the posting's own events.</summary>
    public static void Ask(in Call call, WorkloadId id, PostWorkload command)
    {
        if (command.Validation is not { } terms)
        {
            return;
        }

        call.Step.Move(
            (call.From, SubAccount.Available),
            (call.From, SubAccount.Escrow),
            FeesOf(command),
            MovePhase.Pending,
            MoveReason.ValidatorFee,
            id.Value);
        call.Step.Emit(new ValidationAsked(
            id,
            terms.Needed,
            terms.Validators,
            terms.TolerancePpm,
            terms.CommitWindowMs,
            terms.RevealWindowMs,
            terms.Fee));
    }

    /// <summary>The provider seals its result.</summary>
    public static Outcome Seal(in Call call, SealWork command)
    {
        var outcome = WorkloadRules.FindAwarded(call, command.Workload, out var slot);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        var state = call.State;
        ref readonly var workload = ref state.Workloads[slot];
        if (workload.Phase != WorkloadPhase.Running || workload.Mode != VerificationMode.KOfN)
        {
            return Outcome.WrongPhase;
        }

        call.Step.Emit(new WorkSealed(
            command.Workload,
            call.From,
            state.Globals.BeaconRound,
            state.MarketNowMs + state.Parameters.MinWindowMs,
            command.Seal));
        return Outcome.Applied;
    }

    /// <summary>The time of the draw has come.</summary>
    public static void OnDraw(Step step, int slot)
    {
        var state = step.State;
        ref readonly var workload = ref state.Workloads[slot];
        ref readonly var validation = ref state.Validations[workload.Validation - 1];
        var since = Math.Max(validation.SealedRound, state.Globals.BeaconBase);
        Span<(AccountNumber Validator, ServiceId Service)> drawn =
            stackalloc (AccountNumber Validator, ServiceId Service)[Seats.Length];
        var count = state.Globals.BeaconRound > since
            ? Draw.Pick(state, slot, Auction.BeaconAfter(state, since), drawn)
            : 0;
        if (count < validation.Asked)
        {
            if (validation.Postponed >= MaxPostponed)
            {
                Settlement.EndUnverified(step, slot);
                return;
            }

            var wait = Math.Min(
                (long)state.Parameters.MinWindowMs << validation.Postponed, state.Parameters.MaxWindowMs);
            step.Emit(new DrawPostponed(workload.Id, state.MarketNowMs + wait));
            return;
        }

        var (id, commitWindowMs) = (workload.Id, validation.CommitWindowMs);
        for (var i = 0; i < count; i++)
        {
            step.Emit(new ValidatorDrawn(id, drawn[i].Validator, drawn[i].Service));
        }

        step.Emit(new CommitmentsOpened(id, state.MarketNowMs + commitWindowMs));
    }

    /// <summary>A drawn validator commits; once all have, the provider need not wait.</summary>
    public static Outcome Commit(in Call call, CommitVerdict command)
    {
        var outcome = FindSeat(call, command.Workload, out var slot, out var seat);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        var state = call.State;
        if (!call.CanPay(state.Workloads[slot].BidBond))
        {
            return Outcome.InsufficientFunds;
        }

        if (state.Workloads[slot].Phase != WorkloadPhase.Committing)
        {
            return Outcome.WrongPhase;
        }

        var place = state.Workloads[slot].Validation - 1;
        if (state.Validations[place].Seats[seat].State != SeatState.Drawn)
        {
            return Outcome.VerdictGiven;
        }

        call.Step.Move(
            (call.From, SubAccount.Available),
            (call.From, SubAccount.Bond),
            state.Workloads[slot].BidBond,
            MovePhase.Pending,
            MoveReason.VerdictBond,
            command.Workload.Value);
        call.Step.Emit(new VerdictCommitted(command.Workload, call.From, command.Commitment));
        if (Panel.Count(state.Validations[place], SeatState.Drawn) == 0)
        {
            Close(call.Step, slot);
        }

        return Outcome.Applied;
    }

    /// <summary>The time to commit is over: where too few did, nothing can be decided any more, and the result stays
    /// the provider's own.</summary>
    public static void OnCommitmentsDue(Step step, int slot)
    {
        ref readonly var validation = ref step.State.Validations[step.State.Workloads[slot].Validation - 1];
        if (Panel.Count(validation, SeatState.Committed) < validation.Needed)
        {
            Settlement.EndUnverified(step, slot);
            return;
        }

        Close(step, slot);
    }

    /// <summary>The provider shows what it sealed.</summary>
    public static Outcome Reveal(in Call call, RevealWork command)
    {
        var outcome = WorkloadRules.FindAwarded(call, command.Workload, out var slot);
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

        ref readonly var workload = ref state.Workloads[slot];
        if (workload.Phase != WorkloadPhase.Revealing)
        {
            return Outcome.WrongPhase;
        }

        ref readonly var validation = ref state.Validations[workload.Validation - 1];
        var seal = Commitments.OfWork(
            command.Workload, call.Sender.Id, command.Result, command.QualityPpm, command.Salt);
        if (seal != validation.Seal)
        {
            return Outcome.CommitmentMismatch;
        }

        call.Step.Emit(new WorkSubmitted(
            command.Workload,
            call.From,
            command.QualityPpm,
            state.MarketNowMs + validation.RevealWindowMs,
            command.Result));
        if (command.QualityPpm < state.Workloads[slot].MinQualityPpm)
        {
            Settlement.EndByFault(call.Step, slot, WorkloadEnding.BelowQuality);
        }

        return Outcome.Applied;
    }

    /// <summary>A validator gives its verdict; the last one decides at once.</summary>
    public static Outcome Judge(in Call call, RevealVerdict command)
    {
        var outcome = FindSeat(call, command.Workload, out var slot, out var seat);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        var state = call.State;
        if (state.Workloads[slot].Phase != WorkloadPhase.Judging)
        {
            return Outcome.WrongPhase;
        }

        // Other bytes than the result's: anyone must be able to look.
        var isSame = command.Output == state.Workloads[slot].Result;
        if (!isSame && !state.BlobIsAvailable(command.Output))
        {
            return Outcome.BlobMissing;
        }

        var place = state.Workloads[slot].Validation - 1;
        ref readonly var validation = ref state.Validations[place];
        var commitment = Commitments.OfVerdict(command.Workload, call.Sender.Id, command.Output, command.Salt);
        if (commitment != validation.Seats[seat].Commitment)
        {
            return Outcome.CommitmentMismatch;
        }

        if (validation.Seats[seat].State != SeatState.Committed)
        {
            return Outcome.VerdictGiven;
        }

        // The same bytes agree; other bytes may, within the tolerance.
        if (isSame != command.Agrees && (isSame || validation.TolerancePpm == 0))
        {
            return Outcome.VerdictContradicted;
        }

        call.Step.Emit(new VerdictGiven(
            command.Workload, call.From, command.Agrees ? (byte)1 : (byte)0, command.Output));
        if (Panel.Count(state.Validations[place], SeatState.Committed) == 0)
        {
            Conclude(call.Step, slot);
        }

        return Outcome.Applied;
    }

    /// <summary>What the verdicts come to.</summary>
    public static void Conclude(Step step, int slot)
    {
        ref readonly var validation = ref step.State.Validations[step.State.Workloads[slot].Validation - 1];
        if (Panel.Count(validation, SeatState.Agreed) >= validation.Needed)
        {
            Settlement.Pay(step, slot, WorkloadEnding.Verified);
        }
        else if (Panel.Count(validation, SeatState.Disagreed) >= validation.Needed)
        {
            Settlement.EndByFault(step, slot, WorkloadEnding.Refuted);
        }
        else
        {
            Settlement.EndUnverified(step, slot);
        }
    }

    /// <summary>The node says whether an agent's host is heard of: only changes are journalled.</summary>
    public static Outcome Hear(Step step, Liveness input)
    {
        var slot = step.State.SlotOf(input.Agent);
        if (slot < 0 || step.State.Accounts[slot].Agent == 0)
        {
            return Outcome.InputRejected;
        }

        ref readonly var agent = ref step.State.Agents[step.State.Accounts[slot].Agent - 1];
        if (agent.Retired == 1 || agent.IsLive == input.IsLive)
        {
            return Outcome.InputRejected;
        }

        step.Emit(new LivenessChanged(new AccountNumber((uint)slot), input.IsLive ? (byte)1 : (byte)0));
        return Outcome.Applied;
    }

    private static void Close(Step step, int slot)
    {
        ref readonly var workload = ref step.State.Workloads[slot];
        var windowMs = step.State.Validations[workload.Validation - 1].RevealWindowMs;
        step.Emit(new CommitmentsClosed(workload.Id, step.State.MarketNowMs + windowMs));
    }

    private static Outcome FindSeat(in Call call, WorkloadId id, out int slot, out int seat)
    {
        seat = -1;
        slot = call.State.FindWorkload(id);
        if (slot < 0)
        {
            return Outcome.NoSuchWorkload;
        }

        var validation = call.State.Workloads[slot].Validation;
        seat = validation == 0 ? -1 : Panel.Find(call.State.Validations[validation - 1], call.From);
        return seat < 0 ? Outcome.NotAuthorised : Outcome.Applied;
    }
}
