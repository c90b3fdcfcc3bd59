using System.Numerics;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Wire;

namespace Aitbc.Simulation.Audit;

/// <summary>Payloads that wait: reserved whole, ended once, and carried out only as they were sent and by enough of the
/// guardians.</summary>
internal sealed class ApprovalAudit(
    AuditLog log,
    AuditedAccounts accounts,
    Holds holds,
    StopAudit clock,
    PayloadAudit payloads,
    LimitAudit limits,
    OversightBooks open,
    Parameters parameters)
{
    private const int MaxWaiting = 16;

    private readonly HashSet<AccountNumber> voiding = [];
    private readonly List<(AccountNumber Agent, ApprovalId Id)> early = [];
    private AuditedApproval? parked;
    private AuditedApproval? granted;

    /// <summary>Begins an entry.</summary>
    public void Begin()
    {
        voiding.Clear();
        (parked, granted) = (null, null);
    }

    /// <summary>Something changed that makes void all that waits for an agent's guardians.</summary>
    public void Void(AccountNumber agent) => voiding.Add(agent);

    public void On(in CommandParked waits)
    {
        var agent = accounts.AgentOf(waits.Agent);
        var name = $"a{waits.Id.Value}";
        log.Equal(AuditCheck.Approval, "the number of what is parked", log.Seq, waits.Id.Value);
        log.Holds(
            parked is null && agent is not null && waits.Agent == payloads.Sender
                && waits.Payload == payloads.Payload?.PayloadDigest && payloads.Outcome == Outcome.Parked,
            AuditCheck.Approval, $"what {name} holds back", $"the payload of account {payloads.Sender}",
            $"{waits.Payload} of account {waits.Agent}");
        log.Equal(AuditCheck.Approval, $"the version that {name} was parked under", agent?.Limits.Version ?? 0,
            waits.ConstitutionVersion);
        log.Equal(AuditCheck.Approval, $"the end of {name}, ms,", clock.NowMs + parameters.ApprovalWindow.Ms,
            waits.ExpiresAtMs);
        log.AtMost(AuditCheck.Approval, $"what waits of account {waits.Agent}", MaxWaiting - 1,
            open.WaitingOf(waits.Agent).Count());
        parked = new AuditedApproval(waits) { Bucket = RollingSum.BucketOf(clock.NowMs) };
        open.Waiting[waits.Id] = parked;
    }

    public void On(in ParkedReserved reserved)
    {
        log.Holds(
            parked?.Terms.Id == reserved.Id, AuditCheck.Approval, $"what is reserved for a{reserved.Id.Value}",
            "as it is parked", "at another time");
        if (parked is not null)
        {
            parked.Reserved.Add((reserved.Action, reserved.Amount.BaseUnits));
            limits.Reserve(parked.Terms.Agent, reserved.Action, reserved.Amount.BaseUnits);
        }
    }

    public void On(in ApprovalGiven given)
    {
        if (Find(given.Id) is not { } waiting || accounts.AgentOf(waiting.Terms.Agent) is not { } agent)
        {
            return;
        }

        log.Holds(
            given.By == payloads.From && agent.Guardians.Contains(given.By) && GrantOf(waiting) is not null,
            AuditCheck.Approval, $"who approves a{given.Id.Value}", "a guardian who sends its very bytes",
            $"account {given.By}");
        log.Holds(
            waiting.For.Add(given.By), AuditCheck.Approval, $"the word of account {given.By} on a{given.Id.Value}",
            "given once", "given again");
        log.Equal(AuditCheck.Approval, $"who approve a{given.Id.Value}, as bits,",
            AccountSets.BitsOf(agent.Guardians, waiting.For), given.Votes);
    }

    public void On(in ApprovalEnded ended)
    {
        if (Find(ended.Id) is not { } waiting || accounts.AgentOf(waiting.Terms.Agent) is not { } agent)
        {
            return;
        }

        open.Waiting.Remove(ended.Id);
        holds.Close(HoldSubject.Approval, ended.Id.Value);
        foreach (var (action, amount) in waiting.Reserved)
        {
            limits.GiveBack(agent, action, waiting.Bucket, amount);
        }

        var isByGuardian = ended.By == payloads.From && agent.Guardians.Contains(ended.By);
        var isSound = ended.Ending switch
        {
            ApprovalEnding.Granted => isByGuardian && clock.NowMs < waiting.Terms.ExpiresAtMs
                && waiting.Terms.ConstitutionVersion == agent.Limits.Version && !voiding.Contains(agent.Number),
            ApprovalEnding.Denied => isByGuardian
                && payloads.Has<DenyApproval>(deny => deny.Approval == waiting.Terms.Id),
            ApprovalEnding.Expired => payloads.From is null && clock.NowMs >= waiting.Terms.ExpiresAtMs,
            ApprovalEnding.Void => IsVoid(agent, ended.Id),
            _ => false,
        };
        log.Holds(
            isSound && ended.Agent == waiting.Terms.Agent, AuditCheck.Approval, $"the end of a{ended.Id.Value}",
            "one there is reason for", $"{ended.Ending} by account {ended.By}");
        if (ended.Ending == ApprovalEnding.Granted)
        {
            Carry(waiting, agent);
        }
    }

    /// <summary>What is void has its reason in the same entry; a changed constitution comes after what waited under the
    /// old one.</summary>
    private bool IsVoid(AuditedAgent agent, ApprovalId id)
    {
        if (!voiding.Contains(agent.Number))
        {
            early.Add((agent.Number, id));
        }

        return true;
    }

    public void On(in ParkedHandled handled)
    {
        var isIt = granted is { } waiting && waiting.Terms.Id == handled.Id && waiting.Terms.Agent == handled.Agent
            && waiting.Terms.Payload == handled.Payload;
        log.Holds(
            isIt, AuditCheck.Approval, $"what is carried out as a{handled.Id.Value}",
            granted is null ? "nothing" : $"{granted.Terms.Payload} of account {granted.Terms.Agent}",
            $"{handled.Payload} of account {handled.Agent}");
        granted = null;
        payloads.EndCarried(handled.Outcome);
    }

    /// <summary>Ends an entry: what was parked is held and reserved whole, what is void has ended.</summary>
    /// <returns>How many events parked it.</returns>
    public int End()
    {
        log.Holds(
            granted is null, AuditCheck.Approval, "what became of what was granted", "said", "not said");
        foreach (var (agent, id) in early)
        {
            log.Holds(
                voiding.Contains(agent), AuditCheck.Approval, $"the end of a{id.Value}", "one there is reason for",
                "Void, and nothing changed");
        }

        early.Clear();
        foreach (var agent in voiding)
        {
            log.Equal(AuditCheck.Approval, $"what still waits of account {agent}", 0, open.WaitingOf(agent).Count());
        }

        log.Holds(
            (payloads.Outcome == Outcome.Parked) == (parked is not null), AuditCheck.Approval, "what is parked",
            "parked by its event", "parked without, or the other way round");
        if (parked is null)
        {
            return 0;
        }

        List<Risk> risks = [.. payloads.Risks];
        var held = risks.Aggregate(BigInteger.Zero, (sum, one) => sum + one.Value + one.Stake);
        var name = $"a{parked.Terms.Id.Value}";
        log.Equal(AuditCheck.Approval, $"what {name} says that it holds", held, parked.Terms.Held.BaseUnits);
        holds.Claim(HoldKind.Parked, parked.Terms.Id.Value, parked.Terms.Agent, held);
        var wanted = risks.Where(one => !one.IsNone).Select(one => (one.Kind, one.Amount)).ToList();
        log.Holds(
            wanted.SequenceEqual(parked.Reserved), AuditCheck.Approval, $"what {name} reserves",
            string.Join(", ", wanted), string.Join(", ", parked.Reserved));
        return 1 + parked.Reserved.Count + (held.IsZero ? 0 : 1);
    }

    private void Carry(AuditedApproval waiting, AuditedAgent agent)
    {
        log.Holds(
            agent.Count(waiting.For) >= agent.Threshold, AuditCheck.Approval,
            $"who approve a{waiting.Terms.Id.Value}", $"{agent.Threshold} or more", $"{agent.Count(waiting.For)}");
        granted = waiting;
        if (GrantOf(waiting) is not { } grant
            || PayloadCodec.TryParse(grant.Payload.Span, ProofKind.Jws, default(KeyId), out var carried) is not null
            || carried.From != accounts.Find(agent.Number)?.Id)
        {
            log.Add(AuditCheck.Approval, $"the bytes of a{waiting.Terms.Id.Value}", "a payload of its agent", "others");
            return;
        }

        payloads.BeginCarried(accounts.Find(agent.Number)!, carried);
    }

    /// <summary>The grant in the payload that is read, if its bytes are what waits.</summary>
    private GrantApproval? GrantOf(AuditedApproval waiting) => payloads.Sent?.Commands.OfType<GrantApproval>()
        .FirstOrDefault(grant => grant.Approval == waiting.Terms.Id
            && Digest.Sha256(grant.Payload.Span) == waiting.Terms.Payload);

    private AuditedApproval? Find(ApprovalId id)
    {
        var waiting = open.Waiting.GetValueOrDefault(id);
        log.Holds(waiting is not null, AuditCheck.Approval, $"a{id.Value}", "something that waits", "nothing");
        return waiting;
    }
}
