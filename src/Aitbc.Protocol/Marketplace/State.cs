using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Protocol.Marketplace;

/// <summary>A service that an agent offers. Source: the seed's ServiceOffer.</summary>
public struct ServiceRecord
{
    /// <summary>Who offers it.</summary>
    public AccountNumber Provider;

    /// <summary>Most jobs at once.</summary>
    public uint MaxCapacity;

    /// <summary>Its id; counted, never reused.</summary>
    public ServiceId Id;

    /// <summary>The global stop epoch when it was listed or last updated; older than its owner's fence, it is dead.
    /// </summary>
    public ulong Epoch;

    /// <summary>Jobs awarded and not finished; kept by the ledger.</summary>
    public uint CurrentLoad;

    /// <summary>Below this delivered quality (ppm) a job is a fault.</summary>
    public uint MinAccuracyPpm;

    /// <summary>Asking price of one unit, base units; a statement, jobs are priced by auction.</summary>
    public TokenAmount PricePerUnit;

    /// <summary>Its name.</summary>
    public Label Name;

    /// <summary>What it does.</summary>
    public Label Capability;

    /// <summary>Digest of the model it runs; zero where there is none.</summary>
    public Digest ModelHash;

    /// <summary>Digest of the JSON Schema of its inputs; zero where there is none.</summary>
    public Digest InputSchema;

    /// <summary>What it was paid for jobs that were settled without fault, base units; fees of a validator count. Stops
    /// at the largest amount there is.</summary>
    public TokenAmount ValueSettled;

    /// <summary>What clients would have paid at most for jobs that ended by its fault, base units; likewise.</summary>
    public TokenAmount ValueFaulted;

    /// <summary>Jobs settled without fault.</summary>
    public uint JobsSettled;

    /// <summary>Jobs that ended by its fault.</summary>
    public uint JobsFaulted;

    /// <summary>Slot + 1 of the next older service that offers to validate; 0 ends the list.</summary>
    public int NextValidating;

    /// <summary>Zero.</summary>
    public int Unused;

    /// <summary>Counts a job that was settled.</summary>
    internal void Settle(TokenAmount paid) =>
        (JobsSettled, ValueSettled) = (JobsSettled + 1, AtMostAll(ValueSettled, paid));

    /// <summary>Counts a job that ended by fault.</summary>
    internal void Fault(TokenAmount lost) =>
        (JobsFaulted, ValueFaulted) = (JobsFaulted + 1, AtMostAll(ValueFaulted, lost));

    private static TokenAmount AtMostAll(TokenAmount sum, TokenAmount more) =>
        sum + TokenAmount.Min(more, TokenAmount.MaxSupply - sum);
}

/// <summary>Where a workload stands. Finished ones leave the state.</summary>
public enum WorkloadPhase : byte
{
    /// <summary>Posted, no bid yet.</summary>
    Open = 1,

    /// <summary>At least one sealed bid.</summary>
    Bidding = 2,

    /// <summary>Closed; bids are being opened.</summary>
    Opening = 3,

    /// <summary>Awarded; the provider has not started.</summary>
    Awarded = 4,

    /// <summary>The provider has started.</summary>
    Running = 5,

    /// <summary>The result is in; the client may accept, and silence pays.</summary>
    Submitted = 6,

    /// <summary>The provider is bound to a result that it has not shown; validators are to be drawn.</summary>
    Sealed = 7,

    /// <summary>Validators are drawn, do the work themselves and commit to what they find.</summary>
    Committing = 8,

    /// <summary>The provider shows its result.</summary>
    Revealing = 9,

    /// <summary>The result is in; validators give their verdicts.</summary>
    Judging = 10,
}

/// <summary>Why a workload ended as it did.</summary>
public enum WorkloadEnding : byte
{
    /// <summary>The client accepted.</summary>
    Accepted = 1,

    /// <summary>The client was silent until the deadline; delivered work is paid.</summary>
    ClientSilent = 2,

    /// <summary>The client cancelled before the close.</summary>
    Cancelled = 3,

    /// <summary>Nobody bid.</summary>
    NoBids = 4,

    /// <summary>No bid that was opened can take the job.</summary>
    NoEligibleBid = 5,

    /// <summary>The client was stopped before the award.</summary>
    ClientStopped = 6,

    /// <summary>The provider delivered nothing in time: the client has its money back and the job bond.</summary>
    ProviderMissing = 7,

    /// <summary>The provider delivered below what was promised: the client has its money back and the job bond.
    /// </summary>
    BelowQuality = 8,

    /// <summary>Enough validators found the result right: the provider is paid.</summary>
    Verified = 9,

    /// <summary>Enough validators found it wrong: the client has its money back and the job bond.</summary>
    Refuted = 10,

    /// <summary>Too few validators said anything: client and provider have their own back, and the provider the bonds
    /// of those who were silent.</summary>
    Unverified = 11,
}

/// <summary>Questions asked of a <see cref="WorkloadEnding"/>.</summary>
public static class WorkloadEndings
{
    /// <summary>Whether the provider was paid.</summary>
    public static bool IsPaid(this WorkloadEnding ending) =>
        ending is WorkloadEnding.Accepted or WorkloadEnding.ClientSilent or WorkloadEnding.Verified;

