using System.Diagnostics.CodeAnalysis;

namespace Aitbc.Primitives;

/// <summary>A value with exactly one ASCII text form, on the wire, in a URL and as a dictionary key.</summary>
/// <remarks>
/// One text a value and one value a text, so that two encodings of one command cannot hash differently. Implementations
/// are immutable and safe to use from any thread.
/// </remarks>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public interface ITextValue<TSelf>
    where TSelf : ITextValue<TSelf>
{
    /// <summary>The longest text form, in ASCII bytes; nothing longer is read.</summary>
    static abstract int MaxTextLength { get; }

    /// <summary>Reads the canonical text form. Anything else, however close, is refused.</summary>
    /// <param name="utf8">The whole text, without quotes.</param>
    /// <param name="value">The value, or the default where the text is refused.</param>
    /// <returns>Whether the text was canonical and in range.</returns>
    static abstract bool TryParse(ReadOnlySpan<byte> utf8, [MaybeNullWhen(false)] out TSelf value);

    /// <summary>Writes the canonical text form.</summary>
    /// <param name="utf8">Receives the text; <see cref="MaxTextLength"/> bytes are always enough.</param>
    /// <param name="bytesWritten">The bytes written, 0 where the destination is too short.</param>
    /// <returns>Whether the destination was long enough.</returns>
    bool TryFormat(Span<byte> utf8, out int bytesWritten);
}
