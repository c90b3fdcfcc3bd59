using Aitbc.Agents.Core.Communication;
using Aitbc.Agents.Core.Learning;
using Aitbc.Agents.Core.Memory;
using Aitbc.Agents.Kinds.Requesting;
using Aitbc.Agents.Runtime.Decision;
using Aitbc.Agents.Runtime.Marketplace;
using Aitbc.Primitives;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Verification;
using Aitbc.Safety;

namespace Aitbc.Agents.Kinds;

/// <summary>
/// The demand side: it has its data curated and a model trained, then answers a recorded stream of requests by buying
/// inference, and from time to time buys both anew. It looks at every result and keeps the labels to itself.
/// </summary>
/// <param name="traits">What it wants.</param>
/// <remarks>What it learns stands in its memory; it keeps only bytes that it can make again. One owner.</remarks>
public sealed class RequesterAgent(RequesterTraits traits) : IAgentConduct
{
    private readonly OrderBook book = new(traits);

    /// <inheritdoc/>
    public AgentKind Kind => AgentKind.Requester;

    /// <inheritdoc/>
    public IReadOnlyList<ServiceOffer> Offers => [];

    /// <inheritdoc/>
    public IEnumerable<Digest> BlobsOfInterest(Agent agent) =>
        Unposted(agent.Memory.Requester!).SelectMany(order => book.Prepare(order).Blobs.Select(blob => blob.Digest));

    /// <inheritdoc/>
    public void Remember(Agent agent, Observation seen, MarketEvent happened)
    {
        var memory = agent.Memory.Requester!;
        if (happened is PostedEvent { IsOwn: true } posted)
        {
            var order = Unposted(memory).FirstOrDefault(held => SaltHashOf(agent, held) == posted.SaltHash);
            if (order is not null)
            {
                memory.Orders[order.Number] = order with { Workload = posted.Workload };
            }
        }
        else if (happened is EndedEvent { IsOwn: true } ended)
        {
            memory.Offered.Remove(ended.Workload.Value);
            if (OrderOf(memory, ended.Workload) is { } order)
            {
                memory.Orders.Remove(order.Number);
                Conclude(memory, seen, order, ended);
            }
        }
    }

    /// <inheritdoc/>
    public void Decide(Agent agent, Observation seen, DecisionBuilder decision)
    {
        if (!seen.MarketRuns)
        {
            return;
        }

        foreach (var workload in seen.Workloads.Where(workload => workload.IsOwn))
        {
            Attend(agent, seen, workload, decision);
        }

        PlanOrders(agent, seen, decision);
        foreach (var order in Unposted(agent.Memory.Requester!))
        {
            decision.Do(order.Key, Post(agent, seen, order));
        }
    }

    private static IEnumerable<Order> Unposted(RequesterMemory memory) =>
        memory.Orders.Values.Where(order => order.Workload is null).ToList();

    private static Order? OrderOf(RequesterMemory memory, WorkloadId workload) =>
        memory.Orders.Values.FirstOrDefault(order => order.Workload == workload);

    private static Digest SaltHashOf(Agent agent, Order order) =>
        Digest.Sha256(Sealing.OrderSalt(agent.Secret, order.Number).AsSpan());

    /// <summary>Reveals the salt while bids are taken, and accepts what was delivered as ordered, unless it is one of
    /// the silent times.</summary>
    private void Attend(Agent agent, Observation seen, WorkloadFacts workload, DecisionBuilder decision)
    {
        var memory = agent.Memory.Requester!;
        if (OrderOf(memory, workload.Id) is not { } order)
        {
            return;
        }

        if (workload.Phase <= WorkloadPhase.Opening && !workload.SaltRevealed
            && memory.Offered.Add(workload.Id.Value))
        {
            var salt = Sealing.OrderSalt(agent.Secret, order.Number);
            decision.Do($"salt/{workload.Id}", new SaltDelivery(agent.Account, workload.Id, salt));
        }
        else if (workload.Phase == WorkloadPhase.Submitted && !IsSilent(agent, workload.Id)
            && ResultJudge.Judge(order, workload.Result, traits.Data, book.RowsOf(order), seen.Fetch) is not null)
        {
            decision.Do(
                $"accept/{workload.Id}",
                new ProposedAction(agent.Account, new AcceptWork(workload.Id), $"accept {workload.Id}"));
        }
    }

