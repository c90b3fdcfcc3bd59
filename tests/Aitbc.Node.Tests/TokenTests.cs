using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Aitbc.Node.Access;
using Aitbc.Node.Hosting;
using Aitbc.Testing;

namespace Aitbc.Node.Tests;

/// <summary>Tokens that outlive a run, TLS, and that a token is told to nobody.</summary>
public sealed class TokenTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("aitbc-tokens-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void A_kept_token_counts_until_it_is_taken_back_also_for_a_node_that_runs()
    {
        var time = NewTime();
        var sessions = new Sessions(time, new TokenStore(directory, time));
        var elsewhere = new TokenStore(directory, time);
        Assert.Equal(Role.None, sessions.RoleOf("guess"));

        var (token, kept) = elsewhere.Add(Role.Reader);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Role.Reader, sessions.RoleOf(token));
        Assert.Equal(Role.None, sessions.RoleOf(token[..^1] + (token[^1] == '0' ? '1' : '0')));

        Assert.True(elsewhere.Remove(kept.Id));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Role.None, sessions.RoleOf(token));
    }

    [Fact]
    public void A_damaged_token_file_allows_nothing()
    {
        var store = new TokenStore(directory, NewTime());
        var (token, kept) = store.Add(Role.Operator);
        var file = Path.Combine(directory, TokenStore.Directory, $"{kept.Id}.sealed");
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.Equal(Role.None, new Sessions(
            NewTime(), new TokenStore(directory, NewTime())).RoleOf(token));
    }

    [Fact]
    public async Task Beyond_this_machine_everything_but_health_needs_a_token()
    {
        var (certificate, key) = WriteCertificate();
        var store = new TokenStore(directory, TimeProvider.System);
        var (reader, agent) = (store.Add(Role.Reader).Token, store.Add(Role.Agent).Token);
        await using var node = await NodeFixture.StartAsync(new NodeOptions
        {
            Address = IPAddress.Any,
            HostNames = ["localhost"],
            Tls = (certificate, key),
            TokensPath = directory,
        });
        using var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, found, _, _) => found!.Subject == "CN=localhost" },
        })
        {
            BaseAddress = node.Server.Url,
        };

        Assert.Equal("https", node.Server.Url.Scheme);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, HttpMethod.Get, "/health/ready", null));
        string[] paths = ["/", "/metrics", "/openapi/v1.json", "/v1/chain", "/v1/agents", "/v1/entries", "/v1/blocks"];
        foreach (var path in paths)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, HttpMethod.Get, path, null));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, HttpMethod.Get, path, reader));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, HttpMethod.Post, "/v1/commands", null));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(client, HttpMethod.Post, "/v1/commands", reader));
        Assert.Equal(
            HttpStatusCode.UnsupportedMediaType, await StatusAsync(client, HttpMethod.Post, "/v1/commands", agent));

        // Only on loopback are the names of loopback its own, and over TLS a session's cookie stays on TLS.
        using var named = new HttpRequestMessage(HttpMethod.Get, "/health/ready");
        named.Headers.Host = "127.0.0.1";
        Assert.Equal(HttpStatusCode.Forbidden, (await client.SendAsync(named)).StatusCode);
        using var opened = await client.GetAsync($"/?token={node.Server.Sessions.NewOneTime()}");
        Assert.Contains("; secure", Assert.Single(opened.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_is_named()
    {
        var (certificate, _) = WriteCertificate();
        var failure = await Assert.ThrowsAsync<IOException>(() => NodeFixture.StartAsync(
            new NodeOptions { Tls = (certificate, certificate) }));
        Assert.Contains(certificate, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_told_to_nobody()
    {
        var (kept, _) = new TokenStore(directory, TimeProvider.System).Add(Role.Operator);
        await using var node = await NodeFixture.StartAsync(new NodeOptions { TokensPath = directory });
        var oneTime = node.Server.Sessions.NewOneTime();
        string[] tokens = [kept, oneTime, node.Server.Sessions.NewBearer(Role.Reader)];
        var told = new StringBuilder();
        foreach (var token in tokens)
        {
            foreach (var path in new[]
            {
                $"/?token={token}", $"/v1/chain?token={token}", $"/{token}", $"/v1/agents?limit={token}",
                $"/v1/accounts/{token}", "/v1/chain", "/metrics", $"/v1/events?after={token}",
            })
            {
                var request = new HttpRequestMessage(HttpMethod.Get, path);
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                var response = await node.Client.SendAsync(request);
                told.Append(response.Headers).Append(await response.Content.ReadAsStringAsync());
            }

            using var content = new StringContent(token, Encoding.ASCII, "application/jose");
            told.Append(await (await node.Client.PostAsync($"/v1/commands?x={token}", content))
                .Content.ReadAsStringAsync());
        }

        told.AppendJoin('\n', node.Log.Lines);
        Assert.All(tokens, token => Assert.DoesNotContain(token, told.ToString(), StringComparison.OrdinalIgnoreCase));
    }

    private static SteppedTime NewTime() => new(DateTimeOffset.UnixEpoch.AddYears(50));

    private static async Task<HttpStatusCode> StatusAsync(
        HttpClient client, HttpMethod method, string path, string? token)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return (await client.SendAsync(request)).StatusCode;
    }

    private (string Certificate, string Key) WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var (certificatePath, keyPath) = (Path.Combine(directory, "tls.crt"), Path.Combine(directory, "tls.key"));
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        return (certificatePath, keyPath);
    }
}
