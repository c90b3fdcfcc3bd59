using Aitbc.Primitives;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Protocol.Wire;

/// <summary>Constitutions, and what guardians do.</summary>
internal static partial class CommandReader
{
    /// <summary>Base64url takes a third more.</summary>
    private const int MaxGrantBytes = PayloadCodec.MaxBytes / 4 * 3;

    private static readonly MemberSet ConstitutionMembers = new(
        "maxStake", "maxDailyVolume", "maxGasPerDay", "maxValuePerAction", "allowedActions", "counterparties",
        "hoursUtc", "keyChangeHoldMs", "requiresHumanApproval", "rules?");

    private static readonly MemberSet ChangeConstitutionMembers = new("type", "agent", "constitution");
    private static readonly MemberSet ChangeGuardiansMembers = new("type", "agent", "guardians", "guardianThreshold");
    private static readonly MemberSet SetOverrideMembers = new(
        "type", "agent", "action", "effect", "cap?", "reason", "expiresAt");

    private static readonly MemberSet OverrideMembers = new("type", "override");
    private static readonly MemberSet MotionMembers = new("type", "motion");
    private static readonly MemberSet ApprovalMembers = new("type", "approval");
    private static readonly MemberSet GrantMembers = new("type", "approval", "payload");

    private static Command ReadOversight(ref WireReader reader, CommandKind kind, ulong seen) => kind switch
    {
        CommandKind.StopAgent => new StopAgent(ReadOne<AccountId>(ref reader, AgentMembers, seen)),
        CommandKind.ReleaseAgent => new ReleaseAgent(ReadOne<AccountId>(ref reader, AgentMembers, seen)),
        CommandKind.StopMarket => new StopMarket(ReadScope(ref reader, seen)),
        CommandKind.ReleaseMarket => new ReleaseMarket(ReadScope(ref reader, seen)),
        CommandKind.ChangeConstitution => ReadChangeConstitution(ref reader, seen),
        CommandKind.ChangeGuardians => ReadChangeGuardians(ref reader, seen),
        CommandKind.SetOverride => ReadSetOverride(ref reader, seen),
        CommandKind.RevokeOverride => new RevokeOverride(ReadOne<OverrideId>(ref reader, OverrideMembers, seen)),
        CommandKind.AgreeMotion => new AgreeMotion(ReadOne<MotionId>(ref reader, MotionMembers, seen)),
        CommandKind.RejectMotion => new RejectMotion(ReadOne<MotionId>(ref reader, MotionMembers, seen)),
        CommandKind.GrantApproval => ReadGrant(ref reader, seen),
        CommandKind.DenyApproval => new DenyApproval(ReadOne<ApprovalId>(ref reader, ApprovalMembers, seen)),
        _ => throw new InvalidOperationException($"The command type {kind} has no reader."),
    };

    private static ChangeConstitution ReadChangeConstitution(ref WireReader reader, ulong seen)
    {
        AccountId agent = default;
        ConstitutionTerms? constitution = null;
        while (reader.Next(ChangeConstitutionMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    agent = reader.Text<AccountId>();
                    break;
                case 2:
                    constitution = ReadConstitution(ref reader);
                    break;
            }
        }

        return new ChangeConstitution(agent, constitution!);
    }

    private static ChangeGuardians ReadChangeGuardians(ref WireReader reader, ulong seen)
    {
        AccountId agent = default;
        IReadOnlyList<AccountId> guardians = [];
        var threshold = 0;
        while (reader.Next(ChangeGuardiansMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    agent = reader.Text<AccountId>();
                    break;
                case 2:
                    guardians = ReadList<AccountId>(ref reader, AccountSet.Length);
                    break;
                case 3:
                    threshold = (int)reader.Integer(int.MaxValue);
                    break;
            }
        }

        return new ChangeGuardians(agent, guardians, threshold);
    }

    private static SetOverride ReadSetOverride(ref WireReader reader, ulong seen)
    {
        AccountId agent = default;
        CommandKind action = default;
        OverrideEffect effect = default;
        TokenAmount cap = default;
        Digest reason = default;
        Timestamp expiresAt = default;
        while (reader.Next(SetOverrideMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    agent = reader.Text<AccountId>();
                    break;
                case 2:
                    action = reader.Type(Words.Commands);
                    break;
                case 3:
                    effect = reader.Word(Words.Effects);
                    break;
                case 4:
                    cap = reader.Text<TokenAmount>();
                    if (cap.IsZero)
                    {
                        reader.Fail(PayloadProblemKind.OutOfRange, "left out where it is zero");
                    }

                    break;
                case 5:
                    reason = reader.Text<Digest>();
                    break;
                case 6:
                    expiresAt = reader.Timestamp();
                    break;
            }
        }

        return new SetOverride(agent, action, effect, cap, reason, expiresAt);
    }

    private static GrantApproval ReadGrant(ref WireReader reader, ulong seen)
    {
        ApprovalId approval = default;
        byte[] payload = [];
        while (reader.Next(GrantMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    approval = reader.Text<ApprovalId>();
                    break;
                case 2:
                    payload = reader.Bytes(MaxGrantBytes);
                    break;
            }
        }

        return new GrantApproval(approval, payload);
    }

    /// <summary>A constitution.</summary>
    internal static ConstitutionTerms ReadConstitution(ref WireReader reader)
    {
        Span<TokenAmount> amounts = stackalloc TokenAmount[4];
        IReadOnlyList<CommandKind> actions = [];
        IReadOnlyList<AccountId> counterparties = [];
        IReadOnlyList<ConstitutionRule> rules = [];
        uint hours = 0;
        Duration hold = default;
        var approval = false;
        ulong seen = 0;
        reader.BeginObject();
        while (reader.Next(ConstitutionMembers, ref seen, out var member))
        {
            switch (member)
            {
                case < 4:
                    amounts[member] = reader.Text<TokenAmount>();
                    break;
                case 4:
                    actions = ReadActions(ref reader);
                    break;
                case 5:
                    counterparties = ReadList<AccountId>(ref reader, AccountSet.Length);
                    break;
                case 6:
                    hours = ReadHours(ref reader);
                    break;
                case 7:
                    hold = reader.Duration();
                    break;
                case 8:
                    approval = reader.Boolean();
                    break;
                default:
                    rules = ReadRules(ref reader);
                    break;
            }
        }

        return new ConstitutionTerms(
            amounts[0], amounts[1], amounts[2], amounts[3], actions, counterparties, hours, hold, approval)
        {
            Rules = rules,
        };
    }

    private static List<CommandKind> ReadActions(ref WireReader reader)
    {
        var actions = new List<CommandKind>();
        ulong named = 0;
        reader.BeginArray();
        while (reader.NextItem())
        {
            var action = reader.Type(Words.Commands);
            if ((named >> (int)action & 1) == 1)
            {
                reader.Fail(PayloadProblemKind.OutOfRange, "an action that the list does not name already");
            }

            named |= 1UL << (int)action;
            actions.Add(action);
        }

        return actions;
    }

    private static uint ReadHours(ref WireReader reader)
    {
        uint hours = 0;
        reader.BeginArray();
        while (reader.NextItem())
        {
            var bit = 1u << (int)reader.Integer(HoursPerDay - 1);
            if ((hours & bit) != 0)
            {
                reader.Fail(PayloadProblemKind.OutOfRange, "an hour that the list does not name already");
            }

            hours |= bit;
        }

        return hours;
    }
}
