using Aitbc.Primitives;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Identity;

namespace Aitbc.Infrastructure.Identity;

/// <summary>What an agent is registered as and what binds it. Immutable.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Capabilities">0 to 4 things it can do.</param>
/// <param name="Version">The version it states of itself.</param>
/// <param name="Constitution">Its limits.</param>
/// <param name="Guardians">1 to 8 people who may stop it.</param>
/// <param name="GuardianThreshold">How many of them release it.</param>
/// <param name="Deposit">Base units its owner gives it.</param>
public sealed record AgentCharter(
    AgentKind Kind,
    IReadOnlyList<Label> Capabilities,
    Label Version,
    ConstitutionTerms Constitution,
    IReadOnlyList<AccountId> Guardians,
    int GuardianThreshold,
    TokenAmount Deposit);
