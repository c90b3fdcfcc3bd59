using Aitbc.Agents.Core.Memory;
using Aitbc.Agents.Runtime.Decision;
using Aitbc.Agents.Runtime.Marketplace;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;
using Aitbc.Workloads;

namespace Aitbc.Agents.Kinds;

/// <summary>Applies trained classifiers to rows. A unit is a row, or 128 tokens of a prompt (see DemandMapping).
/// Source: the seed's Service Provider Agents.</summary>
/// <param name="traits">What sets it apart from others of its kind.</param>
/// <remarks>Immutable; what it learns stands in its memory.</remarks>
public sealed class InferenceAgent(ProviderTraits traits) : IAgentConduct
{
    private static readonly ModelledTime Time = new(new Duration(20), new Duration(4));

    /// <inheritdoc/>
    public AgentKind Kind => AgentKind.Inference;

    /// <inheritdoc/>
    public IReadOnlyList<ServiceOffer> Offers { get; } =
        [new(WorkloadCapabilities.ClassifierInfer, traits.PerUnit + traits.PerUnit.ShareUp(traits.FirstMargin))];

    /// <summary>A memory that has learnt nothing yet.</summary>
    public AgentMemory NewMemory() => new() { Provider = new ProviderMemory { Margin = traits.FirstMargin } };

    /// <inheritdoc/>
    public IEnumerable<Digest> BlobsOfInterest(Agent agent) => agent.Memory.Provider!.Spoilt;

    /// <inheritdoc/>
    public void Remember(Agent agent, Observation seen, MarketEvent happened) =>
        Providing.Remember(agent, traits, happened);

    /// <inheritdoc/>
    public void Decide(Agent agent, Observation seen, DecisionBuilder decision) =>
        Providing.Decide(agent, traits, Time, seen, decision);
}
