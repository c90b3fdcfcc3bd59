using Aitbc.Agents.Core.Communication;
using Aitbc.Agents.Core.Learning;
using Aitbc.Agents.Core.Memory;
using Aitbc.Agents.Runtime.Decision;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Verification;
using Aitbc.Safety;

namespace Aitbc.Agents.Runtime.Marketplace;

/// <summary>
/// What every provider does, whatever it computes: bid under seal, open the bid, do the work it is awarded, deliver it.
/// Each step follows from what is seen, so a step that failed or was lost in a restart is simply taken again. Pure.
/// </summary>
internal static class Providing
{
    /// <summary>Takes in an event: awards teach the margin, ends are counted.</summary>
    public static void Remember(Agent agent, ProviderTraits traits, MarketEvent happened)
    {
        var memory = agent.Memory.Provider!;
        switch (happened)
        {
            case AwardedEvent awarded:
                if (memory.Bids.Remove(awarded.Workload.Value, out var bid) && bid.IsPlaced)
                {
                    memory.Margin = MarginLearner.After(memory.Margin, awarded.IsToSelf);
                    if (awarded.IsToSelf && memory.Won < (ulong)traits.Slips.Count)
                    {
                        memory.Slips.Add(awarded.Workload.Value, traits.Slips[(int)memory.Won]);
                    }

                    memory.Won += awarded.IsToSelf ? 1UL : 0;
                    memory.Lost += awarded.IsToSelf ? 0 : 1UL;
                    memory.Missed += awarded.IsToSelf && Misses(agent, traits, awarded.Workload) ? 1UL : 0;
                }

                break;
            case EndedEvent ended:
                memory.Bids.Remove(ended.Workload.Value);
                memory.Offered.Remove(ended.Workload.Value);
                memory.Slips.Remove(ended.Workload.Value);
                memory.Earned += ended.IsByOwn ? ended.Paid : TokenAmount.Zero;
                break;
            default:
                break;
        }
    }

    /// <summary>Decides about every workload it sees.</summary>
    public static void Decide(
        Agent agent, ProviderTraits traits, ModelledTime time, Observation seen, DecisionBuilder decision)
    {
        if (!seen.MarketRuns)
        {
            return;
        }

        var room = Room(agent, seen);
        foreach (var workload in seen.Workloads)
        {
            if (workload.IsAwardedToSelf)
            {
                Serve(agent, traits, time, seen, workload, decision);
            }
            else if (workload.HasOwnBid)
            {
                Open(agent, workload, decision);
            }
            else if (workload.Phase is WorkloadPhase.Open or WorkloadPhase.Bidding)
            {
                // What it remembers to have decided has its room already, also where it was lost on the way.
                var isRemembered = agent.Memory.Provider!.Bids.ContainsKey(workload.Id.Value);
                var hasBid = (isRemembered || room > 0) && Bid(agent, traits, seen, workload, decision);
                room -= hasBid && !isRemembered ? 1 : 0;
            }
        }
    }

    /// <summary>Jobs it can still take on, were it to win all it has bid on.</summary>
    private static long Room(Agent agent, Observation seen)
    {
        var capacity = seen.Services.Sum(service => (long)service.MaxCapacity - service.CurrentLoad);
        return capacity - agent.Memory.Provider!.Bids.Count;
    }

    private static bool Bid(
        Agent agent, ProviderTraits traits, Observation seen, WorkloadFacts workload, DecisionBuilder decision)
    {
        var memory = agent.Memory.Provider!;
        var service = seen.Services.FirstOrDefault(offer => offer.Capability == workload.Capability);
        if (service is null || workload.IsOwn || workload.Deadline <= seen.Now || workload.Bonds > seen.Self.Available)
        {
            return false;
        }

        if (!memory.Bids.TryGetValue(workload.Id.Value, out var bid))
        {
            if (traits.Ask(workload.Units, memory.Margin, workload.MaxPrice) is not { } price)
            {
                return false;
            }

            bid = new BidNote(price, false);
            memory.Bids.Add(workload.Id.Value, bid);
            decision.Remember();
        }

        var opening = Sealing.Opening(agent.Secret, workload.Id, agent.Account, bid.Price);
        var place = new PlaceBid(workload.Id, service.Id, Sealing.Commit(workload.Id, opening));
        decision.Do(
            $"bid/{workload.Id}",
            new ProposedAction(agent.Account, place, $"bid on {workload.Id}"),
            new OpeningDelivery(workload.Id, opening));
        memory.Offered.Add(workload.Id.Value);
        return true;
    }

