using Aitbc.Primitives;

namespace Aitbc.Cli.Drill;

/// <summary>A clock whose wall can be stepped, as an operator or a time server does, while the monotonic time beneath
/// goes its own way.</summary>
/// <param name="start">The wall's first instant.</param>
/// <remarks>One thread.</remarks>
internal sealed class SteppingClock(Timestamp start) : TimeProvider
{
    private const long MsPerSecond = 1_000;

    private long wallMs = start.UnixMs;
    private long runMs;

    /// <inheritdoc/>
    public override long TimestampFrequency => MsPerSecond;

    /// <summary>What the wall says.</summary>
    public Timestamp Wall => new(wallMs);

    /// <summary>Time passes: both go on.</summary>
    public void Pass(Duration by) => (wallMs, runMs) = (wallMs + by.Ms, runMs + by.Ms);

    /// <summary>Somebody sets the wall, on or back; no time passes.</summary>
    public void Step(Duration by) => wallMs += by.Ms;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(wallMs);

    /// <inheritdoc/>
    public override long GetTimestamp() => runMs;
}
