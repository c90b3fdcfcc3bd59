using System.Numerics;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.State;

namespace Aitbc.Simulation.Audit;

/// <summary>
/// Recomputes every balance from the events and checks what must hold of them, in books of its own. It shares no code
/// with the rules: it reads the published form of payloads and events, knows the genesis, and works out the rest a
/// second time, in plain dictionaries and big integers.
/// </summary>
/// <remarks>
/// <para>What it cannot see, or does not look at: whoever was turned away at admission, since that is not journalled
/// (so it finds what was let in wrongly, never what was kept out wrongly); likewise a refusal after admission that was
/// wrong. Signatures, hashes and blocks: <c>aitbc verify</c> does these. Of a constitution it checks all limits and
/// rules against what took effect, not whether an owner may write it so. The rate limit, the validity of payloads,
/// whether blobs are there and paid for, how long an award waits for the beacon, and how many things an account may
/// have open. Whether outputs that differ are within a tolerance nobody but validators says.</para>
/// <para>Its memory grows with the payloads read, 32 bytes each, for it finds a payload that is journalled twice
/// however far apart. Findings are kept up to a limit and then only counted. One owner, not thread-safe.</para>
/// <para>Source: DESIGN.md sections 2 to 4; TigerBeetle's auditor.</para>
/// </remarks>
public sealed class Auditor
{
    /// <summary>Findings kept; what comes after them is only counted.</summary>
    public const int MaxFindings = AuditLog.MaxKept;

    private readonly AuditLog log = new();
    private readonly AuditedAccounts accounts = new();
    private readonly Genesis genesis;
    private readonly Books books;
    private readonly Holds holds;
    private readonly StopAudit stops;
    private readonly PayloadAudit payloads;
    private readonly LimitAudit limits;
    private readonly MarketAudit market;
    private readonly ApprovalAudit approvals;
    private readonly MotionAudit motions;
    private readonly BoundsAudit bounds;
    private readonly Dictionary<ulong, UnbondingStarted> unbondings = [];
    private uint term = 1;

