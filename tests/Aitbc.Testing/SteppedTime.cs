namespace Aitbc.Testing;

/// <summary>A clock that stands still until a test moves it; wall and monotonic time move together, and timers fire
/// when the test moves it past them.</summary>
/// <param name="start">Its first instant.</param>
/// <remarks>Thread-safe, with one test that moves it.</remarks>
public sealed class SteppedTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Timer> pending = [];
    private DateTimeOffset now = start;
    private TaskCompletionSource changed = NewSignal();

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Moves on; what falls due on the way is called on this thread, in order.</summary>
    public void Advance(TimeSpan by)
    {
        var end = GetUtcNow() + by;
        while (Next(end) is { } timer)
        {
            timer.Fire();
        }
    }

    /// <summary>Waits until somebody waits for this clock as the test expects.</summary>
    /// <param name="isSo">Asked with the time left of each timer, shortest first, whenever one came or went.</param>
    public async Task UntilWaitingAsync(Func<IReadOnlyList<TimeSpan>, bool> isSo)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (isSo([.. pending.Select(timer => timer.DueAt - now).Order()]))
                {
                    return;
                }

                next = changed.Task;
            }

            await next;
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The next timer that falls due until some time, at which the clock then stands; null where none does.
    /// </summary>
    private Timer? Next(DateTimeOffset end)
    {
        lock (gate)
        {
            var timer = pending.Where(one => one.DueAt <= end).MinBy(one => one.DueAt);
            now = timer is null ? end : timer.DueAt > now ? timer.DueAt : now;
            timer?.Rearm();
            Signal();
            return timer;
        }
    }

    private void Signal()
    {
        changed.SetResult();
        changed = NewSignal();
    }

    private sealed class Timer(SteppedTime clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period;

        public DateTimeOffset DueAt { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
        {
            lock (clock.gate)
            {
                clock.pending.Remove(this);
                period = newPeriod;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    DueAt = clock.now + dueTime;
                    clock.pending.Add(this);
                }

                clock.Signal();
                return true;
            }
        }

        /// <summary>Goes on to its next time, where it has one; under the clock's lock.</summary>
        public void Rearm()
        {
            if (period <= TimeSpan.Zero)
            {
                clock.pending.Remove(this);
            }
            else
            {
                DueAt += period;
            }
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (clock.gate)
            {
                clock.pending.Remove(this);
                clock.Signal();
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
