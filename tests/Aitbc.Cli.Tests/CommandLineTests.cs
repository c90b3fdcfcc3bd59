using System.CommandLine;
using System.Text.Json;
using Aitbc.Cli.Output;

namespace Aitbc.Cli.Tests;

/// <summary>The built command as a caller meets it: exit codes, streams, help, JSON.</summary>
public sealed class CommandLineTests
{
    public static TheoryData<string> CommandPaths()
    {
        var paths = new TheoryData<string>();
        foreach ((string path, _) in Commands(Program.CreateRoot(new OutputOptions()), ""))
        {
            paths.Add(path);
        }

        return paths;
    }

    [Fact]
    public async Task Version_AsText_IsOneLineOnStdout()
    {
        Ended ended = await Executables.RunAitbcAsync("--version");

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Matches(@"^aitbc \d+\.\d+\.\d+\r?\n$", ended.Out);
    }

    [Theory]
    [InlineData("--version", "--json")]
    [InlineData("--json", "--version")]
    [InlineData("version", "--json")]
    [InlineData("--json", "version")]
    public async Task Version_AsJson_IsOneObjectOnStdout(params string[] arguments)
    {
        Ended ended = await Executables.RunAitbcAsync(arguments);

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Single(Lines(ended.Out));
        using JsonDocument json = JsonDocument.Parse(ended.Out);
        Assert.Matches(@"^\d+\.\d+\.\d+$", json.RootElement.GetProperty("version").GetString());
    }

    [Theory]
    [MemberData(nameof(CommandPaths))]
    public async Task Help_OfEveryCommand_EndsWithAnExample(string path)
    {
        Ended ended = await Executables.RunAitbcAsync([.. Words(path), "--help"]);

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        string[] lines = Lines(ended.Out);
        int heading = Array.IndexOf(lines, "Examples:");
        Assert.True(heading >= 0, $"no examples in the help of 'aitbc {path}'");
        Assert.NotEmpty(lines[(heading + 1)..]);
        Assert.All(lines[(heading + 1)..], line => Assert.StartsWith("  aitbc ", line));
    }

    [Fact]
    public void Examples_OfEveryCommand_AreUnderstood()
    {
        RootCommand root = Program.CreateRoot(new OutputOptions());
        foreach ((string path, Command command) in Commands(root, ""))
        {
            if (command.Subcommands.Count > 0)
            {
                continue;
            }

            var examples = Assert.IsType<ExampleCommand>(command).Examples;
            foreach (string example in examples)
            {
                Assert.StartsWith($"aitbc {path}", example);
                Assert.Empty(root.Parse(Words(example)[1..]).Errors);
            }
        }
    }

    [Fact]
    public async Task UnknownCommand_IsAUsageErrorThatSuggests()
    {
        Ended ended = await Executables.RunAitbcAsync("vresion");

        Assert.Equal((ExitCode.Usage, ""), (ended.ExitCode, ended.Out));
        Assert.Equal(
            "aitbc: 'vresion' is not a command of 'aitbc': did you mean 'version'? "
            + "Run 'aitbc --help' for what there is.",
            Assert.Single(Lines(ended.Error)));
    }

    [Fact]
    public async Task UnknownOption_IsAUsageErrorThatSuggests()
    {
        Ended ended = await Executables.RunAitbcAsync("version", "--jsno");

        Assert.Equal((ExitCode.Usage, ""), (ended.ExitCode, ended.Out));
        Assert.Contains("did you mean '--json'?", Assert.Single(Lines(ended.Error)));
    }

    [Fact]
    public async Task UnknownWord_FarFromAnyCommand_IsNotGuessed()
    {
        Ended ended = await Executables.RunAitbcAsync("xyzzy");

        Assert.Equal(ExitCode.Usage, ended.ExitCode);
        Assert.DoesNotContain("did you mean", ended.Error);
    }

    [Theory]
    [InlineData("verify", "verify")]
    [InlineData("veriffy", "verify")]
    [InlineData("verfy", "verify")]
    [InlineData("versfy", "verify")]
    [InlineData("evrfiy", "verify")]
    [InlineData("benhc", "bench")]
    [InlineData("serving", null)]
    [InlineData("xy", null)]
    [InlineData("", null)]
    public void Nearest_WithinTwoEdits_IsFound(string typed, string? nearest) =>
        Assert.Equal(nearest, UsageSentence.Nearest(typed, ["go", "verify", "bench"]));

    [Theory]
    [InlineData("--json", "vresion")]
    [InlineData("vresion", "--json")]
    [InlineData("--json")]
    [InlineData("version", "--json", "--jsno")]
    [InlineData("version", "surplus", "--json")]
    public async Task UsageError_WithJson_IsOneObjectOnStderr(params string[] arguments)
    {
        Ended ended = await Executables.RunAitbcAsync(arguments);

        Assert.Equal((ExitCode.Usage, ""), (ended.ExitCode, ended.Out));
        AssertProblem("usage", ended.Error);
    }

    [Fact]
    public async Task NoCommand_NamesTheCommands()
    {
        Ended ended = await Executables.RunAitbcAsync();

        Assert.Equal((ExitCode.Usage, ""), (ended.ExitCode, ended.Out));
        Assert.Contains("version", Assert.Single(Lines(ended.Error)));
    }

    [Fact]
    public async Task ArgumentWithAt_IsNotAFileOfArguments()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "version");
            Ended ended = await Executables.RunAitbcAsync("@" + file);
            Assert.Equal(ExitCode.Usage, ended.ExitCode);
        }
        finally
        {
            File.Delete(file);
        }
    }

    internal static string[] Lines(string text) =>
        text.Split(["\r\n", "\n"], StringSplitOptions.RemoveEmptyEntries);

    internal static string AssertProblem(string code, string stderr)
    {
        using JsonDocument json = JsonDocument.Parse(Assert.Single(Lines(stderr)));
        Assert.Equal(["error", "message"], json.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal(code, json.RootElement.GetProperty("error").GetString());
        return json.RootElement.GetProperty("message").GetString()!;
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<(string Path, Command Command)> Commands(Command command, string path)
    {
        yield return (path, command);
        foreach (Command sub in command.Subcommands)
        {
            foreach ((string, Command) below in Commands(sub, $"{path} {sub.Name}".Trim()))
            {
                yield return below;
            }
        }
    }
}
