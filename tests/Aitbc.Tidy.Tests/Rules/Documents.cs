using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Aitbc.Tidy.Tests.Rules;

/// <summary>What the documents promise is what the code has.</summary>
internal static partial class Documents
{
    private const int ShortestReason = 15;

    /// <summary>Compares the numbered invariants with the tests of their numbers, both ways.</summary>
    public static IEnumerable<Finding> CheckInvariants(string document, IEnumerable<SourceFile> tests)
    {
        List<int> numbered = [.. Invariant().Matches(document).Select(match => int.Parse(match.Groups[1].ValueSpan))];
        if (numbered.Count == 0)
        {
            yield return new Finding("docs/INVARIANTS.md", "numbers no invariant");
        }

        foreach (IGrouping<int, int> same in numbered.GroupBy(number => number).Where(group => group.Count() > 1))
        {
            yield return new Finding("docs/INVARIANTS.md", $"I{same.Key} is defined more than once");
        }

        ILookup<int, string> tested = tests.SelectMany(TestsOfInvariants)
            .ToLookup(pair => pair.Number, pair => pair.At);
        foreach (int number in numbered.Distinct().Where(number => !tested.Contains(number)))
        {
            yield return new Finding("docs/INVARIANTS.md", $"I{number} has no test 'Invariant_I{number}_...'");
        }

        foreach (IGrouping<int, string> unknown in tested.Where(group => !numbered.Contains(group.Key)))
        {
            yield return new Finding(unknown.First(), $"tests I{unknown.Key}, which the document does not define");
        }
    }

    /// <summary>
    /// Compares the packages with the table that gives each a reason (rows <c>| `Package` | for whom | why |</c>)
    /// and with the projects that use them, both ways.
    /// </summary>
    public static IEnumerable<Finding> CheckPackages(
        string packagesProps, string document, IEnumerable<string> projectsAndProps)
    {
        string[] packages = [.. Items(packagesProps, "PackageVersion")];
        Dictionary<string, string> reasons = PackageRow().Matches(document)
            .GroupBy(match => match.Groups[1].Value)
            .ToDictionary(group => group.Key, group => group.First().Groups[2].Value.Trim());
        HashSet<string> used = [.. projectsAndProps.SelectMany(text => Items(text, "PackageReference"))];
        foreach (string package in packages)
        {
            if (!reasons.TryGetValue(package, out string? reason) || reason.Length < ShortestReason)
            {
                yield return new Finding(package, "has no reason in the decision on dependencies");
            }

            if (!used.Contains(package))
            {
                yield return new Finding(package, "has a version in Directory.Packages.props but no project uses it");
            }
        }

        foreach (string gone in reasons.Keys.Except(packages))
        {
            yield return new Finding(gone, "stands in the decision on dependencies but is not used");
        }
    }

    /// <summary>Each relative link of a page leads to something that exists.</summary>
    /// <param name="path">The page, from the root.</param>
    /// <param name="text">Its text.</param>
    /// <param name="exists">Whether a path from the root exists.</param>
    public static IEnumerable<Finding> CheckLinks(string path, string text, Func<string, bool> exists)
    {
        string folder = Path.GetDirectoryName(path) ?? "";
        return Link().Matches(text)
            .Select(match => match.Groups[1].Value)
            .Where(target => !target.Contains("://") && !target.StartsWith('#') && !target.StartsWith("mailto:"))
            .Where(target => !exists(Path.Combine(folder, target.Split('#')[0])))
            .Select(target => new Finding(path, $"its link to '{target}' leads nowhere"));
    }

    private static IEnumerable<(int Number, string At)> TestsOfInvariants(SourceFile file) =>
        from method in file.Syntax.DescendantNodes().OfType<MethodDeclarationSyntax>()
        let match = InvariantTest().Match(method.Identifier.Text)
        // A method that no runner runs is no test.
        where match.Success && method.AttributeLists.SelectMany(list => list.Attributes)
            .Any(attribute => RunByRunner().IsMatch(attribute.Name.ToString()))
        select (int.Parse(match.Groups[1].ValueSpan), file.At(method.Identifier));

    private static IEnumerable<string> Items(string xml, string item) =>
        XDocument.Parse(xml).Descendants(item).Select(one => one.Attribute("Include")?.Value)
            .OfType<string>();

    [GeneratedRegex(@"^(?:[-*]\s+\*\*|#+\s+\**)I(\d+)\b", RegexOptions.Multiline)]
    private static partial Regex Invariant();

    [GeneratedRegex(@"Invariant_I(\d+)_")]
    private static partial Regex InvariantTest();

    [GeneratedRegex("(?:Fact|Theory)(?:Attribute)?$")]
    private static partial Regex RunByRunner();

    [GeneratedRegex(@"^\|\s*`([^`]+)`\s*\|[^|\n]*\|([^|\n]*)\|", RegexOptions.Multiline)]
    private static partial Regex PackageRow();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
