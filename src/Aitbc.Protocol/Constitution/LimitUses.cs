using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Constitution;

/// <summary>How far one limit of an agent is used at this moment.</summary>
/// <param name="Line">Which line of its constitution.</param>
/// <param name="Rule">Place of the rule, from 0; -1 where it is no rule.</param>
/// <param name="Limit">The most: base units, or acts where the rule counts acts.</param>
/// <param name="Used">Spent, or reserved for work under way.</param>
/// <param name="Reserved">Reserved beside that for payloads that wait for approval.</param>
/// <param name="WindowMs">The rolling window, ms; 0 where it is none.</param>
/// <param name="LeavesAtMs">When the oldest part leaves the window, ms since 1970; 0 where none will.</param>
public readonly record struct LimitUse(
    ConstitutionLine Line,
    int Rule,
    TokenAmount Limit,
    TokenAmount Used,
    TokenAmount Reserved,
    long WindowMs,
    long LeavesAtMs)
{
    /// <summary>What is left; zero where a limit was tightened below what is used.</summary>
    public TokenAmount Left => Used + Reserved > Limit ? TokenAmount.Zero : Limit - Used - Reserved;
}

/// <summary>An agent's limits and how far they are used, for people and gauges.</summary>
/// <remarks>Pure; the state's owner (or lock) is held meanwhile.</remarks>
public static class LimitUses
{
    private const long DayMs = 24 * 60 * 60 * 1000;

    /// <summary>The day's volume and gas, the stake, and each rolling rule, in this order.</summary>
    /// <param name="state">The state.</param>
    /// <param name="agent">Whose.</param>
    /// <param name="now">At which time; an instant before the last entry's is taken as that.</param>
    public static IReadOnlyList<LimitUse> Of(LedgerState state, in AgentRecord agent, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ref readonly var terms = ref agent.Constitution;
        var nowMs = Math.Max(now.UnixMs, state.Globals.TimeMs);
        var uses = new List<LimitUse>
        {
            Of(
                state, agent.Volume, nowMs, DayMs, terms.MaxDailyVolume, ConstitutionLine.MaxDailyVolume, -1,
                Parked(state, agent, nowMs, DayMs, ~(1UL << (int)CommandKind.DepositStake))),
            Of(
                state, agent.Gas, nowMs, DayMs, terms.MaxGasPerDay, ConstitutionLine.MaxGasPerDay, -1,
                TokenAmount.Zero),
            new(
                ConstitutionLine.MaxStake, -1, terms.MaxStake, state.Account(agent.Account).Stake, TokenAmount.Zero,
                0, 0),
        };
        if (agent.RuleSet == 0)
        {
            return uses;
        }

        ref readonly var set = ref state.RuleSets[agent.RuleSet - 1];
        for (var i = 0; i < set.Count; i++)
        {
            ref readonly var rule = ref set.Terms[i];
            if (rule.IsRolling)
            {
                var parked = rule.Kind == RuleKind.RollingValue
                    ? Parked(state, agent, nowMs, rule.WindowMs, rule.Actions)
                    : TokenAmount.Zero;
                uses.Add(Of(
                    state, set.Uses[i].Window, nowMs, rule.WindowMs, rule.Amount, ConstitutionLine.Rule, i, parked));
            }
        }

        return uses;
    }

    private static LimitUse Of(
        LedgerState state,
        in RollingWindow window,
        long nowMs,
        long windowMs,
        TokenAmount limit,
        ConstitutionLine line,
        int rule,
        TokenAmount parked)
    {
        var buckets = RollingLimits.BucketsOf(windowMs);
        var all = RollingLimits.Used(state, window, nowMs, buckets);
        var oldest = RollingLimits.OldestFrom(state, window, RollingLimits.BucketOf(nowMs) - buckets);
        return new LimitUse(
            line,
            rule,
            limit,
            all - TokenAmount.Min(parked, all),
            TokenAmount.Min(parked, all),
            windowMs,
            oldest < 0 ? 0 : (oldest + buckets + 1L) * RollingLimits.BucketMs);
    }

    /// <summary>What payloads that wait reserve in a window.</summary>
    private static TokenAmount Parked(
        LedgerState state, in AgentRecord agent, long nowMs, long windowMs, ulong actions)
    {
        var first = RollingLimits.BucketOf(nowMs) - RollingLimits.BucketsOf(windowMs);
        var parked = TokenAmount.Zero;
        for (var at = agent.FirstApproval; at != 0; at = state.Approvals[at - 1].NextApproval)
        {
            ref readonly var approval = ref state.Approvals[at - 1];
            for (var i = 0; i < approval.ValueCount && approval.Bucket >= first; i++)
            {
                var isCounted = (actions >> (int)approval.Values[i].Action & 1) == 1;
                parked += isCounted ? approval.Values[i].Value : TokenAmount.Zero;
            }
        }

        return parked;
    }
}
