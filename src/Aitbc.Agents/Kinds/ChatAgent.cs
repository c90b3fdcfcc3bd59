using Aitbc.Agents.Core.Memory;
using Aitbc.Agents.Runtime.Decision;
using Aitbc.Agents.Runtime.Marketplace;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Workloads;

namespace Aitbc.Agents.Kinds;

/// <summary>Has a language model answer, behind the endpoint that its host is set to. A unit is what the client counts
/// as one, such as a thousand tokens. Source: the seed's Service Provider Agents.</summary>
/// <param name="traits">What sets it apart from others of its kind.</param>
/// <remarks>Immutable; what it learns stands in its memory.</remarks>
public sealed class ChatAgent(ProviderTraits traits) : IAgentConduct
{
    private static readonly ModelledTime Time = new(new Duration(2_000), new Duration(1_000));

    /// <inheritdoc/>
    public AgentKind Kind => AgentKind.Inference;

    /// <inheritdoc/>
    public IReadOnlyList<ServiceOffer> Offers { get; } =
        [new(WorkloadCapabilities.Chat, traits.PerUnit + traits.PerUnit.ShareUp(traits.FirstMargin))];

    /// <summary>A memory that has learnt nothing yet.</summary>
    public AgentMemory NewMemory() => new() { Provider = new ProviderMemory { Margin = traits.FirstMargin } };

    /// <inheritdoc/>
    public IEnumerable<Digest> BlobsOfInterest(Agent agent) => agent.Memory.Provider!.Spoilt;

    /// <inheritdoc/>
    public void Remember(Agent agent, Observation seen, MarketEvent happened) =>
        Providing.Remember(agent, traits, happened);

    /// <summary>Decides as every provider does, but on no job that validators check: a model need not answer the same
    /// twice, so whoever does the work again finds another result, and honest work would be refuted at its bond's
    /// cost. After a restart it could not show what it had sealed either.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="seen">What it sees.</param>
    /// <param name="decision">Takes the decision.</param>
    public void Decide(Agent agent, Observation seen, DecisionBuilder decision)
    {
        var plain = seen.Workloads.Where(workload => workload.Mode == VerificationMode.None);
        Providing.Decide(agent, traits, Time, seen with { Workloads = [.. plain] }, decision);
    }
}
