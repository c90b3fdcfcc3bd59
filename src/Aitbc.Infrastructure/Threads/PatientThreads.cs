using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Aitbc.Infrastructure.Threads;

/// <summary>
/// Threads behind all others in the system's order, for what keeps a core long: 64 signatures take 3 ms, a training
/// seconds, and whoever has something short to do, a guardian's stop above all, should not wait for that.
/// </summary>
/// <remarks>Thread-safe. A thread's place in the order passes on to the threads that it starts: what runs here should
/// start none. Where the system refuses the place, or is not Linux, the threads are as others.</remarks>
public sealed class PatientThreads : IDisposable
{
    /// <summary>The place in the order: 0 is that of others, 19 the last.</summary>
    public const int Niceness = 10;

    private const int CallingThread = 0;

    private readonly BlockingCollection<Action> work = [];

    /// <summary>Starts them.</summary>
    /// <param name="name">What they do, for who looks at the process.</param>
    /// <param name="count">How many, 1 or more; what comes beyond waits in order, without a limit of its own.</param>
    public PatientThreads(string name, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        for (var i = 0; i < count; i++)
        {
            new Thread(Run) { IsBackground = true, Name = name }.Start();
        }
    }

    /// <summary>Does something on one of them.</summary>
    /// <param name="act">What; an exception of it is the task's.</param>
    /// <returns>Its result.</returns>
    /// <exception cref="InvalidOperationException">They were disposed.</exception>
    public Task<T> RunAsync<T>(Func<T> act)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        work.Add(() =>
        {
            try
            {
                answer.SetResult(act());
            }
            catch (Exception error)
            {
                // Whoever asked is told; the thread is the same for all.
                answer.SetException(error);
            }
        });
        return answer.Task;
    }

    /// <summary>Ends them once what was asked for is done; waits for nothing.</summary>
    public void Dispose() => work.CompleteAdding();

    private void Run()
    {
        if (OperatingSystem.IsLinux())
        {
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
