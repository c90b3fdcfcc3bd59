using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Testing;

/// <content>What guardians and the monitor do.</content>
public sealed partial class LedgerFixture
{
    /// <summary>The id of the newest motion or override.</summary>
    public MotionId LastMotion => new(State.Globals.LastDecision);

    /// <summary>The monitor's verdict on a payload; on none that there is unless one is named.</summary>
    public MonitorVerdict Verdict(Actor agent, MonitorVerdictKind kind, ClientPayload? payload = null) => new(
        agent.Id,
        payload?.PayloadDigest ?? Unique("judged", ++made),
        kind,
        Label.Parse("burst"),
        TokenAmount.FromBaseUnits(101),
        TokenAmount.FromBaseUnits(100));

    /// <summary>A guardian's denial of an action, for a day.</summary>
    public SetOverride Denial(Actor agent, CommandKind action) => new(
        agent.Id,
        action,
        OverrideEffect.Deny,
        TokenAmount.Zero,
        Unique("reason", ++made),
        Now + Duration.FromDays(1));

    /// <summary>An allowance of an action up to a cap, for a day.</summary>
    public SetOverride Allowance(Actor agent, CommandKind action, TokenAmount cap) =>
        Denial(agent, action) with { Effect = OverrideEffect.Allow, Cap = cap };
}