    private bool IsSilent(Agent agent, WorkloadId workload) =>
        new SeededRandom(agent.Secret.Prefix).Fork($"silent/{workload}").Chance(traits.SilenceOdds);

    /// <summary>Whether an order is to be checked: by its own number, so the same after a restart.</summary>
    private bool Checks(Agent agent, Order order) => order.Kind == OrderKind.Infer
        && (order.Number <= traits.CheckFirst
            || new SeededRandom(agent.Secret.Prefix).Fork($"check/{order.Number}").Chance(traits.CheckOdds));

    private ValidationTerms TermsOf(Order order) => new(
        traits.Check.Needed,
        traits.Check.Validators,
        traits.Check.TolerancePpm,
        order.MaxPrice.ShareUp(traits.Check.FeeShare),
        traits.Check.CommitMs,
        traits.Check.RevealMs);

    /// <summary>Takes an order's end in: what was bought, what it cost, or that it must be ordered again.</summary>
    private void Conclude(RequesterMemory memory, Observation seen, Order order, EndedEvent ended)
    {
        var unit = memory.UnitCosts[order.Kind];
        if (ended.Paid.IsZero)
        {
            var nobody = ended.Ending is WorkloadEnding.NoBids or WorkloadEnding.NoEligibleBid;
            memory.UnitCosts[order.Kind] = nobody
                ? TokenAmount.Min(BudgetLearner.AfterNobody(unit), traits.CeilingOf(order.Kind))
                : unit;
            if (order.Attempt < traits.MaxAttempts)
            {
                Add(memory, order with { Attempt = order.Attempt + 1, Workload = null });
            }
            else
            {
                memory.GivenUp++;
            }

            return;
        }

        memory.Spent += ended.Paid;
        memory.UnitCosts[order.Kind] = TokenAmount.Min(
            BudgetLearner.AfterPaid(unit, ended.Paid, order.Units), traits.CeilingOf(order.Kind));
        var finding = ResultJudge.Judge(order, ended.Result, traits.Data, book.RowsOf(order), seen.Fetch);
        if (finding is null)
        {
            memory.BadResults++;
            return;
        }

        Take(memory, order, ended, finding);
    }

    private void Take(RequesterMemory memory, Order order, EndedEvent ended, Finding finding)
    {
        switch (order.Kind)
        {
            case OrderKind.Curate:
                memory.Dataset = finding.Dataset;
                break;
            case OrderKind.Train:
                var accuracy = finding.Accuracy!.Value;
                memory.Models++;
                memory.TrainedRound = order.Round;
                if (memory.Best is null || accuracy > memory.Best.Accuracy)
                {
                    memory.Best = new ModelNote(
                        order.Round, ended.Result, accuracy, Ratio.FromPpm(ended.QualityPpm));
                }

                break;
            default:
                memory.RowsCompared += book.RowsOf(order);
                memory.RowsRight += finding.Right!.Value;
                break;
        }
    }

    /// <summary>Decides what to order next: data, then a model, then inference as the demand arrives; no more than is
    /// still to settle.</summary>
    private void PlanOrders(Agent agent, Observation seen, DecisionBuilder decision)
    {
        var memory = agent.Memory.Requester!;
        var before = memory.LastOrder;
        if (memory.Orders.Count < seen.ToSettle && memory.Orders.Values.All(order => order.Kind == OrderKind.Infer))
        {
            Prepare(memory);
        }

        if (memory.Best is { } best)
        {
            memory.DemandStartMs ??= seen.MarketNow.UnixMs;
            var open = memory.Orders.Values.Count(order => order.Kind == OrderKind.Infer);
            for (; open < traits.MaxOpen && memory.Orders.Count < seen.ToSettle; open++)
            {
                var arrival = DemandMapping.ArrivalOf(traits.Demand, memory.NextRequest, traits.Speed);
                var waitMs = memory.DemandStartMs.Value + arrival.Ms - seen.MarketNow.UnixMs;
                if (waitMs > 0)
                {
                    decision.WakeAt(seen.Now + new Duration(waitMs));
                    break;
                }

                AddInference(memory, best);
            }
        }

        if (memory.LastOrder != before)
        {
            decision.Remember();
        }
    }

