using Aitbc.Agents.Core.Memory;
using Aitbc.Agents.Runtime.Decision;
using Aitbc.Agents.Runtime.Marketplace;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;
using Aitbc.Workloads;

namespace Aitbc.Agents.Kinds;

/// <summary>Cleans, shuffles and splits data sets. A unit is a KiB of source. Source: the seed's Service Provider
/// Agents.</summary>
/// <param name="traits">What sets it apart from others of its kind.</param>
/// <remarks>Immutable; what it learns stands in its memory.</remarks>
public sealed class DataAgent(ProviderTraits traits) : IAgentConduct
{
    private static readonly ModelledTime Time = new(new Duration(50), new Duration(2));

    /// <inheritdoc/>
    public AgentKind Kind => AgentKind.Data;

    /// <inheritdoc/>
    public IReadOnlyList<ServiceOffer> Offers { get; } =
        [new(WorkloadCapabilities.DataCurate, traits.PerUnit + traits.PerUnit.ShareUp(traits.FirstMargin))];

    /// <summary>A memory that has learnt nothing yet.</summary>
    public AgentMemory NewMemory() => new() { Provider = new ProviderMemory { Margin = traits.FirstMargin } };

    /// <inheritdoc/>
    public IEnumerable<Digest> BlobsOfInterest(Agent agent) => [];

    /// <inheritdoc/>
    public void Remember(Agent agent, Observation seen, MarketEvent happened) =>
        Providing.Remember(agent, traits, happened);

    /// <inheritdoc/>
    public void Decide(Agent agent, Observation seen, DecisionBuilder decision) =>
        Providing.Decide(agent, traits, Time, seen, decision);
}
