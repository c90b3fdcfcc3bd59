using System.Numerics;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Verification;

namespace Aitbc.Simulation.Audit;

/// <content>From the seal to the verdicts: who may do what and when, whom the draw gives.</content>
internal sealed partial class MarketAudit
{
    private static readonly Label Validating = Label.Parse("validation");

    private bool TakeVerification(in EventReader reader)
    {
        switch (reader.Kind)
        {
            case EventKind.ValidationAsked: On(reader.As<ValidationAsked>()); break;
            case EventKind.WorkSealed: On(reader.As<WorkSealed>()); break;
            case EventKind.DrawPostponed: On(reader.As<DrawPostponed>()); break;
            case EventKind.ValidatorDrawn: On(reader.As<ValidatorDrawn>()); break;
            case EventKind.CommitmentsOpened: On(reader.As<CommitmentsOpened>()); break;
            case EventKind.VerdictCommitted: On(reader.As<VerdictCommitted>()); break;
            case EventKind.CommitmentsClosed: On(reader.As<CommitmentsClosed>()); break;
            case EventKind.VerdictGiven: On(reader.As<VerdictGiven>()); break;
            case EventKind.ValidatorReleased: On(reader.As<ValidatorReleased>()); break;
            case EventKind.LivenessChanged: On(reader.As<LivenessChanged>()); break;
            default: return false;
        }

        return true;
    }

    private void On(in ValidationAsked asked)
    {
        if (Find(asked.Workload) is not { } workload)
        {
            return;
        }

        CheckStep(workload, WorkStep.Bidding, "what validators are asked");
        CheckSender($"who has {asked.Workload} checked", workload.Terms.Client);
        var fees = (BigInteger)asked.Fee.BaseUnits * asked.Validators;
        log.Holds(
            asked.Validators is >= 1 and <= 8 && asked.Needed <= asked.Validators
                && asked.Needed * 2 > asked.Validators,
            AuditCheck.Verdict,
            $"the verdicts that decide {asked.Workload}",
            "more than half of up to 8",
            $"{asked.Needed} of {asked.Validators}");
        var terms = new ValidationTerms(
            asked.Needed, asked.Validators, asked.TolerancePpm, asked.Fee, asked.CommitWindowMs, asked.RevealWindowMs);
        log.Holds(
            Asks<PostWorkload>(post => post.Validation == terms),
            AuditCheck.Command,
            $"what validators of {asked.Workload} are asked",
            "what its client asks",
            $"{asked.Needed} of {asked.Validators} at {asked.Fee.BaseUnits}");
        log.AtMost(
            AuditCheck.Bond, $"the fees of all validators of {asked.Workload}, which a job bond covers,",
            workload.Terms.JobBond.BaseUnits, fees);
        holds.Claim(HoldKind.ValidatorFee, asked.Workload.Value, workload.Terms.Client, fees);
        workload.Validation = new AuditedValidation(asked);
    }

    /// <summary>At the award: validators are asked where the mode says so, and who stands is settled.</summary>
    private void CheckAsked(AuditedWorkload workload)
    {
        log.Holds(
            (workload.Terms.Mode == VerificationMode.KOfN) == (workload.Validation is not null),
            AuditCheck.Verdict,
            $"validators of {workload.Terms.Id} in mode {workload.Terms.Mode}",
            workload.Validation is null ? "asked" : "not asked",
            workload.Validation is null ? "not asked" : "asked");
        if (workload.Validation is { } checks)
        {
            checks.LastService = lastService;
        }
    }

    private void On(in WorkSealed work)
    {
        if (FindChecks(work.Workload, out var workload) is not { } checks)
        {
            return;
        }

        var (id, seal) = (work.Workload, work.Seal);
        CheckStep(workload, WorkStep.Running, "the seal");
        CheckProvider(workload, work.Provider, "seals");
        CheckDeadline(id, genesis.Parameters.MinWindowMs, work.DeadlineMs);
        log.Equal(AuditCheck.Draw, $"the beacon round at the seal of {id}", beacon.Count - 1, work.Round);
        log.Holds(
            Asks<SealWork>(command => command.Workload == id && command.Seal == seal),
            AuditCheck.Command, $"the seal of {id}", "its provider's", $"{seal}");
        (checks.Seal, checks.SealedRound, checks.SealedAt) = (seal, (uint)(beacon.Count - 1), log.Seq);
        (workload.Step, workload.DeadlineMs) = (WorkStep.Sealed, work.DeadlineMs);
    }

