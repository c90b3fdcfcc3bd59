using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Accounts;

/// <summary>Moves available tokens to another account.</summary>
/// <param name="To">Payee; must exist.</param>
/// <param name="Amount">Base units, above 0.</param>
public sealed record Transfer(AccountId To, TokenAmount Amount) : Command(CommandKind.Transfer);
