using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Tests.Webhooks;

/// <summary>One message as it came in.</summary>
internal sealed record Received(
    string Id, string Timestamp, string Signature, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public JsonElement Data => Json.GetProperty("data");

    public string Type => Json.GetProperty("type").GetString()!;
}

/// <summary>A real HTTP server on loopback that takes messages, and answers as a test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Channel<Received> arrived = Channel.CreateUnbounded<Received>();
    private readonly WebApplication app;
    private int connections;

    private Receiver(WebApplication app) => this.app = app;

    /// <summary>Where it listens, with a path that counts as a secret.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>Connections that were made to it.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>Messages that came and were not asked for.</summary>
    public int Waiting => arrived.Reader.Count;

    /// <summary>How it answers; 200 unless a test says otherwise.</summary>
    public Func<Received, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public static async Task<Receiver> StartAsync(int port = 0, IPAddress? address = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        Receiver receiver = null!;
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(address ?? IPAddress.Loopback, port, listen =>
            listen.Use(next => connection =>
            {
                Interlocked.Increment(ref receiver.connections);
                return next(connection);
            })));
        receiver = new Receiver(builder.Build());
        receiver.app.Run(receiver.TakeAsync);
        await receiver.app.StartAsync();
        var bound = new Uri(receiver.app.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.First());
        receiver.Url = new Uri(bound, "/hidden-path");
        return receiver;
    }

    /// <summary>The next message, in the order in which they came.</summary>
    public async Task<Received> NextAsync() => await arrived.Reader.ReadAsync().AsTask().WaitAsync(Limit);

    /// <summary>Answers the next tries with a status, then 200.</summary>
    public void Fail(int times, int status = StatusCodes.Status503ServiceUnavailable) => Answer = (_, context) =>
    {
        if (times-- > 0)
        {
            context.Response.StatusCode = status;
        }

        return Task.CompletedTask;
    };

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var headers = context.Request.Headers.ToDictionary(
            header => header.Key.ToLowerInvariant(), header => header.Value.ToString());
        var received = new Received(
            headers.GetValueOrDefault("webhook-id", string.Empty),
            headers.GetValueOrDefault("webhook-timestamp", string.Empty),
            headers.GetValueOrDefault("webhook-signature", string.Empty),
            await reader.ReadToEndAsync(),
            headers);
        arrived.Writer.TryWrite(received);
        await Answer(received, context);
    }
}
