using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Aitbc.Cli.Output;

/// <summary>Where a process writes, and whether a person watches. Immutable; the writers are the caller's.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Errors and progress.</param>
/// <param name="OutIsRich">Results may carry colours and cursor movements.</param>
/// <param name="ErrorIsRich">The same for errors and progress.</param>
/// <param name="PlainWidth">Where a table folds when output is not rich, in characters.</param>
/// <param name="Trace">An unexpected failure shows where it arose (environment variable AITBC_TRACE=1).</param>
public sealed record Terminal(
    TextWriter Out, TextWriter Error, bool OutIsRich, bool ErrorIsRich, int PlainWidth, bool Trace)
{
    /// <summary>Opens a person's answers, once one is asked for: the runtime sends a terminal escape codes when it
    /// does. Null where nobody is there to give any.</summary>
    public Func<TextReader>? In { get; init; }

    private const nint StandardOutput = 1;
    private const nint StandardError = 2;

    // A redirected table has no edge of a screen to fold at; wide enough for an identifier of 43 characters a column.
    private const int RedirectedWidth = 200;

    // Asking a terminal for its width sends it escape codes first, so one that wants none gets what the VT100 had.
    private const int PlainTerminalWidth = 80;

    /// <summary>The streams of this process, by its environment.</summary>
    /// <returns>A terminal without ANSI codes where output is redirected, dumb, or NO_COLOR is set.</returns>
    public static Terminal OfThisProcess()
    {
        bool allowed = AllowsAnsi(
            Environment.GetEnvironmentVariable("NO_COLOR"), Environment.GetEnvironmentVariable("TERM"));
        bool outIsRich = allowed && !Console.IsOutputRedirected;
        bool errorIsRich = allowed && !Console.IsErrorRedirected;
        return new Terminal(
            outIsRich ? Console.Out : Plain(Console.IsOutputRedirected, Console.OpenStandardOutput, StandardOutput),
            errorIsRich ? Console.Error : Plain(Console.IsErrorRedirected, Console.OpenStandardError, StandardError),
            outIsRich,
            errorIsRich,
            Console.IsOutputRedirected ? RedirectedWidth : PlainTerminalWidth,
            Environment.GetEnvironmentVariable("AITBC_TRACE") == "1")
        {
            In = Console.IsInputRedirected ? null : () => Console.In,
        };
    }

    /// <summary>Whether the environment allows ANSI codes at all.</summary>
    /// <param name="noColor">The value of NO_COLOR; any text that is not empty forbids. Source: no-color.org.</param>
    /// <param name="term">The value of TERM; <c>dumb</c> forbids.</param>
    /// <returns>True when neither forbids.</returns>
    public static bool AllowsAnsi(string? noColor, string? term) => string.IsNullOrEmpty(noColor) && term != "dumb";

    // The runtime's own console streams send a terminal escape codes before the first character, whatever NO_COLOR
    // says; the bare descriptor does not. A redirected file needs the runtime's stream: the bare one would write at a
    // position of its own, over what others wrote.
    private static StreamWriter Plain(bool redirected, Func<Stream> open, nint descriptor)
    {
        Stream stream = redirected || OperatingSystem.IsWindows()
            ? open()
            : new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
    }
}
