namespace Aitbc.Agents.Tests;

/// <summary>The repository's real data files.</summary>
internal static class RepositoryData
{
    public static byte[] Read(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Aitbc.slnx")))
        {
            folder = folder.Parent;
        }

        return File.ReadAllBytes(Path.Combine(folder!.FullName, "data", file));
    }
}
