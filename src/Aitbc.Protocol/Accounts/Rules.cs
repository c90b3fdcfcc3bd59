using Aitbc.Primitives;
using Aitbc.Protocol.Rules;

namespace Aitbc.Protocol.Accounts;

/// <summary>Transfers between accounts.</summary>
internal static class AccountRules
{
    /// <summary>Moves available tokens to another account.</summary>
    public static Outcome Transfer(in Call call, Transfer command, in Exposure exposure)
    {
        if (exposure.Counterparty < 0)
        {
            return Outcome.NoSuchAccount;
        }

        if (command.Amount.IsZero || exposure.Counterparty == call.From.Slot)
        {
            return Outcome.BadAmount;
        }

        if (!call.CanPay(command.Amount))
        {
            return Outcome.InsufficientFunds;
        }

        call.Step.Move(
            (call.From, SubAccount.Available),
            (new AccountNumber((uint)exposure.Counterparty), SubAccount.Available),
            command.Amount,
            MovePhase.Direct,
            MoveReason.Transfer);
        return Outcome.Applied;
    }
}
