using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Constitution;

/// <summary>What is wrong with a constitution, in sentences for its owner. The ledger refuses exactly what has a
/// problem here as <see cref="Outcome.BadConstitution"/>.</summary>
public static class ConstitutionProblems
{
    private const long DayMs = 24L * 60 * 60 * 1000;
    private const long LongestMs = 30 * DayMs;
    private const int MaxRules = ConstitutionTerms.MaxRules;

    /// <summary>All problems; empty where there is none.</summary>
    /// <param name="terms">The constitution.</param>
    /// <param name="baseGas">The chain's base gas: a constitution that cannot pay it allows nothing.</param>
    /// <remarks>Pure and thread-safe.</remarks>
    public static IReadOnlyList<string> Of(ConstitutionTerms terms, TokenAmount baseGas)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var problems = new List<string>();
        Check(terms.AllowedActions.Count > 0,
            "allowedActions is empty: a constitution allows only what it names, so this one allows nothing.");
        Check(IsActions(terms.AllowedActions), "allowedActions names an action twice, or one that there is not.");
        Check(terms.HoursUtc is > 0 and <= ConstitutionTerms.AnyHour,
            "hoursUtc must name at least one hour from 0 to 23: without any the agent can never act.");
        Check(terms.Counterparties.Count <= RuleTermsAccounts, $"counterparties names more than {RuleTermsAccounts}.");
        Check(terms.KeyChangeHold.Ms is >= 0 and <= LongestMs, "keyChangeHoldMs must be 0 to 30 days.");
        Check(terms.MaxValuePerAction <= terms.MaxDailyVolume,
            "maxValuePerAction is above maxDailyVolume, so it could never be used.");
        Check(terms.MaxGasPerDay >= baseGas,
            $"maxGasPerDay is below the gas of a single command ({baseGas.ToDisplay()}), so the agent could never "
                + "act.");
        Check(terms.Rules.Count <= MaxRules, $"there are more than {MaxRules} rules.");
        for (var i = 0; i < Math.Min(terms.Rules.Count, MaxRules); i++)
        {
            if ((ProblemOf(terms.Rules[i], terms) ?? RepeatOf(terms.Rules, i)) is { } problem)
            {
                problems.Add($"rule {i + 1} ({terms.Rules[i].Kind}): {problem}");
            }
        }

        Check(!AllowsNothing(terms), "the rules deny every action that allowedActions names.");
        return problems;

        void Check(bool holds, string problem)
        {
            if (!holds)
            {
                problems.Add(problem);
            }
        }
    }

    private const int RuleTermsAccounts = Identity.AccountSet.Length;

    private static string? ProblemOf(ConstitutionRule rule, ConstitutionTerms terms)
    {
        if (rule.Actions.Count == 0 || !IsActions(rule.Actions))
        {
            return "it must name the actions that it binds, each once.";
        }

        return rule.Kind switch
        {
            RuleKind.Deny => null,
            RuleKind.MaxValue => Needs(rule.Amount <= terms.MaxValuePerAction,
                "its amount is above maxValuePerAction, so it would change nothing."),
            RuleKind.RollingValue => Needs(IsWindow(rule.Window), "its window must be 15 minutes to 30 days."),
            RuleKind.RollingCount => Needs(rule.Count > 0, "its count must be at least 1; to forbid, use deny.")
                ?? Needs(IsWindow(rule.Window), "its window must be 15 minutes to 30 days."),
            RuleKind.Counterparties => Needs(rule.Accounts.Count is >= 1 and <= RuleTermsAccounts
                && rule.Accounts.Distinct().Count() == rule.Accounts.Count,
                $"it must name 1 to {RuleTermsAccounts} accounts, each once."),
            RuleKind.Hours => Needs(rule.HoursUtc is > 0 and <= ConstitutionTerms.AnyHour,
                "it must name at least one hour from 0 to 23; to forbid, use deny."),
            RuleKind.Sequence => Needs(rule.Then.Count > 0 && IsActions(rule.Then),
                "it must name the actions that may not follow, each once.")
                ?? Needs(rule.Window.Ms is >= 1 and <= LongestMs, "its window must be 1 ms to 30 days."),
            RuleKind.CounterpartyRecord => Needs(rule.MinRecordPpm is >= 1 and <= Ratio.PpmPerOne,
                "its share must be 1 to 1,000,000 ppm."),
            RuleKind.ApprovalAbove => Needs(rule.Amount < terms.MaxValuePerAction,
                "its amount is not below maxValuePerAction, so nothing would ever need approval."),
            _ => "there is no such kind of rule.",
        };
    }

    /// <summary>Two rules that count the same are one count: what was counted can go on under one of them only, so the
    /// other would begin anew.</summary>
    private static string? RepeatOf(IReadOnlyList<ConstitutionRule> rules, int place)
    {
        var rule = rules[place];
        for (var i = 0; i < place && rule.Kind is RuleKind.RollingValue or RuleKind.RollingCount; i++)
        {
            if (rules[i].Kind == rule.Kind && rules[i].Window == rule.Window
                && rules[i].Actions.ToHashSet().SetEquals(rule.Actions))
            {
                return $"it counts what rule {i + 1} counts; keep the stricter of the two.";
            }
        }

        return null;
    }

    private static string? Needs(bool holds, string problem) => holds ? null : problem;

    private static bool IsWindow(Duration window) => window.Ms is >= RollingLimits.BucketMs and <= LongestMs;

    private static bool IsActions(IReadOnlyList<CommandKind> actions)
    {
        ulong seen = 0;
        foreach (var action in actions)
        {
            if ((int)action >= CommandNames.Count || (seen >> (int)action & 1) == 1)
            {
                return false;
            }

            seen |= 1UL << (int)action;
        }

        return true;
    }

    private static bool AllowsNothing(ConstitutionTerms terms)
    {
        var denied = terms.Rules.Where(rule => rule.Kind == RuleKind.Deny).SelectMany(rule => rule.Actions).ToHashSet();
        return denied.Count > 0 && terms.AllowedActions.All(denied.Contains);
    }
}
