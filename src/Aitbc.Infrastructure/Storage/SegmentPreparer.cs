namespace Aitbc.Infrastructure.Storage;

/// <summary>A segment file that is open for writing.</summary>
internal sealed record OpenSegment(IDiskFile File, uint Index, int Length)
{
    /// <summary>Bytes of frames it takes when empty.</summary>
    public int Capacity => JournalOptions.CapacityOf(Length);
}

/// <summary>
/// Keeps one segment ready ahead of need: zero-filled, with its header, flushed and under its final name, so that the
/// writer never waits for the disk to grow and a full disk shows itself a whole segment early. Thread-safe.
/// </summary>
internal sealed class SegmentPreparer : IAsyncDisposable
{
    /// <summary>Zeros are flushed in steps, so that one large flush does not hold up the commits next to it.</summary>
    private const int StepBytes = 1024 * 1024;

    private readonly IDisk _disk;
    private readonly JournalOptions _options;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wanted = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;
    private OpenSegment? _ready;
    private uint _nextIndex;
    private volatile IOException? _failure;
    private volatile bool _isFull;
    private int _readyCapacity;

    /// <summary>
    /// Takes over a segment that stands ready, if there is one, and begins to prepare another otherwise.
    /// </summary>
    public SegmentPreparer(IDisk disk, JournalOptions options, OpenSegment? ready, uint nextIndex)
    {
        _disk = disk;
        _options = options;
        _ready = ready;
        _nextIndex = nextIndex;
        _readyCapacity = ready?.Capacity ?? 0;
        _work = options.PrepareInBackground ? Task.Run(PrepareWhenWanted) : Task.CompletedTask;
    }

    /// <summary>Bytes of frames that the ready segment takes; 0 when none is ready.</summary>
    public int ReadyCapacity => Volatile.Read(ref _readyCapacity);

    /// <summary>
    /// The device error that ended preparation for good; null while there is none. A full disk is not one.
    /// </summary>
    public IOException? Failure => _failure;

    /// <summary>Whether the last try found the disk full; not whether one is under way.</summary>
    public bool IsFull => _isFull;

    /// <summary>Asks for a segment to be made ready; returns at once when an own task does that.</summary>
    public void Request()
    {
        if (_options.PrepareInBackground)
        {
            _wanted.Release();
        }
        else
        {
            TryPrepare();
        }
    }

    /// <summary>Waits until a segment is ready, preparing it on this thread when nobody is at it.</summary>
    /// <exception cref="DiskFullException">There is no room for one.</exception>
    /// <exception cref="IOException">The device failed.</exception>
    public void EnsureReady()
    {
        lock (_gate)
        {
            if (_ready is null)
            {
                Prepare();
            }
        }
    }

    /// <summary>Hands the ready segment over.</summary>
    /// <exception cref="InvalidOperationException">None is ready.</exception>
    public OpenSegment Take()
    {
        lock (_gate)
        {
            var segment = _ready ?? throw new InvalidOperationException("no segment is ready");
            _ready = null;
            Volatile.Write(ref _readyCapacity, 0);
            return segment;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        _ready?.File.Dispose();
        _stop.Dispose();
        _wanted.Dispose();
    }

    private async Task PrepareWhenWanted()
    {
        var pause = TimeSpan.FromMilliseconds(_options.PrepareRetryMs);
        try
        {
            while (_failure is null)
            {
                await _wanted.WaitAsync(_stop.Token).ConfigureAwait(false);
                while (!TryPrepare() && _failure is null)
                {
                    await Task.Delay(pause, _options.Time, _stop.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The journal is being closed.
        }
    }

    /// <summary>Prepares a segment unless one is ready; false when there is no room or the device failed.</summary>
    private bool TryPrepare()
    {
        lock (_gate)
        {
            try
            {
                if (_ready is null)
                {
                    Prepare();
                }

                return true;
            }
            catch (DiskFullException)
            {
                _isFull = true;
                return false;
            }
            catch (IOException error)
            {
                _failure = error;
                return false;
            }
        }
    }

    private void Prepare()
    {
        _ready = Prepare(_disk, _options, _nextIndex);
        _nextIndex++;
        _isFull = false;
        Volatile.Write(ref _readyCapacity, _ready.Capacity);
    }

    /// <summary>Prepares one segment file.</summary>
    /// <exception cref="DiskFullException">There is no room; nothing is left behind.</exception>
    public static OpenSegment Prepare(IDisk disk, JournalOptions options, uint index)
    {
        var path = SegmentLayout.PathOf(index);
        var temporary = path + SegmentLayout.PreparingExtension;
        try
        {
            Fill(disk, options, index, temporary);
        }
        catch (DiskFullException)
        {
            // What it took would be missing elsewhere.
            disk.Delete(temporary);
            throw;
        }

        disk.Rename(temporary, path);
        return new OpenSegment(disk.OpenWrite(path), index, options.SegmentBytes);
    }

    private static void Fill(IDisk disk, JournalOptions options, uint index, string temporary)
    {
        using var file = disk.Create(temporary);
        for (var length = 0; length < options.SegmentBytes;)
        {
            length = (int)Math.Min(length + (long)StepBytes, options.SegmentBytes);
            file.Preallocate(length);
            file.Flush();
        }

        Span<byte> header = stackalloc byte[SegmentLayout.HeaderBytes];
        SegmentLayout.WriteHeader(header, index, options.SegmentBytes, options.IdentityBytes);
        file.Write(0, header);
        file.Flush();
    }
}
