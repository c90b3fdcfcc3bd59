using Aitbc.Infrastructure.Explanation;
using Aitbc.Primitives;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.State;

namespace Aitbc.Node.Api;

/// <summary>A constitution as data: the very form that it has in a command and in a file; amounts in base units.
/// </summary>
/// <param name="MaxStake">Most staked at once.</param>
/// <param name="MaxDailyVolume">Most value in a rolling 24 h.</param>
/// <param name="MaxGasPerDay">Most gas in a rolling 24 h.</param>
/// <param name="MaxValuePerAction">Most value of one action.</param>
/// <param name="AllowedActions">Command types it may send; no other.</param>
/// <param name="Counterparties">Who value may go to; empty means anybody.</param>
/// <param name="HoursUtc">Hours of the day at which it may act.</param>
/// <param name="KeyChangeHoldMs">For how long after a change of keys no value leaves, ms.</param>
/// <param name="RequiresHumanApproval">Whether each action with value needs a person.</param>
/// <param name="Rules">What binds it further; left out where nothing does.</param>
public sealed record ConstitutionData(
    TokenAmount MaxStake,
    TokenAmount MaxDailyVolume,
    TokenAmount MaxGasPerDay,
    TokenAmount MaxValuePerAction,
    IReadOnlyList<string> AllowedActions,
    IReadOnlyList<AccountId> Counterparties,
    IReadOnlyList<int> HoursUtc,
    Duration KeyChangeHoldMs,
    bool RequiresHumanApproval,
    IReadOnlyList<RuleData>? Rules)
{
    internal static ConstitutionData Of(ConstitutionTerms terms) => new(
        terms.MaxStake,
        terms.MaxDailyVolume,
        terms.MaxGasPerDay,
        terms.MaxValuePerAction,
        Names(terms.AllowedActions),
        terms.Counterparties,
        Hours(terms.HoursUtc),
        terms.KeyChangeHold,
        terms.RequiresHumanApproval,
        terms.Rules.Count == 0 ? null : [.. terms.Rules.Select(RuleData.Of)]);

    internal static IReadOnlyList<string> Names(IEnumerable<CommandKind> actions) =>
        [.. actions.Select(CommandNames.NameOf)];

    internal static IReadOnlyList<int> Hours(uint hours) =>
        [.. Enumerable.Range(0, 24).Where(hour => (hours >> hour & 1) == 1)];
}

/// <summary>One rule as data; members that its type does not use are left out.</summary>
/// <param name="Type">What kind of rule it is.</param>
/// <param name="Actions">The actions that it binds.</param>
/// <param name="Amount">Base units: the most of one action, of the window, or what needs no approval yet.</param>
/// <param name="Count">Most acts in the window.</param>
/// <param name="WindowMs">The window, ms.</param>
/// <param name="Accounts">The counterparties named.</param>
/// <param name="Forbids">Whether those are forbidden instead of the only ones allowed.</param>
/// <param name="HoursUtc">Hours in which the actions are allowed.</param>
/// <param name="Then">The actions that may not follow within the window.</param>
/// <param name="MinRecordPpm">Least share of the counterparty's jobs settled without fault, ppm.</param>
public sealed record RuleData(
    RuleKind Type,
    IReadOnlyList<string> Actions,
    TokenAmount? Amount,
    uint? Count,
    Duration? WindowMs,
    IReadOnlyList<AccountId>? Accounts,
    bool? Forbids,
    IReadOnlyList<int>? HoursUtc,
    IReadOnlyList<string>? Then,
    uint? MinRecordPpm)
{
    internal static RuleData Of(ConstitutionRule rule)
    {
        var hasAmount = rule.Kind is RuleKind.MaxValue or RuleKind.RollingValue or RuleKind.ApprovalAbove;
        var hasWindow = rule.Kind is RuleKind.RollingValue or RuleKind.RollingCount or RuleKind.Sequence;
        return new RuleData(
            rule.Kind,
            ConstitutionData.Names(rule.Actions),
            hasAmount ? rule.Amount : null,
            rule.Kind == RuleKind.RollingCount ? rule.Count : null,
            hasWindow ? rule.Window : null,
            rule.Kind == RuleKind.Counterparties ? rule.Accounts : null,
            rule.Kind == RuleKind.Counterparties ? rule.Forbids : null,
            rule.Kind == RuleKind.Hours ? ConstitutionData.Hours(rule.HoursUtc) : null,
            rule.Kind == RuleKind.Sequence ? ConstitutionData.Names(rule.Then) : null,
            rule.Kind == RuleKind.CounterpartyRecord ? rule.MinRecordPpm : null);
    }
}

