using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Safety;

namespace Aitbc.Agents.Runtime.Decision;

/// <summary>One thing to do: either a proposal for the ledger or a delivery to the node.</summary>
/// <param name="Proposal">What to propose, or null.</param>
/// <param name="Delivery">What to deliver, or null.</param>
public sealed record PlanStep(ProposedAction? Proposal, Delivery? Delivery)
{
    /// <summary>A proposal.</summary>
    /// <param name="proposal">What to propose.</param>
    public static implicit operator PlanStep(ProposedAction proposal) => new(proposal, null);

    /// <summary>A delivery.</summary>
    /// <param name="delivery">What to deliver.</param>
    public static implicit operator PlanStep(Delivery delivery) => new(null, delivery);
}

/// <summary>Steps that belong together, done in order; the first that fails ends them, and the agent thinks again.
/// </summary>
/// <param name="Key">What they are for: a plan of this key that failed waits before it is tried again.</param>
/// <param name="Steps">The steps.</param>
public sealed record Plan(string Key, IReadOnlyList<PlanStep> Steps);

/// <summary>Work that the host is to run for the agent, on real blobs.</summary>
/// <param name="Workload">For which workload.</param>
/// <param name="Capability">What to run.</param>
/// <param name="Spec">Digest of the specification.</param>
/// <param name="Units">Units of work.</param>
/// <param name="Modelled">How long it takes in virtual time; under the wall clock it takes what it takes.</param>
public sealed record WorkOrder(WorkloadId Workload, Label Capability, Digest Spec, uint Units, Duration Modelled);

/// <summary>What an agent decided.</summary>
/// <param name="Plans">What to do; plans do not depend on each other.</param>
/// <param name="Work">What to run.</param>
/// <param name="MustRemember">Whether the memory holds something new that must not be lost once the plans run, such as
/// what opens a sealed bid: the host makes it durable first.</param>
/// <param name="WakeAt">When to think again if nothing happens, or null.</param>
public sealed record Decision(
    IReadOnlyList<Plan> Plans, IReadOnlyList<WorkOrder> Work, bool MustRemember, Timestamp? WakeAt)
{
    /// <summary>Nothing to do.</summary>
    public static Decision Nothing { get; } = new([], [], false, null);
}

/// <summary>Gathers a decision.</summary>
/// <remarks>One agent's, one turn's.</remarks>
public sealed class DecisionBuilder
{
    private readonly List<Plan> plans = [];
    private readonly List<WorkOrder> work = [];
    private bool mustRemember;
    private Timestamp? wakeAt;

    /// <summary>Adds a plan.</summary>
    /// <param name="key">What it is for.</param>
    /// <param name="steps">Its steps; none is no plan.</param>
    public void Do(string key, params IReadOnlyList<PlanStep> steps)
    {
        if (steps.Count > 0)
        {
            plans.Add(new Plan(key, steps));
        }
    }

    /// <summary>Adds work.</summary>
    /// <param name="order">What to run.</param>
    public void Run(WorkOrder order) => work.Add(order);

    /// <summary>The memory must be durable before anything is done.</summary>
    public void Remember() => mustRemember = true;

    /// <summary>Thinks again at an instant at the latest.</summary>
    /// <param name="at">When.</param>
    public void WakeAt(Timestamp at) => wakeAt = wakeAt is { } earlier && earlier < at ? earlier : at;

    /// <summary>The decision.</summary>
    public Decision Build() => new(plans, work, mustRemember, wakeAt);
}
