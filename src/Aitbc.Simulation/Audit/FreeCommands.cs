using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Simulation.Audit;

/// <summary>What is open of oversight: what waits, what is put to guardians, what overrides stand.</summary>
internal sealed class OversightBooks
{
    private const int MaxAllowances = 16;
    private const int MaxDenialsEach = 4;
    private const int MaxOverrides = 64;

    public Dictionary<ApprovalId, AuditedApproval> Waiting { get; } = [];

    public Dictionary<MotionId, AuditedMotion> Motions { get; } = [];

    public Dictionary<OverrideId, AuditedOverride> Overrides { get; } = [];

    public IEnumerable<AuditedApproval> WaitingOf(AccountNumber agent) =>
        Waiting.Values.Where(one => one.Terms.Agent == agent);

    /// <summary>Whether an agent may have one more override: allowances are the agent's together, denials are each
    /// person's own.</summary>
    public bool HasRoom(AccountNumber agent, OverrideEffect effect, AccountNumber by)
    {
        var standing = Overrides.Values.Where(one => one.Terms.Agent == agent).ToList();
        var alike = standing.Where(one => one.Terms.Terms.Effect == effect);
        var hasPlace = effect == OverrideEffect.Allow
            ? alike.Count() < MaxAllowances
            : alike.Count(one => one.Terms.By == by) < MaxDenialsEach;
        return hasPlace && standing.Count < MaxOverrides;
    }

    public bool Stands(AccountNumber agent, CommandKind kind, OverrideEffect effect, long nowMs) =>
        Overrides.Values.Any(one => one.Stands(agent, kind, effect, nowMs));
}

/// <summary>Which payloads cost nothing: stops by who may stop, and alone in their payload a guardian's denial and what
/// only tightens.</summary>
internal sealed class FreeCommands(AuditedAccounts accounts, StopAudit stops, OversightBooks open)
{
    private const long MinuteMs = 60_000;
    private const long YearMs = 366L * 86_400_000;

    public bool Contains(AuditedAccount sender, ClientPayload payload, Outcome outcome) =>
        Array.TrueForAll(payload.Commands, command => stops.IsFree(sender, command))
        || (payload.Commands is [var only] && IsFree(sender.Number, only, outcome));

    private bool IsFree(AccountNumber sender, Command command, Outcome outcome)
    {
        switch (command)
        {
            case DenyApproval deny:
                return open.Waiting.TryGetValue(deny.Approval, out var waiting)
                    && accounts.AgentOf(waiting.Terms.Agent) is { } asker && asker.Guardians.Contains(sender);
            case SetOverride { Effect: OverrideEffect.Deny } set:
                var leftMs = set.ExpiresAt.UnixMs - stops.NowMs;
                return accounts.Find(set.Agent)?.Agent is { } denied && denied.MayPropose(sender)
                    && (int)set.Action < CommandNames.Count && set.Cap.IsZero && leftMs is >= MinuteMs and <= YearMs
                    && open.HasRoom(denied.Number, OverrideEffect.Deny, sender);
            case ChangeConstitution change:
                return outcome == Outcome.Applied
                    && accounts.Find(change.Agent)?.Agent is { } agent && agent.MayPropose(sender)
                    && stops.NowMs - agent.ChangedAtMs >= MinuteMs
                    && Tightening.Read(change.Constitution, accounts) is var (limits, rules)
                    && Tightening.Is(agent.Limits, [.. agent.Rules.Select(rule => rule.Terms)], limits, rules);
            default:
                return false;
        }
    }
}
