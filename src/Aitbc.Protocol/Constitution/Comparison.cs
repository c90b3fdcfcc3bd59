using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Constitution;

/// <summary>The lines of a constitution.</summary>
public enum ConstitutionLine : byte
{
    /// <summary>maxStake</summary>
    MaxStake = 0,

    /// <summary>maxDailyVolume</summary>
    MaxDailyVolume = 1,

    /// <summary>maxGasPerDay</summary>
    MaxGasPerDay = 2,

    /// <summary>maxValuePerAction</summary>
    MaxValuePerAction = 3,

    /// <summary>allowedActions</summary>
    AllowedActions = 4,

    /// <summary>counterparties</summary>
    Counterparties = 5,

    /// <summary>hoursUtc</summary>
    HoursUtc = 6,

    /// <summary>keyChangeHoldMs</summary>
    KeyChangeHold = 7,

    /// <summary>requiresHumanApproval</summary>
    RequiresHumanApproval = 8,

    /// <summary>One of the rules.</summary>
    Rule = 9,
}

/// <summary>How a line of a constitution compares with the one before.</summary>
public enum Tightness : byte
{
    /// <summary>It binds as before.</summary>
    Same = 0,

    /// <summary>What it lets pass, the one before let pass too.</summary>
    Tighter = 1,

    /// <summary>It may let pass what the one before did not.</summary>
    Looser = 2,
}

/// <summary>What becomes of one line.</summary>
/// <param name="Line">Which.</param>
/// <param name="Change">How it compares.</param>
/// <param name="Before">For a rule, its place in the present constitution, from 0; -1 where it is new.</param>
/// <param name="After">For a rule, its place in the proposed constitution, from 0; -1 where it goes.</param>
public readonly record struct LineChange(ConstitutionLine Line, Tightness Change, int Before, int After);

/// <summary>A proposed constitution against the one in force, line by line. A line is looser exactly where the rules
/// would ask the agent's guardians.</summary>
/// <remarks>Pure; the state's owner (or lock) is held meanwhile.</remarks>
public static class ConstitutionComparison
{
    /// <summary>What a motion would change.</summary>
    /// <param name="state">The state.</param>
    /// <param name="motion">A motion of kind <see cref="MotionKind.Constitution"/>.</param>
    public static IReadOnlyList<LineChange> Of(LedgerState state, in MotionRecord motion)
    {
        ArgumentNullException.ThrowIfNull(state);
        ref readonly var agent = ref state.Agents[state.Account(motion.Agent).Agent - 1];
        return Of(state, agent, motion.Constitution, ConstitutionReading.RulesOf(state, motion.RuleSet));
    }

