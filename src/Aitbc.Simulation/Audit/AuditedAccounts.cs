using System.Numerics;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Identity;

namespace Aitbc.Simulation.Audit;

/// <summary>What the auditor knows of an account besides its money.</summary>
internal sealed class AuditedAccount(AccountNumber number, AccountId id, bool isCouncil)
{
    public AccountNumber Number { get; } = number;

    public AccountId Id { get; } = id;

    public bool IsCouncil { get; } = isCouncil;

    /// <summary>Set where it is an agent.</summary>
    public AuditedAgent? Agent { get; set; }
}

/// <summary>What the auditor knows of an agent.</summary>
internal sealed class AuditedAgent(in AgentRegistered registered)
{
    public AccountNumber Owner { get; } = registered.Owner;

    public HashSet<AccountNumber> Guardians { get; } = GuardiansOf(registered);

    public int Threshold { get; } = registered.GuardianThreshold;

    public ConstitutionRecord Limits { get; } = registered.Constitution;

    public DayWindow Volume { get; } = new();

    public DayWindow Gas { get; } = new();

    public bool IsStopped { get; set; }

    public ulong Fence { get; set; }

    /// <summary>Guardians who agree to the release.</summary>
    public HashSet<AccountNumber> Releasing { get; } = [];

    public ulong Settled { get; set; }

    public ulong Faulted { get; set; }

    /// <summary>Entries since which its host is heard of, or is not.</summary>
    public List<(ulong Seq, bool IsLive)> Liveness { get; } = [];

    /// <summary>Whether it was heard of at an entry, as far as its last absence tells.</summary>
    public bool WasLive(ulong seq)
    {
        var gone = Liveness.FindLastIndex(change => !change.IsLive);
        return gone < 0
            || Liveness[gone].Seq >= seq
            || (gone + 1 < Liveness.Count && Liveness[gone + 1].Seq <= seq);
    }

    /// <summary>Whether its constitution lets value go to an account.</summary>
    public bool MayPay(AccountNumber payee)
    {
        var isNamed = Limits.CounterpartyCount == 0;
        for (var i = 0; i < Limits.CounterpartyCount && i < AccountSet.Length; i++)
        {
            isNamed |= Limits.Counterparties[i] == payee;
        }

        return isNamed;
    }

    private static HashSet<AccountNumber> GuardiansOf(in AgentRegistered registered)
    {
        var guardians = new HashSet<AccountNumber>();
        for (var i = 0; i < registered.GuardianCount && i < AccountSet.Length; i++)
        {
            guardians.Add(registered.Guardians[i]);
        }

        return guardians;
    }
}

/// <summary>All accounts, by number and by id.</summary>
internal sealed class AuditedAccounts
{
    private readonly List<AuditedAccount> all = [];
    private readonly Dictionary<AccountId, AuditedAccount> byId = [];

    public int Count => all.Count;

    public int Council { get; private set; }

    public AuditedAccount? Find(AccountNumber number) => number.Value < all.Count ? all[(int)number.Value] : null;

    public AuditedAccount? Find(AccountId id) => byId.GetValueOrDefault(id);

    public AuditedAgent? AgentOf(AccountNumber number) => Find(number)?.Agent;

    public void Open(AccountId id, bool isCouncil)
    {
        var account = new AuditedAccount(new AccountNumber((uint)all.Count), id, isCouncil);
        all.Add(account);
        byId[id] = account;
        Council += isCouncil ? 1 : 0;
    }
}

/// <summary>A rolling 24 h in buckets of 15 minutes; a bucket counts until all of it is older than 24 h.</summary>
internal sealed class DayWindow
{
    private const long BucketMs = 900_000;
    private const long DayMs = 86_400_000;

    private readonly Dictionary<long, BigInteger> buckets = [];

    public static long BucketOf(long timeMs) => timeMs / BucketMs;

    /// <summary>Adds now, and gives what counts now.</summary>
    public BigInteger Add(long nowMs, BigInteger amount)
    {
        foreach (var bucket in buckets.Keys.Where(bucket => (bucket + 1) * BucketMs <= nowMs - DayMs).ToList())
        {
            buckets.Remove(bucket);
        }

        buckets[BucketOf(nowMs)] = buckets.GetValueOrDefault(BucketOf(nowMs)) + amount;
        return buckets.Values.Aggregate(BigInteger.Zero, (sum, one) => sum + one);
    }

    /// <summary>Takes back what was added in a bucket; one that has left is gone.</summary>
    public void TakeBack(long bucket, BigInteger amount)
    {
        if (buckets.TryGetValue(bucket, out var held))
        {
            buckets[bucket] = held - amount;
        }
    }
}
