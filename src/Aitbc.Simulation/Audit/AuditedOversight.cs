using System.Numerics;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Simulation.Audit;

/// <summary>A rule of an agent's constitution, and what was done under it.</summary>
internal sealed class AuditedRule(in RuleTerms terms, long sinceMs)
{
    public RuleTerms Terms { get; } = terms;

    /// <summary>Bucket in which it began to count.</summary>
    public long Since { get; private set; } = RollingSum.BucketOf(sinceMs);

    public RollingSum Used { get; private set; } = new(terms.WindowMs);

    /// <summary>When one of its actions last took effect, ms; null is never.</summary>
    public long? LastMs { get; set; }

    public bool Binds(CommandKind kind) => (Terms.Actions >> (int)kind & 1) == 1;

    /// <summary>Goes on counting where an earlier rule of the same actions and window stopped.</summary>
    public bool TakeOver(AuditedRule earlier)
    {
        var (mine, other) = (Terms, earlier.Terms);
        if (mine.Kind != other.Kind || mine.Actions != other.Actions || mine.Then != other.Then
            || mine.WindowMs != other.WindowMs)
        {
            return false;
        }

        (Since, Used, LastMs) = (earlier.Since, earlier.Used, earlier.LastMs);
        return true;
    }
}

/// <summary>A payload that waits.</summary>
internal sealed class AuditedApproval(in CommandParked parked)
{
    public CommandParked Terms { get; } = parked;

    public HashSet<AccountNumber> For { get; } = [];

    /// <summary>What its limits reserve, in order.</summary>
    public List<(CommandKind Action, BigInteger Amount)> Reserved { get; } = [];

    public long Bucket { get; init; }
}

/// <summary>A motion that is open.</summary>
internal sealed class AuditedMotion(in MotionProposed proposed)
{
    public MotionProposed Terms { get; } = proposed;

    public HashSet<AccountNumber> For { get; } = [];

    public HashSet<AccountNumber> Against { get; } = [];
}

/// <summary>An override in force.</summary>
internal sealed class AuditedOverride(in OverrideBegan began)
{
    public OverrideBegan Terms { get; } = began;

    public BigInteger Used { get; set; }

    public bool Stands(AccountNumber agent, CommandKind kind, OverrideEffect effect, long nowMs) =>
        Terms.Agent == agent && Terms.Terms.Action == kind && Terms.Terms.Effect == effect
        && nowMs < Terms.Terms.ExpiresAtMs;
}

/// <summary>What a command puts at risk.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Value">Base units of value.</param>
/// <param name="Stake">Base units of stake.</param>
/// <param name="Payee">Whom value may go to; null where it is the protocol, or decided later.</param>
/// <param name="IsStranger">Whether value goes to an account that is opened for it.</param>
internal readonly record struct Risk(
    CommandKind Kind, BigInteger Value, BigInteger Stake, AccountNumber? Payee, bool IsStranger)
{
    public BigInteger Amount => BigInteger.Max(Value, Stake);

    public bool IsNone => Amount.IsZero;

    /// <summary>Whether value may come to be another's, or free.</summary>
    public bool Withdraws => Kind is CommandKind.Transfer or CommandKind.OpenAccount or CommandKind.RegisterAgent
        or CommandKind.WithdrawStake or CommandKind.PostWorkload or CommandKind.PlaceBid or CommandKind.CommitVerdict;
}

/// <summary>A rolling sum in buckets of 15 minutes; a bucket counts until all of it is older than the window.</summary>
internal sealed class RollingSum(long windowMs)
{
    private const long BucketMs = 900_000;

    private readonly long windowBuckets = (windowMs + BucketMs - 1) / BucketMs;
    private readonly Dictionary<long, BigInteger> buckets = [];

    public static long BucketOf(long timeMs) => timeMs / BucketMs;

    /// <summary>Adds now, and gives what counts now.</summary>
    public BigInteger Add(long nowMs, BigInteger amount)
    {
        var now = BucketOf(nowMs);
        foreach (var bucket in buckets.Keys.Where(bucket => bucket < now - windowBuckets).ToList())
        {
            buckets.Remove(bucket);
        }

        buckets[now] = buckets.GetValueOrDefault(now) + amount;
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

/// <summary>Sets of accounts as events have them.</summary>
internal static class AccountSets
{
    public static List<AccountNumber> ListOf(in AccountSet set, int count)
    {
        var list = new List<AccountNumber>();
        for (var i = 0; i < count && i < AccountSet.Length; i++)
        {
            list.Add(set[i]);
        }

        return list;
    }

    /// <summary>Bit i: the i-th of a list is in a set.</summary>
    public static int BitsOf(List<AccountNumber> list, HashSet<AccountNumber> set)
    {
        var bits = 0;
        for (var i = 0; i < list.Count; i++)
        {
            bits |= set.Contains(list[i]) ? 1 << i : 0;
        }

        return bits;
    }
}
