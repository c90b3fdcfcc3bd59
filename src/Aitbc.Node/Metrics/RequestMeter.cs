using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Metrics;

/// <summary>Measures every request, whoever answers it: the outermost of all that look at one.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class RequestMeter(NodeMeters meters, TimeProvider time)
    : IObserver<KeyValuePair<string, object?>>
{
    /// <summary>Refused for the name by which it called the node.</summary>
    public const string Host = "host";

    /// <summary>Refused as that of a foreign page.</summary>
    public const string Origin = "origin";

    /// <summary>Refused for its one-time token.</summary>
    public const string Token = "token";

    /// <summary>Refused for want of a role.</summary>
    public const string Role = "role";

    /// <summary>Refused because too much waits already.</summary>
    public const string Rate = "rate";

    /// <summary>What the server says where bytes are no HTTP request; then nothing of ours runs.</summary>
    public const string BadRequestEvent = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private const string Protocol = "protocol";
    private const string NoRoute = "none";
    private const string Aborted = "aborted";
    private const int LeastStatus = 100;
    private const int StatusEnd = 600;

    private static readonly object KindKey = new();
    private static readonly string[] Statuses =
        [.. Enumerable.Range(LeastStatus, StatusEnd - LeastStatus)
            .Select(status => status.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Says what refused a request, where its status alone does not.</summary>
    public static void Refused(HttpContext context, string kind) => context.Items[KindKey] = kind;

    /// <summary>Measures one.</summary>
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var started = time.GetTimestamp();
        context.Features.Set(this);
        meters.Enter(1);
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            meters.Enter(-1);
            Note(context, time.GetElapsedTime(started));
        }
    }

    /// <summary>Subscribes to the server's own refusals.</summary>
    public IDisposable Watch(DiagnosticListener server) =>
        server.Subscribe(this, static name => name == BadRequestEvent);

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        // What came as far as a request is counted with its answer.
        if (value.Key == BadRequestEvent && (value.Value as IFeatureCollection)?.Get<RequestMeter>() is null)
        {
            meters.Errors.Add(1, new("class", "4xx"), new("kind", Protocol));
        }
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
        // The server has ended; the node ends as well.
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
        // The source never fails.
    }

    private void Note(HttpContext context, TimeSpan took)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? NoRoute;
        var isGone = context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted;
        var status = context.Response.StatusCode;
        meters.Requests.Add(
            1,
            new("route", route),
            new("method", MethodOf(context.Request.Method)),
            new("status", isGone ? Aborted : StatusText(status)));
        if (context.Response.ContentType != "text/event-stream")
        {
            meters.Duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("route", route));
        }

        if (!isGone && status >= StatusCodes.Status400BadRequest)
        {
            meters.Errors.Add(
                1,
                new("class", status < StatusCodes.Status500InternalServerError ? "4xx" : "5xx"),
                new("kind", context.Items[KindKey] as string ?? KindOf(status)));
        }
    }

    private static string StatusText(int status) =>
        status is >= LeastStatus and < StatusEnd ? Statuses[status - LeastStatus] : "other";

    private static string MethodOf(string method) => method switch
    {
        "GET" or "HEAD" or "POST" or "PUT" or "DELETE" or "OPTIONS" or "PATCH" => method,
        _ => "other",
    };

    private static string KindOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "badRequest",
        StatusCodes.Status401Unauthorized => "proof",
        StatusCodes.Status403Forbidden => "stopped",
        StatusCodes.Status404NotFound => "notFound",
        StatusCodes.Status405MethodNotAllowed => "method",
        StatusCodes.Status409Conflict => "refused",
        StatusCodes.Status413PayloadTooLarge => "tooLarge",
        StatusCodes.Status415UnsupportedMediaType => "mediaType",
        StatusCodes.Status429TooManyRequests => "limit",
        StatusCodes.Status501NotImplemented => "notSupported",
        StatusCodes.Status503ServiceUnavailable => "unavailable",
        >= StatusCodes.Status500InternalServerError => "internal",
        _ => "otherClient",
    };
}
