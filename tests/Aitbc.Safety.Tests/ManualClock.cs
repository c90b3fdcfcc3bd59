namespace Aitbc.Safety.Tests;

/// <summary>A clock that stands still; waiting moves it at once to where the wait would have ended.</summary>
internal sealed class ManualClock(Timestamp start) : TimeProvider
{
    private long nowMs = start.UnixMs;

    public Timestamp Now
    {
        get => new(Volatile.Read(ref nowMs));
        set => Volatile.Write(ref nowMs, value.UnixMs);
    }

    public override long TimestampFrequency => 1000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Now.UnixMs);

    public override long GetTimestamp() => Now.UnixMs;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime >= TimeSpan.Zero)
        {
            Now += new Duration((long)dueTime.TotalMilliseconds);
            callback(state);
        }

        return new Fired();
    }

    private sealed class Fired : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
