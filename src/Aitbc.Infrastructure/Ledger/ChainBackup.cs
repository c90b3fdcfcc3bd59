using Aitbc.Infrastructure.Storage;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>Backups of a chain's directory, and the new term that follows a restore. Stateless.</summary>
/// <remarks>A backup holds the node's key, the accounts' keys that live there and the host's key: whoever has it, and
/// the
/// passphrase where there is one, is the node.</remarks>
public static class ChainBackup
{
    /// <summary>Copies a chain's directory that no process is using.</summary>
    /// <param name="path">The data directory.</param>
    /// <param name="targetPath">A directory that is empty or does not exist.</param>
    /// <exception cref="FileNotFoundException">There is no chain.</exception>
    /// <exception cref="DataDirectoryLockedException">Another process has the directory.</exception>
    /// <exception cref="DataDirectoryUnusableException">The target is not empty.</exception>
    /// <exception cref="StorageDamagedException">The journal is damaged; the copy is no backup.</exception>
    public static BackupSummary Create(string path, string targetPath)
    {
        if (!ChainDirectory.Exists(path))
        {
            throw new FileNotFoundException($"There is no chain in {path}: name its data directory with --data.");
        }

        using var data = DataDirectory.Open(path);
        ChainDirectory.ReadGenesis(data.Disk, out var digest);
        return Backup.Create(data, targetPath, new JournalOptions { Identity = digest }, running: null);
    }

    /// <summary>Proves a backup and lays it out as a data directory. Its next opening begins a new term, which
    /// everybody
    /// sees: entries after the backup's moment may exist elsewhere.</summary>
    /// <param name="sourcePath">The backup.</param>
    /// <param name="path">A directory that is empty or does not exist.</param>
    /// <exception cref="DirectoryNotFoundException">There is no backup.</exception>
    /// <exception cref="StorageDamagedException">The backup is not what was written; nothing was laid out.</exception>
    /// <exception cref="DataDirectoryUnusableException">The target is not empty.</exception>
    public static BackupSummary Restore(string sourcePath, string path)
    {
        var problems = Backup.Check(sourcePath);
        var source = new FileDisk(sourcePath);
        return Backup.Restore(source, problems, () => MarkedTarget(source, path));
    }

    /// <summary>The mark stands there before anything else does, so that no crash leaves a directory that would go on
    /// in
    /// the old term.</summary>
    private static FileDisk MarkedTarget(IDisk source, string path)
    {
        var disk = new FileDisk(path);
        if (disk.List(string.Empty).Count > 0)
        {
            throw new DataDirectoryUnusableException(
                $"{disk.Root} is not empty: name an empty or a new directory.");
        }

        // A backup of a directory that was restored and never opened brings its own.
        if (!source.Exists(ChainDirectory.RestoredFile))
        {
            SealedFile.Write(disk, ChainDirectory.RestoredFile, ChainDirectory.RestoredKind, []);
        }

        return disk;
    }
}
