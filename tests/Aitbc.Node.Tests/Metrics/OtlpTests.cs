using System.Net;
using System.Text;
using Aitbc.Node.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Tests.Metrics;

/// <summary>What a collector receives, where one is named.</summary>
public sealed class OtlpTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_collector_that_is_named_receives_our_figures()
    {
        var received = new TaskCompletionSource<(string Path, string? Type, byte[] Body)>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.TrySetResult((context.Request.Path, context.Request.ContentType, body.ToArray()));
        });
        await collector.StartAsync();
        var address = collector.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.First();

        await using var node = await NodeFixture.StartAsync(
            new NodeOptions { OtlpEndpoint = new Uri(address), OtlpIntervalSeconds = 1 });
        await node.SendAsync(node.Sign(1, node.Pay(2)));
        var (path, type, bytes) = await received.Task.WaitAsync(Limit);

        Assert.Equal(("/v1/metrics", "application/x-protobuf"), (path, type));
        var text = Encoding.Latin1.GetString(bytes);
        Assert.Contains("aitbc.ledger.entries", text, StringComparison.Ordinal);
        Assert.Contains("aitbc.http.requests", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_sent_where_no_collector_is_named() =>
        Assert.Null(Aitbc.Node.Metrics.OtlpExport.Start(new NodeOptions()));
}
