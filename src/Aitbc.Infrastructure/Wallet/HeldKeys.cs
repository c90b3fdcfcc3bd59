using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Wallet;

/// <summary>The keys of a data directory, to sign with and not to change: a person must be able to stop an agent while
/// the process that runs it has the directory.</summary>
/// <remarks>Holds a secret; safe from any thread. It takes no lock, and needs none: a key's file is written once and
/// never changed.</remarks>
public sealed class HeldKeys : IDisposable
{
    private readonly HostKey hostKey;
    private readonly KeyStore store;
    private readonly HashSet<KeyId> present;

    private HeldKeys(string keys, HostKey hostKey)
    {
        this.hostKey = hostKey;
        store = new KeyStore(keys, hostKey);
        present = [.. store.List()];
    }

    /// <summary>Opens the keys of a node's, or of a host's, data directory; the passphrase is the environment's.
    /// </summary>
    /// <param name="path">The data directory.</param>
    /// <exception cref="FileNotFoundException">It holds no keys.</exception>
    /// <exception cref="KeyFileException">The host's key was refused: damaged, or another passphrase.</exception>
    public static HeldKeys Open(string path)
    {
        var keys = Path.Combine(path, DataDirectory.KeysDirectory);
        var file = Path.Combine(keys, HostKey.FileName);
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"{path} holds no keys.", file);
        }

        var passphrase = Environment.GetEnvironmentVariable(ChainDirectory.PassphraseVariable);
        var hostKey = HostKey.NeedsPassphrase(file) ? HostKey.Open(file, passphrase) : HostKey.Open(file);
        try
        {
            return new HeldKeys(keys, hostKey);
        }
        catch
        {
            hostKey.Dispose();
            throw;
        }
    }

    /// <summary>Whether a key is here.</summary>
    /// <param name="id">Its thumbprint.</param>
    public bool Contains(KeyId id) => present.Contains(id);

    /// <summary>Loads a key.</summary>
    /// <param name="id">Its thumbprint.</param>
    /// <returns>The key pair; the caller disposes it.</returns>
    /// <exception cref="KeyFileException">There is no such file, or it was refused.</exception>
    public KeyPair Load(KeyId id) => store.Load(id);

    /// <inheritdoc/>
    public void Dispose() => hostKey.Dispose();
}
