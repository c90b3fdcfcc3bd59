using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>Names a motion of an agent's guardians: a number the ledger counts up.</summary>
/// <remarks>
/// The default is number 0, which the ledger never gives out. Text form: "m" and the digits, such as "m7". Immutable,
/// safe from any thread.
/// </remarks>
/// <param name="Value">The number.</param>
[JsonConverter(typeof(TextValueConverter<MotionId>))]
public readonly record struct MotionId(ulong Value) : IComparable<MotionId>, ITextValue<MotionId>
{
    /// <inheritdoc/>
    public static int MaxTextLength => CountedId.MaxTextLength;

    /// <summary>Whether this is number 0, which stands for "none".</summary>
    public bool IsZero => Value == 0;

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out MotionId value)
    {
        bool read = CountedId.TryParse(utf8, (byte)'m', out ulong number);
        value = new MotionId(number);
        return read;
    }

    /// <summary>Reads "m" and digits without leading zero.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="value">The id, number 0 where the text is refused.</param>
    /// <returns>Whether the text was canonical.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out MotionId value) => AsciiText.TryParse(text, out value);

    /// <summary>Reads "m" and digits without leading zero.</summary>
    /// <param name="text">The whole text.</param>
    /// <returns>The id.</returns>
    /// <exception cref="FormatException">The text is not canonical.</exception>
    public static MotionId Parse(ReadOnlySpan<char> text) => AsciiText.Parse<MotionId>(text);

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8, out int bytesWritten) =>
        CountedId.TryFormat(Value, (byte)'m', utf8, out bytesWritten);

    /// <inheritdoc/>
    public int CompareTo(MotionId other) => Value.CompareTo(other.Value);

    /// <summary>The canonical text form.</summary>
    /// <returns>Such as "m7".</returns>
    public override string ToString() => AsciiText.Format(in this);
}
