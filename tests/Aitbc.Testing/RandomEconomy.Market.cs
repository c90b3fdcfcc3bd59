using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Verification;

namespace Aitbc.Testing;

/// <content>What clients, bidders, providers and the node do on the market.</content>
public sealed partial class RandomEconomy
{
    private PostWorkload Posting(Actor actor)
    {
        var salt = Chain.Unique("salt", random.NextUInt64());
        var price = Hits(900_000) ? TokenAmount.FromTokens(1 + random.NextUInt64(100)) : Amount(actor);
        var bond = price <= TokenAmount.FromTokens(1_000_000) ? price.MulDivUp(1 + random.NextUInt64(5), 10) : price;
        var validation = Hits(400_000) ? Asked(price) : null;
        var mode = validation is null ? VerificationMode.None : VerificationMode.KOfN;
        bond = validation is null ? bond : price;
        Chain.KeepSalt(salt);
        return new PostWorkload(
            Hits(980_000) ? LedgerFixture.Capability : default,
            AnyBlob(985_000) ?? default,
            AnyBlob(985_000) ?? default,
            price,
            Hits(960_000) ? bond : Amount(actor),
            Hits(980_000) ? 10u : 0u,
            Hits(700_000) ? 0u : Hits(950_000) ? (uint)random.NextInt32(900_000) : uint.MaxValue,
            Digest.Sha256(salt.AsSpan()),
            Hits(990_000) ? mode : (VerificationMode)random.NextInt32(2),
            Window(25_000),
            Window(15_000),
            Window(80_000),
            Window(40_000),
            validation);
    }

    private uint Window(uint typical) => Hits(985_000)
        ? 100 + (uint)random.NextUInt64(typical)
        : Pick<uint>([0, 99, 604_800_000, 604_800_001, uint.MaxValue]);

    /// <summary>What a random live workload needs next, from whoever should do it.</summary>
    private (Actor Actor, Command Command) MarketAct()
    {
        var workloads = Chain.State.Workloads;
        if (workloads.Live < 6 || Hits(30_000))
        {
            var client = AnyActor();
            if (Chain.State.Blobs.Live < 6)
            {
                return (client, Declaration());
            }

            return (client, Posting(client));
        }

        ref readonly var workload = ref workloads[random.NextInt32(workloads.Count)];
        var wanted = Hits(500_000) ? WorkloadPhase.Sealed : WorkloadPhase.Open;
        for (var tries = 0; tries < 40 && (workload.Id.Value == 0 || (workload.Phase < wanted && tries < 20)); tries++)
        {
            workload = ref workloads[random.NextInt32(workloads.Count)];
        }

        if (workload.Id.Value == 0)
        {
            return Stray();
        }

        if (Hits(20_000))
        {
            return Stray(workload.Id);
        }

        var client2 = ActorOf(workload.Client);
        switch (workload.Phase)
        {
            case WorkloadPhase.Open or WorkloadPhase.Bidding:
                return Hits(30_000) ? (client2, new CancelWorkload(workload.Id)) : Bid(workload.Id);
            case WorkloadPhase.Opening:
                return OwnOpening(workload);
            case WorkloadPhase.Awarded:
                return (Winner(workload), new StartWork(workload.Id));
            case WorkloadPhase.Running when workload.Validation != 0 && Hits(980_000):
                return (Winner(workload), Sealing(workload));
            case WorkloadPhase.Sealed or WorkloadPhase.Committing or WorkloadPhase.Revealing
                or WorkloadPhase.Judging:
                return Verification(workload);
            case WorkloadPhase.Running:
                var quality = Hits(900_000) ? 950_000u : (uint)random.NextInt32(1_100_000);
                return (Winner(workload), new SubmitWork(workload.Id, AnyBlob(950_000) ?? default, quality));
            default:
                return (client2, new AcceptWork(workload.Id));
        }
    }

    private Actor Winner(in WorkloadRecord workload) => ActorOf(Chain.State.Bids[workload.WinningBid].Bidder);

    private (Actor Actor, Command Command) Bid(WorkloadId id)
    {
        var services = Chain.State.Services;
        if (services.Count == 0)
        {
            return Own(AnyActor());
        }

        ref readonly var service = ref services[random.NextInt32(services.Count)];
        for (var tries = 0; tries < 10 && (!IsWorking(service) || service.Capability != LedgerFixture.Capability);
            tries++)
        {
            service = ref services[random.NextInt32(services.Count)];
        }

        if (service.Id.Value != 0 && !IsWorking(service) && Hits(700_000))
        {
            var owner = ActorOf(service.Provider);
            var terms = LedgerFixture.ServiceTerms with { Capability = service.Capability };
            return (owner, new UpdateService(service.Id, terms));
        }

        var actor = service.Id.Value == 0 ? AnyActor() : ActorOf(service.Provider);
        var offered = Hits(980_000) ? service.Id : AnyService(AnyActor());

        // Few prices, so that ties are common; some above the maximum, some of nothing.
        var price = Hits(970_000)
            ? TokenAmount.FromTokens(1 + random.NextUInt64(6))
            : Hits(500_000) ? TokenAmount.Zero : Amount(actor);
        return (actor, Chain.Bidding(new Provider(actor, offered), id, price));
    }

