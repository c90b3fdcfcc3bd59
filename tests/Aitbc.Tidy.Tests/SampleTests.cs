using Aitbc.Tidy.Tests.Rules;

namespace Aitbc.Tidy.Tests;

/// <summary>Samples stay small, narrow and pinned; each law is seen to catch a sample that breaks it.</summary>
public sealed class SampleTests
{
    private const string Lock = "samples/typescript/package-lock.json";

    [Fact]
    public void CSharp_OfThisCheckout_IsSmall() =>
        Finding.AssertNone(Repository.Files("samples/csharp", "*.cs")
            .SelectMany(file => Samples.Check(file, Repository.Read(file))));

    [Fact]
    public void CSharp_IsOneFile() => Assert.Single(Repository.Files("samples/csharp", "*.cs"));

    [Fact]
    public void Own_lines_are_those_that_say_something()
    {
        const string Text = "using A.B;\n// why\nusing var a = B();\n\n{\n    c(\n    });\n]\nd;\n";

        Assert.Equal(3, Samples.CountOwn(Text));
        Finding.AssertNone(Samples.Check("x", string.Concat(Enumerable.Repeat("a;\n", 40))));
        Finding.AssertOne(Samples.Check("x", string.Concat(Enumerable.Repeat("a;\n", 41))), "x: ", "41");
    }

    [Fact]
    public void Lines_OfThisCheckout_AreNarrow() =>
        Finding.AssertNone(Repository.Files("samples", "*.cs").Concat(Repository.Files("samples/typescript/src", "*"))
            .SelectMany(file => Sizes.CheckLines(file, Repository.Read(file))));

    /// <summary>Nobody's registry stands in the lock file: whoever installs asks their own.</summary>
    [Fact]
    public void Packages_are_pinned_by_content_and_not_by_place()
    {
        Assert.DoesNotContain("\"resolved\"", Repository.Read(Lock), StringComparison.Ordinal);
        Assert.Contains("\"integrity\": \"sha512-", Repository.Read(Lock), StringComparison.Ordinal);
        Assert.DoesNotContain("\": \"^", Repository.Read("samples/typescript/package.json"), StringComparison.Ordinal);
    }
}
