using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol;

/// <summary>What became of an entry.</summary>
/// <param name="Outcome">The outcome; see <see cref="OutcomeExtensions.IsJournalled"/>.</param>
/// <param name="Seq">The entry's sequence; for a duplicate, that of the first.</param>
/// <param name="IsDuplicate">The payload was handled before; nothing happened now.</param>
/// <param name="FailedAt">Place of the refused command in its payload, from 0.</param>
public readonly record struct ApplyResult(Outcome Outcome, ulong Seq, bool IsDuplicate, int FailedAt);

/// <summary>
/// The rules: <c>apply(state, entry) -> (outcome, events)</c>, pure. Everything else in this system is a shell around
/// this class.
/// </summary>
/// <remarks>Not thread-safe: one owner, as its state.</remarks>
public sealed class Ledger
{
    /// <summary>Most due items one entry drains; what is left comes with the next tick.</summary>
    public const int MaxDrained = 256;

    private readonly Step step;
    private readonly Drain drain;

    /// <summary>The rules over a state.</summary>
    /// <param name="state">The state; from here on only this ledger changes it.</param>
    public Ledger(LedgerState state)
    {
        State = state;
        step = new Step(state);
        drain = new Drain(step);
    }

    /// <summary>The state as the last entry has left it.</summary>
    public LedgerState State { get; }

    /// <summary>
    /// Applies an entry. Events are appended to <paramref name="events"/>; where the outcome is not journalled, or the
    /// payload is a duplicate, nothing is appended and nothing has changed.
    /// </summary>
    /// <param name="header">The next sequence; time and term not before the last entry's.</param>
    /// <param name="body">What it carries.</param>
    /// <param name="events">Takes the events.</param>
    /// <returns>What became of it.</returns>
    /// <exception cref="ArgumentException">The header does not follow the last entry's.</exception>
    public ApplyResult Apply(in EntryHeader header, EntryBody body, EventBuffer events)
    {
        ref readonly var globals = ref State.Globals;
        if (header.Seq != globals.Seq + 1 || header.Term < globals.Term || header.Time.UnixMs < globals.TimeMs)
        {
            throw new ArgumentException($"Entry {header.Seq} does not follow entry {globals.Seq}.", nameof(header));
        }

        step.WriteTo(events);
        return body is ClientPayload payload
            ? ApplyPayload(header, payload)
            : ApplyInput(header, (SystemInput)body);
    }

    /// <summary>Says which payloads are coming, so that what they need is fetched while others are applied. A hint: it
    /// changes nothing.</summary>
    /// <param name="payloads">Payloads that will be applied in their order.</param>
    /// <param name="next">The one that is applied next.</param>
    public void LookAhead(ReadOnlySpan<ClientPayload> payloads, int next) => Lookahead.Fetch(State, payloads, next);

    /// <summary>Whether an agent's payload would be admitted now as a new one: what the monitor is asked about.
    /// </summary>
    /// <param name="header">The place and time that it would have.</param>
    /// <param name="payload">The payload.</param>
    public bool AdmitsOfAgent(in EntryHeader header, ClientPayload payload)
    {
        var slot = State.SlotOf(payload.From);
        return slot >= 0 && State.Accounts[slot].Agent != 0
            && Admission.Check(State, header, payload, out var admitted) == Outcome.Applied && !admitted.IsDuplicate;
    }

    /// <summary>Applies genesis: entry 0, which has events and no body.</summary>
    /// <param name="digest">Digest of the genesis file.</param>
    /// <param name="events">Takes the events.</param>
    /// <exception cref="InvalidOperationException">The chain has begun already.</exception>
    public void ApplyGenesis(in Digest digest, EventBuffer events)
    {
        if (State.Accounts.Count > 0)
        {
            throw new InvalidOperationException("The chain has begun already.");
        }

        var genesis = State.Genesis;
        step.WriteTo(events);
        State.BeginEntry(new EntryHeader(0, 1, genesis.CreatedAt));
        step.Emit(new AccountOpened(AccountNumber.Treasury, AccountKind.System, 0, 0, default));
        step.Emit(new GenesisApplied(digest, genesis.BeaconCommitment, genesis.Supply));
        foreach (var account in genesis.Accounts)
        {
            var number = new AccountNumber((uint)State.Accounts.NextSlot);
            step.Emit(new AccountOpened(
                number, AccountKind.Human, account.Council ? (byte)1 : (byte)0, 0, account.Key));
            step.Move(
                (AccountNumber.Treasury, SubAccount.Available),
                (number, SubAccount.Available),
                account.Balance,
                MovePhase.Direct,
                MoveReason.Genesis);
        }
    }