    private void On(in DrawPostponed postponed)
    {
        if (FindChecks(postponed.Workload, out var workload) is not { } checks)
        {
            return;
        }

        CheckStep(workload, WorkStep.Sealed, "a postponed draw");
        CheckDue(workload);
        var found = DrawOf(workload, checks).Count;
        log.Holds(
            found < checks.Terms.Validators && checks.Postponed < MaxPostponed,
            AuditCheck.Draw,
            $"the draw of {postponed.Workload} after {checks.Postponed} waits",
            $"of {found} validators",
            "postponed");
        var wait = Math.Min(
            (long)genesis.Parameters.MinWindowMs * (1L << Math.Min(checks.Postponed, 20)),
            genesis.Parameters.MaxWindowMs);
        log.Equal(
            AuditCheck.Work, $"the next deadline of {postponed.Workload}", stops.MarketNowMs + wait,
            postponed.DeadlineMs);
        workload.DeadlineMs = postponed.DeadlineMs;
        checks.Postponed++;
    }

    private void On(in ValidatorDrawn drawn)
    {
        if (FindChecks(drawn.Workload, out var workload) is not { } checks || Find(drawn.Service) is not { } service)
        {
            return;
        }

        CheckStep(workload, WorkStep.Sealed, "a drawn validator");
        CheckDue(workload);

        // Before the first has its load: all are drawn at once.
        checks.Expected ??= DrawOf(workload, checks);
        var place = checks.Seats.Count;
        log.Holds(
            place < checks.Expected.Count && checks.Expected[place] == drawn.Service
                && service.Provider == drawn.Validator,
            AuditCheck.Draw,
            $"validator {place + 1} of {drawn.Workload}",
            place < checks.Expected.Count ? $"{checks.Expected[place]}" : "nobody",
            $"{drawn.Service} of account {drawn.Validator}");
        checks.Seats.Add(new AuditedSeat(drawn));
        service.Load++;
    }

    private void On(in CommitmentsOpened opened)
    {
        if (FindChecks(opened.Workload, out var workload) is not { } checks)
        {
            return;
        }

        CheckStep(workload, WorkStep.Sealed, "the draw");
        CheckDue(workload);
        CheckDeadline(opened.Workload, checks.Terms.CommitWindowMs, opened.DeadlineMs);
        log.Equal(
            AuditCheck.Draw, $"the validators of {opened.Workload}", checks.Terms.Validators, checks.Seats.Count);
        (workload.Step, workload.DeadlineMs) = (WorkStep.Committing, opened.DeadlineMs);
    }

    private void On(in VerdictCommitted committed)
    {
        if (FindChecks(committed.Workload, out var workload) is not { } checks
            || FindSeat(checks, committed.Validator) is not { } seat)
        {
            return;
        }

        var (id, commitment) = (committed.Workload, committed.Commitment);
        CheckStep(workload, WorkStep.Committing, "a commitment");
        CheckSender($"who commits to {id}", committed.Validator);
        log.Holds(
            seat.Commitment is null
                && Asks<CommitVerdict>(command => command.Workload == id && command.Commitment == commitment),
            AuditCheck.Verdict,
            $"the commitment of account {committed.Validator} on {id}",
            "its own, once",
            $"{commitment}");
        holds.Claim(
            HoldKind.VerdictBond, id.Value, committed.Validator, workload.Terms.BidBond.BaseUnits);
        seat.Commitment = commitment;
    }

    private void On(in CommitmentsClosed closed)
    {
        if (FindChecks(closed.Workload, out var workload) is not { } checks)
        {
            return;
        }

        CheckStep(workload, WorkStep.Committing, "the close of commitments");
        CheckDeadline(closed.Workload, checks.Terms.RevealWindowMs, closed.DeadlineMs);
        var isDue = payloads.Sender is null && stops.MarketNowMs >= workload.DeadlineMs;
        log.Holds(
            checks.Committed == checks.Seats.Count || (isDue && checks.Committed >= checks.Terms.Needed),
            AuditCheck.Verdict,
            $"the commitments on {closed.Workload} at their close",
            isDue ? $"at least {checks.Terms.Needed}" : $"all {checks.Seats.Count}",
            $"{checks.Committed}");
        (workload.Step, workload.DeadlineMs) = (WorkStep.Revealing, closed.DeadlineMs);
    }

