using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Verification;

/// <summary>How a client wants its result checked by validators. Source: DESIGN.md section 7, verification ladder.
/// </summary>
/// <param name="Needed">k: equal verdicts that decide; more than half of <paramref name="Validators"/>.</param>
/// <param name="Validators">n: validators drawn, 1 to 8.</param>
/// <param name="TolerancePpm">Share of the result (ppm) by which a validator's own output may differ and still agree;
/// at 0 the two are the same bytes, and the ledger sees to it.</param>
/// <param name="Fee">What each validator whose verdict counts is paid, base units; n times it goes into escrow.</param>
/// <param name="CommitWindowMs">Market time for validators to do the work and commit to what they found.</param>
/// <param name="RevealWindowMs">Market time for the provider to show its result, then again for the verdicts.</param>
public sealed record ValidationTerms(
    byte Needed, byte Validators, uint TolerancePpm, TokenAmount Fee, uint CommitWindowMs, uint RevealWindowMs);

/// <summary>The awarded provider is done and binds itself to its result without showing it: what validators could
/// copy, they would not have to compute.</summary>
/// <param name="Workload">Which.</param>
/// <param name="Seal">See <see cref="Commitments.OfWork"/>.</param>
public sealed record SealWork(WorkloadId Workload, Digest Seal) : Command(CommandKind.SealWork);

/// <summary>The provider shows the result that it sealed.</summary>
/// <param name="Workload">Which.</param>
/// <param name="Result">Digest of an available blob.</param>
/// <param name="QualityPpm">Quality it declares; below what was promised it is a fault.</param>
/// <param name="Salt">What hid the result.</param>
public sealed record RevealWork(WorkloadId Workload, Digest Result, uint QualityPpm, Digest Salt)
    : Command(CommandKind.RevealWork);

/// <summary>A drawn validator has done the work itself and binds itself to what came out; pledges the verdict bond.
/// </summary>
/// <param name="Workload">Which.</param>
/// <param name="Commitment">See <see cref="Commitments.OfVerdict"/>.</param>
public sealed record CommitVerdict(WorkloadId Workload, Digest Commitment) : Command(CommandKind.CommitVerdict);

/// <summary>A validator shows what it found and says whether the provider's result agrees with it.</summary>
/// <param name="Workload">Which.</param>
/// <param name="Agrees">Its verdict.</param>
/// <param name="Output">Digest of its own output; where that is not the provider's result, an available blob, so that
/// anyone can judge the verdict.</param>
/// <param name="Salt">What hid the output.</param>
public sealed record RevealVerdict(WorkloadId Workload, bool Agrees, Digest Output, Digest Salt)
    : Command(CommandKind.RevealVerdict);
