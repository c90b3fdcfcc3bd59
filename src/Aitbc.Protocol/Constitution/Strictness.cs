using Aitbc.Protocol.Identity;

namespace Aitbc.Protocol.Constitution;

/// <summary>Whether a constitution only tightens another: what one lets pass, the other lets pass too. What cannot be
/// shown to tighten loosens.</summary>
internal static class Strictness
{
    /// <summary>Whether nothing becomes possible that was not.</summary>
    public static bool Tightens(
        in ConstitutionRecord old,
        ReadOnlySpan<RuleTerms> oldRules,
        in ConstitutionRecord fresh,
        ReadOnlySpan<RuleTerms> freshRules)
    {
        if (fresh.MaxStake > old.MaxStake || fresh.MaxDailyVolume > old.MaxDailyVolume
            || fresh.MaxGasPerDay > old.MaxGasPerDay || fresh.MaxValuePerAction > old.MaxValuePerAction
            || (fresh.AllowedActions & ~old.AllowedActions) != 0 || (fresh.HoursUtc & ~old.HoursUtc) != 0
            || fresh.KeyChangeHoldMs < old.KeyChangeHoldMs || fresh.RequiresHumanApproval < old.RequiresHumanApproval)
        {
            return false;
        }

        if (old.CounterpartyCount > 0 && (fresh.CounterpartyCount == 0
            || !IsSubset(fresh.Counterparties, fresh.CounterpartyCount, old.Counterparties, old.CounterpartyCount)))
        {
            return false;
        }

        foreach (ref readonly var rule in oldRules)
        {
            if (!HasAsStrict(freshRules, rule))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasAsStrict(ReadOnlySpan<RuleTerms> rules, in RuleTerms old)
    {
        foreach (ref readonly var rule in rules)
        {
            if (IsAsStrict(rule, old))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether one rule refuses all that the other refuses.</summary>
    public static bool IsAsStrict(in RuleTerms rule, in RuleTerms old)
    {
        if (rule.Kind != old.Kind || (old.Actions & ~rule.Actions) != 0)
        {
            return false;
        }

        return rule.Kind switch
        {
            RuleKind.Deny => true,
            RuleKind.MaxValue or RuleKind.ApprovalAbove => rule.Amount <= old.Amount,

            // What was counted goes on only under the same actions and window; a rule that starts anew forgets it.
            RuleKind.RollingValue or RuleKind.RollingCount => rule.Continues(old) && rule.Amount <= old.Amount,
            RuleKind.Counterparties when rule.Forbids == 1 => old.Forbids == 1
                && IsSubset(old.Accounts, old.AccountCount, rule.Accounts, rule.AccountCount),
            RuleKind.Counterparties => old.Forbids == 0
                && IsSubset(rule.Accounts, rule.AccountCount, old.Accounts, old.AccountCount),
            RuleKind.Hours => (rule.HoursUtc & ~old.HoursUtc) == 0,
            RuleKind.Sequence => rule.Continues(old),
            RuleKind.CounterpartyRecord => rule.MinRecordPpm >= old.MinRecordPpm,
            _ => false,
        };
    }

    /// <summary>Whether every account of one set stands in another.</summary>
    public static bool IsSubset(in AccountSet part, int partCount, in AccountSet whole, int wholeCount)
    {
        for (var i = 0; i < partCount; i++)
        {
            var found = false;
            for (var j = 0; j < wholeCount && !found; j++)
            {
                found = part[i] == whole[j];
            }

            if (!found)
            {
                return false;
            }
        }

        return true;
    }
}
