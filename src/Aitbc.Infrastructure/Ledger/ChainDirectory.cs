using System.Buffers;
using System.Security.Cryptography;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Wire;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>What a new chain is to be; the node's key and the beacon are made by its directory.</summary>
/// <param name="Chain">Its name.</param>
/// <param name="Supply">All tokens, base units.</param>
/// <param name="CreatedAt">Its first instant.</param>
/// <param name="CouncilThreshold">How many of the council release what one stopped.</param>
/// <param name="Parameters">Its figures.</param>
public sealed record ChainPlan(
    ChainId Chain, TokenAmount Supply, Timestamp CreatedAt, int CouncilThreshold, Parameters Parameters);

/// <summary>
/// One chain in one data directory: genesis, the node's key, the beacon, the keys of the accounts that live here, and
/// the
/// ledger to be opened on them. One process at a time.
/// </summary>
/// <remarks>Holds secrets; dispose after the ledger.</remarks>
public sealed class ChainDirectory : IDisposable
{
    /// <summary>The file with the beacon's checkpoints, secret until revealed.</summary>
    public const string BeaconFile = "keys/beacon.sealed";

    /// <summary>Marks a directory restored from a backup whose new term has not begun.</summary>
    public const string RestoredFile = "restored.sealed";

    /// <summary>Environment variable with the passphrase of the host's key, where it has one.</summary>
    public const string PassphraseVariable = "AITBC_PASSPHRASE";

    internal static readonly SealedKind BeaconKind = new("beacon", 1);
    internal static readonly SealedKind RestoredKind = new("restored", 1);

    private readonly DataDirectory data;
    private readonly HostKey hostKey;
    private readonly KeyPair nodeKey;
    private BeaconChain beacon;

    private ChainDirectory(
        DataDirectory data, HostKey hostKey, Genesis genesis, Digest genesisDigest, BeaconChain beacon)
    {
        this.data = data;
        this.hostKey = hostKey;
        this.beacon = beacon;
        Keys = new KeyStore(Path.Combine(data.Path, DataDirectory.KeysDirectory), hostKey);
        Genesis = genesis;
        GenesisDigest = genesisDigest;
        nodeKey = Keys.Load(genesis.NodeKey.Thumbprint());
    }

    /// <summary>Its full path.</summary>
    public string FullPath => data.Path;

    /// <summary>Its files.</summary>
    public IDisk Disk => data.Disk;

    /// <summary>What the chain began with.</summary>
    public Genesis Genesis { get; }

    /// <summary>Digest of the genesis file's bytes.</summary>
    public Digest GenesisDigest { get; }

    /// <summary>Keys that live here.</summary>
    public KeyStore Keys { get; }

    /// <summary>Whether a directory holds a chain.</summary>
    public static bool Exists(string path) => File.Exists(Path.Combine(path, DataDirectory.GenesisFile));

    /// <summary>Begins a chain in a directory that holds none.</summary>
    /// <param name="path">The directory; made where it is missing.</param>
    /// <param name="plan">What the chain is to be.</param>
    /// <param name="accounts">Makes the first accounts, with keys in the store that it is given.</param>
    /// <param name="beaconSecret">32 bytes; null for random ones. Given only where a simulation must repeat.</param>
    /// <param name="nodeKey">Makes the node's key in the store; null for a random one. Likewise.</param>
    /// <param name="options">The quota; default none.</param>
    /// <exception cref="IOException">The directory holds a chain, or another process has it.</exception>
    /// <exception cref="ArgumentException">The plan is no valid genesis.</exception>
    public static ChainDirectory Create(
        string path,
        ChainPlan plan,
        Func<KeyStore, IReadOnlyList<GenesisAccount>> accounts,
        byte[]? beaconSecret = null,
        Func<KeyStore, KeyPair>? nodeKey = null,
        DataDirectoryOptions? options = null)
    {
        var data = DataDirectory.Open(path, options);
        try
        {
            if (data.Disk.Exists(DataDirectory.GenesisFile))
            {
                throw new IOException($"{path} holds a chain already; name an empty directory.");
            }

            // A million hashes, one behind the other, take longer than all else here and need nothing of it.
            var making = Task.Run(
                () => BeaconChain.Create(beaconSecret ?? RandomNumberGenerator.GetBytes(Digest.Size)));
            using var hostKey = OpenHostKey(data, create: true);
            var keys = new KeyStore(Path.Combine(data.Path, DataDirectory.KeysDirectory), hostKey);
            using var node = nodeKey is null ? keys.Create() : nodeKey(keys);
            var first = accounts(keys);
            var beacon = making.GetAwaiter().GetResult();
            var genesis = new Genesis(
                plan.Chain,
                plan.Supply,
                plan.CreatedAt,
                node.PublicKey,
                beacon.Commitment,
                plan.CouncilThreshold,
                first,
                plan.Parameters);
            if (genesis.Validate() is { Count: > 0 } problems)
            {
                throw new ArgumentException($"The genesis is not valid: {string.Join(" ", problems)}", nameof(plan));
            }

            SealedFile.Write(data.Disk, BeaconFile, BeaconKind, beacon.ToBytes());
            WriteGenesis(data.Disk, genesis);
        }
        catch
        {
            data.Dispose();
            throw;
        }

        data.Dispose();
        return Open(path, options);
    }

