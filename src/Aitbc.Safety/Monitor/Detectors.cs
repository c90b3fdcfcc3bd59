using System.Runtime.CompilerServices;

namespace Aitbc.Safety.Monitor;

/// <summary>What a detector read; it finds something where what is observed is above the limit.</summary>
internal readonly record struct Reading(ulong Observed, ulong Limit)
{
    /// <summary>Whether it finds something.</summary>
    public bool IsOver => Observed > Limit;

    /// <summary>Nothing to find.</summary>
    public static Reading None => default;
}

/// <summary>
/// The detectors: each a pure function of (window, act). All but <see cref="Probation"/>, <see cref="Rate"/>,
/// <see cref="Strangers"/> and <see cref="Circle"/> leave a fresh agent alone: it has no history that anything could be
/// unlike, and probation bounds it instead.
/// </summary>
/// <remarks>
/// What they lead to: every one parks, since a person can tell whether the unusual is wanted. The six that measure a
/// flow lead to safe mode where it is several times its limit (<see cref="MonitorOptions.SafeModeFactor"/>): a loop
/// or a drain goes on by other acts, which parking one would not hold.
/// </remarks>
internal static class Detectors
{
    /// <summary>Value of a fresh agent, or of all fresh agents of an owner, in 24 h. What an owner's agents usually
    /// move adds its share, so that a fleet can take in a newcomer.</summary>
    public static Reading Probation(in ActivityWindow window, in Act act, MonitorOptions options)
    {
        if (!act.IsFresh || act.Value == 0)
        {
            return Reading.None;
        }

        var limit = CoarseAmount.Share(act.Cap, options.ProbationPpm);
        return act.IsOwner
            ? new Reading(
                window.Day.Young + act.Value, limit + CoarseAmount.Share(window.UsualVolume, options.ProbationPpm))
            : new Reading(window.Day.Volume + act.Value, limit);
    }

    /// <summary>Acts in the hour: a floor, or a share of what the owner granted gas for, or what the agent is used to.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Reading Rate(in ActivityWindow window, in Act act, MonitorOptions options)
    {
        var flat = act.IsOwner ? options.OwnerActsPerHour
            : act.IsFresh ? options.ProbationActsPerHour : options.ActsPerHour;
        var share = act.IsFresh && !act.IsOwner ? options.ProbationHourOfDailyActsPpm : options.HourOfDailyActsPpm;
        var granted = CoarseAmount.Share(act.DailyActs, share);
        return new Reading(
            window.HourActs + 1UL,
            Math.Max(Math.Max((ulong)flat, granted), window.PeakActs * (ulong)options.PeakFactor));
    }

    /// <summary>Value in the hour, as far as it comes on top of a usual day. After a standstill more is usual: what was
    /// due meanwhile is done at once.</summary>
    public static Reading HourValue(in ActivityWindow window, in Act act, MonitorOptions options)
    {
        if (act.IsFresh)
        {
            return Reading.None;
        }

        var usual = CoarseAmount.Share(
            window.UsualVolume, act.IsCatchingUp ? options.CatchUpPpm : options.HourUsualPpm);
        return new Reading(
            Math.Min(window.HourValue + act.Flowing, Excess(in window, in act)),
            Math.Max(
                Watched(Share(in window, in act, options.HourValuePpm, options), in act),
                Math.Max(usual, CoarseAmount.Share(window.PeakValue, options.HourPeakPpm))));
    }

    /// <summary>Value in 24 h: no usual day is so busy.</summary>
    public static Reading DayValue(in ActivityWindow window, in Act act, MonitorOptions options) =>
        act.IsFresh ? Reading.None : new Reading(
            window.Day.Volume + act.Flowing,
            Math.Max(
                Share(in window, in act, options.DayValuePpm, options),
                Math.Max(
                    CoarseAmount.Share(window.UsualVolume, options.DayUsualPpm),
                    CoarseAmount.Share(window.PeakDay, options.DayPeakPpm))));

    /// <summary>The value against the mean of its class. Without a history the share that is always small is the
    /// limit.</summary>
    public static Reading OverAverage(in ActivityWindow window, in Act act, MonitorOptions options) =>
        act.IsFresh ? Reading.None : new Reading(
            act.Value,
            Math.Max(
                CoarseAmount.Share(act.Cap, options.SmallValuePpm),
                window.Means[act.Class].Mean * (ulong)options.AverageFactor));

