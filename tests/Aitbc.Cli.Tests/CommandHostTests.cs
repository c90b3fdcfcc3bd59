using System.Globalization;
using System.Text.Json;
using Aitbc.Cli.Output;

namespace Aitbc.Cli.Tests;

/// <summary>The boundary of the process, in a real process: failures, signals, streams.</summary>
public sealed class CommandHostTests
{
    [Theory]
    [InlineData("fails", "data_missing", "There is no data here: name a directory.")]
    [InlineData("reads-nothing", "not_found", "Could not find file 'x.csv': check the path and run this again.")]
    [InlineData(
        "is-denied",
        "access_denied",
        "Access to the path '/x' is denied: give this user access or name another place.")]
    public async Task KnownFailure_IsOneSentenceOnStderr(string command, string code, string sentence)
    {
        Ended people = await RunAsync([command]);
        Ended machines = await RunAsync([command, "--json"]);

        Assert.Equal((ExitCode.Failed, ""), (people.ExitCode, people.Out));
        Assert.Equal($"aitbc: {sentence}", people.Error.TrimEnd());
        Assert.Equal((ExitCode.Failed, ""), (machines.ExitCode, machines.Out));
        Assert.Equal(sentence, CommandLineTests.AssertProblem(code, machines.Error));
    }

    [Theory]
    [InlineData("crashes")]
    [InlineData("cancels-itself")]
    public async Task UnexpectedFailure_IsOneSentenceWithoutAStack(string command)
    {
        Ended ended = await RunAsync([command]);

        Assert.Equal((ExitCode.Failed, ""), (ended.ExitCode, ended.Out));
        string line = Assert.Single(CommandLineTests.Lines(ended.Error));
        Assert.StartsWith("aitbc: This is a defect in aitbc", line);
        Assert.Contains("AITBC_TRACE=1", line);
    }

    [Fact]
    public async Task UnexpectedFailure_WithTrace_ShowsWhereItArose()
    {
        Ended ended = await RunAsync(["crashes"], new Dictionary<string, string?> { ["AITBC_TRACE"] = "1" });

        Assert.Contains("   at Aitbc.Cli.Tests.TestProgram", ended.Error);
    }

    [Theory]
    [InlineData("group", "'aitbc group' needs a command (counts): run 'aitbc group --help' for examples.")]
    [InlineData(
        "group cuonts",
        "'cuonts' is not a command of 'aitbc group': did you mean 'counts'? "
        + "Run 'aitbc group --help' for what there is.")]
    [InlineData(
        "group counts", "Option '--up-to' is required: run 'aitbc group counts --help' for an example.")]
    [InlineData(
        "group counts --up-to many",
        "'many' is not a whole number in range for '--up-to': run 'aitbc group counts --help' for an example.")]
    [InlineData(
        "group counts --up-to 1 --from -1",
        "'-1' is not a whole number from 0 up in range for '--from': "
        + "run 'aitbc group counts --help' for an example.")]
    [InlineData(
        "group counts --up-to",
        "Required argument missing for option: '--up-to': run 'aitbc group counts --help' for an example.")]
    public async Task UsageError_OfAnyKind_SaysWhatToDo(string line, string sentence)
    {
        Ended ended = await RunAsync(line.Split(' '));

        Assert.Equal((ExitCode.Usage, ""), (ended.ExitCode, ended.Out));
        Assert.Equal($"aitbc: {sentence}", ended.Error.TrimEnd());
    }

    [Fact]
    public async Task Help_OfAGroup_ShowsTheExamplesOfItsCommands()
    {
        Ended ended = await RunAsync(["group", "--help"]);

        Assert.EndsWith("  aitbc group counts --up-to 3", ended.Out.TrimEnd());
    }

    [NeedsFact("kill")]
    public async Task Ctrl_C_stops_a_command_with_code_130()
    {
        Ended ended = await StopAsync("waits", "-INT");

        Assert.Equal(ExitCode.Interrupted, ended.ExitCode);
        Assert.StartsWith("aitbc: Stopped", Assert.Single(CommandLineTests.Lines(ended.Error)));
    }

    [NeedsFact("kill")]
    public async Task A_request_to_end_stops_a_command_with_code_143()
    {
        Ended ended = await StopAsync("waits", "-TERM");

        Assert.Equal(ExitCode.Terminated, ended.ExitCode);
    }

    [NeedsFact("kill")]
    public async Task A_stopped_command_that_ends_well_still_is_not_a_success()
    {
        Ended ended = await StopAsync("waits-and-is-content", "-INT");

        Assert.Equal((ExitCode.Interrupted, ""), (ended.ExitCode, ended.Error));
    }

