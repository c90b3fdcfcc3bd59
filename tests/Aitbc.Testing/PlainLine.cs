using System.Text.RegularExpressions;

namespace Aitbc.Testing;

/// <summary>Judges lines that people are to read. Stateless.</summary>
public static partial class PlainLine
{
    private static readonly string[] Never =
        ["{", "}", "[", "]", "`", "  ", "()", "##", "System.", "Aitbc.", "Infrastructure", " .", " ,", ": :", "null"];

    /// <summary>What in a line is no plain language: a placeholder, the name of a type, an empty part.</summary>
    /// <param name="line">The line.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? FaultOf(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (line.Trim().Length < 3 || line.EndsWith(' ') || line.Contains('\n', StringComparison.Ordinal))
        {
            return $"empty, or not one line: '{line}'";
        }

        var text = DigestText().Replace(line, "DIGEST");
        return Array.Find(Never, text.Contains) is { } found ? $"'{found}' in '{line}'"
            : TypeName().Match(text) is { Success: true } name ? $"'{name.Value}' in '{line}'"
            : null;
    }

    [GeneratedRegex("[A-Za-z0-9_-]{43}")]
    private static partial Regex DigestText();

    [GeneratedRegex("\\b[A-Z][a-z0-9]+[A-Z]\\w*")]
    private static partial Regex TypeName();
}
