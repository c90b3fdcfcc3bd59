using Aitbc.Node.Access;
using Aitbc.Node.Dashboard;
using Aitbc.Node.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>The list of all resources.</summary>
internal static class ApiRoutes
{
    /// <summary>Maps every resource; each says which role it needs, and what is not listed is not there.</summary>
    /// <param name="routes">Takes them.</param>
    /// <param name="dashboard">The dashboard; null where none is built.</param>
    public static void Map(IEndpointRouteBuilder routes, DashboardFiles? dashboard)
    {
        HealthApi.Map(routes);
        if (dashboard is null)
        {
            StartPage.Map(routes);
        }
        else
        {
            DashboardPages.Map(routes, dashboard);
        }

        MetricsApi.Map(routes);
        DocumentApi.Map(routes);
        var v1 = routes.MapGroup("/v1");
        ChainApi.Map(v1);
        GenesisApi.Map(v1);
        CommandApi.Map(v1);
        AccountApi.Map(v1);
        AgentApi.Map(v1);
        ApprovalApi.Map(v1);
        AlertApi.Map(v1);
        MotionApi.Map(v1);
        OverrideApi.Map(v1);
        ConstitutionApi.Map(v1);
        BacktestApi.Map(v1);
        ServiceApi.Map(v1);
        WorkloadApi.Map(v1);
        FinishedApi.Map(v1);
        EntryApi.Map(v1);
        HistoryApi.Map(v1);
        OversightHistoryApi.Map(v1);
        BlockApi.Map(v1);
        EventApi.Map(v1);
        ReplicaApi.Map(v1);
        OfferApi.Map(v1);
        BlobApi.Map(v1);
        LeaseApi.Map(v1);
        FaucetApi.Map(v1);
    }

    /// <summary>Says which role a resource needs.</summary>
    public static TBuilder Require<TBuilder>(this TBuilder builder, Role role)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter<TBuilder, RoleFilter>(new RoleFilter(role));

    private static TBuilder AddEndpointFilter<TBuilder, TFilter>(this TBuilder builder, TFilter filter)
        where TBuilder : IEndpointConventionBuilder
        where TFilter : IEndpointFilter => EndpointFilterExtensions.AddEndpointFilter(builder, filter);

    private sealed class RoleFilter(Role role) : IEndpointFilter
    {
        public ValueTask<object?> InvokeAsync(
            EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
            AccessGate.RequireAsync(role, context, next);
    }
}
