using Aitbc.Node.Access;
using Aitbc.Node.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Dashboard;

/// <summary>What a browser finds where no dashboard is built: that there is none, and what there is.</summary>
internal static class StartPage
{
    private const string Html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>AITBC node</title>
        <style>
        body { font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
        code { font-size: .95em; }
        </style>
        </head>
        <body>
        <main>
        <h1>This AITBC node is up</h1>
        <p>Its dashboard is not built. <code>./aitbc up</code> builds it where Node.js 20.19 or later is installed (or
        <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code>), and the next start shows it. Until then,
        what the ledger knows can be read here, and watched:</p>
        <ul>
        <li><a href="/v1/chain">Where the ledger stands</a></li>
        <li><a href="/v1/agents">Agents</a>, <a href="/v1/services">services</a> and
        <a href="/v1/workloads">workloads under way</a></li>
        <li><a href="/v1/entries?limit=20">The first entries</a> and <a href="/v1/blocks?limit=20">blocks</a></li>
        <li><a href="/v1/events">Events as they happen</a></li>
        <li><a href="/openapi/v1.json">The whole API (OpenAPI)</a></li>
        </ul>
        <p>On this machine, <code>aitbc explain SEQ</code> says what an entry did and why, and <code>aitbc verify</code>
        checks everything once the node is stopped.</p>
        </main>
        </body>
        </html>
        """;

    private const string Expired = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>This address has been used - AITBC</title>
        <style>
        body { font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
        </style>
        </head>
        <body>
        <main>
        <h1>This address has been used</h1>
        <p>Its token opens one session, within 15 minutes. For a new address run <code>aitbc up</code> again, or ask
        whoever runs this node for one.</p>
        </main>
        </body>
        </html>
        """;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/", (HttpContext context) => SendAsync(context.Response, Html))
            .Require(Role.Reader)
            .ExcludeFromDescription();

    /// <summary>Says that a token is worth nothing any more.</summary>
    public static Task SendExpiredAsync(HttpResponse response) => SendAsync(response, Expired);

    private static Task SendAsync(HttpResponse response, string html)
    {
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.ContentType = "text/html; charset=utf-8";
        return response.WriteAsync(html);
    }
}
