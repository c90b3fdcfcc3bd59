using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>Names an override: a number the ledger counts up.</summary>
/// <remarks>
/// The default is number 0, which the ledger never gives out. Text form: "o" and the digits, such as "o7". Immutable,
/// safe from any thread.
/// </remarks>
/// <param name="Value">The number.</param>
[JsonConverter(typeof(TextValueConverter<OverrideId>))]
public readonly record struct OverrideId(ulong Value) : IComparable<OverrideId>, ITextValue<OverrideId>
{
    /// <inheritdoc/>
    public static int MaxTextLength => CountedId.MaxTextLength;

    /// <summary>Whether this is number 0, which stands for "none".</summary>
    public bool IsZero => Value == 0;

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out OverrideId value)
    {
        bool read = CountedId.TryParse(utf8, (byte)'o', out ulong number);
        value = new OverrideId(number);
        return read;
    }

    /// <summary>Reads "o" and digits without leading zero.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="value">The id, number 0 where the text is refused.</param>
    /// <returns>Whether the text was canonical.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out OverrideId value) => AsciiText.TryParse(text, out value);

    /// <summary>Reads "o" and digits without leading zero.</summary>
    /// <param name="text">The whole text.</param>
    /// <returns>The id.</returns>
    /// <exception cref="FormatException">The text is not canonical.</exception>
    public static OverrideId Parse(ReadOnlySpan<char> text) => AsciiText.Parse<OverrideId>(text);

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8, out int bytesWritten) =>
        CountedId.TryFormat(Value, (byte)'o', utf8, out bytesWritten);

    /// <inheritdoc/>
    public int CompareTo(OverrideId other) => Value.CompareTo(other.Value);

    /// <summary>The canonical text form.</summary>
    /// <returns>Such as "o7".</returns>
    public override string ToString() => AsciiText.Format(in this);
}
