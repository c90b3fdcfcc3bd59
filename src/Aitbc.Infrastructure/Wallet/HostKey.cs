using System.Security.Cryptography;

namespace Aitbc.Infrastructure.Wallet;

/// <summary>The one key-encryption key of a host: AES-256, under which every private key of the host is kept.</summary>
/// <remarks>
/// Either random in a file, or derived from a passphrase by PBKDF2 with HMAC-SHA256 and <see cref="Rounds"/> rounds;
/// the file then keeps the salt and a check value. It is opened once a process (a passphrase takes about 0.2 s), and no
/// member gives its bytes out. Safe to use from any thread: a lock guards the cipher. Whoever opened it disposes it,
/// after the last use of the key stores.
/// The payload of the file, after the frame's magic line: kind (1 random, 2 passphrase), then 48 bytes: the key and 16
/// zeros, or salt and check value. Source: OWASP Password Storage Cheat Sheet (600,000 rounds).
/// </remarks>
public sealed class HostKey : IDisposable
{
    /// <summary>The usual name of the file, beside the keys.</summary>
    public const string FileName = "host.key";

    /// <summary>PBKDF2 rounds of a passphrase.</summary>
    public const int Rounds = 600_000;

    /// <summary>The shortest passphrase, in characters.</summary>
    public const int MinPassphraseLength = 12;

    internal const int NonceSize = 12;
    internal const int TagSize = 16;

    private const int KeySize = 32;
    private const int SaltSize = 32;
    private const int CheckSize = 16;
    private const int PayloadSize = 1 + SaltSize + CheckSize;
    private const byte RandomKind = 1;
    private const byte PassphraseKind = 2;

    private readonly Lock _gate = new();
    private readonly AesGcm _aes;

    private HostKey(ReadOnlySpan<byte> key) => _aes = new AesGcm(key, TagSize);

    private static ReadOnlySpan<byte> Magic => "AITBC HOST KEY 1\n"u8;

