using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.Events;

namespace Aitbc.Protocol.Staking;

/// <summary>Stake in, stake out after a wait, and the minimum.</summary>
internal static class StakingRules
{
    /// <summary>Stakes available tokens.</summary>
    public static Outcome Deposit(in Call call, DepositStake command)
    {
        if (command.Amount.IsZero)
        {
            return Outcome.BadAmount;
        }

        if (!call.CanPay(command.Amount))
        {
            return Outcome.InsufficientFunds;
        }

        call.Step.Move(
            (call.From, SubAccount.Available),
            (call.From, SubAccount.Stake),
            command.Amount,
            MovePhase.Direct,
            MoveReason.Staked);
        return Outcome.Applied;
    }

    /// <summary>Begins to free stake. What is listed or bid needs the minimum, so only the rest may go while a service
    /// is listed or a job runs.</summary>
    public static Outcome Withdraw(in Call call, WithdrawStake command)
    {
        ref readonly var sender = ref call.Sender;
        if (command.Amount.IsZero)
        {
            return Outcome.BadAmount;
        }

        if (sender.Stake < command.Amount)
        {
            return Outcome.InsufficientFunds;
        }

        var engaged = sender.OpenServices > 0 || sender.OpenBids > 0;
        if (engaged && sender.Stake - command.Amount < call.State.Parameters.MinimumStake)
        {
            return Outcome.InsufficientStake;
        }

        if (sender.OpenUnbondings >= call.State.Parameters.MaxOpenPerAccount)
        {
            return Outcome.TooManyOpen;
        }

        var id = call.State.Globals.LastUnbonding + 1;
        call.Step.Move(
            (call.From, SubAccount.Stake),
            (call.From, SubAccount.Unbonding),
            command.Amount,
            MovePhase.Pending,
            MoveReason.Unstaked,
            id);
        var due = call.State.Time + call.State.Parameters.Unbonding;
        call.Step.Emit(new UnbondingStarted(id, call.From, due.UnixMs, command.Amount));
        return Outcome.Applied;
    }

    /// <summary>An unbonding is due.</summary>
    public static void Finish(Step step, ulong id)
    {
        var unbonding = step.State.Unbondings[step.State.UnbondingIndex.Find(id)];
        step.Move(
            (unbonding.Account, SubAccount.Unbonding),
            (unbonding.Account, SubAccount.Available),
            unbonding.Amount,
            MovePhase.TimedOut,
            MoveReason.Unbonded,
            id);
        step.Emit(new UnbondingFinished(id, unbonding.Account));
    }
}
