using System.Runtime.CompilerServices;
using Aitbc.Primitives;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Constitution;

/// <summary>
/// Arithmetic of the rolling 24 h. A bucket counts until all of it is older than 24 h, so in no 24 h whatever, not
/// only from midnight to midnight, more than the cap passes.
/// </summary>
internal static class RollingLimits
{
    /// <summary>Length of a bucket.</summary>
    public const long BucketMs = 15 * 60 * 1000;

    /// <summary>Buckets that count besides the newest: 96 make 24 h, and the oldest is only partly inside.</summary>
    public const int WindowBuckets = 96;

    /// <summary>Number of the bucket of an instant.</summary>
    public static int BucketOf(long timeMs) => (int)(timeMs / BucketMs);

    /// <summary>Buckets that count, besides the newest, of a window of another length: it is rounded up.</summary>
    public static int BucketsOf(long windowMs) => (int)((windowMs + BucketMs - 1) / BucketMs);

    /// <summary>What counts now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TokenAmount Used(
        LedgerState state, in RollingWindow window, long nowMs, int windowBuckets = WindowBuckets)
    {
        var first = BucketOf(nowMs) - windowBuckets;
        var oldest = window.OldestListed == 0 ? window.NewestBucket : window.OldestBucket;
        return oldest >= first ? window.Total : UsedFrom(state, window, first);
    }

    /// <summary>Adds to the bucket of now, after dropping what has left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Reserve(
        LedgerState state,
        ref RollingWindow window,
        long nowMs,
        TokenAmount amount,
        int windowBuckets = WindowBuckets)
    {
        var bucket = BucketOf(nowMs);
        if (bucket != window.NewestBucket)
        {
            Turn(state, ref window, bucket, windowBuckets);
        }

        window.Newest += amount;
        window.Total += amount;
    }

    /// <summary>Takes an amount back out of the bucket it was reserved in; where that has left, nothing is due.
    /// </summary>
    public static void Release(LedgerState state, ref RollingWindow window, int bucket, TokenAmount amount)
    {
        if (bucket == window.NewestBucket)
        {
            window.Newest -= amount;
            window.Total -= amount;
            return;
        }

        for (var at = window.OldestListed; at != 0; at = state.Buckets[at - 1].Younger)
        {
            if (state.Buckets[at - 1].Bucket == bucket)
            {
                state.Buckets.Write(at - 1).Amount -= amount;
                window.Total -= amount;
                return;
            }
        }
    }

    /// <summary>Gives the listed buckets' slots back: the window is no more.</summary>
    public static void Free(LedgerState state, in RollingWindow window)
    {
        for (var at = window.OldestListed; at != 0;)
        {
            var younger = state.Buckets[at - 1].Younger;
            state.Buckets.Free(at - 1);
            at = younger;
        }
    }

    /// <summary>The oldest bucket of a window that holds anything, from a bucket on; -1 where none does.</summary>
    public static int OldestFrom(LedgerState state, in RollingWindow window, int first)
    {
        for (var at = window.OldestListed; at != 0; at = state.Buckets[at - 1].Younger)
        {
            if (state.Buckets[at - 1].Bucket >= first && !state.Buckets[at - 1].Amount.IsZero)
            {
                return state.Buckets[at - 1].Bucket;
            }
        }

        return window.NewestBucket >= first && !window.Newest.IsZero ? window.NewestBucket : -1;
    }

    private static TokenAmount UsedFrom(LedgerState state, in RollingWindow window, int first)
    {
        var used = window.Total;
        for (var at = window.OldestListed; at != 0; at = state.Buckets[at - 1].Younger)
        {
            if (state.Buckets[at - 1].Bucket >= first)
            {
                return used;
            }

            used -= state.Buckets[at - 1].Amount;
        }

        return window.NewestBucket >= first ? used : TokenAmount.Zero;
    }

    /// <summary>Lists the newest bucket and begins another.</summary>
    private static void Turn(LedgerState state, ref RollingWindow window, int bucket, int windowBuckets)
    {
        var first = bucket - windowBuckets;
        while (window.OldestListed != 0)
        {
            var oldest = state.Buckets[window.OldestListed - 1];
            if (oldest.Bucket >= first)
            {
                break;
            }

            window.Total -= oldest.Amount;
            state.Buckets.Free(window.OldestListed - 1);
            window.OldestListed = oldest.Younger;
        }

        if (window.OldestListed == 0)
        {
            (window.YoungestListed, window.OldestBucket) = (0, 0);
        }
        else
        {
            window.OldestBucket = state.Buckets[window.OldestListed - 1].Bucket;
        }

        if (window.NewestBucket < first)
        {
            window.Total -= window.Newest;
        }
        else if (!window.Newest.IsZero)
        {
            ref var listed = ref state.Buckets.Add(out var slot);
            listed.Bucket = window.NewestBucket;
            listed.Amount = window.Newest;
            if (window.YoungestListed == 0)
            {
                window.OldestListed = slot + 1;
                window.OldestBucket = window.NewestBucket;
            }
            else
            {
                state.Buckets.Write(window.YoungestListed - 1).Younger = slot + 1;
            }

            window.YoungestListed = slot + 1;
        }

        window.NewestBucket = bucket;
        window.Newest = TokenAmount.Zero;
    }
}
