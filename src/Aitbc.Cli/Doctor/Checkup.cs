using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Aitbc.Cli.Configuration;
using Aitbc.Infrastructure.Storage;

namespace Aitbc.Cli.Doctor;

/// <summary>What a look at one thing found.</summary>
/// <param name="What">The thing.</param>
/// <param name="IsOk">Whether it is as it must be.</param>
/// <param name="IsNeeded">Whether a node cannot run without it.</param>
/// <param name="Found">What there is.</param>
/// <param name="Cure">What to do; empty where nothing is to be done.</param>
internal sealed record Finding(string What, bool IsOk, bool IsNeeded, string Found, string Cure);

/// <summary>Looks at everything that a node stands on, and changes none of it.</summary>
/// <remarks>Stateless.</remarks>
internal static class Checkup
{
    private const long NeededBytes = 512L * 1024 * 1024;
    private const string LockFile = DataDirectory.LockFile;
    private static readonly Version LeastSdk = new(10, 0);
    private static readonly Version LeastNode = new(20, 19);
    private static readonly DateTimeOffset Built = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Looks at all.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(
        ConfigSources sources, CancellationToken cancellationToken)
    {
        var (config, problems) = ConfigReader.Read(sources);
        var path = sources.Environment.GetValueOrDefault("PATH", string.Empty);
        return
        [
            await ProgramAsync(
                path, "dotnet", ".NET SDK", LeastSdk, true, "install the .NET 10 SDK: https://dot.net/download",
                cancellationToken).ConfigureAwait(false),
            await ProgramAsync(
                path,
                "node",
                "Node.js (dashboard)",
                LeastNode,
                false,
                "install Node 20.19 or later from https://nodejs.org (Debian 12's own is too old); it is only needed to"
                    + " build the dashboard",
                cancellationToken).ConfigureAwait(false),
            Chromium(path),
            new Finding(
                "configuration", problems.Count == 0, true, sources.File ?? "defaults", string.Join(" ", problems)),
            Disk(config.Data),
            Clock(TimeProvider.System),
            Port(problems.Count == 0 ? (int)config.Port : 0),
            Lock(config.Data),
        ];
    }

    private static Finding Chromium(string path) => Find(path, "chromium") is { } found
        ? new Finding("Chromium (tests)", true, false, found, string.Empty)
        : new Finding(
            "Chromium (tests)", false, false, "none", "for the tests of the dashboard: apt-get install chromium");

    private static async Task<Finding> ProgramAsync(
        string path, string program, string what, Version least, bool isNeeded, string cure, CancellationToken stop)
    {
        if (Find(path, program) is not { } file)
        {
            return new Finding(what, false, isNeeded, "none", cure);
        }

        var said = await AskVersionAsync(file, stop).ConfigureAwait(false);
        var isVersion = Version.TryParse(said.TrimStart('v').Split('-')[0], out var version);
        return new Finding(
            what,
            isVersion && version >= least,
            isNeeded,
            isVersion ? $"{version} ({file})" : $"{file} does not say its version",
            isVersion && version >= least ? string.Empty : cure);
    }

    private static string? Find(string path, string program) => path.Split(Path.PathSeparator)
        .Where(folder => folder.Length > 0)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program))
        .FirstOrDefault(File.Exists);

    private static async Task<string> AskVersionAsync(string file, CancellationToken stop)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(file, ["--version"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(Patience);
            try
            {
                var said = await process.StandardOutput.ReadToEndAsync(limit.Token).ConfigureAwait(false);
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
                return said.Trim();
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return string.Empty;
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // It is there and cannot be run.
            return string.Empty;
        }
    }

    private static Finding Disk(string data)
    {
        var place = Path.GetFullPath(data);
        while (!Directory.Exists(place))
        {
            place = Path.GetDirectoryName(place)!;
        }

        var free = new DriveInfo(place).AvailableFreeSpace;
        return new Finding(
            "disk",
            free >= NeededBytes,
            true,
            string.Create(CultureInfo.InvariantCulture, $"{free / (1024 * 1024)} MiB free at {place}"),
            free >= NeededBytes ? string.Empty : "free 512 MiB, or name another place with --data");
    }

    private static Finding Clock(TimeProvider time)
    {
        var now = time.GetUtcNow();
        return new Finding(
            "clock",
            now >= Built,
            true,
            now.ToString("u", CultureInfo.InvariantCulture),
            now >= Built ? string.Empty : "the clock is behind this release: set it, and let a time service keep it");
    }

    private static Finding Port(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return new Finding("port", true, true, $"{port} is free", string.Empty);
        }
        catch (SocketException)
        {
            return new Finding(
                "port", false, true, $"{port} is taken", "stop what listens there, or name another with --port");
        }
    }

    private static Finding Lock(string data)
    {
        var file = Path.Combine(data, LockFile);
        if (!File.Exists(file))
        {
            return new Finding("data directory", true, true, $"{data} is new", string.Empty);
        }

        try
        {
            using var held = DataDirectory.Open(data);
            return new Finding("data directory", true, true, $"{data} is free", string.Empty);
        }
        catch (IOException unusable)
        {
            return new Finding("data directory", false, true, $"{data} cannot be used", unusable.Message);
        }
    }
}
