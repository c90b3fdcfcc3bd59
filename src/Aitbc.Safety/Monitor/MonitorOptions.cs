using System.ComponentModel.DataAnnotations;
using Aitbc.Primitives;

namespace Aitbc.Safety.Monitor;

/// <summary>
/// Limits of a <see cref="SafetyMonitor"/>. Shares are parts per million of the agent's daily cap, so that an owner who
/// grants more also accepts more. Defaults were set on simulated traces (docs/decisions/0012-monitor.md). Immutable.
/// </summary>
public sealed record MonitorOptions
{
    /// <summary>Acts an hour that are never too many, whatever gas is granted: 1 to 1,000,000. Default 100, the seed's
    /// figure.</summary>
    [Range(1, 1_000_000)]
    public int ActsPerHour { get; init; } = 100;

    /// <summary>The same for all agents of an owner together: 1 to 10,000,000. Default 300: three agents at their
    /// limit.</summary>
    [Range(1, 10_000_000)]
    public int OwnerActsPerHour { get; init; } = 300;

    /// <summary>The same as a share of the acts that the gas cap pays for in a day, where that is more, ppm: 0 to
    /// 1,000,000. Default 125,000: three times the even pace, as in a busy hour of an office day; a loop is seen when
    /// an eighth of the day's gas is gone. An owner's share is of what all its agents may do.</summary>
    [Range(0, 1_000_000)]
    public int HourOfDailyActsPpm { get; init; } = 125_000;

    /// <summary>How often its busiest hour of late an agent may act in an hour, where that is more: 1 to 100. Default
    /// 3.</summary>
    [Range(1, 100)]
    public int PeakFactor { get; init; } = 3;

    /// <summary>Value in an hour on top of a usual day that is never too much, ppm of the cap: 1,000 to 1,000,000.
    /// Default 100,000: the tenth that matters.</summary>
    [Range(1_000, 1_000_000)]
    public int HourValuePpm { get; init; } = 100_000;

    /// <summary>The same as a share of the most valuable hour of late, where that is more, ppm: 0 to 10,000,000.
    /// Default 2,200,000.</summary>
    [Range(0, 10_000_000)]
    public int HourPeakPpm { get; init; } = 2_200_000;

    /// <summary>The same as a share of a usual day, ppm: 0 to 10,000,000. Default 600,000.</summary>
    [Range(0, 10_000_000)]
    public int HourUsualPpm { get; init; } = 600_000;

    /// <summary>The same for the two hours after acts stood still for two, ppm: 0 to 10,000,000. Default 1,300,000:
    /// what was due meanwhile is done at once.</summary>
    [Range(0, 10_000_000)]
    public int CatchUpPpm { get; init; } = 1_300_000;

    /// <summary>Value in 24 h that is never too much, ppm of the cap: 1,000 to 1,000,000. Default 300,000.</summary>
    [Range(1_000, 1_000_000)]
    public int DayValuePpm { get; init; } = 300_000;

    /// <summary>The same as a share of a usual day, where that is more, ppm: 0 to 10,000,000. Default 3,250,000: a busy
    /// day may bring three times the usual.</summary>
    [Range(0, 10_000_000)]
    public int DayUsualPpm { get; init; } = 3_250_000;

    /// <summary>The same as a share of the most valuable 24 h of late, ppm: 0 to 10,000,000. Default
    /// 1,500,000.</summary>
    [Range(0, 10_000_000)]
    public int DayPeakPpm { get; init; } = 1_500_000;

    /// <summary>What may move in an hour or a day in an agent's first week, ppm of the cap: 0 to 1,000,000. Default
    /// 400,000: who grows into its work passes what little is usual every day.</summary>
    [Range(0, 1_000_000)]
    public int YoungPpm { get; init; } = 400_000;

