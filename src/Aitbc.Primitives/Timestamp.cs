using System.Globalization;
using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>An instant: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.</summary>
/// <remarks>
/// Arithmetic is checked. The default is the epoch. On the wire a JSON integer, 0 to 2^53 - 1; others are refused both
/// ways. Immutable, safe from any thread.
/// </remarks>
/// <param name="UnixMs">Milliseconds since the Unix epoch.</param>
[JsonConverter(typeof(TimestampConverter))]
public readonly record struct Timestamp(long UnixMs) : IComparable<Timestamp>
{
    private const long MinDisplayMs = -62_135_596_800_000;
    private const long MaxDisplayMs = 253_402_300_799_999;

    /// <summary>1970-01-01T00:00:00Z.</summary>
    public static Timestamp Epoch => default;

    /// <summary>The instant a clock gave, cut to whole milliseconds.</summary>
    /// <param name="instant">What <see cref="TimeProvider.GetUtcNow"/> returned.</param>
    /// <returns>The instant.</returns>
    public static Timestamp From(DateTimeOffset instant) => new(instant.ToUnixTimeMilliseconds());

    /// <summary>The instant later by a duration.</summary>
    /// <param name="instant">The instant.</param>
    /// <param name="duration">How much later.</param>
    /// <returns>The later instant.</returns>
    /// <exception cref="OverflowException">The result does not fit 64 bits.</exception>
    public static Timestamp operator +(Timestamp instant, Duration duration) => new(instant.UnixMs + duration.Ms);

    /// <summary>The instant earlier by a duration.</summary>
    /// <param name="instant">The instant.</param>
    /// <param name="duration">How much earlier.</param>
    /// <returns>The earlier instant.</returns>
    /// <exception cref="OverflowException">The result does not fit 64 bits.</exception>
    public static Timestamp operator -(Timestamp instant, Duration duration) => new(instant.UnixMs - duration.Ms);

    /// <summary>The time from one instant to another.</summary>
    /// <param name="left">The later instant.</param>
    /// <param name="right">The earlier instant.</param>
    /// <returns>The duration, below zero where left is earlier.</returns>
    /// <exception cref="OverflowException">The result does not fit 64 bits.</exception>
    public static Duration operator -(Timestamp left, Timestamp right) => new(left.UnixMs - right.UnixMs);

    /// <summary>Whether the left instant is earlier.</summary>
    /// <param name="left">One instant.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is before right.</returns>
    public static bool operator <(Timestamp left, Timestamp right) => left.UnixMs < right.UnixMs;

    /// <summary>Whether the left instant is later.</summary>
    /// <param name="left">One instant.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is after right.</returns>
    public static bool operator >(Timestamp left, Timestamp right) => left.UnixMs > right.UnixMs;

    /// <summary>Whether the left instant is earlier or the same.</summary>
    /// <param name="left">One instant.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is not after right.</returns>
    public static bool operator <=(Timestamp left, Timestamp right) => left.UnixMs <= right.UnixMs;

    /// <summary>Whether the left instant is later or the same.</summary>
    /// <param name="left">One instant.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is not before right.</returns>
    public static bool operator >=(Timestamp left, Timestamp right) => left.UnixMs >= right.UnixMs;

    /// <inheritdoc/>
    public int CompareTo(Timestamp other) => UnixMs.CompareTo(other.UnixMs);

    /// <summary>ISO 8601 in UTC with milliseconds; the bare count where the year is not 1 to 9999.</summary>
    /// <returns>Such as "2026-11-20T08:15:30.123Z".</returns>
    public override string ToString() =>
        UnixMs is >= MinDisplayMs and <= MaxDisplayMs
            ? DateTimeOffset.FromUnixTimeMilliseconds(UnixMs)
                .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{UnixMs} ms");
}
