namespace Aitbc.Cli.Tests;

/// <summary>A test that needs a program of the system; without it the test is left out, never passed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsFactAttribute : FactAttribute
{
    public NeedsFactAttribute(string program)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!OperatingSystem.IsLinux() || !folders.Any(folder => File.Exists(Path.Combine(folder, program))))
        {
            Skip = $"needs Linux and '{program}'";
        }
    }
}
