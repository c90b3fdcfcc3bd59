using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Marketplace;

/// <summary>What a service offers. Source: the seed's ServiceOffer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Capability">What it does.</param>
/// <param name="PricePerUnit">Asking price of one unit, base units.</param>
/// <param name="MaxCapacity">Most jobs at once, 1 to 1,000,000.</param>
/// <param name="ModelHash">Digest of its model; zero where there is none.</param>
/// <param name="MinAccuracyPpm">Delivered below it is a fault; 0 to 1,000,000.</param>
/// <param name="InputSchema">Digest of the JSON Schema that a workload's specification must meet; zero where anything
/// may be asked. What it says is for those who bid and post: the ledger keeps the digest.</param>
public sealed record ServiceTerms(
    Label Name,
    Label Capability,
    TokenAmount PricePerUnit,
    uint MaxCapacity,
    Digest ModelHash,
    uint MinAccuracyPpm,
    Digest InputSchema = default);

/// <summary>Lists a service; needs the minimum stake.</summary>
/// <param name="Terms">Its terms.</param>
public sealed record ListService(ServiceTerms Terms) : Command(CommandKind.ListService);

/// <summary>Changes a service's terms (its capability stays).</summary>
/// <param name="Service">Which.</param>
/// <param name="Terms">Its new terms.</param>
public sealed record UpdateService(ServiceId Service, ServiceTerms Terms) : Command(CommandKind.UpdateService);

/// <summary>Takes a service off the market; it must have no work running.</summary>
/// <param name="Service">Which.</param>
public sealed record DelistService(ServiceId Service) : Command(CommandKind.DelistService);

/// <summary>Posts a workload and puts its maximum price into escrow.</summary>
/// <param name="Capability">What is needed.</param>
/// <param name="Input">Digest of an available blob, paid for until the work window ends.</param>
/// <param name="Spec">Likewise.</param>
/// <param name="MaxPrice">Most the client pays, base units.</param>
/// <param name="JobBond">What a provider pledges, base units; at least the chain's share of MaxPrice.</param>
/// <param name="Units">Units of work, 1 or more.</param>
/// <param name="MinQualityPpm">Least quality; 0 asks none.</param>
/// <param name="SaltHash">SHA-256 of the client's salt.</param>
/// <param name="Mode">How the result is checked.</param>
/// <param name="BidWindowMs">Market time for bids.</param>
/// <param name="OpenWindowMs">Market time for openings.</param>
/// <param name="WorkWindowMs">Market time for the work.</param>
/// <param name="AcceptWindowMs">Market time to accept; then silence pays.</param>
/// <param name="Validation">What is asked of validators; null unless the mode is <see cref="VerificationMode.KOfN"/>.
/// </param>
public sealed record PostWorkload(
    Label Capability,
    Digest Input,
    Digest Spec,
    TokenAmount MaxPrice,
    TokenAmount JobBond,
    uint Units,
    uint MinQualityPpm,
    Digest SaltHash,
    VerificationMode Mode,
    uint BidWindowMs,
    uint OpenWindowMs,
    uint WorkWindowMs,
    uint AcceptWindowMs,
    ValidationTerms? Validation = null) : Command(CommandKind.PostWorkload);

/// <summary>The client takes its workload back before bidding closes.</summary>
/// <param name="Workload">Which.</param>
public sealed record CancelWorkload(WorkloadId Workload) : Command(CommandKind.CancelWorkload);

/// <summary>A sealed bid; pledges the bid bond and the job bond.</summary>
/// <param name="Workload">On what.</param>
/// <param name="Service">With which of the bidder's services.</param>
/// <param name="Commitment">See <see cref="BidCommitment"/>.</param>
public sealed record PlaceBid(WorkloadId Workload, ServiceId Service, Digest Commitment)
    : Command(CommandKind.PlaceBid);

/// <summary>The bidder opens its bid itself.</summary>
/// <param name="Workload">On what.</param>
/// <param name="Price">Price asked, base units.</param>
/// <param name="ProposalHash">Digest of the proposal.</param>
/// <param name="Salt">What hid the price.</param>
public sealed record OpenBid(WorkloadId Workload, TokenAmount Price, Digest ProposalHash, Digest Salt)
    : Command(CommandKind.OpenBid);

/// <summary>The awarded provider starts.</summary>
/// <param name="Workload">Which.</param>
public sealed record StartWork(WorkloadId Workload) : Command(CommandKind.StartWork);

/// <summary>The awarded provider delivers.</summary>
/// <param name="Workload">Which.</param>
/// <param name="Result">Digest of an available blob.</param>
/// <param name="QualityPpm">Quality it declares; below what was promised it is a fault.</param>
public sealed record SubmitWork(WorkloadId Workload, Digest Result, uint QualityPpm)
    : Command(CommandKind.SubmitWork);

/// <summary>The client accepts the result and pays at once.</summary>
/// <param name="Workload">Which.</param>
public sealed record AcceptWork(WorkloadId Workload) : Command(CommandKind.AcceptWork);
