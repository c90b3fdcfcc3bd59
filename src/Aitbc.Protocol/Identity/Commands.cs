using Aitbc.Primitives;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Identity;

/// <summary>64 bytes: an ES256 signature, IEEE P1363.</summary>
/// <param name="High">r.</param>
/// <param name="Low">s.</param>
public readonly record struct Signature(Digest High, Digest Low);

/// <summary>Opens an account for a person and gives it a first deposit. The sender is the sponsor.</summary>
/// <param name="Key">The new account's first key.</param>
/// <param name="Possession">The new key's signature over (chain, sponsor, key): nobody can open an account on a key
/// that is not theirs. May be null on a <c>sim:</c> chain.</param>
/// <param name="Deposit">Base units the sponsor gives; may be 0.</param>
/// <param name="Passkey">In place of <paramref name="Possession"/> where the key is a passkey: its assertion over the
/// same challenge. Binds the key to the origin at which it was made; from then on it signs no JWS.</param>
public sealed record OpenAccount(
    PublicKey Key, Signature? Possession, TokenAmount Deposit, PasskeyAssertion? Passkey = null)
    : Command(CommandKind.OpenAccount);

/// <summary>Registers an agent that the sender, a person, owns.</summary>
/// <param name="Key">The agent's first key.</param>
/// <param name="Possession">As in <see cref="OpenAccount"/>.</param>
/// <param name="AgentKind">Its kind.</param>
/// <param name="Capabilities">0 to 4 labels.</param>
/// <param name="Version">The version it states.</param>
/// <param name="Constitution">Its limits.</param>
/// <param name="Guardians">1 to 8 people who may stop it.</param>
/// <param name="GuardianThreshold">How many of them release it.</param>
/// <param name="Deposit">Base units the owner gives; may be 0.</param>
public sealed record RegisterAgent(
    PublicKey Key,
    Signature? Possession,
    AgentKind AgentKind,
    IReadOnlyList<Label> Capabilities,
    Label Version,
    ConstitutionTerms Constitution,
    IReadOnlyList<AccountId> Guardians,
    int GuardianThreshold,
    TokenAmount Deposit) : Command(CommandKind.RegisterAgent);

/// <summary>Adds a key to the sender's account. With <see cref="RevokeKey"/> in one batch: a rotation.</summary>
/// <param name="Key">The new key.</param>
/// <param name="Possession">The new key's signature over (chain, sender, key).</param>
/// <param name="Passkey">As in <see cref="OpenAccount"/>; only people have passkeys.</param>
public sealed record AddKey(PublicKey Key, Signature? Possession, PasskeyAssertion? Passkey = null)
    : Command(CommandKind.AddKey);

/// <summary>Takes a key from the sender's account; never the last one.</summary>
/// <param name="Key">Thumbprint.</param>
public sealed record RevokeKey(KeyId Key) : Command(CommandKind.RevokeKey);

/// <summary>Ends an agent for ever and gives its available tokens to its owner. Sent by the owner; the agent must
/// have no stake, bonds, escrow, services or jobs left, and be neither stopped nor in safe mode.</summary>
/// <param name="Agent">Which.</param>
public sealed record RetireAgent(AccountId Agent) : Command(CommandKind.RetireAgent);
