using System.Text.Json;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Ledger;

namespace Aitbc.Cli.Tests;

/// <summary><c>aitbc backup</c> and <c>aitbc restore</c>.</summary>
[Collection(DemoDirectoryTests.Name)]
public sealed class BackupCommandTests(DemoDirectory demo)
{
    [Fact]
    public async Task Backup_Restored_VerifiesAsTheOriginalAndBeginsAVisibleTerm()
    {
        (string backup, string restored) = (demo.Fresh(), demo.Fresh());
        JsonElement made = await DoAsync("backup", "--data", demo.Data, "--to", backup);
        JsonElement laid = await DoAsync("restore", "--from", backup, "--data", restored);
        Assert.Equal(made.GetProperty("files").GetInt32(), laid.GetProperty("files").GetInt32());
        Assert.Equal(made.GetProperty("bytes").GetInt64(), laid.GetProperty("bytes").GetInt64());

        JsonElement original = await DoAsync("verify", "--data", demo.Data);
        JsonElement verified = await DoAsync("verify", "--data", restored);
        foreach (string name in (string[])["entries", "blocks", "receipts", "blobs", "stateHash", "head", "lastBlock"])
        {
            Assert.Equal(original.GetProperty(name).ToString(), verified.GetProperty(name).ToString());
        }

        await DoAsync("demo", "--settle", "1", "--data", restored);
        long next = original.GetProperty("entries").GetInt64() + 1;
        JsonElement began = await DoAsync("explain", $"{next}", "--data", restored);
        Assert.Equal(2, began.GetProperty("term").GetInt32());
        Assert.Equal("termBegan", began.GetProperty("asked")[0].GetProperty("type").GetString());

        // What the original signed is still all there, and the other way round it is not.
        await DoAsync("verify", "--data", restored, "--receipts", Path.Combine(demo.Data, "receipts"));
        Ended less = await InProcess.RunAsync(
            "verify", "--data", demo.Data, "--receipts", Path.Combine(restored, "receipts"));
        Assert.Equal(ExitCode.Failed, less.ExitCode);
        Assert.Contains("what came after was left out", InProcess.AssertSentence(less), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Targets_ThatAreNotEmpty_AreRefusedAndLeftAlone()
    {
        (string backup, string full) = (demo.Fresh(), demo.Fresh());
        Directory.CreateDirectory(full);
        await File.WriteAllTextAsync(Path.Combine(full, "mine"), "mine");
        await DoAsync("backup", "--data", demo.Data, "--to", backup);

        Ended[] refused =
        [
            await InProcess.RunAsync("backup", "--data", demo.Data, "--to", full),
            await InProcess.RunAsync("restore", "--from", backup, "--data", full),
            await InProcess.RunAsync("restore", "--from", backup, "--data", demo.Data),
        ];

        Assert.All(refused, ended => Assert.Contains("is not empty", InProcess.AssertRefused(ended)));
        Assert.Equal("mine", Path.GetFileName(Assert.Single(Directory.GetFileSystemEntries(full))));
    }

    [Fact]
    public async Task Backup_OfADirectoryInUse_IsRefusedAndMakesNothing()
    {
        string backup = demo.Fresh();
        using ChainDirectory held = ChainDirectory.Open(demo.Data);

        string said = InProcess.AssertRefused(await InProcess.RunAsync("backup", "--data", demo.Data, "--to", backup));

        Assert.Contains("Another process uses", said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(backup));
        string verify = InProcess.AssertRefused(await InProcess.RunAsync("verify", "--data", demo.Data));
        Assert.Contains("Another process uses", verify, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_ToBackUpOrToRestore_IsSaid()
    {
        (string nowhere, string target, string empty) = (demo.Fresh(), demo.Fresh(), demo.Fresh());
        Directory.CreateDirectory(empty);

        InProcess.AssertRefused(await InProcess.RunAsync("backup", "--data", nowhere, "--to", target));
        InProcess.AssertRefused(await InProcess.RunAsync("restore", "--from", nowhere, "--data", target));
        InProcess.AssertRefused(await InProcess.RunAsync("restore", "--from", empty, "--data", target));
        InProcess.AssertRefused(await InProcess.RunAsync("backup", "--data", demo.Data, "--to", demo.Data + "/in"));
        Assert.False(Directory.Exists(nowhere));
    }

    [Fact]
    public async Task Restore_OfADamagedBackup_NamesThePlaceAndLaysOutNothing()
    {
        (string backup, string target) = (demo.Fresh(), demo.Fresh());
        await DoAsync("backup", "--data", demo.Data, "--to", backup);
        string file = Directory.GetFiles(Path.Combine(backup, "receipts"))[0];
        byte[] bytes = await File.ReadAllBytesAsync(file);
        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        string said = InProcess.AssertRefused(await InProcess.RunAsync("restore", "--from", backup, "--data", target));

        Assert.Contains($"receipts/{Path.GetFileName(file)}", said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(target) && Directory.GetFileSystemEntries(target).Length > 0);
    }

    private static async Task<JsonElement> DoAsync(params string[] arguments)
    {
        Ended ended = await InProcess.RunAsync([.. arguments, "--json"]);
        Assert.True(ended.ExitCode == 0, $"{string.Join(' ', arguments)}: {ended.Error}");
        return JsonDocument.Parse(ended.Out).RootElement;
    }
}
