using System.Text.Json;

namespace Aitbc.Cli.Tests;

/// <summary><c>aitbc up</c> as a process: it comes up, answers, stops when told to, and goes on where it was.</summary>
public sealed class UpCommandTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("aitbc-up-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [NeedsFact("kill")]
    public async Task It_answers_until_it_is_stopped_and_ends_well()
    {
        using (var child = Start(0))
        {
            var url = await UrlOf(child);
            using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
            var health = await client.GetStringAsync(new Uri(url, "/health/ready"));
            Assert.Contains("ready", health, StringComparison.Ordinal);
            var page = await client.GetAsync(url);
            Assert.Equal("/", page.Headers.Location!.ToString());

            var ended = await StopAsync(child);
            Assert.Equal((0, string.Empty), (ended.ExitCode, ended.Error));
        }

        var report = await Executables.RunAitbcAsync("verify", "--data", directory, "--json");
        Assert.Equal(0, report.ExitCode);
    }

    [NeedsFact("kill")]
    public async Task A_directory_or_a_port_that_is_taken_is_said_in_one_sentence()
    {
        using var child = Start(0);
        var port = (await UrlOf(child)).Port;
        var second = await Executables.RunAitbcAsync("up", "--data", directory, "--port", "0");
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("Another process uses the data directory", second.Error, StringComparison.Ordinal);

        var other = Directory.CreateTempSubdirectory("aitbc-up-").FullName;
        var third = await Executables.RunAitbcAsync("up", "--data", other, "--port", $"{port}");
        Directory.Delete(other, recursive: true);
        Assert.Equal(1, third.ExitCode);
        Assert.Equal(
            $"aitbc: Port {port} is taken by another program: stop that, or name another with --port.",
            third.Error.Trim());
        await StopAsync(child);
    }

    private ChildProcess Start(int port) =>
        ChildProcess.Start(Executables.Aitbc, ["up", "--data", directory, "--port", $"{port}", "--json"]);

    private static async Task<Uri> UrlOf(ChildProcess child) =>
        new(JsonDocument.Parse((await child.ReadLineAsync())!).RootElement.GetProperty("url").GetString()!);

    private static async Task<Ended> StopAsync(ChildProcess child)
    {
        await ChildProcess.RunAsync("kill", ["-TERM", $"{child.Id}"]);
        return await child.EndAsync();
    }
}
