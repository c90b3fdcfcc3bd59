using Aitbc.Primitives;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Simulation.Worlds;

/// <summary>One agent as people see it. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Balance">Available, base units.</param>
/// <param name="Pledged">In escrow, stake and bonds, base units.</param>
/// <param name="Provides">Whether it works for pay: a provider or a validator.</param>
/// <param name="Margin">The margin it has learnt; null for clients and validators.</param>
/// <param name="Won">Bids won.</param>
/// <param name="Lost">Bids lost.</param>
/// <param name="Jobs">Jobs under way: work of a provider, open orders of a client.</param>
/// <param name="Settled">Jobs it delivered and was paid for.</param>
/// <param name="Faulted">Jobs that ended by its fault.</param>
/// <param name="Refused">Proposals that gateway or ledger refused.</param>
public sealed record AgentView(
    string Name,
    AgentKind Kind,
    TokenAmount Balance,
    TokenAmount Pledged,
    bool Provides,
    Ratio? Margin,
    ulong Won,
    ulong Lost,
    int Jobs,
    uint Settled,
    uint Faulted,
    ulong Refused);

/// <summary>One workload as people see it. Immutable.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Capability">What is needed.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="Units">Units of work.</param>
/// <param name="Bids">Bids placed.</param>
/// <param name="MaxPrice">Most the client pays, base units.</param>
/// <param name="Price">What the award costs, base units; zero before.</param>
/// <param name="Provider">To whom it was awarded; empty before.</param>
public sealed record WorkloadView(
    WorkloadId Id,
    Label Capability,
    WorkloadPhase Phase,
    uint Units,
    int Bids,
    TokenAmount MaxPrice,
    TokenAmount Price,
    string Provider);

/// <summary>What a capability's settled jobs cost in this run. Immutable.</summary>
/// <param name="Capability">Which.</param>
/// <param name="Jobs">Jobs settled.</param>
/// <param name="LastPerUnit">Price of a unit in the last one, base units.</param>
/// <param name="MeanPerUnit">Mean price of a unit, base units.</param>
public sealed record PriceView(Label Capability, int Jobs, TokenAmount LastPerUnit, TokenAmount MeanPerUnit);

/// <summary>Where the tokens are. Immutable.</summary>
/// <param name="Supply">All there are, base units.</param>
/// <param name="Available">Free to use, the treasury's left out.</param>
/// <param name="Escrow">Reserved for workloads.</param>
/// <param name="Stake">Staked.</param>
/// <param name="Bond">Pledged on bids and jobs.</param>
/// <param name="Treasury">The treasury's.</param>
/// <param name="IsConserved">Whether the sum over all accounts is the supply.</param>
public sealed record MoneyView(
    TokenAmount Supply,
    TokenAmount Available,
    TokenAmount Escrow,
    TokenAmount Stake,
    TokenAmount Bond,
    TokenAmount Treasury,
    bool IsConserved);

/// <summary>A line of what just happened.</summary>
/// <param name="Seq">The entry.</param>
/// <param name="Text">In words.</param>
public sealed record NewsLine(ulong Seq, string Text);

/// <summary>Counts of this run. Immutable.</summary>
/// <param name="Settled">Workloads that ended with payment.</param>
/// <param name="Silent">Of these, those paid by the client's silence.</param>
/// <param name="Verified">Of these, those that drawn validators found right.</param>
/// <param name="Refunded">Workloads that ended without payment, the client's escrow given back.</param>
/// <param name="Faults">Of these, those that ended by the provider's fault, its job bond forfeited.</param>
/// <param name="Missed">Of these, because it missed its deadline.</param>
/// <param name="Refuted">Of these, because validators found the result wrong.</param>
/// <param name="Unverified">Workloads that validators decided nothing about; nobody paid for them.</param>
/// <param name="Paid">Base units paid for work.</param>
/// <param name="Forfeited">Base units that providers at fault lost to clients.</param>
public sealed record RunCounts(
    int Settled,
    int Silent,
    int Verified,
    int Refunded,
    int Faults,
    int Missed,
    int Refuted,
    int Unverified,
    TokenAmount Paid,
    TokenAmount Forfeited);

/// <summary>A world at one moment, for people. Immutable.</summary>
public sealed record WorldView
{
    /// <summary>The world's time.</summary>
    public required Timestamp Now { get; init; }

    /// <summary>The last durable entry.</summary>
    public required ulong Seq { get; init; }

    /// <summary>Workloads to settle in this run.</summary>
    public required int Goal { get; init; }

    /// <summary>This run's counts.</summary>
    public required RunCounts Counts { get; init; }

    /// <summary>The agents.</summary>
    public required IReadOnlyList<AgentView> Agents { get; init; }

    /// <summary>Workloads that are not finished, by id.</summary>
    public required IReadOnlyList<WorkloadView> Workloads { get; init; }

    /// <summary>Prices by capability.</summary>
    public required IReadOnlyList<PriceView> Prices { get; init; }

    /// <summary>Where the tokens are.</summary>
    public required MoneyView Money { get; init; }

    /// <summary>What happened since the last view.</summary>
    public required IReadOnlyList<NewsLine> News { get; init; }

    /// <summary>Accuracy of the best model on rows that neither curator nor trainer saw; null before the first.
    /// </summary>
    public required Ratio? Accuracy { get; init; }

    /// <summary>Models bought, over all runs.</summary>
    public required int Models { get; init; }

    /// <summary>Rows classified for pay whose predictions were compared with the labels kept back, over all runs.
    /// </summary>
    public required long RowsCompared { get; init; }

    /// <summary>Rows of these that were right.</summary>
    public required long RowsRight { get; init; }
}
