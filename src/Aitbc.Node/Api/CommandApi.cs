using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Threading.RateLimiting;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Threads;
using Aitbc.Node.Access;
using Aitbc.Node.Hosting;
using Aitbc.Node.Problems;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Aitbc.Node.Api;

/// <summary>Signed payloads in, outcomes out, each once it is durable.</summary>
internal static class CommandApi
{
    /// <summary>The media type of one compact JWS.</summary>
    public const string Jose = "application/jose";

    /// <summary>Most payloads of one request.</summary>
    public const int MaxPayloads = 64;

    /// <summary>Payloads from which on their checks do not belong on the threads that serve everybody.</summary>
    private const int ManyPayloads = 4;

    private const string Json = "application/json";

    public static void Map(IEndpointRouteBuilder v1)
    {
        // Asked for once: a request then needs no container of its own.
        var services = v1.ServiceProvider;
        var ledger = services.GetRequiredService<LedgerHost>();
        var shares = services.GetRequiredService<CommandShares>();
        var threads = services.GetRequiredService<PatientThreads>();
        var max = services.GetRequiredService<NodeOptions>().MaxBodyBytes;
        var (all, stops) = (
            new CommandDoor(ledger, shares, threads, shares.Commands, max, OnlyOversight: false),
            new CommandDoor(ledger, shares, threads, shares.Oversight, max, OnlyOversight: true));
        v1.MapPost("/commands", (Delegate)((HttpContext context) => SendAsync(context, all)))
            .Describe("Sends signed payloads: one compact JWS, a JSON array of up to 64, each for itself, or one that a"
                + " passkey proves.");
        v1.MapPost("/oversight", (Delegate)((HttpContext context) => SendAsync(context, stops)))
            .Describe("Sends what guardians, owners and council decide: never kept waiting behind other commands.");
    }

    private static RouteHandlerBuilder Describe(this RouteHandlerBuilder builder, string summary) => builder
        .Require(Role.Agent)
        .Accepts<string>(Jose, Json)
        .AcceptsPasskeys()
        .Produces<OutcomeView>()
        .Produces<OutcomeView>(StatusCodes.Status202Accepted)
        .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
        .Produces<Problem>(StatusCodes.Status401Unauthorized, Problem.MediaType)
        .Produces<Problem>(StatusCodes.Status409Conflict, Problem.MediaType)
        .Produces<Problem>(StatusCodes.Status503ServiceUnavailable, Problem.MediaType)
        .WithSummary(summary);

    private static async Task<IResult> SendAsync(HttpContext context, CommandDoor door)
    {
        var kind = KindOf(context.Request.ContentType);
        if (kind is null)
        {
            return new Problem(
                "unsupportedMediaType",
                "The body is of another kind.",
                StatusCodes.Status415UnsupportedMediaType,
                $"Send one compact JWS as {Jose}, an array of them as {Json}, or a payload with a passkey's proof as"
                + $" {PasskeyBody.MediaType}.").ToResult();
        }

        var held = new HeldBody();
        try
        {
            if (await ReadAsync(context.Request, door, held).ConfigureAwait(false) is not { } body)
            {
                return CommandShares.Refuse(context);
            }

            return kind == PasskeyBody.MediaType
                ? await SubmitPasskeyAsync(context, body, door).ConfigureAwait(false)
                : await SubmitAsync(context, body, kind == Jose, door).ConfigureAwait(false);
        }
        finally
        {
            door.Shares.Release(held.Bytes);
        }
    }

    private static async Task<IResult> SubmitAsync(HttpContext context, byte[] body, bool isOne, CommandDoor door)
    {
        Task<IReadOnlyList<SubmitResult>> submitted;
        object[] answers;
        List<int> places;
        if (!door.OnlyOversight)
        {
            await door.Shares.StandAsideAsync().ConfigureAwait(false);
        }

        using (var lease = await CommandShares.TakeAsync(door.Share).ConfigureAwait(false))
        {
            if (!lease.IsAcquired)
            {
                return CommandShares.Refuse(context);
            }

            var texts = isOne ? [body] : ReadArray(body);
            if (texts is null)
            {
                return Problem.BadRequest($"The body is no JSON array of 1 to {MaxPayloads} compact JWS.").ToResult();
            }

            (answers, places) = (new object[texts.Count], new List<int>(texts.Count));
            submitted = texts.Count < ManyPayloads
                ? Submit(texts, answers, places, door)
                : await door.Threads.RunAsync(() => Submit(texts, answers, places, door)).ConfigureAwait(false);
        }

        var results = await door.DecideAsync(submitted).ConfigureAwait(false);
        for (var i = 0; i < results.Count; i++)
        {
            answers[places[i]] = results[i].Outcome is Outcome.Applied or Outcome.Parked
                ? OutcomeView.Of(results[i])
                : OutcomeProblems.Of(results[i]);
        }

        return !isOne ? JsonAnswer.Ok(answers)
            : answers[0] is Problem problem ? problem.ToResult()
            : answers[0] is OutcomeView { Outcome: Outcome.Parked } ? JsonAnswer.Accepted(answers[0])
            : JsonAnswer.Ok(answers[0]);
    }

