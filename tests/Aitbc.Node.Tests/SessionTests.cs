using System.Net;
using System.Net.Http.Json;
using Aitbc.Infrastructure.Remote;
using Aitbc.Node.Access;
using Aitbc.Node.Hosting;
using Aitbc.Primitives;
using Aitbc.Testing;

namespace Aitbc.Node.Tests;

/// <summary>How long tokens and sessions last, what a session allows, and what the files of tokens are.</summary>
public sealed class SessionTests : IDisposable
{
    private static readonly TimeSpan s_instant = TimeSpan.FromTicks(1);

    private readonly string directory = Directory.CreateTempSubdirectory("aitbc-sessions-").FullName;
    private readonly SteppedTime time = new(DateTimeOffset.UnixEpoch.AddYears(50));

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void A_one_time_token_waits_a_quarter_of_an_hour_and_no_longer()
    {
        var sessions = new Sessions(time);
        var (used, late) = (sessions.NewOneTime(), sessions.NewOneTime());
        time.Advance(Sessions.OneTimeLife);
        Assert.NotNull(sessions.Exchange(used));
        Assert.Null(sessions.Exchange(used));
        time.Advance(s_instant);
        Assert.Null(sessions.Exchange(late));
    }

    [Fact]
    public void A_session_ends_after_half_a_day()
    {
        var sessions = new Sessions(time);
        var cookie = sessions.Exchange(sessions.NewOneTime())!;
        time.Advance(Sessions.SessionLife);
        Assert.True(sessions.IsSession(cookie));
        time.Advance(s_instant);
        Assert.False(sessions.IsSession(cookie));
    }

    [Fact]
    public void There_are_so_many_sessions_and_more_once_some_have_ended()
    {
        var sessions = new Sessions(time);
        var opened = Enumerable.Range(0, 1_025).Select(_ => sessions.Exchange(sessions.NewOneTime())).ToList();
        Assert.DoesNotContain(null, opened[..^1]);
        Assert.Null(opened[^1]);
        time.Advance(Sessions.SessionLife + s_instant);
        Assert.NotNull(sessions.Exchange(sessions.NewOneTime()));
    }

    [Fact]
    public void Only_a_token_is_taken_back_and_no_other_file()
    {
        var store = new TokenStore(directory, time);
        var kept = store.Add(Role.Reader).Kept;
        var tokens = Path.Combine(directory, TokenStore.Directory);
        string[] others = ["ab", "../keyskeyske", "ABCDEFABCDEF"];
        var files = others.Select(id => Path.GetFullPath(Path.Combine(tokens, $"{id}.sealed"))).ToList();
        files.ForEach(file => File.WriteAllText(file, "not a token"));
        Assert.All(others, id => Assert.False(store.Remove(id)));
        Assert.All(files, file => Assert.True(File.Exists(file)));
        Assert.False(store.Remove("0123456789ab"));
        Assert.True(store.Remove(kept.Id));
        Assert.Empty(store.List());
    }

