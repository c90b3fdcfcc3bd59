using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Storage;

/// <summary>One blob as it lies in the store.</summary>
/// <param name="Digest">The SHA-256 it is named by; whether its content still has it is not looked at.</param>
/// <param name="Length">Its bytes.</param>
public readonly record struct BlobEntry(Digest Digest, long Length);

/// <summary>
/// Content by its SHA-256: files <c>blobs/(first byte, hex)/(digest, base64url)</c> that hold the raw bytes. A blob is
/// there whole or not at all, and proves itself each time it is read. Thread-safe.
/// </summary>
/// <remarks>
/// Deleting unlinks the file; it does not scrub the medium below the file system.
/// </remarks>
public sealed class BlobStore
{
    /// <summary>The directory.</summary>
    public const string DirectoryName = "blobs";

    private const int ChunkBytes = 128 * 1024;

    private readonly IDisk _disk;
    private readonly BlobStoreOptions _options;
    private readonly Lock _names = new();
    private long _usedBytes;
    private long _temporaries;

    /// <summary>Opens the store: counts what is there and removes what a crash left half-written.</summary>
    /// <param name="disk">Where the directory is.</param>
    /// <param name="options">The limits.</param>
    /// <exception cref="ValidationException">A limit is out of its range.</exception>
    public BlobStore(IDisk disk, BlobStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(options);
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        _disk = disk;
        _options = options;
        disk.CreateDirectory(DirectoryName);
        foreach (var entry in disk.List(DirectoryName))
        {
            if (entry.Name.EndsWith(SealedFile.WritingExtension, StringComparison.Ordinal))
            {
                disk.Delete(DiskPath.Join(DirectoryName, entry.Name));
            }
        }

        _usedBytes = List().Sum(static blob => blob.Length);
    }

    /// <summary>Bytes of all blobs, those being written included.</summary>
    public long UsedBytes => Interlocked.Read(ref _usedBytes);

    /// <summary>
    /// Stores bytes, durable when this returns. Storing the same again changes nothing, but mends a damaged copy.
    /// </summary>
    /// <returns>Their digest.</returns>
    /// <exception cref="BlobRefusedException">A limit is broken.</exception>
    /// <exception cref="DiskFullException">The disk or the quota of the data directory is full.</exception>
    public Digest Put(ReadOnlySpan<byte> content)
    {
        var digest = Digest.Sha256(content);
        if (IsIntact(digest))
        {
            return digest;
        }

        using var writing = new Writing(this);
        writing.Append(content);
        writing.Keep(digest);
        return digest;
    }

    /// <summary>
    /// Stores what a stream gives up to its end, hashing it on the way; otherwise as <see cref="Put"/>.
    /// </summary>
    /// <param name="content">Read once; not disposed.</param>
    /// <param name="cancellationToken">Ends it; nothing is left then.</param>
    public async Task<Digest> PutAsync(Stream content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        using var writing = new Writing(this);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = new byte[ChunkBytes];
        while (true)
        {
            var count = await content.ReadAsync(chunk, cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                break;
            }

            hash.AppendData(chunk, 0, count);
            writing.Append(chunk.AsSpan(0, count));
        }

        var digest = Digest.From(hash.GetHashAndReset());
        if (!IsIntact(digest))
        {
            writing.Keep(digest);
        }

        return digest;
    }

    /// <summary>Whether a blob of this digest is there; its content is not looked at.</summary>
    public bool Exists(Digest digest) => _disk.Exists(PathOf(digest));

    /// <summary>The content of a blob, which was just proven to have its digest.</summary>
    /// <exception cref="FileNotFoundException">There is no such blob.</exception>
    /// <exception cref="StorageDamagedException">The content has another digest.</exception>
    public byte[] Get(Digest digest)
    {
        using var file = _disk.OpenRead(PathOf(digest));
        var content = new byte[file.Length];
        file.Read(0, content);
        if (Digest.Sha256(content) != digest)
        {
            throw new StorageDamagedException(file.Path, 0, "the content does not have the SHA-256 it is named by");
        }

        return content;
    }

    /// <summary>Deletes a blob, durably.</summary>
    /// <returns>False when there was none.</returns>
    public bool Delete(Digest digest)
    {
        lock (_names)
        {
            var path = PathOf(digest);
            if (!_disk.Exists(path))
            {
                return false;
            }

            var length = LengthOf(path);
            _disk.Delete(path);
            Interlocked.Add(ref _usedBytes, -length);
            return true;
        }
    }

