using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>
/// The ledger's time: the wall clock at the start plus a monotonic clock, so that stepping the wall clock moves
/// nothing. Where the two drift apart by more than two seconds, admission stops and says so.
/// </summary>
/// <remarks>Safe from any thread.</remarks>
internal sealed class LedgerClock
{
    /// <summary>Divergence that stops admission.</summary>
    public static readonly Duration MaxDivergence = Duration.FromSeconds(2);

    private readonly TimeProvider time;
    private readonly long startMs;
    private readonly long startStamp;

    /// <summary>Starts the clock, not before an instant that the journal already knows.</summary>
    /// <exception cref="AdmissionClosedException">The wall clock is more than two seconds behind the
    /// journal.</exception>
    public LedgerClock(TimeProvider time, Timestamp notBefore)
    {
        this.time = time;
        var wallMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (wallMs + MaxDivergence.Ms < notBefore.UnixMs)
        {
            throw new AdmissionClosedException(
                "clock",
                $"The clock says {new Timestamp(wallMs)}, but the journal's last entry is of {notBefore}: set the"
                    + " clock "
                + "right and start again.");
        }

        startMs = Math.Max(wallMs, notBefore.UnixMs);
        startStamp = time.GetTimestamp();
    }

    /// <summary>Now.</summary>
    public Timestamp Now => new(startMs + (long)time.GetElapsedTime(startStamp).TotalMilliseconds);

    /// <summary>How far the wall clock is from the ledger's, either way.</summary>
    public Duration Divergence =>
        new(Math.Abs(time.GetUtcNow().ToUnixTimeMilliseconds() - Now.UnixMs));
}
