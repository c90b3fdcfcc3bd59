using Aitbc.Agents;
using Aitbc.Agents.Runtime.Decision;
using Aitbc.Agents.Runtime.Marketplace;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Simulation.Worlds;

/// <summary>Makes agents' observations out of what is durable. One reading of the ledger serves all agents of a step.
/// </summary>
/// <remarks>One owner.</remarks>
internal sealed class Observer(ILedger ledger, Workshop workshop, IReadOnlyList<Agent> agents)
{
    private const uint BlobDays = 30;
    private static readonly Dictionary<Digest, BlobFacts> NoBlobs = [];

    private readonly AccountId[] accounts = [.. agents.Select(agent => agent.Account)];

    /// <summary>Reads the ledger.</summary>
    public MarketSnapshot Read(Timestamp now)
    {
        (AccountId, Digest)[] blobs =
        [
            .. agents.SelectMany(agent =>
                agent.Conduct.BlobsOfInterest(agent).Select(digest => (agent.Account, digest))),
            .. workshop.Outputs(now),
        ];
        return ledger.View.Read(state => MarketSnapshot.Of(state, accounts, blobs));
    }

    /// <summary>What one agent sees.</summary>
    public Observation Observe(
        Agent agent, MarketSnapshot market, IReadOnlyList<MarketNews> news, Timestamp now, int toSettle)
    {
        var row = market.Accounts.GetValueOrDefault(agent.Account);
        var blobs = market.Blobs.GetValueOrDefault(agent.Account) ?? NoBlobs;
        return new Observation
        {
            Now = now,
            MarketNow = new Timestamp(now.UnixMs - market.MarketOffsetMs),
            MarketRuns = market.MarketRuns,
            Self = row is null ? AccountFacts.Unregistered : FactsOf(row, market.AllStopped),
            Chain = new ChainFacts(
                market.Parameters.MinimumStake,
                market.Parameters.MinJobBondShare,
                market.Parameters.BaseGas,
                BlobDays),
            Services = row is null ? [] : [.. market.Services[row.Number]],
            Workloads = row is null ? [] : WorkloadsOf(agent, row.Number, market),
            Events = [.. news.Select(item => item.SeenBy(row?.Number))],
            Blobs = blobs,
            Work = workshop.Done(agent.Account, now, blobs),
            Working = workshop.Working(agent.Account, now),
            ToSettle = toSettle,
            Fetch = BlobFetching.For(ledger, agent.Account),
        };
    }

    private static AccountFacts FactsOf(AccountRow row, bool allStopped) => new(
        true,
        allStopped || row.Agent.Stopped == 1,
        row.Agent.Retired == 1,
        row.Record.Available,
        row.Record.Stake,
        row.Record.Escrow,
        row.Record.Bond,
        row.Agent.JobsSettled,
        row.Agent.JobsFaulted);

    private static List<WorkloadFacts> WorkloadsOf(Agent agent, AccountNumber self, MarketSnapshot market)
    {
        List<WorkloadFacts> facts = [];
        foreach (var row in market.Workloads)
        {
            var bid = row.Bids.FirstOrDefault(bid => bid.Bidder == self);
            var hasBid = row.Bids.Any(held => held.Bidder == self);
            var isOwn = row.Record.Client == self;
            var isOffered = agent.Conduct.Offers.Any(offer => offer.Capability == row.Record.Capability);
            var seat = row.SeatOf(self);
            if (isOwn || hasBid || seat is not null || (isOffered && row.Record.Phase <= WorkloadPhase.Bidding))
            {
                facts.Add(FactsOf(row, market, isOwn, hasBid, bid.IsOpened, row.Provider == self) with
                {
                    OwnSeat = seat,
                });
            }
        }

        return facts;
    }

    private static WorkloadFacts FactsOf(
        WorkloadRow row, MarketSnapshot market, bool isOwn, bool hasBid, bool isOpened, bool isAwarded)
    {
        var record = row.Record;
        return new WorkloadFacts
        {
            Id = record.Id,
            Phase = record.Phase,
            Capability = record.Capability,
            Input = record.Input,
            Spec = record.Spec,
            Result = record.Result,
            SaltHash = record.SaltHash,
            SaltRevealed = record.SaltRevealed == 1,
            Units = record.Units,
            MaxPrice = record.MaxPrice,
            Bonds = record.BidBond + record.JobBond,
            QualityPpm = record.QualityPpm,
            Deadline = new Timestamp(record.DeadlineMs + market.MarketOffsetMs),
            IsOwn = isOwn,
            HasOwnBid = hasBid,
            OwnBidOpened = isOpened,
            IsAwardedToSelf = isAwarded,
            Mode = record.Mode,
            TolerancePpm = row.Validation?.TolerancePpm ?? 0,
            VerdictBond = record.BidBond,
        };
    }
}
