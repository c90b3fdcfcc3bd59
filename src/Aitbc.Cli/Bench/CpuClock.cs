using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Aitbc.Cli.Bench;

/// <summary>
/// Time that the calling thread has spent on a core: what "on one core" means, whoever else is on the machine. Where
/// the system has no such clock it is wall time.
/// </summary>
internal static class CpuClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>The thread's time so far, ns.</summary>
    public static long Now()
    {
        if (OperatingSystem.IsLinux() && ClockGetTime(ThreadCpuTime, out var now) == 0)
        {
            return (now.Seconds * 1_000_000_000) + now.Nanoseconds;
        }

        return (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds;
    }

    /// <summary>Time since.</summary>
    public static TimeSpan Since(long started) => TimeSpan.FromTicks((Now() - started) / 100);

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int ClockGetTime(int clock, out TimeSpec time);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
