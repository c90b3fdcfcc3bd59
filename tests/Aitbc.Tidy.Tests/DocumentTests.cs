using Aitbc.Tidy.Tests.Rules;

namespace Aitbc.Tidy.Tests;

/// <summary>What the documents promise; each check is seen to catch a sample that breaks it.</summary>
public sealed class DocumentTests
{
    private const string Props = """<Project><PackageVersion Include="P" Version="1" /></Project>""";
    private const string Uses = """<Project><PackageReference Include="P" /></Project>""";
    private const string Row = "| `P` | tests | does what we would not write |\n";

    [Fact]
    public void Invariants_OfThisCheckout_EachHaveATest() =>
        Finding.AssertNone(Documents.CheckInvariants(
            Repository.Read("docs/INVARIANTS.md"),
            // The samples of this very rule.
            Repository.Tests.Where(file => !file.Path.StartsWith("tests/Aitbc.Tidy.Tests/"))));

    [Theory]
    [InlineData("- **I3** Value is conserved.")]
    [InlineData("* **I3: value** is conserved.")]
    [InlineData("## I3 Value is conserved")]
    public void Invariant_WithItsTest_IsSilent(string line) =>
        Finding.AssertNone(Documents.CheckInvariants($"# Invariants\n\n{line}\n", [Test("Invariant_I3_value")]));

    [Fact]
    public void Invariant_WithoutATest_IsReported()
    {
        const string Document = "- **I3** One.\n- **I30** Two.\n";

        Finding.AssertOne(Documents.CheckInvariants(Document, [Test("Invariant_I3_one")]), "I30 has no test");
        Finding.AssertOne(Documents.CheckInvariants(Document, [Test("Invariant_I30_two")]), "I3 has no test");
        Finding.AssertOne(
            Documents.CheckInvariants(
                "- **I3** One.\n", [new("tests/A/X.cs", "class X { void Invariant_I3_nobody_runs() { } }")]),
            "I3 has no test");
    }

    [Fact]
    public void Invariant_TestedButNotDefined_IsReported() =>
        Finding.AssertOne(
            Documents.CheckInvariants("- **I3** One.\n", [Test("Invariant_I3_one"), Test("Invariant_I4_two")]),
            "tests/A/X.cs:1: ", "I4");

    [Fact]
    public void Invariant_DefinedTwice_IsReported() =>
        Finding.AssertOne(
            Documents.CheckInvariants("- **I3** One.\n- **I3** Two.\n", [Test("Invariant_I3_one")]), "more than once");

    [Fact]
    public void Invariants_None_IsReported() =>
        Finding.AssertOne(Documents.CheckInvariants("# Invariants\nI3 in passing.\n", []), "numbers no invariant");

    [Fact]
    public void Packages_OfThisCheckout_EachHaveAReasonAndAUser()
    {
        string[] decisions =
        [
            .. Repository.Files("docs/decisions", "*dependencies*.md").Select(Repository.Read),
        ];
        Finding.AssertNone(Documents.CheckPackages(
            Repository.Read("Directory.Packages.props"),
            string.Concat(decisions),
            [
                .. Repository.SourceProjects.Values,
                .. Repository.TestProjects.Values,
                Repository.Read("Directory.Build.props"),
            ]));
    }

    [Fact]
    public void Package_WithAReasonAndAUser_IsSilent() =>
        Finding.AssertNone(Documents.CheckPackages(Props, $"| package | for | why |\n|---|---|---|\n{Row}", [Uses]));

    [Theory]
    [InlineData("")]
    [InlineData("We use `P` because it does what we would not write.\n")]
    [InlineData("| `P` | tests | |\n")]
    public void Package_WithoutAReason_IsReported(string document) =>
        Finding.AssertOne(Documents.CheckPackages(Props, document, [Uses]), "P: has no reason");

    [Fact]
    public void Package_WithoutAUser_IsReported() =>
        Finding.AssertOne(Documents.CheckPackages(Props, Row, []), "P: ", "no project uses it");

    [Fact]
    public void Package_OnlyInTheDocument_IsReported() =>
        Finding.AssertOne(
            Documents.CheckPackages("<Project />", Row, []), "P: stands in the decision");

    [Fact]
    public void Links_OfThisCheckout_LeadSomewhere() =>
        Finding.AssertNone(Repository.Files(".", "*.md").SelectMany(path => Documents.CheckLinks(
            path, Repository.Read(path), target => Path.Exists(Path.Combine(Repository.Root, target)))));

    [Fact]
    public void Link_ToNothing_IsReported()
    {
        const string Text = "[a](A.md#part) [b](#here) [c](https://example.org/x) [d](gone.md)";

        Finding.AssertOne(Documents.CheckLinks("docs/P.md", Text, path => path == "docs/A.md"), "'gone.md'");
    }

    private static SourceFile Test(string name) =>
        new("tests/A/X.cs", $"class X {{ [Fact] public void {name}() {{ }} }}");
}
