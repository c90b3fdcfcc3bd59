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
    public Dictionary<ApprovalId, AuditedApproval> Waiting { get; } = [];

    public Dictionary<MotionId, AuditedMotion> Motions { get; } = [];

    public Dictionary<OverrideId, AuditedOverride> Overrides { get; } = [];

    public IEnumerable<AuditedApproval> WaitingOf(AccountNumber agent) =>
        Waiting.Values.Where(one => one.Terms.Agent == agent);

    public bool Stands(AccountNumber agent, CommandKind kind, OverrideEffect effect, long nowMs) =>
        Overrides.Values.Any(one => one.Stands(agent, kind, effect, nowMs));
}

/// <summary>Which payloads cost nothing: stops by who may stop, and alone in their payload a guardian's denial and what
/// only tightens.</summary>
internal sealed class FreeCommands(AuditedAccounts accounts, StopAudit stops, OversightBooks open)
{
    private const int MaxOverrides = 16;
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
                    && open.Overrides.Values.Count(one => one.Terms.Agent == denied.Number) < MaxOverrides;
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
