using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Protocol.Tests.Outcomes;

/// <summary>Bids placed and opened.</summary>
internal static class BidScenarios
{
    public static Scenario PlaceBid { get; } = new(
        "bid.place",
        scene =>
        {
            scene.Register();
            scene.Client = scene.Other;
            scene.Workload = scene.Chain.Post(scene.Client);
        },
        scene =>
        {
            scene.Sender = scene.Agent;
            scene.Command = scene.Chain.Bidding(scene.Provider, scene.Workload, scene.Price);
        },
        new Defect(Outcome.CounterpartyNotAllowed, "client")
        {
            Stage = scene =>
            {
                var bound = Constitutions.Wide with { Counterparties = [scene.Chain.People[0].Id] };
                scene.Client = scene.Chain.NewAgent(scene.Other, bound);
                scene.Workload = scene.Chain.Post(scene.Client);
            },
            Order = int.MinValue,
            Excludes = ["id", "bids", "phase", "bid", "own"],
        },
        new Defect(Outcome.NotAuthorised, "sender")
        {
            Late = scene => scene.Sender = scene.Stranger, Excludes = ["funds", "stake", "open", "bid", "own"],
        },
        new Defect(Outcome.InsufficientFunds, "funds")
        {
            Stage = scene => scene.Chain.Do(scene.Agent, new Transfer(
                scene.Other.Id, scene.Chain.Account(scene.Agent).Available - TokenAmount.OneToken)),
            Excludes = ["id"],
        },
        new Defect(Outcome.InsufficientStake, "stake")
        {
            Setup = scene => scene.Staked = false, Excludes = ["open", "bid"],
        },
        new Defect(Outcome.TooManyOpen, "open")
        {
            Stage = scene =>
            {
                foreach (var client in new[] { scene.Stranger, scene.Chain.People[0] })
                {
                    scene.Chain.Bid(scene.Provider, scene.Chain.Post(client), scene.Price);
                }
            },
            Excludes = ["bid"],
        },
        new Defect(Outcome.TooManyOpen, "bids")
        {
            Setup = scene => scene.Parameters = scene.Parameters with { MaxBidsPerWorkload = 1 },
            Stage = RivalBids,
            Excludes = ["phase", "capability"],
        },
        new Defect(Outcome.NoSuchService, "service")
        {
            Late = scene => scene.Command = ((PlaceBid)scene.Command) with { Service = new ServiceId(99) },
        },
        new Defect(Outcome.NoSuchService, "rival's service")
        {
            Late = scene => scene.Command = ((PlaceBid)scene.Command) with
            {
                Service = scene.Chain.NewProvider(scene.Stranger).Service,
            },
            Excludes = ["service"],
        },
        new Defect(Outcome.NoSuchWorkload, "id")
        {
            Late = scene => scene.Command = ((PlaceBid)scene.Command) with { Workload = new WorkloadId(99) },
            Excludes = ["bids", "phase", "bid", "capability", "own"],
        },
        new Defect(Outcome.WrongPhase, "phase")
        {
            Stage = scene =>
            {
                RivalBids(scene);
                scene.Chain.PassDeadline(scene.Workload);
            },
            Excludes = ["capability"],
        },
        new Defect(Outcome.AlreadyBid, "bid")
        {
            Stage = scene => scene.Chain.Bid(scene.Provider, scene.Workload, scene.Price),
            Excludes = ["capability", "own"],
        },
        new Defect(Outcome.CapabilityMismatch, "capability")
        {
            Stage = scene => scene.Workload =
                scene.Chain.Post(scene.Client, posting => posting with { Capability = Label.Parse("other") }),
        },
        new Defect(Outcome.OwnWorkload, "own")
        {
            Stage = scene =>
            {
                scene.Client = scene.Owner;
                scene.Workload = scene.Chain.Post(scene.Client);
            },
        });

    public static Scenario OpenBid { get; } = new(
        "bid.open",
        scene =>
        {
            scene.Register();
            scene.Workload = scene.Chain.Post(scene.Other);
            scene.Chain.Bid(scene.Provider, scene.Workload, scene.Price);
        },
        scene =>
        {
            if (!scene.Early)
            {
                scene.Chain.PassDeadline(scene.Workload);
            }

            scene.Sender = scene.Agent;
            scene.Command = scene.Chain.Opening(scene.Agent, scene.Workload);
        },
        new Defect(Outcome.NoSuchWorkload, "id")
        {
            Late = scene => scene.Command = ((OpenBid)scene.Command) with { Workload = new WorkloadId(99) },
            Excludes = ["phase", "sender", "salt", "opened", "price"],
        },
        new Defect(Outcome.WrongPhase, "phase") { Setup = scene => scene.Early = true, Excludes = ["opened"] },
        new Defect(Outcome.NoSuchBid, "sender") { Late = scene => scene.Sender = scene.Stranger },
        new Defect(Outcome.CommitmentMismatch, "salt")
        {
            Late = scene => scene.Command = ((OpenBid)scene.Command) with { Salt = default },
        },
        new Defect(Outcome.AlreadyOpened, "opened")
        {
            Late = scene => scene.Chain.Do(scene.Agent, scene.Command), Excludes = ["price"],
        },
        new Defect(Outcome.PriceOutOfRange, "price")
        {
            Setup = scene => scene.Price = TokenAmount.FromTokens(101),
        },
        new Defect(Outcome.PriceOutOfRange, "price") { Setup = scene => scene.Price = TokenAmount.Zero });

    private static void RivalBids(Scene scene)
    {
        if (scene.Chain.Workload(scene.Workload).BidCount == 0)
        {
            scene.Chain.Bid(scene.Chain.NewProvider(scene.Stranger), scene.Workload, scene.Price);
        }
    }
}
