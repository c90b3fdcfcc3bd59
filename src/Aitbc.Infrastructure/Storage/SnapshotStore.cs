using System.Globalization;

namespace Aitbc.Infrastructure.Storage;

/// <summary>A snapshot that proved whole when it was opened.</summary>
/// <param name="Sequence">The last entry it includes.</param>
/// <param name="Content">Its payload, to be read once and disposed.</param>
public sealed record OpenSnapshot(long Sequence, Stream Content) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Content.Dispose();
}

/// <summary>
/// The snapshots of a data directory: sealed files <c>snapshots/(sequence, 20 digits).snap</c>, of which the last few
/// are kept. One thread at a time.
/// </summary>
public sealed class SnapshotStore
{
    /// <summary>The directory.</summary>
    public const string DirectoryName = "snapshots";

    /// <summary>Default count of snapshots kept.</summary>
    public const int DefaultKeep = 2;

    private const string Extension = ".snap";
    private const int Digits = 20;

    private static readonly SealedKind Kind = new("snapshot", 1);

    private readonly IDisk _disk;
    private readonly int _keep;

    /// <summary>Opens the store, creating its directory when it does not exist.</summary>
    /// <param name="disk">Where the directory is.</param>
    /// <param name="keep">Snapshots kept, from 1; default 2. A damaged one does not count.</param>
    public SnapshotStore(IDisk disk, int keep = DefaultKeep)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        _disk = disk;
        _keep = keep;
        disk.CreateDirectory(DirectoryName);
    }

    /// <summary>
    /// The last entries of the snapshots that are there, oldest first; whether they are good is not looked at.
    /// </summary>
    public IReadOnlyList<long> Sequences => SequencesOn(_disk);

    /// <summary>
    /// Writes a snapshot, durable when this returns, then removes those beyond the ones to keep. For that the others
    /// that are kept are read to their end.
    /// </summary>
    /// <param name="sequence">
    /// The last entry it includes. A snapshot of a later one stays and does not count: it is of a history that ended
    /// otherwise.
    /// </param>
    /// <param name="write">Writes the payload. What it throws leaves no snapshot.</param>
    /// <param name="flushEveryBytes">Bytes after which what is written goes to the device; default 0, at the end.
    /// </param>
    /// <exception cref="DiskFullException">No room; the older snapshots are untouched.</exception>
    public void Save(long sequence, Action<Stream> write, int flushEveryBytes = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        ArgumentNullException.ThrowIfNull(write);
        RemoveLeftovers();
        using (var writer = new SealedFileWriter(_disk, PathOf(sequence), Kind, flushEveryBytes))
        {
            write(writer);
            writer.Commit();
        }

        RemoveBefore(sequence);
    }

    /// <summary>Opens the newest snapshot that is whole, reading it to its end before.</summary>
    /// <param name="problems">The bad ones that were passed over, with their places.</param>
    /// <param name="atMost">Only snapshots up to this entry; default any.</param>
    /// <returns>The snapshot; null when there is no good one.</returns>
    public OpenSnapshot? OpenNewest(out IReadOnlyList<StorageProblem> problems, long atMost = long.MaxValue)
    {
        var found = new List<StorageProblem>();
        problems = found;
        foreach (var sequence in Sequences.Reverse().Where(sequence => sequence <= atMost))
        {
            var path = PathOf(sequence);
            if (SealedFile.Check(_disk, path, Kind) is { } problem)
            {
                found.Add(problem);
                continue;
            }

            return new OpenSnapshot(sequence, new SealedFileReader(_disk, path, Kind));
        }

        return null;
    }

    /// <summary>Reads every snapshot to its end. Changes nothing.</summary>
    /// <param name="disk">Where the directory is.</param>
    /// <returns>What is wrong, lazily; what a crash left and names that mean nothing here are notices.</returns>
    public static IEnumerable<StorageProblem> Check(IDisk disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        foreach (var entry in disk.List(DirectoryName))
        {
            var path = DiskPath.Join(DirectoryName, entry.Name);
            if (entry.IsDirectory || !TryParseName(entry.Name, out _))
            {
                yield return new StorageProblem(StorageProblemKind.Notice, path, 0, "this is not a snapshot");
            }
            else if (SealedFile.Check(disk, path, Kind) is { } problem)
            {
                yield return problem;
            }
        }
    }

    /// <summary>The sequence in a snapshot's name; false when the name is not one.</summary>
    internal static bool TryParseName(string name, out long sequence)
    {
        sequence = 0;
        return name.Length == Digits + Extension.Length
            && name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out sequence);
    }

    private static List<long> SequencesOn(IDisk disk)
    {
        var sequences = new List<long>();
        foreach (var entry in disk.List(DirectoryName))
        {
            if (!entry.IsDirectory && TryParseName(entry.Name, out var sequence))
            {
                sequences.Add(sequence);
            }
        }

        return sequences;
    }

    /// <summary>The path of a snapshot below the data directory.</summary>
    internal static string PathOf(long sequence) =>
        DiskPath.Join(DirectoryName, sequence.ToString("D20", CultureInfo.InvariantCulture) + Extension);

    private void RemoveLeftovers()
    {
        foreach (var entry in _disk.List(DirectoryName))
        {
            if (entry.Name.EndsWith(SealedFile.WritingExtension, StringComparison.Ordinal))
            {
                _disk.Delete(DiskPath.Join(DirectoryName, entry.Name));
            }
        }
    }

    /// <summary>Keeps the saved snapshot and as many whole ones before it as there may be.</summary>
    private void RemoveBefore(long saved)
    {
        var kept = 1;
        foreach (var sequence in Sequences.Reverse().Where(sequence => sequence < saved))
        {
            var path = PathOf(sequence);
            if (kept >= _keep)
            {
                _disk.Delete(path);
            }
            else if (SealedFile.Check(_disk, path, Kind) is null)
            {
                kept++;
            }
        }
    }
}
