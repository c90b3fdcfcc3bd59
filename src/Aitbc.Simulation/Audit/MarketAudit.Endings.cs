using System.Numerics;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Simulation.Audit;

/// <content>From the award to the end.</content>
internal sealed partial class MarketAudit
{
    private void On(in WorkloadAwarded award)
    {
        if (Find(award.Workload) is not { } workload
            || FindBid(workload, award.Provider) is not { } bid
            || Find(award.Service) is not { } service)
        {
            return;
        }

        CheckStep(workload, WorkStep.Opening, "the award");
        CheckDue(workload);
        CheckDeadline(award.Workload, workload.Terms.WorkWindowMs, award.DeadlineMs);
        CheckPrice(workload, bid, award);
        stops.CheckObligation(award.Provider, bid.Terms.Epoch, "an awarded bid");
        stops.CheckObligation(workload.Terms.Client, workload.Terms.Epoch, "an awarded workload");
        CheckLosers(workload, award.Provider, mustBeOpened: true);
        bonds.CheckBidBond(workload, award.Provider, award.Provider);
        service.Load++;
        (workload.Award, workload.Step, workload.DeadlineMs) = (award, WorkStep.Awarded, award.DeadlineMs);
        CheckAsked(workload);
        workload.MinQualityPpm = Math.Max(workload.MinQualityPpm, service.MinAccuracyPpm);
    }

    private void On(in WorkStarted started)
    {
        if (Find(started.Workload) is { } workload)
        {
            CheckStep(workload, WorkStep.Awarded, "the start");
            CheckProvider(workload, started.Provider, "starts");
            workload.Step = WorkStep.Running;
        }
    }

    private void On(in WorkSubmitted submitted)
    {
        if (Find(submitted.Workload) is { } workload)
        {
            var checks = workload.Validation;
            CheckStep(workload, checks is null ? WorkStep.Running : WorkStep.Revealing, "the result");
            CheckProvider(workload, submitted.Provider, "submits");
            CheckDeadline(
                submitted.Workload,
                checks?.Terms.RevealWindowMs ?? workload.Terms.AcceptWindowMs,
                submitted.DeadlineMs);
            CheckShown(workload, submitted);
            (workload.Step, workload.DeadlineMs, workload.QualityPpm) = (
                checks is null ? WorkStep.Submitted : WorkStep.Judging,
                submitted.DeadlineMs,
                submitted.QualityPpm);
        }
    }

    private void On(in WorkloadEnded ended)
    {
        if (Find(ended.Workload) is not { } workload)
        {
            return;
        }

        CheckEnding(workload, ended);
        var isPaid = ended.Ending is WorkloadEnding.Accepted or WorkloadEnding.ClientSilent
            or WorkloadEnding.Verified;
        var price = isPaid ? workload.Award?.Price.BaseUnits ?? 0 : BigInteger.Zero;
        log.Equal(AuditCheck.Payment, $"the pay that {ended.Workload} states", price, ended.Paid.BaseUnits);
        bonds.CheckEscrow(workload, workload.Award?.Provider, price);
        if (workload.Award is { } award)
        {
            EndAwarded(workload, award, ended, isPaid);
        }
        else
        {
            CheckLosers(workload, null, mustBeOpened: ended.Ending == WorkloadEnding.NoEligibleBid);
        }

        EndChecked(workload, ended);
        holds.Close(HoldSubject.Workload, ended.Workload.Value);
        workloads.Remove(ended.Workload);
    }

    private void EndAwarded(AuditedWorkload workload, in WorkloadAwarded award, in WorkloadEnded ended, bool isPaid)
    {
        var isFault = !isPaid && ended.Ending != WorkloadEnding.Unverified;
        var bond = isFault ? workload.Terms.JobBond.BaseUnits : BigInteger.Zero;
        log.Equal(AuditCheck.Bond, $"the forfeit that {ended.Workload} states", bond, ended.Forfeited.BaseUnits);
        log.Holds(
            ended.Client == workload.Terms.Client && ended.Provider == award.Provider,
            AuditCheck.Payment,
            $"client and provider that the end of {ended.Workload} states",
            $"{workload.Terms.Client} and {award.Provider}",
            $"{ended.Client} and {ended.Provider}");
        bonds.CheckJobBond(workload, award.Provider, isFault ? workload.Terms.Client : award.Provider);
        if (Find(award.Service) is { Load: > 0 } service)
        {
            service.Load--;
        }

        if (accounts.AgentOf(award.Provider) is { } agent)
        {
            agent.Settled += isPaid ? 1UL : 0;
            agent.Faulted += isFault ? 1UL : 0;
        }
    }

