using System.Text;
using System.Text.Json;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Wire;

namespace Aitbc.Node.Witness;

/// <summary>
/// What a witness keeps: the chain's genesis as it first saw it, every head one a line (what <c>aitbc verify
/// --heads</c> reads), the same heads signed with its own key, and proofs. Held by one process at a time.
/// </summary>
/// <remarks>Not thread-safe. A line is on the disk before the next is asked for; a line that a crash cut short is taken
/// off.</remarks>
public sealed class WitnessFiles : IDisposable
{
    /// <summary>The heads.</summary>
    public const string HeadsFile = "heads.txt";

    /// <summary>The heads signed by the witness.</summary>
    public const string CosignedFile = "cosigned.txt";

    private const string GenesisFile = "genesis.json";
    private const string LockFile = "lock";
    private const string KeysDirectory = "keys";
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly FileStream held;
    private readonly HostKey hostKey;
    private readonly KeyPair key;
    private FileStream? heads;
    private FileStream? cosigned;

    private WitnessFiles(string directory, FileStream held, HostKey hostKey, KeyPair key) =>
        (Directory, this.held, this.hostKey, this.key) = (directory, held, hostKey, key);

    /// <summary>The directory.</summary>
    public string Directory { get; }

    /// <summary>The witness's own key.</summary>
    public PublicKey Key => key.PublicKey;

    /// <summary>Opens a directory, and begins one with a fresh key where there is none.</summary>
    /// <exception cref="IOException">Another process has it, or a file cannot be read.</exception>
    public static WitnessFiles Open(string path)
    {
        var directory = System.IO.Directory.CreateDirectory(path).FullName;
        var held = new FileStream(
            Path.Combine(directory, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            var keys = System.IO.Directory.CreateDirectory(Path.Combine(directory, KeysDirectory)).FullName;
            var hostPath = Path.Combine(keys, HostKey.FileName);
            var hostKey = File.Exists(hostPath) ? HostKey.Open(hostPath) : HostKey.CreateRandom(hostPath);
            var store = new KeyStore(keys, hostKey);
            var key = store.List() is [var id, ..] ? store.Load(id) : store.Create();
            return new WitnessFiles(directory, held, hostKey, key);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>The genesis that was kept; null before the first contact.</summary>
    /// <exception cref="InvalidDataException">The file is no genesis.</exception>
    public (Genesis Genesis, Digest Digest)? LoadGenesis()
    {
        var path = Path.Combine(Directory, GenesisFile);
        if (!File.Exists(path))
        {
            return null;
        }

        return GenesisCodec.TryParse(File.ReadAllBytes(path), out var genesis, out var digest).Count == 0
            ? (genesis, digest)
            : throw new InvalidDataException($"{path} is no genesis");
    }

    /// <summary>Keeps the genesis of the first contact.</summary>
    public void KeepGenesis(ReadOnlySpan<byte> bytes)
    {
        var path = Path.Combine(Directory, GenesisFile);
        using (var file = new FileStream(path + ".writing", FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".writing", path, overwrite: true);
    }

    /// <summary>Opens the heads, and signs those that a crash left unsigned.</summary>
    /// <param name="check">The chain's.</param>
    /// <returns>The last head; null where none is kept.</returns>
    /// <exception cref="InvalidDataException">A line is no head of this chain.</exception>
    internal CheckedHead? OpenHeads(HeadCheck check)
    {
        heads = OpenLines(HeadsFile);
        cosigned = OpenLines(CosignedFile);
        var signed = File.ReadLines(Path.Combine(Directory, CosignedFile)).LongCount();
        var (count, last) = (0L, (CheckedHead?)null);
        foreach (var line in File.ReadLines(Path.Combine(Directory, HeadsFile)))
        {
            count++;
            var head = check.Read(line);
            if (head is null || !check.Follows(last, head))
            {
                throw new InvalidDataException($"{HeadsFile}, line {count} is no head that follows the one before");
            }

            last = head;
            if (count > signed)
            {
                Append(cosigned, Cosign(head));
            }
        }

        return last;
    }

    /// <summary>Keeps a head and signs it; both are on the disk when this returns.</summary>
    internal void Keep(CheckedHead head)
    {
        Append(heads!, head.Compact);
        Append(cosigned!, Cosign(head));
    }

    /// <summary>The kept head of a height.</summary>
    internal string HeadAt(ulong height) =>
        File.ReadLines(Path.Combine(Directory, HeadsFile)).ElementAt((int)height - 1);

    /// <summary>Keeps a proof.</summary>
    /// <returns>Its file.</returns>
    internal string KeepProof(WitnessAlarmException alarm)
    {
        var file = Path.Combine(Directory, $"proof-{alarm.Finding}-{alarm.Height}.json".ToLowerInvariant());
        File.WriteAllText(file, JsonSerializer.Serialize(
            new { finding = $"{alarm.Finding}", says = alarm.Message, kept = alarm.Kept, shown = alarm.Shown },
            Readable));
        return file;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        heads?.Dispose();
        cosigned?.Dispose();
        key.Dispose();
        hostKey.Dispose();
        held.Dispose();
    }

    private static void Append(FileStream file, string line)
    {
        file.Write(Encoding.ASCII.GetBytes(line + "\n"));
        file.Flush(flushToDisk: true);
    }

    private string Cosign(CheckedHead head) =>
        Encoding.ASCII.GetString(Jws.Sign(key, head.Payload.Span).ToCompact());

    private FileStream OpenLines(string name)
    {
        var file = new FileStream(
            Path.Combine(Directory, name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        while (file.Length > 0)
        {
            file.Position = file.Length - 1;
            if (file.ReadByte() == '\n')
            {
                break;
            }

            file.SetLength(file.Length - 1);
        }

        file.Position = file.Length;
        return file;
    }
}
