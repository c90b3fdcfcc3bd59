using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Verification;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>Workloads that are not finished; finished ones are in the entries and receipts.</summary>
internal static class WorkloadApi
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/workloads", (ulong? after, int? limit, LedgerHost ledger) =>
                Paging.Check(limit, out var meant) is { } problem
                    ? problem.ToResult()
                    : Results.Json(List(ledger, after ?? 0, meant)))
            .Require(Role.Reader)
            .Produces<Page<WorkloadView>>()
            .WithSummary(
                "Workloads that are not finished, each once, in no order; after is the next of the page before.");
        v1.MapGet("/workloads/{id}", (string id, LedgerHost ledger) =>
                WorkloadId.TryParse(id, out var workload)
                    && ledger.View.Read(state => state.FindWorkload(workload) is var slot and >= 0
                        ? View(state, state.Workloads[slot])
                        : null) is { } view
                    ? Results.Json(view)
                    : Problem.NotFound("No workload that is not finished has this id.").ToResult())
            .Require(Role.Reader)
            .Produces<WorkloadView>()
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .WithSummary("One workload that is not finished.");
    }

    private static Page<WorkloadView> List(LedgerHost ledger, ulong after, int limit)
    {
        var page = Paging.Of(
            ledger.View,
            after,
            limit,
            state => state.Workloads.Count,
            (state, slot) => state.Workloads[slot].Id.Value == 0 ? null : View(state, state.Workloads[slot]));

        // Slots are used again, so their order says nothing; within a page it need not look like it.
        return page with { Items = [.. page.Items.OrderBy(one => one.Id.Value)] };
    }

    private static WorkloadView View(LedgerState state, in WorkloadRecord workload)
    {
        var isAwarded = workload.Phase >= WorkloadPhase.Awarded;
        return new WorkloadView(
            workload.Id,
            state.Account(workload.Client).Id,
            workload.Phase,
            workload.Capability,
            workload.Input,
            workload.Spec,
            workload.MaxPrice,
            isAwarded ? workload.Price : null,
            workload.BidBond,
            workload.JobBond,
            workload.Units,
            workload.MinQualityPpm,
            workload.BidCount,
            isAwarded ? state.Account(state.Bids[workload.WinningBid].Bidder).Id : null,
            workload.Result.IsZero ? null : workload.Result,
            workload.DeadlineMs + state.Globals.MarketOffsetMs,
            workload.Mode,
            workload.Validation == 0 ? null : Of(state, state.Validations[workload.Validation - 1]));
    }

    private static PanelView Of(LedgerState state, in ValidationRecord validation)
    {
        var seats = new List<SeatView>();
        for (var i = 0; i < validation.Drawn; i++)
        {
            seats.Add(new SeatView(state.Account(validation.Seats[i].Validator).Id, validation.Seats[i].State));
        }

        return new PanelView(
            validation.Needed, validation.Asked, validation.TolerancePpm, validation.Fee, seats);
    }
}

/// <summary>How validators check a workload.</summary>
/// <param name="Needed">Equal verdicts that decide.</param>
/// <param name="Validators">Validators asked for.</param>
/// <param name="TolerancePpm">By how much outputs may differ and agree, ppm.</param>
/// <param name="Fee">What a verdict that counts is paid, base units.</param>
/// <param name="Seats">Who was drawn; empty before.</param>
public sealed record PanelView(
    byte Needed, byte Validators, uint TolerancePpm, TokenAmount Fee, IReadOnlyList<SeatView> Seats);

/// <summary>A drawn validator.</summary>
/// <param name="Validator">Who.</param>
/// <param name="State">How far it is.</param>
public sealed record SeatView(AccountId Validator, SeatState State);

/// <summary>One workload.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Client">Who pays.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="Capability">What is needed.</param>
/// <param name="Input">Digest of its input.</param>
/// <param name="Spec">Digest of its specification.</param>
/// <param name="MaxPrice">What the client pays at most, base units.</param>
/// <param name="Price">What it costs the client; left out before the award.</param>
/// <param name="BidBond">Pledged by each bidder on opening its bid, base units.</param>
/// <param name="JobBond">Pledged by each bidder on doing the job, base units.</param>
/// <param name="Units">Units of work.</param>
/// <param name="MinQualityPpm">Least quality, ppm; 0 asks none.</param>
/// <param name="Bids">Bids placed.</param>
/// <param name="Provider">Who was awarded it; left out before.</param>
/// <param name="Result">Digest of the result; left out before it is in.</param>
/// <param name="DeadlineMs">The present phase's deadline in wall time, ms since 1970, if the market runs on.</param>
/// <param name="Mode">How its result is checked.</param>
/// <param name="Validation">By which validators; left out where by none.</param>
public sealed record WorkloadView(
    WorkloadId Id,
    AccountId Client,
    WorkloadPhase Phase,
    Label Capability,
    Digest Input,
    Digest Spec,
    TokenAmount MaxPrice,
    TokenAmount? Price,
    TokenAmount BidBond,
    TokenAmount JobBond,
    uint Units,
    uint MinQualityPpm,
    int Bids,
    AccountId? Provider,
    Digest? Result,
    long DeadlineMs,
    VerificationMode Mode,
    PanelView? Validation);
