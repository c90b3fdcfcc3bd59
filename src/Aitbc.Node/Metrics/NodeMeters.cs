using System.Diagnostics;
using System.Diagnostics.Metrics;
using Aitbc.Node.Api;

namespace Aitbc.Node.Metrics;

/// <summary>What the node measures of its requests and of its process.</summary>
/// <remarks>Thread-safe. Every label comes from a closed list: route templates, methods and codes that HTTP knows.
/// </remarks>
internal sealed class NodeMeters : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Aitbc.Node";

    private int inFlight;

    public NodeMeters(EventStreams streams)
    {
        Requests = Meter.CreateCounter<long>(
            "aitbc.http.requests", null, "Requests that were answered, by route template, method and status.");
        Errors = Meter.CreateCounter<long>(
            "aitbc.http.errors",
            null,
            "Requests that were refused or failed, by class of status and by what refused them; also those that never"
                + " reached a route.");
        Duration = Meter.CreateHistogram(
            "aitbc.http.request.duration",
            "s",
            "Time from a request's headers to the end of its answer, by route template; event streams left out.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries =
                    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
            });
        Meter.CreateObservableGauge(
            "aitbc.http.requests.in_flight",
            () => (long)Volatile.Read(ref inFlight),
            null,
            "Requests that are being answered now, event streams included.");
        Meter.CreateObservableGauge(
            "aitbc.http.event_streams.open", () => (long)streams.Open, null, "Event streams that are open.");
        AddProcess();
    }

    /// <summary>The meter.</summary>
    public Meter Meter { get; } = new(MeterName);

    /// <summary>Answered requests.</summary>
    public Counter<long> Requests { get; }

    /// <summary>Refused and failed ones.</summary>
    public Counter<long> Errors { get; }

    /// <summary>How long they took.</summary>
    public Histogram<double> Duration { get; }

    /// <summary>Counts a request in or out.</summary>
    public void Enter(int change) => Interlocked.Add(ref inFlight, change);

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    private void AddProcess()
    {
        Meter.CreateObservableCounter(
            "process.cpu", static () => Ask(one => one.TotalProcessorTime.TotalSeconds), "s",
            "Processor time of the node's process.");
        Meter.CreateObservableGauge(
            "process.resident_memory", static () => Ask(one => (double)one.WorkingSet64), "By",
            "Memory of the process that is in RAM.");
        Meter.CreateObservableGauge(
            "process.threads", static () => Ask(one => (double)one.Threads.Count), null, "Threads of the process.");
        Meter.CreateObservableGauge(
            "dotnet.gc_heap", static () => GC.GetTotalMemory(forceFullCollection: false), "By",
            "Managed memory, garbage that was not collected yet included.");
    }

    private static double Ask(Func<Process, double> figure)
    {
        using var process = Process.GetCurrentProcess();
        return figure(process);
    }
}
