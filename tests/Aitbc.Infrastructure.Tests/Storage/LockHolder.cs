using System.Diagnostics;
using Aitbc.Infrastructure.Storage;

namespace Aitbc.Infrastructure.Tests.Storage;

/// <summary>
/// A real second process of this runtime that opens a data directory and holds it until it is killed or we end.
/// </summary>
internal static class LockHolder
{
    public const string Holding = "holding";
    public const string Locked = "locked";

    private const string PathVariable = "AITBC_TEST_HOLD_DIRECTORY";
    private const string HookVariable = "DOTNET_STARTUP_HOOKS";

    public static Process Start(string path)
    {
        var assembly = typeof(LockHolder).Assembly.Location;
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(assembly);
        start.Environment[PathVariable] = path;
        start.Environment[HookVariable] = assembly;
        return Process.Start(start)!;
    }

    /// <summary>What the child does before its own entry point is reached.</summary>
    public static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is not { } path)
        {
            return;
        }

        try
        {
            using var data = DataDirectory.Open(path);
            Console.WriteLine(Holding);
            Console.ReadLine();
        }
        catch (DataDirectoryLockedException)
        {
            Console.WriteLine(Locked);
            Console.ReadLine();
        }
    }
}
