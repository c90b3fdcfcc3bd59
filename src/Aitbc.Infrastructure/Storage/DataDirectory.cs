using System.ComponentModel.DataAnnotations;
using Microsoft.Win32.SafeHandles;

namespace Aitbc.Infrastructure.Storage;

/// <summary>Another process has the data directory.</summary>
/// <param name="path">The directory.</param>
public sealed class DataDirectoryLockedException(string path)
    : IOException($"Another process uses the data directory {path}: stop it first, or name another directory.");

/// <summary>A data directory cannot be used as it is.</summary>
/// <param name="message">Why, and what to do.</param>
public sealed class DataDirectoryUnusableException(string message) : IOException(message);

/// <summary>How a <see cref="DataDirectory"/> is kept. Immutable, thread-safe.</summary>
public sealed class DataDirectoryOptions
{
    /// <summary>Quota in bytes for the content of all its files; default none but the disk's size.</summary>
    [Range(1024 * 1024, long.MaxValue)]
    public long MaxBytes { get; init; } = long.MaxValue;
}

/// <summary>
/// The one directory in which everything durable of a node lies, held by one process at a time. The operating system
/// releases the hold when the process ends, however it ends. Thread-safe.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    /// <summary>The journal's segments.</summary>
    public const string JournalDirectory = SegmentLayout.Directory;

    /// <summary>Snapshots of the state.</summary>
    public const string SnapshotsDirectory = SnapshotStore.DirectoryName;

    /// <summary>Blobs by their digest.</summary>
    public const string BlobsDirectory = BlobStore.DirectoryName;

    /// <summary>Key files, encrypted.</summary>
    public const string KeysDirectory = "keys";

    /// <summary>Receipts kept for others to verify.</summary>
    public const string ReceiptsDirectory = "receipts";

    /// <summary>The genesis file.</summary>
    public const string GenesisFile = "genesis.json";

    /// <summary>The empty file whose lock means that a process holds the directory.</summary>
    public const string LockFile = "lock";

    /// <summary>A running node's token for its operator: worth nothing afterwards, so in no backup.</summary>
    public const string TokenFile = "operator.token";

    /// <summary>Stands in a directory while a backup is laid out in it.</summary>
    internal const string RestoringFile = "restore.incomplete";

    private readonly SafeFileHandle _lock;

    private DataDirectory(FileDisk disk, SafeFileHandle handle)
    {
        Disk = disk;
        _lock = handle;
    }

    /// <summary>Its full path.</summary>
    public string Path => Disk.Root;

    /// <summary>Its files.</summary>
    public FileDisk Disk { get; }

    /// <summary>Bytes that may still be written: the smaller of what the device and the quota leave.</summary>
    public long FreeBytes => Disk.FreeBytes;

    /// <summary>Opens a data directory and holds it, laying it out where something is missing.</summary>
    /// <param name="path">The directory; created for its owner alone when it does not exist.</param>
    /// <param name="options">The quota; default none.</param>
    /// <exception cref="DataDirectoryLockedException">Another process has it.</exception>
    /// <exception cref="DataDirectoryUnusableException">A restore into it was not finished.</exception>
    public static DataDirectory Open(string path, DataDirectoryOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new DataDirectoryOptions();
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        var disk = new FileDisk(path, options.MaxBytes);
        var handle = PosixFile.TryLock(System.IO.Path.Join(disk.Root, LockFile))
            ?? throw new DataDirectoryLockedException(disk.Root);
        try
        {
            LayOut(disk);
            return new DataDirectory(disk, handle);
        }
        catch (IOException)
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Lets the directory go.</summary>
    public void Dispose() => _lock.Dispose();

    private static void LayOut(FileDisk disk)
    {
        if (disk.Exists(RestoringFile))
        {
            throw new DataDirectoryUnusableException(
                $"A restore into {disk.Root} was not finished: empty the directory and restore again.");
        }

        string[] directories =
            [JournalDirectory, SnapshotsDirectory, BlobsDirectory, KeysDirectory, ReceiptsDirectory];
        foreach (var directory in directories)
        {
            disk.CreateDirectory(directory);
        }
    }
}
