namespace Aitbc.Simulation.Attacks;

/// <summary>How well attacks were found in one or more traces. Immutable.</summary>
public sealed record DetectionScore
{
    /// <summary>Every attack.</summary>
    public required IReadOnlyList<AttackOutcome> Attacks { get; init; }

    /// <summary>Honest agents and days with at least one finding: how often a person is called for nothing.</summary>
    public required IReadOnlyList<FalseAlarm> FalseAlarms { get; init; }

    /// <summary>Days on which an honest agent acted, summed over the agents.</summary>
    public required long HonestAgentDays { get; init; }

    /// <summary>Acts of honest agents that were parked.</summary>
    public required long HonestParked { get; init; }

    /// <summary>False alarms in a thousand honest agent-days.</summary>
    public double FalseAlarmsPer1000AgentDays =>
        HonestAgentDays == 0 ? 0 : 1_000.0 * FalseAlarms.Count / HonestAgentDays;

    /// <summary>Share of the attacks above a tenth of a cap that were found, 0 to 1; 1 where there were none.</summary>
    public double Recall => RecallOf(Attacks.Where(one => one.Kind.IsPromised));

    /// <summary>Share of the alarms (an attack found, or an honest agent's day) that are about attacks, 0 to 1.
    /// </summary>
    public double Precision
    {
        get
        {
            var found = Attacks.Count(one => one.Found);
            return found == 0 ? 0 : (double)found / (found + FalseAlarms.Count);
        }
    }

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
        HonestAgentDays = scores.Sum(score => score.HonestAgentDays),
        HonestParked = scores.Sum(score => score.HonestParked),
    };
}
