using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;

namespace Aitbc.Testing;

/// <summary>
/// The power went, or the process was killed, in the middle of a call: nothing answers until the restart.
/// </summary>
public sealed class DiskCrashedException() : IOException("the machine is down");

/// <summary>
/// A disk in memory that behaves as badly as real ones may: what was not flushed is lost at a power cut, wholly, by
/// sectors or behind a byte; names that were not made durable are lost; it fills up, fails a write or a flush, and
/// bits can be flipped. With one seed every run is the same. Thread-safe.
/// </summary>
/// <remarks>Kinder than real ones in one point: a directory that was created is durable at once.</remarks>
public sealed partial class FaultyDisk(ulong seed) : IDisk
{
    private readonly Lock _gate = new();
    private readonly SeededRandom _random = new SeededRandom(seed).Fork("faulty-disk");
    private readonly HashSet<string> _directories = [""];
    private readonly List<NameChange> _pendingNames = [];
    private Dictionary<string, FaultyDiskContent> _names = [];
    private Dictionary<string, FaultyDiskContent> _durableNames = [];
    private bool _isDown;
    private int _epoch;

    /// <summary>
    /// Files whose flush is swallowed, to prove that a test would notice a flush taken out; default none.
    /// </summary>
    public Func<string, bool> SwallowsFlushOf { get; init; } = static _ => false;

    /// <summary>Whether making names durable is swallowed, for the same proof.</summary>
    public bool SwallowsDirectorySync { get; init; }

    /// <summary>Bytes the disk holds at most.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>
    /// Count of changing calls so far: writes, flushes, creations, renames, deletions, syncs of names.
    /// </summary>
    public long Operations { get; private set; }

    /// <summary>The operation in which the power goes; 0 for never.</summary>
    public long CrashAtOperation { get; set; }

    /// <summary>The operation that fails with an I/O error when it is a write or a flush; 0 for never.</summary>
    public long FailAtOperation { get; set; }

    /// <summary>Bytes of all files.</summary>
    public long UsedBytes
    {
        get
        {
            lock (_gate)
            {
                return _names.Values.Sum(static content => (long)content.Length);
            }
        }
    }

    /// <inheritdoc/>
    public long FreeBytes => Math.Max(0, Capacity - UsedBytes);

    /// <summary>
    /// Cuts the power: what was not flushed survives by chance. Open files are dead. The disk can be used again at
    /// once.
    /// </summary>
    public void CutPower()
    {
        lock (_gate)
        {
            var survivors = _random.NextInt32(_pendingNames.Count + 1);
            foreach (var change in _pendingNames.Take(survivors))
            {
                change.Apply(_durableNames);
            }

            _pendingNames.Clear();
            _names = new Dictionary<string, FaultyDiskContent>(_durableNames);
            foreach (var content in _names.OrderBy(static name => name.Key, StringComparer.Ordinal))
            {
                content.Value.CutPower(_random);
            }

            Restart();
        }
    }

    /// <summary>
    /// Kills the process: open files are dead, but what was written is still there, as little durable as before.
    /// </summary>
    public void KillProcess()
    {
        lock (_gate)
        {
            Restart();
        }
    }

    /// <summary>Changes one bit of a file, on the medium and in what is read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">The byte.</param>
    /// <param name="bit">The bit, 0 to 7.</param>
    public void FlipBit(string path, long offset, int bit)
    {
        lock (_gate)
        {
            Content(path).FlipBit((int)offset, bit);
        }
    }

