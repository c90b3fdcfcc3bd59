using System.Globalization;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.Hosting;
using Aitbc.Node.Metrics;
using Aitbc.Node.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Aitbc.Node.Api;

/// <summary>How many event streams are open.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class EventStreams(NodeOptions options)
{
    private int open;

    /// <summary>Streams that are open.</summary>
    public int Open => Volatile.Read(ref open);

    /// <summary>Takes a place.</summary>
    /// <returns>False where all are taken.</returns>
    public bool TryOpen()
    {
        if (Interlocked.Increment(ref open) <= options.MaxEventStreams)
        {
            return true;
        }

        Interlocked.Decrement(ref open);
        return false;
    }

    /// <summary>Gives a place back.</summary>
    public void Close() => Interlocked.Decrement(ref open);

    /// <summary>The answer where all places are taken.</summary>
    public IResult Refuse(HttpContext context)
    {
        RequestMeter.Refused(context, RequestMeter.Rate);
        context.Response.Headers.RetryAfter = "1";
        return Problem.Busy(
            $"All {options.MaxEventStreams} event streams of this node are taken: come back later, what you miss is"
            + " kept; or have its operator raise maxEventStreams.").ToResult();
    }
}

/// <summary>
/// What happens, as server-sent events: the newest are rendered once for all who follow, older ones are read from the
/// journal by cursor. A reader costs its connection and what is on its way to it, and who is slow is only behind.
/// Source: WHATWG HTML, server-sent events.
/// </summary>
internal static class EventApi
{
    public static void Map(IEndpointRouteBuilder v1) =>
        v1.MapGet("/events", RunAsync)
            .Require(Role.Reader)
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .Produces<Problem>(StatusCodes.Status503ServiceUnavailable, Problem.MediaType)
            .WithSummary("Entries as they become durable; resumes behind Last-Event-ID, or behind after.");

    private static async Task<IResult> RunAsync(
        HttpContext context,
        string? after,
        LedgerHost ledger,
        EventFeed feed,
        EventStreams streams,
        IHostApplicationLifetime life)
    {
        var resume = context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? last : after;
        var seq = ledger.View.Seq;
        if (resume is not null
            && (!ulong.TryParse(resume, NumberStyles.None, null, out var seen) || (seq = Math.Min(seen, seq)) != seen))
        {
            return Problem.BadRequest("Last-Event-ID, or after, is the sequence of an entry that is durable.")
                .ToResult();
        }

        if (!streams.TryOpen())
        {
            return streams.Refuse(context);
        }

        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(
                context.RequestAborted, life.ApplicationStopping);
            using var stream = new EventStream(context.Response, ledger, feed, seq + 1);
            await stream.RunAsync(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client has gone, or the node stops: the client resumes where it was.
        }
        finally
        {
            streams.Close();
        }

        return Results.Empty;
    }

    /// <summary>Waits for a change.</summary>
    /// <returns>Whether none came for so long.</returns>
    public static async Task<bool> IsIdleAsync(Task changed, TimeSpan patience, CancellationToken stop)
    {
        try
        {
            await changed.WaitAsync(patience, stop).ConfigureAwait(false);
            return false;
        }
        catch (TimeoutException)
        {
            return true;
        }
    }
}