    /// <summary>The next curation or training, where one is called for.</summary>
    private void Prepare(RequesterMemory memory)
    {
        var isRoundOver = memory.TrainedRound == memory.Round
            && (memory.Round == 0 || memory.RequestsInRound >= traits.RoundLength);
        if (isRoundOver)
        {
            memory.Round++;
            memory.RequestsInRound = 0;
        }

        if (memory.Dataset is not { } dataset || dataset.Round < memory.Round)
        {
            var kib = (uint)((traits.Data.Given.Length + 1023) / 1024);
            Add(memory, new Order(0, OrderKind.Curate, memory.Round, 0, default, kib, default, 1, null));
        }
        else if (memory.TrainedRound < memory.Round)
        {
            var units = TrainingRecipe.Units(
                dataset.TrainRows, book.TrainingOf(dataset.Train, dataset.TrainRows, memory.Round));
            Add(memory, new Order(
                0, OrderKind.Train, memory.Round, dataset.TrainRows, dataset.Train, units, default, 1, null));
        }
    }

    private void AddInference(RequesterMemory memory, ModelNote best)
    {
        var request = memory.NextRequest++;
        memory.RequestsInRound++;
        Add(memory, new Order(
            0, OrderKind.Infer, memory.Round, request, best.Model, book.UnitsOf(request), default, 1, null));
    }

    /// <summary>Numbers an order, and offers what its kind is thought to cost now.</summary>
    private static void Add(RequesterMemory memory, Order order)
    {
        var number = ++memory.LastOrder;
        var price = BudgetLearner.Offer(memory.UnitCosts[order.Kind], order.Units);
        memory.Orders.Add(number, order with { Number = number, MaxPrice = price });
    }

    private List<PlanStep> Post(Agent agent, Observation seen, Order order)
    {
        var prepared = book.Prepare(order);
        var missing = prepared.Blobs.Where(blob => blob.Bytes is not null).DistinctBy(blob => blob.Digest).ToList();
        List<PlanStep> steps = [];
        Command[] declared =
        [
            .. missing.Where(blob => !seen.Blobs.GetValueOrDefault(blob.Digest).IsDeclared)
                .Select(blob => new DeclareBlob(blob.Digest, (ulong)blob.Bytes!.Value.Length, seen.Chain.BlobDays)
                {
                    // Who is awarded the order needs what it is about as well, such as the model.
                    Names = blob.Digest == prepared.SpecDigest && !order.Subject.IsZero ? [order.Subject] : [],
                }),
        ];
        if (declared.Length > 0)
        {
            steps.Add(new ProposedAction(agent.Account, declared, $"declare the blobs of order {order.Number}"));
        }

        steps.AddRange(missing.Where(blob => !seen.Blobs.GetValueOrDefault(blob.Digest).IsAvailable)
            .Select(blob => (PlanStep)new BlobDelivery(agent.Account, blob.Bytes!.Value)));
        var windows = traits.WindowsOf(order.Kind);
        var validation = Checks(agent, order) ? TermsOf(order) : null;
        var bond = order.MaxPrice.ShareUp(seen.Chain.MinJobBondShare);
        var post = new PostWorkload(
            prepared.Capability,
            prepared.InputDigest,
            prepared.SpecDigest,
            order.MaxPrice,
            validation is null ? bond : TokenAmount.Max(bond, validation.Fee.MulDivUp(validation.Validators, 1)),
            order.Units,
            0,
            SaltHashOf(agent, order),
            validation is null ? VerificationMode.None : VerificationMode.KOfN,
            windows.BidMs,
            windows.OpenMs,
            windows.WorkMs,
            windows.AcceptMs,
            validation);
        steps.Add(new ProposedAction(agent.Account, post, $"order {order.Number}: {order.Kind}"));
        return steps;
    }
}