    /// <summary>Overwrites bytes of a file, on the medium and in what is read.</summary>
    public void Overwrite(string path, long offset, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            Content(path).Overwrite((int)offset, bytes);
        }
    }

    /// <summary>A copy of a file as it is read now.</summary>
    public byte[] ReadAll(string path)
    {
        lock (_gate)
        {
            return Content(path).ToArray();
        }
    }

    /// <summary>Puts a file there, durable at once; for arranging a test.</summary>
    public void Put(string path, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            var content = new FaultyDiskContent();
            content.Write(0, bytes);
            content.Flush();
            _names[path] = content;
            _durableNames[path] = content;
        }
    }

    /// <summary>Removes a file, durably; for arranging a test.</summary>
    public void Remove(string path)
    {
        lock (_gate)
        {
            _names.Remove(path);
            _durableNames.Remove(path);
        }
    }

    /// <inheritdoc/>
    public IDiskFile Create(string path)
    {
        lock (_gate)
        {
            Step(DiskPath.Checked(path));
            if (!_directories.Contains(DiskPath.DirectoryOf(path)))
            {
                throw new DirectoryNotFoundException(path);
            }

            if (_names.ContainsKey(path))
            {
                throw new IOException($"'{path}' exists");
            }

            Change(new NameChange(null, path, new FaultyDiskContent()));
            return Handle(path, canWrite: true);
        }
    }

    /// <inheritdoc/>
    public IDiskFile OpenRead(string path)
    {
        lock (_gate)
        {
            ThrowIfDown();
            return Handle(path, canWrite: false);
        }
    }

    /// <inheritdoc/>
    public IDiskFile OpenWrite(string path)
    {
        lock (_gate)
        {
            ThrowIfDown();
            return Handle(path, canWrite: true);
        }
    }

    /// <inheritdoc/>
    public bool Exists(string path)
    {
        lock (_gate)
        {
            ThrowIfDown();
            return _names.ContainsKey(DiskPath.Checked(path));
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<DiskEntry> List(string directory)
    {
        lock (_gate)
        {
            ThrowIfDown();
            DiskPath.Checked(directory);
            var files = _names
                .Where(name => DiskPath.DirectoryOf(name.Key) == directory)
                .Select(static name => new DiskEntry(DiskPath.NameOf(name.Key), name.Value.Length, IsDirectory: false));
            var directories = _directories
                .Where(name => name.Length > 0 && DiskPath.DirectoryOf(name) == directory)
                .Select(static name => new DiskEntry(DiskPath.NameOf(name), 0, IsDirectory: true));
            return [.. files.Concat(directories).OrderBy(static entry => entry.Name, StringComparer.Ordinal)];
        }
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        lock (_gate)
        {
            ThrowIfDown();
            for (var at = DiskPath.Checked(path); at.Length > 0; at = DiskPath.DirectoryOf(at))
            {
                _directories.Add(at);
            }
        }
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        lock (_gate)
        {
            Step(DiskPath.Checked(from));
            Change(new NameChange(from, DiskPath.Checked(to), Content(from)));
            SyncDirectory(DiskPath.DirectoryOf(to));
        }
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        lock (_gate)
        {
            Step(DiskPath.Checked(path));
            if (_names.ContainsKey(path))
            {
                Change(new NameChange(path, null, null));
                SyncDirectory(DiskPath.DirectoryOf(path));
            }
        }
    }

    /// <inheritdoc/>
    public void SyncDirectory(string directory)
    {
        lock (_gate)
        {
            Step(DiskPath.Checked(directory));
            if (SwallowsDirectorySync)
            {
                return;
            }

            foreach (var change in _pendingNames.Where(change => change.IsIn(directory)))
            {
                change.Apply(_durableNames);
            }

            _pendingNames.RemoveAll(change => change.IsIn(directory));
        }
    }

    /// <summary>Counts a changing call and lets the armed fault happen in it.</summary>
    private void Step(string path, bool canFail = false)
    {
        ThrowIfDown();
        Operations++;
        if (Operations == CrashAtOperation)
        {
            _isDown = true;
            throw new DiskCrashedException();
        }

        if (canFail && Operations == FailAtOperation)
        {
            throw new IOException($"the device failed at '{path}'");
        }
    }

    private void ThrowIfDown()
    {
        if (_isDown)
        {
            throw new DiskCrashedException();
        }
    }

    private void Restart()
    {
        _isDown = false;
        CrashAtOperation = 0;
        FailAtOperation = 0;
        _epoch++;
    }

    private void Change(NameChange change)
    {
        change.Apply(_names);
        _pendingNames.Add(change);
    }

    private FaultyDiskContent Content(string path) =>
        _names.TryGetValue(DiskPath.Checked(path), out var content) ? content : throw new FileNotFoundException(path);

    private FaultyFile Handle(string path, bool canWrite) => new(this, path, Content(path), _epoch, canWrite);

    private sealed record NameChange(string? From, string? To, FaultyDiskContent? Content)
    {
        public bool IsIn(string directory) =>
            (From is not null && DiskPath.DirectoryOf(From) == directory)
            || (To is not null && DiskPath.DirectoryOf(To) == directory);

        public void Apply(Dictionary<string, FaultyDiskContent> names)
        {
            if (From is not null)
            {
                names.Remove(From);
            }

            if (To is not null)
            {
                names[To] = Content!;
            }
        }
    }
}
