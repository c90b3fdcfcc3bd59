using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Verification;
using Aitbc.Agents.Runtime.Marketplace;

namespace Aitbc.Simulation.Worlds;

/// <summary>One bid on a workload.</summary>
/// <param name="Bidder">Who.</param>
/// <param name="IsOpened">Whether it was opened.</param>
internal readonly record struct BidRow(AccountNumber Bidder, bool IsOpened);

/// <summary>A workload and its bids.</summary>
/// <param name="Record">The workload.</param>
/// <param name="Bids">Its bids.</param>
/// <param name="Provider">To whom it was awarded; null before.</param>
/// <param name="Validation">What is asked of validators; null where nothing is.</param>
internal sealed record WorkloadRow(
    WorkloadRecord Record, IReadOnlyList<BidRow> Bids, AccountNumber? Provider, ValidationRecord? Validation)
{
    /// <summary>How far an account is as a drawn validator; null where it was not drawn.</summary>
    public SeatState? SeatOf(AccountNumber account)
    {
        var validation = Validation ?? default;
        for (var i = 0; i < validation.Drawn; i++)
        {
            if (validation.Seats[i].Validator == account)
            {
                return validation.Seats[i].State;
            }
        }

        return null;
    }
}

/// <summary>An account of the world.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Record">The account.</param>
/// <param name="Agent">The agent; the default for people.</param>
internal sealed record AccountRow(AccountNumber Number, AccountRecord Record, AgentRecord Agent);

/// <summary>What a world reads of the durable ledger at one moment, copied out in one go. Immutable.</summary>
internal sealed record MarketSnapshot
{
    public required ulong Seq { get; init; }

    public required long MarketNowMs { get; init; }

    public required long MarketOffsetMs { get; init; }

    public required bool MarketRuns { get; init; }

    public required bool AllStopped { get; init; }

    public required Parameters Parameters { get; init; }

    public required TokenAmount Supply { get; init; }

    public required TokenAmount Treasury { get; init; }

    /// <summary>Sums over all accounts, in the order of <see cref="SubAccount"/>.</summary>
    public required IReadOnlyList<TokenAmount> Totals { get; init; }

    /// <summary>By id.</summary>
    public required IReadOnlyList<WorkloadRow> Workloads { get; init; }

    public required ILookup<AccountNumber, ServiceFacts> Services { get; init; }

    public required IReadOnlyDictionary<AccountId, AccountRow> Accounts { get; init; }

    /// <summary>By who asked about them.</summary>
    public required IReadOnlyDictionary<AccountId, IReadOnlyDictionary<Digest, BlobFacts>> Blobs { get; init; }

    /// <summary>Copies what is asked for.</summary>
    public static MarketSnapshot Of(
        LedgerState state,
        IReadOnlyCollection<AccountId> accounts,
        IReadOnlyCollection<(AccountId Reader, Digest Digest)> blobs)
    {
        ref readonly var globals = ref state.Globals;
        return new MarketSnapshot
        {
            Seq = globals.Seq,
            MarketNowMs = state.MarketNowMs,
            MarketOffsetMs = globals.MarketOffsetMs,
            MarketRuns = state.MarketRuns,
            AllStopped = globals.AllStopped == 1,
            Parameters = state.Parameters,
            Supply = globals.Supply,
            Treasury = state.Account(AccountNumber.Treasury).Available,
            Totals = TotalsOf(state),
            Workloads = WorkloadsOf(state),
            Services = ServicesOf(state),
            Accounts = accounts.Select(id => RowOf(state, id)).OfType<AccountRow>()
                .ToDictionary(row => row.Record.Id),
            Blobs = blobs.Distinct().GroupBy(asked => asked.Reader).ToDictionary(
                group => group.Key,
                IReadOnlyDictionary<Digest, BlobFacts> (group) => group.ToDictionary(
                    asked => asked.Digest, asked => FactsOf(state, asked.Reader, asked.Digest))),
        };
    }

    /// <summary>What is there and not for an agent to read is, for it, not there: giving its bytes makes it a reader.
    /// </summary>
    private static BlobFacts FactsOf(LedgerState state, AccountId reader, Digest digest) => new(
        state.FindBlob(digest) >= 0,
        state.BlobIsAvailable(digest) && BlobReaders.MayRead(state, digest, reader));

    private static AccountRow? RowOf(LedgerState state, in AccountId id)
    {
        if (state.FindAccount(id) is not { } number)
        {
            return null;
        }

        var record = state.Account(number);
        return new AccountRow(number, record, record.Agent == 0 ? default : state.Agents[record.Agent - 1]);
    }

    private static TokenAmount[] TotalsOf(LedgerState state)
    {
        var totals = new TokenAmount[Enum.GetValues<SubAccount>().Length];
        for (var slot = 0; slot < state.Accounts.Count; slot++)
        {
            foreach (var sub in Enum.GetValues<SubAccount>())
            {
                totals[(int)sub] += state.Accounts[slot].Balance(sub);
            }
        }

        return totals;
    }

    private static List<WorkloadRow> WorkloadsOf(LedgerState state)
    {
        List<WorkloadRow> rows = [];
        for (var slot = 0; slot < state.Workloads.Count; slot++)
        {
            var record = state.Workloads[slot];
            if (record.Id.Value == 0)
            {
                continue;
            }

            List<BidRow> bids = [];
            for (var at = record.FirstBid; at != 0; at = state.Bids[at - 1].NextBid)
            {
                bids.Add(new BidRow(state.Bids[at - 1].Bidder, state.Bids[at - 1].Opened == 1));
            }

            AccountNumber? provider =
                record.Phase >= WorkloadPhase.Awarded ? state.Bids[record.WinningBid].Bidder : null;
            ValidationRecord? validation =
                record.Validation == 0 ? null : state.Validations[record.Validation - 1];
            rows.Add(new WorkloadRow(record, bids, provider, validation));
        }

        rows.Sort((a, b) => a.Record.Id.Value.CompareTo(b.Record.Id.Value));
        return rows;
    }

    private static ILookup<AccountNumber, ServiceFacts> ServicesOf(LedgerState state) =>
        Enumerable.Range(0, state.Services.Count).Where(slot => state.Services[slot].Id.Value != 0)
            .ToLookup(
                slot => state.Services[slot].Provider,
                slot => new ServiceFacts(
                    state.Services[slot].Id,
                    state.Services[slot].Capability,
                    state.Services[slot].MaxCapacity,
                    state.Services[slot].CurrentLoad));
}
