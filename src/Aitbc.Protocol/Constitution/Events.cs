using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Constitution;

/// <summary>Value was reserved against an agent's daily volume, in the bucket of the entry's time.</summary>
/// <param name="Account">The agent's account.</param>
/// <param name="Amount">Base units.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct LimitReserved(AccountNumber Account, TokenAmount Amount) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.LimitReserved;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        var agent = state.Accounts[Account.Slot].Agent - 1;
        RollingLimits.Reserve(state, ref state.Agents.Write(agent).Volume, state.Globals.TimeMs, Amount);
    }
}

/// <summary>Value that was reserved and not spent went back into its own bucket.</summary>
/// <param name="Account">The agent's account.</param>
/// <param name="Bucket">The bucket it was reserved in.</param>
/// <param name="Amount">Base units.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct LimitReleased(AccountNumber Account, int Bucket, TokenAmount Amount) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.LimitReleased;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        var agent = state.Accounts[Account.Slot].Agent - 1;
        RollingLimits.Release(state, ref state.Agents.Write(agent).Volume, Bucket, Amount);
    }
}
