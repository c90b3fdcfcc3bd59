using Aitbc.Tidy.Tests.Rules;

namespace Aitbc.Tidy.Tests;

/// <summary>The laws of the code's text; each is seen to catch a sample that breaks it.</summary>
public sealed class SourceTests
{
    private static IEnumerable<SourceFile> All => Repository.Sources.Concat(Repository.Tests);

    [Fact]
    public void Core_OfThisCheckout_HasNoFloatingPoint() =>
        Finding.AssertNone(Repository.Sources
            .Where(file => file.Path.StartsWith("src/Aitbc.Primitives/") || file.Path.StartsWith("src/Aitbc.Protocol/"))
            .SelectMany(FloatingPoint.Check));

    [Theory]
    [InlineData("double x;", "double")]
    [InlineData("float x;", "float")]
    [InlineData("decimal x;", "decimal")]
    [InlineData("System.Half x;", "Half")]
    [InlineData("Half x;", "Half")]
    [InlineData("List<Double> x;", "Double")]
    [InlineData("var x = 1.0;", "1.0")]
    [InlineData("var x = 1e9;", "1e9")]
    [InlineData("var x = 2f;", "2f")]
    [InlineData("var x = 2d;", "2d")]
    [InlineData("var x = 2m;", "2m")]
    [InlineData("var x = .5;", ".5")]
    [InlineData("var x = 1_0.0_1;", "1_0.0_1")]
    [InlineData("var x = Math.Sqrt(4);", "Sqrt")]
    [InlineData("var x = System.Math.Pow(2, 3);", "Pow")]
    [InlineData("var x = MathF.PI;", "MathF")]
    [InlineData("var x = span.TotalSeconds;", "TotalSeconds")]
    [InlineData("var x = reader.GetDouble();", "GetDouble")]
    [InlineData("var x = $\"{1.5}\";", "1.5")]
    public void FloatingPoint_InCode_IsReported(string statement, string said) =>
        Finding.AssertOne(FloatingPoint.Check(Method(statement)), "src/A/X.cs:3: ", $"'{said}'");

    [Theory]
    [InlineData("// a double or 1.0")]
    [InlineData("/* float */ int x = 1;")]
    [InlineData("var x = \"double 1.0 \\\" 2f\";")]
    [InlineData("var x = \"\"\"float 1.5 \" decimal\"\"\";")]
    [InlineData("var x = $\"1.5 {1} double\";")]
    [InlineData("var x = @\"2d \"\" 3f\"; var y = 'd';")]
    [InlineData("var x = 0x1e9; var y = 0xff; var z = 0b1; var w = 1_000UL;")]
    [InlineData("var x = Math.Max(1, 2); var y = list.Single(); var z = 1..2; int doubled = 2;")]
    public void FloatingPoint_InCommentsStringsOrNames_IsSilent(string statement) =>
        Finding.AssertNone(FloatingPoint.Check(Method(statement)));

    [Fact]
    public void Sizes_OfThisCheckout_Fit() =>
        Finding.AssertNone(All.SelectMany(file => Sizes.CheckFile(file.Path, file.Text)
            .Concat(Sizes.CheckLines(file.Path, file.Text))
            .Concat(Sizes.CheckMethods(file))));

    [Fact]
    public void Sizes_FileOverTheLimit_IsReported()
    {
        string most = string.Concat(Enumerable.Repeat("x\n", Sizes.FileLines));

        Finding.AssertNone(Sizes.CheckFile("src/A/X.cs", most));
        Finding.AssertOne(Sizes.CheckFile("src/A/X.cs", most + "x"), "src/A/X.cs: has 401 lines");
    }

    [Fact]
    public void Sizes_LineOverTheLimit_IsReported()
    {
        string most = new('x', Sizes.LineLength);

        Finding.AssertNone(Sizes.CheckLines("src/A/X.cs", $"{most}\r\n{most}\n"));
        Finding.AssertOne(Sizes.CheckLines("src/A/X.cs", $"{most}\n{most}x\n"), "src/A/X.cs:2: has 121");
    }

    [Theory]
    [InlineData("void M()\n{{\n{0}}}", "M")]
    [InlineData("X()\n{{\n{0}}}", "X")]
    [InlineData("int P {{ get\n{{\n{0}return 1; }} }}", "get")]
    [InlineData("Action F = () =>\n{{\n{0}}};", "(")]
    [InlineData("public static X operator +(X a, X b)\n{{\n{0}}}", "operator")]
    public void Sizes_MethodOverTheLimit_IsReported(string form, string name)
    {
        // The head, the braces and the body together.
        string most = string.Format(form, string.Concat(Enumerable.Repeat("Do();\n", Sizes.MethodLines - 3)));
        string over = string.Format(form, string.Concat(Enumerable.Repeat("Do();\n", Sizes.MethodLines + 1)));

        Finding.AssertNone(Sizes.CheckMethods(InClass("/// <summary>\n/// Not counted.\n[Fact]\n" + most)));
        Finding.AssertOne(Sizes.CheckMethods(InClass(over)), $"'{name}' has");
    }

