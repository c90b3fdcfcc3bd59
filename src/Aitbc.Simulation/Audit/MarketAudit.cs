using System.Numerics;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Simulation.Audit;

/// <summary>Services, bids and workloads up to the award: each step by whom it is for, at its time.</summary>
internal sealed partial class MarketAudit(
    AuditLog log,
    AuditedAccounts accounts,
    Books books,
    Holds holds,
    StopAudit stops,
    PayloadAudit payloads,
    Genesis genesis)
{
    private const int MaxPostponed = 10;

    private readonly BondAudit bonds = new(log, holds);
    private readonly Dictionary<WorkloadId, AuditedWorkload> workloads = [];
    private readonly Dictionary<ServiceId, AuditedService> services = [];
    private readonly List<Digest> beacon = [genesis.BeaconCommitment];
    private Digest beaconHead = genesis.BeaconCommitment;
    private int beaconBase;
    private ulong lastService;
    private EntryBody? body;

    public void Begin(EntryBody taken) => body = taken;

    /// <summary>What a bidder on a workload pledges, and to whom it may go.</summary>
    public (BigInteger JobBond, AccountNumber? Client) OfferOf(WorkloadId id) =>
        workloads.GetValueOrDefault(id)?.Terms is { } terms ? (terms.JobBond.BaseUnits, terms.Client) : (0, null);

    /// <summary>Whether an event is the market's; if so it is taken in.</summary>
    public bool Take(in EventReader reader)
    {
        switch (reader.Kind)
        {
            case EventKind.ServiceListed: On(reader.As<ServiceListed>()); break;
            case EventKind.ServiceUpdated: On(reader.As<ServiceUpdated>()); break;
            case EventKind.ServiceDelisted: On(reader.As<ServiceDelisted>()); break;
            case EventKind.WorkloadPosted: On(reader.As<WorkloadPosted>()); break;
            case EventKind.BidPlaced: On(reader.As<BidPlaced>()); break;
            case EventKind.BiddingClosed: On(reader.As<BiddingClosed>()); break;
            case EventKind.SaltRevealed: On(reader.As<SaltRevealed>()); break;
            case EventKind.BidOpened: On(reader.As<BidOpened>()); break;
            case EventKind.BidReleased: On(reader.As<BidReleased>()); break;
            case EventKind.AwardPostponed: On(reader.As<AwardPostponed>()); break;
            case EventKind.WorkloadAwarded: On(reader.As<WorkloadAwarded>()); break;
            case EventKind.WorkStarted: On(reader.As<WorkStarted>()); break;
            case EventKind.WorkSubmitted: On(reader.As<WorkSubmitted>()); break;
            case EventKind.WorkloadEnded: On(reader.As<WorkloadEnded>()); break;
            case EventKind.BeaconRevealed: On(reader.As<BeaconRevealed>()); break;
            case EventKind.TermBegan: On(reader.As<NewTerm>()); break;
            default: return TakeVerification(reader);
        }

        return true;
    }

    private void On(in ServiceListed listed)
    {
        CheckSender("who lists a service", listed.Provider);
        CheckNew(listed.Provider, listed.Epoch, "a service");
        services[listed.Id] = new AuditedService(listed);
        lastService = listed.Id.Value;
    }

    private void On(in ServiceUpdated updated)
    {
        if (Find(updated.Id) is { } service)
        {
            CheckSender("who updates a service", service.Provider);
            CheckNew(service.Provider, updated.Epoch, "a service");
            (service.Epoch, service.Capacity, service.MinAccuracyPpm) =
                (updated.Epoch, updated.MaxCapacity, updated.MinAccuracyPpm);
        }
    }

    private void On(in ServiceDelisted delisted)
    {
        if (Find(delisted.Id) is { } service)
        {
            CheckSender("who delists a service", service.Provider);
            log.Equal(AuditCheck.Work, $"the jobs of {delisted.Id}, which is delisted,", 0, service.Load);
            services.Remove(delisted.Id);
        }
    }

    private void On(in WorkloadPosted posted)
    {
        CheckSender($"who posts {posted.Id}", posted.Client);
        CheckNew(posted.Client, posted.Epoch, "a workload");
        CheckDeadline(posted.Id, posted.BidWindowMs, posted.DeadlineMs);
        BigInteger share = genesis.Parameters.MinJobBondShare.Ppm;
        var least = ((posted.MaxPrice.BaseUnits * share) + 999_999) / 1_000_000;
        log.Holds(
            posted.JobBond.BaseUnits >= least, AuditCheck.Bond, $"the job bond of {posted.Id}", $"at least {least}",
            $"{posted.JobBond.BaseUnits}");
        log.Equal(
            AuditCheck.Bond,
            $"the bid bond of {posted.Id}",
            genesis.Parameters.BidBond.BaseUnits,
            posted.BidBond.BaseUnits);
        holds.Claim(HoldKind.Escrow, posted.Id.Value, posted.Client, posted.MaxPrice.BaseUnits);
        log.Holds(
            workloads.TryAdd(posted.Id, new AuditedWorkload(posted)), AuditCheck.Work, $"{posted.Id}", "posted once",
            "posted again");
    }

    private void On(in BidPlaced placed)
    {
        if (Find(placed.Workload) is not { } workload || Find(placed.Service) is not { } service)
        {
            return;
        }

        CheckSender($"who bids on {placed.Workload}", placed.Bidder);
        CheckNew(placed.Bidder, placed.Epoch, "a bid");
        CheckStep(workload, WorkStep.Bidding, "a bid");
        log.Holds(
            service.Provider == placed.Bidder
                && service.Capability == workload.Terms.Capability
                && !stops.IsDead(placed.Bidder, service.Epoch),
            AuditCheck.Work,
            $"the service of a bid on {placed.Workload}",
            $"a live one of account {placed.Bidder} for {workload.Terms.Capability}",
            $"{placed.Service} of account {service.Provider} for {service.Capability}");
        holds.Claim(
            HoldKind.BidBond, placed.Workload.Value, placed.Bidder, workload.Terms.BidBond.BaseUnits);
        holds.Claim(
            HoldKind.JobBond, placed.Workload.Value, placed.Bidder, workload.Terms.JobBond.BaseUnits);
        log.Holds(
            workload.Bids.TryAdd(placed.Bidder, new AuditedBid(placed)),
            AuditCheck.Work,
            $"the bid of account {placed.Bidder} on {placed.Workload}",
            "placed once",
            "placed again");
    }

    private void On(in BiddingClosed closed)
    {
        if (Find(closed.Workload) is { } workload)
        {
            CheckStep(workload, WorkStep.Bidding, "the close");
            CheckDue(workload);
            CheckDeadline(closed.Workload, workload.Terms.OpenWindowMs, closed.DeadlineMs);
            log.Equal(
                AuditCheck.Auction, $"the beacon round at the close of {closed.Workload}", beacon.Count - 1,
                closed.Round);
            (workload.Step, workload.DeadlineMs, workload.ClosedRound) =
                (WorkStep.Opening, closed.DeadlineMs, (uint)(beacon.Count - 1));
        }
    }

    private void On(in SaltRevealed revealed)
    {
        if (Find(revealed.Workload) is { } workload)
        {
            CheckStep(workload, WorkStep.Opening, "a revealed salt");
            log.Holds(
                workload.Salt is null && Digest.Sha256(revealed.Salt.AsSpan()) == workload.Terms.SaltHash,
                AuditCheck.Auction,
                $"the salt of {revealed.Workload}",
                "what its client committed to, once",
                $"{revealed.Salt}");
            workload.Salt = revealed.Salt;
        }
    }

    private void On(in BidOpened opened)
    {
        if (Find(opened.Workload) is not { } workload || FindBid(workload, opened.Bidder) is not { } bid)
        {
            return;
        }

        CheckStep(workload, WorkStep.Opening, "an opened bid");
        log.Holds(
            bid.Price is null,
            AuditCheck.Auction,
            $"the bid of account {opened.Bidder} on {opened.Workload}",
            "opened once",
            "opened again");
        BigInteger price = opened.Price.BaseUnits;
        log.Holds(
            price > 0 && price <= workload.Terms.MaxPrice.BaseUnits,
            AuditCheck.Auction,
            $"the ask of account {opened.Bidder} on {opened.Workload}",
            $"1 to {workload.Terms.MaxPrice.BaseUnits}",
            $"{price}");
        var bidder = accounts.Find(opened.Bidder)?.Id ?? default;
        log.Holds(
            SaltOf(opened.Workload, bidder) is { } salt && bid.Terms.Commitment == SealedAuction.Commitment(
                opened.Workload, bidder, opened.Price, opened.ProposalHash, salt),
            AuditCheck.Auction,
            $"the opening of account {opened.Bidder} on {opened.Workload}",
            "what it sealed",
            $"an ask of {price}");
        bid.Price = price;
    }

    private void On(in BidReleased released)
    {
        if (Find(released.Workload) is not { } workload || FindBid(workload, released.Bidder) is not { } bid)
        {
            return;
        }

        log.Holds(
            bid.IsForfeited is null && workload.Step <= WorkStep.Opening,
            AuditCheck.Work,
            $"the bid of account {released.Bidder} on {released.Workload}",
            "released once",
            "released again");
        bid.IsForfeited = released.Forfeited == 1;
    }

    private void On(in AwardPostponed postponed)
    {
        if (Find(postponed.Workload) is { } workload)
        {
            CheckStep(workload, WorkStep.Opening, "a postponed award");
            CheckDue(workload);
            var result = Decide(workload);
            log.Holds(
                result.WaitsForBeacon,
                AuditCheck.Auction,
                $"the award of {postponed.Workload}",
                $"to {result.Winner} at {result.Price}",
                "postponed");
            workload.DeadlineMs = postponed.DeadlineMs;
            workload.Postponed++;
        }
    }

    private void On(in BeaconRevealed revealed)
    {
        log.Equal(AuditCheck.Auction, "the round of a beacon value", beacon.Count, revealed.Round);
        log.Holds(
            Digest.Sha256(revealed.Value.AsSpan()) == beaconHead,
            AuditCheck.Auction,
            $"the hash of beacon value {revealed.Round}",
            $"{beaconHead}",
            $"{Digest.Sha256(revealed.Value.AsSpan())}");
        beacon.Add(revealed.Value);
        beaconHead = revealed.Value;
    }

    /// <summary>A new term draws with a beacon of its own, also what closed before it.</summary>
    private void On(in NewTerm began) => (beaconHead, beaconBase) = (began.BeaconCommitment, beacon.Count - 1);

    /// <summary>What hid a price, as the entry's body says it.</summary>
    private Digest? SaltOf(WorkloadId workload, AccountId bidder) => body switch
    {
        BidOpenings openings when openings.Workload == workload =>
            openings.Openings.FirstOrDefault(one => one.Bidder == bidder)?.Salt,
        ClientPayload payload when payload.From == bidder =>
            payload.Commands.OfType<OpenBid>().FirstOrDefault(one => one.Workload == workload)?.Salt,
        _ => null,
    };
}
