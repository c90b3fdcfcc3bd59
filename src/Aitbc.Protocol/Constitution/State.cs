using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;

namespace Aitbc.Protocol.Constitution;

/// <summary>An agent's hard limits as the ledger keeps them. Source: the seed's AgentConstitution.Constraints, and
/// DESIGN.md section 6, check 5.</summary>
public struct ConstitutionRecord
{
    /// <summary>Bit <see cref="CommandKind"/>: the action is allowed. No bit, no action: default deny.</summary>
    public ulong AllowedActions;

    /// <summary>Bit h: may act in UTC hour h. All 24 bits: at any hour.</summary>
    public uint HoursUtc;

    /// <summary>Counterparties named; 0 means any.</summary>
    public int CounterpartyCount;

    /// <summary>Most value reserved or spent in a rolling 24 h, base units.</summary>
    public TokenAmount MaxDailyVolume;

    /// <summary>Most gas in a rolling 24 h, base units.</summary>
    public TokenAmount MaxGasPerDay;

    /// <summary>Most value of one action, base units.</summary>
    public TokenAmount MaxValuePerAction;

    /// <summary>For how long after a change of keys no value may leave, ms; 0 is no hold. Value leaves by transfer,
    /// deposit and unstaking, and, since a colluding party may take it, by posting and bidding.</summary>
    public long KeyChangeHoldMs;

    /// <summary>1 where every action with value needs a person's approval.</summary>
    public byte RequiresHumanApproval;

    /// <summary>Zero.</summary>
    public byte Unused1;

    /// <summary>Zero.</summary>
    public ushort Unused2;

    /// <summary>Counts the constitution's versions; starts at 1.</summary>
    public uint Version;

    /// <summary>Most base units staked at once.</summary>
    public TokenAmount MaxStake;

    /// <summary>The accounts that value may go to; used where <see cref="CounterpartyCount"/> is not 0.</summary>
    public AccountSet Counterparties;
}

/// <summary>
/// A rolling 24 h in 15-minute buckets that leave whole. The newest bucket stands in the record, older ones in a
/// list, so the common case touches nothing else.
/// </summary>
public struct RollingWindow
{
    /// <summary>Base units in all buckets held, also such as have left since the last write.</summary>
    public TokenAmount Total;

    /// <summary>Number of the newest bucket: time / 15 min.</summary>
    public int NewestBucket;

    /// <summary>Slot + 1 of the oldest listed bucket; 0 is none.</summary>
    public int OldestListed;

    /// <summary>Slot + 1 of the youngest listed bucket; 0 is none.</summary>
    public int YoungestListed;

    /// <summary>Number of the oldest listed bucket, so that its record is read only once it has left; 0 where none is
    /// listed.</summary>
    public int OldestBucket;

    /// <summary>Base units in the newest bucket.</summary>
    public TokenAmount Newest;
}

/// <summary>One bucket that is no longer the newest of its window.</summary>
public struct BucketRecord
{
    /// <summary>Slot + 1 of the next younger bucket; 0 ends the list.</summary>
    public int Younger;

    /// <summary>Bucket number.</summary>
    public int Bucket;

    /// <summary>Zero.</summary>
    public long Unused;

    /// <summary>Base units.</summary>
    public TokenAmount Amount;
}

/// <summary>Which rolling limit of an agent.</summary>
public enum LimitKind : byte
{
    /// <summary>maxDailyVolume.</summary>
    Volume = 0,

    /// <summary>maxGasPerDay.</summary>
    Gas = 1,
}
