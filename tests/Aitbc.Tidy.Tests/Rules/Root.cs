using System.IO.Enumeration;

namespace Aitbc.Tidy.Tests.Rules;

/// <summary>The root is a closed list: a newcomer's first look shows the house, nothing left behind.</summary>
internal static class Root
{
    public static IReadOnlySet<string> Known { get; } = new HashSet<string>
    {
        ".ci", ".editorconfig", ".git", ".gitattributes", ".gitignore", "Aitbc.slnx", "CONTRIBUTING.md", "SECURITY.md",
        "Directory.Build.props", "Directory.Packages.props", "LICENSE", "README.md", "aitbc", "aitbc.cmd", "bench",
        "data", "docs", "eng", "global.json", "samples", "src", "test.sh", "tests", "web",
    };

    /// <summary>Reports entries that are neither known nor ignored by git.</summary>
    public static IEnumerable<Finding> Check(IEnumerable<string> entries, string gitIgnore)
    {
        string[] ignored = [.. gitIgnore.Split('\n').Select(line => line.Trim().TrimEnd('/'))
            .Where(line => line.Length > 0 && !line.StartsWith('#'))];
        return entries
            .Where(entry => !Known.Contains(entry)
                && !ignored.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, entry)))
            .Select(entry => new Finding(entry, "is not a known entry of the root"));
    }
}
