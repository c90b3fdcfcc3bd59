using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Aitbc.Node.Access;

/// <summary>
/// Tokens and what they allow: bearer tokens of this run, one-time tokens for a URL, and the browser sessions that
/// those are exchanged for. Only digests are kept, so that nothing here can be read out and used.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="kept">Tokens that outlive a run; default none.</param>
/// <remarks>Thread-safe. Lives as long as the process: after a restart a browser needs a new URL.</remarks>
public sealed class Sessions(TimeProvider time, TokenStore? kept = null)
{
    /// <summary>Name of the session's cookie.</summary>
    public const string Cookie = "aitbc-session";

    /// <summary>How long a one-time token waits for its use.</summary>
    public static readonly TimeSpan OneTimeLife = TimeSpan.FromMinutes(15);

    /// <summary>How long a session lasts.</summary>
    public static readonly TimeSpan SessionLife = TimeSpan.FromHours(12);

    private const int TokenBytes = 32;
    private const int MaxSessions = 1_024;

    private readonly ConcurrentDictionary<string, (Role Role, DateTimeOffset Until)> bearers = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> oneTime = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> sessions = new();

    /// <summary>A new bearer token for this run.</summary>
    /// <param name="role">What it allows.</param>
    public string NewBearer(Role role)
    {
        var token = NewToken();
        bearers[DigestOf(token)] = (role, DateTimeOffset.MaxValue);
        return token;
    }

    /// <summary>A token that opens one browser session and then is worth nothing.</summary>
    public string NewOneTime()
    {
        var token = NewToken();
        oneTime[DigestOf(token)] = time.GetUtcNow() + OneTimeLife;
        return token;
    }

    /// <summary>Exchanges a one-time token for a session.</summary>
    /// <returns>The cookie's value, or null where the token is none, was used or has expired.</returns>
    public string? Exchange(string token)
    {
        if (!oneTime.TryRemove(DigestOf(token), out var until) || until < time.GetUtcNow())
        {
            return null;
        }

        foreach (var (old, end) in sessions)
        {
            if (end < time.GetUtcNow())
            {
                sessions.TryRemove(old, out _);
            }
        }

        if (sessions.Count >= MaxSessions)
        {
            return null;
        }

        var session = NewToken();
        sessions[DigestOf(session)] = time.GetUtcNow() + SessionLife;
        return session;
    }

    /// <summary>What a bearer token allows, one of this run or one that is kept.</summary>
    public Role RoleOf(string bearer)
    {
        var digest = DigestOf(bearer);
        return bearers.TryGetValue(digest, out var found) ? found.Role : kept?.RoleOf(digest) ?? Role.None;
    }

    /// <summary>Whether a cookie is that of a session.</summary>
    public bool IsSession(string cookie) =>
        sessions.TryGetValue(DigestOf(cookie), out var until) && until >= time.GetUtcNow();

    internal static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));

    /// <summary>A look-up by digest takes the same time whatever part of a guess is right.</summary>
    internal static string DigestOf(string token) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
