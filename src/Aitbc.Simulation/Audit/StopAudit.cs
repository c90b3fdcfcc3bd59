using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Simulation.Audit;

/// <summary>Who is stopped, what a stop has fenced off, and market time, which stands still meanwhile.</summary>
internal sealed class StopAudit(AuditLog log, AuditedAccounts accounts, Genesis genesis)
{
    private readonly Standing all = new();
    private readonly Standing market = new();
    private ulong epoch;
    private long nowMs = genesis.CreatedAt.UnixMs;
    private long beforeMs;
    private long stoppedAtMs;
    private long offsetMs;

    /// <summary>Wall time of the entry, ms.</summary>
    public long NowMs => nowMs;

    /// <summary>Market time, ms.</summary>
    public long MarketNowMs => (IsMarketStill ? stoppedAtMs : nowMs) - offsetMs;

    private bool IsMarketStill => all.IsStopped || market.IsStopped;

    public void Begin(Timestamp time) => (beforeMs, nowMs) = (nowMs, time.UnixMs);

    /// <summary>Whether something that was signed in an epoch is dead on the market.</summary>
    public bool IsDead(AccountNumber account, ulong signedIn) => signedIn < FenceOf(account, isMarket: true);

    public ulong FenceOf(AccountNumber account, bool isMarket) =>
        Math.Max(all.Fence, Math.Max(isMarket ? market.Fence : 0, accounts.AgentOf(account)?.Fence ?? 0));

    /// <summary>Nothing is journalled of whom a stop reaches.</summary>
    public void CheckPayload(ClientPayload payload, AccountNumber sender)
    {
        log.Holds(
            payload.Epoch <= epoch,
            AuditCheck.Stop,
            $"the stop epoch of a payload of account {sender}",
            $"at most {epoch}",
            $"{payload.Epoch}");
        if (IsOversight(payload.Commands[0].Kind))
        {
            return;
        }

        var isMarket = Array.Exists(payload.Commands, command => IsMarket(command.Kind));
        log.Holds(
            !IsStopped(sender, isMarket),
            AuditCheck.Stop,
            $"a payload of account {sender} while it is stopped",
            "turned away",
            "journalled");
        CheckEpoch(sender, payload.Epoch, isMarket, "a payload");
    }

    /// <summary>Something new of an account on the market.</summary>
    public void CheckObligation(AccountNumber account, ulong signedIn, string what)
    {
        log.Holds(
            !IsStopped(account, isMarket: true),
            AuditCheck.Stop,
            $"{what} of account {account} while it is stopped",
            "none",
            "one");
        CheckEpoch(account, signedIn, isMarket: true, what);
    }

    /// <summary>Refunds, returned bonds, forfeits and pay for delivered work go on; new debits do not.</summary>
    public void CheckMove(in Moved moved)
    {
        var isNew = moved.Phase is MovePhase.Direct or MovePhase.Pending;
        var isMarket = moved.Reason is MoveReason.Escrow or MoveReason.BidBond or MoveReason.JobBond
            or MoveReason.ValidatorFee or MoveReason.VerdictBond;
        log.Holds(
            !isNew || !IsStopped(moved.From, isMarket),
            AuditCheck.Stop,
            $"a new debit ({moved.Reason}) of account {moved.From} while it is stopped",
            "none",
            $"{moved.Amount.BaseUnits}");
    }

    /// <summary>Whether a command is a stop that costs nothing: by one who may, of what does not stand still.</summary>
    public bool IsFree(AuditedAccount sender, Command command) => command switch
    {
        StopAgent stop => accounts.Find(stop.Agent)?.Agent is { } agent
            && agent.Guardians.Contains(sender.Number)
            && (!agent.IsStopped || agent.Releasing.Count > 0),
        StopMarket { Scope: StopScope.All or StopScope.Market } stop => sender.IsCouncil
            && (!Of(stop.Scope).IsStopped || Of(stop.Scope).Releasing.Count > 0),
        _ => false,
    };

    public void On(in AgentStopped stopped)
    {
        CheckNext(stopped.Epoch);
        if (AgentOf(stopped.Account) is not { } agent)
        {
            return;
        }

        CheckMay(agent.Guardians.Contains(stopped.By), stopped.By, $"account {stopped.Account}");
        (agent.IsStopped, agent.Fence) = (true, stopped.Epoch);
        agent.Releasing.Clear();
    }

    public void On(in ReleaseApproved approved)
    {
        if (AgentOf(approved.Account) is { } agent)
        {
            CheckMay(agent.Guardians.Contains(approved.By), approved.By, $"account {approved.Account}");
            agent.Releasing.Add(approved.By);
            log.Equal(
                AuditCheck.Stop,
                $"who agree to release account {approved.Account}, as bits,",
                AccountSets.BitsOf(agent.Guardians, agent.Releasing),
                approved.Votes);
        }
    }