    /// <summary>Whether a workload may end like this: at this step, by whom, and at this time.</summary>
    private void CheckEnding(AuditedWorkload workload, in WorkloadEnded ended)
    {
        AccountNumber? client = workload.Terms.Client;
        var isDue = payloads.Sender is null && stops.MarketNowMs >= workload.DeadlineMs;
        var isLow = workload.QualityPpm < workload.MinQualityPpm;
        var may = (ended.Ending, workload.Step) switch
        {
            (WorkloadEnding.Accepted, WorkStep.Submitted) => payloads.Sender == client && !isLow,
            (WorkloadEnding.ClientSilent, WorkStep.Submitted) => isDue && !isLow,
            (WorkloadEnding.BelowQuality, WorkStep.Submitted) =>
                isLow && payloads.Sender == workload.Award?.Provider,
            (WorkloadEnding.Cancelled, WorkStep.Bidding) => payloads.Sender == client,
            (WorkloadEnding.NoBids, WorkStep.Bidding) => isDue && workload.Bids.Count == 0,
            (WorkloadEnding.ClientStopped, WorkStep.Opening) =>
                isDue && stops.IsDead(workload.Terms.Client, workload.Terms.Epoch),
            (WorkloadEnding.NoEligibleBid, WorkStep.Opening) => isDue && HasNoWinner(workload),
            (WorkloadEnding.ProviderMissing, WorkStep.Awarded or WorkStep.Running or WorkStep.Revealing) => isDue,
            (WorkloadEnding.BelowQuality, WorkStep.Judging) => isLow && payloads.Sender == workload.Award?.Provider,
            _ => workload.Validation is { } checks && MayEndChecked(workload, checks, ended.Ending, isDue),
        };
        log.Holds(
            may,
            AuditCheck.Work,
            $"the end of {ended.Workload} in step {workload.Step} at market time {stops.MarketNowMs}, due at "
            + $"{workload.DeadlineMs}, by {(payloads.Sender is { } who ? $"account {who}" : "nobody")}",
            "as the rules have it",
            $"{ended.Ending}");
    }

    private bool HasNoWinner(AuditedWorkload workload)
    {
        var result = Decide(workload);
        return result.Winner is null && (!result.WaitsForBeacon || workload.Postponed >= MaxPostponed);
    }

    /// <summary>The price lies between ask and maximum, and is the one that the bids give.</summary>
    private void CheckPrice(AuditedWorkload workload, AuditedBid bid, in WorkloadAwarded award)
    {
        var (id, ask) = (award.Workload, bid.Price ?? BigInteger.Zero);
        BigInteger price = award.Price.BaseUnits;
        log.Equal(AuditCheck.Auction, $"the winner's ask that the award of {id} states", ask, award.BidPrice.BaseUnits);
        log.Holds(price >= ask, AuditCheck.Auction, $"the price of {id}", $"at least the ask {ask}", $"{price}");
        log.AtMost(AuditCheck.Auction, $"the price of {id}", workload.Terms.MaxPrice.BaseUnits, price);
        var result = Decide(workload);
        log.Holds(
            result.Winner == award.Provider && bid.Terms.Service == award.Service,
            AuditCheck.Auction,
            $"the winner of {id}",
            result.Winner is { } winner ? $"account {winner}" : "nobody",
            $"account {award.Provider}");
        log.Equal(AuditCheck.Auction, $"the price of {id}, which equals the second score,", result.Price, price);
    }