    private ApplyResult ApplyPayload(in EntryHeader header, ClientPayload payload)
    {
        if (State.IsDue(header.Time.UnixMs))
        {
            return new ApplyResult(Outcome.DueFirst, header.Seq, false, 0);
        }

        var admission = Admission.Check(State, header, payload, out var admitted);
        if (admission != Outcome.Applied)
        {
            return new ApplyResult(admission, header.Seq, false, 0);
        }

        if (admitted.IsDuplicate)
        {
            var (firstSeq, firstOutcome) = Admission.Read(admitted.First);
            return new ApplyResult(firstOutcome, firstSeq, true, 0);
        }

        State.BeginEntry(header);
        var call = new Call(step, admitted.From, admitted.FullGas, payload.Epoch);
        var failedAt = 0;
        var consent = new Consent(IsGranted: false, payload.PayloadDigest);
        var outcome = payload.Commands.Length == 1
            ? Execute(call, payload.Commands[0], consent)
            : ExecuteBatch(call, payload.Commands, consent, out failedAt);
        if (outcome == Outcome.ApprovalNeeded)
        {
            outcome = ApprovalRules.Park(call, payload, out failedAt);
        }

        step.Emit(new CommandHandled(
            admitted.From,
            (ushort)payload.Lane,
            (ushort)failedAt,
            (uint)outcome,
            payload.Sequence,
            payload.PayloadDigest.Prefix,
            outcome is Outcome.Applied or Outcome.Parked ? admitted.FullGas : admitted.BaseGas));
        return new ApplyResult(outcome, header.Seq, false, failedAt);
    }

    /// <summary>All or nothing: a refusal takes back what the commands before it did.</summary>
    internal static Outcome ExecuteBatch(in Call call, Command[] commands, in Consent consent, out int failedAt)
    {
        var start = call.Step.Length;
        call.State.Begin();
        for (failedAt = 0; failedAt < commands.Length; failedAt++)
        {
            var outcome = Execute(call, commands[failedAt], consent);
            if (outcome != Outcome.Applied)
            {
                call.State.Rollback();
                call.Step.TruncateTo(start);
                return outcome;
            }
        }

        call.State.Commit();
        failedAt = 0;
        return Outcome.Applied;
    }

    /// <summary>One command: the constitution, then the act's own rules, then the reservation of what it exposes.
    /// </summary>
    internal static Outcome Execute(in Call call, Command command, in Consent consent)
    {
        var exposure = Exposure.Of(call.State, command);
        var outcome = ConstitutionRules.Check(
            call.State, call.Sender, command.Kind, exposure, consent, out var lifted);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        outcome = Act(call, command, exposure);
        if (outcome == Outcome.Applied)
        {
            Count(call, command.Kind, exposure, lifted);
        }

        return outcome;
    }

    /// <summary>What took effect counts against the agent's limits, its rules and the override that let it pass.
    /// </summary>
    internal static void Count(in Call call, CommandKind kind, in Exposure exposure, int lifted)
    {
        if (call.Sender.Agent == 0)
        {
            return;
        }

        ref readonly var agent = ref call.State.Agents[call.Sender.Agent - 1];
        if (!exposure.Value.IsZero || (agent.Flags & AgentFlags.Rules) != 0)
        {
            call.Step.Emit(new LimitReserved(call.From, kind, exposure.Amount));
        }

        if (lifted >= 0 && !exposure.Amount.IsZero)
        {
            call.Step.Emit(new OverrideUsed(call.State.Overrides[lifted].Id, exposure.Amount));
        }
    }

