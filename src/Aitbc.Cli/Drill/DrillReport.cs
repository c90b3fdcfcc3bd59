using Aitbc.Simulation.Attacks;

namespace Aitbc.Cli.Drill;

/// <summary>How well attacks were found on traces that no limit was set on.</summary>
/// <param name="Recall">Share of the promised attacks that were found.</param>
/// <param name="Precision">Share of the alarms, by agent and day, that were about attacks.</param>
/// <param name="PrecisionPerAgent">The same by agent.</param>
/// <param name="FalseAlarmsPer1000AgentDays">Alarms about honest agents.</param>
/// <param name="Attacks">Attacks made.</param>
/// <param name="HonestAgentDays">Days on which honest agents acted.</param>
/// <param name="MedianDamagePpm">What half of the promised attacks moved before they were found, ppm of the daily cap.
/// </param>
/// <param name="P95DamagePpm">The same for 95 in a hundred.</param>
/// <param name="Cells">Each kind of attack.</param>
/// <param name="AlarmRecall">Share of the promised attacks that led to safe mode, before a person who takes twelve
/// hours had answered.</param>
/// <param name="AlarmPrecision">Share of what led to safe mode, by agent and day, that was an attack.</param>
/// <param name="AlarmFalsePer1000AgentDays">Honest agents led to safe mode.</param>
/// <param name="AlarmAttacks">Attacks made for that.</param>
/// <param name="AlarmHonestAgentDays">Days on which honest agents acted, rare events among them.</param>
/// <param name="AlarmCells">Each kind of attack likewise.</param>
internal sealed record DetectionDrillResult(
    double Recall,
    double Precision,
    double PrecisionPerAgent,
    double FalseAlarmsPer1000AgentDays,
    int Attacks,
    long HonestAgentDays,
    long MedianDamagePpm,
    long P95DamagePpm,
    IReadOnlyList<DetectionDrillCell> Cells,
    double AlarmRecall,
    double AlarmPrecision,
    double AlarmFalsePer1000AgentDays,
    int AlarmAttacks,
    long AlarmHonestAgentDays,
    IReadOnlyList<DetectionDrillCell> AlarmCells)
{
    /// <summary>From the scores.</summary>
    public static DetectionDrillResult Of(HeldOutScore score) => new(
        Math.Round(score.Asks.Recall, 4),
        Math.Round(score.Asks.Precision, 4),
        Math.Round(score.Asks.PrecisionPerAgent, 4),
        Math.Round(score.Asks.FalseAlarmsPer1000AgentDays, 3),
        score.Asks.Attacks.Count,
        score.Asks.HonestAgentDays,
        score.Asks.MedianDamagePpm,
        score.Asks.P95DamagePpm,
        CellsOf(score.Asks),
        Math.Round(score.Alarms.Recall, 4),
        Math.Round(score.Alarms.Precision, 4),
        Math.Round(score.Alarms.FalseAlarmsPer1000AgentDays, 3),
        score.Alarms.Attacks.Count,
        score.Alarms.HonestAgentDays,
        CellsOf(score.Alarms));

    private static IReadOnlyList<DetectionDrillCell> CellsOf(DetectionScore score) =>
    [
        .. score.Cells.Select(cell => new DetectionDrillCell(
            $"{cell.Kind}", cell.Attacks, cell.Found, cell.MedianDamagePpm)),
    ];
}

/// <summary>One kind of attack.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Attacks">How many were made.</param>
/// <param name="Found">How many were found.</param>
/// <param name="MedianDamagePpm">What half of them moved before.</param>
internal sealed record DetectionDrillCell(string Kind, int Attacks, int Found, long MedianDamagePpm);

/// <summary>What the parts of a drill came to.</summary>
/// <param name="Caps">Ten processes on one key.</param>
/// <param name="Clock">The same caps under a clock that jumps.</param>
/// <param name="Stop">Stops under load.</param>
/// <param name="Consent">Approvals and overrides.</param>
/// <param name="Detection">The monitor.</param>
internal sealed record DrillParts(
    CapDrillResult Caps,
    ClockDrillResult Clock,
    StopDrillResult Stop,
    ConsentDrillResult Consent,
    DetectionDrillResult Detection);

