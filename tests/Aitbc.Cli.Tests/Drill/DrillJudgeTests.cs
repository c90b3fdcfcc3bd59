using Aitbc.Cli.Drill;
using Aitbc.Primitives;

namespace Aitbc.Cli.Tests.Drill;

/// <summary>What a drill fails for: a promise that broke, and a promise that was not put to the test.</summary>
public sealed class DrillJudgeTests
{
    private static readonly TokenAmount Limit = TokenAmount.FromTokens(100);

    private static CapDrillResult Caps { get; } = new(
        10, 2, 1_000, 500, 3, [Cap(99)], 0, new SpendTally { Duplicates = 5 });

    private static ClockDrillResult Clock { get; } = new(20, 20, 5, 5, 300, [Cap(99)], 0);

    private static StopDrillResult Stop { get; } = new()
    {
        Agents = 100,
        Connections = 64,
        AgentStops = 20,
        AgentStopsOfActive = 20,
        Effects = 1_000,
        QuietP50Ms = 1,
        QuietP99Ms = 2,
        QuietMaxMs = 3,
        Market = new ScopeStopResult(64, 100, 0, 1),
        All = new ScopeStopResult(64, 100, 0, 1),
        ResentAfterRelease = 10,
        RefusedAsStale = 10,
        AppliedAfterRelease = 10,
        Answers = new(StringComparer.Ordinal),
    };

    private static ConsentDrillResult Consent { get; } = new([new ConsentRow("approval used twice", 4, 0)], 4, 4);

    private static DetectionDrillResult Detection { get; } = new(
        0.96, 0.95, 0.95, 1, 100, 10_000, 1, 1, [], 0.96, 0.95, 1, 100, 10_000, []);

    [Fact]
    public void What_holds_passes()
    {
        var parts = new DrillParts(Caps, Clock, Stop, Consent, Detection);
        Assert.Empty(DrillJudge.Failures(parts));
        Assert.Empty(DrillJudge.Misses(parts, isQuick: false));
    }

    [Fact]
    public void A_cap_that_was_passed_by_one_base_unit_fails() => Assert.Contains(
        "by 1 base units",
        Assert.Single(DrillJudge.OfCaps(Caps with
        {
            Caps = [Cap(99), CapResult.Of("maxDailyVolume", Limit, Limit + TokenAmount.FromBaseUnits(1))],
        })),
        StringComparison.Ordinal);

    [Fact]
    public void A_cap_that_was_not_spent_fails()
    {
        Assert.Single(DrillJudge.OfCaps(Caps with { Caps = [Cap(94)] }));
        Assert.Single(DrillJudge.OfClock(Clock with { Caps = [Cap(0)] }));
    }

    [Fact]
    public void Caps_without_kills_duplicates_or_steps_fail()
    {
        Assert.Single(DrillJudge.OfCaps(Caps with { Kills = 0 }));
        Assert.Single(DrillJudge.OfCaps(Caps with { Tally = new SpendTally() }));
        Assert.Single(DrillJudge.OfCaps(Caps with { GivenBack = 0 }));
        Assert.Single(DrillJudge.OfCaps(Caps with { AuditFindings = 1 }));
        Assert.Single(DrillJudge.OfClock(Clock with { Steps = 0 }));
        Assert.Single(DrillJudge.OfClock(Clock with { AuditFindings = 1 }));
    }

    [Fact]
    public void One_effect_after_a_stop_fails() =>
        Assert.Single(DrillJudge.OfStop(Stop with { EffectsAfterStop = 1 }));

    [Fact]
    public void A_stop_over_nothing_fails()
    {
        Assert.Single(DrillJudge.OfStop(Stop with { AgentStops = 0, AgentStopsOfActive = 0 }));
        Assert.Single(DrillJudge.OfStop(Stop with { AgentStopsOfActive = 19 }));
        Assert.Single(DrillJudge.OfStop(Stop with { All = Stop.All with { InFlightAtStop = 0 } }));
        Assert.Single(DrillJudge.OfStop(Stop with { All = Stop.All with { EffectsPerSecondBefore = 0 } }));
        Assert.Single(DrillJudge.OfStop(Stop with { Market = Stop.Market with { InFlightAtStop = 0 } }));
        Assert.Single(DrillJudge.OfStop(Stop with { Market = Stop.Market with { EffectsPerSecondBefore = 0 } }));
        Assert.Single(DrillJudge.OfStop(Stop with { RefusedAsStale = 0 }));
        Assert.Single(DrillJudge.OfStop(Stop with { AppliedAfterRelease = 0 }));
        Assert.Single(DrillJudge.OfStop(Stop with { AuditFindings = 1 }));
    }

    [Fact]
    public void An_attack_that_moved_money_or_was_not_tried_fails()
    {
        Assert.Single(DrillJudge.OfConsent(Consent with { Rows = [new ConsentRow("one", 4, 1)] }));
        Assert.Single(DrillJudge.OfConsent(Consent with { Rows = [new ConsentRow("one", 0, 0)] }));
        Assert.Single(DrillJudge.OfConsent(Consent with { Rows = [] }));
        Assert.Single(DrillJudge.OfConsent(Consent with { ControlsApplied = 3 }));
        Assert.Single(DrillJudge.OfConsent(Consent with { Controls = 0, ControlsApplied = 0 }));
    }

    [Fact]
    public void A_monitor_below_its_target_is_said_and_one_that_finds_nothing_fails()
    {
        DetectionDrillResult[] below =
        [
            Detection with { Recall = 0.94 }, Detection with { Precision = 0.89 },
            Detection with { FalseAlarmsPer1000AgentDays = 10.1 },
            Detection with { AlarmRecall = 0.94 }, Detection with { AlarmPrecision = 0.89 },
        ];
        Assert.All(below, found =>
        {
            var parts = new DrillParts(Caps, Clock, Stop, Consent, found);
            Assert.Single(DrillJudge.Misses(parts, isQuick: false));
            Assert.Empty(DrillJudge.Misses(parts, isQuick: true));
            Assert.Empty(DrillJudge.Failures(parts));
        });
        Assert.Single(DrillJudge.OfDetection(Detection with { Attacks = 0 }));
        Assert.Single(DrillJudge.OfDetection(Detection with { Recall = 0 }));
        Assert.Single(DrillJudge.OfDetection(Detection with { AlarmRecall = 0 }));
    }

    [Fact]
    public void A_slow_stop_is_said_and_breaks_no_promise()
    {
        var slow = new DrillParts(Caps, Clock, Stop with { QuietP99Ms = 50 }, Consent, Detection);
        Assert.Single(DrillJudge.Misses(slow, isQuick: false));
        Assert.Empty(DrillJudge.Misses(slow, isQuick: true));
        Assert.Empty(DrillJudge.Failures(slow));
    }

    private static CapResult Cap(ulong tokens) => CapResult.Of("maxDailyVolume", Limit, TokenAmount.FromTokens(tokens));
}
