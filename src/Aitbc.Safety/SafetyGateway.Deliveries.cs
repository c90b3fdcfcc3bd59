using Aitbc.Protocol;
using Aitbc.Protocol.State;
using Aitbc.Safety.Audit;

namespace Aitbc.Safety;

/// <content>What goes to the node beside the journal: openings, salts, bytes of blobs.</content>
public sealed partial class SafetyGateway
{
    /// <summary>Gives the node something for an account that is hosted here and not stopped.</summary>
    /// <param name="delivery">What.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Applied where the node took it, else why not.</returns>
    /// <exception cref="IOException">The audit could not be written: nothing was sent.</exception>
    /// <exception cref="Infrastructure.Ledger.AdmissionClosedException">The ledger takes nothing now.</exception>
    public async Task<Outcome> DeliverAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var host = ledger ?? throw new InvalidOperationException("This gateway was made without a ledger.");
        var outcome = CheckGiver(delivery);
        Note(delivery, outcome);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        return delivery switch
        {
            OpeningDelivery opening => await host
                .OfferOpeningAsync(opening.Workload, opening.Opening, cancellationToken).ConfigureAwait(false),
            SaltDelivery salt => await host
                .OfferSaltAsync(salt.Workload, salt.Salt, cancellationToken).ConfigureAwait(false),
            BlobDelivery blob => await host
                .PutBlobAsync(blob.From, blob.Bytes, cancellationToken).ConfigureAwait(false),
            _ => Outcome.NotSupported,
        };
    }

    /// <summary>Openings and salts belong to the market; the bytes of a blob are owed and paid for, and no stop
    /// of the market keeps them back.</summary>
    private Outcome CheckGiver(Delivery delivery)
    {
        lock (gate)
        {
            if (!signers.ContainsKey(delivery.From))
            {
                return Outcome.BadProof;
            }
        }

        return view.Read(state => CheckGiver(state, delivery));
    }

    private static Outcome CheckGiver(LedgerState state, Delivery delivery)
    {
        if (state.FindAccount(delivery.From) is not { } number)
        {
            return Outcome.UnknownAccount;
        }

        ref readonly var account = ref state.Account(number);
        var agent = account.Agent == 0 ? default : state.Agents[account.Agent - 1];
        if (state.Globals.AllStopped == 1 || agent.Stopped == 1
            || (delivery is not BlobDelivery && state.Globals.MarketIsStopped == 1))
        {
            return Outcome.Stopped;
        }

        if (agent.Retired == 1)
        {
            return Outcome.Retired;
        }

        var slot = delivery is SaltDelivery salt ? state.FindWorkload(salt.Workload) : -1;
        return slot >= 0 && state.Workloads[slot].Client != number ? Outcome.NotAuthorised : Outcome.Applied;
    }

    private void Note(Delivery delivery, Outcome outcome)
    {
        var sent = outcome == Outcome.Applied;
        var refusal = sent ? null : Refusal.Of(outcome, delivery.Name);
        audit.Append(new AuditLine(
            Now, sent ? "sent" : "turned-away", delivery.From, "", [delivery.Name], delivery.Digest, refusal));
    }
}