    /// <summary>A value counts in an hour's and a day's flow with so many times its class's mean at most: 1 to 1,000.
    /// Default 4, since a large purchase is no flow; it is judged by itself.</summary>
    [Range(1, 1_000)]
    public int LargeFactor { get; init; } = 4;

    /// <summary>How often its average a value may be: 2 to 1,000. Default 10, the seed's figure.</summary>
    [Range(2, 1_000)]
    public int AverageFactor { get; init; } = 10;

    /// <summary>A single value up to this share of the cap is never unusual, ppm: 0 to 1,000,000. Default 300,000.
    /// Below it a large purchase is left to its payee: one who is known, or in business, may get it.</summary>
    [Range(0, 1_000_000)]
    public int SmallValuePpm { get; init; } = 300_000;

    /// <summary>How many median absolute deviations (times 1.4826) a value's logarithm may lie above the median,
    /// thousandths: 1,000 to 100,000. Default 8,000: a price list with a long tail reaches six.</summary>
    [Range(1_000, 100_000)]
    public int OutlierThousandths { get; init; } = 8_000;

    /// <summary>Value by command types that the agent used for the first time a day ago or less, ppm of the cap in
    /// 24 h: 0 to 1,000,000. Default 120,000: enough to try something out.</summary>
    [Range(0, 1_000_000)]
    public int NewKindPpm { get; init; } = 120_000;

    /// <summary>Value in 24 h to strangers, ppm of the cap: 1,000 to 1,000,000. Default 100,000. A stranger is who is
    /// neither trusted by the agent nor in business with others.</summary>
    [Range(1_000, 1_000_000)]
    public int StrangersPpm { get; init; } = 100_000;

    /// <summary>The same as a share of a usual day, where that is more, ppm: 0 to 10,000,000. Default 250,000, which is
    /// what a new main supplier gets.</summary>
    [Range(0, 10_000_000)]
    public int StrangersUsualPpm { get; init; } = 250_000;

    /// <summary>The same for all agents of an owner together, each in ppm of its own cap: 1,000 to 10,000,000. Default
    /// 120,000.</summary>
    [Range(1_000, 10_000_000)]
    public int OwnerStrangersPpm { get; init; } = 120_000;

    /// <summary>Days after which one who is paid is trusted: 0 to 365. Default 30, since a thief that starts small
    /// shall have to wait for a month. Whom a person approved is trusted at once.</summary>
    [Range(0, 365)]
    public int TrialDays { get; init; } = 30;

    /// <summary>How often what a trusted counterparty usually gets a day is still usual: 1 to 100. Default 10, the
    /// seed's figure for what is above the average.</summary>
    [Range(1, 100)]
    public int UsualFactor { get; init; } = 10;

    /// <summary>How often what a counterparty usually gets a day from others is usual for who never paid it: 0 to 100.
    /// Default 8: it is in business. A thief can feign this at the price of moving, for weeks, as much through its
    /// accounts.</summary>
    [Range(0, 100)]
    public int StandingFactor { get; init; } = 8;

    /// <summary>Days over which what a counterparty usually gets is averaged, starting at nothing: 1 to 365. Default
    /// 10.</summary>
    [Range(1, 365)]
    public int UsualDays { get; init; } = 10;

    /// <summary>How many acts to strangers must wait for a person, of 24 h and since one let any act pass, before the
    /// next may lead to safe mode: 1 to 16, as many as may wait. Default 2.</summary>
    [Range(1, 16)]
    public int InsistenceAsks { get; init; } = 2;

    /// <summary>Who usually gets less a day from others than this part of what goes to strangers in 24 h is next to
    /// nobody else's payee: 1 to 10,000. Default 80. A thief can feign to be paid at that price.</summary>
    [Range(1, 10_000)]
    public int ObscurityFactor { get; init; } = 80;

    /// <summary>What one counterparty may get in 24 h though it gets most and did not before, ppm of the cap: 1,000 to
    /// 1,000,000. Default 60,000.</summary>
    [Range(1_000, 1_000_000)]
    public int DominancePpm { get; init; } = 60_000;

