using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Remote;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Node.Access;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Aitbc.Node.Api;

/// <summary>How many blobs are on their way in, and who proves to ask.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class BlobDoor : IDisposable
{
    /// <summary>Most blobs that are taken in at once: each holds its size in memory.</summary>
    private const int MaxAtOnce = 8;

    private readonly SemaphoreSlim room = new(MaxAtOnce);
    private readonly KeyVerifier verifier = new();

    /// <summary>Waits for room.</summary>
    public Task EnterAsync(CancellationToken stop) => room.WaitAsync(stop);

    /// <summary>Gives the room back.</summary>
    public void Leave() => room.Release();

    /// <summary>Who proves to ask; the default account where nobody does.</summary>
    /// <returns>What is wrong with the proof, or null.</returns>
    public Problem? Find(
        HttpRequest request, LedgerHost ledger, (ProofPurpose, string) wanted, out AccountId account)
    {
        account = default;
        var header = request.Headers[AccountProof.Header].ToString();
        if (header.Length == 0)
        {
            return null;
        }

        var now = new Timestamp(ledger.Time.GetUtcNow().ToUnixTimeMilliseconds());
        account = AccountProof.Check(header, ledger, verifier, wanted, now, out var problem);
        return problem is null
            ? null
            : new Problem("badProof", "The proof of who asks is refused.", StatusCodes.Status401Unauthorized, problem);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        room.Dispose();
        verifier.Dispose();
    }
}

/// <summary>Blobs: the bytes of what was declared, for their readers.</summary>
internal static class BlobApi
{
    private const int LeastBytesPerSecond = 16 * 1024;

    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapPut("/blobs/{digest}", PutAsync)
            .Require(Role.Agent)
            .Produces<OfferView>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .Produces<Problem>(StatusCodes.Status409Conflict, Problem.MediaType)
            .Produces<Problem>(StatusCodes.Status413PayloadTooLarge, Problem.MediaType)
            .WithSummary("Gives the bytes of a declared blob; with a proof, the account becomes a reader of it.");
        v1.MapGet("/blobs/{digest}", GetAsync)
            .Require(Role.Reader)
            .Produces<byte[]>(StatusCodes.Status200OK, ReplicaFrame.MediaType)
            .Produces<Problem>(StatusCodes.Status401Unauthorized, Problem.MediaType)
            .Produces<Problem>(StatusCodes.Status403Forbidden, Problem.MediaType)
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .WithSummary("A blob's bytes, for its readers: public ones for everybody, others with a proof.");
    }

    private static async Task<IResult> GetAsync(
        string digest, HttpRequest request, LedgerHost ledger, BlobDoor door, CancellationToken stop)
    {
        if (!Digest.TryParse(digest, out var wanted))
        {
            return Absent();
        }

        if (door.Find(request, ledger, (ProofPurpose.Read, digest), out var reader) is { } problem)
        {
            return problem.ToResult();
        }

        var answer = await ledger.GetBlobAsync(reader, wanted, stop).ConfigureAwait(false);
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return answer.Found switch
        {
            BlobFound.Found => Results.Bytes(answer.Bytes, ReplicaFrame.MediaType),
            BlobFound.NotReader => new Problem(
                "notAReader",
                "The blob is not for whoever asks.",
                StatusCodes.Status403Forbidden,
                $"Its owner and the parties of its workloads read it, with the header {AccountProof.Header}.")
                .ToResult(),
            _ => Absent(),
        };
    }

    private static async Task<IResult> PutAsync(
        string digest, HttpContext context, LedgerHost ledger, BlobDoor door, CancellationToken stop)
    {
        if (!Digest.TryParse(digest, out var wanted))
        {
            return Absent();
        }

        if (door.Find(context.Request, ledger, (ProofPurpose.Write, digest), out var from) is { } problem)
        {
            return problem.ToResult();
        }

        if (from.IsZero)
        {
            return new Problem(
                "badProof", "The proof of who asks is missing.", StatusCodes.Status401Unauthorized,
                $"Who gives the bytes becomes their reader, so the header {AccountProof.Header} says who that is.")
                .ToResult();
        }

        var size = ledger.View.Read(state =>
            state.FindBlob(wanted) is var slot and >= 0 ? (long)state.Blobs[slot].SizeBytes : -1);
        if (size < 0)
        {
            return OutcomeProblems.OfOffer(Outcome.BlobMissing).ToResult();
        }

        if (size > ledger.MaxBlobBytes || context.Request.ContentLength > size)
        {
            return TooLarge(Math.Min(size, ledger.MaxBlobBytes));
        }

        await door.EnterAsync(stop).ConfigureAwait(false);
        try
        {
            if (await ReadAsync(context, (int)size, stop).ConfigureAwait(false) is not { } bytes)
            {
                return TooLarge(size);
            }

            return Digest.Sha256(bytes.Span) == wanted
                ? OfferApi.Answer(await ledger.PutBlobAsync(from, bytes, stop).ConfigureAwait(false), ledger)
                : new Problem(
                    "otherDigest", "The bytes are of another blob.", StatusCodes.Status400BadRequest,
                    $"What came are {bytes.Length} bytes with the digest {Digest.Sha256(bytes.Span)}.").ToResult();
        }
        finally
        {
            door.Leave();
        }
    }

    /// <summary>Reads at most as many bytes as were declared; null where more come.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context, int size, CancellationToken stop)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = size + 1L;
        }

        // A few blobs come at once, so a slow one would keep others out: it is cut off.
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = new Microsoft.AspNetCore.Server.Kestrel.Core.MinDataRate(
                LeastBytesPerSecond, TimeSpan.FromSeconds(10));
        }

        var bytes = new byte[size];
        try
        {
            var length = await context.Request.Body.ReadAtLeastAsync(bytes, size, false, stop).ConfigureAwait(false);
            var more = await context.Request.Body.ReadAsync(new byte[1], stop).ConfigureAwait(false);
            return more == 0 ? bytes.AsMemory(0, length) : null;
        }
        catch (IOException broken) when (broken is not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The body breaks off, or its chunks do not fit.", broken);
        }
    }

    private static IResult Absent() =>
        Problem.NotFound("No blob of this digest is declared and here.").ToResult();

    private static IResult TooLarge(long most) => new Problem(
        "blobTooLarge", "The blob is too large.", StatusCodes.Status413PayloadTooLarge,
        $"It was declared with {most} bytes, or the node takes no more.").ToResult();
}
