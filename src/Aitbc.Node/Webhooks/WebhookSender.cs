using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Aitbc.Primitives;

namespace Aitbc.Node.Webhooks;

/// <summary>
/// Sends messages to one hook: signed, by POST, to a checked address, with a time for all of it. No redirect is
/// followed, no proxy asked, no cookie kept, and what the receiver answers is read as far as its status.
/// Source: Standard Webhooks 1.0.0.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class WebhookSender : IDisposable
{
    /// <summary>How long a receiver has from the look-up of its name to its status.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MaxHeadersKiB = 16;
    private const int MaxDrainBytes = 4 * 1024;
    private const int LeastSuccess = 200;
    private const int LeastOther = 300;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    private readonly Webhook hook;
    private readonly TimeProvider time;
    private readonly HttpMessageInvoker client;

    /// <summary>A sender to a hook.</summary>
    /// <param name="hook">The hook.</param>
    /// <param name="time">The clock of patience and of the header <c>webhook-timestamp</c>.</param>
    public WebhookSender(Webhook hook, TimeProvider time)
        : this(hook, time, new WebhookDialer((hook ?? throw new ArgumentNullException(nameof(hook))).AllowsPrivate))
    {
    }

    internal WebhookSender(Webhook hook, TimeProvider time, WebhookDialer dialer)
    {
        this.hook = hook;
        this.time = time;
        client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = MaxHeadersKiB,
            MaxResponseDrainSize = MaxDrainBytes,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            ConnectTimeout = Patience,
            PooledConnectionIdleTimeout = Idle,
            PooledConnectionLifetime = Life,
            ConnectCallback = (context, stop) => dialer.DialAsync(
                context.DnsEndPoint, context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttps, stop),
        });
    }

    /// <summary>Sends a message that only shows that messages arrive.</summary>
    /// <param name="stop">Gives up.</param>
    public Task<DeliveryResult> SendTestAsync(CancellationToken stop)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return SendAsync(
            WebhookMessages.Test(string.Create(CultureInfo.InvariantCulture, $"test_{now}"), new Timestamp(now)), stop);
    }

    /// <summary>Sends a message once.</summary>
    /// <param name="message">The message.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="OperationCanceledException">It was told to give up.</exception>
    internal async Task<DeliveryResult> SendAsync(WebhookMessage message, CancellationToken stop)
    {
        using var request = Sign(message);
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        try
        {
            using var response = await client.SendAsync(request, either.Token).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            return new DeliveryResult(
                status is >= LeastSuccess and < LeastOther ? DeliveryOutcome.Delivered : DeliveryOutcome.Rejected,
                status);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new DeliveryResult(DeliveryOutcome.TimedOut, null);
        }
        catch (HttpRequestException refused) when (refused.InnerException is WebhookTargetRefusedException)
        {
            return new DeliveryResult(DeliveryOutcome.Refused, null);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return new DeliveryResult(DeliveryOutcome.Unreachable, null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private HttpRequestMessage Sign(WebhookMessage message)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var content = new ReadOnlyMemoryContent(message.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, hook.Url) { Content = content };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("aitbc", null));
        request.Headers.Add("webhook-id", message.Id);
        request.Headers.Add("webhook-timestamp", now.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", hook.Secret.Sign(message.Id, now, message.Body.Span));
        return request;
    }
}