    /// <summary>Makes a random key and keeps it in a new file that only this user can read.</summary>
    /// <param name="path">The file, which must not exist; its directory must.</param>
    /// <returns>The key; the caller disposes it.</returns>
    /// <exception cref="IOException">The file exists or could not be written.</exception>
    public static HostKey CreateRandom(string path)
    {
        Span<byte> payload = stackalloc byte[PayloadSize];
        payload.Clear();
        payload[0] = RandomKind;
        Span<byte> key = payload.Slice(1, KeySize);
        RandomNumberGenerator.Fill(key);
        try
        {
            PrivateFile.WriteNew(path, Magic, payload);
            return new HostKey(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(payload);
        }
    }

    /// <summary>Derives a key from a passphrase and keeps a fresh salt, and nothing else, in a new file.</summary>
    /// <param name="path">The file, which must not exist; its directory must.</param>
    /// <param name="passphrase">At least 12 characters; the caller clears them.</param>
    /// <returns>The key; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The passphrase is too short.</exception>
    /// <exception cref="IOException">The file exists or could not be written.</exception>
    public static HostKey CreateFromPassphrase(string path, ReadOnlySpan<char> passphrase)
    {
        if (passphrase.Length < MinPassphraseLength)
        {
            throw new ArgumentException(
                $"A passphrase has at least {MinPassphraseLength} characters.", nameof(passphrase));
        }

        Span<byte> payload = stackalloc byte[PayloadSize];
        payload[0] = PassphraseKind;
        Span<byte> salt = payload.Slice(1, SaltSize);
        RandomNumberGenerator.Fill(salt);
        Span<byte> key = stackalloc byte[KeySize];
        try
        {
            Derive(passphrase, salt, key, payload[(1 + SaltSize)..]);
            PrivateFile.WriteNew(path, Magic, payload);
            return new HostKey(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Whether opening a host key file needs a passphrase.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Whether the key is derived from a passphrase.</returns>
    /// <exception cref="KeyFileException">The file was refused.</exception>
    public static bool NeedsPassphrase(string path)
    {
        byte[] payload = ReadPayload(path);
        bool needs = payload[0] == PassphraseKind;
        CryptographicOperations.ZeroMemory(payload);
        return needs;
    }

    /// <summary>Opens a host key.</summary>
    /// <param name="path">The file.</param>
    /// <param name="passphrase">The passphrase; empty where the file holds a random key.</param>
    /// <returns>The key; the caller disposes it.</returns>
    /// <exception cref="KeyFileException">The file was refused, or the passphrase (section Seal) was.</exception>
    public static HostKey Open(string path, ReadOnlySpan<char> passphrase = default)
    {
        byte[] payload = ReadPayload(path);
        Span<byte> key = stackalloc byte[KeySize];
        try
        {
            if (payload[0] == RandomKind)
            {
                return new HostKey(payload.AsSpan(1, KeySize));
            }

            Span<byte> check = stackalloc byte[CheckSize];
            Derive(passphrase, payload.AsSpan(1, SaltSize), key, check);
            if (!CryptographicOperations.FixedTimeEquals(check, payload.AsSpan(1 + SaltSize)))
            {
                throw new KeyFileException(
                    path, KeyFileSection.Seal, Magic.Length + PrivateFile.LengthSize, "not this passphrase.");
            }

            return new HostKey(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(payload);
        }
    }

    /// <summary>Whether a host key file is whole, without opening the key.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The problem in words, or null where there is none.</returns>
    public static string? Check(string path)
    {
        try
        {
            CryptographicOperations.ZeroMemory(ReadPayload(path));
            return null;
        }
        catch (KeyFileException e)
        {
            return e.Message;
        }
    }

    /// <summary>Forgets the key.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _aes.Dispose();
        }
    }

    /// <summary>Encrypts a secret: a fresh random nonce (good for 2^32 files), ciphertext and tag.</summary>
    internal void Seal(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> associatedData, Span<byte> sealedBytes)
    {
        Span<byte> nonce = sealedBytes[..NonceSize];
        RandomNumberGenerator.Fill(nonce);
        lock (_gate)
        {
            _aes.Encrypt(
                nonce, secret, sealedBytes.Slice(NonceSize, secret.Length), sealedBytes[^TagSize..], associatedData);
        }
    }

    /// <summary>Decrypts what <see cref="Seal"/> gave; false where any byte, associated data or key differs.</summary>
    internal bool TryOpen(ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> associatedData, Span<byte> secret)
    {
        try
        {
            lock (_gate)
            {
                _aes.Decrypt(
                    sealedBytes[..NonceSize],
                    sealedBytes[NonceSize..^TagSize],
                    sealedBytes[^TagSize..],
                    secret,
                    associatedData);
            }

            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static byte[] ReadPayload(string path)
    {
        byte[] payload = PrivateFile.Read(path, Magic, PayloadSize);
        bool isRandom = payload[0] == RandomKind && !payload.AsSpan(1 + KeySize).ContainsAnyExcept((byte)0);
        if (!isRandom && payload[0] != PassphraseKind)
        {
            CryptographicOperations.ZeroMemory(payload);
            throw new KeyFileException(
                path, KeyFileSection.Payload, Magic.Length + PrivateFile.LengthSize, "not a known kind of host key.");
        }

        return payload;
    }

    /// <summary>
    /// One PBKDF2 block, then HKDF for key and check value: asking PBKDF2 for both would double the cost for us only.
    /// </summary>
    private static void Derive(
        ReadOnlySpan<char> passphrase, ReadOnlySpan<byte> salt, Span<byte> key, Span<byte> check)
    {
        Span<byte> master = stackalloc byte[KeySize];
        Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, master, Rounds, HashAlgorithmName.SHA256);
        HKDF.Expand(HashAlgorithmName.SHA256, master, key, "aitbc/host-key/1/key"u8);
        HKDF.Expand(HashAlgorithmName.SHA256, master, check, "aitbc/host-key/1/check"u8);
        CryptographicOperations.ZeroMemory(master);
    }
}
