using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Aitbc.Primitives;

/// <summary>A short machine name (capability, version): up to 32 characters of [a-z0-9._-].</summary>
/// <remarks>
/// Held in place in 32 bytes, padded with zeros, so that it lies in tables without allocation. The default is empty,
/// which consumers that need a name refuse. Text form: the characters. Immutable, safe from any thread.
/// </remarks>
[JsonConverter(typeof(TextValueConverter<Label>))]
public readonly record struct Label : IComparable<Label>, ITextValue<Label>
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxLength = Bytes32.Size;

    private static readonly SearchValues<byte> s_allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-"u8);

    private readonly Bytes32 _bytes;

    private Label(Bytes32 bytes) => _bytes = bytes;

    /// <summary>No name.</summary>
    public static Label Empty => default;

    /// <inheritdoc/>
    public static int MaxTextLength => MaxLength;

    /// <summary>Whether there are no characters.</summary>
    public bool IsEmpty => _bytes.IsZero;

    /// <summary>The count of characters, 0 to 32.</summary>
    public int Length
    {
        get
        {
            int end = _bytes.AsSpan().IndexOf((byte)0);
            return end < 0 ? MaxLength : end;
        }
    }

    /// <summary>Reads a name; the empty text gives the empty label.</summary>
    /// <param name="utf8">The whole text.</param>
    /// <param name="value">The label, empty where the text is refused.</param>
    /// <returns>Whether the text was well formed.</returns>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out Label value)
    {
        if (utf8.Length > MaxLength || utf8.ContainsAnyExcept(s_allowed))
        {
            value = default;
            return false;
        }

        Span<byte> padded = stackalloc byte[Bytes32.Size];
        padded.Clear();
        utf8.CopyTo(padded);
        value = new Label(Bytes32.From(padded));
        return true;
    }

    /// <summary>Reads a name; the empty text gives the empty label.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="value">The label, empty where the text is refused.</param>
    /// <returns>Whether the text was well formed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Label value) => AsciiText.TryParse(text, out value);

    /// <summary>Reads a name; the empty text gives the empty label.</summary>
    /// <param name="text">The whole text.</param>
    /// <returns>The label.</returns>
    /// <exception cref="FormatException">The text is not well formed.</exception>
    public static Label Parse(ReadOnlySpan<char> text) => AsciiText.Parse<Label>(text);

    /// <summary>The 32 bytes in place: the characters, then zeros.</summary>
    /// <returns>A view of exactly 32 bytes.</returns>
    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => _bytes.AsSpan();

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8, out int bytesWritten)
    {
        int length = Length;
        bool fits = _bytes.AsSpan()[..length].TryCopyTo(utf8);
        bytesWritten = fits ? length : 0;
        return fits;
    }

    /// <summary>Whether both names are the same.</summary>
    /// <param name="other">The label to compare with.</param>
    /// <returns>Whether both are equal.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(Label other) => Bytes32.AreEqual(in _bytes, in other._bytes);

    /// <summary>A hash code of all characters; names often start alike, so the first word alone would not do.</summary>
    /// <returns>The hash code, different in every process.</returns>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(_bytes.AsSpan());
        return hash.ToHashCode();
    }

    /// <summary>Orders by bytes, the first character deciding first.</summary>
    /// <param name="other">The label to compare with.</param>
    /// <returns>Below 0, 0 or above 0.</returns>
    public int CompareTo(Label other) => Bytes32.Compare(in _bytes, in other._bytes);

    /// <summary>The characters.</summary>
    /// <returns>The text form.</returns>
    public override string ToString() => AsciiText.Format(in this);
}
