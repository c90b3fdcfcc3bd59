using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Marketplace;

/// <summary>A workload's way from posting to delivery, as commands drive it.</summary>
internal static class WorkloadRules
{
    private const uint Million = 1_000_000;

    /// <summary>Posts a workload; the maximum price goes into escrow.</summary>
    public static Outcome Post(in Call call, PostWorkload command)
    {
        var state = call.State;
        if (!IsSound(state.Parameters, command))
        {
            return Outcome.BadTerms;
        }

        // Who is awarded must find them, or the client could take its job bond.
        var needed = state.Globals.TimeMs
            + command.BidWindowMs + (long)command.OpenWindowMs + command.WorkWindowMs;
        if (!state.BlobIsAvailable(command.Input, needed) || !state.BlobIsAvailable(command.Spec, needed))
        {
            return Outcome.BlobMissing;
        }

        if (call.Sender.OpenWorkloads >= state.Parameters.MaxOpenPerAccount)
        {
            return Outcome.TooManyOpen;
        }

        if (!call.CanPay(command.MaxPrice))
        {
            return Outcome.InsufficientFunds;
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

    /// <summary>A sealed bid.</summary>
    public static Outcome Bid(in Call call, PlaceBid command, in Exposure exposure)
    {
        var state = call.State;
        var slot = state.FindWorkload(command.Workload);
        if (slot < 0)
        {
            return Outcome.NoSuchWorkload;
        }

        ref readonly var workload = ref state.Workloads[slot];

        // Who bids may be paid: what the client's constitution forbids to pay may not bid.
        if (!ConstitutionRules.MayPay(state, state.Accounts[workload.Client.Slot], call.From.Slot))
        {
            return Outcome.CounterpartyNotAllowed;
        }

        var outcome = CheckBidder(call, workload, command.Service);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        if (workload.Phase is not (WorkloadPhase.Open or WorkloadPhase.Bidding))
        {
            return Outcome.WrongPhase;
        }

        if (Auction.FindBid(state, slot, call.From) >= 0)
        {
            return Outcome.AlreadyBid;
        }

        if (workload.BidCount >= state.Parameters.MaxBidsPerWorkload
            || call.Sender.OpenBids >= state.Parameters.MaxOpenPerAccount)
        {
            return Outcome.TooManyOpen;
        }

        if (!call.CanPay(exposure.Value))
        {
            return Outcome.InsufficientFunds;
        }

        var id = workload.Id;
        var (bidBond, jobBond) = (workload.BidBond, workload.JobBond);
        Pledge(call, bidBond, MoveReason.BidBond, id);
        Pledge(call, jobBond, MoveReason.JobBond, id);
        call.Step.Emit(new BidPlaced(id, call.From, command.Service, call.Epoch, command.Commitment));
        return Outcome.Applied;
    }

    /// <summary>The bidder opens its bid itself.</summary>
    public static Outcome OpenBid(in Call call, OpenBid command)
    {
        var slot = call.State.FindWorkload(command.Workload);
        if (slot < 0)
        {
            return Outcome.NoSuchWorkload;
        }

        var opening = new BidOpening(call.Sender.Id, command.Price, command.ProposalHash, command.Salt);
        var outcome = CheckOpening(call.State, slot, opening, out var bidder);
        if (outcome == Outcome.Applied)
        {
            call.Step.Emit(new BidOpened(command.Workload, bidder, command.ProposalHash, command.Price));
        }

        return outcome;
    }

    /// <summary>The node journals the openings it was given: all of them are right, or none is taken.</summary>
    public static Outcome OpenBids(Step step, BidOpenings input)
    {
        var slot = step.State.FindWorkload(input.Workload);
        if (slot < 0 || input.Openings.Count > step.State.Parameters.MaxBidsPerWorkload)
        {
            return Outcome.InputRejected;
        }

        var salt = input.ClientSalt;
        if (salt is { } revealed && (step.State.Workloads[slot].SaltRevealed == 1
            || Digest.Sha256(revealed.AsSpan()) != step.State.Workloads[slot].SaltHash))
        {
            return Outcome.InputRejected;
        }

        for (var i = 0; i < input.Openings.Count; i++)
        {
            var repeated = false;
            for (var j = 0; j < i; j++)
            {
                repeated |= input.Openings[i].Bidder == input.Openings[j].Bidder;
            }

            if (repeated || CheckOpening(step.State, slot, input.Openings[i], out _) != Outcome.Applied)
            {
                return Outcome.InputRejected;
            }
        }

        if (step.State.Workloads[slot].Phase != WorkloadPhase.Opening)
        {
            return Outcome.InputRejected;
        }

        if (salt is { } value)
        {
            step.Emit(new SaltRevealed(input.Workload, value));
        }

        foreach (var opening in input.Openings)
        {
            var bidder = new AccountNumber((uint)step.State.SlotOf(opening.Bidder));
            step.Emit(new BidOpened(input.Workload, bidder, opening.ProposalHash, opening.Price));
        }

        return Outcome.Applied;
    }

    /// <summary>The awarded provider starts.</summary>
    public static Outcome Start(in Call call, StartWork command)
    {
        var outcome = FindAwarded(call, command.Workload, WorkloadPhase.Awarded, out _);
        if (outcome == Outcome.Applied)
        {
            call.Step.Emit(new WorkStarted(command.Workload, call.From));
        }

        return outcome;
    }

    /// <summary>The awarded provider delivers.</summary>
    public static Outcome Submit(in Call call, SubmitWork command)
    {
        var outcome = FindAwarded(call, command.Workload, WorkloadPhase.Running, out var slot);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        var state = call.State;
        if (command.QualityPpm > Million)
        {
            return Outcome.BadTerms;
        }

        if (!state.BlobIsAvailable(command.Result))
        {
            return Outcome.BlobMissing;
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

    private static bool IsSound(Parameters parameters, PostWorkload command)
    {
        var window = (uint ms) => ms >= parameters.MinWindowMs && ms <= parameters.MaxWindowMs;
        return !command.MaxPrice.IsZero
            && command.MaxPrice <= Genesis.MaxSupply
            && command.JobBond <= Genesis.MaxSupply
            && command.JobBond >= command.MaxPrice.ShareUp(parameters.MinJobBondShare)
            && command.Units > 0
            && command.MinQualityPpm <= Million
            && command.Mode == VerificationMode.None
            && !command.Capability.IsEmpty
            && window(command.BidWindowMs)
            && window(command.OpenWindowMs)
            && window(command.WorkWindowMs)
            && window(command.AcceptWindowMs);
    }

    private static Outcome CheckBidder(in Call call, in WorkloadRecord workload, ServiceId serviceId)
    {
        var state = call.State;
        ref readonly var sender = ref call.Sender;
        if (sender.Agent == 0)
        {
            return Outcome.NotAuthorised;
        }

        if (sender.Stake < state.Parameters.MinimumStake)
        {
            return Outcome.InsufficientStake;
        }

        var service = state.FindService(serviceId);
        if (service < 0 || state.Services[service].Provider != call.From
            || state.Services[service].Epoch < state.FenceOf(sender, market: true))
        {
            return Outcome.NoSuchService;
        }

        if (state.Services[service].Capability != workload.Capability)
        {
            return Outcome.CapabilityMismatch;
        }

        return OwnerOf(state, workload.Client) == OwnerOf(state, call.From) ? Outcome.OwnWorkload : Outcome.Applied;
    }

    private static AccountNumber OwnerOf(LedgerState state, AccountNumber account)
    {
        var agent = state.Accounts[account.Slot].Agent;
        return agent == 0 ? account : state.Agents[agent - 1].Owner;
    }

    private static void Pledge(in Call call, TokenAmount amount, MoveReason reason, WorkloadId id) =>
        call.Step.Move(
            (call.From, SubAccount.Available),
            (call.From, SubAccount.Bond),
            amount,
            MovePhase.Pending,
            reason,
            id.Value);

    private static Outcome CheckOpening(
        LedgerState state, int slot, BidOpening opening, out AccountNumber bidder)
    {
        bidder = default;
        ref readonly var workload = ref state.Workloads[slot];
        var account = state.SlotOf(opening.Bidder);
        if (account < 0)
        {
            return Outcome.NoSuchBid;
        }

        bidder = new AccountNumber((uint)account);
        var at = Auction.FindBid(state, slot, bidder);
        if (at < 0)
        {
            return Outcome.NoSuchBid;
        }

        if (workload.Phase != WorkloadPhase.Opening)
        {
            return Outcome.WrongPhase;
        }

        ref readonly var bid = ref state.Bids[at];
        if (bid.Opened == 1)
        {
            return Outcome.AlreadyOpened;
        }

        if (opening.Price.IsZero || opening.Price > workload.MaxPrice)
        {
            return Outcome.PriceOutOfRange;
        }

        var commitment = BidCommitment.Of(
            workload.Id, opening.Bidder, opening.Price, opening.ProposalHash, opening.Salt);
        return commitment == bid.Commitment ? Outcome.Applied : Outcome.CommitmentMismatch;
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

    private static Outcome FindAwarded(in Call call, WorkloadId id, WorkloadPhase phase, out int slot)
    {
        slot = call.State.FindWorkload(id);
        if (slot < 0)
        {
            return Outcome.NoSuchWorkload;
        }

        ref readonly var workload = ref call.State.Workloads[slot];
        var awarded = workload.Phase >= WorkloadPhase.Awarded
            && call.State.Bids[workload.WinningBid].Bidder == call.From;
        if (!awarded)
        {
            return Outcome.NotAuthorised;
        }

        return workload.Phase == phase ? Outcome.Applied : Outcome.WrongPhase;
    }
}
