using System.Globalization;
using Aitbc.Primitives;

namespace Aitbc.Safety.Monitor;

/// <summary>What the monitor wants done about an action; a larger number is graver.</summary>
public enum MonitorLevel : byte
{
    /// <summary>Nothing: the action is taken into the history.</summary>
    Pass = 0,

    /// <summary>The action waits for a person; the agent goes on with others.</summary>
    Park = 1,

    /// <summary>The action waits and the agent's exposure may only shrink until a person says otherwise.</summary>
    SafeMode = 2,
}

/// <summary>Who found something. Of findings of equal gravity the first of this list is named.</summary>
public enum Detector : byte
{
    /// <summary>Nobody: the action passes.</summary>
    None = 0,

    /// <summary>More agents or owners act than the monitor has room for.</summary>
    Room = 1,

    /// <summary>A fresh agent beyond its probation: value in 24 h.</summary>
    Probation = 2,

    /// <summary>Acts in an hour. Source: the seed's <c>len(recent_actions) &gt; 100</c>.</summary>
    Rate = 3,

    /// <summary>Value in an hour.</summary>
    HourValue = 4,

    /// <summary>Value over ten times the average of its class. Source: the seed's <c>average_value * 10</c>.</summary>
    OverAverage = 5,

    /// <summary>Value far from the median of its class, measured in median absolute deviations of its logarithm.
    /// </summary>
    Outlier = 6,

    /// <summary>Value by a command type that the agent did not use before. Source: the seed's <c>action.type not in
    /// history</c>.</summary>
    NewKind = 7,

    /// <summary>Value in 24 h beyond what is usual with those who get it.</summary>
    Strangers = 8,

    /// <summary>One counterparty, unlike before, gets most of the value.</summary>
    Dominance = 9,

    /// <summary>Value that came from the one it goes back to, directly or through one other.</summary>
    Circle = 10,

    /// <summary>Value in 24 h far above that of a usual day and of the highest of late.</summary>
    DayValue = 11,

    /// <summary>Value sent on to who is next to nobody else's payee, although people were asked and let none of it
    /// pass.</summary>
    Insistence = 12,
}

/// <summary>Whose window a finding is about.</summary>
public enum MonitorSubject : byte
{
    /// <summary>The agent that acts.</summary>
    Agent = 0,

    /// <summary>All agents of its owner together.</summary>
    Owner = 1,
}

/// <summary>The monitor's answer, with what was seen and the limit that it broke.</summary>
/// <param name="Verdict">What to do; the default is to pass.</param>
/// <param name="Detector">Who found it.</param>
/// <param name="Subject">About whom.</param>
/// <param name="Observed">What was seen, this action included: base units; acts for <see cref="Detector.Rate"/>;
/// thousandths of a deviation for <see cref="Detector.Outlier"/>; windows for <see cref="Detector.Room"/>.</param>
/// <param name="Limit">The limit, in the same unit; what is seen is above it.</param>
/// <remarks>Immutable. Amounts are rounded up to 2^40 base units (about a millionth of a token).</remarks>
public readonly record struct MonitorFinding(
    MonitorLevel Verdict, Detector Detector, MonitorSubject Subject, UInt128 Observed, UInt128 Limit)
{
    /// <summary>The time over which was counted.</summary>
    public Duration Window => Detector switch
    {
        Detector.Rate or Detector.HourValue => Duration.FromHours(1),
        Detector.Probation or Detector.NewKind or Detector.Strangers or Detector.Dominance or Detector.Circle
            or Detector.DayValue or Detector.Insistence =>
            Duration.FromHours(24),
        _ => new Duration(0),
    };

    /// <summary>The reason in one plain sentence with its numbers.</summary>
    public string Sentence => Detector switch
    {
        Detector.None => "Nothing unusual was seen.",
        Detector.Room => $"The monitor has no room for another agent or owner: {Limit} are watched.",
        Detector.Probation =>
            $"{Who} is new, and would move {Amount(Observed)} in 24 h; until it has a history {Amount(Limit)} are "
            + "allowed.",
        Detector.Rate => $"{Who} acts {Observed} times within the hour; its limit is {Limit}.",
        Detector.HourValue => $"{Who} would move {Amount(Observed)} within the hour; its limit is {Amount(Limit)}.",
        Detector.OverAverage =>
            $"The value of {Amount(Observed)} is above {Amount(Limit)}, which is far more than the agent's average.",
        Detector.Outlier =>
            $"The value lies {Thousandths(Observed)} deviations above the agent's median; the limit is "
            + $"{Thousandths(Limit)}.",
        Detector.DayValue =>
            $"{Who} would move {Amount(Observed)} in 24 h; {Amount(Limit)} are allowed, which is far above its usual "
            + "days.",
        Detector.NewKind =>
            $"{Amount(Observed)} would move within 24 h by a type of command that the agent did not use before; "
            + $"{Amount(Limit)} are allowed.",
        Detector.Strangers =>
            $"{Who} would move {Amount(Observed)} in 24 h beyond what is usual with those who get it; "
            + $"{Amount(Limit)} are allowed.",
        Detector.Insistence =>
            $"{Who} goes on to pay those whom nobody else pays, though people were asked and let none of it pass: "
            + $"{Amount(Observed)} in 24 h with what waits; {Amount(Limit)} are allowed.",
        Detector.Dominance =>
            $"One counterparty would get {Amount(Observed)} in 24 h, most of what the agent moves and unlike before; "
            + $"{Amount(Limit)} are allowed.",
        _ => $"{Who} would send back {Amount(Observed)} in 24 h to those it came from; {Amount(Limit)} are allowed.",
    };

    private string Who => Subject == MonitorSubject.Agent ? "The agent" : "The owner's agents together";

    private static string Amount(UInt128 units) => TokenAmount.FromBaseUnits(units).ToDisplay();

    private static string Thousandths(UInt128 value) =>
        string.Create(CultureInfo.InvariantCulture, $"{value / 1_000}.{(uint)(value % 1_000):D3}");
}
