using Aitbc.Tidy.Tests.Rules;

namespace Aitbc.Tidy.Tests;

/// <summary>The laws of projects and of the root; each is seen to catch a sample that breaks it.</summary>
public sealed class HouseTests
{
    private static readonly Dictionary<string, string[]> Table = new() { ["A"] = [], ["B"] = ["A"] };

    [Fact]
    public void Imports_OfThisCheckout_EqualTheTable() =>
        Finding.AssertNone(Imports.Check(Imports.Table, Repository.SourceProjects));

    [Fact]
    public void Imports_EqualToTheTable_AreSilent() =>
        Finding.AssertNone(Imports.Check(Table, Sample(("A", ""), ("B", Reference("A")))));

    [Fact]
    public void Imports_Extra_AreReported() =>
        Finding.AssertOne(
            Imports.Check(Table, Sample(("A", Reference("B")), ("B", Reference("A")))), "A: imports B");

    [Fact]
    public void Imports_Missing_AreReported() =>
        Finding.AssertOne(Imports.Check(Table, Sample(("A", ""), ("B", ""))), "B: does not import A");

    [Fact]
    public void Imports_ProjectWithoutARow_IsReported() =>
        Finding.AssertOne(
            Imports.Check(Table, Sample(("A", ""), ("B", Reference("A")), ("C", ""))), "C: ", "no row");

    [Fact]
    public void Imports_RowWithoutAProject_IsReported() =>
        Finding.AssertOne(Imports.Check(Table, Sample(("A", ""))), "B: ", "no project file");

    [Fact]
    public void Imports_ByFile_AreReported() =>
        Finding.AssertOne(
            Imports.Check(Table, Sample(("A", "<Reference Include=\"X\" />"), ("B", Reference("A")))),
            "A: ",
            "Reference");

    [Fact]
    public void Friends_OfThisCheckout_AreOwnTestsOnly() =>
        Finding.AssertNone(Imports.CheckFriends(Repository.SourceProjects, Repository.Sources));

    [Fact]
    public void Friends_OtherThanOwnTests_AreReported()
    {
        var none = new Dictionary<string, string>();
        Dictionary<string, string> good = Sample(("A", "<InternalsVisibleTo Include=\"A.Tests\" />"));
        Dictionary<string, string> bad = Sample(("A", "<InternalsVisibleTo Include=\"B\" />"));
        SourceFile attribute = new("src/A/X.cs", "[assembly: InternalsVisibleTo(\"B\")]");

        Finding.AssertNone(Imports.CheckFriends(good, []));
        Finding.AssertOne(Imports.CheckFriends(bad, []), "A: ", "opens its internals to B");
        Finding.AssertOne(Imports.CheckFriends(none, [attribute]), "src/A/X.cs: ", "opens its internals to B");
    }

    [Fact]
    public void Solution_OfThisCheckout_ListsEveryProject() =>
        Finding.AssertNone(Projects.CheckSolution(
            Repository.Read("Aitbc.slnx"),
            [
                .. Repository.Files("samples", "*.csproj"),
                .. Repository.Files("src", "*.csproj"),
                .. Repository.Files("tests", "*.csproj"),
            ]));

    [Fact]
    public void Solution_MissingOrGoneProject_IsReported()
    {
        const string Solution = """<Solution><Project Path="src/A/A.csproj" /></Solution>""";

        Finding.AssertNone(Projects.CheckSolution(Solution, ["src/A/A.csproj"]));
        Finding.AssertOne(
            Projects.CheckSolution(Solution, ["src/A/A.csproj", "src/B/B.csproj"]), "src/B/B.csproj", "not in");
        Finding.AssertOne(Projects.CheckSolution(Solution, []), "src/A/A.csproj", "not on disk");
    }

    [Fact]
    public void Projects_OfThisCheckout_HaveTests() =>
        Finding.AssertNone(Projects.CheckTests(Repository.SourceProjects.Keys, Repository.TestProjects));

    [Fact]
    public void Projects_WithoutTests_AreReported()
    {
        Finding.AssertNone(Projects.CheckTests(["A"], Sample(("A.Tests", Reference("A")))));
        Finding.AssertOne(Projects.CheckTests(["A"], Sample(("B.Tests", Reference("A")))), "A: has no tests project");
        Finding.AssertOne(Projects.CheckTests(["A"], Sample(("A.Tests", ""))), "A.Tests: does not refer");
    }

    [Fact]
    public void Root_OfThisCheckout_HoldsKnownEntriesOnly() =>
        Finding.AssertNone(Root.Check(
            Directory.EnumerateFileSystemEntries(Repository.Root).Select(Path.GetFileName)!,
            Repository.Read(".gitignore")));

    [Fact]
    public void Root_UnknownEntry_IsReported()
    {
        Finding.AssertNone(Root.Check(["src", "artifacts", "me.user"], "artifacts/\n# notes\n*.user\n"));
        Finding.AssertOne(Root.Check(["src", "notes.txt"], "artifacts/\n"), "notes.txt: ");
    }

    [Theory]
    [InlineData("aitbc")]
    [InlineData("test.sh")]
    [InlineData(".ci/run")]
    public void Script_OfThisCheckout_CanBeStarted(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.True(
                File.GetUnixFileMode(Path.Combine(Repository.Root, path)).HasFlag(UnixFileMode.UserExecute),
                $"{path} is not executable");
        }

        Assert.StartsWith("#!/usr/bin/env bash\n", Repository.Read(path));
    }

    private static Dictionary<string, string> Sample(params (string Name, string Items)[] projects) =>
        projects.ToDictionary(one => one.Name, one => $"<Project><ItemGroup>{one.Items}</ItemGroup></Project>");

    private static string Reference(string name) => $"""<ProjectReference Include="../{name}/{name}.csproj" />""";
}
