using System.Buffers.Binary;

namespace Aitbc.Infrastructure.Storage;

/// <summary>
/// The durable order of things: frames in preallocated segment files, written in groups with one flush each. What
/// <see cref="Write"/> has returned for survives a power cut; of what it has not, a whole number of frames may.
/// </summary>
/// <remarks>
/// One thread writes; any thread may read through <see cref="ReadFrom"/> and ask <see cref="HasRoom"/>,
/// <see cref="ReservedBytesLeft"/> and <see cref="DurableSequence"/>. Assumed of the device: a 512-byte sector arrives
/// whole or not at all, and a flush that succeeds is true.
/// </remarks>
public sealed class Journal : IAsyncDisposable
{
    /// <summary>The most that one segment can leave unused at its end, because a frame did not fit.</summary>
    private static readonly int LargestFrameBytes = FrameLayout.FrameBytes(JournalOptions.MaxPayloadBytes);

    private readonly IDisk _disk;
    private readonly JournalOptions _options;
    private readonly JournalIndex _index;
    private readonly SegmentPreparer _preparer;
    private OpenSegment _active;
    private int _offset;
    private uint _previousCrc;
    private long _lastEntry;
    private volatile DurablePoint _durable;
    private volatile JournalFailedException? _failure;

    private Journal(IDisk disk, JournalOptions options, JournalOpening opening)
    {
        _disk = disk;
        _options = options;
        _index = opening.Index;
        _active = opening.Active;
        _offset = opening.Offset;
        _previousCrc = opening.PreviousCrc;
        _lastEntry = opening.Recovery.LastEntry;
        _durable = new DurablePoint(_active.Index, _offset, _lastEntry);
        var nextIndex = (opening.Ready ?? _active).Index + 1;
        _preparer = new SegmentPreparer(disk, options, opening.Ready, nextIndex);
        _preparer.Request();
    }

    /// <summary>Sequence of the last entry that is durable; 0 when there is none.</summary>
    public long DurableSequence => _durable.Sequence;

    /// <summary>
    /// Bytes of frames for which room on the disk is already taken, whatever their sizes: what a full disk still lets
    /// through. A frame takes its payload and up to 55 bytes more.
    /// </summary>
    public long ReservedBytesLeft
    {
        get
        {
            var active = Volatile.Read(ref _active).Length - Volatile.Read(ref _offset);
            var ready = _preparer.ReadyCapacity;
            return ready == 0 ? active : ready + Math.Max(0L, active - LargestFrameBytes);
        }
    }

    /// <summary>
    /// Whether more may be admitted: the journal works and <see cref="ReservedBytesLeft"/> is not below
    /// <see cref="JournalOptions.LowWaterBytes"/>. It turns true again by itself once the disk has room.
    /// </summary>
    public bool HasRoom =>
        _failure is null
        && _preparer.Failure is null
        && ReservedBytesLeft >= Math.Min(_options.LowWaterBytes, _options.SegmentCapacity / 4);

    /// <summary>
    /// Whether the disk was found full and what is reserved is nearly used up: the time to turn work away. A segment
    /// that
    /// is only being prepared is no reason; <see cref="WaitForRoom"/> waits for it.
    /// </summary>
    public bool IsFull => _preparer.IsFull && !HasRoom;

    /// <summary>Waits, where little reserved room is left, until the next segment is ready. For the writing
    /// thread.</summary>
    /// <returns>False where the disk is full.</returns>
    /// <exception cref="JournalFailedException">The device failed.</exception>
    public bool WaitForRoom()
    {
        ThrowIfFailed();
        if (HasRoom)
        {
            return true;
        }

        try
        {
            _preparer.EnsureReady();
            return true;
        }
        catch (DiskFullException)
        {
            return false;
        }
        catch (IOException error)
        {
            _failure = new JournalFailedException($"a segment could not be prepared: {error.Message}", error);
            throw _failure;
        }
    }

    /// <summary>How far readers may go.</summary>
    internal DurablePoint Durable => _durable;

