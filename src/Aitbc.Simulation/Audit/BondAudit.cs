using System.Numerics;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Simulation.Audit;

/// <summary>Where the held amounts of a workload have gone, against how it went.</summary>
internal sealed class BondAudit(AuditLog log, Holds holds)
{
    /// <summary>A bid ended without winning: its job bond is the bidder's again, its bid bond the bidder's or the
    /// treasury's.</summary>
    public void CheckLost(AuditedWorkload workload, AuditedBid bid, bool mustForfeit)
    {
        var (id, bidder) = (workload.Terms.Id, bid.Terms.Bidder);
        log.Holds(
            bid.IsForfeited == mustForfeit,
            AuditCheck.Bond,
            $"the bid of account {bidder} on {id}",
            mustForfeit ? "forfeited" : "released",
            bid.IsForfeited switch { true => "forfeited", false => "released", null => "kept" });
        CheckBidBond(workload, bidder, mustForfeit ? AccountNumber.Treasury : bidder);
        CheckJobBond(workload, bidder, bidder);
    }

    /// <summary>To whom a bid bond has gone.</summary>
    public void CheckBidBond(AuditedWorkload workload, AccountNumber bidder, AccountNumber to) => Check(
        AuditCheck.Bond, HoldKind.BidBond, workload, bidder, to, workload.Terms.BidBond.BaseUnits);

    /// <summary>To whom a job bond has gone.</summary>
    public void CheckJobBond(AuditedWorkload workload, AccountNumber bidder, AccountNumber to) => Check(
        AuditCheck.Bond, HoldKind.JobBond, workload, bidder, to, workload.Terms.JobBond.BaseUnits);

    /// <summary>What the provider was paid out of the escrow, and that the client has the rest.</summary>
    public void CheckEscrow(AuditedWorkload workload, AccountNumber? provider, BigInteger price)
    {
        var client = workload.Terms.Client;
        if (provider is { } paid)
        {
            Check(AuditCheck.Payment, HoldKind.Escrow, workload, client, paid, price);
        }

        Check(
            AuditCheck.Payment, HoldKind.Escrow, workload, client, client, workload.Terms.MaxPrice.BaseUnits - price);
    }

    /// <summary>What of the fees for validators has gone to somebody.</summary>
    public void CheckFee(AuditedWorkload workload, AccountNumber to, BigInteger expected) => Check(
        AuditCheck.Payment, HoldKind.ValidatorFee, workload, workload.Terms.Client, to, expected);

    /// <summary>To whom a verdict bond has gone.</summary>
    public void CheckVerdictBond(AuditedWorkload workload, AccountNumber validator, AccountNumber to) => Check(
        AuditCheck.Bond, HoldKind.VerdictBond, workload, validator, to, workload.Terms.BidBond.BaseUnits);

    private void Check(
        AuditCheck check,
        HoldKind kind,
        AuditedWorkload workload,
        AccountNumber owner,
        AccountNumber to,
        BigInteger expected) => log.Equal(
            check,
            $"what of the {kind} of account {owner} for {workload.Terms.Id} has gone to account {to}",
            expected,
            holds.Find(kind, workload.Terms.Id.Value, owner)?.GoneTo(to) ?? BigInteger.Zero);
}
