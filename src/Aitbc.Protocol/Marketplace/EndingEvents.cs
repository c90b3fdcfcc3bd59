using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Marketplace;

/// <summary>
/// A workload ended and left the state. Holds all that a receipt says of it, so that the entry's events digest binds
/// the receipt.
/// </summary>
/// <param name="Workload">Which.</param>
/// <param name="Client">Who paid.</param>
/// <param name="Provider">Who did it; the treasury's number where it was never awarded.</param>
/// <param name="Ending">How it ended.</param>
/// <param name="Service">With which service; 0 where it was never awarded.</param>
/// <param name="Units">Units of work.</param>
/// <param name="MinQualityPpm">Quality asked.</param>
/// <param name="QualityPpm">Quality declared.</param>
/// <param name="PostedAtMs">Wall time.</param>
/// <param name="AwardedAtMs">Wall time; 0 is never.</param>
/// <param name="SubmittedAtMs">Wall time; 0 is never.</param>
/// <param name="SubmittedSeq">Entry of the delivery; 0 is none.</param>
/// <param name="Capability">What was needed.</param>
/// <param name="Input">Input blob.</param>
/// <param name="Spec">Specification blob.</param>
/// <param name="Result">Result blob; zero is none.</param>
/// <param name="ClientId">The client's id, so that a receipt can be read without the ledger.</param>
/// <param name="ProviderId">The provider's id; zero where it was never awarded.</param>
/// <param name="MaxPrice">Most the client would have paid.</param>
/// <param name="Paid">What the provider was paid.</param>
/// <param name="Forfeited">What the provider lost to the client.</param>
/// <param name="Mode">How the result was checked.</param>
/// <param name="Needed">Equal verdicts that would decide; 0 where there are no validators.</param>
/// <param name="Agreed">Validators that found the result right.</param>
/// <param name="Disagreed">Validators that found it wrong.</param>
/// <param name="Fees">What validators were paid.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct WorkloadEnded(
    WorkloadId Workload,
    AccountNumber Client,
    AccountNumber Provider,
    WorkloadEnding Ending,
    ServiceId Service,
    uint Units,
    uint MinQualityPpm,
    uint QualityPpm,
    long PostedAtMs,
    long AwardedAtMs,
    long SubmittedAtMs,
    ulong SubmittedSeq,
    Label Capability,
    Digest Input,
    Digest Spec,
    Digest Result,
    AccountId ClientId,
    AccountId ProviderId,
    TokenAmount MaxPrice,
    TokenAmount Paid,
    TokenAmount Forfeited,
    VerificationMode Mode,
    byte Needed,
    byte Agreed,
    byte Disagreed,
    TokenAmount Fees) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.WorkloadEnded;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        var slot = state.FindWorkload(Workload);
        if (Service.Value != 0)
        {
            ref var service = ref state.Services.Write(state.FindService(Service));
            service.CurrentLoad--;
            if (Ending.IsPaid())
            {
                service.Settle(Paid);
            }
            else if (Ending.IsProviderFault())
            {
                service.Fault(MaxPrice);
            }

            state.Bids.Free(state.Workloads[slot].WinningBid);
            ref var provider = ref state.Accounts.Write(Provider.Slot);
            provider.OpenBids--;
            ref var agent = ref state.Agents.Write(provider.Agent - 1);
            agent.JobsSettled += Ending.IsPaid() ? 1u : 0;
            agent.JobsFaulted += Ending.IsProviderFault() ? 1u : 0;
        }

        if (state.Workloads[slot].Validation is var validation and not 0)
        {
            state.Validations.Free(validation - 1);
        }

        state.Accounts.Write(Client.Slot).OpenWorkloads--;
        state.WorkloadIndex.Remove(Workload.Value);
        state.Workloads.Free(slot);
    }
}
