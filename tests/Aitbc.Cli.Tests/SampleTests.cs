using System.Text.Json;

namespace Aitbc.Cli.Tests;

/// <summary>The samples as anybody runs them: processes of their own against a real node, that are paid.</summary>
public sealed class SampleTests : IDisposable
{
    private static readonly string[] Install = ["ci", "--no-audit", "--no-fund", "--prefer-offline"];

    private readonly string root = Directory.CreateTempSubdirectory("aitbc-samples-").FullName;
    private readonly List<ChildProcess> children = [];

    public void Dispose()
    {
        children.ForEach(child => child.Dispose());
        Directory.Delete(root, recursive: true);
    }

    [NeedsFact("kill")]
    public async Task The_agent_in_CSharp_is_paid_by_a_client_that_wants_data_curated()
    {
        var (node, url) = await UpAsync();
        var curator = Path.Combine(
            AppContext.BaseDirectory.Replace("Aitbc.Cli.Tests", "Curator", StringComparison.Ordinal), "Curator");
        var agent = Start(curator, url, Token, At("curator"), "1");
        var account = await AccountOfAsync(agent, "data.curate");
        var before = await AvailableAsync(url, account);

        var made = await Executables.RunAitbcAsync(
            "agent", "new", "--kind", "requester", "--name", "client", "--node", url, "--token-file", Token, "--data",
            At("client"));
        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        Start(Executables.Aitbc, "agent", "host", "--node", url, "--data", At("client"));

        await CheckPaidAsync(agent, url, account, before);
        await CheckChainAsync(node);

        // Its keys are its own: with the node gone it says so and ends.
        var away = await ChildProcess.RunAsync(curator, [url, Token, At("curator"), "1"]);
        Assert.NotEqual(0, away.ExitCode);
        Assert.Contains("The node does not answer", away.Error, StringComparison.Ordinal);
    }

    [NeedsNodeFact]
    public async Task The_agent_in_TypeScript_is_paid_by_the_client_in_TypeScript()
    {
        var sample = Copy(Path.Combine(Executables.Root, "samples", "typescript"));
        var upping = UpAsync();
        await CheckRunAsync("npm", Install, sample);
        await CheckRunAsync("npm", ["run", "build"], sample);
        var (node, url) = await upping;

        var agent = Start("node", Path.Combine(sample, "dist", "agent.js"), url, Token, At("agent.json"), "1");
        var account = await AccountOfAsync(agent, "text.count");
        var before = await AvailableAsync(url, account);
        var client = await ChildProcess.RunAsync(
            "node", [Path.Combine(sample, "dist", "client.js"), url, Token, At("client.json"), "one two\nthree é"]);
        Assert.Equal((0, ""), (client.ExitCode, client.Error));
        Assert.Contains("{\"lines\":2,\"words\":4,\"characters\":15}", client.Out, StringComparison.Ordinal);

        await CheckPaidAsync(agent, url, account, before);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("agent.json")));
        }

        await CheckChainAsync(node);
    }

    /// <summary>The sample ended well, and the ledger says that it was paid what it says.</summary>
    private static async Task CheckPaidAsync(ChildProcess agent, string url, string account, UInt128 before)
    {
        var ended = await agent.EndAsync();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("ended as accepted: paid", ended.Out, StringComparison.OrdinalIgnoreCase);

        using var client = new HttpClient();
        using var entries = JsonDocument.Parse(await client.GetStringAsync(new Uri($"{url}/v1/entries?limit=1000")));
        var paid = entries.RootElement.EnumerateArray()
            .SelectMany(entry => entry.GetProperty("events").EnumerateArray())
            .Single(one => one.GetProperty("type").GetString() == "workloadEnded"
                && one.GetProperty("providerId").GetString() == account);
        Assert.Equal("accepted", paid.GetProperty("ending").GetString());
        Assert.True(UInt128.Parse(paid.GetProperty("paid").GetString()!) > 0);
        Assert.True(await AvailableAsync(url, account) > before);
    }

    private static async Task<string> AccountOfAsync(ChildProcess agent, string capability)
    {
        var line = await agent.ReadLineAsync();
        if (line is null || !line.Contains($" offers {capability} as s", StringComparison.Ordinal))
        {
            var ended = await agent.EndAsync();
            Assert.Fail($"The sample offers nothing: {line}\n{ended.Out}\n{ended.Error}");
        }

        return line.Split(' ')[0];
    }

    private static async Task<UInt128> AvailableAsync(string url, string account)
    {
        using var client = new HttpClient();
        using var view = JsonDocument.Parse(await client.GetStringAsync(new Uri($"{url}/v1/accounts/{account}")));
        return UInt128.Parse(view.RootElement.GetProperty("available").GetString()!);
    }

    private static async Task CheckRunAsync(string file, string[] arguments, string directory)
    {
        var ended = await ChildProcess.RunAsync(file, arguments, null, directory);
        Assert.True(ended.ExitCode == 0, $"{file} {string.Join(' ', arguments)}:\n{ended.Out}\n{ended.Error}");
    }

    private async Task CheckChainAsync(ChildProcess node)
    {
        // Clients first: a host whose node is gone waits for it to come back.
        foreach (var child in children.Where(child => child != node))
        {
            await ChildProcess.RunAsync("kill", ["-TERM", $"{child.Id}"]);
        }

        await ChildProcess.RunAsync("kill", ["-TERM", $"{node.Id}"]);
        Assert.Equal(0, (await node.EndAsync()).ExitCode);
        var report = await Executables.RunAitbcAsync("verify", "--data", At("node"), "--json");
        Assert.True(report.ExitCode == 0, report.Out + report.Error);
    }

    private async Task<(ChildProcess Node, string Url)> UpAsync()
    {
        var node = Start(Executables.Aitbc, "up", "--data", At("node"), "--port", "0", "--json");
        using var said = JsonDocument.Parse((await node.ReadLineAsync())!);
        return (node, new Uri(said.RootElement.GetProperty("url").GetString()!).GetLeftPart(UriPartial.Authority));
    }

    /// <summary>The sample's own files, and nothing that an earlier build left beside them.</summary>
    private string Copy(string from)
    {
        var to = At("typescript");
        Directory.CreateDirectory(Path.Combine(to, "src"));
        foreach (var file in Directory.EnumerateFiles(from).Concat(Directory.EnumerateFiles(Path.Combine(from, "src"))))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }

        return to;
    }

    private string Token => Path.Combine(At("node"), "operator.token");

    private string At(string name) => Path.Combine(root, name);

    private ChildProcess Start(string file, params string[] arguments)
    {
        var child = ChildProcess.Start(file, arguments);
        children.Add(child);
        return child;
    }
}
