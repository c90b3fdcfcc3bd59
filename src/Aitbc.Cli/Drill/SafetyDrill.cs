using System.Diagnostics;
using System.Globalization;
using Aitbc.Cli.Bench;
using Aitbc.Cli.Output;
using Aitbc.Simulation.Attacks;

namespace Aitbc.Cli.Drill;

/// <summary>All parts of the drill, one after the other, and what they came to.</summary>
internal static class SafetyDrill
{
    private const string Demand = "llm-requests.csv";

    /// <summary>Runs it and reports.</summary>
    /// <param name="scale">How much.</param>
    /// <param name="scratch">Where throwaway data is written.</param>
    /// <param name="output">Where to report.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>What the process ends with.</returns>
    public static async Task<int> RunAsync(
        DrillScale scale, string scratch, CommandOutput output, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        using var directory = new ScratchDirectory(
            Path.Combine(Path.GetFullPath(scratch), $"aitbc-drill-{Environment.ProcessId}"));
        string Room(string name) => Directory.CreateDirectory(Path.Combine(directory.FullPath, name)).FullName;
        void Note(string text) => output.Note(string.Create(
            CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalSeconds,5:0.0} s  {text}"));
        Note("Caps: an agent whose key ten processes share.");
        var caps = await new CapDrill(scale, Note).RunAsync(Room("caps"), stop).ConfigureAwait(false);
        Note("Caps: the same with a clock that jumps.");
        var clock = await new ClockDrill(scale).RunAsync(Room("clock"), stop).ConfigureAwait(false);
        Note("Stops: agents under load.");
        var stops = await new StopDrill(scale, Note).RunAsync(Room("stop"), stop).ConfigureAwait(false);
        Note("Approvals and overrides, used for what they are not for.");
        var consent = await new ConsentDrill(scale).RunAsync(Room("consent"), stop).ConfigureAwait(false);
        Note("Detection: the monitor on traces of seeds that no limit was set on.");
        var score = await Task.Run(
            () => HeldOutDetection.Run(
                File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "data", Demand)), scale.Quick, null, stop),
            stop).ConfigureAwait(false);
        var parts = new DrillParts(caps, clock, stops, consent, DetectionDrillResult.Of(score));
        var report = DrillReport.Of(parts, scale, Stopwatch.GetElapsedTime(started));
        Note("Done.");
        output.Result(report, people => Show(people, report));
        return report.Passed ? ExitCode.Ok : ExitCode.Failed;
    }

    private static void Show(CommandOutput people, DrillReport report)
    {
        var (caps, clock, stop) = (report.Parts.Caps, report.Parts.Clock, report.Parts.Stop);
        people.Table(
            ["cap", "limit", "spent in the worst window", "over, base units"],
            [
                .. caps.Caps.Select(cap => Row(cap, string.Empty)),
                .. clock.Caps.Select(cap => Row(cap, ", clock stepped")),
            ],
            Text($"{caps.Processes} processes on one key, {caps.Kills} kills of the node, {clock.Steps} clock steps"));
        people.Table(
            ["stop", "figure"],
            [
                ["agents under load", Text($"{stop.Agents:N0}")],
                ["agents stopped by their guardian", Text($"{stop.AgentStops:N0}")],
                ["in flight when everything was stopped", Text($"{stop.All.InFlightAtStop:N0}")],
                ["effects in the second before", Text($"{stop.All.EffectsPerSecondBefore:N0}")],
                ["effects after a stop", Text($"{stop.EffectsAfterStop:N0}")],
                ["resent after the release, and refused", Text($"{stop.RefusedAsStale:N0}")],
                ["time to quiet, p50, p99, most",
                    Text($"{stop.QuietP50Ms} ms, {stop.QuietP99Ms} ms, {stop.QuietMaxMs} ms")],
            ]);
        people.Table(
            ["attack on what people decide", "attempts", "successes"],
            report.Parts.Consent.Rows.Select(row =>
                (IReadOnlyList<string>)[row.Name, Text($"{row.Attempts}"), Text($"{row.Successes}")]));
        people.Table(
            ["monitor", "figure"],
            [
                ["attacks that a person is asked about (recall)", Text($"{report.Recall:P1}")],
                ["of what a person is asked, about attacks (precision)", Text($"{report.Precision:P1}")],
                ["asked for nothing in 1,000 agent-days", Text($"{report.FalseAlarmsPer1000AgentDays}")],
                ["attacks that lead to safe mode, nobody answering", Text($"{report.AlarmRecall:P1}")],
                ["of what leads to safe mode, attacks", Text($"{report.AlarmPrecision:P1}")],
                ["honest agents in safe mode, 1,000 agent-days", Text($"{report.AlarmFalsePer1000AgentDays}")],
            ]);
        foreach (var sentence in report.Missed)
        {
            people.Line($"missed: {sentence}");
        }

        foreach (var sentence in report.Failed)
        {
            people.Line($"FAILED: {sentence}");
        }

        people.Line(report.Passed ? "Every promise held." : "A promise was broken: see above.");
    }

    private static IReadOnlyList<string> Row(CapResult cap, string how) =>
        [cap.Name + how, cap.Limit.ToDisplay(), Text($"{cap.Share:P2}"), Text($"{cap.Over.BaseUnits}")];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