    /// <summary>Whether the provider was at fault and lost its job bond.</summary>
    public static bool IsProviderFault(this WorkloadEnding ending) =>
        ending is WorkloadEnding.ProviderMissing or WorkloadEnding.BelowQuality or WorkloadEnding.Refuted;
}

/// <summary>How a result is checked. Only what is built can be chosen.</summary>
public enum VerificationMode : byte
{
    /// <summary>Not at all: the client sees the result and may only be silent or accept.</summary>
    None = 0,

    /// <summary>Of n validators that are drawn, k equal verdicts decide.</summary>
    KOfN = 1,
}

/// <summary>One workload from posting to settlement.</summary>
public struct WorkloadRecord
{
    /// <summary>Slot + 1 of the newest bid; 0 is none.</summary>
    public int FirstBid;

    /// <summary>Who pays.</summary>
    public AccountNumber Client;

    /// <summary>Counted, never reused.</summary>
    public WorkloadId Id;

    /// <summary>The present phase's deadline on market time, ms.</summary>
    public long DeadlineMs;

    /// <summary>Stop epoch of the payload that posted it.</summary>
    public ulong Epoch;

    /// <summary>Wall time of posting, ms.</summary>
    public long PostedAtMs;

    /// <summary>Wall time of award, ms; 0 before.</summary>
    public long AwardedAtMs;

    /// <summary>Wall time of submission, ms; 0 before.</summary>
    public long SubmittedAtMs;

    /// <summary>Entry that submitted the result; 0 before.</summary>
    public ulong SubmittedSeq;

    /// <summary>What the client pays at most; in escrow until settled.</summary>
    public TokenAmount MaxPrice;

    /// <summary>What the award costs the client.</summary>
    public TokenAmount Price;

    /// <summary>What each bidder pledges to do the job.</summary>
    public TokenAmount JobBond;

    /// <summary>What each bidder pledges to open its bid.</summary>
    public TokenAmount BidBond;

    /// <summary>What is needed.</summary>
    public Label Capability;

    /// <summary>Digest of the input blob.</summary>
    public Digest Input;

    /// <summary>Digest of the specification blob.</summary>
    public Digest Spec;

    /// <summary>Commitment to the client's salt.</summary>
    public Digest SaltHash;

    /// <summary>The salt, revealed after the close; zero before or where withheld.</summary>
    public Digest Salt;

    /// <summary>Digest of the result blob; zero before.</summary>
    public Digest Result;

    /// <summary>Units of work the client counts (rows, say).</summary>
    public uint Units;

    /// <summary>Least quality, ppm; 0 asks none.</summary>
    public uint MinQualityPpm;

    /// <summary>Quality that the provider declared with the result, ppm.</summary>
    public uint QualityPpm;

    /// <summary>How long bids are taken, ms of market time.</summary>
    public uint BidWindowMs;

    /// <summary>How long openings are taken, ms of market time.</summary>
    public uint OpenWindowMs;

    /// <summary>How long the provider has, ms of market time.</summary>
    public uint WorkWindowMs;

    /// <summary>How long the client has to accept, ms of market time.</summary>
    public uint AcceptWindowMs;

    /// <summary>Volume bucket in which the client's exposure was reserved.</summary>
    public int ReservedBucket;

    /// <summary>Slot of the bid that won; only from the award on.</summary>
    public int WinningBid;

    /// <summary>Beacon round at the close; a tie is drawn with a later one.</summary>
    public uint ClosedRound;

    /// <summary>Bids placed.</summary>
    public ushort BidCount;

    /// <summary>Phase.</summary>
    public WorkloadPhase Phase;

    /// <summary>Verification mode.</summary>
    public VerificationMode Mode;

    /// <summary>1 once the salt was revealed.</summary>
    public byte SaltRevealed;

    /// <summary>How often the award has waited for a beacon value.</summary>
    public byte Postponed;

    /// <summary>Zero.</summary>
    public ushort Unused2;

    /// <summary>Slot + 1 of what is asked of validators; 0 is nothing.</summary>
    public int Validation;

    /// <summary>Zero.</summary>
    public int Unused3;

    /// <summary>Zero.</summary>
    public ulong Unused4;
}

/// <summary>One sealed bid.</summary>
public struct BidRecord
{
    /// <summary>Slot + 1 of the workload's next older bid; 0 ends the list.</summary>
    public int NextBid;

    /// <summary>Who bids.</summary>
    public AccountNumber Bidder;

    /// <summary>Volume bucket in which the bonds were reserved.</summary>
    public int ReservedBucket;

    /// <summary>1 once opened.</summary>
    public uint Opened;

    /// <summary>The service that would do it.</summary>
    public ServiceId ServiceId;

    /// <summary>Stop epoch of the payload that placed it.</summary>
    public ulong Epoch;

    /// <summary>SHA-256(domain, workload, bidder, price, proposal hash, salt).</summary>
    public Digest Commitment;

    /// <summary>Digest of the proposal; zero until opened.</summary>
    public Digest ProposalHash;

    /// <summary>Price asked; zero until opened.</summary>
    public TokenAmount Price;
}
