namespace Aitbc.Workloads.Tests;

/// <summary>The repository's real data files, read once.</summary>
internal static class RepositoryData
{
    private static readonly Lazy<byte[]> s_digits = new(() => Read("digits.csv"));
    private static readonly Lazy<byte[]> s_breastCancer = new(() => Read("breast-cancer.csv"));
    private static readonly Lazy<byte[]> s_requests = new(() => Read("llm-requests.csv"));

    public static byte[] Digits => s_digits.Value;

    public static byte[] BreastCancer => s_breastCancer.Value;

    public static byte[] Requests => s_requests.Value;

    public static byte[] Named(string file) => file switch
    {
        "digits.csv" => Digits,
        "breast-cancer.csv" => BreastCancer,
        _ => throw new ArgumentException(file, nameof(file)),
    };

    private static byte[] Read(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Aitbc.slnx"))) folder = folder.Parent;
        Assert.NotNull(folder);
        return File.ReadAllBytes(Path.Combine(folder.FullName, "data", file));
    }
}
