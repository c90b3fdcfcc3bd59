using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;

namespace Aitbc.Simulation.Audit;

/// <summary>Whether a constitution only tightens another, worked out from what owners are told of it: no figure grows,
/// no action or hour is added, and each rule that binds stays, as strict or stricter.</summary>
internal static class Tightening
{
    public static bool Is(
        in ConstitutionRecord old, List<RuleTerms> oldRules, in ConstitutionRecord next, List<RuleTerms> rules)
    {
        var figures = next.MaxStake <= old.MaxStake && next.MaxDailyVolume <= old.MaxDailyVolume
            && next.MaxGasPerDay <= old.MaxGasPerDay && next.MaxValuePerAction <= old.MaxValuePerAction
            && next.KeyChangeHoldMs >= old.KeyChangeHoldMs
            && next.RequiresHumanApproval >= old.RequiresHumanApproval;
        var bits = Covers(old.AllowedActions, next.AllowedActions) && Covers(old.HoursUtc, next.HoursUtc);
        var names = old.CounterpartyCount == 0 || (next.CounterpartyCount > 0 && Covers(
            AccountSets.ListOf(old.Counterparties, old.CounterpartyCount),
            AccountSets.ListOf(next.Counterparties, next.CounterpartyCount)));
        return figures && bits && names && oldRules.TrueForAll(one => rules.Exists(other => Keeps(one, other)));
    }

    /// <summary>What an owner wrote as the ledger keeps it; null where it names somebody who is not there.</summary>
    public static (ConstitutionRecord Limits, List<RuleTerms> Rules)? Read(
        ConstitutionTerms terms, AuditedAccounts accounts)
    {
        var all = terms.Counterparties.Concat(terms.Rules.SelectMany(rule => rule.Accounts));
        if (all.Any(id => accounts.Find(id) is null) || terms.Counterparties.Count > AccountSet.Length
            || terms.Rules.Any(rule => rule.Accounts.Count > AccountSet.Length))
        {
            return null;
        }

        var limits = new ConstitutionRecord
        {
            AllowedActions = BitsOf(terms.AllowedActions),
            HoursUtc = terms.HoursUtc,
            CounterpartyCount = terms.Counterparties.Count,
            Counterparties = SetOf(terms.Counterparties, accounts),
            MaxStake = terms.MaxStake,
            MaxDailyVolume = terms.MaxDailyVolume,
            MaxGasPerDay = terms.MaxGasPerDay,
            MaxValuePerAction = terms.MaxValuePerAction,
            KeyChangeHoldMs = terms.KeyChangeHold.Ms,
            RequiresHumanApproval = terms.RequiresHumanApproval ? (byte)1 : (byte)0,
            Version = 1,
        };
        return (limits, [.. terms.Rules.Select(rule => TermsOf(rule, accounts))]);
    }

    /// <summary>Whether two are the same but for their versions.</summary>
    public static bool AreSame(ConstitutionRecord one, ConstitutionRecord other)
    {
        (one.Version, other.Version) = (0, 0);
        return Bytes(one).SequenceEqual(Bytes(other));
    }

    public static bool AreSame(in RuleTerms one, in RuleTerms other) => Bytes(one).SequenceEqual(Bytes(other));

    public static byte[] Bytes<T>(T value)
        where T : unmanaged =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();

    private static RuleTerms TermsOf(ConstitutionRule rule, AuditedAccounts accounts) => new()
    {
        Kind = rule.Kind,
        Actions = BitsOf(rule.Actions),
        Then = BitsOf(rule.Then),
        Amount = rule.Kind == RuleKind.RollingCount ? Primitives.TokenAmount.FromBaseUnits(rule.Count) : rule.Amount,
        WindowMs = rule.Window.Ms,
        HoursUtc = rule.HoursUtc,
        MinRecordPpm = rule.MinRecordPpm,
        Accounts = SetOf(rule.Accounts, accounts),
        AccountCount = (byte)rule.Accounts.Count,
        Forbids = rule.Forbids ? (byte)1 : (byte)0,
    };

    private static bool Keeps(in RuleTerms old, in RuleTerms next)
    {
        var isSameCount = old.Actions == next.Actions && old.Then == next.Then && old.WindowMs == next.WindowMs;
        var named = AccountSets.ListOf(old.Accounts, old.AccountCount);
        var names = AccountSets.ListOf(next.Accounts, next.AccountCount);
        return old.Kind == next.Kind && Covers(next.Actions, old.Actions) && old.Kind switch
        {
            RuleKind.Deny => true,
            RuleKind.MaxValue or RuleKind.ApprovalAbove => next.Amount <= old.Amount,
            RuleKind.RollingValue or RuleKind.RollingCount => isSameCount && next.Amount <= old.Amount,
            RuleKind.Sequence => isSameCount,
            RuleKind.Counterparties => old.Forbids == next.Forbids
                && (old.Forbids == 1 ? Covers(names, named) : Covers(named, names)),
            RuleKind.Hours => Covers(old.HoursUtc, next.HoursUtc),
            RuleKind.CounterpartyRecord => next.MinRecordPpm >= old.MinRecordPpm,
            _ => false,
        };
    }

    private static bool Covers(ulong all, ulong part) => (all | part) == all;

    private static bool Covers(List<AccountNumber> all, List<AccountNumber> part) => part.TrueForAll(all.Contains);

    private static ulong BitsOf(IReadOnlyList<CommandKind> kinds) =>
        kinds.Aggregate(0UL, (bits, kind) => bits | (1UL << (int)kind));

    private static AccountSet SetOf(IReadOnlyList<Primitives.AccountId> ids, AuditedAccounts accounts)
    {
        var set = default(AccountSet);
        for (var i = 0; i < ids.Count; i++)
        {
            set[i] = accounts.Find(ids[i])!.Number;
        }

        return set;
    }
}
