using System.Text.Json;
using Aitbc.Node.Hosting;
using Aitbc.Testing;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Tests;

/// <summary>A node over a ledger on which work is paid, under a clock of the test's own.</summary>
public sealed class HistoryFixture : IAsyncDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("aitbc-history-").FullName;
    private readonly CapturedLog log = new();
    private NodeServer? server;

    /// <summary>The ledger, and who works on it.</summary>
    public PaidWork Work { get; private set; } = null!;

    /// <summary>Reads the node.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>Begins a chain with a provider; the node is started by <see cref="ServeAsync"/>.</summary>
    public static async Task<HistoryFixture> BeginAsync()
    {
        var fixture = new HistoryFixture();
        fixture.Work = await PaidWork.BeginAsync(Path.Combine(fixture.root, "chain"));
        return fixture;
    }

    /// <summary>Starts a node, or starts it again.</summary>
    public async Task ServeAsync(ulong historyEntries = 100_000)
    {
        await StopAsync();
        server = await NodeServer.StartAsync(
            new NodeOptions { Port = 0, HistoryEntries = historyEntries },
            Work.Host,
            TimeProvider.System,
            logging => logging.AddProvider(log),
            CancellationToken.None);
        Client = new HttpClient { BaseAddress = server.Url };
    }

    /// <summary>Reads a resource that must be there, once the history knows all that is durable.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        var response = await SendAsync(path);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {await response.Content.ReadAsStringAsync()}");
        return await NodeFixture.JsonOf(response);
    }

    /// <summary>The answer to a question, once the history knows all that is durable.</summary>
    public async Task<HttpResponseMessage> SendAsync(string path)
    {
        await server!.History.ReachedAsync(Work.Host.View.Seq, CancellationToken.None)
            .WaitAsync(TimeSpan.FromSeconds(20));
        return await Client.GetAsync(path);
    }

    /// <summary>Stops the node; the ledger stays open.</summary>
    public async Task StopAsync()
    {
        if (server is not null)
        {
            Client.Dispose();
            await server.DisposeAsync();
            server = null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Work.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }
}
