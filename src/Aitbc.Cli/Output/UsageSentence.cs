using System.CommandLine;
using System.CommandLine.Parsing;

namespace Aitbc.Cli.Output;

/// <summary>Turns a command line that was not understood into one sentence that says what to type. Pure.</summary>
public static class UsageSentence
{
    // Two slips of the finger; further away a suggestion would be a guess.
    private const int NearestEdits = 2;

    /// <summary>Says what is wrong with a command line.</summary>
    /// <param name="parsed">A result with at least one error.</param>
    /// <returns>One plain sentence without a line break.</returns>
    public static string For(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string path = PathOf(parsed.CommandResult);
        string? unmatched = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        if (unmatched is not null)
        {
            bool isOption = unmatched.StartsWith('-');
            bool isCommand = !isOption && command.Subcommands.Count > 0;
            string kind = isOption ? "an option" : isCommand ? "a command" : "an argument";
            IEnumerable<string> known = isOption ? OptionsOf(parsed.CommandResult)
                : isCommand ? command.Subcommands.Select(sub => sub.Name) : [];
            string hint = Nearest(unmatched, known) is { } near ? $"did you mean '{near}'? Run" : "run";
            return $"'{unmatched}' is not {kind} of '{path}': {hint} '{path} --help' for what there is.";
        }

        if (command.Subcommands.Count > 0 && command.Action is null)
        {
            string names = string.Join(", ", command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name));
            return $"'{path}' needs a command ({names}): run '{path} --help' for examples.";
        }

        return $"{ClauseOf(parsed.Errors[0])}: run '{path} --help' for an example.";
    }

    /// <summary>The known word nearest to a mistyped one.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="known">What could have been typed.</param>
    /// <returns>The nearest word within two edits (the first of equals), or null.</returns>
    public static string? Nearest(string typed, IEnumerable<string> known)
    {
        string? best = null;
        int bestEdits = NearestEdits + 1;
        foreach (string word in known)
        {
            int edits = Edits(typed, word);
            // Two edits make any word of two letters out of any other.
            if (edits < bestEdits && edits < word.Length)
            {
                (best, bestEdits) = (word, edits);
            }
        }

        return best;
    }

    private static string ClauseOf(ParseError error)
    {
        // The library names the type it failed to make of the text, which means nothing to who typed it.
        bool isConversion = error.Message.Contains("as expected type", StringComparison.Ordinal);
        (string? name, Type? type) = error.SymbolResult switch
        {
            OptionResult option => (option.Option.Name, option.Option.ValueType),
            ArgumentResult argument => (argument.Argument.Name, argument.Argument.ValueType),
            _ => (null, null),
        };
        if (!isConversion || type is null)
        {
            return error.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.');
        }

        string typed = string.Join(' ', error.SymbolResult!.Tokens.Select(token => token.Value));
        return $"'{typed}' is not {KindOf(Nullable.GetUnderlyingType(type) ?? type)} for '{name}'";
    }

    private static string KindOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "true or false",
        TypeCode.Byte or TypeCode.UInt16 or TypeCode.UInt32 or TypeCode.UInt64 => "a whole number from 0 up in range",
        TypeCode.SByte or TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64 => "a whole number in range",
        TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "a number",
        _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type))}",
        _ => "a value that can be taken",
    };

    // Optimal string alignment: insert, delete, replace, or swap two neighbours.
    private static int Edits(string left, string right)
    {
        var edits = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            for (int j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    edits[i, j] = i + j;
                    continue;
                }

                int replace = left[i - 1] == right[j - 1] ? 0 : 1;
                int least = Math.Min(edits[i - 1, j] + 1, edits[i, j - 1] + 1);
                least = Math.Min(least, edits[i - 1, j - 1] + replace);
                bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
                edits[i, j] = swapped ? Math.Min(least, edits[i - 2, j - 2] + 1) : least;
            }
        }

        return edits[left.Length, right.Length];
    }

    private static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : "aitbc";

    private static IEnumerable<string> OptionsOf(CommandResult result)
    {
        for (CommandResult? level = result; level is not null; level = level.Parent as CommandResult)
        {
            foreach (Option option in level.Command.Options.Where(option => level == result || option.Recursive))
            {
                yield return option.Name;
            }
        }
    }
}
