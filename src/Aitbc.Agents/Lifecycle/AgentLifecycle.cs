using Aitbc.Agents.Runtime.Decision;
using Aitbc.Primitives;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;
using Aitbc.Safety;
using Aitbc.Workloads.Schemas;

namespace Aitbc.Agents.Lifecycle;

/// <summary>Where an agent stands. Read off the ledger, never remembered. Source: the seed's Agent Lifecycle.</summary>
public enum LifecycleStage
{
    /// <summary>It has an identity and a wallet, and its owner has not registered it yet.</summary>
    Initialised = 1,

    /// <summary>Registered; it has still to stake and to list what it offers.</summary>
    Registered = 2,

    /// <summary>It takes part in the market.</summary>
    Operating = 3,

    /// <summary>A guardian or the council stopped it.</summary>
    Stopped = 4,

    /// <summary>Retired; for ever.</summary>
    Retired = 5,
}

/// <summary>From registration to operation. Pure.</summary>
public static class AgentLifecycle
{
    private const uint Capacity = 64;

    /// <summary>Where the agent stands.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="seen">What it sees.</param>
    public static LifecycleStage StageOf(Agent agent, Observation seen)
    {
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentNullException.ThrowIfNull(seen);
        var offers = agent.Conduct.Offers;
        return seen.Self switch
        {
            { IsRegistered: false } => LifecycleStage.Initialised,
            { IsRetired: true } => LifecycleStage.Retired,
            { IsStopped: true } => LifecycleStage.Stopped,
            _ => offers.Any(offer => !IsListed(seen, offer)) || NeedsStake(agent, seen)
                ? LifecycleStage.Registered
                : LifecycleStage.Operating,
        };
    }

    /// <summary>The schemas of what it offers, to be read by everybody.</summary>
    /// <param name="agent">The agent.</param>
    public static IEnumerable<(Digest Digest, ReadOnlyMemory<byte> Bytes)> SchemasOf(Agent agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        return agent.Conduct.Offers.Select(offer => InputSchemas.Find(offer.Capability))
            .OfType<ReadOnlyMemory<byte>>().Select(bytes => (Digest.Sha256(bytes.Span), bytes));
    }

    /// <summary>Publishes the schemas of what is offered; then stakes the minimum and lists it, all or nothing.
    /// </summary>
    /// <param name="agent">The agent.</param>
    /// <param name="seen">What it sees.</param>
    /// <param name="decision">Takes the decision.</param>
    public static void Enter(Agent agent, Observation seen, DecisionBuilder decision)
    {
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentNullException.ThrowIfNull(seen);
        ArgumentNullException.ThrowIfNull(decision);
        List<Command> commands = [];
        if (NeedsStake(agent, seen))
        {
            commands.Add(new DepositStake(seen.Chain.MinimumStake - seen.Self.Stake));
        }

        foreach (var offer in agent.Conduct.Offers.Where(offer => !IsListed(seen, offer)))
        {
            var schema = InputSchemas.Find(offer.Capability) is { } bytes ? Digest.Sha256(bytes.Span) : default;
            commands.Add(new ListService(
                new ServiceTerms(
                    Label.Parse(agent.Name), offer.Capability, offer.PerUnit, Capacity, default, 0, schema)));
        }

        var enter = new ProposedAction(agent.Account, commands, "enter the market: stake, list services");
        decision.Do("enter", [.. Publish(agent, seen), enter]);
    }

    /// <summary>Declares and gives what is not there for everybody yet; agents of one kind share a schema.</summary>
    private static IEnumerable<PlanStep> Publish(Agent agent, Observation seen)
    {
        foreach (var (digest, bytes) in SchemasOf(agent))
        {
            var facts = seen.Blobs.GetValueOrDefault(digest);
            if (!facts.IsDeclared)
            {
                var declare = new DeclareBlob(digest, (ulong)bytes.Length, seen.Chain.BlobDays)
                {
                    Access = BlobAccess.Public,
                };
                yield return new ProposedAction(agent.Account, declare, "publish the schema of what it takes");
            }

            if (!facts.IsAvailable)
            {
                yield return new BlobDelivery(agent.Account, bytes);
            }
        }
    }

    private static bool NeedsStake(Agent agent, Observation seen) =>
        agent.Conduct.Offers.Count > 0 && seen.Self.Stake < seen.Chain.MinimumStake;

    private static bool IsListed(Observation seen, ServiceOffer offer) =>
        seen.Services.Any(service => service.Capability == offer.Capability);
}