/// <summary>A constitution as data and in words.</summary>
/// <param name="Terms">As data.</param>
/// <param name="Words">The same, one sentence a line.</param>
public sealed record ConstitutionView(ConstitutionData Terms, IReadOnlyList<string> Words)
{
    internal static ConstitutionView Of(ConstitutionTerms terms) =>
        new(ConstitutionData.Of(terms), new Wording(null).Of(terms));
}

/// <summary>What becomes of one line of a constitution.</summary>
/// <param name="Line">Which line.</param>
/// <param name="Change">Whether it binds as before, tighter or looser.</param>
/// <param name="Before">As it is, in words; left out for a rule that is new.</param>
/// <param name="After">As it would be; left out for a rule that goes.</param>
public sealed record ChangeView(ConstitutionLine Line, Tightness Change, string? Before, string? After)
{
    internal static IReadOnlyList<ChangeView> Of(
        ConstitutionTerms before, ConstitutionTerms after, IReadOnlyList<LineChange> changes)
    {
        var wording = new Wording(null);
        return [.. changes.Select(change => new ChangeView(
            change.Line,
            change.Change,
            Words(wording, before, change.Line, change.Before),
            Words(wording, after, change.Line, change.After)))];
    }

    private static string? Words(Wording wording, ConstitutionTerms terms, ConstitutionLine line, int rule) =>
        line == ConstitutionLine.Rule && rule < 0 ? null : wording.Of(terms, line, rule);
}

/// <summary>How far one limit of an agent is used.</summary>
/// <param name="Limit">Which line of its constitution.</param>
/// <param name="Rule">Place of the rule, from 1; left out where it is none.</param>
/// <param name="Words">The line in words.</param>
/// <param name="CountsActs">Whether the figures are acts; else they are base units.</param>
/// <param name="Most">The limit.</param>
/// <param name="Used">Spent, or reserved for work under way.</param>
/// <param name="Reserved">Reserved beside that for payloads that wait for approval.</param>
/// <param name="Left">What is left.</param>
/// <param name="WindowMs">The rolling window, ms; left out where there is none.</param>
/// <param name="LeavesAtMs">When the oldest part leaves the window, ms since 1970; left out where none will.</param>
public sealed record LimitView(
    ConstitutionLine Limit,
    int? Rule,
    string Words,
    bool CountsActs,
    TokenAmount Most,
    TokenAmount Used,
    TokenAmount Reserved,
    TokenAmount Left,
    long? WindowMs,
    Timestamp? LeavesAtMs)
{
    internal static IReadOnlyList<LimitView> Of(
        LedgerState state, in Protocol.Identity.AgentRecord agent, Timestamp now)
    {
        var terms = ConstitutionReading.Of(state, agent);
        var wording = new Wording(null);
        return [.. LimitUses.Of(state, agent, now).Select(use => new LimitView(
            use.Line,
            use.Rule < 0 ? null : use.Rule + 1,
            wording.Of(terms, use.Line, use.Rule),
            use.Rule >= 0 && terms.Rules[use.Rule].Kind == RuleKind.RollingCount,
            use.Limit,
            use.Used,
            use.Reserved,
            use.Left,
            use.WindowMs == 0 ? null : use.WindowMs,
            use.LeavesAtMs == 0 ? null : new Timestamp(use.LeavesAtMs)))];
    }
}
