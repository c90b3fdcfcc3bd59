using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Aitbc.Cli.Configuration;
using Aitbc.Cli.Doctor;
using Aitbc.Infrastructure.Storage;

namespace Aitbc.Cli.Tests;

/// <summary><c>aitbc doctor</c>: what is missing is said, with the way to get it.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("aitbc-doctor-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [NeedsFact("sh")]
    public async Task A_machine_that_has_everything_is_ready()
    {
        Program("dotnet", "echo 10.0.401");
        Program("node", "echo v20.19.0");
        Program("chromium", "exit 0");
        Assert.All(await LookAsync(), finding => Assert.True(finding.IsOk, $"{finding}"));
    }

    [NeedsFact("sh")]
    public async Task What_is_missing_or_too_old_is_named_with_its_cure()
    {
        Program("dotnet", "echo 8.0.100");
        Program("node", "echo v18.19.0");
        var findings = await LookAsync();
        Assert.Equal((false, true), StateOf(findings, ".NET SDK"));
        Assert.Equal((false, false), StateOf(findings, "Node.js (dashboard)"));
        Assert.Equal((false, false), StateOf(findings, "Chromium (tests)"));
        Assert.All(findings.Where(finding => !finding.IsOk), finding => Assert.NotEmpty(finding.Cure));
    }

    [NeedsFact("sh")]
    public async Task A_program_that_says_nothing_is_not_taken_for_one()
    {
        Program("dotnet", "exit 1");
        Assert.Equal((false, true), StateOf(await LookAsync(), ".NET SDK"));
    }

    [Fact]
    public async Task A_port_or_a_directory_that_is_taken_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var held = DataDirectory.Open(Path.Combine(directory, "data"));
        var findings = await LookAsync(((IPEndPoint)listener.LocalEndpoint).Port);
        Assert.Equal((false, true), StateOf(findings, "port"));
        Assert.Equal((false, true), StateOf(findings, "data directory"));
    }

    [Fact]
    public async Task A_configuration_that_is_wrong_is_named_and_nothing_is_made()
    {
        var file = Path.Combine(directory, "aitbc.json");
        await File.WriteAllTextAsync(file, """{ "prot": 1 }""");
        var ended = await InProcess.RunAsync(
            "doctor", "--config", file, "--data", Path.Combine(directory, "data"), "--json");
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("not_ready", ended.Error, StringComparison.Ordinal);
        using var report = JsonDocument.Parse(ended.Out);
        Assert.False(report.RootElement.GetProperty("ready").GetBoolean());
        Assert.Contains("did you mean port?", ended.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(directory, "data")));
    }

    private static (bool IsOk, bool IsNeeded) StateOf(IReadOnlyList<Finding> findings, string what)
    {
        var found = findings.Single(finding => finding.What == what);
        return (found.IsOk, found.IsNeeded);
    }

    private Task<IReadOnlyList<Finding>> LookAsync(int port = 0) => Checkup.RunAsync(
        new ConfigSources(
            null,
            new Dictionary<string, string> { ["PATH"] = directory },
            new Dictionary<NodeSetting, string>
            {
                [NodeSettings.Data] = Path.Combine(directory, "data"),
                [NodeSettings.Port] = $"{port}",
            }),
        CancellationToken.None);

    private void Program(string name, string script)
    {
        var file = Path.Combine(directory, name);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
