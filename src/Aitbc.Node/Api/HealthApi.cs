using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>Whether the process lives, and whether the ledger takes commands. For whoever supervises the node, so
/// without a role; they say nothing else.</summary>
internal static class HealthApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => new HealthView("live")).WithSummary("Whether the process answers.");
        routes.MapGet("/health/ready", (LedgerHost ledger) => ledger.Failure is null
                ? Results.Json(new HealthView("ready"))
                : Problem.Busy("The ledger has stopped: see the node's log, and restart it once the cause is gone.")
                    .ToResult())
            .Produces<HealthView>()
            .Produces<Problem>(StatusCodes.Status503ServiceUnavailable, Problem.MediaType)
            .WithSummary("Whether the ledger takes commands.");
    }
}

/// <summary>How the node is.</summary>
/// <param name="Status"><c>live</c> or <c>ready</c>.</param>
public sealed record HealthView(string Status);
