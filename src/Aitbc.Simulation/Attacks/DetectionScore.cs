namespace Aitbc.Simulation.Attacks;

/// <summary>What became of the attacks of one kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Attacks">How many there were.</param>
/// <param name="Found">How many of them were found.</param>
/// <param name="MedianDamagePpm">What half of them moved at most before that, ppm of the daily cap.</param>
public sealed record DetectionCell(AttackKind Kind, int Attacks, int Found, long MedianDamagePpm)
{
    /// <summary>The share that was found, 0 to 1.</summary>
    public double Recall => (double)Found / Attacks;
}

/// <summary>How well attacks were found in one or more traces, from some gravity on. Immutable.</summary>
public sealed record DetectionScore
{
    /// <summary>Every attack.</summary>
    public required IReadOnlyList<AttackOutcome> Attacks { get; init; }

    /// <summary>Honest agents and days with at least one finding: how often a person is called for nothing.</summary>
    public required IReadOnlyList<FalseAlarm> FalseAlarms { get; init; }

    /// <summary>Honest agents with at least one finding, each counted once a trace.</summary>
    public required int HonestAgentsAlarmed { get; init; }

    /// <summary>Days on which an honest agent acted, summed over the agents.</summary>
    public required long HonestAgentDays { get; init; }

    /// <summary>Acts of honest agents that were parked.</summary>
    public required long HonestParked { get; init; }

    /// <summary>False alarms in a thousand honest agent-days.</summary>
    public double FalseAlarmsPer1000AgentDays =>
        HonestAgentDays == 0 ? 0 : 1_000.0 * FalseAlarms.Count / HonestAgentDays;

    /// <summary>Share of the attacks above a tenth of a cap that were found, 0 to 1; 1 where there were none.</summary>
    public double Recall => RecallOf(Promised);

    /// <summary>Share of the alarms (an attack found, or an honest agent's day) that are about attacks, 0 to 1.
    /// </summary>
    public double Precision => PrecisionOf(FalseAlarms.Count);

    /// <summary>Share of those alarmed at least once in a trace (an attack found, or an honest agent) that are attacks,
    /// 0 to 1.</summary>
    public double PrecisionPerAgent => PrecisionOf(HonestAgentsAlarmed);

    /// <summary>What half of the attacks above a tenth of a cap moved at most before they were found, or in all where
    /// they were not, ppm of the daily cap.</summary>
    public long MedianDamagePpm => DamagePpm(Promised, 50);

    /// <summary>The same for 95 in a hundred.</summary>
    public long P95DamagePpm => DamagePpm(Promised, 95);

    /// <summary>Every kind that was made, in the order of <see cref="AttackKind.All"/>.</summary>
    public IReadOnlyList<DetectionCell> Cells =>
    [
        .. from kind in AttackKind.All
           let made = Attacks.Where(one => one.Kind == kind).ToList()
           where made.Count > 0
           select new DetectionCell(kind, made.Count, made.Count(one => one.Found), DamagePpm(made, 50)),
    ];

    private IEnumerable<AttackOutcome> Promised => Attacks.Where(one => one.Kind.IsPromised);

    /// <summary>Share of some attacks that were found; 1 where there are none.</summary>
    /// <param name="attacks">The attacks.</param>
    public static double RecallOf(IEnumerable<AttackOutcome> attacks)
    {
        var all = attacks.ToList();
        return all.Count == 0 ? 1 : (double)all.Count(one => one.Found) / all.Count;
    }

    /// <summary>Several traces' scores in one.</summary>
    /// <param name="scores">The scores.</param>
    public static DetectionScore Sum(IReadOnlyCollection<DetectionScore> scores) => new()
    {
        Attacks = [.. scores.SelectMany(score => score.Attacks)],
        FalseAlarms = [.. scores.SelectMany(score => score.FalseAlarms)],
        HonestAgentsAlarmed = scores.Sum(score => score.HonestAgentsAlarmed),
        HonestAgentDays = scores.Sum(score => score.HonestAgentDays),
        HonestParked = scores.Sum(score => score.HonestParked),
    };

    private double PrecisionOf(int falseAlarms)
    {
        var found = Attacks.Count(one => one.Found);
        return found == 0 ? 0 : (double)found / (found + falseAlarms);
    }

    /// <summary>The smallest damage that so many in a hundred do not pass; 0 where there are none.</summary>
    private static long DamagePpm(IEnumerable<AttackOutcome> attacks, int percent)
    {
        long[] sorted = [.. attacks.Select(one => one.DamagePpm).Order()];
        return sorted.Length == 0 ? 0 : sorted[((sorted.Length * percent) + 99) / 100 - 1];
    }
}
