using System.Runtime.CompilerServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Protocol.Verification;

/// <summary>How far a drawn validator is.</summary>
public enum SeatState : uint
{
    /// <summary>Drawn; has committed to nothing yet.</summary>
    Drawn = 1,

    /// <summary>Bound to what it found.</summary>
    Committed = 2,

    /// <summary>Its output agrees with the result.</summary>
    Agreed = 3,

    /// <summary>Its output does not.</summary>
    Disagreed = 4,
}

/// <summary>One validator of one workload.</summary>
public struct SeatRecord
{
    /// <summary>What it committed to; zero before.</summary>
    public Digest Commitment;

    /// <summary>The service by which it was drawn.</summary>
    public ServiceId Service;

    /// <summary>Who.</summary>
    public AccountNumber Validator;

    /// <summary>Volume bucket in which its bond was reserved.</summary>
    public int ReservedBucket;

    /// <summary>How far it is.</summary>
    public SeatState State;

    /// <summary>Zero.</summary>
    public uint Unused;
}

/// <summary>Up to eight validators.</summary>
[InlineArray(Length)]
public struct Seats
{
    /// <summary>Most validators of a workload.</summary>
    public const int Length = 8;

    private SeatRecord first;
}

/// <summary>How one workload's result is checked by validators; there while the workload is.</summary>
public struct ValidationRecord
{
    /// <summary>What each validator whose verdict counts is paid, base units.</summary>
    public TokenAmount Fee;

    /// <summary>The provider's commitment to its result; zero before.</summary>
    public Digest Seal;

    /// <summary>Of which workload.</summary>
    public WorkloadId Workload;

    /// <summary>The last service listed when the work was awarded: later ones are not drawn. Not when it was sealed,
    /// for the node has the seal before it journals it, and could list identities that its draw falls to.</summary>
    public ulong LastService;

    /// <summary>Entry of the seal: who was gone by then is not drawn, also where it is said to be back since.</summary>
    public ulong SealedAtSeq;

    /// <summary>By how much outputs may differ, ppm.</summary>
    public uint TolerancePpm;

    /// <summary>Time to commit, ms of market time.</summary>
    public uint CommitWindowMs;

    /// <summary>Time to reveal, ms of market time.</summary>
    public uint RevealWindowMs;

    /// <summary>Beacon round at the seal; validators are drawn with a later one.</summary>
    public uint SealedRound;

    /// <summary>k.</summary>
    public byte Needed;

    /// <summary>n.</summary>
    public byte Asked;

    /// <summary>Validators drawn so far: none, or n.</summary>
    public byte Drawn;

    /// <summary>How often the draw has waited.</summary>
    public byte Postponed;

    /// <summary>Zero.</summary>
    public uint Unused;

    /// <summary>The validators.</summary>
    public Seats Seats;
}
