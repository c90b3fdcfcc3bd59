using System.Globalization;
using System.Text;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Explanation;

/// <summary>Small pieces of plain language.</summary>
internal static class PlainWords
{
    private const long SecondMs = 1_000;
    private const long MinuteMs = 60 * SecondMs;
    private const long HourMs = 60 * MinuteMs;
    private const long DayMs = 24 * HourMs;

    /// <summary>The name of a value as words: "InsufficientFunds" is "insufficient funds".</summary>
    public static string Of<T>(T value)
        where T : struct, Enum
    {
        var words = new StringBuilder();
        foreach (var character in value.ToString())
        {
            words.Append(char.IsAsciiLetterUpper(character) && words.Length > 0 ? " " : string.Empty);
            words.Append(char.ToLowerInvariant(character));
        }

        return words.ToString();
    }

    /// <summary>How many of something.</summary>
    public static string Count(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? string.Empty : "s")}");

    /// <summary>A span of time in its largest whole unit.</summary>
    public static string Span(long ms) => ms switch
    {
        >= DayMs when ms % DayMs == 0 => Count(ms / DayMs, "day"),
        >= HourMs when ms % HourMs == 0 => Count(ms / HourMs, "hour"),
        >= MinuteMs when ms % MinuteMs == 0 => Count(ms / MinuteMs, "minute"),
        >= SecondMs when ms % SecondMs == 0 => Count(ms / SecondMs, "second"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{ms:N0} ms"),
    };

    /// <summary>Parts per million as a percentage.</summary>
    public static string Share(uint ppm) => Ratio.FromPpm(ppm).ToDisplay();
}
