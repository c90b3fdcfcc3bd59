using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>Names an approval by a number: the sequence of the entry that parked its command.</summary>
/// <remarks>
/// The default is number 0, which the ledger never gives out. Text form: "a" and the digits, such as "a42". Immutable,
/// safe from any thread.
/// </remarks>
/// <param name="Value">The number.</param>
[JsonConverter(typeof(TextValueConverter<ApprovalId>))]
public readonly record struct ApprovalId(ulong Value) : IComparable<ApprovalId>, ITextValue<ApprovalId>
{
    /// <inheritdoc/>
    public static int MaxTextLength => CountedId.MaxTextLength;

    /// <summary>Whether this is number 0, which stands for "none".</summary>
    public bool IsZero => Value == 0;

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out ApprovalId value)
    {
        bool read = CountedId.TryParse(utf8, (byte)'a', out ulong number);
        value = new ApprovalId(number);
        return read;
    }

    /// <summary>Reads "a" and digits without leading zero.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="value">The id, number 0 where the text is refused.</param>
    /// <returns>Whether the text was canonical.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out ApprovalId value) => AsciiText.TryParse(text, out value);

    /// <summary>Reads "a" and digits without leading zero.</summary>
    /// <param name="text">The whole text.</param>
    /// <returns>The id.</returns>
    /// <exception cref="FormatException">The text is not canonical.</exception>
    public static ApprovalId Parse(ReadOnlySpan<char> text) => AsciiText.Parse<ApprovalId>(text);

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8, out int bytesWritten) =>
        CountedId.TryFormat(Value, (byte)'a', utf8, out bytesWritten);

    /// <inheritdoc/>
    public int CompareTo(ApprovalId other) => Value.CompareTo(other.Value);

    /// <summary>The canonical text form.</summary>
    /// <returns>Such as "a42".</returns>
    public override string ToString() => AsciiText.Format(in this);
}
