using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Oversight;

/// <summary>What a stop of the council covers.</summary>
public enum StopScope : byte
{
    /// <summary>Services, workloads and bids.</summary>
    Market = 1,

    /// <summary>Everything but guardians and council.</summary>
    All = 2,
}

/// <summary>A guardian stops its agent at once. Free of gas, never rate-limited, unless the agent is stopped already
/// and nobody has agreed to its release.</summary>
/// <param name="Agent">Which.</param>
public sealed record StopAgent(AccountId Agent) : Command(CommandKind.StopAgent);

/// <summary>A guardian agrees to release its agent; the last one needed releases it.</summary>
/// <param name="Agent">Which.</param>
public sealed record ReleaseAgent(AccountId Agent) : Command(CommandKind.ReleaseAgent);

/// <summary>A member of the genesis council stops the market or all.</summary>
/// <param name="Scope">What.</param>
public sealed record StopMarket(StopScope Scope) : Command(CommandKind.StopMarket);

/// <summary>A member of the council agrees to release; the last one needed releases it.</summary>
/// <param name="Scope">What.</param>
public sealed record ReleaseMarket(StopScope Scope) : Command(CommandKind.ReleaseMarket);

/// <summary>Proposes other guardians for an agent: a motion, which the present ones decide and which waits. Sent by the
/// owner or a guardian; so a lost device is replaced by the others.</summary>
/// <param name="Agent">Whose.</param>
/// <param name="Guardians">1 to 8 people who shall guard it.</param>
/// <param name="GuardianThreshold">How many of them decide.</param>
public sealed record ChangeGuardians(AccountId Agent, IReadOnlyList<AccountId> Guardians, int GuardianThreshold)
    : Command(CommandKind.ChangeGuardians);

/// <summary>Allows or denies one kind of action of an agent for a time, whatever its constitution says of it. A denial
/// is immediate, free of gas and one guardian's or the owner's; an allowance is a motion. Source: the seed's
/// HumanOverride.</summary>
/// <param name="Agent">Whose.</param>
/// <param name="Action">The action.</param>
/// <param name="Effect">Allow or deny.</param>
/// <param name="Cap">Most base units, added up, that an allowance lets pass; zero for a denial.</param>
/// <param name="Reason">Digest of the reason in words.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
public sealed record SetOverride(
    AccountId Agent,
    CommandKind Action,
    OverrideEffect Effect,
    TokenAmount Cap,
    Digest Reason,
    Timestamp ExpiresAt) : Command(CommandKind.SetOverride);

/// <summary>Ends an override before its time: an allowance by any guardian or the owner, a denial by who set it, and by
/// any guardian where who set it is neither guardian nor owner any more.</summary>
/// <param name="Override">Which.</param>
public sealed record RevokeOverride(OverrideId Override) : Command(CommandKind.RevokeOverride);

/// <summary>A guardian agrees to a motion; the last one needed carries it, at once or when it has waited.</summary>
/// <param name="Motion">Which.</param>
public sealed record AgreeMotion(MotionId Motion) : Command(CommandKind.AgreeMotion);

/// <summary>A guardian rejects a motion, also one agreed to before; it ends where too few are left to carry it. Who
/// proposed it takes it back with that, guardian or not, and it ends at once.</summary>
/// <param name="Motion">Which.</param>
public sealed record RejectMotion(MotionId Motion) : Command(CommandKind.RejectMotion);

/// <summary>A guardian approves a command that waits; the last one needed has it checked again and carried out in the
/// same entry. It stands alone in its payload. It carries the very bytes it approves: so the person signs what they
/// read, and the ledger need not keep them.</summary>
/// <param name="Approval">Which.</param>
/// <param name="Payload">The bytes of the payload that waits.</param>
public sealed record GrantApproval(ApprovalId Approval, ReadOnlyMemory<byte> Payload)
    : Command(CommandKind.GrantApproval)
{
    /// <inheritdoc/>
    public bool Equals(GrantApproval? other) =>
        other is not null && Approval == other.Approval && Payload.Span.SequenceEqual(other.Payload.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Approval, Payload.Length);
}

/// <summary>A guardian denies a command that waits. One is enough; free of gas.</summary>
/// <param name="Approval">Which.</param>
public sealed record DenyApproval(ApprovalId Approval) : Command(CommandKind.DenyApproval);
