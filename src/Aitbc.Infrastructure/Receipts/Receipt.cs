using System.Text.Json.Serialization;
using Aitbc.Primitives;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Infrastructure.Receipts;

/// <summary>
/// That a workload was delivered and paid, with all that it takes to check it offline: the provider's signed delivery
/// and the settlement's events, each with its way into a block that the node signed.
/// </summary>
/// <remarks>
/// A closed schema of integers, hashes, ids and signatures; the members stand in the file in this order.
/// <see cref="ReceiptVerifier"/> says what it proves. Immutable. Source: DESIGN.md section 7.
/// </remarks>
/// <param name="Version">Of the schema: <see cref="CurrentVersion"/>.</param>
/// <param name="Chain">The chain.</param>
/// <param name="Workload">The workload.</param>
/// <param name="Ending">How it ended: accepted, or paid because the client was silent.</param>
/// <param name="Client">Who paid.</param>
/// <param name="Provider">Who delivered.</param>
/// <param name="Service">With which service.</param>
/// <param name="Capability">What was needed.</param>
/// <param name="Units">Units of work.</param>
/// <param name="MinQualityPpm">Quality promised, parts per million.</param>
/// <param name="QualityPpm">Quality that the provider declared, parts per million.</param>
/// <param name="PostedAtMs">Wall time of posting, ms since 1970.</param>
/// <param name="AwardedAtMs">Wall time of the award, ms since 1970.</param>
/// <param name="SubmittedAtMs">Wall time of the delivery, ms since 1970.</param>
/// <param name="Input">SHA-256 of the input.</param>
/// <param name="Spec">SHA-256 of the specification.</param>
/// <param name="Result">SHA-256 of the result.</param>
/// <param name="MaxPrice">Most the client would have paid, base units.</param>
/// <param name="Paid">What the provider was paid, base units.</param>
/// <param name="Verdicts">What drawn validators found; null where the result was not checked by any.</param>
/// <param name="Delivery">The provider's delivery.</param>
/// <param name="Settlement">The entry that paid it.</param>
/// <param name="NodeKey">The key that signed both blocks.</param>
public sealed record Receipt(
    int Version,
    ChainId Chain,
    WorkloadId Workload,
    WorkloadEnding Ending,
    AccountId Client,
    AccountId Provider,
    ServiceId Service,
    Label Capability,
    uint Units,
    uint MinQualityPpm,
    uint QualityPpm,
    Timestamp PostedAtMs,
    Timestamp AwardedAtMs,
    Timestamp SubmittedAtMs,
    Digest Input,
    Digest Spec,
    Digest Result,
    TokenAmount MaxPrice,
    TokenAmount Paid,
    ReceiptVerdicts? Verdicts,
    ReceiptDelivery Delivery,
    ReceiptSettlement Settlement,
    PublicKey NodeKey)
{
    /// <summary>The version of the schema that is written and read.</summary>
    public const int CurrentVersion = 2;
}

/// <summary>What drawn validators found.</summary>
/// <param name="Needed">Equal verdicts that decide.</param>
/// <param name="Agreed">Validators that found the result right.</param>
/// <param name="Disagreed">Validators that found it wrong.</param>
/// <param name="Fees">What they were paid together, base units.</param>
public sealed record ReceiptVerdicts(byte Needed, byte Agreed, byte Disagreed, TokenAmount Fees);

/// <summary>How a delivery is proven to come from its provider.</summary>
public enum ReceiptProof
{
    /// <summary>RFC 7515, ES256: the provider signed it.</summary>
    Jws = 1,

    /// <summary>Not at all: only on chains named <c>sim:</c>.</summary>
    Simulated = 3,
}

/// <summary>The provider's delivery. The members <c>protected</c>, <c>payload</c> and <c>signature</c> are those of a
/// JWS
/// in its JSON form (RFC 7515 section 7.2.2).</summary>
/// <param name="Proof">How it is proven.</param>
/// <param name="ProtectedHeader">The JWS's header; on <c>sim:</c> chains empty or a key's name.</param>
/// <param name="Payload">What the provider sent.</param>
/// <param name="Signature">64 bytes; null where it is not signed.</param>
/// <param name="Key">The key that signed; null where it is not signed.</param>
/// <param name="Entry">What the delivery's entry binds besides the payload.</param>
/// <param name="Path">From the entry up to the block's root.</param>
/// <param name="Block">The block's head, a compact JWS.</param>
public sealed record ReceiptDelivery(
    ReceiptProof Proof,
    [property: JsonPropertyName("protected")] Base64UrlBytes ProtectedHeader,
    Base64UrlBytes Payload,
    Base64UrlBytes? Signature,
    PublicKey? Key,
    DeliveryEntry Entry,
    IReadOnlyList<PathStep> Path,
    string Block);

/// <summary>The entry that paid a workload.</summary>
/// <param name="Entry">What the entry binds besides its events.</param>
/// <param name="Events">All of its events, as they were hashed.</param>
/// <param name="Path">From the entry up to the block's root.</param>
/// <param name="Block">The block's head, a compact JWS.</param>
public sealed record ReceiptSettlement(
    SettlementEntry Entry,
    Base64UrlBytes Events,
    IReadOnlyList<PathStep> Path,
    string Block);

/// <summary>What the hash of a delivery's entry binds; see <see cref="EntryHash"/>. The payload's digest follows from
/// the
/// payload.</summary>
/// <param name="Seq">Place in the journal.</param>
/// <param name="Term">Term.</param>
/// <param name="TimeMs">Wall time, ms since 1970.</param>
/// <param name="Body"><see cref="BodyKind"/> as a number.</param>
/// <param name="Proof">Kind of proof as a number.</param>
/// <param name="Outcome">Outcome as a number.</param>
/// <param name="Previous">Hash of the entry before.</param>
/// <param name="ProofDigest">SHA-256 of header, a full stop and signature; of nothing where there is no proof.</param>
/// <param name="EventsDigest">SHA-256 of its events.</param>
public sealed record DeliveryEntry(
    ulong Seq,
    uint Term,
    Timestamp TimeMs,
    byte Body,
    byte Proof,
    ushort Outcome,
    Digest Previous,
    Digest ProofDigest,
    Digest EventsDigest);

/// <summary>What the hash of a settlement's entry binds; see <see cref="EntryHash"/>. The events' digest follows from
/// the
/// events.</summary>
/// <param name="Seq">Place in the journal.</param>
/// <param name="Term">Term.</param>
/// <param name="TimeMs">Wall time, ms since 1970.</param>
/// <param name="Body"><see cref="BodyKind"/> as a number.</param>
/// <param name="Proof">Kind of proof as a number; 0 where the node's clock settled it.</param>
/// <param name="Outcome">Outcome as a number.</param>
/// <param name="Previous">Hash of the entry before.</param>
/// <param name="PayloadDigest">SHA-256 of the payload or of the node's input.</param>
/// <param name="ProofDigest">SHA-256 of the proof.</param>
public sealed record SettlementEntry(
    ulong Seq,
    uint Term,
    Timestamp TimeMs,
    byte Body,
    byte Proof,
    ushort Outcome,
    Digest Previous,
    Digest PayloadDigest,
    Digest ProofDigest);

/// <summary>One step up a Merkle tree (RFC 6962 section 2.1).</summary>
/// <param name="Hash">The other half's hash.</param>
/// <param name="Left">Whether the other half stands left.</param>
[method: JsonConstructor]
public readonly record struct PathStep(Digest Hash, bool Left);
