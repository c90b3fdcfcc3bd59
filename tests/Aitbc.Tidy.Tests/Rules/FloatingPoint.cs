using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Aitbc.Tidy.Tests.Rules;

/// <summary>
/// No floating point where money and consensus are decided: its rounding differs between machines and loses units.
/// Works on tokens, so comments and strings do not count.
/// </summary>
internal static class FloatingPoint
{
    private static readonly HashSet<SyntaxKind> Keywords =
        [SyntaxKind.DoubleKeyword, SyntaxKind.FloatKeyword, SyntaxKind.DecimalKeyword];

    private static readonly HashSet<string> Types =
        ["Half", "Double", "Single", "Decimal", "NFloat", "BFloat16", "MathF"];

    // Members that give floating point without its name appearing.
    private static readonly HashSet<string> Members =
    [
        "TotalDays", "TotalHours", "TotalMinutes", "TotalSeconds", "TotalMilliseconds", "TotalMicroseconds",
        "TotalNanoseconds", "NextDouble", "NextSingle", "ToDouble", "ToSingle", "ToDecimal", "GetDouble", "GetSingle",
        "GetDecimal", "TryGetDouble", "TryGetSingle", "TryGetDecimal",
    ];

    private static readonly HashSet<string> IntegerMath =
    [
        "Abs", "Min", "Max", "Clamp", "Sign", "DivRem", "BigMul",
    ];

    public static IEnumerable<Finding> Check(SourceFile file) =>
        from token in file.Syntax.DescendantTokens()
        where IsFloating(token)
        select new Finding(file.At(token), $"'{token.Text}' is floating point, which this project does without");

    private static bool IsFloating(SyntaxToken token)
    {
        if (Keywords.Contains(token.Kind()))
        {
            return true;
        }

        if (token.IsKind(SyntaxKind.NumericLiteralToken))
        {
            return token.Value is double or float or decimal;
        }

        // A use of a name, not its declaration: a property may be called Half.
        if (!token.IsKind(SyntaxKind.IdentifierToken) || token.Parent is not SimpleNameSyntax name)
        {
            return false;
        }

        string? owner = Owner(name);
        return owner is null or "System" or "Numerics" or "InteropServices"
            ? Types.Contains(token.Text)
            : Members.Contains(token.Text) || (owner == "Math" && !IntegerMath.Contains(token.Text));
    }

    // What stands before the dot, or null where nothing does: `list.Single()` is not the type Single.
    private static string? Owner(SimpleNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access when access.Name == name => LastName(access.Expression),
        QualifiedNameSyntax qualified when qualified.Right == name => LastName(qualified.Left),
        MemberBindingExpressionSyntax => "?",
        _ => null,
    };

    private static string LastName(SyntaxNode node) => node.GetLastToken().Text;
}
