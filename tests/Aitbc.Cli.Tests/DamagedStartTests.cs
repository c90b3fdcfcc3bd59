using System.CommandLine;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Storage;

namespace Aitbc.Cli.Tests;

/// <summary>Starting on what is damaged or full: one sentence that names it, and never "a defect".</summary>
[Collection(DemoDirectoryTests.Name)]
public sealed class DamagedStartTests(DemoDirectory demo)
{
    [Theory]
    [InlineData("genesis.json", 40)]
    [InlineData("keys/beacon.sealed", 40)]
    [InlineData("keys/*.key", 30)]
    [InlineData("world/state.sealed", 60)]
    [InlineData("audit/*.log", 30)]
    [InlineData("verdicts/*.log", 30)]
    [InlineData("journal/*.seg", 700)]
    public async Task Demo_OnADamagedFile_NamesItAndSaysWhatToDo(string pattern, int offset)
    {
        string copy = demo.Copy();
        foreach (string file in Directory.GetFiles(
            Path.Combine(copy, Path.GetDirectoryName(pattern)!), Path.GetFileName(pattern)))
        {
            byte[] bytes = await File.ReadAllBytesAsync(file);
            bytes[offset] ^= 1;
            await File.WriteAllBytesAsync(file, bytes);
        }

        string said = InProcess.AssertRefused(await DemoAsync(copy));

        Assert.Contains(Path.GetDirectoryName(pattern)!, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_OnADamagedSnapshot_SaysThatItWasPassedOverAndGoesOn()
    {
        string copy = demo.Copy();
        string snapshot = Assert.Single(Directory.GetFiles(Path.Combine(copy, "snapshots"), "*.snap"));
        byte[] bytes = await File.ReadAllBytesAsync(snapshot);
        bytes[60] ^= 1;
        await File.WriteAllBytesAsync(snapshot, bytes);

        Ended ended = await DemoAsync(copy);

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        string notice = Assert.Single(
            ended.Out.Split('\n'), static line => line.StartsWith("notice: ", StringComparison.Ordinal));
        Assert.StartsWith(
            $"notice: snapshots/{Path.GetFileName(snapshot)}, byte ", notice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_OnAKeyThatOthersMayRead_SaysSo()
    {
        string copy = demo.Copy();
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (string file in Directory.GetFiles(Path.Combine(copy, "keys"), "*.key"))
        {
            File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.OtherRead);
        }

        Assert.Contains("0600", InProcess.AssertRefused(await DemoAsync(copy)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quota_Exceeded_IsSaidWithWhatToDo()
    {
        string path = demo.Fresh();
        var output = new OutputOptions();
        var fill = new ExampleCommand("fill", "Fills a directory.", "aitbc fill");
        fill.SetAction((Func<ParseResult, int>)(_ =>
        {
            const int Quota = 1024 * 1024;
            using var data = DataDirectory.Open(path, new DataDirectoryOptions { MaxBytes = Quota });
            new BlobStore(data.Disk, new BlobStoreOptions()).Put(new byte[Quota + 1]);
            return ExitCode.Ok;
        }));
        using var result = new StringWriter();
        using var error = new StringWriter();

        int code = await CommandHost.RunAsync(
            new CommandTree("A test's commands.", output) { fill },
            output,
            ["fill"],
            new Terminal(result, error, false, false, 200, false));

        string said = InProcess.AssertRefused(new Ended(code, result.ToString(), error.ToString()));
        Assert.Contains("quota of 1048576 bytes", said, StringComparison.Ordinal);
        Assert.Contains("free some space", said, StringComparison.Ordinal);
    }

    private static Task<Ended> DemoAsync(string data) => InProcess.RunAsync("demo", "--settle", "1", "--data", data);
}
