using System.Net;
using Aitbc.Node.Dashboard;
using Aitbc.Node.Hosting;
using Aitbc.Node.Metrics;
using Aitbc.Node.Problems;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Node.Access;

/// <summary>
/// The door: before anything else looks at a request, its host, its origin and its role. A browser is led here by
/// whatever page it shows, so a foreign page must be able to do nothing, whatever address or name it uses.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class AccessGate(NodeOptions options, Sessions sessions)
{
    private const string Bearer = "Bearer ";
    private const string TokenQuery = "token";
    private static readonly object RoleKey = new();

    private readonly HashSet<string> hosts = new(
        [
            "localhost",
            options.Address.ToString(),
            $"[{options.Address}]",
            .. options.IsLoopback ? (IEnumerable<string>)["127.0.0.1", "[::1]"] : [],
            .. options.HostNames,
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>What the door found a request to be allowed.</summary>
    public static Role RoleOf(HttpContext context) => context.Items[RoleKey] is Role role ? role : Role.None;

    /// <summary>Lets a request in, or answers it.</summary>
    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        if (!hosts.Contains(context.Request.Host.Host))
        {
            return RefuseAsync(context, RequestMeter.Host, Problem.Forbidden(
                "The Host header names no name of this node. Call it by localhost, or list the name in hostNames."));
        }

        if (IsForeign(context.Request))
        {
            return RefuseAsync(
                context,
                RequestMeter.Origin,
                Problem.Forbidden("A page of another origin may not use this node."));
        }

        if (context.Request.QueryString.HasValue && context.Request.Query.TryGetValue(TokenQuery, out var token))
        {
            return ExchangeAsync(context, token.ToString());
        }

        context.Items[RoleKey] = FindRole(context);
        return next(context);
    }

    /// <summary>Asks for a role before an endpoint runs.</summary>
    public static async ValueTask<object?> RequireAsync(
        Role role, EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var found = RoleOf(invocation.HttpContext);
        if (found >= role)
        {
            return await next(invocation).ConfigureAwait(false);
        }

        RequestMeter.Refused(invocation.HttpContext, RequestMeter.Role);
        return (found == Role.None
            ? Problem.Unauthorised("Send a token of this node as Authorization: Bearer.")
            : Problem.Forbidden($"This needs the role {role}; the token given has {found}.")).ToResult();
    }

    /// <summary>A request that a browser sends says so; one that says nothing is no browser's.</summary>
    private static bool IsForeign(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site is not ("" or "same-origin" or "none"))
        {
            return true;
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0
            && !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    private Role FindRole(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        if (authorization.Length > 0)
        {
            return authorization.StartsWith(Bearer, StringComparison.Ordinal)
                ? sessions.RoleOf(authorization[Bearer.Length..])
                : Role.None;
        }

        if (context.Request.Headers.Cookie.Count > 0
            && context.Request.Cookies.TryGetValue(Sessions.Cookie, out var cookie) && sessions.IsSession(cookie))
        {
            return Role.Operator;
        }

        return context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote) && options.IsLoopback
            ? Role.Agent
            : Role.None;
    }

    /// <summary>A one-time token becomes a cookie, and the address that held it is left at once.</summary>
    private Task ExchangeAsync(HttpContext context, string token)
    {
        if (!HttpMethods.IsGet(context.Request.Method) || sessions.Exchange(token) is not { } session)
        {
            return RefuseTokenAsync(context);
        }

        context.Response.Cookies.Append(Sessions.Cookie, session, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            Path = "/",
            MaxAge = Sessions.SessionLife,
        });
        LeaveToken(context);
        return Task.CompletedTask;
    }

    /// <summary>Who opens a used address again, with a session or where none is needed, is let in without it; who
    /// has none learns in words how to get one.</summary>
    private Task RefuseTokenAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method)
            || !context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
        {
            return RefuseAsync(context, RequestMeter.Token, Problem.Unauthorised(
                "The token in this address was used or has expired: run aitbc up again, it prints a new one."));
        }

        if (FindRole(context) >= Role.Reader)
        {
            LeaveToken(context);
            return Task.CompletedTask;
        }

        RequestMeter.Refused(context, RequestMeter.Token);
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return StartPage.SendExpiredAsync(context.Response);
    }

    /// <summary>Only a path of this node: two slashes at the front would name another host.</summary>
    private static void LeaveToken(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Redirect(PathOf(context.Request.Path));
    }

    /// <summary>The path again, as a header may have it; a path of two slashes would name another host.</summary>
    private static string PathOf(PathString path) =>
        path.ToUriComponent() is var text && text.StartsWith('/') && !text.StartsWith("//", StringComparison.Ordinal)
            && !text.Contains('\\')
            ? text
            : "/";

    private static Task RefuseAsync(HttpContext context, string kind, Problem problem)
    {
        RequestMeter.Refused(context, kind);
        return problem.ToResult().ExecuteAsync(context);
    }
}
