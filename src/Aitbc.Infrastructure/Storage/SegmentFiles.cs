namespace Aitbc.Infrastructure.Storage;

/// <summary>The segment files of a journal as they lie on the disk. One thread at a time.</summary>
internal sealed class SegmentFiles
{
    private readonly IDisk _disk;
    private readonly byte[] _identity;
    private readonly List<long> _lengths = [];
    private byte[] _buffer = [];

    public SegmentFiles(IDisk disk, byte[] identity)
    {
        _disk = disk;
        _identity = identity;
        foreach (var entry in disk.List(SegmentLayout.Directory))
        {
            var path = DiskPath.Join(SegmentLayout.Directory, entry.Name);
            if (!entry.IsDirectory && SegmentLayout.TryParseName(entry.Name, out var index))
            {
                // Names are in order, so the first that is not the next stands behind a gap.
                if (index != _lengths.Count)
                {
                    var missing = SegmentLayout.PathOf((uint)_lengths.Count);
                    Gap ??= new StorageProblem(StorageProblemKind.Damage, missing, 0, "the segment is missing");
                    continue;
                }

                _lengths.Add(entry.Length);
            }
            else if (entry.Name.EndsWith(SegmentLayout.PreparingExtension, StringComparison.Ordinal))
            {
                Leftovers.Add(path);
            }
            else
            {
                Strangers.Add(new StorageProblem(
                    StorageProblemKind.Notice, path, 0, "this is no file of the journal; it is left alone"));
            }
        }
    }

    /// <summary>Count of segments from the first on, up to a gap.</summary>
    public int Count => _lengths.Count;

    /// <summary>The first missing segment, when later ones exist.</summary>
    public StorageProblem? Gap { get; }

    /// <summary>Segments whose preparation a crash interrupted.</summary>
    public List<string> Leftovers { get; } = [];

    /// <summary>Names that mean nothing here.</summary>
    public List<StorageProblem> Strangers { get; } = [];

    /// <summary>Length of a segment's file.</summary>
    public long LengthOf(int index) => _lengths[index];

    /// <summary>The index of the last segment with a byte set behind its header; -1 when there is none.</summary>
    public int FindLastWithData()
    {
        var last = Count - 1;
        while (last >= 0)
        {
            var bytes = Load((uint)last);
            if (bytes.Length > SegmentLayout.HeaderBytes
                && bytes[SegmentLayout.HeaderBytes..].ContainsAnyExcept((byte)0))
            {
                break;
            }

            last--;
        }

        return last;
    }

    /// <summary>
    /// The whole content of a segment; valid until the next call. Empty when its length is impossible.
    /// </summary>
    public ReadOnlySpan<byte> Load(uint index)
    {
        var length = _lengths[(int)index];
        if (length > JournalOptions.MaxSegmentBytes)
        {
            return [];
        }

        return Read(index, (int)length);
    }

    /// <summary>What is wrong with the header of a segment whose content, or first part, is given.</summary>
    public string? HeaderFault(uint index, ReadOnlySpan<byte> bytes) =>
        SegmentLayout.HeaderFault(
            bytes[..Math.Min(bytes.Length, SegmentLayout.HeaderBytes)], index, _lengths[(int)index], _identity);

    /// <summary>Reads only the header and the start frame of a segment that is in use.</summary>
    /// <exception cref="JournalDamagedException">One of them is not what it must be.</exception>
    public FrameHeader ReadStart(uint index)
    {
        var bytes = Read(index, SegmentLayout.HeaderBytes + FrameLayout.FrameBytes(0));
        var fault = HeaderFault(index, bytes);
        if (fault is not null)
        {
            throw new JournalDamagedException(SegmentLayout.PathOf(index), 0, fault);
        }

        const int At = SegmentLayout.HeaderBytes;
        var isFrame = FrameLayout.TryReadHeader(bytes[At..], At, out var header);
        if (!isFrame || header.Kind != FrameLayout.SegmentStartKind || header.Segment != index)
        {
            throw new JournalDamagedException(
                SegmentLayout.PathOf(index), At, "the segment does not begin with its start");
        }

        return header;
    }

    private ReadOnlySpan<byte> Read(uint index, int count)
    {
        if (_buffer.Length < count)
        {
            _buffer = GC.AllocateUninitializedArray<byte>(count);
        }

        using var file = _disk.OpenRead(SegmentLayout.PathOf(index));
        return _buffer.AsSpan(0, file.Read(0, _buffer.AsSpan(0, count)));
    }
}