    /// <summary>Opens the books with what a chain begins with; entries follow from the first on.</summary>
    /// <param name="genesis">The chain's genesis, read from its file: the events of entry 0 are not needed.</param>
    public Auditor(Genesis genesis)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        this.genesis = genesis;
        books = new Books(log, accounts);
        holds = new Holds(log);
        stops = new StopAudit(log, accounts, genesis);
        var open = new OversightBooks();
        var free = new FreeCommands(accounts, stops, open);
        payloads = new PayloadAudit(log, accounts, books, stops, free, genesis.Parameters);
        limits = new LimitAudit(log, accounts, books, stops);
        approvals = new ApprovalAudit(log, accounts, holds, stops, payloads, limits, open, genesis.Parameters);
        motions = new MotionAudit(log, accounts, stops, payloads, approvals, open, genesis.Parameters);
        bounds = new BoundsAudit(log, accounts, stops, payloads, motions, open);
        market = new MarketAudit(log, accounts, books, holds, stops, payloads, genesis);
        books.Begin(genesis);
        books.CheckSupply();
    }

    /// <summary>The last entry read; 0 before the first.</summary>
    public ulong Seq => log.Seq;

    /// <summary>The first <see cref="MaxFindings"/> findings, in order; empty where all is as it must be.</summary>
    public IReadOnlyList<AuditFinding> Findings => log.Kept;

    /// <summary>All findings, also such as are not kept.</summary>
    public long Count => log.Count;

    /// <summary>Reads the next entry.</summary>
    /// <param name="entry">The entry; whatever it says, this does not throw.</param>
    public void Take(AuditedEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var before = log.Seq;
        log.Seq = entry.Header.Seq;
        log.Equal(AuditCheck.Form, "the entry's number", before + (BigInteger)1, entry.Header.Seq);
        log.Holds(
            entry.Header.Term >= term, AuditCheck.Form, "the entry's term", $"at least {term}", $"{entry.Header.Term}");
        log.Holds(
            entry.Header.Time.UnixMs >= stops.NowMs,
            AuditCheck.Form,
            "the entry's time, ms,",
            $"at least {stops.NowMs}",
            $"{entry.Header.Time.UnixMs}");
        term = Math.Max(term, entry.Header.Term);
        stops.Begin(entry.Header.Time);
        market.Begin(entry.Body);
        payloads.Begin(entry, market.OfferOf);
        approvals.Begin();
        motions.Begin();
        bounds.Begin(entry.Body);
        try
        {
            var reader = new EventReader(entry.Events.Span);
            while (reader.MoveNext())
            {
                On(reader);
            }
        }
        catch (InvalidDataException broken)
        {
            log.Add(AuditCheck.Form, "the entry's events", "a run of events", broken.Message);
        }

        payloads.End(approvals.End());
        motions.End();
        bounds.End();
        limits.End();
        holds.CheckClaims();
        books.CheckSupply();
    }

    /// <summary>Compares its books with a state's, account by account; the state must be that after the last entry
    /// read.</summary>
    /// <param name="state">Is only read.</param>
    /// <returns>All findings, those of the comparison last.</returns>
    public IReadOnlyList<AuditFinding> Compare(LedgerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        log.Equal(AuditCheck.Books, "the state's last entry", log.Seq, state.Globals.Seq);
        books.Compare(state);
        return Findings;
    }

    private void On(in EventReader reader)
    {
        if (reader.Kind == EventKind.CommandHandled)
        {
            On(reader.As<CommandHandled>());
            return;
        }

        payloads.CountOther();
        if (market.Take(reader) || TakeOversight(reader))
        {
            return;
        }

        switch (reader.Kind)
        {
            case EventKind.Moved: On(reader.As<Moved>()); break;
            case EventKind.LimitReserved:
                limits.On(reader.As<LimitReserved>());
                bounds.On(reader.As<LimitReserved>());
                break;
            case EventKind.LimitReleased: limits.On(reader.As<LimitReleased>()); break;
            case EventKind.AccountOpened: On(reader.As<AccountOpened>()); break;
            case EventKind.AgentRegistered: On(reader.As<AgentRegistered>()); break;
            case EventKind.UnbondingStarted: On(reader.As<UnbondingStarted>()); break;
            case EventKind.UnbondingFinished: On(reader.As<UnbondingFinished>()); break;
            case EventKind.AgentStopped:
                stops.On(reader.As<AgentStopped>());
                approvals.Void(reader.As<AgentStopped>().Account);
                break;
            case EventKind.ReleaseApproved: stops.On(reader.As<ReleaseApproved>()); break;
            case EventKind.AgentReleased: stops.On(reader.As<AgentReleased>()); break;
            case EventKind.MarketStopped: stops.On(reader.As<MarketStopped>()); break;
            case EventKind.MarketReleaseApproved: stops.On(reader.As<MarketReleaseApproved>()); break;
            case EventKind.MarketReleased: stops.On(reader.As<MarketReleased>()); break;
            case EventKind.AgentRetired: stops.On(reader.As<AgentRetired>()); break;
            case EventKind.Resumed: stops.On(reader.As<ResumedAfter>()); break;
            case EventKind.GenesisApplied: books.Mint(reader.As<GenesisApplied>().Supply.BaseUnits); break;

            case EventKind.KeyAdded: ChangeKeys(reader.As<KeyAdded>().Account); break;
            case EventKind.KeyRevoked: ChangeKeys(reader.As<KeyRevoked>().Account); break;

            // Blobs move no money, nor does a key's origin.
            case EventKind.BlobDeclared or EventKind.BlobArrived or EventKind.BlobExpired
                or EventKind.PasskeyBound:
                break;
            default:
                log.Add(AuditCheck.Form, "the kind of an event", "one there is", $"{(int)reader.Kind}");
                break;
        }
    }

    /// <summary>Whether an event is one of oversight; if so it is taken in.</summary>
    private bool TakeOversight(in EventReader reader)
    {
        switch (reader.Kind)
        {
            case EventKind.CommandParked: approvals.On(reader.As<CommandParked>()); break;
            case EventKind.ParkedReserved: approvals.On(reader.As<ParkedReserved>()); break;
            case EventKind.ApprovalGiven: approvals.On(reader.As<ApprovalGiven>()); break;
            case EventKind.ApprovalEnded: approvals.On(reader.As<ApprovalEnded>()); break;
            case EventKind.ParkedHandled:
                if (reader.As<ParkedHandled>().Outcome == Outcome.Applied)
                {
                    bounds.Applied();
                }

                approvals.On(reader.As<ParkedHandled>());
                break;
            case EventKind.RuleWritten: motions.On(reader.As<RuleWritten>()); break;
            case EventKind.ConstitutionAdopted: motions.On(reader.As<ConstitutionAdopted>()); break;
            case EventKind.MotionProposed: motions.On(reader.As<MotionProposed>()); break;
            case EventKind.MotionVoted: motions.On(reader.As<MotionVoted>()); break;
            case EventKind.MotionEnded: motions.On(reader.As<MotionEnded>()); break;
            case EventKind.GuardiansChanged: motions.On(reader.As<GuardiansChanged>()); break;
            case EventKind.OverrideBegan: bounds.On(reader.As<OverrideBegan>()); break;
            case EventKind.OverrideUsed: bounds.On(reader.As<OverrideUsed>()); break;
            case EventKind.OverrideEnded: bounds.On(reader.As<OverrideEnded>()); break;
            case EventKind.MonitorJudged: bounds.On(reader.As<MonitorJudged>()); break;
            default: return false;
        }

        return true;
    }

    private void ChangeKeys(AccountNumber account)
    {
        if (accounts.AgentOf(account) is { } agent)
        {
            agent.KeysChangedAtMs = stops.NowMs;
            approvals.Void(account);
        }
    }

    private void On(in Moved moved)
    {
        log.Holds(
            Postings.IsSound(moved),
            AuditCheck.Posting,
            $"a movement for {moved.Reason}",
            "of the shape of its reason",
            $"{moved.Phase} from {moved.FromSub} of account {moved.From} to {moved.ToSub} of account {moved.To}");
        payloads.On(moved);
        stops.CheckMove(moved);
        books.Move((moved.From, moved.FromSub), (moved.To, moved.ToSub), moved.Amount.BaseUnits);
        Hold? hold = null;
        if (Postings.HoldOf(moved) is { } kind)
        {
            if (moved.Phase == MovePhase.Pending)
            {
                holds.Place(
                    kind, moved.Subject, moved.From, moved.Amount.BaseUnits, RollingSum.BucketOf(stops.NowMs));
            }
            else
            {
                hold = holds.Take(kind, moved.Subject, moved.From, moved.To, moved.Amount.BaseUnits);
            }
        }

        limits.On(moved, hold);
    }

    private void On(in CommandHandled handled)
    {
        if (handled.Outcome == (uint)Outcome.Applied)
        {
            bounds.Applied();
        }

        payloads.On(handled);
        limits.On(handled);
        if (!handled.Gas.IsZero)
        {
            books.Move(
                (handled.From, SubAccount.Available),
                (AccountNumber.Treasury, SubAccount.Available),
                handled.Gas.BaseUnits);
        }
    }

    private void On(in AccountOpened opened)
    {
        log.Equal(AuditCheck.Form, "the number of a new account", accounts.Count, opened.Number.Value);
        log.Holds(
            opened is { Council: 0, Kind: AccountKind.Human or AccountKind.Agent },
            AuditCheck.Form,
            "a new account",
            "a person's or an agent's",
            $"{opened.Kind}, council {opened.Council}");
        books.Open((Primitives.AccountId)opened.Key.Thumbprint(), isCouncil: false);
    }

    private void On(in AgentRegistered registered)
    {
        log.Holds(
            registered.Owner == payloads.Sender && accounts.Find(registered.Account) is { Agent: null },
            AuditCheck.Form,
            $"the owner of the new agent on account {registered.Account}",
            $"its registrar {payloads.Sender}",
            $"account {registered.Owner}");
        if (accounts.Find(registered.Account) is { } account)
        {
            account.Agent = new AuditedAgent(registered);
            motions.Registered(registered.Account);
        }
    }

    private void On(in UnbondingStarted started)
    {
        holds.Claim(HoldKind.Unbonding, started.Id, started.Account, started.Amount.BaseUnits);
        log.Equal(
            AuditCheck.Hold,
            $"the end of unbonding {started.Id}, ms,",
            stops.NowMs + genesis.Parameters.Unbonding.Ms,
            started.DueMs);
        unbondings[started.Id] = started;
    }

    private void On(in UnbondingFinished finished)
    {
        unbondings.Remove(finished.Id, out var started);
        log.Holds(
            started.Account == finished.Account && started.DueMs <= stops.NowMs && started.Id != 0,
            AuditCheck.Hold,
            $"the end of unbonding {finished.Id} of account {finished.Account}",
            $"due at {started.DueMs}",
            $"at {stops.NowMs}");
        holds.Close(HoldSubject.Unbonding, finished.Id);
    }
}
