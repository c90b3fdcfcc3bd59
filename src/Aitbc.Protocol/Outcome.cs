namespace Aitbc.Protocol;

/// <summary>
/// What became of an entry, in order of precedence: where several refusals apply, the lowest number is the one that is
/// named. Numbers are on the wire of receipts and journals and never change meaning.
/// </summary>
/// <remarks>
/// 1 to 99 are inadmissible: not journalled, free, nonce kept. 100 and above are refused later: journalled, base gas
/// paid, nonce used, nothing else changed; <see cref="Parked"/> alone is no refusal. Source: DESIGN.md sections 5 and
/// 6.
/// </remarks>
public enum Outcome : ushort
{
    /// <summary>The entry took effect.</summary>
    Applied = 0,

    /// <summary>The bytes are no payload of this protocol: wrong JSON, unknown or missing fields, numbers out of
    /// range, too large, too deep, no commands or too many, or commands of guardians or council mixed with others.
    /// </summary>
    Malformed = 1,

    /// <summary>The command or system input is known to the design but not built yet (HTTP 501).</summary>
    NotSupported = 2,

    /// <summary>The payload names another chain.</summary>
    WrongChain = 3,

    /// <summary>The sender has no account here.</summary>
    UnknownAccount = 4,

    /// <summary>The proof is missing, malformed, of a kind that this chain or this key does not make, the signature is
    /// wrong, or a passkey gave it at another origin than its own.</summary>
    BadProof = 5,

    /// <summary>The signing key is not (or no longer) one of the sender's keys.</summary>
    KeyNotPresent = 6,

    /// <summary>The lane is outside 0 to 7.</summary>
    LaneOutOfRange = 7,

    /// <summary>The nonce was used by another payload, or so long ago that its outcome is no longer kept.</summary>
    NonceUsed = 8,

    /// <summary>The nonce leaves a gap: an earlier one of this lane has not been used.</summary>
    NonceGap = 9,

    /// <summary>The payload's <c>validUntil</c> has passed.</summary>
    Expired = 10,

    /// <summary><c>validUntil</c> lies further ahead than the chain allows.</summary>
    ValidTooFar = 11,

    /// <summary>The account sends faster than the chain allows.</summary>
    RateLimited = 12,

    /// <summary>The account cannot pay the gas.</summary>
    NoGasMoney = 13,

    /// <summary>The gas would pass the constitution's <c>maxGasPerDay</c>.</summary>
    GasLimit = 14,

    /// <summary>A stop is in force: of the agent, of the market or of all.</summary>
    Stopped = 15,

    /// <summary>The payload was made before the last stop of its scope, so it is dead, also after the release.
    /// </summary>
    StaleEpoch = 16,

    /// <summary>The payload names an epoch that has not begun.</summary>
    EpochAhead = 17,

    /// <summary>The agent is retired.</summary>
    Retired = 18,

    /// <summary>A system input does not fit the state (wrong preimage, wrong time, unknown subject).</summary>
    InputRejected = 19,

    /// <summary>Something is due at or before the entry's time: a tick must come first. The sequencer sees to it.
    /// Stands outside the order: nothing about the entry has been looked at yet.</summary>
    DueFirst = 20,

    /// <summary>The agent is in safe mode: it may only shrink what it is exposed to, until its guardians release it.
    /// </summary>
    SafeMode = 100,

    /// <summary>A guardian's override denies this action.</summary>
    DeniedByOverride = 101,

    /// <summary>The value of one action would pass the constitution's <c>maxValuePerAction</c>, or a rule's amount.
    /// </summary>
    ValueLimit = 102,

    /// <summary>The constitution's <c>maxDailyVolume</c> would be passed in a rolling 24 hours.</summary>
    VolumeLimit = 103,

    /// <summary>The stake would pass the constitution's <c>maxStake</c>.</summary>
    StakeLimit = 104,

    /// <summary>The constitution names the counterparties, and this is none of them; or a rule forbids this one.
    /// </summary>
    CounterpartyNotAllowed = 105,

    /// <summary>The constitution, or a rule, does not let the agent act at this hour (UTC).</summary>
    OutsideHours = 106,

    /// <summary>Money may not leave so soon after a change of keys.</summary>
    KeyChangeHold = 107,

    /// <summary>A rule forbids this action; no override lifts it.</summary>
    ActionDenied = 108,

    /// <summary>A rule's limit over its window, of value or of acts, would be passed.</summary>
    WindowLimit = 109,

    /// <summary>A rule does not let this action follow another so soon.</summary>
    SequenceHold = 110,

    /// <summary>A rule asks for a better record of the counterparty.</summary>
    CounterpartyRecord = 111,

    /// <summary>The constitution's <c>allowedActions</c> does not name this action.</summary>
    ActionNotAllowed = 112,

    /// <summary>The command needs a person's approval and cannot wait for one: as many as may wait already do, or the
    /// payload has more than 64 commands.</summary>
    ApprovalNeeded = 113,

