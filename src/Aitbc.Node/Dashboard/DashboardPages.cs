using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Dashboard;

/// <summary>Serves a built dashboard: its files, and its one page under each of its own routes.</summary>
/// <remarks>Without a role: the files say nothing, and the page itself says what to do where a session has
/// ended.</remarks>
internal static class DashboardPages
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>The dashboard's own routes, as its router has them.</summary>
    private static readonly string[] Routes =
    [
        "/", "/agents", "/agents/{id}", "/services", "/workloads", "/workloads/{id}", "/ledger", "/ledger/{seq:long}",
        "/ledger/blocks", "/keys", "/approvals", "/approvals/{id}", "/alerts", "/agents/{id}/constitution",
        "/agents/{id}/history",
    ];

    public static void Map(IEndpointRouteBuilder routes, DashboardFiles dashboard)
    {
        foreach (var (path, file) in dashboard.Files)
        {
            routes.MapMethods(path, Reading, context => SendAsync(context, file)).ExcludeFromDescription();
        }

        foreach (var route in Routes)
        {
            routes.MapMethods(route, Reading, context => SendAsync(context, dashboard.Files[DashboardFiles.Index]))
                .ExcludeFromDescription();
        }
    }

    private static async Task SendAsync(HttpContext context, DashboardFile file)
    {
        var headers = context.Response.Headers;
        headers.ETag = file.ETag;
        headers.Vary = "Accept-Encoding";
        headers.CacheControl = file.IsImmutable ? "public, max-age=31536000, immutable" : "no-cache";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        if (context.Request.Headers.IfNoneMatch.ToString() == file.ETag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var bytes = Choose(context.Request, file, out var encoding);
        if (encoding is not null)
        {
            headers.ContentEncoding = encoding;
        }

        context.Response.ContentType = file.MediaType;
        context.Response.ContentLength = bytes.Length;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static byte[] Choose(HttpRequest request, DashboardFile file, out string? encoding)
    {
        var accepted = request.Headers.AcceptEncoding.ToString();
        encoding = file.Brotli is not null && Accepts(accepted, "br") ? "br"
            : file.Gzip is not null && Accepts(accepted, "gzip") ? "gzip"
            : null;
        return encoding switch { "br" => file.Brotli!, "gzip" => file.Gzip!, _ => file.Bytes };
    }

    private static bool Accepts(string accepted, string encoding) => Array.Exists(
        accepted.Split(',', StringSplitOptions.TrimEntries),
        one => one.Equals(encoding, StringComparison.OrdinalIgnoreCase)
            || (one.StartsWith($"{encoding};q=", StringComparison.OrdinalIgnoreCase) && !one.EndsWith("=0")));
}
