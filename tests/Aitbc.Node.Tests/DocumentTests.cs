using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Aitbc.Node.Tests;

/// <summary>The dashboard's client is generated from the document that the node serves.</summary>
public sealed class DocumentTests(SharedNode shared) : IClassFixture<SharedNode>
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact]
    public async Task The_document_that_the_dashboard_is_made_from_is_the_one_that_is_served()
    {
        var served = JsonNode.Parse(await shared.Node.Client.GetStringAsync("/openapi/v1.json"))!.AsObject();

        // It is made once and served to all: it must not carry by which name its first reader called the node.
        Assert.Null(served["servers"]);
        var text = served.ToJsonString(Indented) + "\n";
        var kept = Path.Combine(FindRoot(), "web", "openapi.json");
        var known = File.Exists(kept) ? await File.ReadAllTextAsync(kept) : "";
        if (known != text)
        {
            var fresh = Path.Combine(Path.GetTempPath(), "openapi.json");
            await File.WriteAllTextAsync(fresh, text);
            Assert.Fail($"The API has changed: copy {fresh} to web/openapi.json and say `npm run api` in web/.");
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Aitbc.slnx")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
