using System.Text.Json;
using Aitbc.Cli.Output;

namespace Aitbc.Cli.Tests;

[Collection(DemoDirectoryTests.Name)]
public sealed class ReceiptCommandTests(DemoDirectory demo)
{
    private string Receipt => Directory.GetFiles(Path.Combine(demo.Data, "receipts")).Order().First();

    [Fact]
    public async Task Verify_OfAGoodReceipt_SaysWhatItProvesAndWhatNot()
    {
        Ended people = await InProcess.RunAsync("receipt", "verify", Receipt);
        Ended machines = await InProcess.RunAsync("receipt", "verify", Receipt, "--json");

        Assert.Equal((0, ""), (people.ExitCode, people.Error));
        foreach (string said in (string[])["Proven:", "Not proven:", "The receipt holds."])
        {
            Assert.Contains(said, people.Out, StringComparison.Ordinal);
        }

        Assert.Equal((0, ""), (machines.ExitCode, machines.Error));
        JsonElement facts = JsonDocument.Parse(machines.Out).RootElement;
        Assert.True(facts.GetProperty("ok").GetBoolean());
        Assert.True(facts.GetProperty("providerSigned").GetBoolean());
        Assert.Equal(Path.GetFileNameWithoutExtension(Receipt), facts.GetProperty("workload").GetString());
    }

    [Fact]
    public async Task Verify_WithANodeKey_TakesOnlyThatNode()
    {
        Ended plain = await InProcess.RunAsync("receipt", "verify", Receipt, "--json");
        string key = JsonDocument.Parse(plain.Out).RootElement.GetProperty("nodeKey").GetString()!;
        Ended right = await InProcess.RunAsync("receipt", "verify", Receipt, "--node-key", key, "--json");
        Ended wrong = await InProcess.RunAsync(
            "receipt", "verify", Receipt, "--node-key", "Ps03qxv0mQ4b9zxGk1tQ2nq8b0dJm3lZ5c7Xv9aHf0E", "--json");
        Ended noKey = await InProcess.RunAsync("receipt", "verify", Receipt, "--node-key", "abc");

        Assert.True(JsonDocument.Parse(right.Out).RootElement.GetProperty("nodeKeyPinned").GetBoolean());
        Assert.Equal((ExitCode.Failed, ""), (wrong.ExitCode, wrong.Out));
        Assert.Contains(key, CommandLineTests.AssertProblem("receipt_other_node", wrong.Error));
        Assert.Equal((ExitCode.Usage, ""), (noKey.ExitCode, noKey.Out));
    }

    [Theory]
    [InlineData("\"paid\": \"", "receipt_field_mismatch")]
    [InlineData("\"result\": \"", "receipt_field_mismatch")]
    [InlineData("\"previous\": \"", "receipt_wrong_root")]
    [InlineData("\"signature\": \"", "receipt_wrong_proof")]
    [InlineData("{", "receipt_malformed")]
    public async Task Verify_OfAChangedReceipt_IsRefusedByNameWithOneSentence(string before, string code)
    {
        string text = await File.ReadAllTextAsync(Receipt);
        int at = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        char other = text[at] == '2' ? '3' : '2';
        string file = demo.Fresh();
        await File.WriteAllTextAsync(file, $"{text[..at]}{other}{text[(at + 1)..]}");

        Ended ended = await InProcess.RunAsync("receipt", "verify", file, "--json");

        Assert.Equal((ExitCode.Failed, ""), (ended.ExitCode, ended.Out));
        string said = CommandLineTests.AssertProblem(code, ended.Error);
        Assert.StartsWith($"{file} is refused: ", said, StringComparison.Ordinal);
        Assert.EndsWith(".", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    public async Task Verify_OfNoReceipt_SaysSo(string content)
    {
        string file = demo.Fresh();
        await File.WriteAllTextAsync(file, content);

        Ended ended = await InProcess.RunAsync("receipt", "verify", file);

        Assert.Equal((ExitCode.Failed, ""), (ended.ExitCode, ended.Out));
        Assert.StartsWith(
            $"aitbc: {file} is refused: This is no receipt", Assert.Single(CommandLineTests.Lines(ended.Error)));
    }

    [Fact]
    public async Task Verify_OfAMissingFile_SaysWhatToDo()
    {
        string file = demo.Fresh();
        string said = InProcess.AssertRefused(await InProcess.RunAsync("receipt", "verify", file));
        Assert.Equal($"aitbc: There is no file {file}: name a receipt.", said);
    }
}
