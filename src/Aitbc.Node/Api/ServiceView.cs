using Aitbc.Node.Hosting;
using Aitbc.Primitives;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.State;

namespace Aitbc.Node.Api;

/// <summary>Whether the host of a service's agent is heard of.</summary>
public enum ServiceHealth
{
    /// <summary>Its host renews a lease here.</summary>
    Live,

    /// <summary>It sends no heartbeats here, and the ledger does not say that it is gone: an agent of the node itself,
    /// or one that leaves its host unsaid.</summary>
    Unheard,

    /// <summary>The ledger says that its host is no longer heard of.</summary>
    Gone,
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
/// <param name="InputSchema">Digest of the JSON Schema of its inputs; left out where it names none.</param>
/// <param name="JobsSettled">Jobs settled without fault.</param>
/// <param name="JobsFaulted">Jobs that ended by its fault.</param>
/// <param name="SettledPpm">Share of these that was settled without fault, ppm; left out before the first.</param>
/// <param name="ValueSettled">What it was paid for them, base units.</param>
/// <param name="ValueFaulted">What clients would have paid at most for those at fault, base units.</param>
/// <param name="ProviderJobsSettled">The provider's jobs settled without fault, with all of its services.</param>
/// <param name="ProviderJobsFaulted">The provider's jobs that ended by its fault.</param>
/// <param name="Health">Whether its host is heard of.</param>
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
    Digest? InputSchema,
    uint JobsSettled,
    uint JobsFaulted,
    uint? SettledPpm,
    TokenAmount ValueSettled,
    TokenAmount ValueFaulted,
    uint ProviderJobsSettled,
    uint ProviderJobsFaulted,
    ServiceHealth Health,
    bool Stopped)
{
    private const ulong Million = 1_000_000;

    /// <summary>What is shown of a service.</summary>
    internal static ServiceView Of(LedgerState state, in ServiceRecord service, AgentLeases leases)
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
            service.InputSchema.IsZero ? null : service.InputSchema,
            service.JobsSettled,
            service.JobsFaulted,
            SettledOf(service),
            service.ValueSettled,
            service.ValueFaulted,
            agent.JobsSettled,
            agent.JobsFaulted,
            HealthOf(state, service, leases),
            service.Epoch < state.FenceOf(provider, market: true));
    }

    /// <summary>Share of a service's jobs that was settled without fault, ppm; null before the first.</summary>
    internal static uint? SettledOf(in ServiceRecord service) =>
        service.JobsSettled + (ulong)service.JobsFaulted is var jobs and > 0
            ? (uint)(service.JobsSettled * Million / jobs)
            : null;

    /// <summary>Whether the host of a service's agent is heard of.</summary>
    internal static ServiceHealth HealthOf(LedgerState state, in ServiceRecord service, AgentLeases leases)
    {
        ref readonly var provider = ref state.Account(service.Provider);
        return leases.Find(provider.Id) is not null
            ? ServiceHealth.Live
            : state.Agents[provider.Agent - 1].IsLive ? ServiceHealth.Unheard : ServiceHealth.Gone;
    }
}
