using Aitbc.Primitives;

namespace Aitbc.Protocol.Entries;

/// <summary>The closed list of what the node itself may put on the journal. The rules check each.</summary>
public enum SystemInputKind : byte
{
    /// <summary>Time passed; whatever is due is drained.</summary>
    Tick = 1,

    /// <summary>The node is back: market time stood still since the last entry.</summary>
    Resumed = 2,

    /// <summary>The next preimage of the beacon's hash chain.</summary>
    Beacon = 3,

    /// <summary>Openings of sealed bids that bidders gave the node.</summary>
    BidOpenings = 4,

    /// <summary>The node holds the bytes of a declared blob.</summary>
    BlobAvailable = 5,

    /// <summary>An agent's host is heard of again, or no longer.</summary>
    Liveness = 6,

    /// <summary>The monitor's verdict on an agent's command.</summary>
    MonitorVerdict = 7,

    /// <summary>From here on another version of the rules; not supported yet.</summary>
    Upgrade = 8,

    /// <summary>A new term begins: the journal goes on from a restored backup.</summary>
    TermBegan = 9,
}

/// <summary>An input of the node.</summary>
/// <param name="kind">Which.</param>
public abstract class SystemInput(SystemInputKind kind) : EntryBody
{
    /// <summary>Which.</summary>
    public SystemInputKind Kind { get; } = kind;
}

/// <summary>Time passed.</summary>
public sealed class Tick() : SystemInput(SystemInputKind.Tick)
{
}

/// <summary>The node is back.</summary>
public sealed class Resumed() : SystemInput(SystemInputKind.Resumed)
{
}

/// <summary>The journal goes on from a restored backup, under the term that the entry's header names. What the old term
/// revealed after the backup is known, so its beacon can draw nothing any more: the new term commits to another.
/// </summary>
/// <param name="beaconCommitment">Head of the new beacon's hash chain.</param>
public sealed class TermBegan(Digest beaconCommitment) : SystemInput(SystemInputKind.TermBegan)
{
    /// <summary>Head of the new beacon's hash chain.</summary>
    public Digest BeaconCommitment { get; } = beaconCommitment;
}

/// <summary>The next beacon value.</summary>
/// <param name="value">SHA-256 of it is the value before.</param>
public sealed class Beacon(Digest value) : SystemInput(SystemInputKind.Beacon)
{
    /// <summary>SHA-256 of it is the value before.</summary>
    public Digest Value { get; } = value;
}

/// <summary>One bid's opening.</summary>
/// <param name="Bidder">Whose bid.</param>
/// <param name="Price">Price asked, base units.</param>
/// <param name="ProposalHash">Digest of the proposal.</param>
/// <param name="Salt">What hid the price.</param>
public sealed record BidOpening(AccountId Bidder, TokenAmount Price, Digest ProposalHash, Digest Salt);

/// <summary>Openings for one workload, and the client's salt.</summary>
/// <param name="workload">Which.</param>
/// <param name="clientSalt">The salt whose hash the client committed to, or null where it was withheld.</param>
/// <param name="openings">0 to 64.</param>
public sealed class BidOpenings(WorkloadId workload, Digest? clientSalt, IReadOnlyList<BidOpening> openings)
    : SystemInput(SystemInputKind.BidOpenings)
{
    /// <summary>Which.</summary>
    public WorkloadId Workload { get; } = workload;

    /// <summary>The client's salt or null.</summary>
    public Digest? ClientSalt { get; } = clientSalt;

    /// <summary>The openings.</summary>
    public IReadOnlyList<BidOpening> Openings { get; } = openings;
}

/// <summary>An agent's host is heard of again, or no longer. Heartbeats stay off the journal, their change does not.
/// </summary>
/// <param name="agent">Whose.</param>
/// <param name="isLive">Whether it is heard of.</param>
public sealed class Liveness(AccountId agent, bool isLive) : SystemInput(SystemInputKind.Liveness)
{
    /// <summary>Whose.</summary>
    public AccountId Agent { get; } = agent;

    /// <summary>Whether it is heard of.</summary>
    public bool IsLive { get; } = isLive;
}

/// <summary>A declared blob's bytes have arrived and hash to its digest.</summary>
/// <param name="digest">Which.</param>
/// <param name="sizeBytes">How many bytes.</param>
/// <param name="holder">Who gave them, and so may read them; null where nobody says so.</param>
public sealed class BlobAvailable(Digest digest, ulong sizeBytes, AccountId? holder = null)
    : SystemInput(SystemInputKind.BlobAvailable)
{
    /// <summary>Who gave them, or null.</summary>
    public AccountId? Holder { get; } = holder;

    /// <summary>Which.</summary>
    public Digest Digest { get; } = digest;

    /// <summary>How many bytes.</summary>
    public ulong SizeBytes { get; } = sizeBytes;
}

/// <summary>What the monitor says of an agent's command.</summary>
public enum MonitorVerdictKind : byte
{
    /// <summary>The command waits for guardians.</summary>
    Park = 1,

    /// <summary>The agent may only shrink what it is exposed to, until its guardians release it.</summary>
    SafeMode = 2,

    /// <summary>Nothing follows: a monitor that only watches would have parked it.</summary>
    WouldPark = 3,

    /// <summary>Nothing follows: a monitor that only watches would have put the agent into safe mode.</summary>
    WouldSafeMode = 4,
}

/// <summary>The monitor found an agent's command unusual. The verdict stands on the journal before the command, so that
/// whoever replays it obeys the same.</summary>
/// <param name="agent">Whose.</param>
/// <param name="payload">Digest of the payload judged.</param>
/// <param name="verdict">What follows.</param>
/// <param name="detector">Which detector says so.</param>
/// <param name="observed">What it saw, in its own unit; base units for value.</param>
/// <param name="limit">What it takes for usual at most, in the same unit.</param>
public sealed class MonitorVerdict(
    AccountId agent,
    Digest payload,
    MonitorVerdictKind verdict,
    Label detector,
    TokenAmount observed,
    TokenAmount limit) : SystemInput(SystemInputKind.MonitorVerdict)
{
    /// <summary>Whose.</summary>
    public AccountId Agent { get; } = agent;

    /// <summary>Digest of the payload judged.</summary>
    public Digest Payload { get; } = payload;

    /// <summary>What follows.</summary>
    public MonitorVerdictKind Verdict { get; } = verdict;

    /// <summary>Which detector says so.</summary>
    public Label Detector { get; } = detector;

    /// <summary>What it saw.</summary>
    public TokenAmount Observed { get; } = observed;

    /// <summary>What it takes for usual at most.</summary>
    public TokenAmount Limit { get; } = limit;
}
