using System.Net;
using System.Net.Http.Headers;
using Aitbc.Node.Access;
using Aitbc.Node.Hosting;

namespace Aitbc.Node.Tests;

/// <summary>Who is let in: hosts, origins, tokens, sessions.</summary>
public sealed class AccessTests(SharedNode shared) : IClassFixture<SharedNode>
{
    private readonly NodeFixture node = shared.Node;

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.2")]
    public async Task A_name_that_is_not_the_nodes_is_refused(string host)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/chain");
        request.Headers.Host = host;
        var response = await node.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_page_of_another_origin_is_refused(string header, string value)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/chain");
        request.Headers.Add(header, value);
        var response = await node.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task The_nodes_own_page_is_let_in()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/chain");
        request.Headers.Add("Origin", node.Server.Url.GetLeftPart(UriPartial.Authority));
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        Assert.Equal(HttpStatusCode.OK, (await node.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_one_time_token_opens_one_session_and_leaves_the_address()
    {
        var token = node.Server.Sessions.NewOneTime();
        var first = await node.Client.GetAsync($"/?token={token}");
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        Assert.Equal("/", first.Headers.Location!.ToString());
        var cookie = first.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(token, cookie, StringComparison.Ordinal);

        var second = await node.Client.GetAsync($"/?token={token}");
        Assert.Equal(HttpStatusCode.Unauthorized, second.StatusCode);
        Assert.False(second.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("//evil.example/", "/")]
    [InlineData("/%5Cevil.example", "/%5Cevil.example")]
    [InlineData("/caf%C3%A9", "/caf%C3%A9")]
    [InlineData("/a%0Db", "/a%0Db")]
    public async Task A_token_leads_to_a_path_of_this_node_only(string path, string expected)
    {
        var token = node.Server.Sessions.NewOneTime();
        var address = new Uri($"{node.Server.Url.GetLeftPart(UriPartial.Authority)}{path}?token={token}");
        var answer = await node.Client.GetAsync(address);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(expected, answer.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("utf-7")]
    [InlineData("bogus")]
    [InlineData("")]
    [InlineData("utf-16")]
    public async Task Text_in_another_encoding_is_refused(string charset)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/openings") { Content = new StringContent("{}") };
        request.Content.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", $"application/json; charset={charset}");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await node.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public void A_session_is_that_of_its_cookie_and_of_no_other()
    {
        var sessions = node.Server.Sessions;
        var cookie = sessions.Exchange(sessions.NewOneTime());
        Assert.True(sessions.IsSession(cookie!));
        Assert.False(sessions.IsSession(cookie![..^1] + (cookie[^1] == '0' ? '1' : '0')));
        Assert.Null(sessions.Exchange("guess"));
    }

    [Fact]
    public async Task A_token_allows_what_its_role_does_and_a_wrong_one_nothing()
    {
        var reader = node.Server.Sessions.NewBearer(Role.Reader);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, "/v1/chain", reader));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Post, "/v1/commands", reader));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, "/v1/chain", "wrong"));
    }

    [Fact]
    public void Beyond_this_machine_a_certificate_is_needed()
    {
        var problems = new NodeOptions { Address = IPAddress.Any }.Validate();
        Assert.Contains(problems, problem => problem.Contains("certificate", StringComparison.Ordinal));
        Assert.Empty(new NodeOptions().Validate());
        Assert.NotEmpty(new NodeOptions { Port = 65_536 }.Validate());
    }

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, string token)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return (await node.Client.SendAsync(request)).StatusCode;
    }
}
