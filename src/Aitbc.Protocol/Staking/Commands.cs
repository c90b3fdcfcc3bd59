using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Staking;

/// <summary>Stakes available tokens.</summary>
/// <param name="Amount">Base units, above 0.</param>
public sealed record DepositStake(TokenAmount Amount) : Command(CommandKind.DepositStake);

/// <summary>Takes tokens out of the stake; they are free after the unbonding period.</summary>
/// <param name="Amount">Base units, above 0.</param>
public sealed record WithdrawStake(TokenAmount Amount) : Command(CommandKind.WithdrawStake);
