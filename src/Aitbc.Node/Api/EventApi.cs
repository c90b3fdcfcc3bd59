using System.Globalization;
using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.Hosting;
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
}

/// <summary>
/// What happens, as server-sent events read from the journal by cursor: a reader costs its connection and one buffer,
/// and who is slow is only behind. Source: WHATWG HTML, server-sent events.
/// </summary>
internal static class EventApi
{
    private const int FlushBytes = 32 * 1024;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

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
            return Problem.Busy("All event streams are taken: try again later.").ToResult();
        }

        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(
                context.RequestAborted, life.ApplicationStopping);
            await StreamAsync(context.Response, ledger, seq, stop.Token).ConfigureAwait(false);
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

    private static async Task StreamAsync(
        HttpResponse response, LedgerHost ledger, ulong after, CancellationToken stop)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        var text = new EntryText(ledger);
        using var entries = ledger.ReadFrom(after + 1);
        await response.Body.FlushAsync(stop).ConfigureAwait(false);
        while (true)
        {
            // Asked for before the journal is read, so that what comes in between is not slept through.
            var changed = ledger.View.ChangedAsync();
            var pending = 0;
            while (entries.TryRead(out var entry))
            {
                pending += Put(response, entry.Header.Seq, text.Render(entry).Span);
                if (pending >= FlushBytes)
                {
                    await response.BodyWriter.FlushAsync(stop).ConfigureAwait(false);
                    pending = 0;
                }
            }

            if (pending > 0)
            {
                await response.BodyWriter.FlushAsync(stop).ConfigureAwait(false);
            }

            if (await IsIdleAsync(changed, Heartbeat, stop).ConfigureAwait(false))
            {
                Write(response, ":\n\n"u8);
                await response.BodyWriter.FlushAsync(stop).ConfigureAwait(false);
            }
        }
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

    private static int Put(HttpResponse response, ulong seq, ReadOnlySpan<byte> json)
    {
        Write(response, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {seq}\ndata: ")));
        Write(response, json);
        Write(response, "\n\n"u8);
        return json.Length;
    }

    private static void Write(HttpResponse response, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(response.BodyWriter.GetSpan(bytes.Length));
        response.BodyWriter.Advance(bytes.Length);
    }
}
