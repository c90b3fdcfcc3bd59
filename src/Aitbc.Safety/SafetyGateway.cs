using System.Buffers;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;
using Aitbc.Safety.Audit;

namespace Aitbc.Safety;

/// <summary>
/// The only door to the ledger for the accounts hosted here: ordered checks, then an <see cref="ApprovedAction"/>, then
/// signing and sending. It is an earlier copy of the ledger's own checks that saves the round trip; what it lets pass
/// the
/// ledger checks again. Everything it signs or refuses stands in the audit file first.
/// </summary>
/// <remarks>Safe from any thread: reviews are made one at a time, sending is not.</remarks>
public sealed partial class SafetyGateway
{
    private readonly Lock gate = new();
    private readonly LedgerView view;
    private readonly ChainId chain;
    private readonly Func<SignedPayload, CancellationToken, Task<SubmitResult>> submit;
    private readonly ILedger? ledger;
    private readonly AuditFile audit;
    private readonly TimeProvider time;
    private readonly GatewayOptions options;
    private readonly InFlight inFlight;
    private readonly Dictionary<AccountId, AgentSigner> signers = [];

    /// <summary>A gateway to a ledger.</summary>
    /// <param name="ledger">The ledger; the caller disposes it after the gateway's last use.</param>
    /// <param name="audit">Where everything is written first; likewise.</param>
    /// <param name="time">The clock.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SafetyGateway(ILedger ledger, AuditFile audit, TimeProvider time, GatewayOptions options)
        : this(ledger.View, ledger.Genesis.Chain, ledger.SubmitAsync, audit, time, options) => this.ledger = ledger;

    internal SafetyGateway(
        LedgerView view,
        ChainId chain,
        Func<SignedPayload, CancellationToken, Task<SubmitResult>> submit,
        AuditFile audit,
        TimeProvider time,
        GatewayOptions options)
    {
        if (options.MaxInFlightPerAccount is < 1 or > Lanes || options.MaxAttempts is < 1 or > 10
            || options.MaxResyncs is < 0 or > 5 || options.ApprovalLifetime.Ms < 100)
        {
            throw new ArgumentException("A limit of the gateway is out of its range.", nameof(options));
        }

        (this.view, this.chain, this.submit) = (view, chain, submit);
        (this.audit, this.time, this.options) = (audit, time, options);
        inFlight = new InFlight(options.MaxInFlightPerAccount);
    }

    private const int Lanes = 8;
    private const string Busy = "busy";
    private const string Failed = "failed";

    private Timestamp Now => new(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Makes an account's key usable through this gateway; a later one replaces an earlier one.</summary>
    /// <param name="signer">The account's signer.</param>
    public void Enrol(AgentSigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        lock (gate)
        {
            signers[signer.Account] = signer;
        }
    }

    /// <summary>Reviews a proposal, has it signed, sends it and waits for the ledger's answer.</summary>
    /// <param name="action">What is wanted.</param>
    /// <param name="cancellationToken">Ends the waiting; what was sent may still take effect.</param>
    /// <exception cref="IOException">The audit could not be written: nothing was signed.</exception>
    public async Task<ActionResult> ActAsync(ProposedAction action, CancellationToken cancellationToken)
    {
        for (var resyncs = 0; ; resyncs++)
        {
            var verdict = Review(action);
            if (verdict.Approved is not { } approved)
            {
                return new ActionResult(verdict.Refusal, null, 0);
            }

            var result = await ExecuteAsync(approved, cancellationToken).ConfigureAwait(false);
            if (resyncs >= options.MaxResyncs || !IsStale(result))
            {
                return result;
            }
        }
    }

    /// <summary>Makes every check, in order, and gives the right to sign or the reason why not. An approval that is not
    /// executed holds its place in the limits until it expires.</summary>
    /// <param name="action">What is wanted.</param>
    /// <exception cref="IOException">The audit could not be written.</exception>
    public Verdict Review(ProposedAction action)
    {
        ArgumentNullException.ThrowIfNull(action);
        action = action with { Commands = [.. action.Commands] };
        lock (gate)
        {
            var now = Now;
            var refusal = Prepare(action, now, out var payload, out var bytes) ?? Check(payload, now);
            if (refusal is not null)
            {
                audit.Append(AuditLine.Of(now, action, default, refusal));
                return new Verdict(null, refusal);
            }

            var approved = new ApprovedAction(action, payload, bytes, payload.ValidUntil);
            inFlight.Hold(approved);
            return new Verdict(approved, null);
        }
    }

    /// <summary>Has an approved action signed and sends it, the same bytes again where no answer comes: the ledger
    /// gives a payload that it took already its first answer.</summary>
    /// <param name="approved">What <see cref="Review"/> gave; used up by this.</param>
    /// <param name="cancellationToken">Ends the waiting; what was sent may still take effect.</param>
    /// <exception cref="ApprovalException">The approval was used or has expired.</exception>
    /// <exception cref="IOException">The audit could not be written: nothing was signed.</exception>
    /// <exception cref="AdmissionClosedException">The ledger takes nothing now, and not because it is busy.</exception>
    public async Task<ActionResult> ExecuteAsync(ApprovedAction approved, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(approved);
        var signed = Sign(approved);
        var wait = options.RetryAfter;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var result = await submit(signed, cancellationToken).ConfigureAwait(false);
                Release(approved);
                return new ActionResult(null, result, attempt);
            }
            catch (AdmissionClosedException closed) when (attempt == 1 && closed.Code is not (Busy or Failed))
            {
                // Nothing was taken, and waiting a moment would not help.
                Release(approved);
                throw;
            }
            catch (Exception error) when (IsWorthAnotherTry(error))
            {
                if (attempt == options.MaxAttempts)
                {
                    // Whether it took effect is not known, so its lane and its place in the limits stay held.
                    return new ActionResult(null, null, attempt);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(wait.Ms), time, cancellationToken).ConfigureAwait(false);
            wait = new Duration(wait.Ms * 2);
        }
    }

