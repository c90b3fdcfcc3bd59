using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Receipts;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.State;
using StoredFile = Aitbc.Infrastructure.Storage.SealedFile;

namespace Aitbc.Infrastructure.Verification;

/// <summary>How files are checked that a higher part of the house keeps in the data directory.</summary>
/// <param name="Directory">Its directory below the data directory.</param>
/// <param name="Check">Checks one file, given the disk and the file's path.</param>
public sealed record OwnedFiles(string Directory, Func<IDisk, string, IEnumerable<StorageProblem>> Check);

/// <summary>Checks what lies beside the journal: genesis, keys, blobs, sealed files, and that nothing else is there.
/// </summary>
internal sealed class FileChecks(
    IDisk disk, string root, IReadOnlyList<OwnedFiles> owned, Findings findings)
{
    private static readonly string[] KnownDirectories =
    [
        DataDirectory.JournalDirectory, DataDirectory.SnapshotsDirectory, DataDirectory.BlobsDirectory,
    ];

    private readonly Dictionary<string, Digest> receipts = [];
    private ReceiptRenderer? renderer;
    private bool hasEnded;

    /// <summary>Receipt files that are what the journal says.</summary>
    public int Receipts { get; private set; }

    /// <summary>Blobs that are what their names say.</summary>
    public int Blobs { get; private set; }

    /// <summary>The genesis file, or null where it is damaged.</summary>
    public (Genesis Genesis, Digest Digest)? ReadGenesis()
    {
        try
        {
            var genesis = ChainDirectory.ReadGenesis(disk, out var digest);
            renderer = new ReceiptRenderer(genesis, digest);
            return (genesis, digest);
        }
        catch (StorageDamagedException damage)
        {
            findings.TakeFirst(
                new StorageProblem(StorageProblemKind.Damage, DataDirectory.GenesisFile, damage.Offset, damage.Text));
            return null;
        }
    }

    /// <summary>Takes an entry, for the receipts.</summary>
    public void Observe(DurableEntry entry) => renderer!.Observe(entry);

    /// <summary>Takes a block, for the receipts: each is made again from the journal, and its file must be that.
    /// </summary>
    public void ObserveBlock(ReadOnlyMemory<byte> compact)
    {
        foreach (var receipt in renderer!.ObserveBlock(compact.Span))
        {
            receipts[$"{DataDirectory.ReceiptsDirectory}/{receipt.FileName}"] = Digest.Sha256(receipt.Bytes);
        }
    }

    /// <summary>Checks all files but the journal and the snapshots.</summary>
    public void CheckAll(Replay replay)
    {
        hasEnded = replay.HasEnded;
        CheckBlobs(replay.State);
        Walk(string.Empty);
    }

    private void CheckBlobs(LedgerState state)
    {
        var bad = 0;
        foreach (var problem in BlobStore.Check(disk))
        {
            findings.Take(problem);
            bad += problem.Kind == StorageProblemKind.Damage ? 1 : 0;
        }

        var held = new HashSet<Digest>(BlobStore.ListOf(disk).Select(blob => blob.Digest));
        Blobs = held.Count - bad;
        for (var slot = 0; slot < state.Blobs.Count; slot++)
        {
            ref readonly var blob = ref state.Blobs[slot];
            if (blob.Id != 0 && blob.Available == 1 && !held.Contains(blob.Digest))
            {
                findings.Problem($"blob {blob.Digest}", "The journal says that its bytes are here, and they are not.");
            }
        }
    }

    private void Walk(string directory)
    {
        foreach (var entry in disk.List(directory))
        {
            var path = directory.Length == 0 ? entry.Name : $"{directory}/{entry.Name}";
            if (KnownDirectories.Contains(path) || path == DataDirectory.GenesisFile)
            {
                continue;
            }

            if (entry.IsDirectory)
            {
                Walk(path);
            }
            else
            {
                CheckFile(directory, path, entry.Length);
            }
        }
    }

    private void CheckFile(string directory, string path, long length)
    {
        if (path == DataDirectory.LockFile)
        {
            if (length != 0)
            {
                findings.Problem(path, "The lock file is not empty.");
            }
        }
        else if (path == DataDirectory.TokenFile)
        {
            // A token of a run says nothing about the chain.
        }
        else if (IsLeftover(directory, path))
        {
            findings.Notice(path, "A crash left it half-written: it counts for nothing and may be deleted.");
        }
        else if (directory == DataDirectory.ReceiptsDirectory && path.EndsWith(".json", StringComparison.Ordinal))
        {
            CheckReceipt(path);
        }
        else if (directory == DataDirectory.KeysDirectory && path.EndsWith(".key", StringComparison.Ordinal))
        {
            if (KeyStore.Check(Path.Combine(root, path)) is { } problem)
            {
                findings.Problem(path, problem);
            }
        }
        else if (owned.FirstOrDefault(owner => owner.Directory == directory) is { } owner)
        {
            foreach (var problem in owner.Check(disk, path))
            {
                findings.Take(problem);
            }
        }
        else if (ReadKind(path) is { } kind)
        {
            if (StoredFile.Check(disk, path, kind) is { } problem)
            {
                findings.Take(problem);
            }
        }
        else
        {
            findings.Problem(path, "It is no file of this directory, or its first line is damaged.");
        }
    }

    /// <summary>Whether a file is one that its writer names so until it is whole.</summary>
    private static bool IsLeftover(string directory, string path) =>
        path.EndsWith(StoredFile.WritingExtension, StringComparison.Ordinal)
        || (directory == DataDirectory.KeysDirectory && path.EndsWith(".tmp", StringComparison.Ordinal));

    private void CheckReceipt(string path)
    {
        using var file = disk.OpenRead(path);
        var bytes = new byte[file.Length];
        file.Read(0, bytes);
        if (!receipts.TryGetValue(path, out var expected) && hasEnded)
        {
            findings.Notice(path, "It could not be compared: the replay ended before its block.");
        }
        else if (expected == default)
        {
            findings.Problem(path, "The journal knows no paid workload of this name in a closed block.");
        }
        else if (Digest.Sha256(bytes) != expected)
        {
            findings.Problem(path, "It is not the receipt that the journal gives.");
        }
        else
        {
            Receipts++;
        }
    }

    /// <summary>The kind that a sealed file's first line names, or null where it names none.</summary>
    private SealedKind? ReadKind(string path)
    {
        using var file = disk.OpenRead(path);
        var head = new byte[64];
        var line = Encoding.ASCII.GetString(head, 0, file.Read(0, head)).Split('\n')[0].Split(' ');
        return line is ["AITBC-SEALED", "1", var name, var version] && int.TryParse(version, out var number)
            ? new SealedKind(name, number)
            : null;
    }
}