    /// <summary>Opens the chain of a directory.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="options">The quota; default none.</param>
    /// <exception cref="FileNotFoundException">There is no chain here.</exception>
    /// <exception cref="IOException">Another process has it, or a file is damaged; the message names it.</exception>
    public static ChainDirectory Open(string path, DataDirectoryOptions? options = null)
    {
        if (!Exists(path))
        {
            throw new FileNotFoundException($"There is no chain in {path}: name its data directory with --data.");
        }

        var data = DataDirectory.Open(path, options);
        HostKey? hostKey = null;
        try
        {
            var genesis = ReadGenesis(data.Disk, out var digest);
            hostKey = OpenHostKey(data, create: false);
            var beacon = BeaconChain.FromBytes(SealedFile.Read(data.Disk, BeaconFile, BeaconKind));
            return new ChainDirectory(data, hostKey, genesis, digest, beacon);
        }
        catch
        {
            hostKey?.Dispose();
            data.Dispose();
            throw;
        }
    }

    /// <summary>Opens the ledger on this directory.</summary>
    /// <param name="adjust">Changes options from their defaults; null for none.</param>
    public LedgerHost OpenLedger(Func<LedgerHostOptions, LedgerHostOptions>? adjust = null)
    {
        var newTerm = Disk.Exists(RestoredFile);
        if (newTerm)
        {
            // What the old beacon gave after the backup was made is known to everybody who saw it.
            beacon = BeaconChain.Create(RandomNumberGenerator.GetBytes(Digest.Size));
            SealedFile.Write(Disk, BeaconFile, BeaconKind, beacon.ToBytes());
        }

        var options = new LedgerHostOptions
        {
            Disk = Disk,
            Genesis = Genesis,
            GenesisDigest = GenesisDigest,
            Beacon = beacon,
            Signer = header => Jws.Sign(nodeKey, header).ToCompact(),
            NewTerm = newTerm,
        };
        var host = LedgerHost.Open(adjust is null ? options : adjust(options));
        if (newTerm)
        {
            // The new term is durable: Open returns only then.
            Disk.Delete(RestoredFile);
            Disk.SyncDirectory(string.Empty);
        }

        return host;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        nodeKey.Dispose();
        hostKey.Dispose();
        data.Dispose();
    }

    /// <summary>Reads and checks a genesis file.</summary>
    /// <exception cref="StorageDamagedException">It is no valid genesis.</exception>
    internal static Genesis ReadGenesis(IDisk disk, out Digest digest)
    {
        using var file = disk.OpenRead(DataDirectory.GenesisFile);
        var bytes = new byte[file.Length];
        file.Read(0, bytes);
        var problems = GenesisCodec.TryParse(bytes, out var genesis, out digest);
        return problems.Count == 0
            ? genesis
            : throw new StorageDamagedException(DataDirectory.GenesisFile, 0, string.Join(" ", problems));
    }

    private static void WriteGenesis(IDisk disk, Genesis genesis)
    {
        var bytes = new ArrayBufferWriter<byte>();
        GenesisCodec.Write(genesis, bytes);
        const string Temporary = DataDirectory.GenesisFile + SealedFile.WritingExtension;
        disk.Delete(Temporary);
        using (var file = disk.Create(Temporary))
        {
            file.Write(0, bytes.WrittenSpan);
            file.Flush();
        }

        disk.Rename(Temporary, DataDirectory.GenesisFile);
        disk.SyncDirectory(string.Empty);
    }

    private static HostKey OpenHostKey(DataDirectory data, bool create)
    {
        var path = Path.Combine(data.Path, DataDirectory.KeysDirectory, HostKey.FileName);
        var passphrase = Environment.GetEnvironmentVariable(PassphraseVariable);
        if (create && !File.Exists(path))
        {
            return string.IsNullOrEmpty(passphrase)
                ? HostKey.CreateRandom(path)
                : HostKey.CreateFromPassphrase(path, passphrase);
        }

        return HostKey.NeedsPassphrase(path) ? HostKey.Open(path, passphrase) : HostKey.Open(path);
    }
}
