using Aitbc.Cli.Output;

namespace Aitbc.Cli.Tests;

/// <summary>The command as a caller meets it, without the price of a process.</summary>
internal static class InProcess
{
    private const int Width = 200;

    public static Task<Ended> RunAsync(params string[] arguments) => AnswerAsync(null, arguments);

    /// <summary>The same before a person who types something.</summary>
    public static async Task<Ended> AnswerAsync(string? typed, params string[] arguments)
    {
        var output = new OutputOptions();
        using var result = new StringWriter();
        using var error = new StringWriter();
        int code = await CommandHost.RunAsync(
            Program.CreateRoot(output), output, arguments, new Terminal(result, error, false, false, Width, false)
            {
                In = typed is null ? null : () => new StringReader(typed),
            });
        return new Ended(code, result.ToString(), error.ToString());
    }

    /// <summary>That it failed with nothing but one sentence; the sentence.</summary>
    public static string AssertRefused(Ended ended, int code = ExitCode.Failed)
    {
        Assert.Equal((code, ""), (ended.ExitCode, ended.Out));
        return AssertSentence(ended);
    }

    /// <summary>That stderr holds one plain sentence, with what is wrong and, after it, what to do; the sentence.
    /// </summary>
    public static string AssertSentence(Ended ended)
    {
        string line = Assert.Single(CommandLineTests.Lines(ended.Error));
        Assert.Matches("^aitbc: [^\n]+\\.$", line);
        Assert.DoesNotContain("defect", line, StringComparison.Ordinal);
        Assert.Matches("(: |; |, so )[^:;]*(name|run|restore|stop|check|mend|keep|give|proves)", line);
        return line;
    }
}
