namespace Aitbc.Infrastructure.Storage;

/// <summary>One frame as read back.</summary>
/// <param name="Kind">What it carries.</param>
/// <param name="Sequence">Entry: its number. Block: the last entry it covers. Term: the last entry before it.</param>
/// <param name="Payload">Its content; valid until the reader reads on.</param>
public readonly record struct JournalFrame(FrameKind Kind, long Sequence, ReadOnlyMemory<byte> Payload);

/// <summary>How far the journal is durable: the first byte behind the last flushed group.</summary>
internal sealed record DurablePoint(uint Segment, long Offset, long Sequence);

/// <summary>
/// A cursor over the durable frames of a journal. It holds one open file and one buffer, and nothing of it grows with
/// the distance to the end, so a slow reader costs nobody anything. One thread at a time; any number of readers beside
/// the writer.
/// </summary>
public sealed class JournalReader : IDisposable
{
    /// <summary>
    /// Bytes read at once by a reader that goes on reading; a larger frame enlarges it to its own size.
    /// </summary>
    public const int BufferBytes = 512 * 1024;

    private const int FirstBufferBytes = 32 * 1024;

    private readonly IDisk _disk;
    private readonly Journal _journal;
    private readonly JournalIndex _index;
    private long _skipThrough;
    private IDiskFile? _file;
    private long _fileLength;
    private uint _segment;
    private long _offset;
    private ChainState _chain;
    private byte[] _buffer = [];
    private long _bufferAt;
    private int _bufferCount;

    internal JournalReader(IDisk disk, Journal journal, JournalIndex index, long entrySequence)
    {
        _disk = disk;
        _journal = journal;
        _index = index;
        _skipThrough = entrySequence - 1;
        (_segment, var offset) = _skipThrough == 0 ? (0u, SegmentLayout.HeaderBytes) : index.Locate(_skipThrough);
        _offset = offset;
    }

    /// <summary>Reads the next durable frame.</summary>
    /// <param name="frame">The frame; default when there is none.</param>
    /// <returns>False when the durable end is reached: call again later, the cursor goes on from there.</returns>
    /// <exception cref="JournalDamagedException">A durable frame is not what was written.</exception>
    public bool TryRead(out JournalFrame frame)
    {
        while (true)
        {
            var durable = _journal.Durable;
            if (_segment == durable.Segment && _offset >= durable.Offset)
            {
                frame = default;
                return false;
            }

            if (_file is null)
            {
                _file = _disk.OpenRead(SegmentLayout.PathOf(_segment));
                _fileLength = _file.Length;
            }

            var end = _segment == durable.Segment ? durable.Offset : _fileLength;
            if (_segment != durable.Segment && IsEndOfFrames(end))
            {
                MoveToNextSegment();
                continue;
            }

            if (ReadFrame(end, out frame))
            {
                return true;
            }
        }
    }

    /// <summary>Closes the file it holds.</summary>
    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <summary>Reads one frame and moves on; false when it is not one to hand out.</summary>
    private bool ReadFrame(long end, out JournalFrame frame)
    {
        frame = default;
        if (!FrameLayout.TryReadHeader(Load(FrameLayout.HeaderBytes, end), _offset, out var header))
        {
            throw Damaged("this is not a frame");
        }

        var at = (int)_offset;
        var fault = SegmentScanner.OrderFault(in header, _segment, at, (int)end, in _chain);
        if (fault is not null)
        {
            throw Damaged(fault);
        }

        SegmentScanner.Advance(ref _chain, in header);
        if (header.Kind == (byte)FrameKind.Entry)
        {
            _index.AddEntry(_segment, header.Sequence, (uint)at);
        }

        if (_skipThrough > 0 || header.Kind == FrameLayout.SegmentStartKind)
        {
            var isTarget = header.Kind == (byte)FrameKind.Entry && header.Sequence >= _skipThrough;
            _skipThrough = isTarget ? 0 : _skipThrough;
            _offset += header.FrameBytes;
            return false;
        }

        var bytes = Load(header.FrameBytes, end);
        fault = bytes.Length < header.FrameBytes ? "the frame is cut" : FrameLayout.BodyFault(bytes, in header);
        if (fault is not null)
        {
            throw Damaged(fault);
        }

        var payload = new ReadOnlyMemory<byte>(
            _buffer, (int)(_offset - _bufferAt) + FrameLayout.HeaderBytes, (int)header.PayloadLength);
        frame = new JournalFrame((FrameKind)header.Kind, header.Sequence, payload);
        _offset += header.FrameBytes;
        return true;
    }

    /// <summary>Whether zeros stand where the next frame of a finished segment would.</summary>
    private bool IsEndOfFrames(long end) =>
        end - _offset < FrameLayout.HeaderBytes
        || !Load(FrameLayout.HeaderBytes, end).ContainsAnyExcept((byte)0);

    private void MoveToNextSegment()
    {
        Dispose();
        _segment++;
        _offset = SegmentLayout.HeaderBytes;
        _chain.GroupStart = 0;
        _bufferCount = 0;
    }

    /// <summary>The bytes at the cursor, up to a count and not beyond the end; shorter when the file is.</summary>
    private ReadOnlySpan<byte> Load(int count, long end)
    {
        count = (int)Math.Min(count, end - _offset);
        if (_offset < _bufferAt || _offset + count > _bufferAt + _bufferCount)
        {
            // Many readers want a few frames, some want all: the buffer grows with what is read on.
            var size = Math.Max(count, Math.Clamp(_buffer.Length * 2, FirstBufferBytes, BufferBytes));
            if (_buffer.Length < size)
            {
                _buffer = GC.AllocateUninitializedArray<byte>(size);
            }

            // Nothing behind the durable end is taken in: it may still change.
            var wanted = (int)Math.Min(_buffer.Length, end - _offset);
            _bufferAt = _offset;
            _bufferCount = _file!.Read(_offset, _buffer.AsSpan(0, wanted));
        }

        var from = (int)(_offset - _bufferAt);
        return _buffer.AsSpan(from, Math.Min(count, _bufferCount - from));
    }

    private JournalDamagedException Damaged(string text) =>
        new(SegmentLayout.PathOf(_segment), _offset, text);
}
