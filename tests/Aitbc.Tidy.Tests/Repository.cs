namespace Aitbc.Tidy.Tests;

/// <summary>The checkout these tests lie in, read from disk. The rules themselves see only text.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The project files under <c>src</c>: name to text.</summary>
    public static IReadOnlyDictionary<string, string> SourceProjects { get; } = Projects("src");

    /// <summary>The project files under <c>tests</c>: name to text.</summary>
    public static IReadOnlyDictionary<string, string> TestProjects { get; } = Projects("tests");

    /// <summary>All C# files under <c>src</c>.</summary>
    public static IReadOnlyList<SourceFile> Sources { get; } = CSharp("src");

    /// <summary>All C# files under <c>tests</c>.</summary>
    public static IReadOnlyList<SourceFile> Tests { get; } = CSharp("tests");

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Paths of files from the root, with forward slashes, in ordinal order.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern)
    {
        string[] built = ["bin", "obj", "node_modules", "artifacts", ".git"];
        return
        [
            .. Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
                .Where(file => !file.Split('/').Any(built.Contains))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static List<SourceFile> CSharp(string folder)
    {
        List<SourceFile> files = [.. Files(folder, "*.cs").Select(file => new SourceFile(file, Read(file)))];
        // A walk that finds nothing would hold every law.
        Assert.NotEmpty(files);
        return files;
    }

    private static Dictionary<string, string> Projects(string folder)
    {
        Dictionary<string, string> projects = Files(folder, "*.csproj")
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), Read);
        Assert.NotEmpty(projects);
        return projects;
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Aitbc.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new InvalidOperationException("These tests must lie inside the checkout that holds Aitbc.slnx.");
    }
}