    public void On(in AgentReleased released)
    {
        if (AgentOf(released.Account) is not { } agent)
        {
            return;
        }

        CheckEnough($"account {released.Account}", agent.Threshold, agent.Count(agent.Releasing));
        (agent.IsStopped, agent.InSafeMode) = (false, false);
        agent.Releasing.Clear();
    }

    /// <summary>What waits for its guardians' release is not ended over their heads.</summary>
    public void On(in AgentRetired retired)
    {
        var agent = AgentOf(retired.Account);
        log.Holds(
            agent is not { IsStopped: true } and not { InSafeMode: true }, AuditCheck.Stop,
            $"the end of account {retired.Account}", "after its release", "while it is stopped or in safe mode");
    }

    public void On(in MarketStopped stopped)
    {
        CheckNext(stopped.Epoch);
        CheckMay(accounts.Find(stopped.By)?.IsCouncil ?? false, stopped.By, $"{stopped.Scope}");
        stoppedAtMs = IsMarketStill ? stoppedAtMs : nowMs;
        var standing = Of(stopped.Scope);
        (standing.IsStopped, standing.Fence) = (true, stopped.Epoch);
        standing.Releasing.Clear();
    }

    public void On(in MarketReleaseApproved approved)
    {
        CheckMay(accounts.Find(approved.By)?.IsCouncil ?? false, approved.By, $"{approved.Scope}");
        Of(approved.Scope).Releasing.Add(approved.By);
    }

    public void On(in MarketReleased released)
    {
        var standing = Of(released.Scope);
        CheckEnough($"{released.Scope}", genesis.CouncilThreshold, standing.Releasing.Count);
        var stood = IsMarketStill;
        standing.IsStopped = false;
        standing.Releasing.Clear();
        offsetMs += stood && !IsMarketStill ? nowMs - stoppedAtMs : 0;
    }

    public void On(in ResumedAfter resumed)
    {
        log.Equal(AuditCheck.Work, "the time the node was away, ms,", nowMs - beforeMs, resumed.GapMs);
        offsetMs += IsMarketStill ? 0 : nowMs - beforeMs;
    }

    private static bool IsOversight(CommandKind kind) => kind is CommandKind.StopAgent or CommandKind.ReleaseAgent
        or CommandKind.StopMarket or CommandKind.ReleaseMarket or CommandKind.ChangeConstitution
        or CommandKind.ChangeGuardians or CommandKind.SetOverride or CommandKind.RevokeOverride
        or CommandKind.AgreeMotion or CommandKind.RejectMotion or CommandKind.GrantApproval
        or CommandKind.DenyApproval;

    private static bool IsMarket(CommandKind kind) => kind is CommandKind.ListService or CommandKind.UpdateService
        or CommandKind.DelistService or CommandKind.PostWorkload or CommandKind.CancelWorkload
        or CommandKind.PlaceBid or CommandKind.OpenBid or CommandKind.StartWork or CommandKind.SubmitWork
        or CommandKind.AcceptWork or CommandKind.SealWork or CommandKind.RevealWork or CommandKind.CommitVerdict
        or CommandKind.RevealVerdict;

    private Standing Of(StopScope scope) => scope == StopScope.All ? all : market;

    private bool IsStopped(AccountNumber account, bool isMarket) =>
        all.IsStopped || (isMarket && market.IsStopped) || (accounts.AgentOf(account)?.IsStopped ?? false);

    private void CheckEpoch(AccountNumber account, ulong signedIn, bool isMarket, string what)
    {
        var fence = FenceOf(account, isMarket);
        log.Holds(
            signedIn >= fence,
            AuditCheck.Stop,
            $"the stop epoch of {what} of account {account}",
            $"at least {fence}",
            $"{signedIn}");
    }

    private AuditedAgent? AgentOf(AccountNumber account)
    {
        var agent = accounts.AgentOf(account);
        log.Holds(agent is not null, AuditCheck.Form, $"account {account}, which is stopped or released,", "an agent",
            "none");
        return agent;
    }

    private void CheckNext(ulong next)
    {
        log.Equal(AuditCheck.Stop, "the epoch of a stop", epoch + 1, next);
        epoch = next;
    }

    private void CheckMay(bool may, AccountNumber by, string what) => log.Holds(
        may, AuditCheck.Stop, $"who stops or releases {what}", "one who may", $"account {by}");

    private void CheckEnough(string what, int threshold, int votes) => log.Holds(
        votes >= threshold, AuditCheck.Stop, $"who agree to release {what}", $"{threshold} or more", $"{votes}");

    /// <summary>How a scope of the council stands.</summary>
    private sealed class Standing
    {
        public bool IsStopped { get; set; }

        public ulong Fence { get; set; }

        public HashSet<AccountNumber> Releasing { get; } = [];
    }
}