    [NeedsFact("kill")]
    public async Task A_second_signal_ends_a_command_that_ignores_the_first()
    {
        Ended ended = await StopAsync("ignores-signals", "-INT", "-TERM");

        // Ended by a signal itself, whose number is added to 128; which of the two is handled first is chance.
        Assert.Contains(ended.ExitCode, (int[])[ExitCode.Interrupted, ExitCode.Terminated]);
    }

    [Fact]
    public async Task Result_ForPeople_IsPlainTextWithoutEscapeCodes()
    {
        Ended ended = await RunAsync(["says"]);

        Assert.Equal((ExitCode.Ok, ""), (ended.ExitCode, ended.Error));
        Assert.DoesNotContain('\u001b', ended.Out);
        foreach (string said in (string[])["a [line] for people", "a [title]", "a [heading]", "a [cell]"])
        {
            Assert.Contains(said, ended.Out);
        }
    }

    [Fact]
    public async Task Result_ForMachines_IsExactlyOneObject()
    {
        Ended ended = await RunAsync(["says", "--json"]);

        Assert.Equal((ExitCode.Ok, ""), (ended.ExitCode, ended.Error));
        using JsonDocument json = JsonDocument.Parse(Assert.Single(CommandLineTests.Lines(ended.Out)));
        Assert.Equal(42, json.RootElement.GetProperty("theAnswer").GetInt32());
        Assert.Equal(
            UInt128.MaxValue.ToString(CultureInfo.InvariantCulture),
            json.RootElement.GetProperty("largest").GetString());
        Assert.Equal(
            Int128.MinValue.ToString(CultureInfo.InvariantCulture),
            json.RootElement.GetProperty("least").GetString());
    }

    [NeedsFact("script")]
    public async Task At_a_terminal_a_person_sees_progress()
    {
        Ended ended = await AtTerminalAsync("says", new() { ["NO_COLOR"] = null, ["TERM"] = "xterm-256color" });

        Assert.Contains('\u001b', ended.Out);
        Assert.Contains("counting", ended.Out);
    }

    [NeedsFact("script")]
    public async Task At_a_terminal_NO_COLOR_means_not_one_escape_code()
    {
        foreach (string command in (string[])["says", "says --json", "--help", "--version", "fails"])
        {
            Ended ended = await AtTerminalAsync(command, new() { ["NO_COLOR"] = "1", ["TERM"] = "xterm-256color" });

            Assert.NotEqual("", ended.Out);
            Assert.DoesNotContain('\u001b', ended.Out);
        }
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("", "xterm", true)]
    [InlineData("1", "xterm", false)]
    [InlineData("0", null, false)]
    [InlineData(null, "dumb", false)]
    public void AllowsAnsi_ByEnvironment_FollowsTheConvention(string? noColor, string? term, bool allowed) =>
        Assert.Equal(allowed, Terminal.AllowsAnsi(noColor, term));

    [Fact]
    public void Table_WithAMissingCell_IsRefused()
    {
        var terminal = new Terminal(new StringWriter(), new StringWriter(), false, false, 80, false);

        Assert.Throws<ArgumentException>(
            () => new CommandOutput(terminal, isJson: false).Table(["one", "two"], [["only one"]]));
    }

    private static Task<Ended> RunAsync(string[] arguments, Dictionary<string, string?>? environment = null) =>
        ChildProcess.RunAsync(Executables.TestProgram, arguments, environment);

    // `script` gives its child a terminal of its own, and us what appeared on it.
    private static Task<Ended> AtTerminalAsync(string command, Dictionary<string, string?> environment) =>
        ChildProcess.RunAsync(
            "script", ["-qec", $"'{Executables.TestProgram}' {command}", "/dev/null"], environment);

    private static async Task<Ended> StopAsync(string command, params string[] signals)
    {
        // A shell's background job ignores Ctrl-C and so does what it starts; env gives the child a plain start again.
        using ChildProcess child = ChildProcess.Start(
            "env", ["--default-signal=INT,TERM", Executables.TestProgram, command]);
        Assert.Equal("ready", await child.ReadLineAsync());
        foreach (string signal in signals)
        {
            Ended sent = await ChildProcess.RunAsync(
                "kill", [signal, child.Id.ToString(CultureInfo.InvariantCulture)]);
            Assert.Equal((0, ""), (sent.ExitCode, sent.Error));
        }

        return await child.EndAsync();
    }
}