    /// <summary>Bids that did not win are released; one that was to be opened and was not, or whose service is gone,
    /// has lost its bid bond, unless a stop reached its owner.</summary>
    private void CheckLosers(AuditedWorkload workload, AccountNumber? winner, bool mustBeOpened)
    {
        foreach (var (bidder, bid) in workload.Bids)
        {
            if (bidder != winner)
            {
                var withdrawn = bid.Price is null || !services.ContainsKey(bid.Terms.Service);
                var mustForfeit = mustBeOpened && withdrawn && !stops.IsDead(bidder, bid.Terms.Epoch);
                bonds.CheckLost(workload, bid, mustForfeit);
            }
        }
    }

    private AuctionResult Decide(AuditedWorkload workload)
    {
        var candidates = workload.Bids.Values.Where(MayWin).Select(bid => new Candidate(
            bid.Terms.Bidder,
            accounts.Find(bid.Terms.Bidder)!.Id,
            bid.Price!.Value,
            SealedAuction.Quality(accounts.AgentOf(bid.Terms.Bidder)!))).ToList();
        var round = Math.Max((int)workload.ClosedRound, beaconBase) + 1;
        return SealedAuction.Decide(
            candidates,
            workload.Terms.MaxPrice.BaseUnits,
            workload.Terms.Id,
            round < beacon.Count ? beacon[round] : null,
            workload.Salt ?? default);
    }

    /// <summary>Whether a bid was opened and its bidder can take the job.</summary>
    private bool MayWin(AuditedBid bid) => bid.Price is not null
        && !stops.IsDead(bid.Terms.Bidder, bid.Terms.Epoch)
        && services.TryGetValue(bid.Terms.Service, out var service)
        && service.Load < service.Capacity
        && !stops.IsDead(bid.Terms.Bidder, service.Epoch)
        && accounts.AgentOf(bid.Terms.Bidder) is not null
        && books.Of(bid.Terms.Bidder, SubAccount.Stake) >= genesis.Parameters.MinimumStake.BaseUnits;

    private void CheckProvider(AuditedWorkload workload, AccountNumber provider, string does) => log.Holds(
        provider == workload.Award?.Provider && provider == payloads.Sender,
        AuditCheck.Work,
        $"who {does} the work of {workload.Terms.Id}",
        $"account {workload.Award?.Provider}, which was awarded it",
        provider == payloads.Sender ? $"account {provider}" : $"account {provider}, sent by {payloads.Sender}");

    private void CheckSender(string what, AccountNumber account) => log.Holds(
        account == payloads.Sender, AuditCheck.Command, what, $"the sender {payloads.Sender}", $"account {account}");

    private void CheckNew(AccountNumber account, ulong signedIn, string what)
    {
        log.Holds(
            signedIn == payloads.Payload?.Epoch, AuditCheck.Stop, $"the stop epoch of {what}",
            $"its payload's {payloads.Payload?.Epoch}", $"{signedIn}");
        stops.CheckObligation(account, signedIn, what);
    }

    private void CheckStep(AuditedWorkload workload, WorkStep step, string what) => log.Holds(
        workload.Step == step,
        AuditCheck.Work,
        $"the step of {workload.Terms.Id} at {what}",
        $"{step}",
        $"{workload.Step}");

    private void CheckDue(AuditedWorkload workload) => log.Holds(
        stops.MarketNowMs >= workload.DeadlineMs,
        AuditCheck.Work,
        $"the market time at which step {workload.Step} of {workload.Terms.Id} ends",
        $"{workload.DeadlineMs} or later",
        $"{stops.MarketNowMs}");

    private void CheckDeadline(WorkloadId id, uint windowMs, long deadlineMs) => log.Equal(
        AuditCheck.Work, $"the next deadline of {id}", stops.MarketNowMs + windowMs, deadlineMs);

    private AuditedWorkload? Find(WorkloadId id) => Known(workloads.GetValueOrDefault(id), $"{id}");

    private AuditedService? Find(ServiceId id) => Known(services.GetValueOrDefault(id), $"{id}");

    private AuditedBid? FindBid(AuditedWorkload workload, AccountNumber bidder) =>
        Known(workload.Bids.GetValueOrDefault(bidder), $"the bid of account {bidder} on {workload.Terms.Id}");

    private T? Known<T>(T? found, string what)
        where T : class
    {
        log.Holds(found is not null, AuditCheck.Form, what, "there", "not there");
        return found;
    }
}
