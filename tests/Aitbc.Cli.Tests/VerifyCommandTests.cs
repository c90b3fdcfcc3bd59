using System.Text.Json;
using Aitbc.Cli.Output;

namespace Aitbc.Cli.Tests;

/// <summary><c>aitbc verify</c> on the directory of a demonstration.</summary>
[Collection(DemoDirectoryTests.Name)]
public sealed class VerifyCommandTests(DemoDirectory demo)
{
    [Fact]
    public async Task Verify_OfTheDemo_CountsWhatTheDemoCounted()
    {
        JsonElement verified = await VerifyAsync(demo.Data);

        foreach (string name in (string[])["entries", "blocks", "receipts"])
        {
            Assert.Equal(demo.Report.GetProperty(name).GetInt64(), verified.GetProperty(name).GetInt64());
        }

        Assert.Equal(demo.Report.GetProperty("settled").GetInt64(), verified.GetProperty("settled").GetInt64());
        Assert.Equal(
            Directory.GetFiles(Path.Combine(demo.Data, "receipts"), "*.json").Length,
            verified.GetProperty("receipts").GetInt32());
        Assert.Equal(
            Directory.GetFiles(Path.Combine(demo.Data, "blobs"), "*", SearchOption.AllDirectories).Length,
            verified.GetProperty("blobs").GetInt32());
        Assert.True(verified.GetProperty("signatures").GetInt64() > 0);
        Assert.Empty(verified.GetProperty("problems").EnumerateArray());
        Assert.Empty(verified.GetProperty("notices").EnumerateArray());
    }

    [Fact]
    public async Task Verify_WithAByteFlippedInEveryKindOfFile_FailsAndNamesThePlace()
    {
        var kinds = Directory.GetFiles(demo.Data, "*", SearchOption.AllDirectories)
            .Where(file => new FileInfo(file).Length > 0)
            .GroupBy(KindOf)
            .ToDictionary(group => group.Key, group => group.Order(StringComparer.Ordinal).First());
        string[] expected =
        [
            "genesis.json", "receipts.sealed", "journal/*.seg", "snapshots/*", "blobs/*", "keys/*.key", "keys/*.sealed",
            "receipts/*.json", "world/*.sealed", "audit/*.log", "verdicts/*.log", "monitor.sealed",
        ];
        Assert.Empty(expected.Except(kinds.Keys));
        var missed = new List<string>();
        foreach ((string kind, string file) in kinds)
        {
            long length = new FileInfo(file).Length;
            foreach (long offset in (long[])[0, Math.Min(700, length / 2), length - 1])
            {
                Ended ended = await VerifyFlippedAsync(file, offset);
                string name = Path.GetRelativePath(demo.Data, file).Replace('\\', '/');
                bool isNamed = ended.Error.Contains(name, StringComparison.Ordinal)
                    || (kind.StartsWith("journal", StringComparison.Ordinal)
                        && ended.Error.Contains(": entry ", StringComparison.Ordinal));
                if (ended.ExitCode != ExitCode.Failed || !isNamed)
                {
                    missed.Add($"{kind} at {offset}: {ended.ExitCode} {ended.Error}");
                    continue;
                }

                InProcess.AssertSentence(ended);
            }
        }

        Assert.True(missed.Count == 0, string.Join("\n", missed));
        await VerifyAsync(demo.Data);
    }

    [Fact]
    public async Task Verify_WithAFileThatIsMissingOrTooMany_FailsAndNamesIt()
    {
        string copy = demo.Copy();
        string blob = Directory.GetFiles(Path.Combine(copy, "blobs"), "*", SearchOption.AllDirectories)[0];
        File.Delete(blob);
        await File.WriteAllTextAsync(Path.Combine(copy, "notes.txt"), "mine");
        await File.WriteAllTextAsync(Path.Combine(copy, "receipts", "w99.json"), "{}");

        Ended ended = await InProcess.RunAsync("verify", "--data", copy, "--json");

        Assert.Equal(ExitCode.Failed, ended.ExitCode);
        string[] places = [.. JsonDocument.Parse(ended.Out).RootElement.GetProperty("problems").EnumerateArray()
            .Select(problem => problem.GetProperty("where").GetString()!)];
        Assert.Equal([$"blob {Path.GetFileName(blob)}", "notes.txt", "receipts/w99.json"], places.Order());
    }

