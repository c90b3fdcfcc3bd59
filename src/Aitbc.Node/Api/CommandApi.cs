using System.Buffers;
using System.Text;
using System.Text.Json;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.Hosting;
using Aitbc.Node.Problems;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>Signed payloads in, outcomes out, each once it is durable.</summary>
internal static class CommandApi
{
    /// <summary>The media type of one compact JWS.</summary>
    public const string Jose = "application/jose";

    /// <summary>Most payloads of one request.</summary>
    public const int MaxPayloads = 64;

    private const string Json = "application/json";

    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapPost(
                "/commands",
                (HttpRequest request, LedgerHost ledger, NodeOptions options, CancellationToken stop) =>
                    SendAsync(request, ledger, options, onlyOversight: false, stop))
            .Describe("Sends signed payloads: one compact JWS, or a JSON array of up to 64, each for itself.")
            .RequireRateLimiting(NodeServer.CommandsShare);
        v1.MapPost(
                "/oversight",
                (HttpRequest request, LedgerHost ledger, NodeOptions options, CancellationToken stop) =>
                    SendAsync(request, ledger, options, onlyOversight: true, stop))
            .Describe("Sends a guardian's stop or release: never kept waiting behind other commands.")
            .RequireRateLimiting(NodeServer.OversightShare);
    }

    private static RouteHandlerBuilder Describe(this RouteHandlerBuilder builder, string summary) => builder
        .Require(Role.Agent)
        .Accepts<string>(Jose, Json)
        .Produces<OutcomeView>()
        .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
        .Produces<Problem>(StatusCodes.Status409Conflict, Problem.MediaType)
        .Produces<Problem>(StatusCodes.Status503ServiceUnavailable, Problem.MediaType)
        .WithSummary(summary);

    private static async Task<IResult> SendAsync(
        HttpRequest request, LedgerHost ledger, NodeOptions options, bool onlyOversight, CancellationToken stop)
    {
        var kind = request.ContentType?.Split(';')[0].Trim();
        if (kind is not (Jose or Json))
        {
            return new Problem(
                "unsupportedMediaType",
                "The body is of another kind.",
                StatusCodes.Status415UnsupportedMediaType,
                $"Send one compact JWS as {Jose}, or an array of them as {Json}.").ToResult();
        }

        var body = await ReadAsync(request, options.MaxBodyBytes, stop).ConfigureAwait(false);
        if (kind == Jose)
        {
            if (!TryParse(body.Span, onlyOversight, out var signed, out var problem))
            {
                return problem.ToResult();
            }

            var result = await ledger.SubmitAsync(signed, stop).ConfigureAwait(false);
            return result.Outcome == Outcome.Applied
                ? Results.Json(OutcomeView.Of(result))
                : OutcomeProblems.Of(result).ToResult();
        }

        return await SendAllAsync(body, ledger, onlyOversight, stop).ConfigureAwait(false);
    }

    private static async Task<IResult> SendAllAsync(
        ReadOnlyMemory<byte> body, LedgerHost ledger, bool onlyOversight, CancellationToken stop)
    {
        if (ReadArray(body.Span) is not { } texts)
        {
            return Problem.BadRequest($"The body is no JSON array of 1 to {MaxPayloads} compact JWS.").ToResult();
        }

        var answers = new object[texts.Count];
        var (sent, places) = (new List<SignedPayload>(texts.Count), new List<int>(texts.Count));
        for (var i = 0; i < texts.Count; i++)
        {
            if (TryParse(texts[i], onlyOversight, out var signed, out var problem))
            {
                sent.Add(signed);
                places.Add(i);
            }
            else
            {
                answers[i] = problem;
            }
        }

        var results = sent.Count == 0 ? [] : await ledger.SubmitAllAsync(sent, stop).ConfigureAwait(false);
        for (var i = 0; i < results.Count; i++)
        {
            answers[places[i]] = results[i].Outcome == Outcome.Applied
                ? OutcomeView.Of(results[i])
                : OutcomeProblems.Of(results[i]);
        }

        return Results.Json(answers);
    }

    private static bool TryParse(
        ReadOnlySpan<byte> compact, bool onlyOversight, out SignedPayload signed, out Problem problem)
    {
        problem = null!;
        if (!SignedPayload.TryFromJws(compact, out signed!, out var wrong))
        {
            problem = OutcomeProblems.Malformed(wrong);
            return false;
        }

        if (onlyOversight && !Array.TrueForAll(signed.Payload.Commands, command => command.Kind.IsOversight()))
        {
            problem = OutcomeProblems.Malformed("Only stops and releases are taken here: send others to /v1/commands.");
            return false;
        }

        return true;
    }

    private static List<byte[]>? ReadArray(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 2 });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            {
                return null;
            }

            var texts = new List<byte[]>();
            while (reader.Read() && reader.TokenType == JsonTokenType.String && texts.Count < MaxPayloads)
            {
                texts.Add(Encoding.UTF8.GetBytes(reader.GetString()!));
            }

            return reader.TokenType == JsonTokenType.EndArray && texts.Count > 0 && !reader.Read() ? texts : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The whole body; Kestrel has bounded it already, and an unknown length is bounded here.</summary>
    internal static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, int max, CancellationToken stop)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(stop).ConfigureAwait(false);
            if (read.Buffer.Length > max)
            {
                throw new BadHttpRequestException(
                    $"A body has at most {max} bytes.", StatusCodes.Status413PayloadTooLarge);
            }

            if (read.IsCompleted)
            {
                // What is not said to be consumed would cost the client its connection.
                var body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
