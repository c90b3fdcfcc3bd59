using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Marketplace;

/// <summary>A workload was posted; the escrow's movement stands beside it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Client">Who pays.</param>
/// <param name="Mode">How the result is checked.</param>
/// <param name="Units">Units of work.</param>
/// <param name="MinQualityPpm">Least quality.</param>
/// <param name="BidWindowMs">Time for bids.</param>
/// <param name="OpenWindowMs">Time for openings.</param>
/// <param name="WorkWindowMs">Time for the work.</param>
/// <param name="AcceptWindowMs">Time to accept.</param>
/// <param name="DeadlineMs">End of bidding, market time.</param>
/// <param name="Epoch">Stop epoch of the payload.</param>
/// <param name="Capability">What is needed.</param>
/// <param name="Input">Input blob.</param>
/// <param name="Spec">Specification blob.</param>
/// <param name="SaltHash">Commitment to the client's salt.</param>
/// <param name="MaxPrice">Most the client pays.</param>
/// <param name="JobBond">What a provider pledges.</param>
/// <param name="BidBond">What a bidder pledges to open.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct WorkloadPosted(
    WorkloadId Id,
    AccountNumber Client,
    VerificationMode Mode,
    uint Units,
    uint MinQualityPpm,
    uint BidWindowMs,
    uint OpenWindowMs,
    uint WorkWindowMs,
    uint AcceptWindowMs,
    long DeadlineMs,
    ulong Epoch,
    Label Capability,
    Digest Input,
    Digest Spec,
    Digest SaltHash,
    TokenAmount MaxPrice,
    TokenAmount JobBond,
    TokenAmount BidBond) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.WorkloadPosted;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var globals = ref state.GlobalTable.Write(0);
        globals.LastWorkload = Id.Value;
        ref var workload = ref state.Workloads.Add(out var slot);
        workload.Id = Id;
        workload.Client = Client;
        workload.Mode = Mode;
        workload.Units = Units;
        workload.MinQualityPpm = MinQualityPpm;
        workload.BidWindowMs = BidWindowMs;
        workload.OpenWindowMs = OpenWindowMs;
        workload.WorkWindowMs = WorkWindowMs;
        workload.AcceptWindowMs = AcceptWindowMs;
        workload.DeadlineMs = DeadlineMs;
        workload.Epoch = Epoch;
        workload.Capability = Capability;
        workload.Input = Input;
        workload.Spec = Spec;
        workload.SaltHash = SaltHash;
        workload.MaxPrice = MaxPrice;
        workload.JobBond = JobBond;
        workload.BidBond = BidBond;
        workload.Phase = WorkloadPhase.Open;
        workload.PostedAtMs = globals.TimeMs;
        workload.ReservedBucket = Constitution.RollingLimits.BucketOf(globals.TimeMs);
        state.Accounts.Write(Client.Slot).OpenWorkloads++;
        state.WorkloadIndex.Add(Id.Value, slot);
        state.MarketDue.Push(DeadlineMs, DueKind.Workload, Id.Value);
        BlobReaders.Offer(state, Spec, Client, Capability);
    }
}

/// <summary>A sealed bid was placed; the bonds' movement stands beside it.</summary>
/// <param name="Workload">On what.</param>
/// <param name="Bidder">Who.</param>
/// <param name="Service">With which service.</param>
/// <param name="Epoch">Stop epoch of the payload.</param>
/// <param name="Commitment">The commitment.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct BidPlaced(
    WorkloadId Workload,
    AccountNumber Bidder,
    ServiceId Service,
    ulong Epoch,
    Digest Commitment) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.BidPlaced;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var workload = ref state.Workloads.Write(state.FindWorkload(Workload));
        ref var bid = ref state.Bids.Add(out var slot);
        bid.NextBid = workload.FirstBid;
        bid.Bidder = Bidder;
        bid.ServiceId = Service;
        bid.Epoch = Epoch;
        bid.Commitment = Commitment;
        bid.ReservedBucket = Constitution.RollingLimits.BucketOf(state.Globals.TimeMs);
        workload.FirstBid = slot + 1;
        workload.BidCount++;
        workload.Phase = WorkloadPhase.Bidding;
        state.Accounts.Write(Bidder.Slot).OpenBids++;
    }
}

/// <summary>Bidding closed; bids may be opened.</summary>
/// <param name="Workload">Which.</param>
/// <param name="DeadlineMs">End of openings, market time.</param>
/// <param name="Round">Beacon round at the close.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct BiddingClosed(WorkloadId Workload, long DeadlineMs, uint Round) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.BiddingClosed;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var workload = ref state.Workloads.Write(state.FindWorkload(Workload));
        workload.Phase = WorkloadPhase.Opening;
        workload.DeadlineMs = DeadlineMs;
        workload.ClosedRound = Round;
        state.MarketDue.Push(DeadlineMs, DueKind.Workload, Workload.Value);
    }
}

/// <summary>The client's salt was revealed.</summary>
/// <param name="Workload">Of which workload.</param>
/// <param name="Salt">The salt.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct SaltRevealed(WorkloadId Workload, Digest Salt) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.SaltRevealed;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var workload = ref state.Workloads.Write(state.FindWorkload(Workload));
        workload.Salt = Salt;
        workload.SaltRevealed = 1;
    }
}

