using Aitbc.Primitives;

namespace Aitbc.Simulation.Time;

/// <summary>A clock that stands still until its world moves it: the time of a simulation, wall and monotonic in one.
/// </summary>
/// <remarks>One owner moves it; any thread may read it. It has no timers: in a world that runs on one thread nothing
/// may
/// wait for time to pass by itself.</remarks>
/// <param name="start">Its first instant.</param>
public sealed class VirtualClock(Timestamp start) : TimeProvider
{
    private const long MsPerSecond = 1000;

    private long nowMs = start.UnixMs;

    /// <summary>The present instant.</summary>
    public Timestamp Now => new(Volatile.Read(ref nowMs));

    /// <inheritdoc/>
    public override long TimestampFrequency => MsPerSecond;

    /// <summary>Moves it; an instant that has passed already leaves it where it is.</summary>
    /// <param name="instant">Where to.</param>
    public void AdvanceTo(Timestamp instant) => Volatile.Write(ref nowMs, Math.Max(nowMs, instant.UnixMs));

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Now.UnixMs);

    /// <inheritdoc/>
    public override long GetTimestamp() => Now.UnixMs;

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("Virtual time passes only where its world moves it; nothing can wait for it.");
}
