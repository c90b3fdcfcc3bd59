using System.Globalization;
using System.Text.Json;
using Aitbc.Cli.Demo;
using Aitbc.Cli.Output;

namespace Aitbc.Cli.Tests;

/// <summary>The demonstration as a person or a program meets it: a real process on real files.</summary>
public sealed class DemoCommandTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("aitbc-demo-").FullName;

    private string Data => Path.Combine(_root, "data");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Demo_InVirtualTime_SaysWhatHappenedInOneObjectAndGoesOn()
    {
        JsonElement first = await DemoAsync("--settle", "4", "--virtual", "--seed", "7");

        Assert.Equal(4, first.GetProperty("settled").GetInt32());
        Assert.InRange(first.GetProperty("accuracy").GetDouble(), 0.9, 1);
        Assert.True(first.GetProperty("supplyConserved").GetBoolean());
        JsonElement audit = first.GetProperty("audit");
        Assert.Equal(first.GetProperty("entries").GetInt64(), audit.GetProperty("entries").GetInt64());
        Assert.Equal(0, audit.GetProperty("findings").GetInt64());
        Assert.True(first.GetProperty("virtual").GetBoolean());
        Assert.False(first.GetProperty("resumed").GetBoolean());

        JsonElement second = await DemoAsync("--settle", "2");

        Assert.Equal(2, second.GetProperty("settled").GetInt32());
        Assert.True(second.GetProperty("resumed").GetBoolean());
        Assert.Equal(7, second.GetProperty("seed").GetInt32());
        Assert.True(second.GetProperty("entries").GetInt64() > first.GetProperty("entries").GetInt64());
        await VerifiesAsync(second);
    }

    [Theory]
    [InlineData("1,2,0\n3,4,0\n5,6,0\n", "--dataset")]
    [InlineData("hello\n", "--dataset")]
    [InlineData("", "--dataset")]
    [InlineData("arrived_at,num_prefill_tokens\n1,2\n", "--demand")]
    [InlineData("arrived_at,num_prefill_tokens,num_decode_tokens\n2,1,1\n1,1,1\n", "--demand")]
    [InlineData(null, "--dataset")]
    public async Task Demo_OnAFileOfNoUse_SaysWhyInOneSentenceAndMakesNothing(string? content, string option)
    {
        string file = Path.Combine(_root, "file.csv");
        if (content is not null)
        {
            await File.WriteAllTextAsync(file, content);
        }

        Ended ended = await Executables.RunAitbcAsync("demo", "--data", Data, option, file);

        Assert.Equal((1, ""), (ended.ExitCode, ended.Out));
        Assert.Matches("^aitbc: [^\n]+\\.\r?\n$", ended.Error);
        Assert.False(Directory.Exists(Data));
    }

    [Fact]
    public void Audit_ThatFindsSomething_IsNoSuccess()
    {
        var failure = Assert.Throws<CommandFailure>(() => DemoAudit.Of(9, 2, "Entry 1: it is wrong."));

        Assert.Equal("audit", failure.Code);
        Assert.Equal(
            "The auditor finds this run wrong in 2 places; the first: Entry 1: it is wrong.", failure.Message);
        Assert.Equal(new DemoAudit(9, 0), DemoAudit.Of(9, 0, null));
    }

    [NeedsFact("kill")]
    public async Task Demo_Interrupted_StopsCleanlyAndGoesOn()
    {
        (int code, string error) = await EndAfterFirstPaymentAsync("-INT");

        Assert.Equal(130, code);
        Assert.Contains("run it again to go on", error, StringComparison.Ordinal);
        await VerifiesAsync(await DemoAsync("--settle", "2"));
    }

    [NeedsFact("kill")]
    public async Task Demo_Killed_LosesNothingAndGoesOn()
    {
        await EndAfterFirstPaymentAsync("-KILL");

        JsonElement report = await DemoAsync("--settle", "2");

        Assert.True(report.GetProperty("resumed").GetBoolean());
        Assert.True(report.GetProperty("supplyConserved").GetBoolean());
        await VerifiesAsync(report);
    }

    private async Task<(int Code, string Error)> EndAfterFirstPaymentAsync(string signal)
    {
        using ChildProcess child = ChildProcess.Start(
            Executables.Aitbc, ["demo", "--settle", "1000", "--data", Data, "--speed", "10"]);
        string? line;
        do
        {
            line = await child.ReadLineAsync();
        }
        while (line is not null && !line.Contains("is paid", StringComparison.Ordinal));

        Assert.NotNull(line);
        await ChildProcess.RunAsync("kill", [signal, child.Id.ToString(CultureInfo.InvariantCulture)]);
        Ended ended = await child.EndAsync();
        return (ended.ExitCode, ended.Error);
    }

    private async Task<JsonElement> DemoAsync(params string[] options)
    {
        Ended ended = await Executables.RunAitbcAsync(["demo", "--data", Data, "--json", .. options]);
        Assert.True(ended.ExitCode == 0, ended.Error);
        return JsonDocument.Parse(ended.Out).RootElement;
    }

    private async Task VerifiesAsync(JsonElement report)
    {
        Ended ended = await Executables.RunAitbcAsync("verify", "--data", Data, "--json");
        Assert.True(ended.ExitCode == 0, ended.Error);
        JsonElement verified = JsonDocument.Parse(ended.Out).RootElement;
        foreach (string name in new[] { "entries", "blocks", "receipts" })
        {
            Assert.Equal(report.GetProperty(name).GetInt64(), verified.GetProperty(name).GetInt64());
        }
    }
}
