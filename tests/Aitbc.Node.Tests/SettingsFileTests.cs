using System.Net;
using System.Net.Sockets;
using Aitbc.Node.Hosting;

namespace Aitbc.Node.Tests;

/// <summary>A node is told everything by its options.</summary>
public sealed class SettingsFileTests
{
    [Fact]
    public async Task A_settings_file_of_the_folder_that_it_is_started_in_opens_no_second_door()
    {
        using var reserved = new TcpListener(IPAddress.Loopback, 0);
        reserved.Start();
        var port = ((IPEndPoint)reserved.LocalEndpoint).Port;
        var file = Path.Combine(Directory.GetCurrentDirectory(), "appsettings.json");
        await File.WriteAllTextAsync(
            file, $"{{\"Kestrel\":{{\"Endpoints\":{{\"Second\":{{\"Url\":\"http://127.0.0.1:{port}\"}}}}}}}}");
        try
        {
            // The port is taken here, so a node that wanted it, too, would not start.
            await using var node = await NodeFixture.StartAsync(new NodeOptions());
            Assert.NotEqual(port, node.Server.Url.Port);
            Assert.Equal(HttpStatusCode.OK, (await node.Client.GetAsync("/health/live")).StatusCode);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
