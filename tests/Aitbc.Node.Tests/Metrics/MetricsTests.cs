using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Aitbc.Node.Access;
using Aitbc.Node.Hosting;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Xunit.Abstractions;

namespace Aitbc.Node.Tests.Metrics;

/// <summary>The figures: every request and refusal counted, in a form collectors read, in bounded series.</summary>
public sealed class MetricsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private NodeFixture node = null!;

    public async Task InitializeAsync() => node = await NodeFixture.StartAsync();

    public async Task DisposeAsync() => await node.DisposeAsync();

    [NeedsFact("promtool")]
    public async Task Promtool_finds_nothing_wrong()
    {
        await node.SendAsync(node.Sign(1, node.Pay(2)));
        await node.Client.GetAsync("/nothing");
        var text = (await MetricsText.OfAsync(node)).Text;
        var start = new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var promtool = Process.Start(start)!;
        await promtool.StandardInput.WriteAsync(text);
        promtool.StandardInput.Close();
        var said = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        Assert.Equal((0, string.Empty), (promtool.ExitCode, said));
    }

    [Fact]
    public async Task Commands_are_counted_by_type_and_outcome_and_every_flush_is_timed()
    {
        var before = await MetricsText.OfAsync(node);
        var jws = node.Sign(1, node.Pay(2), node.Pay(3));
        await node.SendAsync(jws);
        await node.SendAsync(jws);
        await node.SendAsync(node.Sign(1, new Transfer(node.Account(2), TokenAmount.FromTokens(5_000))));
        var parts = node.Sign(2, node.Pay(3)).Split('.');
        await node.SendAsync($"{parts[0]}.{parts[1]}.{jws.Split('.')[2]}");
        var after = await MetricsText.OfAsync(node);

        Assert.Equal(2, after[Commands("applied")]);
        Assert.Equal(2, after[Commands("duplicate")]);
        Assert.Equal(1, after[Commands("insufficientFunds")]);
        Assert.Equal(1, after[Commands("badProof")]);
        const string Flushes = "aitbc_ledger_fsync_duration_seconds_count";
        Assert.InRange(after[Flushes] - before[Flushes], 2, 10);
        Assert.True(after["aitbc_ledger_fsync_duration_seconds_sum"] > 0);
        Assert.Equal(
            after[Flushes], after["aitbc_ledger_fsync_duration_seconds_bucket{le=\"+Inf\"}"]);
        Assert.Equal(node.Ledger.View.Seq, after["aitbc_ledger_entries_total"]);
        Assert.Equal(node.Ledger.View.Read(state => state.Agents.Live), after["aitbc_ledger_agents_active"]);
        Assert.True(after["process_cpu_seconds_total"] > 0 && after["process_resident_memory_bytes"] > 10_000_000);
        Assert.True(after["process_threads"] > 3 && after["dotnet_gc_heap_bytes"] > 100_000);
    }

    [Fact]
    public async Task Requests_are_counted_by_the_template_of_their_route()
    {
        for (var i = 0; i < 3; i++)
        {
            await node.Client.GetAsync($"/v1/accounts/{node.Account(i)}");
        }

        var text = await MetricsText.OfAsync(node);
        Assert.Equal(
            3, text["aitbc_http_requests_total{route=\"/v1/accounts/{id}\",method=\"GET\",status=\"200\"}"]);
        Assert.Equal(3, text["aitbc_http_request_duration_seconds_count{route=\"/v1/accounts/{id}\"}"]);
        Assert.DoesNotContain(node.Account(0).ToString(), text.Text, StringComparison.Ordinal);
        Assert.Equal(1, text["aitbc_http_requests_in_flight"]);
    }

    [Fact]
    public async Task What_is_refused_before_any_route_is_counted_by_what_refused_it()
    {
        await SendAsync(HttpMethod.Get, "/v1/chain", request => request.Headers.Host = "evil.example");
        await SendAsync(HttpMethod.Get, "/v1/chain", request => request.Headers.Add("Origin", "http://evil.example"));
        await SendAsync(HttpMethod.Get, "/v1/chain", request =>
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "wrong"));
        await SendAsync(HttpMethod.Get, "/?token=wrong", _ => { });
        await SendAsync(HttpMethod.Get, "/nothing", _ => { });
        await SendAsync(HttpMethod.Delete, "/v1/chain", _ => { });
        await SendAsync(HttpMethod.Get, "/v1/agents?limit=0", _ => { });
        await SendAsync(HttpMethod.Post, "/v1/commands", request => request.Content = new StringContent("x"));
        await SendAsync(HttpMethod.Post, "/v1/commands", request =>
        {
            request.Headers.ExpectContinue = true;
            request.Content = new StringContent(new string('a', (1024 * 1024) + 1), Encoding.ASCII, "application/jose");
        });
        await node.SendAsync(node.Sign(1, new Transfer(node.Account(2), TokenAmount.FromTokens(5_000))));
        await SayAsync("NONSENSE\r\n\r\n");

        var text = await MetricsText.OfAsync(node);
        string[] kinds =
        [
            "host", "origin", "role", "token", "notFound", "method", "badRequest", "mediaType", "tooLarge", "refused",
            "protocol",
        ];
        Assert.Equal(
            kinds.Select(kind => (kind, 1.0)),
            kinds.Select(kind => (kind, text[$"aitbc_http_errors_total{{class=\"4xx\",kind=\"{kind}\"}}"])));
    }

    [Fact]
    public async Task What_the_rate_turns_away_is_counted()
    {
        await using var small = await NodeFixture.StartAsync(
            new NodeOptions { MaxCommandsAtOnce = 1, MaxCommandsWaiting = 0 });
        using var taken = await Hosting.CommandShares.TakeAsync(small.Server.Shares.Commands);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await small.SendAsync("a.b.c")).StatusCode);
        Assert.Equal(1, (await MetricsText.OfAsync(small))["aitbc_http_errors_total{class=\"5xx\",kind=\"rate\"}"]);
    }

    [Fact]
    public async Task Whatever_strangers_send_adds_no_series()
    {
        const ulong Seed = 20_261_120;
        output.WriteLine($"seed {Seed}");
        var random = new SeededRandom(Seed);
        await FuzzAsync(random, 1);
        var first = (await MetricsText.OfAsync(node)).Series.Count;
        await FuzzAsync(random, 40);
        var text = await MetricsText.OfAsync(node);
        Assert.Equal(first, text.Series.Count);
        Assert.DoesNotContain("zzz", text.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Figures_are_for_readers()
    {
        var reader = node.Server.Sessions.NewBearer(Role.Reader);
        var read = await SendAsync(HttpMethod.Get, "/metrics", request =>
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", reader));
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal(
            "text/plain; version=0.0.4; charset=utf-8", read.Content.Headers.ContentType!.ToString());
        var refused = await SendAsync(HttpMethod.Get, "/metrics", request =>
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task An_open_event_stream_is_counted_while_it_is_open()
    {
        using (await node.Client.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead))
        {
            var text = await MetricsText.OfAsync(node);
            Assert.Equal(
                (1, 2), (text["aitbc_http_event_streams_open"], text["aitbc_http_requests_in_flight"]));
        }
    }

    private static string Commands(string outcome) =>
        $"aitbc_ledger_commands_total{{type=\"transfer\",outcome=\"{outcome}\"}}";

    private static async Task<TcpClient> OpenAsync(NodeFixture to)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, to.Server.Url.Port);
        return client;
    }

    /// <summary>Each shape once a round, every name in it a new one.</summary>
    private async Task FuzzAsync(SeededRandom random, int rounds)
    {
        string Name() => $"zzz{random.NextUInt64():x}";
        for (var i = 0; i < rounds; i++)
        {
            await SendAsync(HttpMethod.Get, $"/{Name()}/{Name()}", _ => { });
            await SendAsync(HttpMethod.Get, $"/v1/accounts/{Name()}", _ => { });
            await SendAsync(HttpMethod.Get, $"/v1/agents?{Name()}={Name()}", _ => { });
            await SendAsync(new HttpMethod(Name()), $"/{Name()}", _ => { });
            await SendAsync(new HttpMethod(Name()), "/v1/chain", _ => { });
            await SendAsync(HttpMethod.Get, "/v1/chain", request => request.Headers.Host = Name());
            await SendAsync(HttpMethod.Get, "/v1/chain", request => request.Headers.Add("Origin", Name()));
            await SendAsync(HttpMethod.Get, "/v1/chain", request =>
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Name()));
            await SendAsync(HttpMethod.Get, $"/?token={Name()}", _ => { });
            await SendAsync(HttpMethod.Post, "/v1/commands", request =>
                request.Content = new StringContent(Name(), Encoding.ASCII, "application/jose"));
            await SendAsync(HttpMethod.Post, "/v1/commands", request =>
                request.Content = new StringContent(Name(), Encoding.ASCII, $"application/{Name()}"));
            await SayAsync($"{Name()}\r\n\r\n");
            _ = await MetricsText.OfAsync(node);
        }
    }

    /// <summary>Bytes as they are, until the server closes.</summary>
    private async Task SayAsync(string bytes)
    {
        using var client = await OpenAsync(node);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(bytes));
        using var reader = new StreamReader(client.GetStream());
        Assert.StartsWith("HTTP/1.1 400", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, Action<HttpRequestMessage> adjust)
    {
        var request = new HttpRequestMessage(method, path);
        adjust(request);
        return await node.Client.SendAsync(request);
    }
}
