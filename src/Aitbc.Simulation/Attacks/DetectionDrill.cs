using Aitbc.Primitives;
using Aitbc.Safety.Monitor;

namespace Aitbc.Simulation.Attacks;

/// <summary>What became of one attack.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Found">Whether the monitor found anything about its agents once it had begun.</param>
/// <param name="By">Who found it first.</param>
/// <param name="Subject">In whose window.</param>
/// <param name="Verdict">What it led to.</param>
/// <param name="DamagePpm">Value it moved before that, or in all where it was not found, ppm of the daily cap.</param>
public sealed record AttackOutcome(
    AttackKind Kind, bool Found, Detector By, MonitorSubject Subject, MonitorLevel Verdict, long DamagePpm);

/// <summary>A finding about an honest agent.</summary>
/// <param name="Agent">Its place in the trace.</param>
/// <param name="Day">The day.</param>
/// <param name="Temperament">What it is.</param>
/// <param name="IsFresh">Whether it joined in the scored days.</param>
/// <param name="Finding">What was found first that day.</param>
public sealed record FalseAlarm(int Agent, int Day, string Temperament, bool IsFresh, MonitorFinding Finding);

/// <summary>
/// Plays a labelled trace to a monitor and scores it. In history days the monitor runs, too, and people approve what it
/// parks; only the days after them are scored. There an attack ends where
/// it is first found (a person stops the agent); what is found about an honest agent is approved by one and learnt.
/// Days that follow are played likewise, and only attacks that began before are scored.
/// An act that would pass the agent's daily cap never reaches the monitor: the ledger refuses it.
/// </summary>
public sealed class DetectionDrill
{
    private static readonly Timestamp Start = new(1_780_000_000_000L / TraceAgent.DayMs * TraceAgent.DayMs);

    private readonly LabelledTrace trace;
    private readonly TraceOptions options;
    private readonly SafetyMonitor monitor;
    private readonly ulong[] spentToday;
    private readonly int[] attackOf;
    private readonly HashSet<int> stopped = [];
    private readonly AttackOutcome?[] outcomes;
    private readonly ulong[] moved;
    private readonly Dictionary<(int Agent, int Day), FalseAlarm> alarms = [];
    private long honestAgentDays;
    private long parked;

    private DetectionDrill(TraceOptions options, MonitorOptions monitorOptions)
    {
        this.options = options;
        trace = new LabelledTrace(options);
        monitor = new SafetyMonitor(monitorOptions);
        spentToday = new ulong[trace.Agents.Count];
        attackOf = new int[trace.Agents.Count];
        Array.Fill(attackOf, TraceAct.Honest);
        for (var i = 0; i < trace.Attacks.Count; i++)
        {
            foreach (var agent in trace.Attacks[i].Agents)
            {
                attackOf[agent] = i;
            }

            if (trace.Attacks[i].Accomplice is var accomplice and >= 0)
            {
                attackOf[accomplice] = TraceAct.Accomplice;
            }
        }

        (outcomes, moved) = (new AttackOutcome?[trace.Attacks.Count], new ulong[trace.Attacks.Count]);
    }

    /// <summary>Plays a trace from its first day to its last.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="monitor">The monitor's limits.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of range.
    /// </exception>
    public static DetectionScore Run(TraceOptions trace, MonitorOptions monitor)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var drill = new DetectionDrill(trace, monitor);
        for (var day = 0; day < drill.trace.DayCount; day++)
        {
            drill.Play(day);
        }

        return drill.Score();
    }

    private void Play(int day)
    {
        Array.Clear(spentToday);
        var isScored = day >= options.HistoryDays;
        var isFollowed = day >= options.HistoryDays + options.ScoredDays;
        var active = new HashSet<int>();
        foreach (var act in trace.Day(day))
        {
            var agent = trace.Agents[act.Agent];
            if (stopped.Contains(act.Agent) || spentToday[act.Agent] + act.Micro > agent.Cap)
            {
                continue;
            }

            active.Add(act.Agent);
            var action = act.Observed(agent, Start);
            var finding = monitor.Observe(in action);
            var attack = attackOf[act.Agent];
            if (finding.Verdict == MonitorLevel.Pass)
            {
                Move(act);
            }
            else if (attack >= 0 && act.AtMs >= trace.Attacks[attack].StartMs)
            {
                Detect(attack, finding);
            }
            else
            {
                if (isScored && !isFollowed && attack != TraceAct.Accomplice)
                {
                    parked++;
                    alarms.TryAdd((act.Agent, day), new FalseAlarm(
                        act.Agent, day, agent.Temperament.ToString(), agent.JoinDay > 0, finding));
                }

                monitor.Approve(in action);
                Move(act);
            }
        }

        honestAgentDays += isScored && !isFollowed ? active.Count(agent => attackOf[agent] == TraceAct.Honest) : 0;
    }

    private void Move(in TraceAct act)
    {
        spentToday[act.Agent] += act.Micro;
        if (act.Attack >= 0)
        {
            moved[act.Attack] += act.Micro;
        }
    }

    private void Detect(int attack, MonitorFinding finding)
    {
        outcomes[attack] ??= Outcome(attack, finding);
        foreach (var agent in trace.Attacks[attack].Agents)
        {
            stopped.Add(agent);
        }
    }

    private AttackOutcome Outcome(int attack, MonitorFinding finding)
    {
        var labelled = trace.Attacks[attack];
        var cap = trace.Agents[labelled.Agents[0]].Cap;
        return new AttackOutcome(
            labelled.Kind,
            finding.Verdict != MonitorLevel.Pass,
            finding.Detector,
            finding.Subject,
            finding.Verdict,
            (long)(moved[attack] * Ratio.PpmPerOne / cap));
    }

    private DetectionScore Score() => new()
    {
        // What the ledger refused altogether was no attack that the monitor could see.
        Attacks =
        [
            .. Enumerable.Range(0, outcomes.Length)
                .Where(i => outcomes[i] is not null || moved[i] > 0)
                .Select(i => outcomes[i] ?? Outcome(i, default)),
        ],
        FalseAlarms = [.. alarms.Values],
        HonestAgentsAlarmed = alarms.Keys.Select(alarm => alarm.Agent).Distinct().Count(),
        HonestAgentDays = honestAgentDays,
        HonestParked = parked,
    };
}