    private static async Task<IResult> SubmitPasskeyAsync(HttpContext context, byte[] body, CommandDoor door)
    {
        SignedPayload signed;
        Task<SubmitResult> submitted;
        using (var lease = await CommandShares.TakeAsync(door.Share).ConfigureAwait(false))
        {
            if (!lease.IsAcquired)
            {
                return CommandShares.Refuse(context);
            }

            if (!PasskeyBody.TryRead(body, out signed!, out var unread))
            {
                return unread.ToResult();
            }

            if (FindForeign(signed, door.OnlyOversight) is { } foreign)
            {
                return foreign.ToResult();
            }

            submitted = door.Ledger.SubmitAsync(signed, CancellationToken.None);
        }

        var result = await door.DecideAsync(submitted).ConfigureAwait(false);
        return result.Outcome switch
        {
            Outcome.Applied => JsonAnswer.Ok(OutcomeView.Of(result)),
            Outcome.BadProof => PasskeyProblems.OfRefused(door.Ledger, signed).ToResult(),
            _ => OutcomeProblems.Of(result).ToResult(),
        };
    }

    /// <summary>Parses, and checks the signatures before it returns. What is ordered is answered, so nobody
    /// need give up waiting.</summary>
    private static Task<IReadOnlyList<SubmitResult>> Submit(
        List<byte[]> texts, object[] answers, List<int> places, CommandDoor door)
    {
        var sent = Parse(texts, door.OnlyOversight, answers, places);
        if (sent.Sum(signed => (long)signed.Bytes.Length) > LedgerHost.MaxSubmissionBytes)
        {
            throw new BadHttpRequestException(
                $"The payloads of a request have at most {LedgerHost.MaxSubmissionBytes} bytes together.",
                StatusCodes.Status413PayloadTooLarge);
        }

        return sent.Count == 0
            ? Task.FromResult<IReadOnlyList<SubmitResult>>([])
            : door.Ledger.SubmitAllAsync(sent, CancellationToken.None);
    }

    private static string? KindOf(string? type) => type switch
    {
        null => null,
        Jose => Jose,
        Json => Json,
        _ => type.AsSpan(0, type.IndexOf(';') is var end and >= 0 ? end : type.Length).Trim() switch
        {
            Jose => Jose,
            Json => Json,
            PasskeyBody.MediaType => PasskeyBody.MediaType,
            _ => null,
        },
    };

    private static List<SignedPayload> Parse(
        List<byte[]> texts, bool onlyOversight, object[] answers, List<int> places)
    {
        var sent = new List<SignedPayload>(texts.Count);
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

        return sent;
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

        problem = FindForeign(signed, onlyOversight)!;
        return problem is null;
    }

    /// <summary>What does not belong to the resource of stops and releases; null where all does.</summary>
    private static Problem? FindForeign(SignedPayload signed, bool onlyOversight) =>
        onlyOversight && !Array.TrueForAll(signed.Payload.Commands, command => command.Kind.IsOversight())
            ? OutcomeProblems.Malformed(
                "Only what guardians, owners and council decide is taken here: send the rest to /v1/commands.")
            : null;

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
                texts.Add(!reader.ValueIsEscaped && Ascii.IsValid(reader.ValueSpan)
                    ? reader.ValueSpan.ToArray()
                    : Encoding.UTF8.GetBytes(reader.GetString()!));
            }

            return reader.TokenType == JsonTokenType.EndArray && texts.Count > 0 && !reader.Read() ? texts : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The whole body; Kestrel has bounded it already, and an unknown length is bounded here.</summary>
    /// <returns>Null where bodies hold all the memory that they may.</returns>
    private static async Task<byte[]?> ReadAsync(HttpRequest request, CommandDoor door, HeldBody held)
    {
        while (true)
        {
            ReadResult read;
            try
            {
                read = await request.BodyReader.ReadAsync().ConfigureAwait(false);
            }
            catch (IOException broken) when (broken is not BadHttpRequestException)
            {
                // A chunk's size that is no number, for example: the sender's fault, not the node's.
                throw new BadHttpRequestException("The body breaks off, or its chunks do not fit.", broken);
            }

            if (read.Buffer.Length > door.MaxBodyBytes)
            {
                throw new BadHttpRequestException(
                    $"A body has at most {door.MaxBodyBytes} bytes.", StatusCodes.Status413PayloadTooLarge);
            }

            if (!door.Shares.TryHold(ref held.Bytes, read.Buffer.Length))
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return null;
            }

            // What is not said to be consumed, here and above, would cost the client its connection.
            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private sealed class HeldBody
    {
        public long Bytes;
    }

    /// <summary>What requests of one of the two resources go through.</summary>
    private sealed record CommandDoor(
        LedgerHost Ledger,
        CommandShares Shares,
        PatientThreads Threads,
        RateLimiter Share,
        int MaxBodyBytes,
        bool OnlyOversight)
    {
        /// <summary>Waits for the answer; others stand aside for what guardians decide.</summary>
        public Task<T> DecideAsync<T>(Task<T> submitted) =>
            OnlyOversight && !submitted.IsCompleted ? StandAsideForAsync(submitted) : submitted;

        private async Task<T> StandAsideForAsync<T>(Task<T> submitted)
        {
            Shares.BeginDecision();
            try
            {
                return await submitted.ConfigureAwait(false);
            }
            finally
            {
                Shares.EndDecision();
            }
        }
    }
}