    /// <summary>Gives the node the opening again where this process has not yet, or where the node has lost
    /// it.</summary>
    private static void Open(Agent agent, WorkloadFacts workload, DecisionBuilder decision)
    {
        var memory = agent.Memory.Provider!;
        if (!memory.Bids.TryGetValue(workload.Id.Value, out var bid))
        {
            return;
        }

        if (!bid.IsPlaced)
        {
            memory.Bids[workload.Id.Value] = bid with { IsPlaced = true };
        }

        var isLost = workload.Phase == WorkloadPhase.Opening && !workload.OwnBidOpened;
        if (isLost || memory.Offered.Add(workload.Id.Value))
        {
            var opening = Sealing.Opening(agent.Secret, workload.Id, agent.Account, bid.Price);
            decision.Do($"open/{workload.Id}", new OpeningDelivery(workload.Id, opening));
        }
    }

    private static void Serve(
        Agent agent,
        ProviderTraits traits,
        ModelledTime time,
        Observation seen,
        WorkloadFacts workload,
        DecisionBuilder decision)
    {
        if (workload.Phase == WorkloadPhase.Awarded && !Misses(agent, traits, workload.Id))
        {
            decision.Do(
                $"start/{workload.Id}",
                new ProposedAction(agent.Account, new StartWork(workload.Id), $"start {workload.Id}"));
        }
        else if (workload.Phase is WorkloadPhase.Running or WorkloadPhase.Revealing
            && !seen.Working.Contains(workload.Id))
        {
            var done = seen.Work.FirstOrDefault(work => work.Workload == workload.Id);
            if (done is null)
            {
                // Also what it has sealed: a restart forgets results, and the same bytes in give the same bytes out.
                decision.Run(new WorkOrder(
                    workload.Id,
                    workload.Capability,
                    workload.Spec,
                    workload.Units,
                    time.Of(workload.Units, traits.Slowness)));
            }
            else if (done.Failure is null)
            {
                Finish(agent, seen, workload, Mistakes.Make(agent, seen, done), decision);
            }
        }
    }

    /// <summary>Delivers; where validators check, first only the seal of what will be shown later.</summary>
    private static void Finish(
        Agent agent, Observation seen, WorkloadFacts workload, WorkDone done, DecisionBuilder decision)
    {
        var (id, result, quality) = (workload.Id, done.Outputs[0].Digest, done.QualityPpm ?? 0);
        var salt = Sealing.WorkSalt(agent.Secret, id);
        if (workload.Mode == VerificationMode.None)
        {
            decision.Do($"deliver/{id}", Deliver(agent, seen, done, new SubmitWork(id, result, quality)));
        }
        else if (workload.Phase == WorkloadPhase.Running)
        {
            var seal = new SealWork(id, Commitments.OfWork(id, agent.Account, result, quality, salt));
            decision.Do($"seal/{id}", new ProposedAction(agent.Account, seal, $"seal the result of {id}"));
        }
        else
        {
            decision.Do($"reveal/{id}", Deliver(agent, seen, done, new RevealWork(id, result, quality, salt)));
        }
    }

    /// <summary>Declares and puts what the ledger does not have yet, then says so.</summary>
    internal static List<PlanStep> Deliver(Agent agent, Observation seen, WorkDone done, Command say)
    {
        List<PlanStep> steps = [];
        Command[] declared =
        [
            .. done.Outputs.Where(blob => !blob.Facts.IsDeclared).DistinctBy(blob => blob.Digest)
                .Select(blob => new DeclareBlob(blob.Digest, (ulong)blob.Bytes.Length, seen.Chain.BlobDays)
                {
                    Names = blob.Digest == done.Outputs[0].Digest ? Companions(done) : [],
                }),
        ];
        if (declared.Length > 0)
        {
            steps.Add(new ProposedAction(agent.Account, declared, $"declare the result of {done.Workload}"));
        }

        steps.AddRange(done.Outputs.Where(blob => !blob.Facts.IsAvailable).DistinctBy(blob => blob.Digest)
            .Select(blob => (PlanStep)new BlobDelivery(agent.Account, blob.Bytes)));
        steps.Add(new ProposedAction(agent.Account, say, $"deliver {done.Workload}"));
        return steps;
    }

    /// <summary>What the primary blob refers to: the client is given it too.</summary>
    private static Digest[] Companions(WorkDone done) =>
    [
        .. done.Outputs.Select(blob => blob.Digest).Where(digest => digest != done.Outputs[0].Digest)
            .Distinct().Take(DeclareBlob.MaxNames),
    ];

    /// <summary>Whether it lets a job pass: as one of its first, or drawn from its secret and the workload, so the same
    /// after a restart.</summary>
    private static bool Misses(Agent agent, ProviderTraits traits, WorkloadId workload) =>
        agent.Memory.Provider!.Slips.GetValueOrDefault(workload.Value) == Slip.Missed
        || new SeededRandom(agent.Secret.Prefix).Fork($"miss/{workload}").Chance(traits.MissOdds);
}
