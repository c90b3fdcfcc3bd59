using Aitbc.Agents.Lifecycle;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Safety;

namespace Aitbc.Agents.Runtime.Decision;

/// <summary>
/// One turn of an agent, the main path: observe -> remember -> decide -> propose -> (gateway) -> learn. It comes in two
/// halves so that the host can make the memory durable between them: what opens a sealed bid must be on disk before the
/// bid is placed.
/// </summary>
public static class AgentTurn
{
    /// <summary>How long a plan that failed waits before it is tried again.</summary>
    public static readonly Duration Patience = new(250);

    /// <summary>How long a plan rests whose step waits for a person, so that they are not asked again for the same:
    /// as long as such a question stands on a chain with default parameters.</summary>
    public static readonly Duration PatienceWithPeople = Duration.FromDays(1);

    /// <summary>Observe, remember, decide. Changes the agent's memory and nothing else.</summary>
    /// <param name="agent">Whose turn it is.</param>
    /// <param name="seen">What it sees.</param>
    public static Decision Think(Agent agent, Observation seen)
    {
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentNullException.ThrowIfNull(seen);
        foreach (var happened in seen.Events)
        {
            if (happened.Seq > agent.Memory.LastSeq)
            {
                agent.Conduct.Remember(agent, seen, happened);
            }
        }

        if (seen.Events.Count > 0)
        {
            agent.Memory.LastSeq = Math.Max(agent.Memory.LastSeq, seen.Events[^1].Seq);
        }

        var stage = AgentLifecycle.StageOf(agent, seen);
        if (stage is LifecycleStage.Initialised or LifecycleStage.Stopped or LifecycleStage.Retired)
        {
            return Decision.Nothing;
        }

        var decision = new DecisionBuilder();
        if (stage == LifecycleStage.Registered)
        {
            AgentLifecycle.Enter(agent, seen, decision);
        }
        else
        {
            agent.Conduct.Decide(agent, seen, decision);
        }

        if (agent.Memory.NextTry(seen.Now) is { } next)
        {
            decision.WakeAt(next);
        }

        return Filter(agent, seen, decision.Build());
    }

    /// <summary>Propose and learn: every step goes through the gateway, in order; a plan ends with its first failure.
    /// </summary>
    /// <param name="agent">Whose turn it is.</param>
    /// <param name="decision">What it decided.</param>
    /// <param name="gateway">The only door.</param>
    /// <param name="now">The present time.</param>
    /// <param name="cancellationToken">Ends the turn between steps.</param>
    /// <returns>Whether anything took effect.</returns>
    public static async Task<bool> ActAsync(
        Agent agent, Decision decision, SafetyGateway gateway, Timestamp now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentNullException.ThrowIfNull(decision);
        ArgumentNullException.ThrowIfNull(gateway);
        var moved = false;
        foreach (var plan in decision.Plans)
        {
            Outcome? outcome = Outcome.Applied;
            for (var i = 0; i < plan.Steps.Count && outcome == Outcome.Applied; i++)
            {
                outcome = await StepAsync(agent, plan.Steps[i], gateway, cancellationToken).ConfigureAwait(false);
                moved |= outcome == Outcome.Applied;
            }

            if (outcome == Outcome.Applied)
            {
                agent.Memory.Clear(plan.Key);
            }
            else
            {
                agent.Memory.Wait(
                    plan.Key, now + (outcome == Outcome.Parked ? PatienceWithPeople : Patience));
            }
        }

        return moved;
    }

    private static async Task<Outcome?> StepAsync(
        Agent agent, PlanStep step, SafetyGateway gateway, CancellationToken cancellationToken)
    {
        Outcome? outcome;
        string sentence;
        if (step.Proposal is { } proposal)
        {
            var result = await gateway.ActAsync(proposal, cancellationToken).ConfigureAwait(false);
            outcome = result.Outcome;
            sentence = result.Refusal?.Sentence ?? $"the ledger answered {outcome}";
        }
        else
        {
            outcome = await gateway.DeliverAsync(step.Delivery!, cancellationToken).ConfigureAwait(false);
            sentence = $"the node answered {outcome}";
        }

        if (outcome is not (Outcome.Applied or Outcome.Parked))
        {
            Learn(agent.Memory, sentence);
        }

        return outcome;
    }

    /// <summary>A refusal is experience too: it is counted, and the last one is kept in words.</summary>
    private static void Learn(Core.Memory.AgentMemory memory, string sentence)
    {
        memory.Refused++;
        memory.LastRefusal = sentence;
    }

    /// <summary>Leaves out plans that failed a moment ago.</summary>
    private static Decision Filter(Agent agent, Observation seen, Decision decision) => decision with
    {
        Plans = [.. decision.Plans.Where(plan => agent.Memory.MayTry(plan.Key, seen.Now))],
    };
}