    /// <summary>The act's own rules, and the events that carry it out.</summary>
    internal static Outcome Act(in Call call, Command command, in Exposure exposure) => command.Kind switch
    {
        CommandKind.Transfer => AccountRules.Transfer(call, (Transfer)command, exposure),
        CommandKind.OpenAccount => IdentityRules.Open(call, (OpenAccount)command),
        CommandKind.RegisterAgent => IdentityRules.Register(call, (RegisterAgent)command),
        CommandKind.AddKey => IdentityRules.Add(call, (AddKey)command),
        CommandKind.RevokeKey => IdentityRules.Revoke(call, (RevokeKey)command),
        CommandKind.RetireAgent => IdentityRules.Retire(call, (RetireAgent)command),
        CommandKind.DepositStake => StakingRules.Deposit(call, (DepositStake)command),
        CommandKind.WithdrawStake => StakingRules.Withdraw(call, (WithdrawStake)command),
        CommandKind.ListService => ServiceRules.List(call, (ListService)command),
        CommandKind.UpdateService => ServiceRules.Update(call, (UpdateService)command),
        CommandKind.DelistService => ServiceRules.Delist(call, (DelistService)command),
        CommandKind.DeclareBlob => BlobRules.Declare(call, (DeclareBlob)command, exposure),
        CommandKind.PostWorkload => WorkloadRules.Post(call, (PostWorkload)command, exposure),
        CommandKind.CancelWorkload => WorkloadRules.Cancel(call, (CancelWorkload)command),
        CommandKind.PlaceBid => BidRules.Bid(call, (PlaceBid)command, exposure),
        CommandKind.OpenBid => BidRules.OpenBid(call, (OpenBid)command),
        CommandKind.StartWork => WorkloadRules.Start(call, (StartWork)command),
        CommandKind.SubmitWork => WorkloadRules.Submit(call, (SubmitWork)command),
        CommandKind.AcceptWork => WorkloadRules.Accept(call, (AcceptWork)command),
        CommandKind.StopAgent => OversightRules.Stop(call, (StopAgent)command),
        CommandKind.ReleaseAgent => OversightRules.Release(call, (ReleaseAgent)command),
        CommandKind.StopMarket => OversightRules.Stop(call, (StopMarket)command),
        CommandKind.ReleaseMarket => OversightRules.Release(call, (ReleaseMarket)command),
        CommandKind.ChangeConstitution => MotionRules.Change(call, (ChangeConstitution)command),
        CommandKind.ChangeGuardians => MotionRules.Change(call, (ChangeGuardians)command),
        CommandKind.SetOverride => OverrideRules.Set(call, (SetOverride)command),
        CommandKind.RevokeOverride => OverrideRules.Revoke(call, (RevokeOverride)command),
        CommandKind.AgreeMotion => MotionRules.Agree(call, (AgreeMotion)command),
        CommandKind.RejectMotion => MotionRules.Reject(call, (RejectMotion)command),
        CommandKind.GrantApproval => ApprovalRules.Grant(call, (GrantApproval)command),
        CommandKind.DenyApproval => ApprovalRules.Deny(call, (DenyApproval)command),
        CommandKind.SealWork => VerificationRules.Seal(call, (SealWork)command),
        CommandKind.RevealWork => VerificationRules.Reveal(call, (RevealWork)command),
        CommandKind.CommitVerdict => VerificationRules.Commit(call, (CommitVerdict)command),
        CommandKind.RevealVerdict => VerificationRules.Judge(call, (RevealVerdict)command),
        _ => throw new InvalidOperationException($"No rule takes a command of kind {command.Kind}."),
    };

    private ApplyResult ApplyInput(in EntryHeader header, SystemInput input)
    {
        var before = State.Time;
        var drains = input.Kind is SystemInputKind.Tick or SystemInputKind.Resumed or SystemInputKind.TermBegan;
        if (!drains && State.IsDue(header.Time.UnixMs))
        {
            return new ApplyResult(Outcome.DueFirst, header.Seq, false, 0);
        }

        if ((header.Term != State.Globals.Term) != (input.Kind == SystemInputKind.TermBegan))
        {
            return new ApplyResult(Outcome.InputRejected, header.Seq, false, 0);
        }

        var saved = State.Globals;
        State.BeginEntry(header);
        var outcome = Take(input, before);
        if (outcome != Outcome.Applied)
        {
            State.BeginEntry(new EntryHeader(saved.Seq, saved.Term, new Timestamp(saved.TimeMs)));
        }
        else if (drains)
        {
            drain.Run();
        }

        return new ApplyResult(outcome, header.Seq, false, 0);
    }

    private Outcome Take(SystemInput input, Timestamp before)
    {
        switch (input)
        {
            case Tick:
                return Outcome.Applied;
            case Resumed:
                OversightRules.Resume(step, before);
                return Outcome.Applied;
            case TermBegan began:
                // A backup is put back while nothing runs: nobody could work since its last entry.
                step.Emit(new NewTerm(State.Globals.Term, began.BeaconCommitment));
                OversightRules.Resume(step, before);
                return Outcome.Applied;
            case Beacon beacon:
                return OversightRules.Reveal(step, beacon);
            case BidOpenings openings:
                return BidRules.OpenBids(step, openings);
            case BlobAvailable blob:
                return BlobRules.Arrive(step, blob);
            case MonitorVerdict verdict:
                return OversightRules.Judge(step, verdict);
            case Liveness liveness:
                return VerificationRules.Hear(step, liveness);
            default:
                return Outcome.NotSupported;
        }
    }
}
