using System.Runtime.CompilerServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;

namespace Aitbc.Protocol.Oversight;

/// <summary>What an override does.</summary>
public enum OverrideEffect : byte
{
    /// <summary>Lets the action pass where the constitution does not allow it or wants approval; never past a hard
    /// limit or a stop.</summary>
    Allow = 1,

    /// <summary>Refuses the action, whatever else allows it.</summary>
    Deny = 2,
}

/// <summary>What an override says.</summary>
public struct OverrideTerms
{
    /// <summary>Most base units, added up, that an allowance lets pass.</summary>
    public TokenAmount Cap;

    /// <summary>When it ends by itself, ms.</summary>
    public long ExpiresAtMs;

    /// <summary>The action.</summary>
    public CommandKind Action;

    /// <summary>Allow or deny.</summary>
    public OverrideEffect Effect;

    /// <summary>Zero.</summary>
    public ushort Unused1;

    /// <summary>Zero.</summary>
    public uint Unused2;

    /// <summary>Digest of the reason in words.</summary>
    public Digest Reason;
}

/// <summary>An override in force.</summary>
public struct OverrideRecord
{
    /// <summary>Slot + 1 of the agent's next override; 0 ends the list.</summary>
    public int NextOverride;

    /// <summary>Whose.</summary>
    public AccountNumber Agent;

    /// <summary>Its id; that of the motion which carried it, where one did.</summary>
    public OverrideId Id;

    /// <summary>Base units let pass so far.</summary>
    public TokenAmount Used;

    /// <summary>What it says.</summary>
    public OverrideTerms Terms;

    /// <summary>Who set it; the guardian whose word was the last needed.</summary>
    public AccountNumber By;

    /// <summary>Zero.</summary>
    public uint Unused1;

    /// <summary>Zero.</summary>
    public ulong Unused2;
}

/// <summary>Base units by kind of action.</summary>
public struct ActionValue
{
    /// <summary>Base units.</summary>
    public TokenAmount Value;

    /// <summary>The action.</summary>
    public ulong Action;

    /// <summary>Zero.</summary>
    public ulong Unused;
}

/// <summary>What a parked payload reserved, by kind of action: so many kinds have a value or a stake.</summary>
[InlineArray(Length)]
public struct ActionValues
{
    /// <summary>Kinds of action that can have a value or a stake.</summary>
    public const int Length = 8;

    private ActionValue first;
}

/// <summary>A payload that waits for approval.</summary>
public struct ApprovalRecord
{
    /// <summary>Slot + 1 of the agent's next approval; 0 ends the list.</summary>
    public int NextApproval;

    /// <summary>Whose.</summary>
    public AccountNumber Agent;

    /// <summary>Sequence of the entry that parked it.</summary>
    public ApprovalId Id;

    /// <summary>Digest of the payload.</summary>
    public Digest Payload;

    /// <summary>When it is denied for want of an answer, ms.</summary>
    public long ExpiresAtMs;

    /// <summary>Version of the constitution it was parked under.</summary>
    public uint ConstitutionVersion;

    /// <summary>Bucket in which its value was reserved.</summary>
    public int Bucket;

    /// <summary>Bit i: guardian i approves.</summary>
    public byte Votes;

    /// <summary>Kinds of action that have a value.</summary>
    public byte ValueCount;

    /// <summary>Zero.</summary>
    public ushort Unused1;

    /// <summary>Zero.</summary>
    public uint Unused2;

    /// <summary>Zero.</summary>
    public ulong Unused3;

    /// <summary>Base units held in escrow: value and stake.</summary>
    public TokenAmount Held;

    /// <summary>What its limits reserve.</summary>
    public ActionValues Values;
}

/// <summary>What guardians decide by motion.</summary>
public enum MotionKind : byte
{
    /// <summary>A constitution that loosens something.</summary>
    Constitution = 1,

    /// <summary>Other guardians.</summary>
    Guardians = 2,

    /// <summary>An override that allows.</summary>
    Override = 3,
}

/// <summary>Something that an agent's guardians have been asked to decide.</summary>
public struct MotionRecord
{
    /// <summary>Slot + 1 of the agent's next motion; 0 ends the list.</summary>
    public int NextMotion;

    /// <summary>Whose.</summary>
    public AccountNumber Agent;

    /// <summary>Its id.</summary>
    public MotionId Id;

    /// <summary>When it may take effect, ms.</summary>
    public long ReadyAtMs;

    /// <summary>When it lapses, ms.</summary>
    public long LapsesAtMs;

    /// <summary>Who proposed it.</summary>
    public AccountNumber By;

    /// <summary>Slot + 1 of the rules proposed; 0 is none.</summary>
    public int RuleSet;

    /// <summary>What it is.</summary>
    public MotionKind Kind;

    /// <summary>Bit i: guardian i agrees.</summary>
    public byte Votes;

    /// <summary>Bit i: guardian i rejects.</summary>
    public byte Against;

    /// <summary>Guardians proposed.</summary>
    public byte GuardianCount;

    /// <summary>How many of those would decide.</summary>
    public byte GuardianThreshold;

    /// <summary>1 once enough agree: it waits only for its time.</summary>
    public byte Enough;

    /// <summary>Zero.</summary>
    public ushort Unused1;

    /// <summary>The constitution proposed.</summary>
    public ConstitutionRecord Constitution;

    /// <summary>The guardians proposed.</summary>
    public AccountSet Guardians;

    /// <summary>The override proposed.</summary>
    public OverrideTerms Override;

    /// <summary>When it falls due, ms: when it takes effect or when it lapses.</summary>
    public readonly long DueMs => Enough == 1 ? ReadyAtMs : LapsesAtMs;
}
