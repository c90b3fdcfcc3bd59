using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Constitution;

/// <summary>A constitution as its owner writes it. There are no defaults that allow: what is not named is refused.
/// Source: the seed's AgentConstitution.</summary>
/// <param name="MaxStake">Most base units staked at once.</param>
/// <param name="MaxDailyVolume">Most value in a rolling 24 h, base units.</param>
/// <param name="MaxGasPerDay">Most gas in a rolling 24 h, base units.</param>
/// <param name="MaxValuePerAction">Most value of one action, base units.</param>
/// <param name="AllowedActions">The actions it may take; empty allows nothing and is refused as a mistake.</param>
/// <param name="Counterparties">0 to 8 accounts that value may go to; empty means any.</param>
/// <param name="HoursUtc">Bit h: may act in UTC hour h; all 24 bits for any hour.</param>
/// <param name="KeyChangeHold">For how long no value may leave after a change of keys; 0 to 30 days.</param>
/// <param name="RequiresHumanApproval">Whether each action with value needs a person.</param>
public sealed record ConstitutionTerms(
    TokenAmount MaxStake,
    TokenAmount MaxDailyVolume,
    TokenAmount MaxGasPerDay,
    TokenAmount MaxValuePerAction,
    IReadOnlyList<CommandKind> AllowedActions,
    IReadOnlyList<AccountId> Counterparties,
    uint HoursUtc,
    Duration KeyChangeHold,
    bool RequiresHumanApproval)
{
    /// <summary>Any hour.</summary>
    public const uint AnyHour = (1u << 24) - 1;

    /// <summary>Most rules of a constitution.</summary>
    public const int MaxRules = RuleTermsSet.Length;

    /// <summary>What binds it further, 0 to <see cref="MaxRules"/>. All must let an action pass.</summary>
    public IReadOnlyList<ConstitutionRule> Rules { get; init; } = [];
}

/// <summary>A rule as its owner writes it: whom it binds, and what it asks; what its kind does not use stays at its
/// default.</summary>
/// <param name="Kind">What kind of rule it is.</param>
/// <param name="Actions">The actions that it binds; at least one.</param>
public sealed record ConstitutionRule(RuleKind Kind, IReadOnlyList<CommandKind> Actions)
{
    /// <summary>Base units: the most of one action, of the window, or what needs no approval yet.</summary>
    public TokenAmount Amount { get; init; }

    /// <summary>Most acts in the window, at least 1.</summary>
    public uint Count { get; init; }

    /// <summary>The window; 15 min to 30 days, and for a sequence 1 ms to 30 days.</summary>
    public Duration Window { get; init; }

    /// <summary>The actions that may not follow within the window.</summary>
    public IReadOnlyList<CommandKind> Then { get; init; } = [];

    /// <summary>The counterparties named, 1 to 8.</summary>
    public IReadOnlyList<AccountId> Accounts { get; init; } = [];

    /// <summary>Whether the counterparties named are forbidden instead of the only ones allowed.</summary>
    public bool Forbids { get; init; }

    /// <summary>Bit h: in UTC hour h the actions are allowed.</summary>
    public uint HoursUtc { get; init; }

    /// <summary>Least share of the counterparty's jobs that were settled without fault, ppm, 1 to 1,000,000.</summary>
    public uint MinRecordPpm { get; init; }
}

/// <summary>Changes an agent's constitution. Sent by its owner or a guardian, never by the agent. What only tightens
/// takes effect at once and costs no gas (at most once a minute); what loosens anything becomes a motion, which the
/// guardians decide and which waits.</summary>
/// <param name="Agent">Whose.</param>
/// <param name="Constitution">The whole new constitution.</param>
public sealed record ChangeConstitution(AccountId Agent, ConstitutionTerms Constitution)
    : Command(CommandKind.ChangeConstitution);