    /// <summary>All blobs, in the order of their file names, one directory at a time.</summary>
    public IEnumerable<BlobEntry> List() => ListOf(_disk);

    /// <summary>The same without opening the store, which would remove what a crash left.</summary>
    /// <param name="disk">Where the directory is.</param>
    public static IEnumerable<BlobEntry> ListOf(IDisk disk)
    {
        foreach (var (entry, digest, _) in Walk(disk))
        {
            if (digest is { } name)
            {
                yield return new BlobEntry(name, entry.Length);
            }
        }
    }

    /// <summary>Reads every blob to its end. Changes nothing.</summary>
    /// <param name="disk">Where the directory is.</param>
    /// <returns>What is wrong, lazily; what a crash left and names that mean nothing here are notices.</returns>
    public static IEnumerable<StorageProblem> Check(IDisk disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        foreach (var (_, digest, path) in Walk(disk))
        {
            if (digest is not { } name)
            {
                yield return new StorageProblem(StorageProblemKind.Notice, path, 0, "this is not a blob");
            }
            else if (FileDigest.Of(disk, path).Digest != name)
            {
                yield return new StorageProblem(
                    StorageProblemKind.Damage, path, 0, "the content does not have the SHA-256 it is named by");
            }
        }
    }

    private static IEnumerable<(DiskEntry Entry, Digest? Digest, string Path)> Walk(IDisk disk)
    {
        foreach (var directory in disk.List(DirectoryName))
        {
            var directoryPath = DiskPath.Join(DirectoryName, directory.Name);
            if (!directory.IsDirectory)
            {
                yield return (directory, null, directoryPath);
                continue;
            }

            foreach (var entry in disk.List(directoryPath))
            {
                var path = DiskPath.Join(directoryPath, entry.Name);
                var isBlob = !entry.IsDirectory
                    && Digest.TryParse(entry.Name.AsSpan(), out var digest)
                    && PathOf(digest) == path;
                yield return (entry, isBlob ? Digest.Parse(entry.Name) : null, path);
            }
        }
    }

    private static string PathOf(Digest digest) =>
        DiskPath.Join(DirectoryOf(digest), digest.ToString());

    private static string DirectoryOf(Digest digest) =>
        DiskPath.Join(DirectoryName, digest.AsSpan()[0].ToString("x2", CultureInfo.InvariantCulture));

    private long LengthOf(string path)
    {
        using var file = _disk.OpenRead(path);
        return file.Length;
    }

    private bool IsIntact(Digest digest)
    {
        var path = PathOf(digest);
        return _disk.Exists(path) && FileDigest.Of(_disk, path).Digest == digest;
    }

    /// <summary>A blob on its way in, whose room is taken as it grows and given back unless it is kept.</summary>
    private sealed class Writing : IDisposable
    {
        private readonly BlobStore _store;
        private readonly string _path;
        private readonly IDiskFile _file;
        private long _length;
        private bool _isKept;

        public Writing(BlobStore store)
        {
            _store = store;
            var number = Interlocked.Increment(ref store._temporaries).ToString(CultureInfo.InvariantCulture);
            _path = DiskPath.Join(DirectoryName, number + SealedFile.WritingExtension);
            _file = store._disk.Create(_path);
        }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            if (_length + bytes.Length > _store._options.MaxBlobBytes)
            {
                throw new BlobRefusedException(BlobRefusal.TooLarge, _store._options.MaxBlobBytes);
            }

            var at = _length;
            _length += bytes.Length;
            if (Interlocked.Add(ref _store._usedBytes, bytes.Length) > _store._options.MaxTotalBytes)
            {
                throw new BlobRefusedException(BlobRefusal.QuotaReached, _store._options.MaxTotalBytes);
            }

            _file.Write(at, bytes);
        }

        /// <summary>Gives the file its name, replacing a damaged copy or one that came in meanwhile.</summary>
        public void Keep(Digest digest)
        {
            _file.Flush();
            lock (_store._names)
            {
                var path = PathOf(digest);
                _store._disk.CreateDirectory(DirectoryOf(digest));
                var replaced = _store._disk.Exists(path) ? _store.LengthOf(path) : 0;
                _store._disk.Rename(_path, path);
                Interlocked.Add(ref _store._usedBytes, -replaced);
            }

            _isKept = true;
        }

        public void Dispose()
        {
            _file.Dispose();
            if (!_isKept)
            {
                Interlocked.Add(ref _store._usedBytes, -_length);
                _store._disk.Delete(_path);
            }
        }
    }
}
