using Aitbc.Protocol;

namespace Aitbc.Infrastructure.Explanation;

/// <summary>The rule behind each outcome that is journalled, as the end of a sentence that begins with "refused: ".
/// </summary>
internal static class RuleWords
{
    /// <summary>The rule.</summary>
    public static string Of(Outcome outcome) => OfConstitution(outcome) ?? OfAccounts(outcome) ?? OfMarket(outcome)
        ?? PlainWords.Of(outcome);

    private static string? OfConstitution(Outcome outcome) => outcome switch
    {
        Outcome.ValueLimit => "the constitution's maxValuePerAction bounds the value of one action",
        Outcome.VolumeLimit => "the constitution's maxDailyVolume bounds what an agent spends or reserves in any 24"
            + " hours",
        Outcome.StakeLimit => "the constitution's maxStake bounds the stake",
        Outcome.SafeMode => "an agent in safe mode takes on nothing new until enough of its guardians release it",
        Outcome.DeniedByOverride => "a guardian or the owner denied the agent this action for a time",
        Outcome.CounterpartyNotAllowed => "the constitution says whom value may go to, and not to this account",
        Outcome.OutsideHours => "the constitution names the hours (UTC) at which the agent may act",
        Outcome.ActionDenied => "a rule of the constitution forbids the action, and no override lifts it",
        Outcome.WindowLimit => "a rule of the constitution bounds the value or the number of acts in its window",
        Outcome.SequenceHold => "a rule of the constitution does not let the action follow another so soon",
        Outcome.CounterpartyRecord => "a rule of the constitution asks for a better record of whom value goes to",
        Outcome.KeyChangeHold => "the constitution holds value back for a while after a change of keys",
        Outcome.ActionNotAllowed => "the constitution's allowedActions does not name this action",
        Outcome.ApprovalNeeded => "a person must approve it, and it cannot wait: 16 payloads of an agent may, of up to"
            + " 64 commands each",
        _ => null,
    };

    private static string? OfAccounts(Outcome outcome) => outcome switch
    {
        Outcome.NotAuthorised => "only the owner, guardian, council, client, provider or bidder concerned may do this",
        Outcome.NoSuchAccount => "the account named does not exist",
        Outcome.AccountExists => "an account with this key exists already",
        Outcome.BadPossession => "a new key must sign that its holder brings it to this chain under this sender",
        Outcome.KeySetFull => "the account has as many keys as there may be, or has this one already",
        Outcome.NoSuchKey => "the key is none of the account's, or its last one",
        Outcome.NoSuchAgent => "the agent named does not exist",
        Outcome.BadConstitution => "a constitution must allow something, not contradict itself, and fit the chain's"
            + " sizes",
        Outcome.BadGuardians => "guardians are 1 to 8 different people, and no more of them release than there are",
        Outcome.StillEngaged => "the agent still has stake, bonds, escrow, services or jobs, or it is held and its"
            + " guardians have not released it",
        Outcome.NothingToRelease => "there is no such stop, or this release is counted already",
        Outcome.NoSuchApproval => "nothing of this id waits for approval; it may have ended already",
        Outcome.ApprovalMismatch => "a guardian approves the very bytes that wait, and these are others",
        Outcome.NoSuchMotion => "nothing of this id is put to the guardians; it may have ended already",
        Outcome.NoSuchOverride => "no override of this id is in force; it may have ended already",
        Outcome.AlreadySaid => "a guardian speaks once on each side of a question",
        Outcome.Parked => "it waits for its guardians' approval",
        Outcome.BadAmount => "the amount is zero, or goes from an account to itself",
        Outcome.InsufficientFunds => "the available balance must cover the amount and the gas",
        Outcome.InsufficientStake => "the stake must be at least the chain's minimum",
        Outcome.TooManyOpen => "the chain bounds how much of a kind one account, or one workload, has open at once",
        Outcome.BlobMissing => "the blob must be declared, paid for and there",
        Outcome.BlobExists => "the blob is declared already",
        Outcome.BlobTooLarge => "the chain bounds the size of a blob and the days of its rent",
        _ => null,
    };

    private static string? OfMarket(Outcome outcome) => outcome switch
    {
        Outcome.NoSuchService => "the service is not listed, or not the sender's",
        Outcome.ServiceBusy => "the service still has work running, or is full",
        Outcome.BadTerms => "the terms are out of the chain's range",
        Outcome.NoSuchWorkload => "the workload does not exist, or has ended",
        Outcome.WrongPhase => "the workload is in another phase than this needs",
        Outcome.AlreadyBid => "a bidder bids once on a workload",
        Outcome.CapabilityMismatch => "the service does not offer what the workload asks for",
        Outcome.OwnWorkload => "a client, and agents of the same owner, may not bid on the client's own workload",
        Outcome.NoSuchBid => "there is no such bid",
        Outcome.CommitmentMismatch => "what is opened must be what was committed to",
        Outcome.AlreadyOpened => "the bid was opened already",
        Outcome.VerdictGiven => "a validator commits once, and gives its verdict once",
        Outcome.VerdictContradicted => "the same bytes agree, and others do only within a stated tolerance",
        Outcome.TooFewValidators => "as many validators as are asked for must be on offer, of other owners",
        Outcome.PriceOutOfRange => "a bid's price must be above zero and at most the client's maximum",
        _ => null,
    };
}