    /// <summary>Value sent back in 24 h to those it came from, ppm of the cap: 1,000 to 1,000,000. Default 80,000.
    /// </summary>
    [Range(1_000, 1_000_000)]
    public int CirclePpm { get; init; } = 80_000;

    /// <summary>The same for all agents of an owner together: 1,000 to 1,000,000. Default 1,000,000: among many agents
    /// much goes round honestly.</summary>
    [Range(1_000, 1_000_000)]
    public int OwnerCirclePpm { get; init; } = 1_000_000;

    /// <summary>How often its highest value sent back in a day of late an agent may reach, where that is more: 1 to
    /// 100. Default 2: in a small market honest value goes round too.</summary>
    [Range(1, 100)]
    public int CircleFactor { get; init; } = 2;

    /// <summary>How often a limit on flows (rate, hour, day, dominance, circle) must be passed for safe mode instead of
    /// parking: 2 to 1,000. Default 3. Average, outlier, new type, strangers and probation only park.</summary>
    [Range(2, 1_000)]
    public int SafeModeFactor { get; init; } = 3;

    /// <summary>Hours for which an agent is fresh: 1 to 8,760. Default 24, the shortest time that shows a day's rhythm.
    /// </summary>
    [Range(1, 8_760)]
    public int ProbationHours { get; init; } = 24;

    /// <summary>Acts below which an agent is fresh, however long it is there: 1 to 10,000. Default 20.</summary>
    [Range(1, 10_000)]
    public int ProbationActs { get; init; } = 20;

    /// <summary>Value that a fresh agent, and all fresh agents of one owner together, may move in 24 h, ppm of the cap:
    /// 1,000 to 1,000,000. Default 250,000: enough to work; <see cref="StrangersPpm"/> holds for a fresh agent,
    /// too. An owner's fresh agents share it, so that more identities give no more.</summary>
    [Range(1_000, 1_000_000)]
    public int ProbationPpm { get; init; } = 250_000;

    /// <summary>Acts an hour of a fresh agent that are never too many: 1 to 1,000,000. Default 60.</summary>
    [Range(1, 1_000_000)]
    public int ProbationActsPerHour { get; init; } = 60;

    /// <summary>The same as a share of the acts that the gas cap pays for in a day, where that is more, ppm: 0 to
    /// 1,000,000. Default 62,500: one and a half times the even pace, so that a fresh agent can use its gas within the
    /// day and no faster.</summary>
    [Range(0, 1_000_000)]
    public int ProbationHourOfDailyActsPpm { get; init; } = 62_500;

    /// <summary>Hours after a change of its keys in which limits on value that leaves are a quarter: 0 to 720. Default
    /// 24: a thief adds a key first.</summary>
    [Range(0, 720)]
    public int KeyChangeWatchHours { get; init; } = 24;

    /// <summary>Stands for the daily cap of an agent whose constitution has none. Default 1,000 tokens.</summary>
    public TokenAmount CapWhereNone { get; init; } = TokenAmount.FromTokens(1_000);

    /// <summary>Most agents, and most owners, watched: 1 to 10,000,000. Default 100,000. Each takes 2 KiB once it
    /// acts; one more is parked, never let by unseen.</summary>
    [Range(1, 10_000_000)]
    public int MaxWindows { get; init; } = 100_000;

    /// <summary>Accounts whose standing is kept: 1 to 100,000,000. Default 1,000,000, of 24 bytes each.</summary>
    [Range(1, 100_000_000)]
    public int MaxPayees { get; init; } = 1_000_000;

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="ValidationException">A value is out of its range; the message names it.</exception>
    internal void Validate()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        if (CapWhereNone.IsZero)
        {
            throw new ValidationException($"{nameof(CapWhereNone)} must be above zero");
        }
    }
}
