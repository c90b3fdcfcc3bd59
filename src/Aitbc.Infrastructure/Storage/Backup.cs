namespace Aitbc.Infrastructure.Storage;

/// <summary>What a backup holds.</summary>
/// <param name="Files">Count of files, the manifest not counted.</param>
/// <param name="Bytes">Their bytes.</param>
public readonly record struct BackupSummary(int Files, long Bytes);

/// <summary>
/// Copies a data directory as it was at one moment, and lays a copy out as a data directory again. A backup is a
/// directory with the same files and a sealed manifest of their lengths and SHA-256; without its manifest it is none.
/// Stateless.
/// </summary>
/// <remarks>
/// The moment is fixed by the journal's durable end. What the journal names was stored before it was named, so all that
/// is copied afterwards is complete for that moment, and snapshots of later moments are left out. Temporary files and
/// the lock are left out too.
/// </remarks>
public static class Backup
{
    /// <summary>The manifest's file name.</summary>
    public const string ManifestFile = BackupManifest.FileName;

    /// <summary>Copies a data directory into an empty one, and proves the copy of the journal.</summary>
    /// <param name="source">The data directory, held by this process.</param>
    /// <param name="targetPath">A directory that is empty or does not exist.</param>
    /// <param name="options">The journal's identity.</param>
    /// <param name="running">The journal that is open in it and may go on writing; null when none is open.</param>
    /// <exception cref="DataDirectoryUnusableException">
    /// The target is not empty, or a name cannot be copied.
    /// </exception>
    /// <exception cref="StorageDamagedException">The journal is damaged. The copy has no manifest then.</exception>
    public static BackupSummary Create(
        DataDirectory source, string targetPath, JournalOptions options, Journal? running)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        return Create(source.Disk, EmptyTarget(targetPath), options, running);
    }

    /// <summary>Reads a backup to its last byte.</summary>
    /// <param name="sourcePath">The backup.</param>
    /// <returns>What is wrong with it; empty when it can be restored.</returns>
    public static IEnumerable<StorageProblem> Check(string sourcePath)
    {
        ArgumentException.ThrowIfNullOrEmpty(sourcePath);
        if (!Directory.Exists(sourcePath))
        {
            throw new DirectoryNotFoundException(sourcePath);
        }

        return Check(new FileDisk(sourcePath));
    }

    /// <summary>
    /// Proves a backup and lays it out as a data directory. The journal's next writer must begin a new term: entries
    /// after the backup's moment may exist elsewhere.
    /// </summary>
    /// <param name="sourcePath">The backup.</param>
    /// <param name="targetPath">A directory that is empty or does not exist.</param>
    /// <exception cref="StorageDamagedException">The backup is not what was written; nothing was laid out.</exception>
    /// <exception cref="DataDirectoryUnusableException">The target is not empty.</exception>
    public static BackupSummary Restore(string sourcePath, string targetPath)
    {
        var problems = Check(sourcePath);
        return Restore(new FileDisk(sourcePath), problems, () => EmptyTarget(targetPath));
    }

    internal static BackupSummary Create(IDisk source, IDisk target, JournalOptions options, Journal? running)
    {
        var durable = running?.Durable;
        var manifest = new BackupManifest();
        foreach (var path in Walk(source, "").ToList())
        {
            CopyInto(manifest, source, target, path, durable);
        }

        foreach (var problem in Journal.Check(target, options))
        {
            if (problem.Kind == StorageProblemKind.Damage)
            {
                throw new StorageDamagedException(problem.File, problem.Offset, problem.Text);
            }
        }

        manifest.Write(target);
        return manifest.Summary;
    }

    internal static IEnumerable<StorageProblem> Check(IDisk source)
    {
        BackupManifest? manifest = null;
        StorageProblem? unreadable = null;
        try
        {
            manifest = BackupManifest.Read(source);
        }
        catch (StorageDamagedException error)
        {
            unreadable = new StorageProblem(StorageProblemKind.Damage, error.File, error.Offset, error.Text);
        }
        catch (FileNotFoundException)
        {
            unreadable = new StorageProblem(
                StorageProblemKind.Damage, ManifestFile, 0, "there is no manifest: this is not a finished backup");
        }

        return unreadable is { } problem ? [problem] : CheckFiles(source, manifest!);
    }

    internal static BackupSummary Restore(IDisk source, IEnumerable<StorageProblem> problems, Func<IDisk> openTarget)
    {
        foreach (var problem in problems)
        {
            throw new StorageDamagedException(problem.File, problem.Offset, problem.Text);
        }

        var manifest = BackupManifest.Read(source);
        var target = openTarget();
        // It holds nothing, so its name is all there is to make durable.
        target.Create(DataDirectory.RestoringFile).Dispose();
        target.SyncDirectory("");
        foreach (var (path, expected) in manifest.Files)
        {
            target.CreateDirectory(DiskPath.DirectoryOf(path));
            if (FileDigest.Copy(source, target, path) != expected)
            {
                throw new StorageDamagedException(path, 0, "the file changed while it was restored");
            }

            target.SyncDirectory(DiskPath.DirectoryOf(path));
        }

        target.Delete(DataDirectory.RestoringFile);
        return manifest.Summary;
    }

    private static IEnumerable<StorageProblem> CheckFiles(IDisk source, BackupManifest manifest)
    {
        foreach (var (path, expected) in manifest.Files)
        {
            if (!source.Exists(path))
            {
                yield return new StorageProblem(StorageProblemKind.Damage, path, 0, "the file is missing");
            }
            else if (FileDigest.Of(source, path) != expected)
            {
                yield return new StorageProblem(
                    StorageProblemKind.Damage, path, 0, "the file does not match the manifest");
            }
        }

        foreach (var path in Walk(source, ""))
        {
            if (!manifest.Files.ContainsKey(path))
            {
                yield return new StorageProblem(
                    StorageProblemKind.Damage, path, 0, "the manifest does not name this file");
            }
        }
    }

    private static void CopyInto(
        BackupManifest manifest, IDisk source, IDisk target, string path, DurablePoint? durable)
    {
        var keepBytes = long.MaxValue;
        var directory = DiskPath.DirectoryOf(path);
        var name = DiskPath.NameOf(path);
        if (durable is not null)
        {
            if (directory == DataDirectory.JournalDirectory && SegmentLayout.TryParseName(name, out var index))
            {
                if (index > durable.Segment)
                {
                    return;
                }

                keepBytes = index == durable.Segment ? durable.Offset : long.MaxValue;
            }
            else if (directory == DataDirectory.SnapshotsDirectory
                && SnapshotStore.TryParseName(name, out var sequence)
                && sequence > durable.Sequence)
            {
                return;
            }
        }

        target.CreateDirectory(directory);
        try
        {
            manifest.Add(path, FileDigest.Copy(source, target, path, keepBytes));
        }
        catch (FileNotFoundException) when (!source.Exists(path))
        {
            // Erased, or an old snapshot removed, since it was listed: it is no part of the backup.
            return;
        }

        target.SyncDirectory(directory);
    }

    private static IEnumerable<string> Walk(IDisk disk, string directory)
    {
        foreach (var entry in disk.List(directory))
        {
            var path = DiskPath.Join(directory, entry.Name);
            if (entry.IsDirectory)
            {
                foreach (var inner in Walk(disk, Checked(path)))
                {
                    yield return inner;
                }
            }
            else if (!IsNoContent(path))
            {
                yield return Checked(path);
            }
        }
    }

    private static bool IsNoContent(string path) =>
        path is DataDirectory.LockFile or DataDirectory.TokenFile or DataDirectory.RestoringFile or ManifestFile
        || path.EndsWith(SealedFile.WritingExtension, StringComparison.Ordinal)
        || path.EndsWith(SegmentLayout.PreparingExtension, StringComparison.Ordinal);

    private static string Checked(string path)
    {
        try
        {
            return DiskPath.Checked(path);
        }
        catch (ArgumentException error)
        {
            throw new DataDirectoryUnusableException($"'{path}' cannot be copied: {error.Message}");
        }
    }

    private static FileDisk EmptyTarget(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var disk = new FileDisk(path);
        return disk.List("").Count == 0
            ? disk
            : throw new DataDirectoryUnusableException($"{disk.Root} is not empty: name an empty or a new directory.");
    }
}
