using Aitbc.Safety.Monitor;
using Aitbc.Simulation.Attacks;
using Aitbc.Simulation.Tests.Worlds;

namespace Aitbc.Simulation.Tests.Attacks;

/// <summary>The monitor on labelled traces of held-out seeds, smaller than those of the whole score and so cruder; the
/// figures that count are those of <see cref="HeldOutDetection"/>.</summary>
public sealed class DetectionTests
{
    private static readonly Lazy<DetectionScore> Score = new(() =>
        DetectionScore.Sum([.. Enumerable.Range(0, HeldOutDetection.QuickTraces).Select(i => Play(i))]));

    private static readonly Lazy<DetectionScore> Alarms = new(() => DetectionScore.Sum(
    [
        .. Enumerable.Range(0, HeldOutDetection.QuickTraces).Select(i => Play(i, MonitorLevel.SafeMode)),
    ]));

    [Fact]
    public void Safe_mode_is_mostly_right_although_nobody_answers_for_a_night_and_rare_things_happen()
    {
        var found = Alarms.Value.Attacks.Where(one => one.Found).ToList();

        Assert.All(found, one => Assert.Equal(MonitorLevel.SafeMode, one.Verdict));
        Assert.InRange(Alarms.Value.HonestAgentDays, 15_000, 30_000);
        Assert.InRange(Alarms.Value.FalseAlarmsPer1000AgentDays, 0, 0.2);
        Assert.InRange(Alarms.Value.Recall, 0.3, 1);
        // Who is asked about sooner is not led to safe mode later by people's silence alone.
        Assert.InRange(Alarms.Value.Recall, 0, Score.Value.Recall);
    }

    [Fact]
    public void Rare_events_ask_people_more_often_and_leave_the_attacks_as_they_are()
    {
        var (plain, rare) = (Play(0), Play(0, MonitorLevel.Park, hasRareEvents: true));

        Assert.True(rare.FalseAlarms.Count > plain.FalseAlarms.Count);
        Assert.Equal(
            plain.Attacks.Select(one => one.Kind).Order(Comparer()),
            rare.Attacks.Select(one => one.Kind).Order(Comparer()));
    }

    [Fact]
    public void Honest_agents_are_seldom_alarmed()
    {
        Assert.InRange(Score.Value.HonestAgentDays, 15_000, 30_000);
        Assert.InRange(Score.Value.FalseAlarmsPer1000AgentDays, 0, 13);
    }

    [Fact]
    public void Attacks_above_a_tenth_of_a_cap_are_found_but_for_bursts_that_look_like_a_busy_day()
    {
        var promised = Score.Value.Attacks.Where(one => one.Kind.IsPromised).ToList();
        var bursts = promised.Where(one => one.Kind.Family == AttackFamily.Burst).ToList();
        var others = promised.Except(bursts).ToList();

        // Of 54 kinds; one that the ledger refuses as above the cap is not scored.
        Assert.InRange(promised.Select(one => one.Kind).Distinct().Count(), 50, 54);
        Assert.InRange(DetectionScore.RecallOf(others), 0.95, 1);
        bursts.RemoveAll(one => one.Kind.IsAware || one.Kind.Intensity.Ppm < 500_000);
        Assert.InRange(DetectionScore.RecallOf(bursts), 0.5, 1);
    }

    [Fact]
    public void Those_that_know_the_limits_are_found_too_and_before_they_moved_what_they_came_for()
    {
        var aware = Score.Value.Attacks
            .Where(one => one.Kind is { IsAware: true, IsPromised: true } and not { Family: AttackFamily.Burst })
            .ToList();

        Assert.InRange(DetectionScore.RecallOf(aware), 0.9, 1);
        aware.RemoveAll(one => one.Kind.Family == AttackFamily.Drift || one.Kind.Intensity.Ppm < 500_000);
        Assert.All(aware, one => Assert.InRange(one.DamagePpm, 0, 400_000));
    }

    [Fact]
    public void The_same_seed_gives_the_same_score()
    {
        var again = Play(0);
        var first = Play(0);

        Assert.Equal(first.Attacks, again.Attacks);
        Assert.Equal(first.FalseAlarms, again.FalseAlarms);
        Assert.NotEmpty(first.FalseAlarms);
    }

    [Fact]
    public void Held_out_seeds_are_none_that_limits_were_set_on_and_make_every_kind_twenty_times()
    {
        var traces = Enumerable.Range(0, HeldOutDetection.Traces)
            .Select(i => HeldOutDetection.Trace(i, HeldOutDetection.FirstSeed, Demand())).ToList();

        Assert.All(traces, trace => Assert.InRange(trace.Seed, 1_001UL, 9_999UL));
        Assert.All(traces, trace => Assert.Equal(10, trace.Attacks.Count));
        Assert.All(
            traces.SelectMany(trace => trace.Attacks).CountBy(kind => kind),
            made => Assert.Equal(20, made.Value));
        Assert.Equal(
            AttackKind.All.Count, traces.SelectMany(trace => trace.Attacks).Distinct().Count());
    }

    [Fact]
    public void A_score_counts_days_agents_and_damage()
    {
        AttackOutcome[] attacks =
        [
            .. Enumerable.Range(1, 20).Select(i => new AttackOutcome(
                AttackKind.All[2], i > 2, Detector.Rate, MonitorSubject.Agent, MonitorLevel.Park, i * 1_000)),
        ];
        var alarm = new FalseAlarm(1, 40, "Buyer", false, default);
        var score = new DetectionScore
        {
            Attacks = attacks,
            FalseAlarms = [alarm, alarm, alarm],
            HonestAgentsAlarmed = 2,
            HonestAgentDays = 1_500,
            HonestParked = 4,
        };
        var sum = DetectionScore.Sum([score, score]);

        Assert.Equal(2, sum.FalseAlarmsPer1000AgentDays);
        Assert.Equal(0.9, sum.Recall);
        Assert.Equal(36.0 / 42, sum.Precision);
        Assert.Equal(36.0 / 40, sum.PrecisionPerAgent);
        Assert.Equal((10_000, 19_000), (sum.MedianDamagePpm, sum.P95DamagePpm));
        Assert.Equal([new DetectionCell(AttackKind.All[2], 40, 36, 10_000)], sum.Cells);
    }

    private static DetectionScore Play(
        int number, MonitorLevel level = MonitorLevel.Park, bool hasRareEvents = false) => DetectionDrill.Run(
            HeldOutDetection.Trace(number, HeldOutDetection.FirstSeed, Demand()) with
            {
                Agents = 300, AttackPpm = 33_400, HasRareEvents = hasRareEvents || level == MonitorLevel.SafeMode,
            },
            new MonitorOptions(),
            level);

    private static Comparer<AttackKind> Comparer() => Comparer<AttackKind>.Create(
        (left, right) => string.CompareOrdinal(left.ToString(), right.ToString()));

    private static ReadOnlyMemory<byte> Demand() => Lab.Data("llm-requests.csv");
}
