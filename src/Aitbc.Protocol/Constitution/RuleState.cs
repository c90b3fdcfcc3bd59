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

/// <summary>What a check reads of a rule: half a cache line, the rules of a constitution one behind the other. The
/// rest of its terms is for whoever reads, compares or changes it.</summary>
public struct RuleGate
{
    /// <summary>As <see cref="RuleTerms.Amount"/>.</summary>
    public TokenAmount Amount;

    /// <summary>As <see cref="RuleTerms.WindowMs"/>.</summary>
    public long WindowMs;

    /// <summary>As <see cref="RuleTerms.HoursUtc"/>.</summary>
    public uint HoursUtc;

    /// <summary>As <see cref="RuleTerms.Kind"/>.</summary>
    public RuleKind Kind;

    /// <summary>Zero.</summary>
    public byte Unused1;

    /// <summary>Zero.</summary>
    public ushort Unused2;
}

/// <summary>Which rules of a constitution concern one action, so that the others are not read.</summary>
public struct RuleBinding
{
    /// <summary>Bit i: rule i binds the action.</summary>
    public uint Bound;

    /// <summary>Bit i: rule i binds the action by what was done before, in a rolling window.</summary>
    public uint Rolling;

    /// <summary>Bit i: by rule i a person may have to approve the action.</summary>
    public uint Approval;

    /// <summary>Bit i: by rule i, a sequence, the action may not follow others.</summary>
    public uint Held;
}

/// <summary>What a rule has counted. What every check reads stands first.</summary>
public struct RuleUse
{
    /// <summary>When one of a sequence's first actions last took effect, ms; 0 is never.</summary>
    public long LastMs;

    /// <summary>Bucket in which it began to count: what was reserved up to then is not given back, for it was not
    /// counted.</summary>
    public int SinceBucket;

    /// <summary>Zero.</summary>
    public int Unused;

    /// <summary>Value or acts of the window.</summary>
    public RollingWindow Window;
}

/// <summary>Which rules concern each action, by <see cref="Entries.CommandKind"/>.</summary>
[InlineArray(Length)]
public struct RuleBindings
{
    /// <summary>Room for the actions there are, and a few to come.</summary>
    public const int Length = 40;

    private RuleBinding first;
}

/// <summary>What checks read of up to 24 rules.</summary>
[InlineArray(RuleTermsSet.Length)]
public struct RuleGates
{
    private RuleGate first;
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

/// <summary>The rules of a constitution, in force or proposed; only agents that have rules have one. What every
/// command reads stands first.</summary>
public struct RuleSetRecord
{
    /// <summary>Zero: the table's link.</summary>
    public int Unused;

    /// <summary>Rules held.</summary>
    public int Count;

    /// <summary>Zero.</summary>
    public long Unused2;

    /// <summary>Which concern which action.</summary>
    public RuleBindings Bindings;

    /// <summary>What checks read of each.</summary>
    public RuleGates Gates;

    /// <summary>What each has counted.</summary>
    public RuleUses Uses;

    /// <summary>The rules.</summary>
    public RuleTermsSet Terms;

    /// <summary>Adds a rule; only an event's ApplyTo calls this, and whoever tries a constitution out.</summary>
    internal void Add(in RuleTerms rule)
    {
        Terms[Count] = rule;
        Gates[Count] = new RuleGate
        {
            Amount = rule.Amount, WindowMs = rule.WindowMs, HoursUtc = rule.HoursUtc, Kind = rule.Kind,
        };
        var then = rule.Kind == RuleKind.Sequence ? rule.Then : 0;
        for (var action = 0; action < RuleBindings.Length; action++)
        {
            var bound = (uint)(rule.Actions >> action & 1) << Count;
            Bindings[action].Bound |= bound;
            Bindings[action].Rolling |= rule.IsRolling ? bound : 0;
            Bindings[action].Approval |= rule.Kind == RuleKind.ApprovalAbove ? bound : 0;
            Bindings[action].Held |= (uint)(then >> action & 1) << Count;
        }

        Count++;
    }
}
