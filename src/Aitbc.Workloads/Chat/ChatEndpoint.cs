using System.Buffers;
using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Text.Json;
using Aitbc.Workloads.Specs;
using OpenAI;
using OpenAI.Chat;

namespace Aitbc.Workloads.Chat;

/// <summary>A model behind an OpenAI-compatible endpoint. What it answers is not determined by what it is asked.
/// </summary>
/// <remarks>Thread-safe. What the endpoint says of its failures is shown to nobody: it may hold the key or a stranger's
/// words.</remarks>
public sealed class ChatEndpoint : IDisposable
{
    private const int Million = 1_000_000;

    private readonly ChatSettings settings;
    private readonly HttpClient http;
    private readonly ChatClient client;

    /// <summary>An endpoint; nothing is asked of it yet.</summary>
    /// <param name="settings">Where it is.</param>
    public ChatEndpoint(ChatSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        this.settings = settings;
        var sockets = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        http = new HttpClient(new BoundedHandler(settings, sockets)) { Timeout = Timeout.InfiniteTimeSpan };
        client = new ChatClient(
            settings.Model,
            new ApiKeyCredential(settings.Key ?? "none"),
            new OpenAIClientOptions
            {
                Endpoint = settings.Endpoint,
                NetworkTimeout = settings.AnswerWithin,
                RetryPolicy = new Retries(settings),
                Transport = new HttpClientPipelineTransport(http),
                // Its log would hold addresses and headers.
                ClientLoggingOptions = new ClientLoggingOptions { EnableLogging = false },
            });
    }

    /// <summary>Asks and waits for the answer.</summary>
    internal WorkloadOutcome Run(ChatSpec spec, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(settings.AnswerWithin);
        try
        {
            // A job runs on a thread of its own that has nothing else to do; a wait that can be cancelled is async.
            return AskAsync(spec, limit.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (AnswerTooLargeException)
        {
            return Failed($"answered with more than {settings.MaxAnswerBytes} bytes");
        }
        catch (Exception error) when (error is AggregateException or ClientResultException or HttpRequestException
            or IOException or OperationCanceledException)
        {
            return Failed("could not be reached, or did not answer in time");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<WorkloadOutcome> AskAsync(ChatSpec spec, CancellationToken stop)
    {
        using var body = BinaryContent.Create(BinaryData.FromBytes(Question(spec)));
        var options = new RequestOptions { CancellationToken = stop, ErrorOptions = ClientErrorBehaviors.NoThrow };
        var result = await client.CompleteChatAsync(body, options).ConfigureAwait(false);
        using var response = result.GetRawResponse();
        if (response.Status != 200)
        {
            return Failed(WordsOf(response.Status));
        }

        return ChatAnswer.Read(response.Content.ToMemory()) is { } answer
            ? new WorkloadResult([new NamedBlob("answer", answer.ToBytes())], answer.ToReport(), null)
            : Failed("gave an answer that holds no text of a model");
    }

    private static string WordsOf(int status) => status switch
    {
        401 or 403 => string.Create(CultureInfo.InvariantCulture, $"refused the key ({status})"),
        404 => "knows neither the address nor the model (404)",
        429 => "is busy, or the key's share is used up (429)",
        _ => string.Create(CultureInfo.InvariantCulture, $"answered with status {status}"),
    };

    private static WorkloadFailure Failed(string what) =>
        new(WorkloadFault.EndpointFailed, $"The chat endpoint {what}.");

    private byte[] Question(ChatSpec spec)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", settings.Model);
            ChatSpec.WriteMessages(json, spec.Messages);
            json.WriteNumber("max_tokens", spec.MaxTokens);
            json.WritePropertyName("temperature");
            json.WriteRawValue(string.Create(
                CultureInfo.InvariantCulture,
                $"{spec.TemperaturePpm / Million}.{spec.TemperaturePpm % Million:D6}"));
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Tries again as often and as late as the settings say, and not as the endpoint wishes.</summary>
    private sealed class Retries(ChatSettings settings) : ClientRetryPolicy(settings.MaxRetries)
    {
        protected override TimeSpan GetNextDelay(PipelineMessage message, int tryCount) => settings.RetryAfter;
    }
}
