using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Protocol.Staking;

/// <summary>Stake on its way to be free.</summary>
public struct UnbondingRecord
{
    /// <summary>Whose.</summary>
    public AccountNumber Account;

    /// <summary>Zero.</summary>
    public uint Unused;

    /// <summary>Counted, never reused: tells a due item's unbonding.</summary>
    public ulong Id;

    /// <summary>When it is free, wall time, ms.</summary>
    public long DueMs;

    /// <summary>Zero.</summary>
    public long Unused2;

    /// <summary>Base units.</summary>
    public TokenAmount Amount;
}
