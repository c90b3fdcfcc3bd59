using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;

namespace Aitbc.Cli.Threats;

/// <summary>Somebody with an account and a key of it.</summary>
/// <param name="Id">The account.</param>
/// <param name="Key">The key; the field's to dispose.</param>
internal sealed record Actor(AccountId Id, KeyPair Key);