    [Fact]
    public void A_copy_of_a_tokens_file_is_no_token_and_outlives_none()
    {
        var store = new TokenStore(directory, time);
        var (token, kept) = store.Add(Role.Reader);
        var sessions = new Sessions(time, store);
        var tokens = Path.Combine(directory, TokenStore.Directory);
        File.Copy(Path.Combine(tokens, $"{kept.Id}.sealed"), Path.Combine(tokens, "0123456789ab.sealed"));
        Assert.Equal([kept], store.List());
        Assert.Equal(Role.Reader, sessions.RoleOf(token));
        Assert.True(store.Remove(kept.Id));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Role.None, sessions.RoleOf(token));
    }

    [Fact]
    public void There_are_so_many_tokens_and_no_more()
    {
        var store = new TokenStore(directory, time);
        for (var i = 0; i < TokenStore.MaxTokens; i++)
        {
            store.Add(Role.Reader);
        }

        var full = Assert.Throws<IOException>(() => store.Add(Role.Reader));
        Assert.Contains($"{TokenStore.MaxTokens}", full.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_is_an_operators_and_a_guessed_cookie_is_nobodys()
    {
        await using var node = await NodeFixture.StartAsync();
        var sessions = node.Server.Sessions;
        var cookie = sessions.Exchange(sessions.NewOneTime())!;

        // No faucet here: whoever may ask learns that, whoever may not is told so first.
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(null));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(cookie[..^1] + (cookie[^1] == '0' ? '1' : '0')));
        Assert.Equal(HttpStatusCode.NotImplemented, await AskAsync(cookie));

        async Task<HttpStatusCode> AskAsync(string? value)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/faucet");
            request.Content = JsonContent.Create(
                new { key = node.Key(1).PublicKey, possession = "x", amount = TokenAmount.OneToken });
            if (value is not null)
            {
                request.Headers.Add("Cookie", $"{Sessions.Cookie}={value}");
            }

            return (await node.Client.SendAsync(request)).StatusCode;
        }
    }

    [Fact]
    public async Task A_one_time_token_is_taken_from_an_address_that_is_opened_and_the_answer_is_kept_nowhere()
    {
        await using var node = await NodeFixture.StartAsync();
        var token = node.Server.Sessions.NewOneTime();
        using var sent = await node.Client.PostAsync($"/?token={token}", null);
        Assert.Equal(HttpStatusCode.Unauthorized, sent.StatusCode);
        Assert.False(sent.Headers.Contains("Set-Cookie"));

        using var opened = await node.Client.GetAsync($"/?token={token}");
        Assert.Equal(HttpStatusCode.Redirect, opened.StatusCode);
        Assert.True(opened.Headers.CacheControl!.NoStore);
        Assert.Equal("no-referrer", Assert.Single(opened.Headers.GetValues("Referrer-Policy")));
        Assert.Equal("nosniff", Assert.Single(opened.Headers.GetValues("X-Content-Type-Options")));
        var cookie = Assert.Single(opened.Headers.GetValues("Set-Cookie"));
        Assert.Contains($"max-age={Sessions.SessionLife.TotalSeconds}", cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lease_takes_the_proof_of_that_agent_for_that_host()
    {
        await using var node = await NodeFixture.StartAsync();
        var now = new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        var own = new AccountProof(
            node.Ledger.Genesis.Chain, node.Account(1), ProofPurpose.Lease, "one", node.NodeKey.Thumbprint(),
            now + Duration.FromMinutes(1));
        var other = (own with { Account = node.Account(2) }).Sign(node.Key(2));
        Assert.Equal(HttpStatusCode.Unauthorized, await ClaimAsync("one", other));
        Assert.Equal(HttpStatusCode.Unauthorized, await ClaimAsync("two", own.Sign(node.Key(1))));
        Assert.Equal(HttpStatusCode.Unauthorized, await ClaimAsync("one", null));
        Assert.Equal(HttpStatusCode.BadRequest, await ClaimAsync("one", own.Sign(node.Key(1)), 60_001));
        Assert.Equal(HttpStatusCode.BadRequest, await ClaimAsync("one", own.Sign(node.Key(1)), 999));
        foreach (var length in new[] { 0, AgentLeases.MaxHostLength + 1 })
        {
            var host = new string('h', length);
            var proof = (own with { Subject = host }).Sign(node.Key(1));
            Assert.Equal(HttpStatusCode.BadRequest, await ClaimAsync(host, proof));
        }

        Assert.Null(node.Server.Leases.Find(node.Account(1)));
        Assert.Equal(HttpStatusCode.OK, await ClaimAsync("one", own.Sign(node.Key(1))));

        async Task<HttpStatusCode> ClaimAsync(string host, string? proof, int ttlMs = 60_000)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, $"/v1/agents/{node.Account(1)}/lease");
            request.Content = JsonContent.Create(new { host, ttlMs = new Duration(ttlMs) });
            if (proof is not null)
            {
                request.Headers.Add(AccountProof.Header, proof);
            }

            return (await node.Client.SendAsync(request)).StatusCode;
        }
    }
}
