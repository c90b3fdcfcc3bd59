using System.Text.Json;

namespace Aitbc.Cli.Tests;

/// <summary>Agents in processes of their own: a node, a client's host, and two hosts with the same agents.</summary>
public sealed class AgentHostTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("aitbc-hosts-").FullName;
    private readonly List<ChildProcess> children = [];

    public void Dispose()
    {
        children.ForEach(child => child.Dispose());
        Directory.Delete(root, recursive: true);
    }

    [NeedsFact("kill")]
    public async Task Of_two_hosts_one_works_and_the_other_goes_on_once_it_is_killed()
    {
        var node = Start("up", "--data", At("node"), "--port", "0", "--json");
        var url = new Uri(JsonDocument.Parse((await node.ReadLineAsync())!).RootElement
            .GetProperty("url").GetString()!).GetLeftPart(UriPartial.Authority);
        await MakeAsync(url, "data", "first");
        await MakeAsync(url, "training", "first");
        await MakeAsync(url, "requester", "client");
        Copy("first", "second");

        var first = Host(url, "first");
        await UntilAsync(first, "training-1 acts here");
        var second = Host(url, "second");
        Host(url, "client");
        var (before, worked) = await UntilAsync(first, "training-1 works on ");
        await ChildProcess.RunAsync("kill", ["-KILL", $"{first.Id}"]);
        Assert.Contains(before, line => line.StartsWith("data-1 delivered ", StringComparison.Ordinal));

        var workload = worked.Split(' ')[^1];
        var (since, _) = await UntilAsync(second, $"training-1 delivered {workload}");
        Assert.Single(since, line => line == $"training-1 works on {workload}");
        Assert.DoesNotContain(
            since, line => before.Contains(line) && line.Contains(" delivered ", StringComparison.Ordinal));
        Assert.True(since.IndexOf("training-1 acts here") < since.IndexOf($"training-1 works on {workload}"));
        await CheckDeliveriesAsync(url);

        foreach (var child in children.Where(child => child != first).Reverse())
        {
            await ChildProcess.RunAsync("kill", ["-TERM", $"{child.Id}"]);
            Assert.Equal(0, (await child.EndAsync()).ExitCode);
        }

        Assert.Equal(0, (await Executables.RunAitbcAsync("verify", "--data", At("node"), "--json")).ExitCode);
    }

    [NeedsFact("kill")]
    public async Task A_directory_without_agents_or_a_node_that_is_away_is_said_in_a_sentence()
    {
        var away = await Executables.RunAitbcAsync(
            "agent", "host", "--node", "http://localhost:1", "--data", At("none"));
        Assert.Equal(1, away.ExitCode);
        Assert.Contains("The node does not answer", away.Error, StringComparison.Ordinal);

        var node = Start("up", "--data", At("node"), "--port", "0", "--json");
        var url = new Uri(JsonDocument.Parse((await node.ReadLineAsync())!).RootElement
            .GetProperty("url").GetString()!).GetLeftPart(UriPartial.Authority);
        var none = await Executables.RunAitbcAsync("agent", "host", "--node", url, "--data", At("none"));
        Assert.Contains("aitbc agent new", none.Error, StringComparison.Ordinal);
        var poor = await Executables.RunAitbcAsync(
            "agent", "new", "--kind", "data", "--name", "x", "--node", url, "--data", At("poor"));
        Assert.Equal(1, poor.ExitCode);
        Assert.Contains("Operator", poor.Error, StringComparison.Ordinal);
        var wrong = await Executables.RunAitbcAsync("agent", "host", "--node", url, "--data", At("node"));
        Assert.Contains("node's data directory", wrong.Error, StringComparison.Ordinal);
    }

    /// <summary>Every workload was delivered once at most.</summary>
    private static async Task CheckDeliveriesAsync(string url)
    {
        using var client = new HttpClient();
        using var entries = JsonDocument.Parse(await client.GetStringAsync(new Uri($"{url}/v1/entries?limit=1000")));
        var delivered = entries.RootElement.EnumerateArray()
            .SelectMany(entry => entry.GetProperty("events").EnumerateArray())
            .Where(one => one.GetProperty("type").GetString() == "workSubmitted")
            .Select(one => one.GetProperty("workload").GetString())
            .ToList();
        Assert.True(delivered.Count >= 2);
        Assert.Equal(delivered.Distinct(), delivered);
    }

    private static async Task<(List<string> Before, string Line)> UntilAsync(ChildProcess child, string beginning)
    {
        var lines = new List<string>();
        while (await child.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (line.StartsWith(beginning, StringComparison.Ordinal))
            {
                return (lines, line);
            }
        }

        throw new EndOfStreamException($"'{beginning}' did not come:\n{string.Join('\n', lines)}");
    }

    private string At(string name) => Path.Combine(root, name);

    private ChildProcess Start(params string[] arguments)
    {
        var child = ChildProcess.Start(Executables.Aitbc, arguments);
        children.Add(child);
        return child;
    }

    private ChildProcess Host(string url, string name) =>
        Start("agent", "host", "--node", url, "--data", At(name), "--lease-seconds", "2");

    private async Task MakeAsync(string url, string kind, string directory)
    {
        var made = await Executables.RunAitbcAsync(
            "agent", "new", "--kind", kind, "--name", $"{kind}-1", "--node", url, "--token-file",
            Path.Combine(At("node"), "operator.token"), "--data", At(directory));
        Assert.Equal((0, ""), (made.ExitCode, made.Error));
    }

    private void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(At(from), "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(At(to), Path.GetRelativePath(At(from), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
