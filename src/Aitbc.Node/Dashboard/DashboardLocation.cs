namespace Aitbc.Node.Dashboard;

/// <summary>Where a program's built dashboard is.</summary>
public static class DashboardLocation
{
    private const int MaxParents = 6;

    /// <summary>Looks beside a program (<c>web</c>), where a release has it, then in the folders above it
    /// (<c>web/dist</c>), where a checkout has it.</summary>
    /// <param name="program">The program's directory.</param>
    /// <returns>The directory that holds <c>index.html</c>; null where there is none.</returns>
    public static string? Find(string program)
    {
        ArgumentNullException.ThrowIfNull(program);
        var beside = Path.Combine(program, "web");
        if (IsBuilt(beside))
        {
            return beside;
        }

        var folder = new DirectoryInfo(program);
        for (var i = 0; i <= MaxParents && folder is not null; i++, folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, "web", "dist") is var built && IsBuilt(built))
            {
                return built;
            }
        }

        return null;
    }

    private static bool IsBuilt(string directory) => File.Exists(Path.Combine(directory, "index.html"));
}