    private bool IsWorking(in ServiceRecord service) => service.Id.Value != 0
        && Chain.State.Account(service.Provider).Stake >= Chain.State.Parameters.MinimumStake
        && service.Epoch >= Chain.State.FenceOf(Chain.State.Account(service.Provider), market: true);

    private (Actor Actor, Command Command) OwnOpening(in WorkloadRecord workload)
    {
        var bidder = AnyBidder(workload);
        if (Chain.FindOpening(bidder.Id, workload.Id) is not { } opening || Hits(30_000))
        {
            return (bidder, new OpenBid(workload.Id, Amount(bidder), default, default));
        }

        return (bidder, new OpenBid(workload.Id, opening.Price, opening.ProposalHash, opening.Salt));
    }

    private Actor AnyBidder(in WorkloadRecord workload)
    {
        var at = workload.FirstBid;
        for (var skip = random.NextInt32(Math.Max(1, (int)workload.BidCount)); skip > 0; skip--)
        {
            at = Chain.State.Bids[at - 1].NextBid;
        }

        return at == 0 ? AnyActor() : ActorOf(Chain.State.Bids[at - 1].Bidder);
    }

    /// <summary>A command on a workload in a phase that it may not be for, by somebody who may not send it.</summary>
    private (Actor Actor, Command Command) Stray(WorkloadId? known = null)
    {
        var id = known ?? new WorkloadId(random.NextUInt64(Chain.State.Globals.LastWorkload + 2));
        var actor = AnyActor();
        return (actor, random.NextInt32(10) switch
        {
            0 => new CancelWorkload(id),
            1 => new StartWork(id),
            2 => new SubmitWork(id, AnyBlob(950_000) ?? default, 1_000_000),
            3 => new AcceptWork(id),
            4 => new OpenBid(id, TokenAmount.OneToken, default, default),
            5 => new SealWork(id, Chain.Unique("seal", random.NextUInt64())),
            6 => new RevealWork(id, AnyBlob(950_000) ?? default, 900_000, default),
            7 => new CommitVerdict(id, Chain.Unique("commitment", random.NextUInt64())),
            8 => new RevealVerdict(id, Hits(500_000), AnyBlob(950_000) ?? default, default),
            _ => Chain.Bidding(new Provider(actor, AnyService(actor)), id, TokenAmount.OneToken),
        });
    }

    private SystemInput NextInput()
    {
        var draw = random.NextInt32(100);
        return draw switch
        {
            < 5 => new Tick(),
            < 6 => new Resumed(),
            < 17 => NextBeacon(),
            < 25 => Arrival(),
            < 35 when arriving is not null => Arrival(),
            < 26 => Chain.NextTerm(),
            < 28 => Heard(),
            < 31 => NextVerdict(),
            _ => NextOpenings(),
        };
    }

    private Beacon NextBeacon() => Chain.BeaconLeft > 0 && Hits(900_000)
        ? new Beacon(Chain.NextBeacon())
        : new Beacon(Chain.Unique("false beacon", random.NextUInt64()));

    private BlobAvailable Arrival()
    {
        var blobs = Chain.State.Blobs;
        if (arriving is { } awaited && Chain.State.FindBlob(awaited) is var slot and >= 0)
        {
            arriving = null;
            return new BlobAvailable(awaited, blobs[slot].SizeBytes);
        }

        if (blobs.Count == 0 || Hits(50_000))
        {
            return new BlobAvailable(Chain.Unique("blob", random.NextUInt64()), 1);
        }

        ref readonly var blob = ref blobs[random.NextInt32(blobs.Count)];
        for (var tries = 0; tries < 20 && blob.Available == 1; tries++)
        {
            blob = ref blobs[random.NextInt32(blobs.Count)];
        }

        return new BlobAvailable(blob.Digest, Hits(950_000) ? blob.SizeBytes : random.NextUInt64());
    }

    private BidOpenings NextOpenings()
    {
        var workloads = Chain.State.Workloads;
        for (var tries = 0; tries < 16 && workloads.Count > 0; tries++)
        {
            ref readonly var workload = ref workloads[random.NextInt32(workloads.Count)];
            if (workload.Phase == WorkloadPhase.Opening || (tries == 15 && workload.Id.Value != 0))
            {
                return OpeningsOf(workload);
            }
        }

        return new BidOpenings(new WorkloadId(random.NextUInt64(100)), null, []);
    }

    private BidOpenings OpeningsOf(in WorkloadRecord workload)
    {
        List<BidOpening> all = [];
        for (var at = workload.FirstBid; at != 0; at = Chain.State.Bids[at - 1].NextBid)
        {
            var bid = Chain.State.Bids[at - 1];
            var opening = Chain.FindOpening(Chain.State.Account(bid.Bidder).Id, workload.Id);
            if (opening is not null && bid.Opened == 0 && Hits(850_000))
            {
                all.Add(Hits(990_000) ? opening : opening with { Price = opening.Price + TokenAmount.OneToken });
            }
        }

        if (all.Count > 0 && Hits(10_000))
        {
            all.Add(all[0]);
        }

        var salt = workload.SaltRevealed == 0 && Hits(800_000) ? Chain.FindSalt(workload.SaltHash) : null;
        return new BidOpenings(workload.Id, Hits(980_000) ? salt : default(Digest), all);
    }
}
