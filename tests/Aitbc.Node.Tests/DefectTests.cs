using System.Net;

namespace Aitbc.Node.Tests;

/// <summary>What goes wrong inside: said to the operator, and to nobody else.</summary>
public sealed class DefectTests
{
    [Fact]
    public async Task A_failure_inside_is_logged_by_its_place_and_told_without_it()
    {
        await using var node = await NodeFixture.StartAsync();
        var token = node.Server.Sessions.NewOneTime();
        await node.Client.GetAsync($"/?token={token}");
        await node.SendAsync(node.Sign(1, node.Pay(2)));
        var segment = Directory.GetFiles(node.Journal, "*.seg").Order(StringComparer.Ordinal).First();
        await using (var file = new FileStream(segment, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Position = 700;
            file.Write(new byte[64]);
        }

        var response = await node.Client.GetAsync("/v1/entries?from=1");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var told = await response.Content.ReadAsStringAsync();
        Assert.Contains("internal", told, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", told, StringComparison.Ordinal);
        var line = Assert.Single(node.Log.Lines);
        Assert.StartsWith("GET /v1/entries failed: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain(token, line, StringComparison.Ordinal);
    }
}
