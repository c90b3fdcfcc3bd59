using System.Text.RegularExpressions;

namespace Aitbc.Tidy.Tests.Rules;

/// <summary>A sample shows how little it takes. Its own lines are those that say something: neither blank, nor a
/// comment, nor a using, nor closing or opening alone.</summary>
internal static partial class Samples
{
    public const int OwnLines = 40;

    public static int CountOwn(string text) => text.Split('\n').Count(line => !Free().IsMatch(line));

    public static IEnumerable<Finding> Check(string path, string text)
    {
        if (CountOwn(text) is var count && count > OwnLines)
        {
            yield return new Finding(path, $"has {count} lines of its own; {OwnLines} are allowed");
        }
    }

    [GeneratedRegex(@"^\s*(?://.*|using [\w.]+;|[{}()\[\];,]*)\s*$")]
    private static partial Regex Free();
}
