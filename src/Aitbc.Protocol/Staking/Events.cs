using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Staking;

/// <summary>Stake began to unbond.</summary>
/// <param name="Id">The unbonding's id.</param>
/// <param name="Account">Whose.</param>
/// <param name="DueMs">When it is free, wall time, ms.</param>
/// <param name="Amount">Base units.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct UnbondingStarted(ulong Id, AccountNumber Account, long DueMs, TokenAmount Amount)
    : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.UnbondingStarted;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var unbonding = ref state.Unbondings.Add(out var slot);
        unbonding.Id = Id;
        unbonding.Account = Account;
        unbonding.DueMs = DueMs;
        unbonding.Amount = Amount;
        state.GlobalTable.Write(0).LastUnbonding = Id;
        state.Accounts.Write(Account.Slot).OpenUnbondings++;
        state.UnbondingIndex.Add(Id, slot);
        state.WallDue.Push(DueMs, DueKind.Unbonding, Id);
    }
}

/// <summary>Stake is free again; the movement stands beside it.</summary>
/// <param name="Id">The unbonding's id.</param>
/// <param name="Account">Whose.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct UnbondingFinished(ulong Id, AccountNumber Account) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.UnbondingFinished;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        state.Unbondings.Free(state.UnbondingIndex.Find(Id));
        state.UnbondingIndex.Remove(Id);
        state.Accounts.Write(Account.Slot).OpenUnbondings--;
    }
}
