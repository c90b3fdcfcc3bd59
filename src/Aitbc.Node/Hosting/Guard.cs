using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Aitbc.Node.Hosting;

/// <summary>The host's boundary: whatever an endpoint throws becomes a problem without a stack trace, and a status
/// without a body gets one.</summary>
internal sealed partial class Guard(ILogger<Guard> log)
{
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers["X-Content-Type-Options"] = "nosniff";
        Problem problem;
        try
        {
            if (IsForeignText(context.Request.ContentType))
            {
                throw new BadHttpRequestException(
                    "Text is UTF-8 here: leave the charset out.", StatusCodes.Status415UnsupportedMediaType);
            }

            await next(context).ConfigureAwait(false);
            if (context.Response.HasStarted || context.Response.StatusCode < StatusCodes.Status400BadRequest
                || context.Response.ContentType is not null)
            {
                return;
            }

            problem = OfStatus(context.Response.StatusCode);
        }
        catch (Exception gone) when (
            gone is OperationCanceledException or IOException and not BadHttpRequestException
            && context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (BadHttpRequestException bad)
        {
            problem = Problem.BadRequest(bad.Message) with { Status = bad.StatusCode };
        }
        catch (AdmissionClosedException closed)
        {
            problem = Problem.Busy(closed.Message) with { Code = closed.Code };
        }
        catch (Exception error)
        {
            // Neither message nor address: they may hold anything, tokens and payloads too.
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
            Failed(log, context.Request.Method, route, error.GetType().FullName!, error.StackTrace);
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            problem = new Problem(
                "internal", "The node has a defect.", StatusCodes.Status500InternalServerError,
                "The request could not be handled; the node's log says where. Nothing acknowledged is lost.");
        }

        context.Response.Clear();
        await problem.ToResult().ExecuteAsync(context).ConfigureAwait(false);
    }

    /// <summary>Whether a body is said to be in another encoding than JSON's own; what binds bodies takes that for a
    /// defect of ours.</summary>
    private static bool IsForeignText(string? type) =>
        type is not null
        && type.Contains("charset", StringComparison.OrdinalIgnoreCase)
        && (!MediaTypeHeaderValue.TryParse(type, out var parsed)
            || (parsed.Charset.HasValue
                && !IsUtf8(parsed.Charset.AsSpan().Trim('"'))));

    /// <summary>Whether it is UTF-8, or the part of it that ASCII is.</summary>
    private static bool IsUtf8(ReadOnlySpan<char> charset) =>
        charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
        || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase);

    [LoggerMessage(1, LogLevel.Error, "{Method} {Route} failed: {Error}\n{Trace}")]
    private static partial void Failed(ILogger log, string method, string route, string error, string? trace);

    private static Problem OfStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => Problem.NotFound("No resource has this path: /openapi/v1.json lists them."),
        StatusCodes.Status405MethodNotAllowed => new(
            "methodNotAllowed", "The resource does not take this method.", status, "See the Allow header."),
        StatusCodes.Status415UnsupportedMediaType => new(
            "unsupportedMediaType", "The body is of another kind.", status, "See the resource in /openapi/v1.json."),
        _ => new("badRequest", "The request cannot be read.", status, "See the resource in /openapi/v1.json."),
    };
}