    /// <summary>
    /// The checks, in the design's order: the ledger's own, on what is durable with what is in flight put before it.
    /// The
    /// first that refuses is named.
    /// </summary>
    private Refusal? Check(ClientPayload payload, Timestamp now) => view.Read(state =>
    {
        using var run = new DryRun(state, now);
        Rehearse(run, inFlight.Of(payload.From));

        // 1 form, nonce, expiry, gas; 2 stops and epoch; 3 lifecycle; then for each command safe mode, 4 deny
        // overrides, 5 hard limits, 6 allowed actions, 7 the monitor's verdict, 8 approval, 9 the act's own rules. What
        // waits for approval is sent: it waits on the ledger.
        var failedAt = 0;
        var outcome = run.Admit(payload);
        outcome = outcome == Outcome.Applied ? run.Handle(out failedAt) : outcome;
        if (outcome is Outcome.Applied or Outcome.Parked)
        {
            return null;
        }

        var command = payload.Commands[failedAt];
        return Refuse(outcome, failedAt, command, run.Breach(outcome, command));
    });

    /// <summary>Applies what is in flight, as far as the view does not show it yet.</summary>
    private static void Rehearse(DryRun run, IEnumerable<ClientPayload> payloads)
    {
        foreach (var payload in payloads)
        {
            if (run.Admit(payload) != Outcome.Applied || run.IsDuplicate)
            {
                continue;
            }

            run.Handle(out _);
            run.Finish();
        }
    }

    /// <summary>The payload of a proposal: a free lane, its next nonce, the present epoch, a short validity.</summary>
    private Refusal? Prepare(ProposedAction action, Timestamp now, out ClientPayload payload, out byte[] bytes)
    {
        (payload, bytes) = (null!, []);
        if (action.Commands.Count is < 1 or > ClientPayload.MaxCommands)
        {
            return Refuse(Outcome.Malformed, 0, null, null);
        }

        if (!signers.TryGetValue(action.From, out var signer))
        {
            return Refuse(Outcome.BadProof, 0, action.Commands[0], null);
        }

        var lane = inFlight.FindLane(action.From, now);
        if (lane < 0)
        {
            var busy = Refuse(Outcome.RateLimited, 0, action.Commands[0], null);
            return busy with { Check = SafetyCheck.InFlight };
        }

        var (sequence, epoch, validity) = view.Read(state => (
            state.FindAccount(action.From) is { } number ? state.NextSequence(number, lane) : 1,
            state.Globals.StopEpoch,
            Math.Min(options.ApprovalLifetime.Ms, state.Parameters.MaxValidity.Ms)));
        var draft = new PayloadDraft(chain, action, signer, lane, sequence, now + new Duration(validity), epoch);
        return draft.TryWrite(out payload, out bytes) ? null : Refuse(Outcome.Malformed, 0, action.Commands[0], null);
    }

    private SignedPayload Sign(ApprovedAction approved)
    {
        AgentSigner signer;
        lock (gate)
        {
            signer = signers[approved.Payload.From];
        }

        var now = Now;
        try
        {
            return signer.Sign(
                approved, now, () => audit.Append(AuditLine.Of(now, approved.Action, approved.Digest, null)));
        }
        catch (IOException)
        {
            Release(approved);
            throw;
        }
    }

    private void Release(ApprovedAction approved)
    {
        lock (gate)
        {
            inFlight.Release(approved);
        }
    }

    private static Refusal Refuse(Outcome outcome, int at, Command? command, LimitBreach? breach) => new(
        outcome,
        Refusal.CheckOf(outcome),
        at,
        breach,
        RefusalSentence.Of(outcome, command is null ? "payload" : CommandNames.NameOf(command.Kind), breach));

    private static bool IsWorthAnotherTry(Exception error) =>
        error is IOException or TimeoutException or AdmissionClosedException { Code: Busy };

    /// <summary>Whether the ledger refused only because the payload was made on what is no longer so.</summary>
    private static bool IsStale(ActionResult result) => result.Result is
    {
        IsDuplicate: false,
        Outcome: Outcome.StaleEpoch or Outcome.NonceGap or Outcome.NonceUsed or Outcome.Expired,
    };
}
