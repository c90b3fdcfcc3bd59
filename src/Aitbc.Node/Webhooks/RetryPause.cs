using Aitbc.Primitives;

namespace Aitbc.Node.Webhooks;

/// <summary>How long a hook waits after a failed try: twice as long each time up to a cap, and by chance up to half of
/// it less, so that hooks which failed together do not come back together.</summary>
/// <remarks>Stateless.</remarks>
internal static class RetryPause
{
    /// <summary>The pause after the first failure, before chance.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private const int MaxDoublings = 16;

    /// <summary>The pause.</summary>
    /// <param name="attempts">Tries that have failed in a row, at least 1.</param>
    /// <param name="random">The chance.</param>
    /// <returns>Between a half and the whole of min(1 s * 2^(attempts - 1), 5 min).</returns>
    public static TimeSpan After(int attempts, SeededRandom random)
    {
        var whole = Math.Min(
            First.Ticks << Math.Min(attempts - 1, MaxDoublings), Longest.Ticks);
        return new TimeSpan(whole - (long)random.NextUInt64((ulong)(whole / 2)));
    }
}
