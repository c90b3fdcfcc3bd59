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

/// <summary>Services on offer.</summary>
internal static class ServiceApi
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/services", (string? capability, string? maxPrice, ulong? after, int? limit, LedgerHost ledger) =>
                Search(capability, maxPrice, after ?? 0, limit, ledger))
            .Require(Role.Reader)
            .Produces<Page<ServiceView>>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .WithSummary("Services by capability and asking price, in order of their ids.");
        v1.MapGet("/services/{id}", (string id, LedgerHost ledger) =>
                ServiceId.TryParse(id, out var service)
                    && ledger.View.Read(state => state.FindService(service) is var slot and >= 0
                        ? View(state, state.Services[slot])
                        : null) is { } view
                    ? Results.Json(view)
                    : Problem.NotFound("No service that is listed has this id.").ToResult())
            .Require(Role.Reader)
            .Produces<ServiceView>()
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .WithSummary("One service.");
    }

    private static IResult Search(string? capability, string? maxPrice, ulong after, int? limit, LedgerHost ledger)
    {
        var wanted = default(Label);
        var most = TokenAmount.MaxSupply;
        if (Paging.Check(limit, out var meant) is { } problem)
        {
            return problem.ToResult();
        }

        if (capability is not null && !Label.TryParse(capability, out wanted))
        {
            return Problem.BadRequest("capability is 1 to 32 of a-z, 0-9, dot, dash and underscore.").ToResult();
        }

        if (maxPrice is not null && !TokenAmount.TryParse(maxPrice.AsSpan(), out most))
        {
            return Problem.BadRequest("maxPrice is a whole number of base units.").ToResult();
        }

        return Results.Json(ledger.View.Read(state => List(state, wanted, most, after, meant)));
    }

    private static Page<ServiceView> List(LedgerState state, Label capability, TokenAmount most, ulong after, int limit)
    {
        var found = new List<(ulong, ServiceView)>();
        for (var slot = 0; slot < state.Services.Count; slot++)
        {
            ref readonly var service = ref state.Services[slot];
            if (service.Id.Value > after
                && (capability.IsEmpty || service.Capability == capability)
                && service.PricePerUnit <= most)
            {
                found.Add((service.Id.Value, View(state, service)));
            }
        }

        return Paging.Of(found, limit);
    }

    private static ServiceView View(LedgerState state, in ServiceRecord service)
    {
        ref readonly var provider = ref state.Account(service.Provider);
        ref readonly var agent = ref state.Agents[provider.Agent - 1];
        return new ServiceView(
            service.Id,
            provider.Id,
            service.Name,
            service.Capability,
            service.PricePerUnit,
            service.MaxCapacity,
            service.CurrentLoad,
            service.MinAccuracyPpm,
            service.ModelHash.IsZero ? null : service.ModelHash,
            agent.JobsSettled,
            agent.JobsFaulted,
            service.Epoch < state.FenceOf(provider, market: true));
    }
}

/// <summary>One service.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Provider">The agent that offers it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Capability">What it does.</param>
/// <param name="PricePerUnit">Asking price of one unit, base units; jobs are priced by auction.</param>
/// <param name="MaxCapacity">Most jobs at once.</param>
/// <param name="CurrentLoad">Jobs under way.</param>
/// <param name="MinAccuracyPpm">Below this delivered quality, ppm, a job is a fault.</param>
/// <param name="ModelHash">Digest of its model; left out where it has none.</param>
/// <param name="ProviderJobsSettled">The provider's jobs settled without fault.</param>
/// <param name="ProviderJobsFaulted">The provider's jobs that ended by its fault.</param>
/// <param name="Stopped">Whether a stop has made the offer void.</param>
public sealed record ServiceView(
    ServiceId Id,
    AccountId Provider,
    Label Name,
    Label Capability,
    TokenAmount PricePerUnit,
    uint MaxCapacity,
    uint CurrentLoad,
    uint MinAccuracyPpm,
    Digest? ModelHash,
    uint ProviderJobsSettled,
    uint ProviderJobsFaulted,
    bool Stopped);
