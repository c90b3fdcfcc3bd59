using Aitbc.Primitives;

namespace Aitbc.Protocol.State;

/// <summary>What belongs to no single account.</summary>
public struct Globals
{
    /// <summary>Zero: the table's link.</summary>
    public int Unused;

    /// <summary>Term of the last entry.</summary>
    public uint Term;

    /// <summary>Sequence of the last entry; 0 before the first.</summary>
    public ulong Seq;

    /// <summary>Wall time of the last entry, ms.</summary>
    public long TimeMs;

    /// <summary>Time that the market has stood still, ms: market time = wall time - this.</summary>
    public long MarketOffsetMs;

    /// <summary>Wall time at which the market was stopped, ms; 0 while it runs.</summary>
    public long MarketStoppedAtMs;

    /// <summary>Counts stops of any scope.</summary>
    public ulong StopEpoch;

    /// <summary>Epoch of the last stop of the market.</summary>
    public ulong MarketFence;

    /// <summary>Epoch of the last stop of all.</summary>
    public ulong AllFence;

    /// <summary>Bit i: council member i agrees to release the market.</summary>
    public uint MarketReleaseVotes;

    /// <summary>Bit i: council member i agrees to release all.</summary>
    public uint AllReleaseVotes;

    /// <summary>1 while all is stopped.</summary>
    public byte AllStopped;

    /// <summary>1 while the market is stopped.</summary>
    public byte MarketIsStopped;

    /// <summary>Zero.</summary>
    public ushort Unused2;

    /// <summary>Beacon values revealed so far.</summary>
    public uint BeaconRound;

    /// <summary>The last beacon value, or the commitment of genesis or of the term.</summary>
    public Digest BeaconHead;

    /// <summary>Beacon values revealed before this term: what was not drawn then is drawn with a later one.</summary>
    public uint BeaconBase;

    /// <summary>Slot + 1 of the newest service that offers to validate; 0 is none.</summary>
    public int FirstValidating;

    /// <summary>Last id given to a motion or an override.</summary>
    public ulong LastDecision;

    /// <summary>Last workload id given.</summary>
    public ulong LastWorkload;

    /// <summary>Last service id given.</summary>
    public ulong LastService;

    /// <summary>Last unbonding id given.</summary>
    public ulong LastUnbonding;

    /// <summary>Last blob id given.</summary>
    public ulong LastBlob;

    /// <summary>The genesis file's digest.</summary>
    public Digest Genesis;

    /// <summary>All tokens there are.</summary>
    public TokenAmount Supply;
}
