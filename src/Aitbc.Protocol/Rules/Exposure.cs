using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Rules;

/// <summary>What a command puts at risk, before it is known whether it will be spent.</summary>
/// <param name="Value">Base units that count against <c>maxDailyVolume</c> and <c>maxValuePerAction</c>.</param>
/// <param name="Stake">Base units added to the stake, which count against <c>maxStake</c>.</param>
/// <param name="Counterparty">Slot of the account that value goes to; -1 where there is none or it is unknown.</param>
/// <param name="Withdraws">Whether value leaves the protocol's hold on it.</param>
internal readonly record struct Exposure(TokenAmount Value, TokenAmount Stake, int Counterparty, bool Withdraws)
{
    /// <summary>No exposure.</summary>
    public static Exposure None => new(TokenAmount.Zero, TokenAmount.Zero, -1, false);

    /// <summary>
    /// The one table of exposures: each command type has its line. What is reserved here is settled or released with
    /// the command's outcome.
    /// </summary>
    public static Exposure Of(LedgerState state, Command command) => command.Kind switch
    {
        CommandKind.Transfer => Pay(((Transfer)command).Amount, state.SlotOf(((Transfer)command).To), true),
        CommandKind.OpenAccount => Pay(((OpenAccount)command).Deposit, -1, true),
        CommandKind.RegisterAgent => Pay(((RegisterAgent)command).Deposit, -1, true),
        CommandKind.DepositStake => None with { Stake = ((DepositStake)command).Amount },
        CommandKind.WithdrawStake => None with { Withdraws = true },
        CommandKind.DeclareBlob => Pay(BlobRules.RentOf(state.Parameters, (DeclareBlob)command), -1, false),
        CommandKind.PostWorkload => Pay(((PostWorkload)command).MaxPrice, -1, false),
        CommandKind.PlaceBid => Pay(Auction.BondsOf(state, ((PlaceBid)command).Workload), -1, false),
        _ => None,
    };

    private static Exposure Pay(TokenAmount value, int counterparty, bool withdraws) =>
        new(value, TokenAmount.Zero, counterparty, withdraws);
}
