using System.Text;
using Spectre.Console;

namespace Aitbc.Cli.Output;

/// <summary>
/// What a command says: tables and progress to people, exactly one JSON object to machines, errors on stderr to both.
/// For one command's run; not thread-safe.
/// </summary>
public sealed class CommandOutput
{
    private readonly Terminal _terminal;
    private readonly Lazy<IAnsiConsole> _screen;
    private readonly Lazy<IAnsiConsole> _progress;

    /// <summary>Creates the writer of one run.</summary>
    /// <param name="terminal">Where to write.</param>
    /// <param name="isJson">True for machines.</param>
    public CommandOutput(Terminal terminal, bool isJson)
    {
        _terminal = terminal;
        IsJson = isJson;
        // Lazy, because a command without a table should not pay for loading the console library.
        _screen = new(() => CreateConsole(isJson ? TextWriter.Null : terminal.Out, !isJson && terminal.OutIsRich));
        _progress = new(() =>
            CreateConsole(isJson ? TextWriter.Null : terminal.Error, !isJson && terminal.ErrorIsRich));
    }

    /// <summary>True when the caller is a program (<c>--json</c>): nothing but one object goes to stdout.</summary>
    public bool IsJson { get; }

    /// <summary>True when <see cref="Screen"/> can redraw, so that a live display makes sense.</summary>
    public bool IsLive => !IsJson && _terminal.OutIsRich;

    /// <summary>The results' screen for displays of a command's own; swallows everything under <c>--json</c>.</summary>
    public IAnsiConsole Screen => _screen.Value;

    /// <summary>Says one line to people; silent under <c>--json</c>.</summary>
    /// <param name="text">Plain text; brackets mean nothing special.</param>
    public void Line(string text)
    {
        if (!IsJson)
        {
            _terminal.Out.WriteLine(text);
        }
    }

    /// <summary>Shows a table to people; silent under <c>--json</c>.</summary>
    /// <param name="columns">The headings.</param>
    /// <param name="rows">Plain text, as many cells a row as there are headings.</param>
    /// <param name="title">A line above the table; default none.</param>
    /// <exception cref="ArgumentException">A row has another number of cells than there are headings.</exception>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, string? title = null)
    {
        if (IsJson)
        {
            return;
        }

        var table = new Table().Border(TableBorder.Rounded);
        if (title is not null)
        {
            Line(title);
        }

        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column)));
        }

        foreach (IReadOnlyList<string> row in rows)
        {
            if (row.Count != columns.Count)
            {
                throw new ArgumentException(
                    $"A row has {row.Count} cells under {columns.Count} headings.", nameof(rows));
            }

            table.AddRow(row.Select(cell => new Text(cell)));
        }

        Screen.Write(table);
    }

    /// <summary>Gives the command's result, once, at its end.</summary>
    /// <typeparam name="T">A record; its names become camelCase.</typeparam>
    /// <param name="value">What machines get, as one JSON object on one line.</param>
    /// <param name="forPeople">What people get instead.</param>
    /// <returns><see cref="ExitCode.Ok"/>, so that an action can end with it.</returns>
    public int Result<T>(T value, Action<CommandOutput> forPeople)
    {
        if (IsJson)
        {
            _terminal.Out.WriteLine(MachineJson.Write(value));
        }
        else
        {
            forPeople(this);
        }

        return ExitCode.Ok;
    }

    /// <summary>Says on stderr why the command failed: a sentence for people, one object for machines.</summary>
    /// <param name="code">A stable name for programs, lower case with underscores.</param>
    /// <param name="sentence">One plain sentence that says what is wrong and what to do.</param>
    /// <param name="exitCode">What the process ends with; default <see cref="ExitCode.Failed"/>.</param>
    /// <returns><paramref name="exitCode"/>, so that an action can end with it.</returns>
    public int Fail(string code, string sentence, int exitCode = ExitCode.Failed)
    {
        string oneLine = sentence.ReplaceLineEndings(" ").Trim();
        _terminal.Error.WriteLine(
            IsJson ? MachineJson.Write(new Problem(code, oneLine)) : $"aitbc: {oneLine}");
        return exitCode;
    }

    /// <summary>Says on stderr, for people and machines alike, how far something long has come.</summary>
    /// <param name="text">Plain text, one line.</param>
    public void Note(string text) => _terminal.Error.WriteLine(text);

    /// <summary>Asks the person whether to go on, on stderr; what it is about was shown before.</summary>
    /// <param name="question">The question, without a question mark.</param>
    /// <exception cref="CommandFailure">The answer is not yes, or nobody is there to give one.</exception>
    public void Confirm(string question)
    {
        if (IsJson || _terminal.In is not { } open)
        {
            throw new CommandFailure(
                "not_confirmed", "Nobody is here to confirm this: read what it signs, and run it again with --yes.");
        }

        _terminal.Error.Write($"{question}? Type yes to sign: ");
        if (open().ReadLine()?.Trim() != "yes")
        {
            throw new CommandFailure(
                "not_confirmed", "Nothing was signed, for the answer was not yes: run it again to decide anew.");
        }
    }

    /// <summary>
    /// Runs work under a progress bar on stderr, so that it never mixes with the result; only people at a terminal see
    /// it.
    /// </summary>
    /// <typeparam name="T">What the work yields.</typeparam>
    /// <param name="what">What is going on, a few words of plain text.</param>
    /// <param name="total">How many steps make it whole; at least 1.</param>
    /// <param name="work">The work; it reports the number of steps done so far.</param>
    /// <returns>What the work yields.</returns>
    public async Task<T> ProgressAsync<T>(string what, long total, Func<Action<long>, Task<T>> work)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(total, 1);
        if (IsJson || !_terminal.ErrorIsRich)
        {
            return await work(static _ => { });
        }

        return await _progress.Value.Progress().AutoClear(true).StartAsync(async context =>
        {
            ProgressTask task = context.AddTask(Markup.Escape(what), maxValue: total);
            return await work(done => task.Value = done);
        });
    }

    private IAnsiConsole CreateConsole(TextWriter writer, bool rich) =>
        AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = rich ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = rich ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = rich ? InteractionSupport.Detect : InteractionSupport.No,
            Out = rich ? new AnsiConsoleOutput(writer) : new PlainConsole(writer, _terminal.PlainWidth),
        });

    // The library's own output asks the console what it is, which sends a terminal escape codes.
    private sealed class PlainConsole(TextWriter writer, int width) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => false;

        public int Width => width;

        public int Height => int.MaxValue;

        public void SetEncoding(Encoding encoding)
        {
            // The writer was opened with its encoding.
        }
    }

    private sealed record Problem(string Error, string Message);
}
