using Aitbc.Node.Access;
using Aitbc.Node.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Metrics;

/// <summary>The figures, for whoever collects them.</summary>
internal static class MetricsApi
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", (MeterStore store) =>
                Results.Text(PrometheusText.Write(store.Collect()), PrometheusText.MediaType))
            .Require(Role.Reader)
            .ExcludeFromDescription();
}