    /// <summary>What a constitution would change.</summary>
    /// <param name="state">The state.</param>
    /// <param name="agent">Whose it would be.</param>
    /// <param name="proposed">The constitution.</param>
    /// <returns>Null where it has problems or names an account that is not there.</returns>
    public static IReadOnlyList<LineChange>? Of(
        LedgerState state, in AgentRecord agent, ConstitutionTerms proposed)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(proposed);
        return Building.Knows(state, proposed)
            && Building.Build(state, proposed, out var record, out var rules) == Outcome.Applied
                ? Of(state, agent, record, ((ReadOnlySpan<RuleTerms>)rules)[..proposed.Rules.Count])
                : null;
    }

    private static List<LineChange> Of(
        LedgerState state, in AgentRecord agent, in ConstitutionRecord fresh, ReadOnlySpan<RuleTerms> freshRules)
    {
        ref readonly var old = ref agent.Constitution;
        List<LineChange> changes =
        [
            Line(ConstitutionLine.MaxStake, old.MaxStake, fresh.MaxStake),
            Line(ConstitutionLine.MaxDailyVolume, old.MaxDailyVolume, fresh.MaxDailyVolume),
            Line(ConstitutionLine.MaxGasPerDay, old.MaxGasPerDay, fresh.MaxGasPerDay),
            Line(ConstitutionLine.MaxValuePerAction, old.MaxValuePerAction, fresh.MaxValuePerAction),
            Bits(ConstitutionLine.AllowedActions, old.AllowedActions, fresh.AllowedActions),
            Named(old, fresh),
            Bits(ConstitutionLine.HoursUtc, old.HoursUtc, fresh.HoursUtc),
            Line(ConstitutionLine.KeyChangeHold, fresh.KeyChangeHoldMs, old.KeyChangeHoldMs),
            Line(
                ConstitutionLine.RequiresHumanApproval, fresh.RequiresHumanApproval, old.RequiresHumanApproval),
        ];
        AddRules(changes, ConstitutionReading.RulesOf(state, agent.RuleSet), freshRules);
        return changes;
    }

    private static LineChange Line<T>(ConstitutionLine line, T old, T fresh)
        where T : IComparable<T> => new(
            line,
            fresh.CompareTo(old) switch { 0 => Tightness.Same, < 0 => Tightness.Tighter, _ => Tightness.Looser },
            -1,
            -1);

    private static LineChange Bits(ConstitutionLine line, ulong old, ulong fresh) => new(
        line,
        old == fresh ? Tightness.Same : (fresh & ~old) == 0 ? Tightness.Tighter : Tightness.Looser,
        -1,
        -1);

    private static LineChange Named(in ConstitutionRecord old, in ConstitutionRecord fresh)
    {
        var (before, after) = (old.CounterpartyCount, fresh.CounterpartyCount);
        var shrinks = before == 0
            || (after > 0 && Strictness.IsSubset(fresh.Counterparties, after, old.Counterparties, before));
        var grows = after == 0
            || (before > 0 && Strictness.IsSubset(old.Counterparties, before, fresh.Counterparties, after));
        return new LineChange(
            ConstitutionLine.Counterparties,
            !shrinks ? Tightness.Looser : grows ? Tightness.Same : Tightness.Tighter,
            -1,
            -1);
    }

    /// <summary>Each rule that is, with the one that takes its place; then those that are new.</summary>
    private static void AddRules(
        List<LineChange> changes, ReadOnlySpan<RuleTerms> old, ReadOnlySpan<RuleTerms> fresh)
    {
        var taken = 0u;
        for (var i = 0; i < old.Length; i++)
        {
            var (at, change) = Successor(old[i], fresh, taken);
            taken |= at < 0 ? 0 : 1u << at;
            changes.Add(new LineChange(ConstitutionLine.Rule, change, i, at));
        }

        for (var i = 0; i < fresh.Length; i++)
        {
            if ((taken >> i & 1) == 0)
            {
                changes.Add(new LineChange(ConstitutionLine.Rule, Tightness.Tighter, -1, i));
            }
        }
    }

    /// <summary>The rule that stands for another from now on: one that binds as it did, else one that is as strict,
    /// else the weaker one that has its place, else none.</summary>
    private static (int At, Tightness Change) Successor(
        in RuleTerms old, ReadOnlySpan<RuleTerms> fresh, uint taken)
    {
        var (best, rank) = (-1, 0);
        for (var i = 0; i < fresh.Length; i++)
        {
            var isStrict = Strictness.IsAsStrict(fresh[i], old);
            var isSame = isStrict && Strictness.IsAsStrict(old, fresh[i]);
            var isFree = (taken >> i & 1) == 0;
            var ranks = (isSame, isStrict, isFree) switch
            {
                (true, _, true) => 5,
                (true, _, false) => 4,
                (_, true, true) => 3,
                (_, true, false) => 2,
                (_, _, true) when fresh[i].Kind == old.Kind && (fresh[i].Actions & old.Actions) != 0 => 1,
                _ => 0,
            };
            (best, rank) = ranks > rank ? (i, ranks) : (best, rank);
        }

        return (best, rank switch { >= 4 => Tightness.Same, >= 2 => Tightness.Tighter, _ => Tightness.Looser });
    }
}
