using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Constitution;

/// <summary>A constitution's records from what its owner wrote.</summary>
internal static class Building
{
    /// <summary>Whether every account that a constitution names is there.</summary>
    public static bool Knows(LedgerState state, ConstitutionTerms terms) =>
        Knows(state, terms.Counterparties) && terms.Rules.All(rule => Knows(state, rule.Accounts));

    /// <summary>The records, or why they cannot be; the accounts named are there.</summary>
    /// <param name="state">The state.</param>
    /// <param name="terms">What the owner wrote.</param>
    /// <param name="record">The limits; the version is the caller's to set.</param>
    /// <param name="rules">The rules, as many as <paramref name="terms"/> has.</param>
    public static Outcome Build(
        LedgerState state, ConstitutionTerms terms, out ConstitutionRecord record, out RuleTermsSet rules)
    {
        record = default;
        rules = default;
        if (ConstitutionProblems.Of(terms, state.Parameters.BaseGas).Count > 0)
        {
            return Outcome.BadConstitution;
        }

        record.AllowedActions = BitsOf(terms.AllowedActions);
        record.Counterparties = NumbersOf(state, terms.Counterparties);
        record.CounterpartyCount = terms.Counterparties.Count;
        record.HoursUtc = terms.HoursUtc;
        record.MaxStake = terms.MaxStake;
        record.MaxDailyVolume = terms.MaxDailyVolume;
        record.MaxGasPerDay = terms.MaxGasPerDay;
        record.MaxValuePerAction = terms.MaxValuePerAction;
        record.KeyChangeHoldMs = terms.KeyChangeHold.Ms;
        record.RequiresHumanApproval = terms.RequiresHumanApproval ? (byte)1 : (byte)0;
        record.Version = 1;
        for (var i = 0; i < terms.Rules.Count; i++)
        {
            rules[i] = RuleOf(state, terms.Rules[i]);
        }

        return Outcome.Applied;
    }

    private static bool Knows(LedgerState state, IReadOnlyList<Primitives.AccountId> accounts)
    {
        foreach (var account in accounts)
        {
            if (state.SlotOf(account) < 0)
            {
                return false;
            }
        }

        return true;
    }

    private static RuleTerms RuleOf(LedgerState state, ConstitutionRule rule) => new()
    {
        Kind = rule.Kind,
        Actions = BitsOf(rule.Actions),
        Amount = rule.Kind == RuleKind.RollingCount
            ? Primitives.TokenAmount.FromBaseUnits(rule.Count)
            : rule.Amount,
        WindowMs = rule.Window.Ms,
        Then = BitsOf(rule.Then),
        HoursUtc = rule.HoursUtc,
        MinRecordPpm = rule.MinRecordPpm,
        Accounts = NumbersOf(state, rule.Accounts),
        AccountCount = (byte)rule.Accounts.Count,
        Forbids = rule.Forbids ? (byte)1 : (byte)0,
    };

    private static ulong BitsOf(IReadOnlyList<CommandKind> actions)
    {
        ulong bits = 0;
        foreach (var action in actions)
        {
            bits |= 1UL << (int)action;
        }

        return bits;
    }

    private static AccountSet NumbersOf(LedgerState state, IReadOnlyList<Primitives.AccountId> accounts)
    {
        var numbers = default(AccountSet);
        for (var i = 0; i < accounts.Count; i++)
        {
            numbers[i] = new AccountNumber((uint)state.SlotOf(accounts[i]));
        }

        return numbers;
    }
}
