using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Aitbc.Tidy.Tests.Rules;

/// <summary>Interfaces that earn their place, sealed classes, namespaces that follow folders.</summary>
internal static class Types
{
    public const int ImplementationsNeeded = 2;

    /// <summary>
    /// Each interface of the sources has two concrete implementations, counted in the sources and in the shared fakes.
    /// </summary>
    public static IEnumerable<Finding> CheckInterfaces(
        IReadOnlyCollection<SourceFile> sources, IReadOnlyCollection<SourceFile> fakes)
    {
        var types = sources.Concat(fakes).SelectMany(file => TypesOf(file)).ToList();
        ILookup<string, string> basesOf = types
            .SelectMany(type => (type.BaseList?.Types ?? []).Select(parent => (Name(type), Name(parent.Type))))
            .ToLookup(pair => pair.Item1, pair => pair.Item2);
        var concrete = types
            .Where(type => type is not InterfaceDeclarationSyntax && !type.Modifiers.Any(SyntaxKind.AbstractKeyword))
            .Select(Name).Distinct().ToList();
        foreach (SourceFile file in sources)
        {
            foreach (InterfaceDeclarationSyntax one in TypesOf(file).OfType<InterfaceDeclarationSyntax>())
            {
                int count = concrete.Count(type => Ancestors(type, basesOf).Contains(Name(one)));
                if (count < ImplementationsNeeded)
                {
                    yield return new Finding(
                        file.At(one.Identifier),
                        $"{Name(one)} has {count} implementations; an interface needs {ImplementationsNeeded}");
                }
            }
        }
    }

    /// <summary>Each class is sealed, static or abstract, unless another of the sources derives from it.</summary>
    public static IEnumerable<Finding> CheckSealed(IReadOnlyCollection<SourceFile> sources)
    {
        HashSet<string> parents =
        [
            .. sources.SelectMany(TypesOf).SelectMany(type => type.BaseList?.Types ?? [])
                .Select(parent => Name(parent.Type)),
        ];
        return
            from file in sources
            from type in TypesOf(file)
            where type is ClassDeclarationSyntax
                or RecordDeclarationSyntax { RawKind: (int)SyntaxKind.RecordDeclaration }
            where !type.Modifiers.Any(modifier => modifier.Kind()
                is SyntaxKind.SealedKeyword or SyntaxKind.StaticKeyword or SyntaxKind.AbstractKeyword)
            where !IsPartOfSealed(type, sources) && !parents.Contains(type.Identifier.Text)
            select new Finding(file.At(type.Identifier), $"'{type.Identifier.Text}' is not sealed");
    }

    /// <summary>A namespace is file-scoped and spells the folder below <c>src</c> or <c>tests</c>.</summary>
    public static IEnumerable<Finding> CheckNamespaces(SourceFile file)
    {
        string expected = string.Join('.', file.Path.Split('/')[1..^1]);
        foreach (BaseNamespaceDeclarationSyntax one in
            file.Syntax.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>())
        {
            if (one is NamespaceDeclarationSyntax)
            {
                yield return new Finding(file.At(one), "its namespace is not file-scoped");
            }
            else if (one.Name.ToString() != expected)
            {
                yield return new Finding(file.At(one), $"its namespace is {one.Name}, its folder says {expected}");
            }
        }
    }

    // The other part of a partial class may carry the word.
    private static bool IsPartOfSealed(TypeDeclarationSyntax type, IReadOnlyCollection<SourceFile> sources) =>
        type.Modifiers.Any(SyntaxKind.PartialKeyword)
        && sources.SelectMany(TypesOf).Any(other => other.Identifier.Text == type.Identifier.Text
            && other.Modifiers.Any(modifier => modifier.Kind()
                is SyntaxKind.SealedKeyword or SyntaxKind.StaticKeyword or SyntaxKind.AbstractKeyword));

    private static IEnumerable<TypeDeclarationSyntax> TypesOf(SourceFile file) =>
        file.Syntax.DescendantNodes().OfType<TypeDeclarationSyntax>();

    private static HashSet<string> Ancestors(string type, ILookup<string, string> basesOf)
    {
        var found = new HashSet<string>();
        var open = new Stack<string>(basesOf[type]);
        while (open.TryPop(out string? parent))
        {
            if (found.Add(parent))
            {
                foreach (string above in basesOf[parent])
                {
                    open.Push(above);
                }
            }
        }

        return found;
    }

    private static string Name(TypeDeclarationSyntax type) => type.Identifier.Text;

    private static string Name(TypeSyntax type) => type switch
    {
        QualifiedNameSyntax qualified => qualified.Right.Identifier.Text,
        AliasQualifiedNameSyntax alias => alias.Name.Identifier.Text,
        SimpleNameSyntax simple => simple.Identifier.Text,
        _ => type.ToString(),
    };
}