    [Fact]
    public async Task Verify_WithWhatACrashLeaves_SaysSoAndChangesNothing()
    {
        string copy = demo.Copy();
        string[] leftovers =
        [
            "blobs/7.writing", "genesis.json.writing", "keys/beacon.sealed.writing", "keys/abc.key.00112233.tmp",
            "receipts/w1.json.writing", "receipts.sealed.writing", "snapshots/00000000000000000009.snap.writing",
            "world/state.sealed.writing",
        ];
        foreach (string name in leftovers)
        {
            await File.WriteAllTextAsync(Path.Combine(copy, name), "half");
        }

        JsonElement report = await VerifyAsync(copy);

        Assert.Equal(
            leftovers.Order(StringComparer.Ordinal),
            report.GetProperty("notices").EnumerateArray()
                .Select(notice => notice.GetProperty("where").GetString()!.Split(',')[0])
                .Order(StringComparer.Ordinal));
        Assert.All(leftovers, name => Assert.True(File.Exists(Path.Combine(copy, name)), name));

        // And they are in nobody's way.
        Ended goesOn = await InProcess.RunAsync("demo", "--settle", "1", "--data", copy, "--json");
        Assert.True(goesOn.ExitCode == 0, goesOn.Error);
        await VerifyAsync(copy);
    }

    [Fact]
    public async Task Verify_AgainstAKeptHead_FindsItOrSaysThatItIsGone()
    {
        JsonElement report = await VerifyAsync(demo.Data);
        string heads = demo.Fresh();
        await File.WriteAllTextAsync(heads, report.GetProperty("lastBlock").GetString() + "\n");
        JsonElement kept = await VerifyAsync(
            demo.Data, "--heads", heads, "--receipts", Path.Combine(demo.Data, "receipts"));
        Assert.Equal(1 + (2 * report.GetProperty("receipts").GetInt32()), kept.GetProperty("kept").GetInt32());

        await File.AppendAllTextAsync(heads, "nonsense\n");
        Ended ended = await InProcess.RunAsync("verify", "--data", demo.Data, "--heads", heads);
        Assert.Equal(ExitCode.Failed, ended.ExitCode);
        Assert.Contains($"{heads}, line 2", InProcess.AssertSentence(ended), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--heads")]
    [InlineData("--receipts")]
    public async Task Verify_AgainstNothing_IsRefused(string option) =>
        InProcess.AssertRefused(await InProcess.RunAsync("verify", "--data", demo.Data, option, demo.Fresh()));

    [Fact]
    public async Task Verify_WhereThereIsNoChain_SaysWhatToDoAndMakesNothing()
    {
        string nowhere = demo.Fresh();
        InProcess.AssertRefused(await InProcess.RunAsync("verify", "--data", nowhere));
        Assert.False(Directory.Exists(nowhere));
    }

    private static async Task<JsonElement> VerifyAsync(string data, params string[] more)
    {
        Ended ended = await InProcess.RunAsync(["verify", "--data", data, "--json", .. more]);
        Assert.True(ended.ExitCode == 0, ended.Error);
        return JsonDocument.Parse(ended.Out).RootElement;
    }

    private async Task<Ended> VerifyFlippedAsync(string file, long offset)
    {
        Flip(file, offset);
        try
        {
            return await InProcess.RunAsync("verify", "--data", demo.Data);
        }
        finally
        {
            Flip(file, offset);
        }
    }

    private static void Flip(string file, long offset)
    {
        using FileStream stream = File.Open(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Position = offset;
        int value = stream.ReadByte();
        stream.Position = offset;
        stream.WriteByte((byte)(value ^ 1));
    }

    private string KindOf(string file)
    {
        string[] parts = Path.GetRelativePath(demo.Data, file).Replace('\\', '/').Split('/');
        return parts[0] switch
        {
            _ when parts.Length == 1 => parts[0],
            "blobs" or "snapshots" => $"{parts[0]}/*",
            _ => $"{parts[0]}/*{Path.GetExtension(file)}",
        };
    }
}
