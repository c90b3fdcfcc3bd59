using System.Text.Json;

namespace Aitbc.Cli.Tests;

/// <summary><c>aitbc witness</c> as a process beside a real node.</summary>
public sealed class WitnessCommandTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("aitbc-witness-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [NeedsFact("kill")]
    public async Task What_it_keeps_of_a_running_node_verifies_the_journal_afterwards()
    {
        var (node, kept) = (Path.Combine(directory, "node"), Path.Combine(directory, "kept"));
        for (var start = 0; start < 2; start++)
        {
            // The first start journals nothing, the second that it went on: an entry, and at the stop its block.
            using var child = ChildProcess.Start(
                Executables.Aitbc, ["up", "--demo", "--data", node, "--port", "0", "--json"]);
            var url = new Uri(JsonDocument.Parse((await child.ReadLineAsync())!).RootElement
                .GetProperty("url").GetString()!);
            if (start == 1)
            {
                var witness = await InProcess.RunAsync(
                    "witness", "--node", url.GetLeftPart(UriPartial.Authority), "--data", kept, "--once", "--json");
                Assert.Equal((0, string.Empty), (witness.ExitCode, witness.Error));
                Assert.True(JsonDocument.Parse(witness.Out).RootElement.GetProperty("heads").GetUInt64() > 0);
            }

            await ChildProcess.RunAsync("kill", ["-TERM", $"{child.Id}"]);
            Assert.Equal(0, (await child.EndAsync()).ExitCode);
        }

        var report = await InProcess.RunAsync(
            "verify", "--data", node, "--heads", Path.Combine(kept, "heads.txt"), "--json");
        Assert.Equal((0, string.Empty), (report.ExitCode, report.Error));
        Assert.True(JsonDocument.Parse(report.Out).RootElement.GetProperty("kept").GetInt32() > 0);
    }

    [Fact]
    public async Task An_address_that_is_none_is_refused() =>
        InProcess.AssertRefused(await InProcess.RunAsync("witness", "--node", "ftp://x", "--data", directory));
}
