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
        List<TypeDeclarationSyntax> types = [.. sources.Concat(fakes).SelectMany(file => file.Types)];
        ILookup<string, string> parentsOf = types
            .SelectMany(type => ParentsOf(type).Select(parent => (type.Identifier.Text, Parent: parent)))
            .ToLookup(pair => pair.Text, pair => pair.Parent);
        // The parts of a partial type are one implementation; two nested types of the same name are two.
        List<IGrouping<string, TypeDeclarationSyntax>> concrete =
        [
            .. types.GroupBy(FullName).Where(parts => !parts.Any(part =>
                part is InterfaceDeclarationSyntax || part.Modifiers.Any(SyntaxKind.AbstractKeyword))),
        ];
        foreach (SourceFile file in sources)
        {
            foreach (InterfaceDeclarationSyntax one in file.Types.OfType<InterfaceDeclarationSyntax>())
            {
                string name = one.Identifier.Text;
                int count = concrete.Count(parts => Ancestors(parts.SelectMany(ParentsOf), parentsOf).Contains(name));
                if (count < ImplementationsNeeded)
                {
                    yield return new Finding(
                        file.At(one.Identifier),
                        $"{name} has {count} implementations; an interface needs {ImplementationsNeeded}");
                }
            }
        }
    }

    /// <summary>Each class is sealed, static or abstract, unless another of the sources derives from it.</summary>
    public static IEnumerable<Finding> CheckSealed(IReadOnlyCollection<SourceFile> sources)
    {
        HashSet<string> parents =
        [
            .. sources.SelectMany(file => file.Types).SelectMany(ParentsOf),
        ];
        return
            from file in sources
            from type in file.Types
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
        && sources.SelectMany(file => file.Types).Any(other => other.Identifier.Text == type.Identifier.Text
            && other.Modifiers.Any(modifier => modifier.Kind()
                is SyntaxKind.SealedKeyword or SyntaxKind.StaticKeyword or SyntaxKind.AbstractKeyword));

    private static IEnumerable<string> ParentsOf(TypeDeclarationSyntax type) =>
        (type.BaseList?.Types ?? []).Select(parent => Name(parent.Type));

    private static HashSet<string> Ancestors(IEnumerable<string> parents, ILookup<string, string> parentsOf)
    {
        var found = new HashSet<string>();
        var open = new Stack<string>(parents);
        while (open.TryPop(out string? parent))
        {
            if (found.Add(parent))
            {
                foreach (string above in parentsOf[parent])
                {
                    open.Push(above);
                }
            }
        }

        return found;
    }

    // With the types and the namespace around it.
    private static string FullName(TypeDeclarationSyntax type) =>
        string.Join('.', type.AncestorsAndSelf().Reverse().Select(node => node switch
        {
            TypeDeclarationSyntax around => around.Identifier.Text,
            BaseNamespaceDeclarationSyntax space => space.Name.ToString(),
            _ => "",
        }));

    private static string Name(TypeSyntax type) => type switch
    {
        QualifiedNameSyntax qualified => qualified.Right.Identifier.Text,
        AliasQualifiedNameSyntax alias => alias.Name.Identifier.Text,
        SimpleNameSyntax simple => simple.Identifier.Text,
        _ => type.ToString(),
    };
}
