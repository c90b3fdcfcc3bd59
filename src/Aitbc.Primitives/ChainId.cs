using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>Names a chain: 1 to 32 characters of a-z, 0-9, colon, dot, underscore and minus.</summary>
/// <remarks>
/// Bound into every payload, so that what is signed for one chain is worth nothing on another. Immutable, safe from any
/// thread.
/// </remarks>
[JsonConverter(typeof(TextValueConverter<ChainId>))]
public sealed record ChainId : IComparable<ChainId>, ITextValue<ChainId>
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxLength = 32;

    private const string SimulationPrefix = "sim:";

    private static readonly SearchValues<byte> s_allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789:._-"u8);

    private readonly byte[] _utf8;

    /// <summary>Takes a name.</summary>
    /// <param name="value">1 to 32 characters of [a-z0-9:._-].</param>
    /// <exception cref="ArgumentException">The name has another length or another character.</exception>
    public ChainId(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        byte[] utf8 = Encoding.UTF8.GetBytes(value);
        if (!IsValid(utf8))
        {
            throw new ArgumentException($"A chain id is 1 to {MaxLength} characters of [a-z0-9:._-].", nameof(value));
        }

        Value = value;
        _utf8 = utf8;
    }

    /// <inheritdoc/>
    public static int MaxTextLength => MaxLength;

    /// <summary>The name.</summary>
    public string Value { get; }

    /// <summary>Whether this is a simulation, where signatures may be simulated: the name starts with "sim:".</summary>
    public bool IsSimulation => Value.StartsWith(SimulationPrefix, StringComparison.Ordinal);

    /// <summary>The name as ASCII bytes, without a copy.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>Reads a name.</summary>
    /// <param name="utf8">The whole text.</param>
    /// <param name="value">The chain id, or null where the text is refused.</param>
    /// <returns>Whether the name was well formed.</returns>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [MaybeNullWhen(false)] out ChainId value)
    {
        value = IsValid(utf8) ? new ChainId(Encoding.ASCII.GetString(utf8)) : null;
        return value is not null;
    }

    /// <summary>Reads a name.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="value">The chain id, or null where the text is refused.</param>
    /// <returns>Whether the name was well formed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [MaybeNullWhen(false)] out ChainId value) =>
        AsciiText.TryParse(text, out value);

    /// <summary>Reads a name.</summary>
    /// <param name="text">The whole text.</param>
    /// <returns>The chain id.</returns>
    /// <exception cref="FormatException">The name is not well formed.</exception>
    public static ChainId Parse(ReadOnlySpan<char> text) => AsciiText.Parse<ChainId>(text);

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8, out int bytesWritten)
    {
        bool fits = _utf8.AsSpan().TryCopyTo(utf8);
        bytesWritten = fits ? _utf8.Length : 0;
        return fits;
    }

    /// <summary>Whether both names are the same.</summary>
    /// <param name="other">The chain id to compare with.</param>
    /// <returns>Whether both are equal.</returns>
    public bool Equals(ChainId? other) => other is not null && Value == other.Value;

    /// <summary>A hash code of the name.</summary>
    /// <returns>The hash code, different in every process.</returns>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>Orders by bytes; null comes first.</summary>
    /// <param name="other">The chain id to compare with.</param>
    /// <returns>Below 0, 0 or above 0.</returns>
    public int CompareTo(ChainId? other) => string.CompareOrdinal(Value, other?.Value);

    /// <summary>The name.</summary>
    /// <returns>The text form.</returns>
    public override string ToString() => Value;

    private static bool IsValid(ReadOnlySpan<byte> utf8) =>
        utf8.Length is >= 1 and <= MaxLength && !utf8.ContainsAnyExcept(s_allowed);
}
