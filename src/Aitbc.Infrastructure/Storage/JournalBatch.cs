using System.Runtime.CompilerServices;

namespace Aitbc.Infrastructure.Storage;

/// <summary>
/// Frames on their way into a <see cref="Journal"/>: a growing buffer into which one thread serialises entries in
/// place, and which <see cref="Journal.Write"/> takes as a whole. Clear and use again: nothing is allocated once it
/// has grown. One owner at a time; handing it to another thread is the caller's hand-over.
/// </summary>
public sealed class JournalBatch
{
    /// <summary>Default limit of <see cref="Length"/> in bytes: 32 MiB.</summary>
    public const int DefaultMaxBytes = 32 * 1024 * 1024;

    private const int NoFrame = -1;

    private readonly int _maxBytes;
    private byte[] _buffer;
    private int _length;
    private int _frameAt = NoFrame;
    private int _framePayloadMax;
    private FrameKind _frameKind;
    private long _frameSequence;

    /// <summary>Creates an empty batch.</summary>
    /// <param name="initialBytes">Size of the first buffer; default 64 KiB.</param>
    /// <param name="maxBytes">Limit of <see cref="Length"/>; a batch must also fit into one segment.</param>
    public JournalBatch(int initialBytes = 64 * 1024, int maxBytes = DefaultMaxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(initialBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, initialBytes);
        _maxBytes = maxBytes;
        _buffer = GC.AllocateUninitializedArray<byte>(initialBytes);
    }

    /// <summary>Count of finished frames.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the finished frames, as they will stand in the journal.</summary>
    public int Length => _length;

    /// <summary>Whether there is no finished frame.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>Sequence of the first entry; 0 when there is none.</summary>
    public long FirstEntry { get; private set; }

    /// <summary>Sequence of the last entry; 0 when there is none.</summary>
    public long LastEntry { get; private set; }

    /// <summary>The finished frames, for the journal to stamp and write.</summary>
    internal Span<byte> Frames => _buffer.AsSpan(0, _length);

    /// <summary>
    /// Largest sequence of a block or term frame that stands before the first entry; 0 when none does.
    /// </summary>
    internal long LargestBeforeEntries { get; private set; }

    /// <summary>
    /// Smallest sequence of a term frame that stands before the first entry; the maximum when none does.
    /// </summary>
    internal long SmallestTermBeforeEntries { get; private set; } = long.MaxValue;

    /// <summary>Whether a frame with a payload of up to this many bytes still fits below the limit.</summary>
    public bool CanAdd(int maxPayload) =>
        maxPayload is >= 0 and <= JournalOptions.MaxPayloadBytes
        && _length + (long)FrameLayout.FrameBytes(maxPayload) <= _maxBytes;

    /// <summary>Begins a frame and returns the place for its payload.</summary>
    /// <param name="kind">What the frame carries.</param>
    /// <param name="sequence">
    /// Entry: its number, one more than the entry before it. Block: the last entry it covers. Term: the last entry
    /// before it.
    /// </param>
    /// <param name="maxPayload">Upper bound of the payload in bytes, 0 to 4 MiB.</param>
    /// <returns>
    /// A span of <paramref name="maxPayload"/> bytes with undefined content, valid until the frame ends.
    /// </returns>
    /// <exception cref="InvalidOperationException">
    /// A frame is open, the sequence breaks the order, or no room.
    /// </exception>
    public Span<byte> BeginFrame(FrameKind kind, long sequence, int maxPayload)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxPayload);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxPayload, JournalOptions.MaxPayloadBytes);
        if (_frameAt != NoFrame)
        {
            throw new InvalidOperationException("a frame is open: end or abandon it first");
        }

        CheckOrder(kind, sequence);
        var needed = _length + (long)FrameLayout.FrameBytes(maxPayload);
        if (needed > _buffer.Length)
        {
            Grow(needed);
        }

        _frameAt = _length;
        _frameKind = kind;
        _frameSequence = sequence;
        _framePayloadMax = maxPayload;
        return _buffer.AsSpan(_length + FrameLayout.HeaderBytes, maxPayload);
    }

    /// <summary>Ends the open frame.</summary>
    /// <param name="length">Bytes of the payload really used, up to what was asked for.</param>
    /// <exception cref="InvalidOperationException">No frame is open.</exception>
    public void EndFrame(int length)
    {
        if (_frameAt == NoFrame)
        {
            throw new InvalidOperationException("no frame is open");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _framePayloadMax);
        var bytes = FrameLayout.FrameBytes(length);
        FrameLayout.Seal(_buffer.AsSpan(_frameAt, bytes), (byte)_frameKind, _frameSequence, length);
        NoteFrame();
        _length += bytes;
        Count++;
        _frameAt = NoFrame;
    }

    /// <summary>
    /// Drops the open frame, for example when its serialisation was refused; does nothing when none is open.
    /// </summary>
    public void AbandonFrame() => _frameAt = NoFrame;

    /// <summary>Empties the batch and keeps its buffer.</summary>
    public void Clear()
    {
        _length = 0;
        _frameAt = NoFrame;
        Count = 0;
        FirstEntry = 0;
        LastEntry = 0;
        LargestBeforeEntries = 0;
        SmallestTermBeforeEntries = long.MaxValue;
    }

    private void CheckOrder(FrameKind kind, long sequence)
    {
        var known = LastEntry != 0;
        var fits = kind switch
        {
            FrameKind.Entry => sequence > 0 && (!known || sequence == LastEntry + 1),
            FrameKind.Block => sequence >= 0 && (!known || sequence <= LastEntry),
            FrameKind.Term => sequence >= 0 && (!known || sequence == LastEntry),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of frame"),
        };
        if (!fits)
        {
            throw new InvalidOperationException($"{kind} {sequence} cannot follow entry {LastEntry} in this batch");
        }
    }

    private void NoteFrame()
    {
        if (_frameKind == FrameKind.Entry)
        {
            if (FirstEntry == 0)
            {
                FirstEntry = _frameSequence;
            }

            LastEntry = _frameSequence;
        }
        else if (FirstEntry == 0)
        {
            LargestBeforeEntries = Math.Max(LargestBeforeEntries, _frameSequence);
            if (_frameKind == FrameKind.Term)
            {
                SmallestTermBeforeEntries = Math.Min(SmallestTermBeforeEntries, _frameSequence);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(long needed)
    {
        if (needed > _maxBytes)
        {
            throw new InvalidOperationException($"the batch would take {needed} bytes, its limit is {_maxBytes}");
        }

        var size = Math.Min(_maxBytes, Math.Max(needed, _buffer.Length * 2L));
        var larger = GC.AllocateUninitializedArray<byte>((int)size);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        _buffer = larger;
    }
}
