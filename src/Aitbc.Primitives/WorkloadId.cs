using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>Names a workload: a number the ledger counts up.</summary>
/// <remarks>
/// The default is number 0, which the ledger never gives out. Text form: "w" and the digits, such as "w42". Immutable,
/// safe from any thread.
/// </remarks>
/// <param name="Value">The number.</param>
[JsonConverter(typeof(TextValueConverter<WorkloadId>))]
public readonly record struct WorkloadId(ulong Value) : IComparable<WorkloadId>, ITextValue<WorkloadId>
{
    /// <inheritdoc/>
    public static int MaxTextLength => CountedId.MaxTextLength;

    /// <summary>Whether this is number 0, which stands for "none".</summary>
    public bool IsZero => Value == 0;

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out WorkloadId value)
    {
        bool read = CountedId.TryParse(utf8, (byte)'w', out ulong number);
        value = new WorkloadId(number);
        return read;
    }

    /// <summary>Reads "w" and digits without leading zero.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="value">The id, number 0 where the text is refused.</param>
    /// <returns>Whether the text was canonical.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out WorkloadId value) => AsciiText.TryParse(text, out value);

    /// <summary>Reads "w" and digits without leading zero.</summary>
    /// <param name="text">The whole text.</param>
    /// <returns>The id.</returns>
    /// <exception cref="FormatException">The text is not canonical.</exception>
    public static WorkloadId Parse(ReadOnlySpan<char> text) => AsciiText.Parse<WorkloadId>(text);

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8, out int bytesWritten) =>
        CountedId.TryFormat(Value, (byte)'w', utf8, out bytesWritten);

    /// <inheritdoc/>
    public int CompareTo(WorkloadId other) => Value.CompareTo(other.Value);

    /// <summary>The canonical text form.</summary>
    /// <returns>Such as "w42".</returns>
    public override string ToString() => AsciiText.Format(in this);
}
