using Aitbc.Agents.Core.Communication;
using Aitbc.Agents.Core.Memory;
using Aitbc.Agents.Runtime.Decision;
using Aitbc.Agents.Runtime.Marketplace;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Verification;
using Aitbc.Safety;
using Aitbc.Workloads;

namespace Aitbc.Agents.Kinds;

/// <summary>What sets one validator apart from the next. Immutable.</summary>
/// <param name="Fee">What it asks for a verdict, base units; a statement, clients name the fee.</param>
/// <param name="MissOdds">How often it lets a draw pass, so that its silence is seen to cost.</param>
/// <param name="Slowness">How long it takes in virtual time: one is the kind's own.</param>
public sealed record ValidatorTraits(TokenAmount Fee, Ratio MissOdds, Ratio Slowness);

/// <summary>
/// Checks what others deliver: where it is drawn it does the work itself, commits to what came out before the
/// provider's result is shown, and then says whether the two agree. Source: the seed's Validation Agents.
/// </summary>
/// <param name="traits">What sets it apart from others of its kind.</param>
/// <remarks>Immutable; it remembers nothing, for its work and its salts can be made again.</remarks>
public sealed class ValidationAgent(ValidatorTraits traits) : IAgentConduct
{
    private static readonly ModelledTime Time = new(new Duration(20), new Duration(4));

    /// <inheritdoc/>
    public AgentKind Kind => AgentKind.Validation;

    /// <inheritdoc/>
    public IReadOnlyList<ServiceOffer> Offers { get; } = [new(WorkloadCapabilities.Validation, traits.Fee)];

    /// <summary>A memory: it needs none of its own.</summary>
    public static AgentMemory NewMemory() => new();

    /// <inheritdoc/>
    public IEnumerable<Digest> BlobsOfInterest(Agent agent) => [];

    /// <inheritdoc/>
    public void Remember(Agent agent, Observation seen, MarketEvent happened)
    {
        // What it does follows from what it sees.
    }

    /// <inheritdoc/>
    public void Decide(Agent agent, Observation seen, DecisionBuilder decision)
    {
        if (!seen.MarketRuns)
        {
            return;
        }

        foreach (var workload in seen.Workloads.Where(workload => workload.OwnSeat is not null))
        {
            Attend(agent, seen, workload, decision);
        }
    }

    private static bool Agrees(WorkloadFacts workload, OutputBlob own, Observation seen) =>
        own.Digest == workload.Result
        || (workload.TolerancePpm > 0 && seen.Fetch(workload.Result) is { } theirs
            && OutputDistance.Ppm(own.Bytes.Span, theirs.Span) <= workload.TolerancePpm);

    private void Attend(Agent agent, Observation seen, WorkloadFacts workload, DecisionBuilder decision)
    {
        var commits = workload is { Phase: WorkloadPhase.Committing, OwnSeat: SeatState.Drawn };
        var judges = workload is { Phase: WorkloadPhase.Judging, OwnSeat: SeatState.Committed };
        if ((!commits && !judges) || Misses(agent, workload.Id) || seen.Working.Contains(workload.Id))
        {
            return;
        }

        var done = seen.Work.FirstOrDefault(work => work.Workload == workload.Id);
        if (done is null)
        {
            decision.Run(new WorkOrder(
                workload.Id,
                workload.Capability,
                workload.Spec,
                workload.Units,
                Time.Of(workload.Units, traits.Slowness)));
        }
        else if (done.Failure is null)
        {
            // What cannot be worked at all is not judged: its input may be the client's own fault.
            Say(agent, seen, workload, done, decision);
        }
    }

    private static void Say(
        Agent agent, Observation seen, WorkloadFacts workload, WorkDone done, DecisionBuilder decision)
    {
        var (id, own) = (workload.Id, done.Outputs[0]);
        var salt = Sealing.VerdictSalt(agent.Secret, id);
        if (workload.Phase == WorkloadPhase.Committing)
        {
            var commit = new CommitVerdict(id, Commitments.OfVerdict(id, agent.Account, own.Digest, salt));
            decision.Do($"commit/{id}", new ProposedAction(agent.Account, commit, $"commit to a check of {id}"));
            return;
        }

        var verdict = new RevealVerdict(id, Agrees(workload, own, seen), own.Digest, salt);
        IReadOnlyList<PlanStep> steps = own.Digest == workload.Result
            ? [new ProposedAction(agent.Account, verdict, $"find {id} right")]
            : Providing.Deliver(agent, seen, done with { Outputs = [own] }, verdict);
        decision.Do($"judge/{id}", steps);
    }

    private bool Misses(Agent agent, WorkloadId workload) =>
        new SeededRandom(agent.Secret.Prefix).Fork($"miss/{workload}").Chance(traits.MissOdds);
}
