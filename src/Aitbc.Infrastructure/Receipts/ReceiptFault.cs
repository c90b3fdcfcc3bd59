namespace Aitbc.Infrastructure.Receipts;

/// <summary>Why a receipt is refused, in order of precedence: of several reasons the first is named.</summary>
public enum ReceiptFault
{
    /// <summary>It holds.</summary>
    None = 0,

    /// <summary>There are more bytes than any receipt has.</summary>
    TooLarge = 1,

    /// <summary>The bytes are no receipt: no JSON, a member missing, unknown, doubled or of another form.</summary>
    Malformed = 2,

    /// <summary>The receipt is of a version that is not known here.</summary>
    UnknownVersion = 3,

    /// <summary>The bytes say what a receipt says, but are not the bytes that it is written in: something was edited.
    /// </summary>
    NotCanonical = 4,

    /// <summary>A block is no JWS over a block's head.</summary>
    BadBlock = 5,

    /// <summary>A block is not signed by the node key that the receipt names.</summary>
    WrongNodeKey = 6,

    /// <summary>A block is of another chain than the receipt names.</summary>
    WrongChain = 7,

    /// <summary>The two blocks cannot be of one chain: they overlap, or stand in the wrong order.</summary>
    BlocksConflict = 8,

    /// <summary>An entry's place is not in its block.</summary>
    OutsideBlock = 9,

    /// <summary>A path is not that of its entry's place in its block.</summary>
    WrongPath = 10,

    /// <summary>An entry's path does not lead to its block's root: the entry is not in it.</summary>
    WrongRoot = 11,

    /// <summary>The settlement's events are no events.</summary>
    BadEvents = 12,

    /// <summary>The settlement's events do not end the workload exactly once.</summary>
    NoEnding = 13,

    /// <summary>A member says something else than the event that ended the workload.</summary>
    FieldMismatch = 14,

    /// <summary>The workload ended without pay.</summary>
    NotPaid = 15,

    /// <summary>What the node signed is against the protocol: paid above the maximum, below the promised quality, in an
    /// impossible order, or by an entry that cannot have done it.</summary>
    AgainstTheRules = 16,

    /// <summary>The delivery's payload is none, or is of another chain.</summary>
    BadDelivery = 17,

    /// <summary>The delivery was sent by somebody else than the provider.</summary>
    NotTheProviders = 18,

    /// <summary>The delivery does not submit this result for this workload exactly once.</summary>
    NotThisResult = 19,

    /// <summary>The delivery's proof is not the one that its entry binds.</summary>
    WrongProof = 20,

    /// <summary>The delivery did not take effect, or is not the one that was settled.</summary>
    WrongDelivery = 21,

    /// <summary>The delivery is not signed, and the chain is not a simulated one.</summary>
    NotSigned = 22,

    /// <summary>The key is not the one that the delivery's header names.</summary>
    WrongKey = 23,

    /// <summary>The delivery's signature is not that key's.</summary>
    BadSignature = 24,

    /// <summary>Everything holds, but the blocks are signed by another node than the one asked for.</summary>
    OtherNode = 25,
}