/// <summary>The drill's one object.</summary>
/// <param name="Passed">Whether every promise held.</param>
/// <param name="Failed">The promises that did not, each in a sentence.</param>
/// <param name="Missed">Targets of speed and of detection that were missed; they break no promise.</param>
/// <param name="OverCap">Base units over any cap in the worst window; at most 2^53 - 1 is shown.</param>
/// <param name="SpentOfCap">The least share of a cap that was spent in its fullest window.</param>
/// <param name="EffectsAfterStop">New debits and obligations that a stop should have prevented.</param>
/// <param name="InFlightAtStop">Requests sent and not answered at the stop of everything.</param>
/// <param name="EffectsPerSecondBefore">Effects in the second before it.</param>
/// <param name="QuietP99Ms">From a guardian's request to quiet, ninety-nine of a hundred.</param>
/// <param name="Recall">Share of the promised attacks that the monitor found.</param>
/// <param name="Precision">Share of its alarms that were about attacks.</param>
/// <param name="FalseAlarmsPer1000AgentDays">Its alarms about honest agents.</param>
/// <param name="AlarmRecall">Share of the promised attacks that led to safe mode by themselves.</param>
/// <param name="AlarmPrecision">Share of what led to safe mode that was an attack.</param>
/// <param name="AlarmFalsePer1000AgentDays">Honest agents led to safe mode.</param>
/// <param name="ConsentAttempts">Attacks on approvals and overrides.</param>
/// <param name="ConsentSuccesses">How many of them moved money.</param>
/// <param name="Quick">Whether it was the small drill.</param>
/// <param name="Seed">What decided what is random in it.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Parts">All figures.</param>
internal sealed record DrillReport(
    bool Passed,
    IReadOnlyList<string> Failed,
    IReadOnlyList<string> Missed,
    long OverCap,
    double SpentOfCap,
    long EffectsAfterStop,
    long InFlightAtStop,
    long EffectsPerSecondBefore,
    double QuietP99Ms,
    double Recall,
    double Precision,
    double FalseAlarmsPer1000AgentDays,
    double AlarmRecall,
    double AlarmPrecision,
    double AlarmFalsePer1000AgentDays,
    int ConsentAttempts,
    int ConsentSuccesses,
    bool Quick,
    ulong Seed,
    double Seconds,
    DrillParts Parts)
{
    private const long Largest = (1L << 53) - 1;

    /// <summary>Judges the parts.</summary>
    public static DrillReport Of(DrillParts parts, DrillScale scale, TimeSpan took)
    {
        var failed = DrillJudge.Failures(parts);
        var over = parts.Caps.Caps.Concat(parts.Clock.Caps).Max(cap => cap.Over.BaseUnits);
        return new DrillReport(
            failed.Count == 0,
            failed,
            DrillJudge.Misses(parts, scale.Quick),
            over > (UInt128)Largest ? Largest : (long)over,
            parts.Caps.Caps.Min(cap => cap.Share),
            parts.Stop.EffectsAfterStop,
            parts.Stop.All.InFlightAtStop,
            parts.Stop.All.EffectsPerSecondBefore,
            parts.Stop.QuietP99Ms,
            parts.Detection.Recall,
            parts.Detection.Precision,
            parts.Detection.FalseAlarmsPer1000AgentDays,
            parts.Detection.AlarmRecall,
            parts.Detection.AlarmPrecision,
            parts.Detection.AlarmFalsePer1000AgentDays,
            parts.Consent.Rows.Sum(row => row.Attempts),
            parts.Consent.Rows.Sum(row => row.Successes),
            scale.Quick,
            scale.Seed,
            Math.Round(took.TotalSeconds, 1),
            parts);
    }
}
