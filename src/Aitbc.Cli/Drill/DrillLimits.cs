using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;

namespace Aitbc.Cli.Drill;

/// <summary>What the agent of the drill may do: the constitution as its owner writes it, and the same caps for whoever
/// sums the journal.</summary>
/// <param name="DailyVolume">Most value in a rolling 24 h.</param>
/// <param name="ValuePerAction">Most value of one action.</param>
/// <param name="Transfers">Most value of transfers in a rolling hour: a rule.</param>
/// <param name="Market">Most value of workloads posted and bids in a rolling 6 h: a rule.</param>
/// <param name="Stake">Most staked at once.</param>
/// <param name="GasPerDay">Most gas in a rolling 24 h: what ends the drill, for every attempt costs gas.</param>
internal sealed record DrillLimits(
    TokenAmount DailyVolume,
    TokenAmount ValuePerAction,
    TokenAmount Transfers,
    TokenAmount Market,
    TokenAmount Stake,
    TokenAmount GasPerDay)
{
    private static readonly Duration Hour = Duration.FromHours(1);
    private static readonly Duration MarketWindow = Duration.FromHours(6);
    private static readonly Duration Day = Duration.FromDays(1);

    /// <summary>The limits of a drill.</summary>
    /// <param name="gasPerDay">Gas in thousandths of a token: some 600 attempts for each 1,000.</param>
    public static DrillLimits Of(ulong gasPerDay) => new(
        TokenAmount.FromTokens(1_000),
        TokenAmount.FromTokens(60),
        TokenAmount.FromTokens(350),
        TokenAmount.FromTokens(350),
        TokenAmount.FromTokens(200),
        TokenAmount.FromBaseUnits(gasPerDay * (UInt128)1_000_000_000_000_000));

    /// <summary>What it may do: everything that puts value at risk, and what sets it free.</summary>
    public static IReadOnlyList<CommandKind> Actions { get; } =
    [
        CommandKind.Transfer, CommandKind.OpenAccount, CommandKind.DeclareBlob, CommandKind.PostWorkload,
        CommandKind.CancelWorkload, CommandKind.PlaceBid, CommandKind.DepositStake, CommandKind.WithdrawStake,
        CommandKind.ListService,
    ];

    /// <summary>The constitution.</summary>
    public ConstitutionTerms ToTerms() => new(
        Stake,
        DailyVolume,
        GasPerDay,
        ValuePerAction,
        Actions,
        [],
        ConstitutionTerms.AnyHour,
        Duration.Zero,
        RequiresHumanApproval: false)
    {
        Rules =
        [
            new ConstitutionRule(RuleKind.RollingValue, [CommandKind.Transfer]) { Amount = Transfers, Window = Hour },
            new ConstitutionRule(RuleKind.RollingValue, [CommandKind.PostWorkload, CommandKind.PlaceBid])
            {
                Amount = Market, Window = MarketWindow,
            },
        ],
    };

    /// <summary>The caps on value over a window, with what each counts.</summary>
    public IReadOnlyList<RollingCap> ToRollingCaps() =>
    [
        new("maxDailyVolume", DailyVolume, Day, _ => true),
        new("transfers in 1 h", Transfers, Hour, reason => reason == MoveReason.Transfer),
        new(
            "workloads and bids in 6 h",
            Market,
            MarketWindow,
            reason => reason is MoveReason.Escrow or MoveReason.ValidatorFee or MoveReason.BidBond
                or MoveReason.JobBond),
    ];

    /// <summary>The cap on gas.</summary>
    public RollingCap ToGasCap() => new("maxGasPerDay", GasPerDay, Day, _ => true);
}
