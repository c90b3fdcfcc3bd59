using Aitbc.Tidy.Tests.Rules;

namespace Aitbc.Tidy.Tests;

/// <summary>The laws of types; each is seen to catch a sample that breaks it.</summary>
public sealed class TypeTests
{
    [Fact]
    public void Interfaces_OfThisCheckout_HaveTwoImplementations() =>
        Finding.AssertNone(Types.CheckInterfaces(
            Repository.Sources,
            [.. Repository.Tests.Where(file => file.Path.StartsWith("tests/Aitbc.Testing/"))]));

    [Theory]
    [InlineData("interface I;", 0)]
    [InlineData("interface I; class A : I;", 1)]
    [InlineData("interface I; abstract class P : I; class A : P;", 1)]
    [InlineData("interface I; interface J : I; class A : I; class B : K;", 1)]
    [InlineData("interface I<T>; class A : N.I<int>; class B : Other;", 1)]
    [InlineData("interface I; partial class A : I; partial class A : I { }", 1)]
    [InlineData("interface I; abstract partial class A : I; partial class A : I { } class B : I;", 1)]
    public void Interface_WithFewerThanTwo_IsReported(string types, int count) =>
        Assert.Contains(
            Types.CheckInterfaces([File(types)], []),
            finding => finding.What.Contains($"I has {count} implementations"));

    [Theory]
    [InlineData("interface I; class A : I; struct B : I;")]
    [InlineData("interface I; abstract class P : I; class A : P; record B() : P;")]
    [InlineData("interface I<T>; class A : I<int>; class B : N.I<long>;")]
    [InlineData("interface I; class A { class C : I; } class B { class C : I; }")]
    public void Interface_WithTwo_IsSilent(string types) =>
        Finding.AssertNone(Types.CheckInterfaces([File(types)], []));

    [Fact]
    public void Interface_WithAFakeThatCouldRun_CountsIt() =>
        Finding.AssertNone(Types.CheckInterfaces([File("interface I; class A : I;")], [File("class B : I;")]));

    [Fact]
    public void Classes_OfThisCheckout_AreSealed() => Finding.AssertNone(Types.CheckSealed(Repository.Sources));

    [Fact]
    public void Class_Unsealed_IsReported()
    {
        Finding.AssertOne(Types.CheckSealed([File("public class A;")]), "'A' is not sealed");
        Finding.AssertOne(Types.CheckSealed([File("public record A;")]), "'A' is not sealed");
        Finding.AssertOne(Types.CheckSealed([File("partial class A; partial class A { }")]).Take(1), "'A'");
        Finding.AssertNone(Types.CheckSealed(
        [
            File("sealed class A; static class B; abstract class C; class D; sealed class E : D;"),
            File("sealed partial class F; record struct G; readonly record struct H; interface I; struct J;"),
            File("partial class F { }"),
        ]));
    }

    [Fact]
    public void Namespaces_OfThisCheckout_FollowTheFolders() =>
        Finding.AssertNone(Repository.Sources.Concat(Repository.Tests).SelectMany(Types.CheckNamespaces));

    [Fact]
    public void Namespace_OtherThanItsFolder_IsReported()
    {
        const string Path = "src/Aitbc.A/Rooms/X.cs";

        Finding.AssertNone(Types.CheckNamespaces(new SourceFile(Path, "namespace Aitbc.A.Rooms; class X;")));
        Finding.AssertNone(Types.CheckNamespaces(new SourceFile(Path, "return 0;")));
        Finding.AssertOne(
            Types.CheckNamespaces(new SourceFile(Path, "namespace Aitbc.A; class X;")), "says Aitbc.A.Rooms");
        Finding.AssertOne(
            Types.CheckNamespaces(new SourceFile(Path, "namespace Aitbc.A.Rooms { class X; }")), "not file-scoped");
    }

    private static SourceFile File(string types) => new("src/A/X.cs", types);
}
