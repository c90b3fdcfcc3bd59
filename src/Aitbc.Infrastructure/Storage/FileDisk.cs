using Microsoft.Win32.SafeHandles;

namespace Aitbc.Infrastructure.Storage;

/// <summary>
/// An <see cref="IDisk"/> over a real directory. It keeps a quota: growth beyond <c>maxBytes</c> of file content is
/// refused as a full disk is, before the device is touched. Thread-safe.
/// </summary>
/// <remarks>
/// The quota counts file lengths at opening plus what this object added: it expects to be the only writer.
/// </remarks>
public sealed class FileDisk : IDisk
{
    private const int NoSpaceErrno = 28;
    private const int QuotaErrno = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    private const UnixFileMode OwnerOnly =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _root;
    private readonly long _maxBytes;
    private long _usedBytes;

    /// <summary>
    /// Opens a root directory. When it does not exist it is created for its owner alone: keys may lie in it.
    /// </summary>
    /// <param name="root">The directory.</param>
    /// <param name="maxBytes">Quota in bytes for the content of all files below the root; default none.</param>
    public FileDisk(string root, long maxBytes = long.MaxValue)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBytes);
        _root = Path.GetFullPath(root);
        _maxBytes = maxBytes;
        CreateRoot();
        foreach (var file in new DirectoryInfo(_root).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            _usedBytes += file.Length;
        }
    }

    /// <summary>The full path of the root directory.</summary>
    public string Root => _root;

    /// <summary>The quota in bytes.</summary>
    public long MaxBytes => _maxBytes;

    /// <summary>Bytes of file content below the root, by this object's count.</summary>
    public long UsedBytes => Interlocked.Read(ref _usedBytes);

    /// <inheritdoc/>
    public long FreeBytes
    {
        get
        {
            var device = new DriveInfo(_root).AvailableFreeSpace;
            return Math.Max(0, Math.Min(device, _maxBytes - UsedBytes));
        }
    }

    /// <inheritdoc/>
    public IDiskFile Create(string path) => Open(path, FileMode.CreateNew, FileAccess.ReadWrite);

    /// <inheritdoc/>
    public IDiskFile OpenRead(string path) => Open(path, FileMode.Open, FileAccess.Read);

    /// <inheritdoc/>
    public IDiskFile OpenWrite(string path) => Open(path, FileMode.Open, FileAccess.ReadWrite);

    /// <inheritdoc/>
    public bool Exists(string path) => File.Exists(Full(path));

    /// <inheritdoc/>
    public IReadOnlyList<DiskEntry> List(string directory)
    {
        var info = new DirectoryInfo(Full(directory));
        if (!info.Exists)
        {
            return [];
        }

        var entries = new List<DiskEntry>();
        foreach (var entry in info.EnumerateFileSystemInfos())
        {
            entries.Add(entry is FileInfo file
                ? new DiskEntry(file.Name, file.Length, IsDirectory: false)
                : new DiskEntry(entry.Name, 0, IsDirectory: true));
        }

        entries.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return entries;
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        var full = Full(path);
        if (Directory.Exists(full))
        {
            return;
        }

        var parent = DiskPath.DirectoryOf(path);
        if (parent.Length > 0)
        {
            CreateDirectory(parent);
        }

        Directory.CreateDirectory(full);
        SyncDirectory(parent);
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        var target = new FileInfo(Full(to));
        var replaced = target.Exists ? target.Length : 0;
        File.Move(Full(from), target.FullName, overwrite: true);
        Interlocked.Add(ref _usedBytes, -replaced);
        SyncDirectory(DiskPath.DirectoryOf(to));
        if (DiskPath.DirectoryOf(from) != DiskPath.DirectoryOf(to))
        {
            SyncDirectory(DiskPath.DirectoryOf(from));
        }
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        var file = new FileInfo(Full(path));
        if (!file.Exists)
        {
            return;
        }

        var length = file.Length;
        file.Delete();
        Interlocked.Add(ref _usedBytes, -length);
        SyncDirectory(DiskPath.DirectoryOf(path));
    }

    /// <inheritdoc/>
    public void SyncDirectory(string directory) => PosixFile.FlushDirectory(Full(directory));

    private OpenFile Open(string path, FileMode mode, FileAccess access)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = access,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (mode == FileMode.CreateNew && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new OpenFile(this, path, new FileStream(Full(path), options));
    }

    private void CreateRoot()
    {
        // A directory is as durable as its name in the one above, and so on up to the first that was there.
        var missing = new List<string>();
        for (var path = _root; path is not null && !Directory.Exists(path); path = Path.GetDirectoryName(path))
        {
            missing.Add(path);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_root);
        }
        else
        {
            Directory.CreateDirectory(_root, OwnerOnly);
        }

        foreach (var path in missing)
        {
            PosixFile.FlushDirectory(Path.GetDirectoryName(path)!);
        }
    }

    private string Full(string path) => Path.Join(_root, DiskPath.Checked(path));

    /// <summary>Takes room from the quota, or refuses.</summary>
    private void Charge(long bytes, string path)
    {
        if (Interlocked.Add(ref _usedBytes, bytes) <= _maxBytes)
        {
            return;
        }

        Interlocked.Add(ref _usedBytes, -bytes);
        throw new DiskFullException($"'{path}' needs {bytes} bytes more than the quota of {_maxBytes} bytes leaves");
    }

    private static bool IsFull(IOException error) =>
        error.HResult is NoSpaceErrno or QuotaErrno or WindowsDiskFull or WindowsHandleDiskFull;

    private sealed class OpenFile : IDiskFile
    {
        private const int ZeroChunkBytes = 1024 * 1024;
        private static readonly byte[] Zeros = new byte[ZeroChunkBytes];

        private readonly FileDisk _disk;
        private readonly FileStream _stream;
        private readonly SafeFileHandle _handle;
        private long _chargedLength;

        public OpenFile(FileDisk disk, string path, FileStream stream)
        {
            _disk = disk;
            Path = path;
            _stream = stream;
            _handle = stream.SafeFileHandle;
            _chargedLength = RandomAccess.GetLength(_handle);
        }

        public string Path { get; }

        public long Length => RandomAccess.GetLength(_handle);

        public void Preallocate(long length)
        {
            for (var at = _chargedLength; at < length;)
            {
                var count = (int)Math.Min(ZeroChunkBytes, length - at);
                Write(at, Zeros.AsSpan(0, count));
                at += count;
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            var growth = offset + bytes.Length - _chargedLength;
            if (growth > 0)
            {
                _disk.Charge(growth, Path);
                _chargedLength += growth;
            }

            try
            {
                RandomAccess.Write(_handle, bytes, offset);
            }
            catch (IOException error) when (IsFull(error))
            {
                throw new DiskFullException($"the disk is full: '{Path}' could not take {bytes.Length} bytes", error);
            }
        }

        public int Read(long offset, Span<byte> buffer)
        {
            var total = 0;
            while (total < buffer.Length)
            {
                var count = RandomAccess.Read(_handle, buffer[total..], offset + total);
                if (count == 0)
                {
                    break;
                }

                total += count;
            }

            return total;
        }

        public void Flush() => PosixFile.FlushData(_handle, Path);

        public void Dispose() => _stream.Dispose();
    }
}
