namespace Aitbc.Testing;

/// <summary>A clock that stands still until a test moves it; wall and monotonic time move together.</summary>
/// <param name="start">Its first instant.</param>
/// <remarks>Not thread-safe.</remarks>
public sealed class SteppedTime(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset now = start;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => now;

    /// <inheritdoc/>
    public override long GetTimestamp() => now.UtcTicks;

    /// <summary>Moves on.</summary>
    public void Advance(TimeSpan by) => now += by;
}
