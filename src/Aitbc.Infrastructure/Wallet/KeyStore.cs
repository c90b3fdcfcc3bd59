using System.Security.Cryptography;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Wallet;

/// <summary>A directory of private keys, one file a key, each encrypted under the host's key.</summary>
/// <remarks>
/// <para>
/// A file is named by the key's thumbprint and holds, inside the frame that every key file shares (magic line, length,
/// payload, SHA-256): the public key in clear (X, Y; 64 bytes), then AES-256-GCM over the 32-byte private scalar (nonce
/// 12, ciphertext 32, tag 16), with the thumbprint as associated data. No key is derived for each file, so ten thousand
/// of them load in seconds. Files are created with mode 0600, and wider ones are refused.
/// </para>
/// <para>
/// The store keeps no key in memory and has no state but its two fields: safe to use from any thread. One process owns
/// the directory (the data directory is locked). A file that ends in ".tmp" is the rest of a crash before a key was
/// given to anyone, and is ignored.
/// </para>
/// </remarks>
public sealed class KeyStore
{
    private const string Extension = ".key";
    private const int ScalarSize = 32;
    private const int SealedSize = HostKey.NonceSize + ScalarSize + HostKey.TagSize;
    private const int PayloadSize = PublicKey.Size + SealedSize;

    private readonly string _directory;
    private readonly HostKey _hostKey;

    /// <summary>Opens a directory of keys, and makes it (mode 0700) where it is missing.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="hostKey">The host's key; the caller disposes it after the last use of the store.</param>
    /// <exception cref="IOException">The directory could not be made.</exception>
    public KeyStore(string directory, HostKey hostKey)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(hostKey);
        _directory = directory;
        _hostKey = hostKey;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(
                directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static ReadOnlySpan<byte> Magic => "AITBC KEY 1\n"u8;

    /// <summary>Makes a fresh key; it is on disk when this returns.</summary>
    /// <returns>The key pair; the caller disposes it.</returns>
    /// <exception cref="IOException">The file could not be written.</exception>
    public KeyPair Create() => Keep(KeyPair.Generate());

    /// <summary>Takes in a key that another tool made; it is on disk when this returns.</summary>
    /// <param name="pkcs8">The unencrypted private key, PKCS#8 in DER, on P-256; the caller clears it.</param>
    /// <returns>The key pair; the caller disposes it.</returns>
    /// <exception cref="CryptographicException">The bytes are not such a key.</exception>
    /// <exception cref="IOException">The key is here already, or the file could not be written.</exception>
    public KeyPair Import(ReadOnlySpan<byte> pkcs8)
    {
        ECDsa ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportPkcs8PrivateKey(pkcs8, out int read);
            if (read != pkcs8.Length)
            {
                throw new CryptographicException("There are bytes after the private key.");
            }
        }
        catch (CryptographicException)
        {
            ecdsa.Dispose();
            throw;
        }

        return Keep(KeyPair.Own(ecdsa));
    }

    /// <summary>Loads a key.</summary>
    /// <param name="id">The key's thumbprint.</param>
    /// <returns>The key pair; the caller disposes it.</returns>
    /// <exception cref="KeyFileException">There is no such file, or it was refused.</exception>
    public KeyPair Load(KeyId id)
    {
        string path = PathOf(id);
        byte[] payload = ReadPayload(path, id);
        Span<byte> scalar = stackalloc byte[ScalarSize];
        try
        {
            int sealedStart = Magic.Length + PrivateFile.LengthSize + PublicKey.Size;
            if (!_hostKey.TryOpen(payload.AsSpan(PublicKey.Size), id.AsSpan(), scalar))
            {
                throw new KeyFileException(path, KeyFileSection.Seal, sealedStart, "not sealed by this host key.");
            }

            return KeyPair.TryFromScalar(scalar, id, out KeyPair? keyPair)
                ? keyPair
                : throw new KeyFileException(path, KeyFileSection.Seal, sealedStart, "seals another private key.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    /// <summary>The keys that are here, by file name; no file is opened.</summary>
    /// <returns>The thumbprints in the order of their bytes.</returns>
    /// <exception cref="KeyFileException">A file with a key's extension has no thumbprint for a name.</exception>
    public IReadOnlyList<KeyId> List()
    {
        List<KeyId> ids = [];
        foreach (string path in Directory.EnumerateFiles(_directory, $"*{Extension}"))
        {
            if (Path.GetFileName(path) != HostKey.FileName)
            {
                ids.Add(IdOf(path));
            }
        }

        ids.Sort();
        return ids;
    }

    /// <summary>Whether a key file is whole, without the host key; also takes the host key's own file.</summary>
    /// <remarks>
    /// Finds any changed byte by the checksum. That the secret inside opens is known only by <see cref="Load"/>.
    /// </remarks>
    /// <param name="path">The file; one named <see cref="HostKey.FileName"/> is checked as a host key.</param>
    /// <returns>The problem in words, with the file and the place, or null where there is none.</returns>
    public static string? Check(string path)
    {
        if (Path.GetFileName(path) == HostKey.FileName)
        {
            return HostKey.Check(path);
        }

        try
        {
            ReadPayload(path, IdOf(path));
            return null;
        }
        catch (KeyFileException e)
        {
            return e.Message;
        }
    }

    private static KeyId IdOf(string path) =>
        Path.GetExtension(path) == Extension
        && KeyId.TryParse(Path.GetFileNameWithoutExtension(path.AsSpan()), out KeyId id)
            ? id
            : throw new KeyFileException(path, KeyFileSection.Name, 0, $"not a thumbprint and \"{Extension}\".");

    private static byte[] ReadPayload(string path, KeyId id)
    {
        byte[] payload = PrivateFile.Read(path, Magic, PayloadSize);
        PublicKey key = PublicKey.From(payload.AsSpan(0, PublicKey.Size));
        if (!key.IsOnCurve())
        {
            throw new KeyFileException(
                path, KeyFileSection.Payload, Magic.Length + PrivateFile.LengthSize, "no point of the curve P-256.");
        }

        return key.Thumbprint() == id
            ? payload
            : throw new KeyFileException(
                path, KeyFileSection.Name, 0, $"the public key inside has the thumbprint {key.Thumbprint()}.");
    }

    private string PathOf(KeyId id) => Path.Combine(_directory, $"{id}{Extension}");

    private KeyPair Keep(KeyPair keyPair)
    {
        Span<byte> scalar = stackalloc byte[ScalarSize];
        try
        {
            Span<byte> payload = stackalloc byte[PayloadSize];
            keyPair.PublicKey.CopyTo(payload);
            keyPair.CopyScalarTo(scalar);
            _hostKey.Seal(scalar, keyPair.Id.AsSpan(), payload[PublicKey.Size..]);
            PrivateFile.WriteNew(PathOf(keyPair.Id), Magic, payload);
            return keyPair;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            keyPair.Dispose();
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }
}
