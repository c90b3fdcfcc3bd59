using System.Net;
using System.Net.Http.Headers;
using Aitbc.Node.Dashboard;
using Aitbc.Node.Hosting;

namespace Aitbc.Node.Tests;

/// <summary>How a built dashboard is served.</summary>
public sealed class DashboardTests : IAsyncLifetime
{
    private readonly string build = Directory.CreateTempSubdirectory("aitbc-web-").FullName;
    private NodeFixture node = null!;

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(build, "assets"));
        await File.WriteAllTextAsync(Path.Combine(build, "index.html"), "<!doctype html><title>page</title>");
        await File.WriteAllTextAsync(Path.Combine(build, "assets", "app-1a2b.js"), "let plain = 1;");
        await File.WriteAllTextAsync(Path.Combine(build, "assets", "app-1a2b.js.br"), "brotli");
        await File.WriteAllTextAsync(Path.Combine(build, "assets", "app-1a2b.js.gz"), "gzip");
        await File.WriteAllTextAsync(Path.Combine(build, "assets", "notes.secret"), "secret");
        node = await NodeFixture.StartAsync(new NodeOptions { Dashboard = build });
    }

    public async Task DisposeAsync()
    {
        await node.DisposeAsync();
        Directory.Delete(build, recursive: true);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/agents")]
    [InlineData("/agents/AAAA")]
    [InlineData("/workloads/w1")]
    [InlineData("/ledger/12")]
    [InlineData("/ledger/blocks")]
    public async Task Its_own_routes_show_its_page_under_a_strict_policy(string path)
    {
        var response = await node.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("<title>page</title>", await response.Content.ReadAsStringAsync());
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("script-src 'self';", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("no-cache", response.Headers.CacheControl!.ToString());
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/ledger/x")]
    [InlineData("/assets/notes.secret")]
    [InlineData("/assets/app-1a2b.js.br")]
    [InlineData("/assets/..%2findex.html")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    public async Task Nothing_else_is_served(string path)
    {
        var response = await node.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("gzip, deflate, br", "br", "brotli")]
    [InlineData("gzip", "gzip", "gzip")]
    [InlineData("br;q=0, gzip;q=0.5", "gzip", "gzip")]
    [InlineData("identity", null, "let plain = 1;")]
    public async Task A_file_with_a_hash_in_its_name_is_sent_compressed_and_kept_for_ever(
        string accepted, string? encoding, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/assets/app-1a2b.js");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        var response = await node.Client.SendAsync(request);
        Assert.Equal(encoding is null ? [] : [encoding], response.Content.Headers.ContentEncoding);
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
        Assert.Contains("immutable", response.Headers.CacheControl!.ToString());
        Assert.Equal("text/javascript", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task What_a_browser_has_already_is_not_sent_again()
    {
        var first = await node.Client.GetAsync("/");
        var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        var second = await node.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_used_address_opened_again_leaves_its_token_or_says_how_to_get_another()
    {
        var token = node.Server.Sessions.NewOneTime();
        await node.Client.GetAsync($"/agents?token={token}");
        var again = await NavigateAsync($"/agents?token={token}", null);
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        Assert.Equal("/agents", again.Headers.Location!.ToString());

        var stranger = await NavigateAsync($"/agents?token={token}", "none");
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        Assert.Contains("aitbc up", await stranger.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_token_never_leads_to_another_host()
    {
        var token = node.Server.Sessions.NewOneTime();
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"{node.Server.Url.GetLeftPart(UriPartial.Authority)}//evil.example/?token={token}");
        var response = await node.Client.SendAsync(request);
        Assert.Equal("/", response.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Without_a_build_the_page_says_how_to_make_one_to_whoever_may_read()
    {
        await using var bare = await NodeFixture.StartAsync();
        Assert.Contains("npm run build", await bare.Client.GetStringAsync("/"));
        var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "wrong");
        Assert.Equal(HttpStatusCode.Unauthorized, (await bare.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public void A_build_is_found_beside_a_program_or_above_it()
    {
        var root = Directory.CreateTempSubdirectory("aitbc-find-").FullName;
        var program = Directory.CreateDirectory(Path.Combine(root, "artifacts", "bin", "x", "release")).FullName;
        Assert.Null(DashboardLocation.Find(program));
        var above = Directory.CreateDirectory(Path.Combine(root, "web", "dist")).FullName;
        File.WriteAllText(Path.Combine(above, "index.html"), "");
        Assert.Equal(above, DashboardLocation.Find(program));
        var beside = Directory.CreateDirectory(Path.Combine(program, "web")).FullName;
        File.WriteAllText(Path.Combine(beside, "index.html"), "");
        Assert.Equal(beside, DashboardLocation.Find(program));
        Directory.Delete(root, recursive: true);
    }

    private async Task<HttpResponseMessage> NavigateAsync(string path, string? bearer)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/html");
        if (bearer is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        return await node.Client.SendAsync(request);
    }
}
