namespace Aitbc.Infrastructure.Storage;

/// <summary>
/// Opens a journal: first finds and judges its end without changing a byte, then puts right what a crash may leave.
/// </summary>
internal sealed class JournalOpening
{
    private const int ZeroStepBytes = 64 * 1024;
    private const int None = -1;

    private readonly IDisk _disk;
    private readonly JournalOptions _options;
    private readonly SegmentFiles _files;
    private readonly List<StorageProblem> _notices = [];
    private ChainState _chain;
    private int _active = None;
    private int _torn = None;
    private int _tornFrom;
    private int _tornTo;

    private JournalOpening(IDisk disk, JournalOptions options)
    {
        _disk = disk;
        _options = options;
        disk.CreateDirectory(SegmentLayout.Directory);
        _files = new SegmentFiles(disk, options.IdentityBytes);
        Index = new JournalIndex(options.MaxIndexedSegments);
    }

    /// <summary>Where entries stand, as far as was read.</summary>
    public JournalIndex Index { get; }

    /// <summary>The segment that takes the next frame.</summary>
    public OpenSegment Active { get; private set; } = null!;

    /// <summary>Where in it.</summary>
    public int Offset { get; private set; }

    /// <summary>Header CRC of the last frame.</summary>
    public uint PreviousCrc => _chain.Previous;

    /// <summary>The segment after it, when it stands ready.</summary>
    public OpenSegment? Ready { get; private set; }

    /// <summary>What the caller is told.</summary>
    public JournalRecovery Recovery { get; private set; } = null!;

    /// <summary>Opens the journal.</summary>
    public static JournalOpening Run(IDisk disk, JournalOptions options)
    {
        var opening = new JournalOpening(disk, options);
        opening.FindEnd();
        opening.Mend();
        opening.OpenActive();
        opening.Recovery = new JournalRecovery(
            opening._chain.LastEntry,
            (int)opening.Active.Index + 1,
            opening._tornTo - opening._tornFrom,
            opening._notices);
        return opening;
    }

    private void FindEnd()
    {
        if (_files.Gap is { } gap)
        {
            throw new JournalDamagedException(gap.File, gap.Offset, gap.Text);
        }

        _notices.AddRange(_files.Strangers);
        var last = _files.FindLastWithData();
        for (var index = 0; index < last; index++)
        {
            Index.AddSegment((uint)index, _files.ReadStart((uint)index).Sequence);
        }

        // The segment before the last one is followed too, since the chain must reach over the border.
        var first = Math.Max(0, last - 1);
        _chain = new ChainState { IsKnown = first == 0, Previous = Crc32C.Of(_options.IdentityBytes) };
        for (var index = first; index < _files.Count; index++)
        {
            Follow((uint)index, last);
        }
    }

    private void Follow(uint index, int last)
    {
        var bytes = _files.Load(index);
        var fault = _files.HeaderFault(index, bytes);
        if (fault is not null)
        {
            throw new JournalDamagedException(SegmentLayout.PathOf(index), 0, fault);
        }

        _chain.GroupStart = 0;
        if (index == last)
        {
            Index.AddSegment(index, _chain.LastEntry);
        }

        var scan = SegmentScanner.Follow(
            bytes, index, SegmentLayout.HeaderBytes, isLast: index >= last, ref _chain, Index);
        if (scan.End == SegmentEnd.Damaged)
        {
            throw new JournalDamagedException(SegmentLayout.PathOf(index), scan.FaultOffset, scan.Text);
        }

        if (scan.End == SegmentEnd.Torn)
        {
            _torn = (int)index;
            _tornFrom = scan.EndOffset;
            _tornTo = bytes.LastIndexOfAnyExcept((byte)0) + 1;
            _notices.Add(new StorageProblem(
                StorageProblemKind.Notice,
                SegmentLayout.PathOf(index),
                _tornFrom,
                $"a torn tail of {_tornTo - _tornFrom} bytes, which a crash left of a write never confirmed, is cut"));
        }

        if (scan.EndOffset > SegmentLayout.HeaderBytes)
        {
            _active = (int)index;
            Offset = scan.EndOffset;
        }
        else if (index == last)
        {
            // All of its first write is torn, so it holds no frame: the one before it goes on.
            Index.RemoveLastSegment(index);
        }
    }

    private void Mend()
    {
        foreach (var leftover in _files.Leftovers)
        {
            _disk.Delete(leftover);
        }

        if (_torn != None)
        {
            using var file = _disk.OpenWrite(SegmentLayout.PathOf((uint)_torn));
            var zeros = new byte[ZeroStepBytes];
            for (var at = _tornFrom; at < _tornTo;)
            {
                var count = Math.Min(zeros.Length, _tornTo - at);
                file.Write(at, zeros.AsSpan(0, count));
                at += count;
            }
        }

        // What was cut is the active segment or the one after it: both are flushed before anything is written.
        // From the last one down, so that no gap can arise half-way.
        for (var index = _files.Count - 1; index > _active + 1; index--)
        {
            _disk.Delete(SegmentLayout.PathOf((uint)index));
        }

        KeepOrDropReady(_active + 1);
        _disk.SyncDirectory(SegmentLayout.Directory);
    }

    private void KeepOrDropReady(int index)
    {
        if (index >= _files.Count)
        {
            return;
        }

        var path = SegmentLayout.PathOf((uint)index);
        if (_files.LengthOf(index) == _options.SegmentBytes)
        {
            Ready = new OpenSegment(_disk.OpenWrite(path), (uint)index, _options.SegmentBytes);

            // Its zeros may be those of a cut that a process before did not live to flush.
            Ready.File.Flush();
        }
        else
        {
            _disk.Delete(path);
        }
    }

    private void OpenActive()
    {
        if (_active != None)
        {
            var path = SegmentLayout.PathOf((uint)_active);
            Active = new OpenSegment(_disk.OpenWrite(path), (uint)_active, (int)_files.LengthOf(_active));

            // The process before may have died between write and flush: what was read is not yet durable.
            Active.File.Flush();
            return;
        }

        Active = Ready ?? SegmentPreparer.Prepare(_disk, _options, 0);
        Ready = null;
        Index.AddSegment(0, 0);
        _chain.Previous = Journal.WriteStart(Active, _chain.Previous, 0);
        Active.File.Flush();
        Offset = SegmentLayout.HeaderBytes + FrameLayout.FrameBytes(0);
    }
}
