using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Storage;

/// <summary>How a <see cref="Journal"/> is laid out and kept. Immutable, thread-safe.</summary>
public sealed class JournalOptions
{
    /// <summary>Largest payload of one frame in bytes: 4 MiB.</summary>
    public const int MaxPayloadBytes = 4 * 1024 * 1024;

    /// <summary>Smallest segment in bytes: 8 KiB, which only tests want.</summary>
    public const int MinSegmentBytes = 8 * 1024;

    /// <summary>Largest segment in bytes: 1 GiB; opening a journal holds the last one in memory for a moment.</summary>
    public const int MaxSegmentBytes = 1024 * 1024 * 1024;

    /// <summary>
    /// Whose journal this is, for example the digest of its genesis file: a segment that carries another identity is
    /// refused.
    /// </summary>
    public required Digest Identity { get; init; }

    /// <summary>
    /// Length of a new segment in bytes, a multiple of 4096; default 64 MiB. A batch must fit into one segment, so it
    /// also bounds the batch and the frame. Segments that exist keep their length.
    /// </summary>
    [Range(MinSegmentBytes, MaxSegmentBytes)]
    public int SegmentBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// <see cref="Journal.HasRoom"/> says no below this many reserved bytes; default 16 MiB. It must be more than what
    /// can be admitted and not yet written. At most a quarter of a segment counts, so that small segments work too.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long LowWaterBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// Whether the next segment is prepared by an own task (default), or inline by the thread that writes, which makes
    /// every run of a test the same.
    /// </summary>
    public bool PrepareInBackground { get; init; } = true;

    /// <summary>
    /// Pause in milliseconds before a preparation that found the disk full is tried again; default 1,000.
    /// </summary>
    [Range(1, 3_600_000)]
    public int PrepareRetryMs { get; init; } = 1_000;

    /// <summary>
    /// Count of segments whose sparse index of entries is kept in memory; default 1,024, which takes 2 MiB with entries
    /// of 600 bytes and at most 22 MiB with empty ones. Reading from another segment scans it from its start.
    /// </summary>
    [Range(2, 1_048_576)]
    public int MaxIndexedSegments { get; init; } = 1_024;

    /// <summary>The clock that times the retry; default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Takes the time of every flush, seconds; default null, nobody measures.</summary>
    public Histogram<double>? FlushDuration { get; init; }

    /// <summary>Bytes of frames that one segment takes: its length without its header and its start frame.</summary>
    internal int SegmentCapacity => CapacityOf(SegmentBytes);

    /// <summary>The identity as bytes.</summary>
    internal byte[] IdentityBytes
    {
        get
        {
            var bytes = new byte[SegmentLayout.IdentityBytes];
            Identity.CopyTo(bytes);
            return bytes;
        }
    }

    internal static int CapacityOf(int segmentBytes) =>
        segmentBytes - SegmentLayout.HeaderBytes - FrameLayout.FrameBytes(0);

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="ValidationException">A value is out of its range.</exception>
    internal void Validate()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        if (SegmentBytes % 4096 != 0)
        {
            throw new ValidationException($"{nameof(SegmentBytes)} must be a multiple of 4096, not {SegmentBytes}");
        }
    }
}
