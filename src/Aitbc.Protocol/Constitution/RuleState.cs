using System.Runtime.CompilerServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;

namespace Aitbc.Protocol.Constitution;

/// <summary>The kinds of rules. All but the last are hard limits, which no override and no approval lifts.</summary>
public enum RuleKind : byte
{
    /// <summary>The actions are forbidden.</summary>
    Deny = 1,

    /// <summary>Most value of one action.</summary>
    MaxValue = 2,

    /// <summary>Most value over a rolling window.</summary>
    RollingValue = 3,

    /// <summary>Most acts over a rolling window.</summary>
    RollingCount = 4,

    /// <summary>Value goes only to the accounts named, or never to them.</summary>
    Counterparties = 5,

    /// <summary>The actions are allowed in these hours only.</summary>
    Hours = 6,

    /// <summary>Some actions may not follow others within a window.</summary>
    Sequence = 7,

    /// <summary>Value goes only to agents with a record at least as good.</summary>
    CounterpartyRecord = 8,

    /// <summary>More value than this needs a person's approval.</summary>
    ApprovalAbove = 9,
}

/// <summary>A rule as the ledger keeps it.</summary>
public struct RuleTerms
{
    /// <summary>Base units, or acts; the meaning is the kind's.</summary>
    public TokenAmount Amount;

    /// <summary>Bit <see cref="Entries.CommandKind"/>: the rule binds the action.</summary>
    public ulong Actions;

    /// <summary>Bit <see cref="Entries.CommandKind"/>: may not follow.</summary>
    public ulong Then;

    /// <summary>Window, ms.</summary>
    public long WindowMs;

    /// <summary>Bit h: allowed in UTC hour h.</summary>
    public uint HoursUtc;

    /// <summary>Least record, ppm.</summary>
    public uint MinRecordPpm;

    /// <summary>Accounts named.</summary>
    public AccountSet Accounts;

    /// <summary>What kind of rule it is.</summary>
    public RuleKind Kind;

    /// <summary>How many accounts are named.</summary>
    public byte AccountCount;

    /// <summary>1 where the accounts named are forbidden.</summary>
    public byte Forbids;

    /// <summary>Zero.</summary>
    public byte Unused1;

    /// <summary>Zero.</summary>
    public uint Unused2;

    /// <summary>Zero.</summary>
    public ulong Unused3;

    /// <summary>Whether the rule counts what was done before.</summary>
    public readonly bool IsRolling => Kind is RuleKind.RollingValue or RuleKind.RollingCount;

    /// <summary>Whether what was counted under another rule counts under this one.</summary>
    public readonly bool Continues(in RuleTerms earlier) => Kind == earlier.Kind && Actions == earlier.Actions
        && Then == earlier.Then && WindowMs == earlier.WindowMs;
}

/// <summary>What a rule has counted.</summary>
public struct RuleUse
{
    /// <summary>Value or acts of the window.</summary>
    public RollingWindow Window;

    /// <summary>When one of a sequence's first actions last took effect, ms; 0 is never.</summary>
    public long LastMs;

    /// <summary>Bucket in which it began to count: what was reserved up to then is not given back, for it was not
    /// counted.</summary>
    public int SinceBucket;

    /// <summary>Zero.</summary>
    public int Unused;
}

/// <summary>Up to 24 rules.</summary>
[InlineArray(Length)]
public struct RuleTermsSet
{
    /// <summary>Most rules of a constitution.</summary>
    public const int Length = 24;

    private RuleTerms first;
}

/// <summary>What up to 24 rules have counted.</summary>
[InlineArray(RuleTermsSet.Length)]
public struct RuleUses
{
    private RuleUse first;
}

/// <summary>The rules of a constitution, in force or proposed; only agents that have rules have one.</summary>
public struct RuleSetRecord
{
    /// <summary>Zero: the table's link.</summary>
    public int Unused;

    /// <summary>Rules held.</summary>
    public int Count;

    /// <summary>Zero.</summary>
    public long Unused2;

    /// <summary>The rules.</summary>
    public RuleTermsSet Terms;

    /// <summary>What each has counted.</summary>
    public RuleUses Uses;
}