    /// <summary>The sender may not do this: not the owner, guardian, council, client, provider or bidder that the
    /// command needs.</summary>
    NotAuthorised = 120,

    /// <summary>The account that the command names does not exist.</summary>
    NoSuchAccount = 121,

    /// <summary>An account with this key exists already.</summary>
    AccountExists = 122,

    /// <summary>The key did not sign its possession proof, the proof is for another sponsor or chain, or a passkey's
    /// assertion is not one that is taken.</summary>
    BadPossession = 123,

    /// <summary>The account has as many keys as the protocol allows, or the key is one of its keys already.</summary>
    KeySetFull = 124,

    /// <summary>The key is not one of the account's, or it is the last one.</summary>
    NoSuchKey = 125,

    /// <summary>The agent that the command names does not exist.</summary>
    NoSuchAgent = 126,

    /// <summary>The constitution contradicts itself, is empty or exceeds the protocol's sizes.</summary>
    BadConstitution = 127,

    /// <summary>The guardians are missing, doubled, not people, or the threshold does not fit their number.</summary>
    BadGuardians = 128,

    /// <summary>The agent still has stake, bonds, escrow, services or jobs, or it is stopped or in safe mode and not
    /// released.</summary>
    StillEngaged = 129,

    /// <summary>There is no such stop to release, or this guardian's release is counted already.</summary>
    NothingToRelease = 130,

    /// <summary>No such command waits for approval: it never did, or it has ended.</summary>
    NoSuchApproval = 131,

    /// <summary>The payload that the guardian approves is not the one that waits.</summary>
    ApprovalMismatch = 132,

    /// <summary>There is no such motion, or it has ended.</summary>
    NoSuchMotion = 133,

    /// <summary>There is no such override, or it has ended.</summary>
    NoSuchOverride = 134,

    /// <summary>This guardian has said so already.</summary>
    AlreadySaid = 135,

    /// <summary>The amount is zero, or the payer and the payee are the same.</summary>
    BadAmount = 140,

    /// <summary>The available balance does not cover the amount.</summary>
    InsufficientFunds = 141,

    /// <summary>The stake is below the minimum that this action needs.</summary>
    InsufficientStake = 142,

    /// <summary>The account has as many unbondings, services, workloads, bids, motions or denials open as the protocol
    /// allows, or the agent as many overrides.</summary>
    TooManyOpen = 143,

    /// <summary>The blob is not declared, not yet available, or its rent has run out or will before the work ends.
    /// </summary>
    BlobMissing = 150,

    /// <summary>The blob is declared already, with as many bytes or more, or its bytes are there.</summary>
    BlobExists = 151,

    /// <summary>The blob is larger, or its rent longer, than the chain allows.</summary>
    BlobTooLarge = 152,

    /// <summary>The service does not exist, is not the sender's, or is delisted.</summary>
    NoSuchService = 160,

    /// <summary>The service still has work running.</summary>
    ServiceBusy = 161,

    /// <summary>A service's or workload's terms are out of the chain's range.</summary>
    BadTerms = 162,

    /// <summary>The workload does not exist, or has left the state.</summary>
    NoSuchWorkload = 170,

    /// <summary>The workload is in another phase than the command needs.</summary>
    WrongPhase = 171,

    /// <summary>The sender has bid on this workload already.</summary>
    AlreadyBid = 172,

    /// <summary>The service does not offer what the workload asks for.</summary>
    CapabilityMismatch = 173,

    /// <summary>The client may not bid on its own workload, nor may an agent of the same owner.</summary>
    OwnWorkload = 174,

    /// <summary>There is no such bid.</summary>
    NoSuchBid = 175,

    /// <summary>The opening is not what was committed to.</summary>
    CommitmentMismatch = 176,

    /// <summary>The bid was opened already.</summary>
    AlreadyOpened = 177,

    /// <summary>The bid's price is zero or above the client's maximum.</summary>
    PriceOutOfRange = 178,

    /// <summary>The validator has committed, or given its verdict, already.</summary>
    VerdictGiven = 179,

    /// <summary>The verdict contradicts its output: the same bytes disagree, or other bytes agree where no tolerance
    /// was stated.</summary>
    VerdictContradicted = 180,

    /// <summary>Fewer validators than asked for could be drawn now.</summary>
    TooFewValidators = 181,

    /// <summary>Not refused and not done yet: the command waits for its guardians' approval, its money and limits
    /// reserved. What becomes of it is told by the event that ends the approval.</summary>
    Parked = 200,
}

/// <summary>Questions asked of an <see cref="Outcome"/>.</summary>
public static class OutcomeExtensions
{
    /// <summary>Whether the entry is journalled: it took effect, or was refused after admission.</summary>
    public static bool IsJournalled(this Outcome outcome) => outcome is Outcome.Applied or >= (Outcome)100;

    /// <summary>Whether the entry was turned away at admission: free, nonce kept, not journalled.</summary>
    public static bool IsInadmissible(this Outcome outcome) => outcome is > Outcome.Applied and < (Outcome)100;
}
