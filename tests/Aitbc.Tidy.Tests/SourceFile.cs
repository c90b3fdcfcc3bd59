using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Aitbc.Tidy.Tests;

/// <summary>One C# file: its path from the root with forward slashes, its text, and its syntax.</summary>
internal sealed class SourceFile(string path, string text)
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview);

    private readonly Lazy<CompilationUnitSyntax> _syntax =
        new(() => CSharpSyntaxTree.ParseText(text, Options, path).GetCompilationUnitRoot());

    private IReadOnlyList<TypeDeclarationSyntax>? _types;

    public string Path => path;

    public string Text => text;

    public CompilationUnitSyntax Syntax => _syntax.Value;

    /// <summary>Every class, struct, record and interface of the file, nested ones too.</summary>
    public IReadOnlyList<TypeDeclarationSyntax> Types =>
        _types ??= [.. Syntax.DescendantNodes().OfType<TypeDeclarationSyntax>()];

    /// <summary>A place for a finding, such as <c>src/A/B.cs:12</c>.</summary>
    public string At(SyntaxNodeOrToken node) =>
        $"{Path}:{node.GetLocation()!.GetLineSpan().StartLinePosition.Line + 1}";
}