    [Fact]
    public void Sizes_OneLineOverTheMethodLimit_IsReported()
    {
        string body = string.Concat(Enumerable.Repeat("Do();\n", Sizes.MethodLines - 2));

        Finding.AssertOne(Sizes.CheckMethods(InClass($"void M()\n{{\n{body}}}")), "src/A/X.cs:2: 'M' has 71 lines");
    }

    [Fact]
    public void Words_OfThisCheckout_MarkNothingUnfinished() =>
        Finding.AssertNone(All
            // The samples of this very rule.
            .Where(file => file.Path != "tests/Aitbc.Tidy.Tests/SourceTests.cs"
                && file.Path != "tests/Aitbc.Tidy.Tests/Rules/Words.cs")
            .SelectMany(Words.CheckUnfinished));

    [Theory]
    [InlineData("// TODO later")]
    [InlineData("/* FIXME */")]
    [InlineData("var x = \"HACK\";")]
    public void Words_ForUnfinishedWork_AreReported(string statement) =>
        Finding.AssertOne(Words.CheckUnfinished(Method(statement)), "src/A/X.cs:3: ");

    [Fact]
    public void Words_ThatOnlyContainOne_AreSilent() =>
        Finding.AssertNone(Words.CheckUnfinished(Method("var HACKNEY = \"mastodon\"; // todo list of an agent")));

    [Fact]
    public void Sources_OfThisCheckout_UseNoUngovernedTimeChanceOrStub() =>
        Finding.AssertNone(Repository.Sources.SelectMany(Words.CheckExpressions));

    [Theory]
    [InlineData("throw new NotImplementedException();", "new NotImplementedException")]
    [InlineData("throw new System.NotImplementedException(\"x\");", "new NotImplementedException")]
    [InlineData("var x = Random.Shared.Next();", "Random.Shared")]
    [InlineData("var x = System.Random.Shared;", "Random.Shared")]
    [InlineData("var x = new Random(1);", "new Random")]
    [InlineData("var x = Guid.NewGuid();", "Guid.NewGuid")]
    [InlineData("var x = DateTime.UtcNow;", "DateTime.UtcNow")]
    [InlineData("var x = DateTimeOffset.Now;", "DateTimeOffset.Now")]
    [InlineData("Thread.Sleep(1);", "Thread.Sleep")]
    [InlineData("async void F() { }", "async void")]
    [InlineData("#region x\nint y;\n#endregion", "#region")]
    public void Sources_WithUngovernedTimeChanceOrStub_AreReported(string statement, string said) =>
        Finding.AssertOne(Words.CheckExpressions(Method(statement)), $"'{said}'");

    [Fact]
    public void Sources_WithGovernedTimeAndChance_AreSilent() =>
        Finding.AssertNone(Words.CheckExpressions(Method(
            "// new Random()\nvar x = time.GetUtcNow(); var y = new SeededRandom(1); async Task F() { }")));

    [Fact]
    public void TypeNames_OfThisCheckout_SayWhatTheTypeIs() =>
        Finding.AssertNone(All.SelectMany(Words.CheckTypeNames));

    [Theory]
    [InlineData("class WalletManager;", "Manager")]
    [InlineData("static class JsonHelper;", "Helper")]
    [InlineData("record struct FileUtils;", "Utils")]
    [InlineData("interface IStoreBase;", "Base")]
    [InlineData("enum KindCommon { A }", "Common")]
    [InlineData("sealed record LedgerImpl;", "Impl")]
    public void TypeNames_WithAnEmptySuffix_AreReported(string type, string suffix) =>
        Finding.AssertOne(Words.CheckTypeNames(new SourceFile("src/A/X.cs", type)), $"ends in {suffix}");

    [Fact]
    public void TypeNames_ThatOnlyContainOne_AreSilent() =>
        Finding.AssertNone(Words.CheckTypeNames(new SourceFile("src/A/X.cs", "class Database; class BaseUnits;")));

    private static SourceFile Method(string statement) =>
        new("src/A/X.cs", $"class X\n{{ void M() {{\n{statement}\n}} }}");

    private static SourceFile InClass(string member) => new("src/A/X.cs", $"class X {{\n{member}\n}}");
}
