using Aitbc.Primitives;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;

namespace Aitbc.Protocol.Wire;

/// <summary>The rules of a constitution: the members that a rule has are its kind's.</summary>
internal static partial class CommandReader
{
    private static readonly Dictionary<RuleKind, MemberSet> RuleMembers = new()
    {
        [RuleKind.Deny] = new("type", "actions"),
        [RuleKind.MaxValue] = new("type", "actions", "amount"),
        [RuleKind.RollingValue] = new("type", "actions", "amount", "windowMs"),
        [RuleKind.RollingCount] = new("type", "actions", "count", "windowMs"),
        [RuleKind.Counterparties] = new("type", "actions", "accounts", "forbids"),
        [RuleKind.Hours] = new("type", "actions", "hoursUtc"),
        [RuleKind.Sequence] = new("type", "actions", "then", "windowMs"),
        [RuleKind.CounterpartyRecord] = new("type", "actions", "minRecordPpm"),
        [RuleKind.ApprovalAbove] = new("type", "actions", "amount"),
    };

    private static List<ConstitutionRule> ReadRules(ref WireReader reader)
    {
        var rules = new List<ConstitutionRule>();
        reader.BeginArray();
        while (reader.NextItem())
        {
            if (rules.Count == ConstitutionTerms.MaxRules)
            {
                reader.Fail(
                    PayloadProblemKind.OutOfRange, $"left out: at most {ConstitutionTerms.MaxRules} are taken");
            }

            if (reader.BeginTyped(Words.RuleKinds, out var kind, out var seen))
            {
                rules.Add(ReadRule(ref reader, kind, seen));
            }
        }

        if (rules.Count == 0)
        {
            reader.Fail(PayloadProblemKind.OutOfRange, "left out where there is no rule");
        }

        return rules;
    }

    private static ConstitutionRule ReadRule(ref WireReader reader, RuleKind kind, ulong seen)
    {
        var rule = new ConstitutionRule(kind, []);
        while (reader.Next(RuleMembers[kind], ref seen, out var member))
        {
            rule = (kind, member) switch
            {
                (_, 0) => rule,
                (_, 1) => rule with { Actions = ReadActions(ref reader) },
                (RuleKind.RollingCount, 2) => rule with { Count = reader.UInt32() },
                (RuleKind.Counterparties, 2) =>
                    rule with { Accounts = ReadList<AccountId>(ref reader, AccountSet.Length) },
                (RuleKind.Counterparties, _) => rule with { Forbids = reader.Boolean() },
                (RuleKind.Hours, _) => rule with { HoursUtc = ReadHours(ref reader) },
                (RuleKind.Sequence, 2) => rule with { Then = ReadActions(ref reader) },
                (RuleKind.CounterpartyRecord, _) => rule with { MinRecordPpm = reader.UInt32() },
                (_, 2) => rule with { Amount = reader.Text<TokenAmount>() },
                _ => rule with { Window = reader.Duration() },
            };
        }

        return rule;
    }
}
