using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Aitbc.Tidy.Tests.Rules;

/// <summary>Words that must not stand in what ships.</summary>
internal static partial class Words
{
    private static readonly string[] Suffixes =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Common", "Base", "Impl"];

    // Sources of time, chance and identity that no seed or clock governs, and what only looks like being done.
    private static readonly HashSet<string> Expressions =
    [
        "Random.Shared", "Guid.NewGuid", "Guid.CreateVersion7", "DateTime.Now", "DateTime.UtcNow", "DateTime.Today",
        "DateTimeOffset.Now", "DateTimeOffset.UtcNow", "Thread.Sleep", "Environment.TickCount",
        "Environment.TickCount64",
    ];

    private static readonly HashSet<string> CreatedTypes = ["Random", "NotImplementedException"];

    /// <summary>Unfinished work has its place in the issues, not in the code, its comments or its strings.</summary>
    public static IEnumerable<Finding> CheckUnfinished(SourceFile file) =>
        file.Text.Split('\n').SelectMany((line, index) => Unfinished().Matches(line)
            .Select(match => new Finding($"{file.Path}:{index + 1}", $"'{match.Value}' marks unfinished work")));

    public static IEnumerable<Finding> CheckExpressions(SourceFile file)
    {
        foreach (SyntaxNode node in file.Syntax.DescendantNodes())
        {
            string? said = node switch
            {
                MemberAccessExpressionSyntax access when Expressions.Contains(LastTwo(access)) => LastTwo(access),
                ObjectCreationExpressionSyntax made when CreatedTypes.Contains(made.Type.GetLastToken().Text) =>
                    $"new {made.Type.GetLastToken().Text}",
                MethodDeclarationSyntax method when IsAsyncVoid(method.Modifiers, method.ReturnType) => "async void",
                LocalFunctionStatementSyntax local when IsAsyncVoid(local.Modifiers, local.ReturnType) => "async void",
                _ => null,
            };
            if (said is not null)
            {
                yield return new Finding(file.At(node), $"'{said}' is not used here");
            }
        }

        foreach (SyntaxTrivia region in file.Syntax.DescendantTrivia().Where(trivia => trivia.IsKind(
            SyntaxKind.RegionDirectiveTrivia)))
        {
            yield return new Finding(file.At(region.Token), "'#region' hides code from its reader");
        }
    }

    public static IEnumerable<Finding> CheckTypeNames(SourceFile file) =>
        from type in file.Syntax.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        let name = type.Identifier.Text
        from suffix in Suffixes
        where name.EndsWith(suffix, StringComparison.Ordinal)
        select new Finding(file.At(type.Identifier), $"'{name}' ends in {suffix}: name what it is");

    private static bool IsAsyncVoid(SyntaxTokenList modifiers, TypeSyntax type) =>
        modifiers.Any(SyntaxKind.AsyncKeyword)
        && type is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };

    private static string LastTwo(MemberAccessExpressionSyntax access) =>
        $"{access.Expression.GetLastToken().Text}.{access.Name.Identifier.Text}";

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Unfinished();
}
