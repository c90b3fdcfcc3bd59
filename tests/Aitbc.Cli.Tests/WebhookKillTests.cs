using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Node.Hosting;
using Aitbc.Node.Webhooks;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Wire;

namespace Aitbc.Cli.Tests;

/// <summary>A node that is killed between a delivery and the keeping of its place delivers again, and leaves nothing
/// out; whatever proxy its environment names is not asked.</summary>
public sealed class WebhookKillTests : IDisposable
{
    private const string Taken = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string directory = Directory.CreateTempSubdirectory("aitbc-kill-").FullName;
    private readonly TcpListener receiver = new(IPAddress.Loopback, 0);
    public WebhookKillTests() => receiver.Start();

    public void Dispose()
    {
        receiver.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    [NeedsFact("kill")]
    public async Task A_node_that_is_killed_amidst_a_delivery_delivers_it_again_and_leaves_nothing_out()
    {
        var stops = SignStops();
        AddHook();
        string first;
        using (var node = Start())
        {
            await SendAsync(await UrlOf(node), stops);
            first = await TakeAsync(() => ChildProcess.RunAsync("kill", ["-KILL", $"{node.Id}"]));
            await node.EndAsync();
        }

        using var again = Start();
        await UrlOf(again);
        var ids = new[] { await TakeAsync(() => Task.CompletedTask), await TakeAsync(() => Task.CompletedTask) };
        Assert.Equal(first, ids[0]);
        Assert.NotEqual(first, ids[1]);
        await ChildProcess.RunAsync("kill", ["-TERM", $"{again.Id}"]);
        await again.EndAsync();
    }

    [Fact]
    public async Task A_test_says_what_the_receiver_answered()
    {
        var hook = AddHook();
        var test = InProcess.RunAsync("webhook", "test", hook.Id, "--data", directory, "--json");
        await TakeAsync(() => Task.CompletedTask);
        var ended = await test;
        Assert.Equal(
            (0, 204), (ended.ExitCode, JsonDocument.Parse(ended.Out).RootElement.GetProperty("status").GetInt32()));

        receiver.Stop();
        var said = InProcess.AssertRefused(await InProcess.RunAsync("webhook", "test", hook.Id, "--data", directory));
        Assert.Contains("cannot be reached", said, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-path", said, StringComparison.Ordinal);
    }

    private Webhook AddHook() => new WebhookStore(directory, TimeProvider.System).Add(
        $"http://127.0.0.1:{((IPEndPoint)receiver.LocalEndpoint).Port}/hidden-path", allowsPrivate: true, out _)!;

    private ChildProcess Start() => ChildProcess.Start(
        Executables.Aitbc,
        ["up", "--data", directory, "--port", "0", "--json"],
        new Dictionary<string, string?>
        {
            ["HTTP_PROXY"] = "http://127.0.0.1:1",
            ["http_proxy"] = "http://127.0.0.1:1",
            ["ALL_PROXY"] = "http://127.0.0.1:1",
        });

    private static async Task<Uri> UrlOf(ChildProcess child) =>
        new(JsonDocument.Parse((await child.ReadLineAsync())!).RootElement.GetProperty("url").GetString()!);

    /// <summary>Takes one message from one connection, and answers that it was taken.</summary>
    /// <param name="before">What happens between.</param>
    /// <returns>Its id.</returns>
    private async Task<string> TakeAsync(Func<Task> before)
    {
        using var client = await receiver.AcceptTcpClientAsync().WaitAsync(Limit);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        var (id, length) = (string.Empty, 0);
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            var parts = line.Split(": ", 2);
            id = parts[0].Equals("webhook-id", StringComparison.OrdinalIgnoreCase) ? parts[1] : id;
            length = parts[0].Equals("content-length", StringComparison.OrdinalIgnoreCase)
                ? int.Parse(parts[1], null)
                : length;
        }

        await reader.ReadBlockAsync(new char[length]);
        await before();
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Taken));
        return id;
    }

    private static async Task SendAsync(Uri node, string jws)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var content = new StringContent(jws);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/jose");
        var response = await http.PostAsync(new Uri(node, "/v1/commands"), content);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The council's payload that stops and releases the market twice; each stop is a message.</summary>
    private string SignStops()
    {
        using var chain = LocalChain.OpenOrBegin(directory, TimeProvider.System);
        using var key = chain.Keys.Load(chain.Genesis.Accounts[0].Key.Thumbprint());
        Command[] once = [new StopMarket(StopScope.Market), new ReleaseMarket(StopScope.Market)];
        var buffer = new ArrayBufferWriter<byte>();
        PayloadCodec.Write(
            new ClientPayload
            {
                Chain = chain.Genesis.Chain,
                From = (AccountId)key.Id,
                Lane = 0,
                Sequence = 1,
                ValidUntil = new Timestamp(TimeProvider.System.GetUtcNow().AddMinutes(10).ToUnixTimeMilliseconds()),
                Epoch = 0,
                Commands = [.. once, .. once],
                Proof = ProofKind.Jws,
                Signer = key.Id,
                PayloadDigest = default,
            },
            buffer);
        return Encoding.ASCII.GetString(Jws.Sign(key, buffer.WrittenSpan).ToCompact());
    }
}
