using System.Text.RegularExpressions;

namespace Aitbc.Tidy.Tests;

/// <summary>SECURITY.md promises no test that nobody runs.</summary>
public sealed partial class SecurityTests
{
    [Fact]
    public void Tests_NamedInSecurity_AreThere() =>
        Finding.AssertNone(Check(Repository.Read("SECURITY.md"), Repository.Tests));

    [Fact]
    public void Test_NamedAndNotThere_IsReported() =>
        Finding.AssertOne(
            Check("shown by `A_thing_holds`, `Not_there`", [new("tests/A/X.cs", "void A_thing_holds() { }")]),
            "Not_there");

    private static IEnumerable<Finding> Check(string document, IReadOnlyList<SourceFile> tests) =>
        TestName().Matches(document).Select(match => match.Groups[1].Value).Distinct()
            .Where(name => !tests.Any(file => file.Text.Contains($" {name}(", StringComparison.Ordinal)))
            .Select(name => new Finding("SECURITY.md", $"names the test {name}, which is not there"));

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*_[A-Za-z0-9_]*[a-z][A-Za-z0-9_]*)`")]
    private static partial Regex TestName();
}
