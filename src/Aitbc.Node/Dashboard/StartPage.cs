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
        <p>This release has no dashboard. What the ledger knows can be read here, and watched:</p>
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

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/", (HttpResponse response) =>
            {
                response.Headers.ContentSecurityPolicy =
                    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
                return Results.Content(Html, "text/html; charset=utf-8");
            })
            .Require(Role.Reader)
            .ExcludeFromDescription();
}
