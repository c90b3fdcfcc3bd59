using System.Globalization;
using System.Text.Json;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Testing;

namespace Aitbc.Cli.Tests;

[Collection(DemoDirectoryTests.Name)]
public sealed class ExplainCommandTests(DemoDirectory demo)
{
    private long Entries => demo.Report.GetProperty("entries").GetInt64();

    [Fact]
    public async Task Explain_OfEveryEntryOfTheDemo_IsPlainForPeopleAndOneObjectForMachines()
    {
        var faults = new List<string>();
        for (long seq = 1; seq <= Entries; seq++)
        {
            Ended people = await ExplainAsync(seq);
            Ended machines = await ExplainAsync(seq, "--json");
            Assert.Equal((0, "", 0, ""), (people.ExitCode, people.Error, machines.ExitCode, machines.Error));
            string[] lines = CommandLineTests.Lines(people.Out);
            Assert.StartsWith($"Entry {seq} of ", lines[0]);
            Assert.Contains(lines, line => line.StartsWith("  block    ", StringComparison.Ordinal));
            faults.AddRange(lines.Select(line => PlainLine.FaultOf(Words(line))).OfType<string>().Select(
                fault => $"entry {seq}: {fault}"));
            JsonElement json = JsonDocument.Parse(machines.Out).RootElement;
            Assert.Equal(seq, json.GetProperty("seq").GetInt64());
            Assert.NotEqual(0, json.GetProperty("asked").GetArrayLength());
            Assert.Equal(JsonValueKind.Object, json.GetProperty("block").ValueKind);
        }

        Assert.True(faults.Count == 0, string.Join("\n", faults.Take(20)));
    }

    [Fact]
    public async Task Explain_OfNoEntry_NamesTheLast()
    {
        string said = InProcess.AssertRefused(await ExplainAsync(Entries + 1));
        Assert.Contains($"the last one is {Entries}", said, StringComparison.Ordinal);
        Ended machines = await ExplainAsync(Entries + 1, "--json");
        CommandLineTests.AssertProblem("no_entry", machines.Error);
    }

    [Theory]
    [InlineData("many", "'many' is not a whole number")]
    [InlineData("0", "entries are counted from 1")]
    [InlineData("-3", "")]
    [InlineData("99999999999999999999", "is not a whole number")]
    public async Task Explain_OfNoNumber_IsAUsageError(string seq, string words)
    {
        Ended ended = await InProcess.RunAsync("explain", seq, "--data", demo.Data);

        string said = InProcess.AssertRefused(ended, ExitCode.Usage);
        Assert.Contains(words, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_OfADirectoryInUse_Works()
    {
        using ChainDirectory held = ChainDirectory.Open(demo.Data);

        Assert.Equal(0, (await ExplainAsync(1)).ExitCode);
    }

    [Fact]
    public async Task Explain_WhereThereIsNoChain_SaysWhatToDoAndMakesNothing()
    {
        string nowhere = demo.Fresh();
        string said = InProcess.AssertRefused(await InProcess.RunAsync("explain", "1", "--data", nowhere));
        Assert.Contains("There is no chain in", said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(nowhere));
    }

    private Task<Ended> ExplainAsync(long seq, params string[] more) => InProcess.RunAsync(
        ["explain", seq.ToString(CultureInfo.InvariantCulture), "--data", demo.Data, .. more]);

    /// <summary>A line without the column that names what it says.</summary>
    private static string Words(string line) => line.StartsWith("  ", StringComparison.Ordinal) && line.Length > 11
        ? line[(line.StartsWith("    ", StringComparison.Ordinal) ? 4 : 11)..].Trim()
        : line.Trim();
}
