using System.Diagnostics;

namespace Aitbc.Cli.Tests;

/// <summary>What a process that has ended left behind.</summary>
internal sealed record Ended(int ExitCode, string Out, string Error);

/// <summary>A real child process with its streams in our hands. Killed when disposed.</summary>
internal sealed class ChildProcess : IDisposable
{
    /// <summary>Only against what hangs: on a machine with much else to do, whatever is short may take long.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static ChildProcess Start(
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? directory = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = directory ?? "",
        };
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return new ChildProcess(process);
    }

    public static async Task<Ended> RunAsync(
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? directory = null)
    {
        using ChildProcess child = Start(file, arguments, environment, directory);
        return await child.EndAsync();
    }

    public Task<string?> ReadLineAsync() => _process.StandardOutput.ReadLineAsync().WaitAsync(Limit);

    public async Task<Ended> EndAsync()
    {
        Task<string> output = _process.StandardOutput.ReadToEndAsync();
        Task<string> error = _process.StandardError.ReadToEndAsync();
        await Task.WhenAll(_process.WaitForExitAsync(), output, error).WaitAsync(Limit);
        return new Ended(_process.ExitCode, await output, await error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
