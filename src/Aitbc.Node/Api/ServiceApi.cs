using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.Problems;
using Aitbc.Node.Hosting;
using Aitbc.Primitives;
using Aitbc.Protocol.Blobs;
using Aitbc.Workloads.Schemas;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>Services on offer.</summary>
internal static class ServiceApi
{
    /// <summary>Most bytes of an input that is checked: what a specification may have.</summary>
    private const int MaxInputBytes = 16 * 1024;

    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet(
                "/services",
                (
                    string? capability,
                    string? maxPrice,
                    uint? minSettledPpm,
                    string? minValue,
                    string? health,
                    ulong? after,
                    int? limit,
                    LedgerHost ledger,
                    AgentLeases leases) => new ServiceSearch(
                        capability, maxPrice, minSettledPpm, minValue, health, after, limit).Run(ledger, leases))
            .Require(Role.Reader)
            .Produces<Page<ServiceView>>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .WithSummary(
                "Services by capability, asking price, record and health; a page may be short and have a next.");
        v1.MapGet("/services/{id}", (string id, LedgerHost ledger, AgentLeases leases) =>
                ServiceId.TryParse(id, out var service)
                    && ledger.View.Read(state => state.FindService(service) is var slot and >= 0
                        ? ServiceView.Of(state, state.Services[slot], leases)
                        : null) is { } view
                    ? Results.Json(view)
                    : NoSuchService().ToResult())
            .Require(Role.Reader)
            .Produces<ServiceView>()
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .WithSummary("One service.");
        v1.MapPost("/services/{id}/inputs", CheckAsync)
            .Require(Role.Reader)
            .Accepts<object>("application/json")
            .Produces<InputChecked>()
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .Produces<Problem>(StatusCodes.Status422UnprocessableEntity, Problem.MediaType)
            .WithSummary("Says whether a specification meets the schema of a service's inputs.");
    }

    private static async Task<IResult> CheckAsync(
        string id, HttpRequest request, LedgerHost ledger, CancellationToken stop)
    {
        var named = ServiceId.TryParse(id, out var service)
            ? ledger.View.Read(state => state.FindService(service) is var found and >= 0
                ? state.Services[found].InputSchema
                : (Digest?)null)
            : null;
        if (named is not { } digest)
        {
            return NoSuchService().ToResult();
        }

        if (digest.IsZero)
        {
            return Problem.NotFound("This service names no schema of its inputs.").ToResult();
        }

        if (!ledger.View.Read(state => BlobReaders.MayRead(state, digest, default))
            || !ledger.TryGetBlob(digest, out var bytes)
            || !InputSchema.TryRead(bytes, out var schema, out _))
        {
            return Problem.NotFound("The schema that this service names is not there for everybody, or is none that "
                + "can be checked here.").ToResult();
        }

        var body = await ReadAsync(request, stop).ConfigureAwait(false);
        var problems = schema.Check(body);
        return problems.Count == 0
            ? Results.Json(new InputChecked(digest))
            : new Problem(
                "inputRefused",
                "The input does not meet the service's schema.",
                StatusCodes.Status422UnprocessableEntity,
                problems[0].Sentence) { Problems = problems }.ToResult();
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken stop)
    {
        var bytes = new byte[MaxInputBytes + 1];
        try
        {
            var read = await request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, stop)
                .ConfigureAwait(false);
            return read <= MaxInputBytes
                ? bytes.AsMemory(0, read)
                : throw new BadHttpRequestException(
                    $"An input has at most {MaxInputBytes} bytes.", StatusCodes.Status413PayloadTooLarge);
        }
        catch (IOException broken) when (broken is not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The body breaks off, or its chunks do not fit.", broken);
        }
    }

    private static Problem NoSuchService() => Problem.NotFound("No service that is listed has this id.");
}

/// <summary>An input that meets a service's schema.</summary>
/// <param name="Schema">Digest of the schema.</param>
public sealed record InputChecked(Digest Schema);
