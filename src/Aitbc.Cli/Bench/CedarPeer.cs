using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Aitbc.Cli.Bench;

/// <summary>
/// The peer of the safety benchmark: Cedar, compiled to WebAssembly, asked by Node.js for the equal limits
/// (<c>Bench/Peers/cedar</c>). Its package is fetched by npm, in the version that stands there, beside the build.
/// </summary>
internal static class CedarPeer
{
    /// <summary>Measures; where there is no Node.js or npm, or npm cannot fetch, the rate is null and the text says so.
    /// </summary>
    public static async Task<(double? PerSecond, string What)> RunAsync(
        BenchScale scale, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(AppContext.BaseDirectory, "peers", "cedar");
        if (!Directory.Exists(Path.Combine(directory, "node_modules", "@cedar-policy", "cedar-wasm")))
        {
            var (installed, said) = await RunAsync(
                "npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], directory,
                cancellationToken).ConfigureAwait(false);
            if (!installed)
            {
                return (null, $"left out: npm could not provide Cedar ({FirstLine(said)})");
            }
        }

        var milliseconds = scale.Of(2_000, 100).ToString(CultureInfo.InvariantCulture);
        var (ran, output) = await RunAsync("node", ["cedar.mjs", milliseconds], directory, cancellationToken)
            .ConfigureAwait(false);
        if (!ran)
        {
            return (null, $"left out: Node.js could not run Cedar ({FirstLine(output)})");
        }

        using var answer = JsonDocument.Parse(output);
        return (
            answer.RootElement.GetProperty("perSecond").GetDouble(),
            $"Cedar {answer.RootElement.GetProperty("version").GetString()} in Node.js, the equal limits as parsed"
            + " policies; given the windows' sums, it keeps none and writes no audit; its process's own time");
    }

    private static string FirstLine(string text) =>
        text.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "it said nothing";

    private static async Task<(bool Ok, string Said)> RunAsync(
        string program, string[] arguments, string directory, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        try
        {
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellationToken),
                process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return process.ExitCode == 0 ? (true, await output) : (false, await errors + await output);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (false, $"no {program} on this machine");
        }
    }
}