    private void On(in VerdictGiven given)
    {
        if (FindChecks(given.Workload, out var workload) is not { } checks
            || FindSeat(checks, given.Validator) is not { } seat)
        {
            return;
        }

        var (id, agrees, output) = (given.Workload, given.Agrees == 1, given.Output);
        CheckStep(workload, WorkStep.Judging, "a verdict");
        CheckSender($"who judges {id}", given.Validator);
        var validator = accounts.Find(given.Validator)?.Id ?? default;
        log.Holds(
            seat.Agrees is null && Asks<RevealVerdict>(command => command.Workload == id
                && (command.Agrees, command.Output) == (agrees, output)
                && ValidatorDraw.Commitment(id, validator, output, command.Salt) == seat.Commitment),
            AuditCheck.Verdict,
            $"the verdict of account {given.Validator} on {id}",
            "what it committed to, once",
            $"{(agrees ? "right" : "wrong")} by {output}");
        var isSame = output == checks.Result;
        log.Holds(
            isSame == agrees || (!isSame && checks.Terms.TolerancePpm > 0),
            AuditCheck.Verdict,
            $"the verdict of account {given.Validator} on {id}, whose output is {(isSame ? "the same" : "another")},",
            isSame ? "right" : "wrong",
            agrees ? "right" : "wrong");
        seat.Agrees = agrees;
    }

    private void On(in LivenessChanged changed)
    {
        var id = accounts.Find(changed.Agent)?.Id ?? default;
        var isLive = changed.Live == 1;
        var agent = Known(accounts.AgentOf(changed.Agent), $"the agent on account {changed.Agent}");
        log.Holds(
            body is Liveness heard && heard.Agent == id && heard.IsLive == isLive
                && (agent?.Liveness is not [.., var last] ? !isLive : last.IsLive != isLive),
            AuditCheck.Form,
            $"whether account {changed.Agent} is heard of",
            "changed as the node says",
            isLive ? "heard of" : "gone");
        agent?.Liveness.Add((log.Seq, isLive));
    }

    /// <summary>Whom the draw gives now; nobody before a beacon value has come since the seal.</summary>
    private IReadOnlyList<ServiceId> DrawOf(AuditedWorkload workload, AuditedValidation checks)
    {
        var round = Math.Max((int)checks.SealedRound, beaconBase) + 1;
        if (round >= beacon.Count || workload.Award is not { } award)
        {
            return [];
        }

        AccountNumber[] parties = [OwnerOf(workload.Terms.Client), OwnerOf(award.Provider)];
        var candidates = services
            .Where(one => MayValidate(one.Key, one.Value, workload, checks)
                && !parties.Contains(OwnerOf(one.Value.Provider)))
            .Select(one => new DrawCandidate(
                one.Key,
                OwnerOf(one.Value.Provider),
                accounts.Find(one.Value.Provider)!.Id,
                books.Of(one.Value.Provider, SubAccount.Stake)));
        var root = ValidatorDraw.Root(beacon[round], workload.Terms.Id, workload.Salt ?? default, checks.Seal);
        return ValidatorDraw.Decide(
            candidates, root, genesis.Parameters.MinimumStake.BaseUnits, checks.Terms.Validators);
    }

    private bool MayValidate(
        ServiceId id, AuditedService service, AuditedWorkload workload, AuditedValidation checks) =>
        service.Capability == Validating
        && id.Value <= checks.LastService
        && service.Load < service.Capacity
        && !stops.IsDead(service.Provider, service.Epoch)
        && accounts.AgentOf(service.Provider) is { IsStopped: false } agent
        && agent.WasLive(checks.SealedAt)
        && agent.Faulted <= agent.Settled + 2
        && books.Of(service.Provider, SubAccount.Stake) >= genesis.Parameters.MinimumStake.BaseUnits
        && (accounts.AgentOf(workload.Terms.Client) is not { } client
            || client.MayPay(CommandKind.PostWorkload, service.Provider, accounts));

    private AccountNumber OwnerOf(AccountNumber account) => accounts.AgentOf(account)?.Owner ?? account;

    private AuditedValidation? FindChecks(WorkloadId id, out AuditedWorkload workload)
    {
        workload = Find(id)!;
        return workload is null ? null : Known(workload.Validation, $"what validators of {id} are asked");
    }

    private AuditedSeat? FindSeat(AuditedValidation checks, AccountNumber validator) =>
        Known(checks.Find(validator), $"the seat of account {validator} on {checks.Terms.Workload}");

    /// <summary>Whether the payload that is being read has a command.</summary>
    private bool Asks<T>(Func<T, bool> which)
        where T : Command => payloads.Payload?.Commands.OfType<T>().Any(which) ?? false;
}
