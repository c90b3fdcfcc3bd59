using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>Names a service offer: a number the ledger counts up.</summary>
/// <remarks>
/// The default is number 0, which the ledger never gives out. Text form: "s" and the digits, such as "s7". Immutable,
/// safe from any thread.
/// </remarks>
/// <param name="Value">The number.</param>
[JsonConverter(typeof(TextValueConverter<ServiceId>))]
public readonly record struct ServiceId(ulong Value) : IComparable<ServiceId>, ITextValue<ServiceId>
{
    /// <inheritdoc/>
    public static int MaxTextLength => CountedId.MaxTextLength;

    /// <summary>Whether this is number 0, which stands for "none".</summary>
    public bool IsZero => Value == 0;

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out ServiceId value)
    {
        bool read = CountedId.TryParse(utf8, (byte)'s', out ulong number);
        value = new ServiceId(number);
        return read;
    }

    /// <summary>Reads "s" and digits without leading zero.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="value">The id, number 0 where the text is refused.</param>
    /// <returns>Whether the text was canonical.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out ServiceId value) => AsciiText.TryParse(text, out value);

    /// <summary>Reads "s" and digits without leading zero.</summary>
    /// <param name="text">The whole text.</param>
    /// <returns>The id.</returns>
    /// <exception cref="FormatException">The text is not canonical.</exception>
    public static ServiceId Parse(ReadOnlySpan<char> text) => AsciiText.Parse<ServiceId>(text);

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8, out int bytesWritten) =>
        CountedId.TryFormat(Value, (byte)'s', utf8, out bytesWritten);

    /// <inheritdoc/>
    public int CompareTo(ServiceId other) => Value.CompareTo(other.Value);

    /// <summary>The canonical text form.</summary>
    /// <returns>Such as "s7".</returns>
    public override string ToString() => AsciiText.Format(in this);
}
