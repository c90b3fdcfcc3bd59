using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Events;

/// <summary>The closed list of what can happen. Numbers are in journals and never change meaning.</summary>
public enum EventKind : ushort
{
    /// <summary>A payload was handled: nonce, gas, outcome.</summary>
    CommandHandled = 1,

    /// <summary>An amount moved between sub-accounts.</summary>
    Moved = 2,

    /// <summary>Value was reserved in an agent's rolling limit.</summary>
    LimitReserved = 3,

    /// <summary>Reserved value went back into its own bucket.</summary>
    LimitReleased = 4,

    /// <summary>An account was opened.</summary>
    AccountOpened = 5,

    /// <summary>An agent was registered.</summary>
    AgentRegistered = 6,

    /// <summary>A key was added.</summary>
    KeyAdded = 7,

    /// <summary>A key was revoked.</summary>
    KeyRevoked = 8,

    /// <summary>An agent was retired.</summary>
    AgentRetired = 9,

    /// <summary>Stake began to unbond.</summary>
    UnbondingStarted = 10,

    /// <summary>Stake is free again.</summary>
    UnbondingFinished = 11,

    /// <summary>An agent was stopped.</summary>
    AgentStopped = 12,

    /// <summary>A guardian agreed to a release.</summary>
    ReleaseApproved = 13,

    /// <summary>An agent was released.</summary>
    AgentReleased = 14,

    /// <summary>The market, or all, was stopped.</summary>
    MarketStopped = 15,

    /// <summary>A member of the council agreed to a release.</summary>
    MarketReleaseApproved = 16,

    /// <summary>The market, or all, was released.</summary>
    MarketReleased = 17,

    /// <summary>The node is back; market time stood still.</summary>
    Resumed = 18,

    /// <summary>A beacon value was revealed.</summary>
    BeaconRevealed = 19,

    /// <summary>A new term began.</summary>
    TermBegan = 20,

    /// <summary>A blob was declared.</summary>
    BlobDeclared = 21,

    /// <summary>A blob's bytes arrived.</summary>
    BlobArrived = 22,

    /// <summary>A blob's rent ran out.</summary>
    BlobExpired = 23,

    /// <summary>A service was listed.</summary>
    ServiceListed = 24,

    /// <summary>A service's terms changed.</summary>
    ServiceUpdated = 25,

    /// <summary>A service was delisted.</summary>
    ServiceDelisted = 26,

    /// <summary>A workload was posted.</summary>
    WorkloadPosted = 27,

    /// <summary>A sealed bid was placed.</summary>
    BidPlaced = 28,

    /// <summary>Bidding closed.</summary>
    BiddingClosed = 29,

    /// <summary>The client's salt was revealed.</summary>
    SaltRevealed = 30,

    /// <summary>A bid was opened.</summary>
    BidOpened = 31,

    /// <summary>A bid ended: lost, or forfeited its bond.</summary>
    BidReleased = 32,

    /// <summary>The award waits for a beacon value.</summary>
    AwardPostponed = 33,

    /// <summary>A workload was awarded.</summary>
    WorkloadAwarded = 34,

    /// <summary>The provider started.</summary>
    WorkStarted = 35,

    /// <summary>The provider delivered.</summary>
    WorkSubmitted = 36,

    /// <summary>A workload ended, paid or not.</summary>
    WorkloadEnded = 37,

    /// <summary>The chain began: its genesis.</summary>
    GenesisApplied = 38,

    /// <summary>A workload is to be checked by validators.</summary>
    ValidationAsked = 39,

    /// <summary>The provider is bound to a result that it has not shown.</summary>
    WorkSealed = 40,

    /// <summary>The draw of validators waits.</summary>
    DrawPostponed = 41,

    /// <summary>A validator was drawn.</summary>
    ValidatorDrawn = 42,

    /// <summary>The drawn validators may commit.</summary>
    CommitmentsOpened = 43,

    /// <summary>A validator is bound to what it found.</summary>
    VerdictCommitted = 44,

    /// <summary>Nobody can commit any more.</summary>
    CommitmentsClosed = 45,

    /// <summary>A validator gave its verdict.</summary>
    VerdictGiven = 46,

    /// <summary>A validator is free again.</summary>
    ValidatorReleased = 47,

    /// <summary>An agent's host is heard of again, or no longer.</summary>
    LivenessChanged = 48,

    /// <summary>A rule of a constitution was written.</summary>
    RuleWritten = 49,

    /// <summary>A constitution is in force.</summary>
    ConstitutionAdopted = 50,

    /// <summary>Something was put to an agent's guardians.</summary>
    MotionProposed = 51,

    /// <summary>A guardian agreed to a motion, or rejected it.</summary>
    MotionVoted = 52,

    /// <summary>A motion ended.</summary>
    MotionEnded = 53,

    /// <summary>An agent has other guardians.</summary>
    GuardiansChanged = 54,

    /// <summary>An override is in force.</summary>
    OverrideBegan = 55,

    /// <summary>An allowance let something pass.</summary>
    OverrideUsed = 56,

    /// <summary>An override ended.</summary>
    OverrideEnded = 57,

    /// <summary>A payload waits for approval.</summary>
    CommandParked = 58,

    /// <summary>A parked payload reserves value.</summary>
    ParkedReserved = 59,

    /// <summary>A guardian approved.</summary>
    ApprovalGiven = 60,

    /// <summary>An approval ended.</summary>
    ApprovalEnded = 61,

    /// <summary>What became of an approved payload.</summary>
    ParkedHandled = 62,

    /// <summary>The monitor found a payload unusual.</summary>
    MonitorJudged = 63,

    /// <summary>A key is a passkey, bound to one origin.</summary>
    PasskeyBound = 64,
}

/// <summary>
/// What an event is: fixed-size bytes that hold all that is needed to carry the state on. Only events change the
/// state, and each knows alone how.
/// </summary>
internal interface ILedgerEvent
{
    /// <summary>Its kind.</summary>
    static abstract EventKind Kind { get; }

    /// <summary>Carries the state on. Cannot fail: the rules have checked before.</summary>
    void ApplyTo(LedgerState state);
}
