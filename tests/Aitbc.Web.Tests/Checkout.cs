// Two collections, a browser each: while one waits for its pages, the other goes on.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]

namespace Aitbc.Web.Tests;

/// <summary>The checkout, its built dashboard and a browser; without one of them the tests are left out.</summary>
internal static class Checkout
{
    public const string Chromium = "/usr/bin/chromium";

    public static string Root { get; } = FindRoot();

    public static string Dashboard => Path.Combine(Root, "web", "dist");

    public static string Axe => Path.Combine(Root, "web", "node_modules", "axe-core", "axe.min.js");

    /// <summary>Why the tests cannot run here; null where they can.</summary>
    public static string? Missing { get; } =
        !File.Exists(Chromium) ? $"needs {Chromium}"
        : !File.Exists(Path.Combine(Dashboard, "index.html")) || !File.Exists(Axe) ? "needs the dashboard to be built"
        : null;

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Aitbc.slnx")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}

/// <summary>A test in a browser.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Checkout.Missing;
}

/// <summary>Tests in a browser.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Checkout.Missing;
}
