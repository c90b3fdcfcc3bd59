using System.Net;
using System.Text.Json;

namespace Aitbc.Node.Tests;

/// <summary>The event stream: every entry once, in order, also across reconnections and restarts.</summary>
public sealed class EventTests : IAsyncLifetime
{
    private NodeFixture node = null!;

    public async Task InitializeAsync() => node = await NodeFixture.StartAsync();

    public async Task DisposeAsync() => await node.DisposeAsync();

    [Fact]
    public async Task A_client_that_reconnects_gets_exactly_what_it_missed()
    {
        var seen = new List<ulong>();
        var last = node.Ledger.View.Seq;
        await PayAsync(3);
        using (var stream = await OpenAsync(last))
        {
            seen.AddRange(await ReadAsync(stream, 2));
        }

        await PayAsync(2);
        await node.RestartAsync();
        await PayAsync(2);
        using (var stream = await OpenAsync(seen[^1]))
        {
            var rest = (int)(node.Ledger.View.Seq - seen[^1]);
            seen.AddRange(await ReadAsync(stream, rest));
        }

        Assert.Equal(Enumerable.Range(1, seen.Count).Select(i => last + (ulong)i), seen);
        Assert.Equal(node.Ledger.View.Seq, seen[^1]);
    }

    [Fact]
    public async Task A_stream_that_waits_is_told_of_what_comes()
    {
        using var stream = await OpenAsync(null);
        var next = node.Ledger.View.Seq + 1;
        await PayAsync(1);
        Assert.Equal([next], await ReadAsync(stream, 1));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("999999")]
    public async Task A_place_that_is_none_is_a_bad_request(string id)
    {
        var response = await node.Client.GetAsync($"/v1/events?after={id}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task There_are_only_so_many_streams()
    {
        await using var small = await NodeFixture.StartAsync(new Hosting.NodeOptions { MaxEventStreams = 2 });
        var options = HttpCompletionOption.ResponseHeadersRead;
        using var first = await small.Client.GetAsync("/v1/events", options);
        var second = await small.Client.GetAsync("/v1/replica/entries", options);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        foreach (var path in new[] { "/v1/events", "/v1/replica/entries" })
        {
            using var third = await small.Client.GetAsync(path, options);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, third.StatusCode);
            Assert.Equal("application/problem+json", third.Content.Headers.ContentType!.MediaType);
            Assert.Equal(TimeSpan.FromSeconds(1), third.Headers.RetryAfter!.Delta);
            var problem = await NodeFixture.JsonOf(third);
            Assert.Equal("busy", problem.GetProperty("code").GetString());
            Assert.Equal(
                "All 2 event streams of this node are taken: come back later, what you miss is kept; or have its"
                    + " operator raise maxEventStreams.",
                problem.GetProperty("detail").GetString());
        }

        // Who is in goes on, everything else is answered, and a place that is given back is taken again.
        using var reader = new StreamReader(await first.Content.ReadAsStreamAsync());
        var next = small.Ledger.View.Seq + 1;
        Assert.Equal(HttpStatusCode.OK, (await small.SendAsync(small.Sign(1, small.Pay(2)))).StatusCode);
        Assert.Equal([next], await ReadAsync(reader, 1));
        second.Dispose();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            using var again = await small.Client.GetAsync("/v1/events", options, limit.Token);
            if (again.StatusCode == HttpStatusCode.OK)
            {
                break;
            }
        }
    }

    private async Task PayAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(node.Sign(1, node.Pay(2)))).StatusCode);
        }
    }

    private async Task<StreamReader> OpenAsync(ulong? after)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        if (after is { } seq)
        {
            request.Headers.Add("Last-Event-ID", seq.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        var response = await node.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    private static async Task<List<ulong>> ReadAsync(StreamReader stream, int count)
    {
        var seen = new List<ulong>();
        while (seen.Count < count)
        {
            var line = await stream.ReadLineAsync() ?? throw new EndOfStreamException();
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                seen.Add(JsonDocument.Parse(line[6..]).RootElement.GetProperty("seq").GetUInt64());
            }
        }

        return seen;
    }
}
