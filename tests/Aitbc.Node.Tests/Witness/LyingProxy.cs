using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Protocol.Blocks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Tests.Witness;

/// <summary>Stands between a witness and a real node: puts other heads in the place of the node's, or fails.</summary>
internal sealed class LyingProxy : IAsyncDisposable
{
    private readonly WebApplication app;
    private int failed;

    private LyingProxy(WebApplication app) => this.app = app;

    public HttpClient Client { get; private set; } = null!;

    public int Failed => failed;

    public static async Task<LyingProxy> StartAsync(
        NodeFixture node, Func<BlockHeader, string>? lie, int failures = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var proxy = new LyingProxy(builder.Build());
        proxy.app.Run(context => proxy.AnswerAsync(context, node, lie, failures));
        await proxy.app.StartAsync();
        proxy.Client = new HttpClient
        {
            BaseAddress = new Uri(proxy.app.Services.GetRequiredService<IServer>().Features
                .Get<IServerAddressesFeature>()!.Addresses.First()),
        };
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(
        HttpContext context, NodeFixture node, Func<BlockHeader, string>? lie, int failures)
    {
        if (failed < failures)
        {
            failed++;
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
            return;
        }

        var bytes = await node.Client.GetByteArrayAsync(
            new Uri($"{context.Request.Path}{context.Request.QueryString}", UriKind.Relative));
        if (lie is not null && context.Request.Path == "/v1/blocks")
        {
            var blocks = JsonNode.Parse(bytes)!.AsArray();
            foreach (var block in blocks)
            {
                var header = Encoding.UTF8.GetBytes(block!["header"]!.ToJsonString());
                Assert.True(BlockHeader.TryParse(header, out var parsed));
                block["jws"] = lie(parsed!);
            }

            bytes = JsonSerializer.SerializeToUtf8Bytes(blocks);
        }

        await context.Response.Body.WriteAsync(bytes);
    }
}
