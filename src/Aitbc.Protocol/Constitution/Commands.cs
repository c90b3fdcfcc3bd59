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
}
