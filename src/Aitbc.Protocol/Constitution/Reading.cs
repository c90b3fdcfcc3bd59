using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Constitution;

/// <summary>Constitutions as their owners write them, read back from the state.</summary>
/// <remarks>Pure; the state's owner (or lock) is held meanwhile.</remarks>
public static class ConstitutionReading
{
    /// <summary>The constitution in force.</summary>
    /// <param name="state">The state.</param>
    /// <param name="agent">Whose.</param>
    public static ConstitutionTerms Of(LedgerState state, in AgentRecord agent)
    {
        ArgumentNullException.ThrowIfNull(state);
        return Of(state, agent.Constitution, agent.RuleSet);
    }

    /// <summary>The constitution that a motion proposes.</summary>
    /// <param name="state">The state.</param>
    /// <param name="motion">A motion of kind <see cref="MotionKind.Constitution"/>.</param>
    public static ConstitutionTerms Of(LedgerState state, in MotionRecord motion)
    {
        ArgumentNullException.ThrowIfNull(state);
        return Of(state, motion.Constitution, motion.RuleSet);
    }

    /// <summary>The accounts of a set.</summary>
    /// <param name="state">The state.</param>
    /// <param name="set">The set.</param>
    /// <param name="count">How many it holds.</param>
    public static IReadOnlyList<AccountId> Accounts(LedgerState state, in AccountSet set, int count)
    {
        ArgumentNullException.ThrowIfNull(state);
        var accounts = new AccountId[count];
        for (var i = 0; i < count; i++)
        {
            accounts[i] = state.Account(set[i]).Id;
        }

        return accounts;
    }

    /// <summary>The rules of a set, as the ledger keeps them; none where there is no set.</summary>
    internal static ReadOnlySpan<RuleTerms> RulesOf(LedgerState state, int ruleSet)
    {
        if (ruleSet == 0)
        {
            return [];
        }

        ref readonly var set = ref state.RuleSets[ruleSet - 1];
        return ((ReadOnlySpan<RuleTerms>)set.Terms)[..set.Count];
    }

    private static ConstitutionTerms Of(LedgerState state, in ConstitutionRecord record, int ruleSet)
    {
        var rules = new List<ConstitutionRule>();
        foreach (ref readonly var rule in RulesOf(state, ruleSet))
        {
            rules.Add(Of(state, rule));
        }

        return new ConstitutionTerms(
            record.MaxStake,
            record.MaxDailyVolume,
            record.MaxGasPerDay,
            record.MaxValuePerAction,
            ActionsOf(record.AllowedActions),
            Accounts(state, record.Counterparties, record.CounterpartyCount),
            record.HoursUtc,
            new Duration(record.KeyChangeHoldMs),
            record.RequiresHumanApproval == 1)
        {
            Rules = rules,
        };
    }

    private static ConstitutionRule Of(LedgerState state, in RuleTerms rule)
    {
        var counts = rule.Kind == RuleKind.RollingCount;
        return new ConstitutionRule(rule.Kind, ActionsOf(rule.Actions))
        {
            Amount = counts ? TokenAmount.Zero : rule.Amount,
            Count = counts ? (uint)rule.Amount.BaseUnits : 0,
            Window = new Duration(rule.WindowMs),
            Then = ActionsOf(rule.Then),
            Accounts = Accounts(state, rule.Accounts, rule.AccountCount),
            Forbids = rule.Forbids == 1,
            HoursUtc = rule.HoursUtc,
            MinRecordPpm = rule.MinRecordPpm,
        };
    }

    private static List<CommandKind> ActionsOf(ulong bits)
    {
        var actions = new List<CommandKind>();
        for (var kind = 0; kind < CommandNames.Count; kind++)
        {
            if ((bits >> kind & 1) == 1)
            {
                actions.Add((CommandKind)kind);
            }
        }

        return actions;
    }
}
