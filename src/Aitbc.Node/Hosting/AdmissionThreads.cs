using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Aitbc.Node.Hosting;

/// <summary>
/// Threads that check the signatures of large requests, behind everything else in the system's order: 64 checks keep a
/// core for 3 ms, and whoever else has something short to do, a guardian's stop above all, should not wait for that.
/// </summary>
/// <remarks>Thread-safe. What waits is bounded by the shares of <see cref="CommandShares"/>.</remarks>
internal sealed class AdmissionThreads : IDisposable
{
    private const int CallingThread = 0;
    private const int Niceness = 10;

    private readonly BlockingCollection<Action> work = [];

    public AdmissionThreads()
    {
        for (var i = 0; i < Environment.ProcessorCount; i++)
        {
            new Thread(Run) { IsBackground = true, Name = "admission" }.Start();
        }
    }

    /// <summary>Does something there.</summary>
    public Task<T> RunAsync<T>(Func<T> act)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        work.Add(() =>
        {
            try
            {
                done.SetResult(act());
            }
            catch (Exception error)
            {
                // Whoever asked is told; the thread is the same for all.
                done.SetException(error);
            }
        });
        return done.Task;
    }

    /// <inheritdoc/>
    public void Dispose() => work.CompleteAdding();

    private void Run()
    {
        if (OperatingSystem.IsLinux())
        {
            // Where it is refused, the threads are as good as others.
            _ = SetPriority(CallingThread, CallingThread, Niceness);
        }

        foreach (var act in work.GetConsumingEnumerable())
        {
            act();
        }
    }

    /// <summary>Source: setpriority(2); on Linux it is the thread's.</summary>
    [DllImport("libc", EntryPoint = "setpriority")]
    private static extern int SetPriority(int which, int who, int niceness);
}
