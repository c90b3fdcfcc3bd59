using Aitbc.Primitives;
using Aitbc.Safety.Monitor;

namespace Aitbc.Simulation.Attacks;

/// <summary>Both scores of the held-out traces.</summary>
/// <param name="Asks">Of all that is found: a person is asked.</param>
/// <param name="Alarms">Only of what leads to safe mode, on traces in which what is rare and honest happens too: of an
/// accusation that decides how often it is right.</param>
public sealed record HeldOutScore(DetectionScore Asks, DetectionScore Alarms);

/// <summary>
/// The score that counts: the monitor's defaults on traces from seeds that no limit was set on. Limits were set on
/// seeds 1 to 1,000; <see cref="FirstSeed"/> and above were only ever played to score. An attack in a hundred agents,
/// by turns of all kinds, so that each kind is made at least twenty times.
/// </summary>
public static class HeldOutDetection
{
    /// <summary>The first of the held-out seeds.</summary>
    public const ulong FirstSeed = 1_001;

    /// <summary>Traces of the whole score: each kind is made 20 times.</summary>
    public const int Traces = 144;

    /// <summary>Traces of the quick score: each kind is made once or twice.</summary>
    public const int QuickTraces = 8;

    // Days until a drift that knows the limits has grown to a third of a cap.
    private const int DriftDays = 40;

    /// <summary>Plays the traces and sums up their scores. The same at each run; on this many cores at once.</summary>
    /// <param name="demand">The recorded demand that requesters follow: the bytes of a table of requests.</param>
    /// <param name="isQuick">Whether <see cref="QuickTraces"/> are enough.</param>
    /// <param name="progress">Told of how many traces how many are done; from any thread; may be null.</param>
    /// <param name="cancellationToken">Ends it between two traces.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">The demand is of no use.</exception>
    public static HeldOutScore Run(
        ReadOnlyMemory<byte> demand, bool isQuick, Action<int, int>? progress, CancellationToken cancellationToken)
    {
        var asks = new DetectionScore[isQuick ? QuickTraces : Traces];
        var alarms = new DetectionScore[asks.Length];
        var done = 0;
        Parallel.For(
            0,
            asks.Length,
            new ParallelOptions
            {
                CancellationToken = cancellationToken,
                MaxDegreeOfParallelism = Environment.ProcessorCount,
            },
            i =>
            {
                var trace = Trace(i, FirstSeed, demand);
                asks[i] = DetectionDrill.Run(trace, new MonitorOptions());
                alarms[i] = DetectionDrill.Run(
                    trace with { HasRareEvents = true }, new MonitorOptions(), MonitorLevel.SafeMode);
                progress?.Invoke(Interlocked.Increment(ref done), asks.Length);
            });
        return new HeldOutScore(DetectionScore.Sum(asks), DetectionScore.Sum(alarms));
    }

    /// <summary>A trace of a series: ten attacks, which go on where those of the trace before ended.</summary>
    internal static TraceOptions Trace(int number, ulong firstSeed, ReadOnlyMemory<byte> demand)
    {
        var options = new TraceOptions { Seed = firstSeed + (ulong)number, Demand = demand };
        var attacks = (int)((long)options.Agents * options.AttackPpm / Ratio.PpmPerOne);
        AttackKind[] kinds =
        [
            .. Enumerable.Range(number * attacks, attacks).Select(i => AttackKind.All[i % AttackKind.All.Count]),
        ];
        return options with
        {
            Attacks = kinds,
            FollowDays = kinds.Any(kind => kind.Family == AttackFamily.Drift) ? DriftDays : 0,
        };
    }
}
