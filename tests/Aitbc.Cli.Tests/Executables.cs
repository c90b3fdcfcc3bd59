namespace Aitbc.Cli.Tests;

/// <summary>Where the things are that the tests start.</summary>
internal static class Executables
{
    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    /// <summary>The built command, as the build placed it beside the tests.</summary>
    public static string Aitbc { get; } = Path.Combine(AppContext.BaseDirectory, "aitbc" + Suffix);

    /// <summary>These tests as a process: <see cref="TestProgram"/>.</summary>
    public static string TestProgram { get; } = Path.Combine(AppContext.BaseDirectory, "Aitbc.Cli.Tests" + Suffix);

    /// <summary>The root of this checkout.</summary>
    public static string Root { get; } = FindRoot();

    public static Task<Ended> RunAitbcAsync(params string[] arguments) => ChildProcess.RunAsync(Aitbc, arguments);

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
