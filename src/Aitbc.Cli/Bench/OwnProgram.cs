using System.Diagnostics;

namespace Aitbc.Cli.Bench;

/// <summary>This program, to be started as another process.</summary>
internal static class OwnProgram
{
    /// <summary>How to start it, its streams in our hands.</summary>
    /// <param name="arguments">Its arguments.</param>
    public static ProcessStartInfo With(params IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath!;
        var isHosted = Path.GetFileNameWithoutExtension(program) == "dotnet";
        return new ProcessStartInfo(
            program, isHosted ? [typeof(OwnProgram).Assembly.Location, .. arguments] : arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }
}
