using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Problems;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Node.Hosting;

/// <summary>The host's boundary: whatever an endpoint throws becomes a problem without a stack trace, and a status
/// without a body gets one.</summary>
internal static class Guard
{
    public static async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers["X-Content-Type-Options"] = "nosniff";
        Problem problem;
        try
        {
            await next(context).ConfigureAwait(false);
            if (context.Response.HasStarted || context.Response.StatusCode < StatusCodes.Status400BadRequest
                || context.Response.ContentType is not null)
            {
                return;
            }

            problem = OfStatus(context.Response.StatusCode);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
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
        catch (Exception) when (!context.Response.HasStarted)
        {
            // A defect: what went wrong stays here, for it may name anything.
            problem = new Problem(
                "internal", "The node has a defect.", StatusCodes.Status500InternalServerError,
                "The request could not be handled. Nothing that was acknowledged is lost.");
        }

        context.Response.Clear();
        await problem.ToResult().ExecuteAsync(context).ConfigureAwait(false);
    }

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
