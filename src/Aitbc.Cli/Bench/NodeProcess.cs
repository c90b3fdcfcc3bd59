using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Aitbc.Cli.Bench;

/// <summary>A node in a process of its own, as <c>aitbc up</c> starts one: what it costs is not mixed with what asks
/// it. Killed when disposed.</summary>
internal sealed class NodeProcess : IDisposable
{
    private const int TicksPerSecond = 100;
    private readonly Process process;

    private NodeProcess(Process process, Uri url) => (this.process, Url) = (process, url);

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>Its id.</summary>
    public int Id => process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>What it has said of things that went wrong.</summary>
    public required List<string> Complaints { get; init; }

    /// <summary>Starts one on a data directory, at any free port, and waits until it listens.</summary>
    public static Task<NodeProcess> StartAsync(string data, CancellationToken stop, params string[] more) =>
        StartAtAsync(data, 0, stop, more);

    /// <summary>Starts one at a port, 0 for any free one, and waits until it listens.</summary>
    public static async Task<NodeProcess> StartAtAsync(
        string data, int port, CancellationToken stop, params string[] more)
    {
        var process = Process.Start(OwnProgram.With(["up", "--data", data, "--port", $"{port}", "--json", .. more]))!;
        var complaints = new List<string>();
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text)
            {
                lock (complaints)
                {
                    complaints.Add(text);
                }
            }
        };
        process.BeginErrorReadLine();
        if (await process.StandardOutput.ReadLineAsync(stop).ConfigureAwait(false) is not { } line)
        {
            throw new InvalidOperationException($"The node did not start: {string.Join(' ', complaints)}");
        }

        using var started = JsonDocument.Parse(line);
        var url = new Uri(started.RootElement.GetProperty("url").GetString()!);
        return new NodeProcess(process, new Uri(url.GetLeftPart(UriPartial.Authority))) { Complaints = complaints };
    }

    /// <summary>Time its threads have spent on cores so far, in the kernel too. Source: proc(5), stat.</summary>
    public TimeSpan CpuTime()
    {
        var text = File.ReadAllText($"/proc/{Id}/stat");

        // The second field is a name in brackets, which may hold spaces.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        const int UserTime = 11;
        var ticks = long.Parse(fields[UserTime], CultureInfo.InvariantCulture)
            + long.Parse(fields[UserTime + 1], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
    }

    /// <summary>Its memory that is in RAM, MiB.</summary>
    public double ResidentMiB()
    {
        process.Refresh();
        return process.WorkingSet64 / (1024.0 * 1024.0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        process.Dispose();
    }
}
