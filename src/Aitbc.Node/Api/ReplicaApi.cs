using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Remote;
using Aitbc.Node.Access;
using Aitbc.Node.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Aitbc.Node.Api;

/// <summary>What a follower needs: the genesis file, a snapshot, and the journal's frames by cursor, so that a slow
/// one costs the node its position and one buffer.</summary>
internal static class ReplicaApi
{
    private const int FlushBytes = 64 * 1024;
    private const int PageBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/replica/genesis", (LedgerHost ledger) => Results.Bytes(ledger.ReadGenesis(), "application/json"))
            .Require(Role.Reader)
            .Produces<object>()
            .WithSummary("The genesis file, byte by byte: its digest is what the chain is bound to.");
        v1.MapGet("/replica/snapshot", (LedgerHost ledger) => ledger.OpenSnapshot() is { } snapshot
                ? Results.Stream(snapshot.Content, ReplicaFrame.MediaType)
                : Problem.NotFound("No snapshot is kept yet: begin at the genesis.").ToResult())
            .Require(Role.Reader)
            .Produces<byte[]>(StatusCodes.Status200OK, ReplicaFrame.MediaType)
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .WithSummary("The newest snapshot: last hash, height (u64) and digest of the last block, then the state.");
        v1.MapGet("/replica/entries", RunAsync)
            .Require(Role.Reader)
            .Produces<byte[]>(StatusCodes.Status200OK, ReplicaFrame.MediaType)
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .Produces<Problem>(StatusCodes.Status409Conflict, Problem.MediaType)
            .Produces<Problem>(StatusCodes.Status503ServiceUnavailable, Problem.MediaType)
            .WithSummary("The journal's entries and blocks in binary frames, as they become durable.");
    }

    private static async Task<IResult> RunAsync(
        HttpContext context,
        ulong? after,
        string? hash,
        string? genesis,
        bool? follow,
        LedgerHost ledger,
        EventStreams streams,
        IHostApplicationLifetime life)
    {
        if (FaultOf(ledger, after ?? 0, hash, genesis) is { } fault)
        {
            return fault.ToResult();
        }

        if (!streams.TryOpen())
        {
            return streams.Refuse(context);
        }

        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(
                context.RequestAborted, life.ApplicationStopping);
            await StreamAsync(context.Response, ledger, after ?? 0, follow ?? true, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The follower has gone, or the node stops: it goes on where it was.
        }
        finally
        {
            streams.Close();
        }

        return Results.Empty;
    }

    /// <summary>Whether the follower has this chain and this history: of another it must not go on.</summary>
    private static Problem? FaultOf(LedgerHost ledger, ulong after, string? hash, string? genesis)
    {
        if (genesis is not null && genesis != ledger.GenesisDigest.ToString())
        {
            return Conflict("otherChain", $"This chain began with {ledger.GenesisDigest}.");
        }

        var last = ledger.View.Seq;
        if (after > last)
        {
            return hash is null
                ? Problem.BadRequest($"after is 0 to {last}, the last durable entry.")
                : Conflict("otherHistory", $"The last durable entry is {last}: this history has no entry {after}.");
        }

        if (hash is null || after == 0)
        {
            return null;
        }

        using var entries = ledger.ReadFrom(after);
        return entries.TryRead(out var entry) && entry.Hash.ToString() == hash
            ? null
            : Conflict("otherHistory", $"Entry {after} of this history has another hash.");
    }

    private static Problem Conflict(string code, string detail) =>
        new(code, "The follower holds something else.", StatusCodes.Status409Conflict, detail);

    private static async Task StreamAsync(
        HttpResponse response, LedgerHost ledger, ulong after, bool follow, CancellationToken stop)
    {
        response.ContentType = ReplicaFrame.MediaType;
        response.Headers.CacheControl = "no-store";
        using var frames = ledger.OpenFrames(after + 1);
        await response.Body.FlushAsync(stop).ConfigureAwait(false);
        var total = 0L;
        while (true)
        {
            // Asked for before the journal is read, so that what comes in between is not slept through.
            var changed = ledger.View.ChangedAsync();
            var pending = 0;
            while (frames.TryRead(out var frame))
            {
                if (ReplicaFrame.TryFrom(frame, out var replica))
                {
                    pending += Put(response, replica);
                }

                if (pending >= FlushBytes)
                {
                    await response.BodyWriter.FlushAsync(stop).ConfigureAwait(false);
                    total += pending;
                    pending = 0;
                }

                if (!follow && total >= PageBytes)
                {
                    return;
                }
            }

            total += pending;
            await response.BodyWriter.FlushAsync(stop).ConfigureAwait(false);
            if (!follow)
            {
                return;
            }

            if (await EventApi.IsIdleAsync(changed, Beat, stop).ConfigureAwait(false))
            {
                Put(response, new ReplicaFrame(ReplicaKind.Beat, ledger.View.Seq, default));
                await response.BodyWriter.FlushAsync(stop).ConfigureAwait(false);
            }
        }
    }

    private static int Put(HttpResponse response, in ReplicaFrame frame)
    {
        var size = ReplicaFrame.HeadSize + frame.Payload.Length;
        var target = response.BodyWriter.GetSpan(size);
        frame.WriteHead(target);
        frame.Payload.Span.CopyTo(target[ReplicaFrame.HeadSize..]);
        response.BodyWriter.Advance(size);
        return size;
    }
}
