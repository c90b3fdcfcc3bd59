namespace Aitbc.Cli.Output;

/// <summary>
/// A command cannot go on, and this is what to tell the person: the host prints the sentence on stderr and ends with
/// <see cref="ExitCode.Failed"/>. For failures found deep inside; an action itself may return
/// <see cref="CommandOutput.Fail"/>.
/// </summary>
public sealed class CommandFailure : Exception
{
    /// <summary>Creates the failure.</summary>
    /// <param name="code">A stable name for programs, lower case with underscores, such as <c>data_missing</c>.</param>
    /// <param name="sentence">One plain sentence that says what is wrong and what to do.</param>
    /// <param name="cause">What led to it, if anything did; shown only under AITBC_TRACE=1.</param>
    public CommandFailure(string code, string sentence, Exception? cause = null)
        : base(sentence, cause) => Code = code;

    /// <summary>The stable name of the failure, such as <c>data_missing</c>.</summary>
    public string Code { get; }
}
