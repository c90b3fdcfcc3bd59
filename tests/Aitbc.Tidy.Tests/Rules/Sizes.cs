using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Aitbc.Tidy.Tests.Rules;

/// <summary>A file, a method and a line fit a reader's eye.</summary>
internal static class Sizes
{
    public const int FileLines = 400;
    public const int MethodLines = 70;
    public const int LineLength = 120;

    public static IEnumerable<Finding> CheckFile(string path, string text)
    {
        string[] lines = text.Split('\n');
        // The line break at the end of the last line begins no further one.
        int count = lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        if (count > FileLines)
        {
            yield return new Finding(path, $"has {count} lines; {FileLines} are allowed");
        }
    }

    public static IEnumerable<Finding> CheckLines(string path, string text) =>
        from line in text.Split('\n').Select((line, index) => (line.TrimEnd('\r').Length, Number: index + 1))
        where line.Length > LineLength
        select new Finding($"{path}:{line.Number}", $"has {line.Length} characters; {LineLength} are allowed");

    /// <summary>Counts from the line of the name to the closing brace: attributes and documentation are free.</summary>
    public static IEnumerable<Finding> CheckMethods(SourceFile file)
    {
        foreach (SyntaxNode node in file.Syntax.DescendantNodes())
        {
            SyntaxToken? first = node switch
            {
                MethodDeclarationSyntax method => method.Identifier,
                ConstructorDeclarationSyntax constructor => constructor.Identifier,
                OperatorDeclarationSyntax op => op.OperatorKeyword,
                ConversionOperatorDeclarationSyntax conversion => conversion.OperatorKeyword,
                DestructorDeclarationSyntax destructor => destructor.Identifier,
                LocalFunctionStatementSyntax local => local.Identifier,
                AccessorDeclarationSyntax accessor => accessor.Keyword,
                AnonymousFunctionExpressionSyntax lambda => lambda.GetFirstToken(),
                _ => null,
            };
            if (first is not { } start)
            {
                continue;
            }

            int lines = Line(node.GetLastToken()) - Line(start) + 1;
            if (lines > MethodLines)
            {
                yield return new Finding(
                    file.At(start), $"'{start.Text}' has {lines} lines; {MethodLines} are allowed");
            }
        }
    }

    private static int Line(SyntaxToken token) => token.GetLocation().GetLineSpan().EndLinePosition.Line;
}
