using Aitbc.Primitives;
using Aitbc.Workloads.Traces;

namespace Aitbc.Agents.Kinds.Requesting;

/// <summary>
/// How a recorded language model request becomes a job of rows to classify. The answer's length gives the rows, the
/// prompt's length scales the price: rows = decode tokens / 8, at least 1 and at most 64; units = rows + prompt
/// tokens / 128. Arrivals keep the trace's own spacing, divided by a speed-up. Pure.
/// </summary>
public static class DemandMapping
{
    /// <summary>Tokens of an answer that make one row.</summary>
    public const int DecodeTokensPerRow = 8;

    /// <summary>Most rows of a request.</summary>
    public const int MaxRows = 64;

    /// <summary>Tokens of a prompt that cost as much as one row.</summary>
    public const int PrefillTokensPerUnit = 128;

    private const long MicrosPerMs = 1_000;

    /// <summary>Arrivals a second that <see cref="SpeedFor"/> aims at, at least.</summary>
    private const long MinArrivalsPerSecond = 4;

    /// <summary>Rows to classify for a request.</summary>
    /// <param name="request">The request.</param>
    public static int Rows(DemandRequest request) => Math.Clamp(request.DecodeTokens / DecodeTokensPerRow, 1, MaxRows);

    /// <summary>Units that a request is charged.</summary>
    /// <param name="request">The request.</param>
    public static uint Units(DemandRequest request) =>
        (uint)(Rows(request) + (request.PrefillTokens / PrefillTokensPerUnit));

    /// <summary>When a request arrives, after the start of the demand.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="request">Place in the demand, from 0; after the trace's end it starts over.</param>
    /// <param name="speed">How much faster than recorded, 1 or more.</param>
    public static Duration ArrivalOf(DemandTrace trace, long request, long speed)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var count = trace.Requests.Count;
        var first = trace.Requests[0].OffsetMicroseconds;
        var length = trace.Requests[^1].OffsetMicroseconds - first;
        var period = length + MeanGapMicros(trace);
        var offset = trace.Requests[(int)(request % count)].OffsetMicroseconds - first;
        var micros = ((UInt128)(request / count) * (ulong)period) + (ulong)offset;
        return new Duration((long)(micros / ((ulong)speed * (ulong)MicrosPerMs)));
    }

    /// <summary>A speed-up at which a trace brings some requests a second: 1 where it does as recorded.</summary>
    /// <param name="trace">The trace.</param>
    public static long SpeedFor(DemandTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return Math.Clamp(MeanGapMicros(trace) * MinArrivalsPerSecond / 1_000_000, 1, 1_000_000);
    }

    /// <summary>Mean time between two requests, at least a millisecond.</summary>
    private static long MeanGapMicros(DemandTrace trace)
    {
        var length = trace.Requests[^1].OffsetMicroseconds - trace.Requests[0].OffsetMicroseconds;
        return Math.Max(MicrosPerMs, length / trace.Requests.Count);
    }
}