    /// <summary>
    /// Opens a journal, or begins one in an empty directory: cuts a torn tail, and makes durable what is there, since
    /// the writer before may have died between write and flush.
    /// </summary>
    /// <param name="disk">Where the directory <c>journal</c> is.</param>
    /// <param name="options">Identity and layout.</param>
    /// <param name="recovery">What was found and done.</param>
    /// <exception cref="JournalDamagedException">
    /// Damage elsewhere than at the torn tail; nothing was changed.
    /// </exception>
    /// <exception cref="DiskFullException">There is no room for a first segment.</exception>
    public static Journal Open(IDisk disk, JournalOptions options, out JournalRecovery recovery)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var opening = JournalOpening.Run(disk, options);
        recovery = opening.Recovery;
        return new Journal(disk, options, opening);
    }

    /// <summary>
    /// Walks every segment to its last byte without changing anything. For a journal that nobody writes.
    /// </summary>
    /// <param name="disk">Where the directory <c>journal</c> is.</param>
    /// <param name="options">Identity; the layout is taken from the files.</param>
    /// <returns>What is wrong, lazily, in the order of the files; a torn tail is a notice.</returns>
    public static IEnumerable<StorageProblem> Check(IDisk disk, JournalOptions options)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(options);
        return JournalCheck.Run(disk, options.IdentityBytes);
    }

    /// <summary>
    /// Writes a batch and returns once it is durable: one positional write and one flush, twice that where a segment
    /// ends inside the batch.
    /// </summary>
    /// <param name="batch">
    /// Finished frames, the entries following on the last one written. It is stamped, not emptied.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The order is broken or the batch is larger than a segment; nothing is written.
    /// </exception>
    /// <exception cref="JournalFullException">No room; nothing is written and the journal goes on.</exception>
    /// <exception cref="JournalFailedException">
    /// The device failed, now or before. Never retried: end the process.
    /// </exception>
    public void Write(JournalBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ThrowIfFailed();
        if (batch.IsEmpty)
        {
            return;
        }

        CheckOrder(batch);
        EnsureRoom(batch.Length);

        var isFinished = false;
        try
        {
            Append(batch.Frames);
            isFinished = true;
        }
        catch (IOException error)
        {
            throw _failure = new JournalFailedException($"the journal could not be written: {error.Message}", error);
        }
        finally
        {
            // Whatever left early left a journal whose end is unknown.
            _failure ??= isFinished ? null : new JournalFailedException("a write was not finished", null);
        }

        _durable = new DurablePoint(_active.Index, _offset, _lastEntry);
    }

    /// <summary>A cursor that begins right behind the entry before the given one.</summary>
    /// <param name="entrySequence">
    /// From 1 to one more than <see cref="DurableSequence"/>. Block and term frames between the entry before and this
    /// one are read too; with 1 it begins at the very start.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public JournalReader ReadFrom(long entrySequence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(entrySequence, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entrySequence, DurableSequence + 1);
        return new JournalReader(_disk, this, _index, entrySequence);
    }

    /// <summary>Ends the preparing task and closes the files. Nothing is left to be written.</summary>
    public async ValueTask DisposeAsync()
    {
        _failure ??= new JournalFailedException("the journal is closed", null);
        await _preparer.DisposeAsync().ConfigureAwait(false);
        _active.File.Dispose();
    }

    private void ThrowIfFailed()
    {
        if (_preparer.Failure is { } error && _failure is null)
        {
            _failure = new JournalFailedException($"a segment could not be prepared: {error.Message}", error);
        }

        if (_failure is { } failure)
        {
            throw new JournalFailedException(failure.Message, failure.InnerException);
        }
    }

    private void CheckOrder(JournalBatch batch)
    {
        var fits = (batch.FirstEntry == 0 || batch.FirstEntry == _lastEntry + 1)
            && batch.LargestBeforeEntries <= _lastEntry
            && (batch.SmallestTermBeforeEntries == long.MaxValue || batch.SmallestTermBeforeEntries == _lastEntry);
        if (!fits)
        {
            throw new ArgumentException(
                $"the batch begins with entry {batch.FirstEntry} and covers {batch.LargestBeforeEntries}: "
                + $"it does not follow entry {_lastEntry}",
                nameof(batch));
        }

        if (batch.Length > _options.SegmentCapacity)
        {
            throw new ArgumentException(
                $"the batch has {batch.Length} bytes, a segment takes {_options.SegmentCapacity}", nameof(batch));
        }
    }

    private void EnsureRoom(int bytes)
    {
        if (!_options.PrepareInBackground)
        {
            _preparer.Request();
            ThrowIfFailed();
        }

        if (bytes <= _active.Length - _offset)
        {
            return;
        }

        try
        {
            _preparer.EnsureReady();
        }
        catch (DiskFullException error)
        {
            throw new JournalFullException($"the journal has no room for {bytes} bytes: {error.Message}", error);
        }
        catch (IOException error)
        {
            throw _failure = new JournalFailedException($"a segment could not be prepared: {error.Message}", error);
        }
    }

    private void Append(Span<byte> frames)
    {
        var fitting = Stamp(frames, (uint)_offset);
        if (fitting > 0)
        {
            _active.File.Write(_offset, frames[..fitting]);
            Flush();
            Volatile.Write(ref _offset, _offset + fitting);
        }

        if (fitting == frames.Length)
        {
            return;
        }

        // The first part is durable before the next segment has a byte: so a bad frame in a finished segment is damage.
        BeginSegment();
        var rest = frames[fitting..];
        if (Stamp(rest, SegmentLayout.HeaderBytes) != rest.Length)
        {
            throw new InvalidOperationException("a batch within the capacity of a segment did not fit into one");
        }

        _active.File.Write(_offset, rest);
        Flush();
        Volatile.Write(ref _offset, _offset + rest.Length);
    }

    private void Flush()
    {
        var started = _options.Time.GetTimestamp();
        _active.File.Flush();
        _options.FlushDuration?.Record(_options.Time.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>
    /// Moves on to the ready segment and writes its start frame, not flushed: it belongs to the first group.
    /// </summary>
    private void BeginSegment()
    {
        var next = _preparer.Take();
        _active.File.Dispose();
        Volatile.Write(ref _offset, SegmentLayout.HeaderBytes);
        Volatile.Write(ref _active, next);
        _index.AddSegment(next.Index, _lastEntry);
        _previousCrc = WriteStart(next, _previousCrc, _lastEntry);
        Volatile.Write(ref _offset, _offset + FrameLayout.FrameBytes(0));
        _preparer.Request();
    }

    /// <summary>Writes the start frame of a segment.</summary>
    /// <returns>Its header CRC.</returns>
    internal static uint WriteStart(OpenSegment segment, uint previousCrc, long lastEntry)
    {
        Span<byte> frame = stackalloc byte[FrameLayout.FrameBytes(0)];
        const uint Offset = SegmentLayout.HeaderBytes;
        FrameLayout.Seal(frame, FrameLayout.SegmentStartKind, lastEntry, 0);
        var crc = FrameLayout.Stamp(frame, segment.Index, Offset, Offset, previousCrc);
        segment.File.Write(Offset, frame);
        return crc;
    }

    /// <summary>Binds as many frames as fit to the end of the active segment.</summary>
    /// <returns>Their bytes.</returns>
    private int Stamp(Span<byte> frames, uint groupStart)
    {
        var segment = _active.Index;
        var room = _active.Length - _offset;
        var crc = _previousCrc;
        var at = 0;
        while (at < frames.Length)
        {
            var rest = frames[at..];
            var bytes = FrameLayout.FrameBytes((int)BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]));
            if (at + bytes > room)
            {
                break;
            }

            var offset = (uint)(_offset + at);
            crc = FrameLayout.Stamp(rest[..bytes], segment, offset, groupStart, crc);
            if (rest[5] == (byte)FrameKind.Entry)
            {
                _lastEntry = BinaryPrimitives.ReadInt64LittleEndian(rest[16..]);
                if (_lastEntry % JournalIndex.EntriesPerPoint == 0)
                {
                    _index.AddEntry(segment, _lastEntry, offset);
                }
            }

            at += bytes;
        }

        _previousCrc = crc;
        return at;
    }
}