/// <summary>A bid was opened.</summary>
/// <param name="Workload">On what.</param>
/// <param name="Bidder">Whose.</param>
/// <param name="ProposalHash">Digest of the proposal.</param>
/// <param name="Price">Price asked.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct BidOpened(
    WorkloadId Workload,
    AccountNumber Bidder,
    Digest ProposalHash,
    TokenAmount Price) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.BidOpened;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var bid = ref state.Bids.Write(Auction.FindBid(state, state.FindWorkload(Workload), Bidder));
        bid.ProposalHash = ProposalHash;
        bid.Price = Price;
        bid.Opened = 1;
    }
}

/// <summary>A bid left the state without winning; what became of its bonds stands beside it.</summary>
/// <param name="Workload">On what.</param>
/// <param name="Bidder">Whose.</param>
/// <param name="Forfeited">1 where it was not opened and lost its bid bond.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct BidReleased(WorkloadId Workload, AccountNumber Bidder, byte Forfeited) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.BidReleased;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var workload = ref state.Workloads.Write(state.FindWorkload(Workload));
        var previous = 0;
        var at = workload.FirstBid;
        while (state.Bids[at - 1].Bidder != Bidder)
        {
            previous = at;
            at = state.Bids[at - 1].NextBid;
        }

        var next = state.Bids[at - 1].NextBid;
        if (previous == 0)
        {
            workload.FirstBid = next;
        }
        else
        {
            state.Bids.Write(previous - 1).NextBid = next;
        }

        workload.BidCount--;
        state.Bids.Free(at - 1);
        state.Accounts.Write(Bidder.Slot).OpenBids--;
    }
}

/// <summary>The award waits: no beacon value has been revealed since the close.</summary>
/// <param name="Workload">Which.</param>
/// <param name="DeadlineMs">Next try, market time.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct AwardPostponed(WorkloadId Workload, long DeadlineMs) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.AwardPostponed;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var workload = ref state.Workloads.Write(state.FindWorkload(Workload));
        workload.DeadlineMs = DeadlineMs;
        workload.Postponed++;
        state.MarketDue.Push(DeadlineMs, DueKind.Workload, Workload.Value);
    }
}

/// <summary>A workload was awarded at the price that equals the second score.</summary>
/// <param name="Workload">Which.</param>
/// <param name="Provider">To whom.</param>
/// <param name="Service">For which service.</param>
/// <param name="DeadlineMs">End of the work, market time.</param>
/// <param name="BidPrice">What the winner asked.</param>
/// <param name="Price">What it is paid.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct WorkloadAwarded(
    WorkloadId Workload,
    AccountNumber Provider,
    ServiceId Service,
    long DeadlineMs,
    TokenAmount BidPrice,
    TokenAmount Price) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.WorkloadAwarded;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        var slot = state.FindWorkload(Workload);
        ref var workload = ref state.Workloads.Write(slot);
        workload.Phase = WorkloadPhase.Awarded;
        workload.Price = Price;
        workload.DeadlineMs = DeadlineMs;
        workload.AwardedAtMs = state.Globals.TimeMs;
        workload.WinningBid = Auction.FindBid(state, slot, Provider);
        if (workload.Validation != 0)
        {
            state.Validations.Write(workload.Validation - 1).LastService = state.Globals.LastService;
        }

        ref var service = ref state.Services.Write(state.FindService(Service));
        service.CurrentLoad++;

        // What was promised counts as it stood at the award, whatever the provider changes later.
        workload.MinQualityPpm = Math.Max(workload.MinQualityPpm, service.MinAccuracyPpm);
        BlobReaders.Give(state, workload.Input, workload.Client, Provider);
        BlobReaders.Give(state, workload.Spec, workload.Client, Provider);
        state.MarketDue.Push(DeadlineMs, DueKind.Workload, Workload.Value);
    }
}

/// <summary>The provider started.</summary>
/// <param name="Workload">Which.</param>
/// <param name="Provider">Who.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct WorkStarted(WorkloadId Workload, AccountNumber Provider) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.WorkStarted;

    void ILedgerEvent.ApplyTo(LedgerState state) =>
        state.Workloads.Write(state.FindWorkload(Workload)).Phase = WorkloadPhase.Running;
}

/// <summary>The provider delivered.</summary>
/// <param name="Workload">Which.</param>
/// <param name="Provider">Who.</param>
/// <param name="QualityPpm">Quality it declares.</param>
/// <param name="DeadlineMs">End of acceptance, market time.</param>
/// <param name="Result">Digest of the result blob.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct WorkSubmitted(
    WorkloadId Workload,
    AccountNumber Provider,
    uint QualityPpm,
    long DeadlineMs,
    Digest Result) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.WorkSubmitted;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var workload = ref state.Workloads.Write(state.FindWorkload(Workload));
        workload.Phase =
            workload.Mode == VerificationMode.KOfN ? WorkloadPhase.Judging : WorkloadPhase.Submitted;
        workload.QualityPpm = QualityPpm;
        workload.Result = Result;
        workload.DeadlineMs = DeadlineMs;
        workload.SubmittedAtMs = state.Globals.TimeMs;
        workload.SubmittedSeq = state.Globals.Seq;
        BlobReaders.Give(state, Result, Provider, workload.Client);
        state.MarketDue.Push(DeadlineMs, DueKind.Workload, Workload.Value);
    }
}
