using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Hosting;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.State;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Node.Api;

/// <summary>Which services are looked for; what is left out does not matter.</summary>
/// <param name="Capability">What it does.</param>
/// <param name="MaxPrice">Highest asking price of a unit, base units.</param>
/// <param name="MinSettledPpm">Least share of its jobs settled without fault, ppm; without any job there is none.
/// </param>
/// <param name="MinValue">Least value of its jobs settled without fault, base units.</param>
/// <param name="Health">live, unheard or gone.</param>
/// <param name="After">The next of the page before.</param>
/// <param name="Limit">Services of a page, 1 to 1,000; 100 where nothing is said. A page may be short, or empty, and
/// have a next one: a call looks at <see cref="Paging.MaxLooked"/> services.</param>
internal sealed record ServiceSearch(
    string? Capability,
    string? MaxPrice,
    uint? MinSettledPpm,
    string? MinValue,
    string? Health,
    ulong? After,
    int? Limit)
{
    /// <summary>Searches.</summary>
    public IResult Run(LedgerHost ledger, AgentLeases leases)
    {
        var (wanted, health) = (default(Label), default(ServiceHealth?));
        var (most, least) = (TokenAmount.MaxSupply, TokenAmount.Zero);
        if (Paging.Check(Limit, out var limit) is { } problem)
        {
            return problem.ToResult();
        }

        if (Capability is not null && !Label.TryParse(Capability, out wanted))
        {
            return Problem.BadRequest("capability is 1 to 32 of a-z, 0-9, dot, dash and underscore.").ToResult();
        }

        if ((MaxPrice is not null && !TokenAmount.TryParse(MaxPrice.AsSpan(), out most))
            || (MinValue is not null && !TokenAmount.TryParse(MinValue.AsSpan(), out least)))
        {
            return Problem.BadRequest("maxPrice and minValue are whole numbers of base units.").ToResult();
        }

        if (Health is not null)
        {
            health = Health switch
            {
                "live" => ServiceHealth.Live,
                "unheard" => ServiceHealth.Unheard,
                "gone" => ServiceHealth.Gone,
                _ => null,
            };
            if (health is null)
            {
                return Problem.BadRequest("health is live, unheard or gone.").ToResult();
            }
        }

        return Results.Json(Paging.Of(
            ledger.View,
            After ?? 0,
            limit,
            state => state.Services.Count,
            (state, slot) => state.Services[slot].Id.Value != 0 && IsWanted(state, state.Services[slot])
                ? ServiceView.Of(state, state.Services[slot], leases)
                : null));

        bool IsWanted(LedgerState state, in ServiceRecord service) =>
            (wanted.IsEmpty || service.Capability == wanted)
            && service.PricePerUnit <= most
            && service.ValueSettled >= least
            && (MinSettledPpm is not { } share || ServiceView.SettledOf(service) >= share)
            && (health is null || ServiceView.HealthOf(state, service, leases) == health);
    }
}
