using System.Net;
using System.Net.Sockets;
using System.Text;
using Aitbc.Node.Hosting;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Node.Tests.Hostile;

/// <summary>Who sends or reads slowly keeps nothing from others.</summary>
public sealed class SlowTests
{
    [Theory]
    [InlineData("/v1/commands")]
    [InlineData("/v1/openings")]
    public async Task A_body_that_comes_slowly_takes_nobodys_turn(string path)
    {
        await using var node = await NodeFixture.StartAsync(
            new NodeOptions { MaxCommandsAtOnce = 1, MaxCommandsWaiting = 0 });
        using var slow = await SendAsync(
            node,
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 10\r\n\r\n[");

        // Asked after the slow one on purpose: its headers are there by then.
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(node.Sign(1, node.Pay(2)))).StatusCode);
        }
    }

    [Fact]
    public async Task Streams_that_nobody_reads_delay_no_command()
    {
        await using var node = await NodeFixture.StartAsync();
        var idle = new List<TcpClient>();
        for (var i = 0; i < 300; i++)
        {
            idle.Add(await SendAsync(node, "GET /v1/events?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        }

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(node.Sign(1, node.Pay(2)))).StatusCode);
        }

        idle.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Bodies_hold_so_much_memory_and_no_more()
    {
        await using var node = await NodeFixture.StartAsync();
        var (shares, taken) = (node.Server.Shares, 0L);
        Assert.True(shares.TryHold(ref taken, CommandShares.MaxBodyBytes));
        Assert.Contains("busy", await SendLargeAsync(node, " 503 "), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(node.Sign(1, node.Pay(2)))).StatusCode);
        shares.Release(taken);
        await SendLargeAsync(node, " 400 ");
    }

    [Fact]
    public async Task Where_a_share_is_taken_the_rest_comes_again_later_and_a_guardians_stop_does_not_wait()
    {
        await using var node = await NodeFixture.StartAsync(
            new NodeOptions { MaxCommandsAtOnce = 1, MaxCommandsWaiting = 0 });
        var pay = node.Sign(1, node.Pay(2));
        using (node.Server.Shares.Commands.AttemptAcquire())
        {
            var refused = await node.SendAsync(pay);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("1", Assert.Single(refused.Headers.GetValues("Retry-After")));
            var stop = node.Sign(0, new StopMarket(StopScope.Market));
            Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(stop, "/v1/oversight")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(pay)).StatusCode);
    }

    [Fact]
    public async Task A_chunk_of_no_size_is_the_senders_fault()
    {
        await using var node = await NodeFixture.StartAsync();
        using var client = await SendAsync(
            node,
            "POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jose\r\n"
                + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc");
        using var reader = new StreamReader(client.GetStream());
        Assert.StartsWith("HTTP/1.1 400", await reader.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Empty(node.Log.Lines);
    }

    /// <summary>Sends a large body on a connection of its own: one whose body was not read to its end may be closed, so
    /// that nobody else may use it.</summary>
    /// <returns>The answer, as far as the end of its JSON.</returns>
    private static async Task<string> SendLargeAsync(NodeFixture node, string status)
    {
        const int Length = 100_000;
        using var client = await SendAsync(
            node,
            "POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jose\r\n"
                + $"Content-Length: {Length}\r\n\r\n{new string('a', Length)}");
        using var reader = new StreamReader(client.GetStream());
        var answer = new StringBuilder();
        var part = new char[1_024];
        while (!answer.ToString().Contains('}', StringComparison.Ordinal)
            && await reader.ReadAsync(part) is var read and > 0)
        {
            answer.Append(part, 0, read);
        }

        Assert.Contains(status, answer.ToString(), StringComparison.Ordinal);
        return answer.ToString();
    }

    private static async Task<TcpClient> SendAsync(NodeFixture node, string text)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, node.Server.Url.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));
        return client;
    }
}
