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
/// Where only what leads to safe mode counts as found, people take <see cref="AnswerHours"/> hours to answer what
/// waits: then they approve what is honest, and stop the agents of an attack, which is not found any more.
/// Days that follow are played likewise, and only attacks that began before are scored.
/// An act that would pass the agent's daily cap never reaches the monitor: the ledger refuses it.
/// </summary>
public sealed class DetectionDrill
{
    /// <summary>Hours until a person answers where only safe mode counts: a night.</summary>
    public const int AnswerHours = 12;

    private static readonly Timestamp Start = new(1_780_000_000_000L / TraceAgent.DayMs * TraceAgent.DayMs);

    private readonly LabelledTrace trace;
    private readonly TraceOptions options;
    private readonly SafetyMonitor monitor;
    private readonly ulong[] spentToday;
    private readonly int[] attackOf;
    private readonly HashSet<int> stopped = [];
    private readonly AttackOutcome?[] outcomes;
    private readonly ulong[] moved;
    private readonly HashSet<int> seen = [];
    private readonly Dictionary<(int Agent, int Day), FalseAlarm> alarms = [];
    private readonly PriorityQueue<(TraceAct Act, int Attack), long> waiting = new();
    private readonly MonitorLevel level;
    private long honestAgentDays;
    private long parked;

    private DetectionDrill(TraceOptions options, MonitorOptions monitorOptions, MonitorLevel level)
    {
        (this.options, this.level) = (options, level);
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
    /// <param name="level">From which gravity on something counts as found: parking, or only safe mode.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of range.
    /// </exception>
    public static DetectionScore Run(
        TraceOptions trace, MonitorOptions monitor, MonitorLevel level = MonitorLevel.Park)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var drill = new DetectionDrill(trace, monitor, level);
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
            Answer(act.AtMs);
            var agent = trace.Agents[act.Agent];
            if (stopped.Contains(act.Agent) || spentToday[act.Agent] + act.Micro > agent.Cap)
            {
                continue;
            }

            active.Add(act.Agent);
            var action = act.Observed(agent, Start);
            var finding = monitor.Observe(in action);
            var attack = attackOf[act.Agent];
            seen.Add(act.Attack);
            if (finding.Verdict == MonitorLevel.Pass)
            {
                Move(act);
            }
            else if (attack >= 0 && act.AtMs >= trace.Attacks[attack].StartMs)
            {
                Detect(attack, finding, act);
            }
            else
            {
                if (isScored && !isFollowed && attack != TraceAct.Accomplice)
                {
                    parked++;
                    if (finding.Verdict >= level)
                    {
                        alarms.TryAdd((act.Agent, day), new FalseAlarm(
                            act.Agent, day, agent.Temperament.ToString(), agent.JoinDay > 0, finding));
                    }
                }

                Ask(act, TraceAct.Honest, isScored);
            }
        }

        honestAgentDays += isScored && !isFollowed ? active.Count(agent => attackOf[agent] == TraceAct.Honest) : 0;
    }

    /// <summary>Lets a person answer, at once or later.</summary>
    private void Ask(in TraceAct act, int attack, bool isScored)
    {
        if (level == MonitorLevel.SafeMode && isScored)
        {
            waiting.Enqueue((act, attack), act.AtMs + (AnswerHours * TraceAgent.HourMs));
        }
        else
        {
            Approve(act, act.AtMs);
        }
    }

    private void Answer(long nowMs)
    {
        while (waiting.TryPeek(out var one, out var at) && at <= nowMs)
        {
            waiting.Dequeue();
            if (one.Attack >= 0)
            {
                Stop(one.Attack);
            }
            else
            {
                Approve(one.Act, at);
            }
        }
    }

    private void Approve(in TraceAct act, long atMs)
    {
        monitor.Approve((act with { AtMs = atMs }).Observed(trace.Agents[act.Agent], Start));
        Move(act);
    }

    private void Move(in TraceAct act)
    {
        spentToday[act.Agent] += act.Micro;
        if (act.Attack >= 0)
        {
            moved[act.Attack] += act.Micro;
        }
    }

    private void Detect(int attack, MonitorFinding finding, in TraceAct act)
    {
        if (finding.Verdict < level)
        {
            Ask(act, attack, isScored: true);
            return;
        }

        outcomes[attack] ??= Outcome(attack, finding);
        Stop(attack);
    }

    private void Stop(int attack)
    {
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
                .Where(i => outcomes[i] is not null || seen.Contains(i))
                .Select(i => outcomes[i] ?? Outcome(i, default)),
        ],
        FalseAlarms = [.. alarms.Values],
        HonestAgentsAlarmed = alarms.Keys.Select(alarm => alarm.Agent).Distinct().Count(),
        HonestAgentDays = honestAgentDays,
        HonestParked = parked,
    };
}
