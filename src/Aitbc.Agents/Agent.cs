using Aitbc.Agents.Core.Memory;
using Aitbc.Agents.Runtime.Decision;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;

namespace Aitbc.Agents;

/// <summary>
/// An agent: who it is, what it is, what it remembers. It holds no key, no file and no clock; what it wants done goes
/// through the gateway.
/// </summary>
/// <param name="Name">Its name, for people.</param>
/// <param name="Account">Its account.</param>
/// <param name="Secret">32 bytes that only it and its host know; its salts follow from them.</param>
/// <param name="Conduct">How it decides.</param>
/// <param name="Memory">What it remembers.</param>
public sealed record Agent(string Name, AccountId Account, Digest Secret, IAgentConduct Conduct, AgentMemory Memory);

/// <summary>What an agent offers on the market.</summary>
/// <param name="Capability">What it does.</param>
/// <param name="PerUnit">What it asks for a unit, base units; a statement, jobs are priced by auction.</param>
public sealed record ServiceOffer(Label Capability, TokenAmount PerUnit);

/// <summary>How a kind of agent behaves: pure functions of what it sees and remembers.</summary>
public interface IAgentConduct
{
    /// <summary>The kind that it registers as.</summary>
    AgentKind Kind { get; }

    /// <summary>What it offers; empty for one that only buys.</summary>
    IReadOnlyList<ServiceOffer> Offers { get; }

    /// <summary>Blobs whose standing it needs to know to decide.</summary>
    /// <param name="agent">The agent.</param>
    IEnumerable<Digest> BlobsOfInterest(Agent agent);

    /// <summary>Takes in what happened: memory changes, nothing is done.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="seen">What it sees.</param>
    /// <param name="happened">An event that it has not taken in yet.</param>
    void Remember(Agent agent, Observation seen, Runtime.Marketplace.MarketEvent happened);

    /// <summary>Decides what to do.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="seen">What it sees.</param>
    /// <param name="decision">Takes the decision.</param>
    void Decide(Agent agent, Observation seen, DecisionBuilder decision);
}