    /// <summary>How far the value's logarithm lies above the median, in median absolute deviations, once half a sample
    /// is there. Logarithms, since prices differ by factors.</summary>
    public static Reading Outlier(in ActivityWindow window, in Act act, MonitorOptions options)
    {
        // A quarter of an octave: where all values are alike, the next may still be somewhat more.
        const int LeastDeviation = 64;
        var count = Math.Min(window.Means[act.Class].Count, ActivityWindow.SampleSize);
        if (act.IsFresh || count < ActivityWindow.SampleSize / 2
            || act.Value <= CoarseAmount.Share(act.Cap, options.SmallValuePpm))
        {
            return Reading.None;
        }

        Span<int> sorted = stackalloc int[ActivityWindow.SampleSize];
        sorted = sorted[..count];
        for (var i = 0; i < count; i++)
        {
            sorted[i] = window.Values[(act.Class * ActivityWindow.SampleSize) + i];
        }

        sorted.Sort();
        var median = sorted[count / 2];
        foreach (ref var value in sorted)
        {
            value = Math.Abs(value - median);
        }

        sorted.Sort();
        var above = Math.Max(CoarseAmount.Log2(act.Value) - median, 0);
        var deviation = Math.Max(sorted[count / 2] * 14_826 / 10_000, LeastDeviation);
        return new Reading((ulong)(above * 1_000 / deviation), (ulong)options.OutlierThousandths);
    }

    /// <summary>Value by types of command that the agent is new to. A type without value is let pass: what an agent may
    /// do at all is its constitution's, and a change of keys is followed by a watch.</summary>
    public static Reading NewKind(in ActivityWindow window, in Act act, MonitorOptions options) =>
        act.IsFresh || act.Young == 0 ? Reading.None : new Reading(
            window.Day.Young + act.Young, CoarseAmount.Share(act.Cap, options.NewKindPpm));

    /// <summary>Value to those who are neither known to the agent nor in business with others, all of them together, so
    /// that it does not help to spread it. For an owner: the sum over its agents, each in shares of its own cap, where
    /// no agent alone makes up a third of it. Has no warm-up: a newcomer's payees can be in business.</summary>
    public static Reading Strangers(in ActivityWindow window, in Act act, MonitorOptions options)
    {
        var beyond = window.Day.Beyond + act.Beyond;
        if (act.Beyond == 0)
        {
            return Reading.None;
        }

        if (act.IsOwner)
        {
            return act.OwnBeyond * 3 > beyond
                ? Reading.None
                : new Reading(beyond, Math.Max((ulong)options.OwnerStrangersPpm, window.PeakBeyond));
        }

        var share = Watched(CoarseAmount.Share(act.Cap, options.StrangersPpm), in act);
        var usual = CoarseAmount.Share(window.UsualVolume, options.StrangersUsualPpm);
        return new Reading(beyond, Math.Max(Math.Max(share, usual), window.PeakBeyond));
    }

    /// <summary>Value in 24 h to strangers, what waits included, sent on to one whom next to nobody else pays although
    /// people were asked before and let none of it pass: the only finding that accuses.</summary>
    public static Reading Insistence(in ActivityWindow window, in Act act, MonitorOptions options)
    {
        if (act.IsFresh || act.IsOwner || act.Beyond == 0
            || window.Day.Asks < (ulong)options.InsistenceAsks)
        {
            return Reading.None;
        }

        var tried = window.Day.Beyond + window.Day.Asked + act.Beyond;
        return act.Standing > tried / (ulong)options.ObscurityFactor
            ? Reading.None
            : new Reading(tried, CoarseAmount.Share(act.Cap, options.StrangersPpm));
    }

    /// <summary>One counterparty that gets more than half of the day's value and far more than usual.</summary>
    public static Reading Dominance(in ActivityWindow window, in Act act, MonitorOptions options) =>
        act.IsFresh || act.IsOwner || act.Beyond == 0 ? Reading.None : new Reading(
            act.PayeeRecent,
            Math.Max(
                Math.Max(
                    Watched(CoarseAmount.Share(act.Cap, options.DominancePpm), in act),
                    2 * act.PayeeUsual * (ulong)options.UsualFactor),
                Math.Max((window.Day.Volume + act.Value) / 2, window.PeakBeyond)));

    /// <summary>Value sent back to those it came from.</summary>
    public static Reading Circle(in ActivityWindow window, in Act act, MonitorOptions options) =>
        act.Circle == 0 ? Reading.None : new Reading(
            window.Day.Circle + act.Circle,
            Math.Max(
                CoarseAmount.Share(act.Cap, act.IsOwner ? options.OwnerCirclePpm : options.CirclePpm),
                window.PeakCircle * (ulong)options.CircleFactor));

    /// <summary>What of the day's value comes on top of a usual day.</summary>
    private static ulong Excess(in ActivityWindow window, in Act act)
    {
        var day = window.Day.Volume + act.Flowing;
        return day > window.UsualVolume ? day - window.UsualVolume : 0;
    }

    /// <summary>A share of the cap; a larger one while an agent is too young for its usual day to be known.</summary>
    private static ulong Share(in ActivityWindow window, in Act act, int ppm, MonitorOptions options) =>
        CoarseAmount.Share(act.Cap, window.Days < ActivityWindow.YoungDays ? Math.Max(ppm, options.YoungPpm) : ppm);

    private static ulong Watched(ulong limit, in Act act) => act.IsWatched ? limit / 4 : limit;
}
