using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Rules;

/// <summary>A command of an agent.</summary>
/// <param name="Agent">The agent's account.</param>
/// <param name="Command">What it asks for.</param>
public readonly record struct AgentCommand(AccountNumber Agent, Command Command);

/// <summary>What a command puts at risk, for whoever watches agents.</summary>
/// <param name="Value">Base units that count against the daily volume.</param>
/// <param name="Stake">Base units added to the stake.</param>
/// <param name="Payee">Whom the value may go to; null where that is the protocol, or not known yet.</param>
/// <param name="ToNewAccount">Whether it goes to an account that is not there yet.</param>
public readonly record struct CommandRisk(
    TokenAmount Value, TokenAmount Stake, AccountNumber? Payee, bool ToNewAccount);

/// <summary>What a command puts at risk, before it is known whether it will be spent.</summary>
/// <param name="Value">Base units that count against <c>maxDailyVolume</c> and <c>maxValuePerAction</c>.</param>
/// <param name="Stake">Base units added to the stake, which count against <c>maxStake</c>.</param>
/// <param name="Counterparty">Slot of the account that value may go to, <see cref="Protocol"/> or
/// <see cref="Stranger"/>.</param>
/// <param name="Withdraws">Whether value may come to be another's, or free: what a hold after a change of keys holds.
/// </param>
internal readonly record struct Exposure(TokenAmount Value, TokenAmount Stake, int Counterparty, bool Withdraws)
{
    /// <summary>Value goes to nobody but the protocol, or to whoever is checked later: a workload's bidders are checked
    /// against its client's counterparties when they bid.</summary>
    public const int Protocol = -1;

    /// <summary>Value goes to an account that is not there yet, so no constitution can have named it.</summary>
    public const int Stranger = -2;

    private static readonly TokenAmount BeyondSupply =
        Genesis.MaxSupply + TokenAmount.FromBaseUnits(UInt128.One);

    /// <summary>The larger of value and stake: what one action moves.</summary>
    public TokenAmount Amount => TokenAmount.Max(Value, Stake);

    /// <summary>Whether it costs value, binds it or sets it free.</summary>
    public bool Takes => !Value.IsZero || !Stake.IsZero || Withdraws;

    /// <summary>No exposure.</summary>
    public static Exposure None => new(TokenAmount.Zero, TokenAmount.Zero, Protocol, false);

    /// <summary>
    /// The one table of exposures: each command type has its line. What is reserved here is settled or released with
    /// the command's outcome.
    /// </summary>
    public static Exposure Of(LedgerState state, Command command) => command.Kind switch
    {
        CommandKind.Transfer => Pay(((Transfer)command).Amount, PayeeOf(state, ((Transfer)command).To), true),
        CommandKind.OpenAccount => Pay(((OpenAccount)command).Deposit, Stranger, true),
        CommandKind.RegisterAgent => Pay(((RegisterAgent)command).Deposit, Stranger, true),
        CommandKind.DepositStake => None with { Stake = ((DepositStake)command).Amount },
        CommandKind.WithdrawStake => None with { Withdraws = true },
        CommandKind.DeclareBlob => Pay(BlobRules.RentOf(state.Parameters, (DeclareBlob)command), Protocol, false),
        CommandKind.PostWorkload => Post((PostWorkload)command),
        CommandKind.PlaceBid => Bid(state, ((PlaceBid)command).Workload),
        CommandKind.CommitVerdict => Verdict(state, ((CommitVerdict)command).Workload),
        _ => None,
    };

    /// <summary>The price goes to whoever wins, the fees to whoever is drawn. What is written may be any number, so the
    /// sum stays in range by bounding each: more than the supply can be paid by nobody.</summary>
    private static Exposure Post(PostWorkload command) => Pay(
        TokenAmount.Min(command.MaxPrice, BeyondSupply) + VerificationRules.FeesOf(command), Protocol, true);

    /// <summary>The bond may be forfeited to the provider, whom the validator cannot choose.</summary>
    private static Exposure Verdict(LedgerState state, WorkloadId id) =>
        state.FindWorkload(id) is var slot and >= 0 ? Pay(state.Workloads[slot].BidBond, Protocol, true) : None;

    /// <summary>Bonds may be forfeited, and the job bond goes to the client.</summary>
    private static Exposure Bid(LedgerState state, WorkloadId id)
    {
        var slot = state.FindWorkload(id);
        return slot < 0 ? None : Pay(Auction.BondsOf(state, slot), state.Workloads[slot].Client.Slot, true);
    }

    private static int PayeeOf(LedgerState state, in AccountId id) =>
        state.SlotOf(id) is var slot and >= 0 ? slot : Stranger;

    private static Exposure Pay(TokenAmount value, int counterparty, bool withdraws) =>
        new(value, TokenAmount.Zero, counterparty, withdraws);
}
