using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.State;
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
                    : Results.Json(ledger.View.Read(state => List(state, after ?? 0, meant))))
            .Require(Role.Reader)
            .Produces<Page<WorkloadView>>()
            .WithSummary("Workloads that are not finished, in order of their ids.");
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

    private static Page<WorkloadView> List(LedgerState state, ulong after, int limit)
    {
        var found = new List<(ulong, WorkloadView)>();
        for (var slot = 0; slot < state.Workloads.Count; slot++)
        {
            ref readonly var workload = ref state.Workloads[slot];
            if (workload.Id.Value > after)
            {
                found.Add((workload.Id.Value, View(state, workload)));
            }
        }

        return Paging.Of(found, limit);
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
            workload.DeadlineMs + state.Globals.MarketOffsetMs);
    }
}

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
    long DeadlineMs);
