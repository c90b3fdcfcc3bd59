using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Constitution;

/// <summary>A line of a constitution that wants a person for a payload.</summary>
/// <param name="Line">Which line.</param>
/// <param name="Rule">Place of the rule, from 0; -1 where it is no rule.</param>
public readonly record struct ApprovalCause(ConstitutionLine Line, int Rule);

/// <summary>Which lines of an agent's constitution have a payload wait for approval, for the people who are asked.
/// Where none has, the monitor's verdict did.</summary>
/// <remarks>Pure; the state's owner (or lock) is held meanwhile.</remarks>
public static class ApprovalCauses
{
    /// <summary>The lines, in their order and each once. A change of the constitution makes void what waits, so the
    /// present one is the one that parked it.</summary>
    /// <param name="state">The state.</param>
    /// <param name="agent">Whose payload it is.</param>
    /// <param name="commands">What it asks for.</param>
    public static IReadOnlyList<ApprovalCause> Of(
        LedgerState state, in AgentRecord agent, IReadOnlyList<Command> commands)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(commands);
        var found = new SortedSet<int>();
        foreach (var command in commands)
        {
            var exposure = Exposure.Of(state, command);
            if (agent.Constitution.RequiresHumanApproval == 1 && !exposure.Amount.IsZero)
            {
                found.Add(-1);
            }

            if (agent.RuleSet == 0)
            {
                continue;
            }

            ref readonly var set = ref state.RuleSets[agent.RuleSet - 1];
            for (var i = 0; i < set.Count; i++)
            {
                ref readonly var rule = ref set.Terms[i];
                if (rule.Kind == RuleKind.ApprovalAbove && (rule.Actions >> (int)command.Kind & 1) == 1
                    && exposure.Amount > rule.Amount)
                {
                    found.Add(i);
                }
            }
        }

        return [.. found.Select(at => new ApprovalCause(
            at < 0 ? ConstitutionLine.RequiresHumanApproval : ConstitutionLine.Rule, at))];
    }
}
