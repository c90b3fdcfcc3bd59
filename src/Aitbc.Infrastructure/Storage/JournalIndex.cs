namespace Aitbc.Infrastructure.Storage;

/// <summary>
/// Where entries stand: for each segment the entries before it, and within a segment the offset of every 256th entry.
/// Built by whoever passes by (the writer, recovery, readers). Thread-safe.
/// </summary>
internal sealed class JournalIndex(int maxIndexedSegments)
{
    /// <summary>Every entry whose sequence is a multiple of this has its offset kept.</summary>
    public const int EntriesPerPoint = 256;

    private readonly Lock _gate = new();
    private readonly List<long> _entriesBefore = [];
    private readonly Dictionary<uint, Points> _points = [];
    private long _clock;

    /// <summary>Adds the next segment.</summary>
    public void AddSegment(uint index, long entriesBefore)
    {
        lock (_gate)
        {
            if (index != _entriesBefore.Count)
            {
                throw new InvalidOperationException($"segment {index} is not the next, {_entriesBefore.Count} is");
            }

            _entriesBefore.Add(entriesBefore);
        }
    }

    /// <summary>Takes the last segment away again, when it turned out to hold no frame.</summary>
    public void RemoveLastSegment(uint index)
    {
        lock (_gate)
        {
            if (index != _entriesBefore.Count - 1)
            {
                throw new InvalidOperationException($"segment {index} is not the last");
            }

            _entriesBefore.RemoveAt((int)index);
            _points.Remove(index);
        }
    }

    /// <summary>
    /// Notes where an entry stands, if it is one whose offset is kept and the next one of its segment.
    /// </summary>
    public void AddEntry(uint segment, long sequence, uint offset)
    {
        if (sequence % EntriesPerPoint != 0)
        {
            return;
        }

        lock (_gate)
        {
            if (segment >= _entriesBefore.Count)
            {
                return;
            }

            if (!_points.TryGetValue(segment, out var points))
            {
                EvictIfFull();
                points = new Points(_entriesBefore[(int)segment]);
                _points.Add(segment, points);
            }

            points.LastUse = ++_clock;
            if (sequence == points.NextSequence)
            {
                points.Offsets.Add(offset);
            }
        }
    }

    /// <summary>The best known place at or before an entry.</summary>
    /// <param name="entry">The sequence of the entry, from 1.</param>
    /// <returns>Segment and offset of a frame from which the entry is reached by reading on.</returns>
    public (uint Segment, uint Offset) Locate(long entry)
    {
        lock (_gate)
        {
            var low = 0;
            var high = _entriesBefore.Count - 1;
            while (low < high)
            {
                var middle = (low + high + 1) / 2;
                (low, high) = _entriesBefore[middle] < entry ? (middle, high) : (low, middle - 1);
            }

            var segment = (uint)low;
            if (!_points.TryGetValue(segment, out var points))
            {
                return (segment, SegmentLayout.HeaderBytes);
            }

            points.LastUse = ++_clock;
            var ordinal = Math.Min(((entry - points.FirstSequence) / EntriesPerPoint) + 1, points.Offsets.Count) - 1;
            return entry < points.FirstSequence || ordinal < 0
                ? (segment, SegmentLayout.HeaderBytes)
                : (segment, points.Offsets[(int)ordinal]);
        }
    }

    private void EvictIfFull()
    {
        if (_points.Count < maxIndexedSegments)
        {
            return;
        }

        var oldest = 0u;
        var oldestUse = long.MaxValue;
        foreach (var (segment, points) in _points)
        {
            if (points.LastUse < oldestUse)
            {
                (oldest, oldestUse) = (segment, points.LastUse);
            }
        }

        _points.Remove(oldest);
    }

    private sealed class Points(long entriesBefore)
    {
        /// <summary>The first entry of the segment whose offset is kept.</summary>
        public long FirstSequence { get; } =
            ((entriesBefore / EntriesPerPoint) + 1) * EntriesPerPoint;

        public long NextSequence => FirstSequence + ((long)Offsets.Count * EntriesPerPoint);

        public List<uint> Offsets { get; } = [];

        public long LastUse { get; set; }
    }
}
