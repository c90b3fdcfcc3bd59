using System.Globalization;
using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>A span of time in whole milliseconds; below zero where one instant lies before another.</summary>
/// <remarks>
/// Arithmetic is checked. The default is no time. On the wire a JSON integer, 0 to 2^53 - 1; others are refused both
/// ways. Immutable, safe from any thread.
/// </remarks>
/// <param name="Ms">Milliseconds.</param>
[JsonConverter(typeof(DurationConverter))]
public readonly record struct Duration(long Ms) : IComparable<Duration>
{
    private const long MsPerSecond = 1_000;
    private const long MsPerMinute = 60 * MsPerSecond;
    private const long MsPerHour = 60 * MsPerMinute;
    private const long MsPerDay = 24 * MsPerHour;

    /// <summary>No time.</summary>
    public static Duration Zero => default;

    /// <summary>Milliseconds.</summary>
    /// <param name="milliseconds">The count.</param>
    /// <returns>The duration.</returns>
    public static Duration FromMilliseconds(long milliseconds) => new(milliseconds);

    /// <summary>Seconds.</summary>
    /// <param name="seconds">The count.</param>
    /// <returns>The duration.</returns>
    /// <exception cref="OverflowException">The milliseconds do not fit 64 bits.</exception>
    public static Duration FromSeconds(long seconds) => new(seconds * MsPerSecond);

    /// <summary>Minutes.</summary>
    /// <param name="minutes">The count.</param>
    /// <returns>The duration.</returns>
    /// <exception cref="OverflowException">The milliseconds do not fit 64 bits.</exception>
    public static Duration FromMinutes(long minutes) => new(minutes * MsPerMinute);

    /// <summary>Hours of 60 minutes.</summary>
    /// <param name="hours">The count.</param>
    /// <returns>The duration.</returns>
    /// <exception cref="OverflowException">The milliseconds do not fit 64 bits.</exception>
    public static Duration FromHours(long hours) => new(hours * MsPerHour);

    /// <summary>Days of 24 hours.</summary>
    /// <param name="days">The count.</param>
    /// <returns>The duration.</returns>
    /// <exception cref="OverflowException">The milliseconds do not fit 64 bits.</exception>
    public static Duration FromDays(long days) => new(days * MsPerDay);

    /// <summary>The exact sum.</summary>
    /// <param name="left">One duration.</param>
    /// <param name="right">The other.</param>
    /// <returns>The sum.</returns>
    /// <exception cref="OverflowException">The sum does not fit 64 bits.</exception>
    public static Duration operator +(Duration left, Duration right) => new(left.Ms + right.Ms);

    /// <summary>The exact difference.</summary>
    /// <param name="left">The duration to take from.</param>
    /// <param name="right">The duration to take.</param>
    /// <returns>The difference.</returns>
    /// <exception cref="OverflowException">The difference does not fit 64 bits.</exception>
    public static Duration operator -(Duration left, Duration right) => new(left.Ms - right.Ms);

    /// <summary>Whether the left duration is shorter.</summary>
    /// <param name="left">One duration.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is shorter than right.</returns>
    public static bool operator <(Duration left, Duration right) => left.Ms < right.Ms;

    /// <summary>Whether the left duration is longer.</summary>
    /// <param name="left">One duration.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is longer than right.</returns>
    public static bool operator >(Duration left, Duration right) => left.Ms > right.Ms;

    /// <summary>Whether the left duration is shorter or equal.</summary>
    /// <param name="left">One duration.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is at most right.</returns>
    public static bool operator <=(Duration left, Duration right) => left.Ms <= right.Ms;

    /// <summary>Whether the left duration is longer or equal.</summary>
    /// <param name="left">One duration.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether left is at least right.</returns>
    public static bool operator >=(Duration left, Duration right) => left.Ms >= right.Ms;

    /// <inheritdoc/>
    public int CompareTo(Duration other) => Ms.CompareTo(other.Ms);

    /// <summary>The milliseconds with their unit.</summary>
    /// <returns>Such as "1500 ms".</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Ms} ms");
}
