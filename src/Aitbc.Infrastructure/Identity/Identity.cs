using System.Security.Cryptography;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;

namespace Aitbc.Infrastructure.Identity;

/// <summary>
/// A person's or an agent's first key and the account that follows from it, with what it takes to bring the account
/// onto
/// a ledger: the commands carry the key's own proof of possession, so nobody can register a key that is not theirs.
/// </summary>
/// <remarks>Immutable, safe from any thread. Whoever made it disposes it.</remarks>
public sealed class Identity : IDisposable
{
    private Identity(PublicKey publicKey, KeyPair? key)
    {
        PublicKey = publicKey;
        Key = key;
        Account = (AccountId)publicKey.Thumbprint();
    }

    /// <summary>The account.</summary>
    public AccountId Account { get; }

    /// <summary>Its first public key.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>The key; null for a simulated identity, which signs nothing.</summary>
    public KeyPair? Key { get; }

    /// <summary>Makes a fresh identity; its key is on disk when this returns.</summary>
    /// <param name="keys">Where the key is kept.</param>
    /// <exception cref="IOException">The key could not be written.</exception>
    public static Identity Create(KeyStore keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var key = keys.Create();
        return new Identity(key.PublicKey, key);
    }

    /// <summary>Loads an identity.</summary>
    /// <param name="keys">Where the key is kept.</param>
    /// <param name="account">The account; its first key is loaded.</param>
    /// <exception cref="KeyFileException">There is no such key, or its file was refused.</exception>
    public static Identity Load(KeyStore keys, AccountId account)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var key = keys.Load(KeyId.From(account.AsSpan()));
        return new Identity(key.PublicKey, key);
    }

    /// <summary>An identity whose key follows from a seed: the same on every run, and no secret. For chains named
    /// <c>sim:</c>, which take its payloads unsigned.</summary>
    /// <param name="random">Forked for this identity alone.</param>
    public static Identity Simulated(SeededRandom random)
    {
        using var key = SeededKey(random);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new Identity(PublicKey.From(point.X, point.Y), null);
    }

    /// <summary>A key that follows from a seed, in PKCS#8, to be imported where a simulation must repeat. Anyone who
    /// knows the seed has it.</summary>
    /// <param name="random">Forked for this key alone.</param>
    public static byte[] SimulatedPkcs8(SeededRandom random)
    {
        using var key = SeededKey(random);
        return key.ExportPkcs8PrivateKey();
    }

    /// <summary>The command that opens this account for a person.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="sponsor">Who sends the command and pays the deposit.</param>
    /// <param name="deposit">Base units the sponsor gives.</param>
    public OpenAccount OpenAccount(ChainId chain, AccountId sponsor, TokenAmount deposit) =>
        new(PublicKey, Prove(chain, sponsor), deposit);

    /// <summary>The command that registers this account as an agent.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="owner">The person who owns it, who sends the command and pays the deposit.</param>
    /// <param name="charter">What it is and what binds it.</param>
    public RegisterAgent RegisterAgent(ChainId chain, AccountId owner, AgentCharter charter)
    {
        ArgumentNullException.ThrowIfNull(charter);
        return new RegisterAgent(
            PublicKey,
            Prove(chain, owner),
            charter.Kind,
            charter.Capabilities,
            charter.Version,
            charter.Constitution,
            charter.Guardians,
            charter.GuardianThreshold,
            charter.Deposit);
    }

    /// <inheritdoc/>
    public void Dispose() => Key?.Dispose();

    private Signature? Prove(ChainId chain, AccountId sponsor)
    {
        if (Key is null)
        {
            return null;
        }

        var proof = Wallet.KeyPossession.Prove(Key, chain, sponsor).AsSpan();
        return new Signature(Digest.From(proof[..Digest.Size]), Digest.From(proof[Digest.Size..]));
    }

    /// <summary>A seed's draw is a scalar of the curve but for odds of 2^-32, and then the next one is taken.</summary>
    private static ECDsa SeededKey(SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var scalar = new byte[Digest.Size];
        while (true)
        {
            random.NextBytes(scalar);
            try
            {
                return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
            }
            catch (CryptographicException)
            {
                // Zero, or not below the curve's order.
            }
        }
    }
}
