using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Rules;

/// <summary>Who asks, and what the payload's gas keeps off the balance while its commands are decided.</summary>
internal readonly ref struct Call(Step step, AccountNumber from, TokenAmount gas, ulong epoch)
{
    /// <summary>Where events go.</summary>
    public Step Step { get; } = step;

    /// <summary>The sender.</summary>
    public AccountNumber From { get; } = from;

    /// <summary>The stop epoch that the payload was made in.</summary>
    public ulong Epoch { get; } = epoch;

    /// <summary>The state as the payload's commands before this one have left it.</summary>
    public LedgerState State => Step.State;

    /// <summary>The sender's record.</summary>
    public ref readonly AccountRecord Sender => ref State.Accounts[From.Slot];

    /// <summary>Whether the sender can pay an amount and the payload's gas. Subtracts, for the amount is whatever the
    /// sender wrote, and a sum with it may leave the range.</summary>
    public bool CanPay(TokenAmount amount) => Sender.Available >= gas && Sender.Available - gas >= amount;
}
