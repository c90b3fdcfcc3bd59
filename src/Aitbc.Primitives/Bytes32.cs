using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Aitbc.Primitives;

/// <summary>Thirty-two bytes as four words: the one shape of digests, key ids, account ids and coordinates.</summary>
/// <remarks>The words hold the bytes in memory order, so that a copy is a plain copy on every machine.</remarks>
internal readonly struct Bytes32
{
    internal const int Size = 32;
    internal const int TextLength = 43;

    private readonly ulong _w0;
    private readonly ulong _w1;
    private readonly ulong _w2;
    private readonly ulong _w3;

    private Bytes32(ReadOnlySpan<byte> bytes)
    {
        // Read, unlike Cast, needs no alignment; the last word first, so that one bounds check serves all.
        _w3 = MemoryMarshal.Read<ulong>(bytes[24..]);
        _w2 = MemoryMarshal.Read<ulong>(bytes[16..]);
        _w1 = MemoryMarshal.Read<ulong>(bytes[8..]);
        _w0 = MemoryMarshal.Read<ulong>(bytes);
    }

    /// <summary>The first eight bytes as a little-endian number.</summary>
    internal ulong Prefix
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BitConverter.IsLittleEndian ? _w0 : BinaryPrimitives.ReverseEndianness(_w0);
    }

    internal bool IsZero => (_w0 | _w1 | _w2 | _w3) == 0;

    /// <summary>The first word folded: the bytes are a hash already, mixing them again only costs time.</summary>
    internal int HashCode
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => unchecked((int)_w0 ^ (int)(_w0 >> 32));
    }

    internal static Bytes32 From(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"{Size} bytes are needed, not {bytes.Length}.", nameof(bytes));
        }

        return new Bytes32(bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreEqual(in Bytes32 a, in Bytes32 b) =>
        a._w0 == b._w0 && a._w1 == b._w1 && a._w2 == b._w2 && a._w3 == b._w3;

    internal static int Compare(in Bytes32 a, in Bytes32 b) => a.AsSpan().SequenceCompareTo(b.AsSpan());

    internal static bool TryParse(ReadOnlySpan<byte> utf8, out Bytes32 value)
    {
        value = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (utf8.Length != TextLength
            || Base64Url.DecodeFromUtf8(utf8, bytes, out int consumed, out int written) != OperationStatus.Done
            || consumed != TextLength
            || written != Size)
        {
            return false;
        }

        // The last character carries four bits of the value, so three more texts would decode to the same bytes. The
        // platform's decoder refuses them today without promising to; a ledger's ids do not rest on that.
        Span<byte> canonical = stackalloc byte[TextLength];
        Base64Url.EncodeToUtf8(bytes, canonical);
        if (!canonical.SequenceEqual(utf8))
        {
            return false;
        }

        value = new Bytes32(bytes);
        return true;
    }

    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ReadOnlySpan<byte> AsSpan() => MemoryMarshal.AsBytes(new ReadOnlySpan<Bytes32>(in this));

    internal bool TryFormat(Span<byte> utf8, out int bytesWritten)
    {
        bytesWritten = 0;
        return utf8.Length >= TextLength && Base64Url.TryEncodeToUtf8(AsSpan(), utf8, out bytesWritten);
    }
}
