using System.Security.Cryptography;
using Aitbc.Agents;
using Aitbc.Infrastructure.Identity;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Safety;

namespace Aitbc.Simulation.Worlds;

/// <summary>How a world's chain and its people come to be: with real keys, or from a seed alone.</summary>
/// <remarks>Stateless.</remarks>
internal static class Founding
{
    /// <summary>The chain under the wall clock.</summary>
    public static readonly ChainId WallChain = ChainId.Parse("aitbc:demo");

    /// <summary>The chain in virtual time.</summary>
    public static readonly ChainId VirtualChain = ChainId.Parse("sim:demo");

    /// <summary>First instant of every virtual world: 2026-01-01T00:00:00Z.</summary>
    public static readonly Timestamp VirtualStart = new(1_767_225_600_000);

    /// <summary>Begins the chain in a directory that holds none.</summary>
    public static ChainDirectory BeginChain(
        string path, bool isVirtual, long seed, DataDirectoryOptions? quota = null)
    {
        var plan = new ChainPlan(
            isVirtual ? VirtualChain : WallChain,
            TokenAmount.FromTokens(Cast.Supply),
            isVirtual ? VirtualStart : new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()),
            1,
            new Parameters());
        if (!isVirtual)
        {
            return ChainDirectory.Create(
                path, plan, keys => Accounts(_ => Identity.Create(keys)), options: quota);
        }

        var random = RandomOf(seed);
        var beacon = new byte[Digest.Size];
        random.Fork("beacon").NextBytes(beacon);
        return ChainDirectory.Create(
            path,
            plan,
            _ => Accounts(person => Identity.Simulated(PersonRandom(seed, person.Name))),
            beacon,
            keys => keys.Import(Identity.SimulatedPkcs8(random.Fork("node"))),
            quota);
    }

    /// <summary>The world's generator.</summary>
    public static SeededRandom RandomOf(long seed) => new SeededRandom((ulong)seed).Fork("world");

    /// <summary>The people's signers; genesis names their accounts.</summary>
    public static IEnumerable<(Person Person, AgentSigner Signer, Identity? Identity)> PeopleOf(ChainDirectory chain)
    {
        foreach (var (person, account) in Cast.People.Zip(chain.Genesis.Accounts))
        {
            var id = (AccountId)account.Key.Thumbprint();
            var identity = chain.Genesis.Chain.IsSimulation ? null : Identity.Load(chain.Keys, id);
            yield return (person, SignerOf(id, identity), identity);
        }
    }

    /// <summary>An agent's identity: fresh, or the seed's.</summary>
    public static (Identity Identity, Digest Secret) NewAgent(ChainDirectory chain, long seed, string name)
    {
        var secret = new byte[Digest.Size];
        if (chain.Genesis.Chain.IsSimulation)
        {
            RandomOf(seed).Fork($"secret/{name}").NextBytes(secret);
            return (Identity.Simulated(AgentRandom(seed, name)), Digest.From(secret));
        }

        RandomNumberGenerator.Fill(secret);
        return (Identity.Create(chain.Keys), Digest.From(secret));
    }

    /// <summary>An agent's identity, once it is kept.</summary>
    public static Identity LoadAgent(ChainDirectory chain, long seed, KeptAgent kept) =>
        chain.Genesis.Chain.IsSimulation
            ? Identity.Simulated(AgentRandom(seed, kept.Name))
            : Identity.Load(chain.Keys, kept.Account);

    /// <summary>The signer of an identity.</summary>
    public static AgentSigner SignerOf(AccountId account, Identity? identity) => identity?.Key is { } key
        ? AgentSigner.ForKey(account, key)
        : AgentSigner.ForSimulation(account);

    private static SeededRandom PersonRandom(long seed, string name) => RandomOf(seed).Fork($"person/{name}");

    private static SeededRandom AgentRandom(long seed, string name) => RandomOf(seed).Fork($"agent/{name}");

    private static IReadOnlyList<GenesisAccount> Accounts(Func<Person, Identity> make) =>
    [
        .. Cast.People.Select(person =>
        {
            using var identity = make(person);
            return new GenesisAccount(
                identity.PublicKey, TokenAmount.FromTokens(person.Balance), person.IsCouncil);
        }),
    ];
}
