using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Marketplace;

/// <summary>Sealed bids: placed, and opened by the bidder or by the node.</summary>
internal static class BidRules
{
    /// <summary>A sealed bid.</summary>
    public static Outcome Bid(in Call call, PlaceBid command, in Exposure exposure)
    {
        var state = call.State;
        var slot = state.FindWorkload(command.Workload);
        var outcome = CheckBidder(call, slot, exposure);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        var service = state.FindService(command.Service);
        if (service < 0 || state.Services[service].Provider != call.From
            || state.Services[service].Epoch < state.FenceOf(call.Sender, market: true))
        {
            return Outcome.NoSuchService;
        }

        if (slot < 0)
        {
            return Outcome.NoSuchWorkload;
        }

        ref readonly var workload = ref state.Workloads[slot];
        if (workload.Phase is not (WorkloadPhase.Open or WorkloadPhase.Bidding))
        {
            return Outcome.WrongPhase;
        }

        if (Auction.FindBid(state, slot, call.From) >= 0)
        {
            return Outcome.AlreadyBid;
        }

        if (state.Services[service].Capability != workload.Capability)
        {
            return Outcome.CapabilityMismatch;
        }

        if (state.OwnerOf(workload.Client) == state.OwnerOf(call.From))
        {
            return Outcome.OwnWorkload;
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

    /// <summary>Whether the sender may and can take on a bid; -1 stands for no workload.</summary>
    private static Outcome CheckBidder(in Call call, int workload, in Exposure exposure)
    {
        var state = call.State;
        ref readonly var sender = ref call.Sender;

        // Who bids may be paid: what the client's constitution forbids to pay may not bid.
        if (workload >= 0
            && !ConstitutionRules.MayPay(
                state,
                state.Accounts[state.Workloads[workload].Client.Slot],
                CommandKind.PostWorkload,
                call.From.Slot))
        {
            return Outcome.CounterpartyNotAllowed;
        }

        if (sender.Agent == 0)
        {
            return Outcome.NotAuthorised;
        }

        if (!call.CanPay(exposure.Value))
        {
            return Outcome.InsufficientFunds;
        }

        if (sender.Stake < state.Parameters.MinimumStake)
        {
            return Outcome.InsufficientStake;
        }

        return sender.OpenBids >= state.Parameters.MaxOpenPerAccount
            || (workload >= 0 && state.Workloads[workload].BidCount >= state.Parameters.MaxBidsPerWorkload)
            ? Outcome.TooManyOpen
            : Outcome.Applied;
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
        if (workload.Phase != WorkloadPhase.Opening)
        {
            return Outcome.WrongPhase;
        }

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

        ref readonly var bid = ref state.Bids[at];
        var commitment = BidCommitment.Of(
            workload.Id, opening.Bidder, opening.Price, opening.ProposalHash, opening.Salt);
        if (commitment != bid.Commitment)
        {
            return Outcome.CommitmentMismatch;
        }

        if (bid.Opened == 1)
        {
            return Outcome.AlreadyOpened;
        }

        return opening.Price.IsZero || opening.Price > workload.MaxPrice ? Outcome.PriceOutOfRange : Outcome.Applied;
    }
}
