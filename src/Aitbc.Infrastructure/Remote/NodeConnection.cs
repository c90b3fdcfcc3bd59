using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;

namespace Aitbc.Infrastructure.Remote;

/// <summary>Requests to one node, and what its answers mean.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class NodeConnection : IDisposable
{
    private static readonly Dictionary<string, Outcome> Outcomes = Enum.GetValues<Outcome>()
        .ToDictionary(outcome => JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString()));

    /// <summary>Codes with which a node says that it takes nothing now.</summary>
    private static readonly HashSet<string> Closed = ["busy", "disk-full", "clock", "stopping", "failed"];

    private readonly HttpClient client;
    private readonly RemoteLedgerOptions options;

    public NodeConnection(RemoteLedgerOptions options)
    {
        this.options = options;
        client = new HttpClient(options.Handler?.Invoke() ?? new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromMilliseconds(options.AnswerWithin.Ms),
        })
        {
            BaseAddress = options.Node,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (options.Token is { } token)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    /// <summary>Asks for something and reads the whole answer.</summary>
    /// <exception cref="IOException">No answer came.</exception>
    public async Task<NodeAnswer> SendAsync(
        HttpMethod method, string path, HttpContent? body, string? proof, CancellationToken cancellationToken)
    {
        using var response = await OpenAsync(method, path, body, proof, cancellationToken).ConfigureAwait(false);
        using var limit = Limit(cancellationToken);
        try
        {
            var bytes = await response.Content.ReadAsByteArrayAsync(limit.Token).ConfigureAwait(false);
            return new NodeAnswer(response.StatusCode, bytes);
        }
        catch (Exception error) when (IsLost(error, cancellationToken))
        {
            throw Lost(error);
        }
    }

    /// <summary>Asks for something and reads the answer's head; the body is the caller's to read.</summary>
    /// <exception cref="IOException">No answer came.</exception>
    public async Task<HttpResponseMessage> OpenAsync(
        HttpMethod method, string path, HttpContent? body, string? proof, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        if (proof is not null)
        {
            request.Headers.Add(AccountProof.Header, proof);
        }

        using var limit = Limit(cancellationToken);
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (IsLost(error, cancellationToken))
        {
            throw Lost(error);
        }
    }

    /// <summary>Opens the stream of entries behind one that is known.</summary>
    /// <param name="after">The last entry known.</param>
    /// <param name="hash">Its hash; null where only its place is known.</param>
    /// <param name="genesis">Digest of the genesis file.</param>
    /// <param name="follow">Whether the stream goes on with what becomes durable.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<HttpResponseMessage> EntriesAsync(
        ulong after, Digest? hash, Digest genesis, bool follow, CancellationToken cancellationToken)
    {
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"/v1/replica/entries?after={after}&genesis={genesis}&follow={(follow ? "true" : "false")}");
        path += hash is { } known ? $"&hash={known}" : "";
        var response = await OpenAsync(HttpMethod.Get, path, null, null, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return response;
        }

        using (response)
        {
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            throw new NodeAnswer(response.StatusCode, bytes).Refusal();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    /// <summary>The outcome that a problem's code names, or null where it names none.</summary>
    internal static Outcome? OutcomeOf(string code) => Outcomes.TryGetValue(code, out var found) ? found : null;

    internal static bool IsClosed(string code) => Closed.Contains(code);

    private static IOException Lost(Exception error) =>
        new($"The node does not answer: {error.Message} What was asked may have taken effect.", error);

    private static bool IsLost(Exception error, CancellationToken asked) =>
        error is HttpRequestException or IOException
        || (error is OperationCanceledException && !asked.IsCancellationRequested);

    private CancellationTokenSource Limit(CancellationToken asked)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(asked);
        limit.CancelAfter(TimeSpan.FromMilliseconds(options.AnswerWithin.Ms));
        return limit;
    }
}

/// <summary>A node's whole answer.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body.</param>
internal sealed record NodeAnswer(HttpStatusCode Status, byte[] Body)
{
    /// <summary>Whether it is what was asked for, done or taken to be done.</summary>
    public bool IsOk => Status is HttpStatusCode.OK or HttpStatusCode.Accepted;

    /// <summary>Whether it is a problem of a code.</summary>
    public bool IsProblem(string code) => !IsOk && Text(Json(), "code") == code;

    /// <summary>The body as JSON.</summary>
    /// <exception cref="IOException">It is none.</exception>
    public JsonElement Json()
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(Body);
        }
        catch (JsonException error)
        {
            throw new IOException($"The node's answer with status {(int)Status} is no JSON.", error);
        }
    }

    /// <summary>The problem as an exception: closed for now, or refused for good.</summary>
    public Exception Refusal()
    {
        var problem = Json();
        var code = Text(problem, "code");
        var detail = Text(problem, "detail");
        return NodeConnection.IsClosed(code)
            ? new AdmissionClosedException(code, detail)
            : (int)Status >= 500
                ? new IOException($"The node answered {(int)Status} {code}: {detail}")
                : new NodeRefusedException(code, detail);
    }

    /// <summary>What became of a payload, as an answer of the node says it.</summary>
    public static SubmitResult ResultOf(JsonElement answer)
    {
        if (answer.TryGetProperty("outcome", out var done))
        {
            return new SubmitResult(
                done.GetString() == "parked" ? Outcome.Parked : Outcome.Applied,
                answer.GetProperty("seq").GetUInt64(),
                answer.GetProperty("isDuplicate").GetBoolean(),
                0,
                answer.TryGetProperty("entryHash", out var hash) && Digest.TryParse(hash.GetString(), out var digest)
                    ? digest
                    : default,
                answer.TryGetProperty("timeMs", out var time) ? new Timestamp(time.GetInt64()) : default);
        }

        var code = Text(answer, "code");
        if (NodeConnection.OutcomeOf(code) is not { } outcome)
        {
            throw NodeConnection.IsClosed(code)
                ? new AdmissionClosedException(code, Text(answer, "detail"))
                : new NodeRefusedException(code, Text(answer, "detail"));
        }

        return new SubmitResult(
            outcome,
            answer.TryGetProperty("seq", out var seq) ? seq.GetUInt64() : 0,
            answer.TryGetProperty("isDuplicate", out var again) && again.GetBoolean(),
            answer.TryGetProperty("failedAt", out var at) ? at.GetInt32() : 0,
            default,
            default);
    }

    /// <summary>What became of something else that was offered.</summary>
    public Outcome OutcomeOf(out ulong seq)
    {
        seq = 0;
        var answer = Json();
        if (IsOk)
        {
            seq = answer.GetProperty("seq").GetUInt64();
            return Outcome.Applied;
        }

        return NodeConnection.OutcomeOf(Text(answer, "code")) ?? throw Refusal();
    }

    private static string Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
}
