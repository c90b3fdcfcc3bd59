using System.Numerics;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Simulation.Audit;

/// <summary>For what an amount is held.</summary>
internal enum HoldKind
{
    Escrow,
    BidBond,
    JobBond,
    Unbonding,
    ValidatorFee,
    VerdictBond,
    Parked,
}

/// <summary>Of what a hold's subject is the number.</summary>
internal enum HoldSubject
{
    Workload,
    Unbonding,
    Approval,
}

/// <summary>An amount between its reservation and its end.</summary>
internal sealed class Hold(BigInteger amount, long bucket)
{
    private readonly Dictionary<AccountNumber, BigInteger> takers = [];

    public BigInteger Amount { get; } = amount;

    /// <summary>Bucket of the daily volume in which it was reserved.</summary>
    public long Bucket { get; } = bucket;

    public BigInteger Left { get; private set; } = amount;

    public void Take(AccountNumber to, BigInteger taken)
    {
        Left -= taken;
        takers[to] = GoneTo(to) + taken;
    }

    public BigInteger GoneTo(AccountNumber to) => takers.GetValueOrDefault(to);
}

/// <summary>All holds: what is taken out of one is never more than was put into it.</summary>
internal sealed class Holds(AuditLog log)
{
    private readonly Dictionary<(HoldSubject Of, ulong Subject), Dictionary<(HoldKind, AccountNumber), Hold>>
        subjects = [];

    private readonly HashSet<(HoldKind Kind, ulong Subject, AccountNumber Account)> unclaimed = [];

    public void Place(HoldKind kind, ulong subject, AccountNumber account, BigInteger amount, long bucket)
    {
        var key = (SubjectOf(kind), subject);
        if (!subjects.TryGetValue(key, out var holds))
        {
            subjects[key] = holds = [];
        }

        if (!holds.TryAdd((kind, account), new Hold(amount, bucket)))
        {
            log.Add(AuditCheck.Hold, $"{Name(kind, subject)} of account {account}", "held once", "held again");
        }

        unclaimed.Add((kind, subject, account));
    }

    /// <summary>Says for what, and how much, an amount is held since this entry.</summary>
    public void Claim(HoldKind kind, ulong subject, AccountNumber account, BigInteger amount)
    {
        log.Equal(
            AuditCheck.Hold,
            $"what is held as {Name(kind, subject)} of account {account}",
            amount,
            Find(kind, subject, account)?.Amount ?? BigInteger.Zero);
        unclaimed.Remove((kind, subject, account));
    }

    /// <summary>Whatever was held in an entry must have been for something.</summary>
    public void CheckClaims()
    {
        foreach (var (kind, subject, account) in unclaimed)
        {
            log.Add(AuditCheck.Hold, $"{Name(kind, subject)} of account {account}", "for something", "for nothing");
        }

        unclaimed.Clear();
    }

    /// <summary>Takes out of a hold; null where there is none.</summary>
    public Hold? Take(HoldKind kind, ulong subject, AccountNumber account, AccountNumber to, BigInteger amount)
    {
        var hold = Find(kind, subject, account);
        log.AtMost(
            AuditCheck.Hold,
            $"what is taken out of {Name(kind, subject)} of account {account}",
            hold?.Left ?? BigInteger.Zero,
            amount);
        hold?.Take(to, amount);
        return hold;
    }

    public Hold? Find(HoldKind kind, ulong subject, AccountNumber account) =>
        subjects.GetValueOrDefault((SubjectOf(kind), subject))?.GetValueOrDefault((kind, account));

    /// <summary>Ends a subject: nothing may be held for it any more.</summary>
    public void Close(HoldSubject of, ulong subject)
    {
        if (!subjects.Remove((of, subject), out var holds))
        {
            return;
        }

        foreach (var ((kind, account), hold) in holds)
        {
            log.Equal(
                AuditCheck.Hold,
                $"what is left of {Name(kind, subject)} of account {account} at its end",
                BigInteger.Zero,
                hold.Left);
        }
    }

    private static string Name(HoldKind kind, ulong subject) => kind switch
    {
        HoldKind.Escrow => $"the escrow for w{subject}",
        HoldKind.BidBond => $"the bid bond on w{subject}",
        HoldKind.JobBond => $"the job bond on w{subject}",
        HoldKind.ValidatorFee => $"the validators' fees for w{subject}",
        HoldKind.VerdictBond => $"the verdict bond on w{subject}",
        HoldKind.Parked => $"the amount for a{subject}",
        _ => $"unbonding {subject}",
    };

    private static HoldSubject SubjectOf(HoldKind kind) => kind switch
    {
        HoldKind.Unbonding => HoldSubject.Unbonding,
        HoldKind.Parked => HoldSubject.Approval,
        _ => HoldSubject.Workload,
    };
}
