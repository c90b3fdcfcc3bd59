using System.ComponentModel;
using System.Diagnostics;

namespace Aitbc.Cli.Tests;

/// <summary>A test that needs Node.js 20.19 or later with npm; without it the test is left out, never passed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsNodeFactAttribute : FactAttribute
{
    private static readonly Version Least = new(20, 19);

    public NeedsNodeFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || VersionOf("node") is not { } node || node < Least || VersionOf("npm") is null)
        {
            Skip = $"needs Linux and Node.js {Least} or later with npm";
        }
    }

    private static Version? VersionOf(string program)
    {
        try
        {
            var start = new ProcessStartInfo(program, "--version")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var said = process.StandardOutput.ReadToEnd().Trim().TrimStart('v');
            return Version.TryParse(said, out var version) ? version : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
