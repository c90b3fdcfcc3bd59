using Aitbc.Infrastructure.Backtesting;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Node.Api;

/// <summary>What another constitution would have changed for an agent.</summary>
/// <param name="AgentId">Which agent.</param>
/// <param name="FromMs">Begin of the time looked at, ms since 1970.</param>
/// <param name="ToMs">Its end: the last entry's time.</param>
/// <param name="Payloads">What the agent sent in it.</param>
/// <param name="Counts">How much of that each change concerns.</param>
/// <param name="Values">Its value, base units.</param>
/// <param name="Findings">One by one, oldest first; at most the newest 1,000.</param>
public sealed record BacktestView(
    AccountId AgentId,
    Timestamp FromMs,
    Timestamp ToMs,
    long Payloads,
    BacktestCounts Counts,
    BacktestValues Values,
    IReadOnlyList<BacktestFindingView> Findings)
{
    /// <summary>As an answer.</summary>
    /// <param name="report">What was found.</param>
    public static BacktestView Of(BacktestReport report) => new(
        report.Agent,
        report.From,
        report.To,
        report.Payloads,
        new BacktestCounts(
            report.Changed.GetValueOrDefault(BacktestChange.Refused),
            report.Changed.GetValueOrDefault(BacktestChange.SentToApproval),
            report.Changed.GetValueOrDefault(BacktestChange.NewlyAllowed)),
        new BacktestValues(
            report.Values.GetValueOrDefault(BacktestChange.Refused),
            report.Values.GetValueOrDefault(BacktestChange.SentToApproval),
            report.Values.GetValueOrDefault(BacktestChange.NewlyAllowed)),
        [.. report.Findings.Select(one => new BacktestFindingView(
            one.Seq, one.Time, one.Change, one.Was, one.Would, one.Action, one.Value))]);
}

/// <summary>How many payloads each change concerns.</summary>
/// <param name="Refused">Took effect, and would be refused.</param>
/// <param name="SentToApproval">Took effect, and would wait for a person.</param>
/// <param name="NewlyAllowed">Was refused or waited, and would take effect.</param>
public sealed record BacktestCounts(long Refused, long SentToApproval, long NewlyAllowed);

/// <summary>How much value each change concerns, base units.</summary>
/// <param name="Refused">Took effect, and would be refused.</param>
/// <param name="SentToApproval">Took effect, and would wait for a person.</param>
/// <param name="NewlyAllowed">Was refused or waited, and would take effect.</param>
public sealed record BacktestValues(TokenAmount Refused, TokenAmount SentToApproval, TokenAmount NewlyAllowed);

/// <summary>One payload that another constitution treats otherwise.</summary>
/// <param name="Seq">Its entry.</param>
/// <param name="TimeMs">The entry's time, ms since 1970.</param>
/// <param name="Change">What changes.</param>
/// <param name="Was">What became of it.</param>
/// <param name="Would">What would have become of it, as far as the constitution says.</param>
/// <param name="Action">The command that is refused, asks, or comes first, in words.</param>
/// <param name="Value">Value and stake of the payload, base units.</param>
public sealed record BacktestFindingView(
    ulong Seq, Timestamp TimeMs, BacktestChange Change, Outcome Was, Outcome Would, string Action, TokenAmount Value);
