using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.State;

/// <summary>
/// All that the rules know: tables of fixed-size records, indexes derived from them, and queues of what falls due.
/// Only events change it (<see cref="Events.EventCatalog.Apply"/>), so whoever has the events has the state.
/// </summary>
/// <remarks>Not thread-safe: one owner. Whoever needs to read elsewhere feeds a second state with the events.
/// </remarks>
public sealed partial class LedgerState
{
    private readonly IRollback[] parts;
    private readonly TokenAmount[] gas;

    /// <summary>The state before genesis.</summary>
    /// <param name="genesis">What the chain begins with; must be valid.</param>
    /// <exception cref="ArgumentException">The genesis is not valid.</exception>
    public LedgerState(Genesis genesis)
    {
        var problems = genesis.Validate();
        if (problems.Count > 0)
        {
            throw new ArgumentException($"The genesis is not valid: {string.Join(" ", problems)}", nameof(genesis));
        }

        Genesis = genesis;
        gas = [.. Enumerable.Range(0, CommandNames.Count).Select(kind => Parameters.GasOf((CommandKind)kind))];
        GlobalTable.Add(out _);
        parts =
        [
            GlobalTable, Accounts, Lanes, Keys, Agents, Buckets, Unbondings, Services, Workloads, Bids, Validations,
            Blobs, BlobReaders, RuleSets, Overrides, Approvals, Motions,
            AccountIndex, WorkloadIndex, ServiceIndex, UnbondingIndex, BlobIndex, BlobIdIndex, OverrideIndex,
            ApprovalIndex, MotionIndex, WallDue, MarketDue,
        ];
    }

    /// <summary>What the chain began with.</summary>
    public Genesis Genesis { get; }

    /// <summary>The chain's figures.</summary>
    public Parameters Parameters => Genesis.Parameters;

    /// <summary>What belongs to no single account.</summary>
    public ref readonly Globals Globals => ref GlobalTable[0];

    /// <summary>Accounts by number.</summary>
    public Table<AccountRecord> Accounts { get; } = new();

    /// <summary>Nonce lanes.</summary>
    public Table<LaneRecord> Lanes { get; } = new();

    /// <summary>Keys.</summary>
    public Table<KeyRecord> Keys { get; } = new();

    /// <summary>Agents.</summary>
    public Table<AgentRecord> Agents { get; } = new();

    /// <summary>Older buckets of rolling limits.</summary>
    public Table<BucketRecord> Buckets { get; } = new();

    /// <summary>Stake on its way to be free.</summary>
    public Table<UnbondingRecord> Unbondings { get; } = new();

    /// <summary>Services.</summary>
    public Table<ServiceRecord> Services { get; } = new();

    /// <summary>Workloads that are not finished.</summary>
    public Table<WorkloadRecord> Workloads { get; } = new();

    /// <summary>Bids on them.</summary>
    public Table<BidRecord> Bids { get; } = new();

    /// <summary>What is asked of validators, for the workloads that ask for any.</summary>
    public Table<ValidationRecord> Validations { get; } = new();

    /// <summary>Blobs whose rent is paid.</summary>
    public Table<BlobRecord> Blobs { get; } = new();

    /// <summary>Who may read them.</summary>
    public Table<BlobReaderRecord> BlobReaders { get; } = new();

    /// <summary>Rules of constitutions, in force or proposed.</summary>
    public Table<RuleSetRecord> RuleSets { get; } = new();

    /// <summary>Overrides in force.</summary>
    public Table<OverrideRecord> Overrides { get; } = new();

    /// <summary>Payloads that wait for approval.</summary>
    public Table<ApprovalRecord> Approvals { get; } = new();

    /// <summary>Motions that are open.</summary>
    public Table<MotionRecord> Motions { get; } = new();

    /// <summary>Wall time of the last entry.</summary>
    public Timestamp Time => new(Globals.TimeMs);

    /// <summary>Market time now, ms: wall time less the time the market stood still.</summary>
    public long MarketNowMs =>
        (Globals.MarketStoppedAtMs != 0 ? Globals.MarketStoppedAtMs : Globals.TimeMs) - Globals.MarketOffsetMs;

    /// <summary>Whether the market runs: neither it nor all is stopped.</summary>
    public bool MarketRuns => Globals.AllStopped == 0 && Globals.MarketIsStopped == 0;

    internal Table<Globals> GlobalTable { get; } = new();

    internal IdIndex AccountIndex { get; } = new();

    internal IdIndex WorkloadIndex { get; } = new();

    internal IdIndex ServiceIndex { get; } = new();

    internal IdIndex UnbondingIndex { get; } = new();

    internal IdIndex BlobIndex { get; } = new();

    internal IdIndex BlobIdIndex { get; } = new();

    internal IdIndex OverrideIndex { get; } = new();

    internal IdIndex ApprovalIndex { get; } = new();

    internal IdIndex MotionIndex { get; } = new();

    /// <summary>Whether a savepoint is open.</summary>
    internal bool InSavepoint { get; private set; }

    internal DueQueue WallDue { get; } = new();

    internal DueQueue MarketDue { get; } = new();

    /// <summary>The account of an id, or null.</summary>
    public AccountNumber? FindAccount(in AccountId id)
    {
        var slot = SlotOf(id);
        return slot < 0 ? null : new AccountNumber((uint)slot);
    }

    /// <summary>The account of a number.</summary>
    public ref readonly AccountRecord Account(AccountNumber number) => ref Accounts[number.Slot];

    /// <summary>The slot of a workload that is not finished, or -1.</summary>
    public int FindWorkload(WorkloadId id) => WorkloadIndex.Find(id.Value);

    /// <summary>The slot of a listed service, or -1.</summary>
    public int FindService(ServiceId id) => ServiceIndex.Find(id.Value);

    /// <summary>The slot of a blob whose rent is paid, or -1.</summary>
    public int FindBlob(in Digest digest)
    {
        var slot = BlobIndex.Find(digest.Prefix);
        return slot >= 0 && Blobs[slot].Digest == digest ? slot : -1;
    }

    /// <summary>Whether a blob is paid for and its bytes are there.</summary>
    public bool BlobIsAvailable(in Digest digest)
    {
        var slot = FindBlob(digest);
        return slot >= 0 && Blobs[slot].Available == 1;
    }

    /// <summary>Whether a blob's bytes are there and paid for until an instant.</summary>
    internal bool BlobIsAvailable(in Digest digest, long untilMs)
    {
        var slot = FindBlob(digest);
        return slot >= 0 && Blobs[slot].Available == 1 && Blobs[slot].PaidUntilMs >= untilMs;
    }

    /// <summary>What a command would put at risk, as an agent's limits count it.</summary>
    public CommandRisk RiskOf(Command command)
    {
        var exposure = Exposure.Of(this, command);
        return new CommandRisk(
            exposure.Value,
            exposure.Stake,
            exposure.Counterparty >= 0 ? new AccountNumber((uint)exposure.Counterparty) : null,
            exposure.Counterparty == Exposure.Stranger);
    }

    /// <summary>What agents' constitutions, and whoever oversees them, say of commands at the state's time: checks 3 to
    /// 8 of the design's order, each of that command alone.</summary>
    /// <param name="commands">Whose commands they are; who is no agent is bound by nothing.</param>
    /// <param name="judgements">For each <see cref="Outcome.Applied"/> where they let it pass, else the refusal.
    /// </param>
    /// <exception cref="ArgumentException">There is not room for all.</exception>
    public void Judge(ReadOnlySpan<AgentCommand> commands, Span<Outcome> judgements)
    {
        if (judgements.Length < commands.Length)
        {
            throw new ArgumentException("There is less room than there are commands.", nameof(judgements));
        }

        for (var i = 0; i < commands.Length; i++)
        {
            Lookahead.Fetch(this, commands, i);
            var (agent, command) = commands[i];
            var exposure = Exposure.Of(this, command);
            judgements[i] =
                ConstitutionRules.Check(this, Accounts[agent.Slot], command.Kind, exposure, default, out _);
        }
    }

    /// <summary>Whether an allowance covers an agent's command: what needs a person for it has been said.</summary>
    /// <param name="agent">The agent's account.</param>
    /// <param name="command">The command.</param>
    public bool IsAllowed(AccountNumber agent, Command command) => OverrideRules.Lifts(
        this, Agents[Accounts[agent.Slot].Agent - 1], command.Kind, Exposure.Of(this, command)) >= 0;

    /// <summary>The slot of a payload that waits for approval, or -1.</summary>
    public int FindApproval(ApprovalId id) => ApprovalIndex.Find(id.Value);

    /// <summary>The slot of an open motion, or -1.</summary>
    public int FindMotion(MotionId id) => MotionIndex.Find(id.Value);

    /// <summary>The slot of an override in force, or -1.</summary>
    public int FindOverride(OverrideId id) => OverrideIndex.Find(id.Value);

    /// <summary>The next sequence of an account's lane.</summary>
    public ulong NextSequence(AccountNumber account, int lane)
    {
        var slot = FindLane(Account(account), lane);
        return slot < 0 ? 1 : Lanes[slot].NextSequence;
    }

    /// <summary>Gas of one command, base units.</summary>
    public TokenAmount GasOf(CommandKind kind) => gas[(int)kind];

    /// <summary>The epoch of the last stop that reaches an account's commands.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="market">Whether the command belongs to the market.</param>
    public ulong FenceOf(in AccountRecord account, bool market)
    {
        ref readonly var globals = ref Globals;
        var fence = globals.AllFence;
        if (market && globals.MarketFence > fence)
        {
            fence = globals.MarketFence;
        }

        if (account.Agent != 0 && Agents[account.Agent - 1].Fence > fence)
        {
            fence = Agents[account.Agent - 1].Fence;
        }

        return fence;
    }

    /// <summary>Whether an agent's host is heard of; true for an account that is no agent or not there, too.</summary>
    public bool IsHeardOf(in AccountId agent)
    {
        var slot = SlotOf(agent);
        return slot < 0 || Accounts[slot].Agent == 0 || Agents[Accounts[slot].Agent - 1].IsLive;
    }

    /// <summary>Value that an agent has spent or reserved in the 24 h up to the last entry, base units.</summary>
    public TokenAmount VolumeUsed(in AgentRecord agent) => RollingLimits.Used(this, agent.Volume, Globals.TimeMs);

    /// <summary>Gas that an agent has paid in the 24 h up to the last entry, base units.</summary>
    public TokenAmount GasUsed(in AgentRecord agent) => RollingLimits.Used(this, agent.Gas, Globals.TimeMs);

    /// <summary>The person behind an account: an agent's owner, else the account itself.</summary>
    internal AccountNumber OwnerOf(AccountNumber account)
    {
        var agent = Accounts[account.Slot].Agent;
        return agent == 0 ? account : Agents[agent - 1].Owner;
    }

    /// <summary>A workload enters a phase, until a deadline; only an event's ApplyTo calls this.</summary>
    internal void Enter(WorkloadId id, WorkloadPhase phase, long deadlineMs)
    {
        ref var workload = ref Workloads.Write(FindWorkload(id));
        workload.Phase = phase;
        workload.DeadlineMs = deadlineMs;
        MarketDue.Push(deadlineMs, DueKind.Workload, id.Value);
    }

    internal int SlotOf(in AccountId id)
    {
        var slot = AccountIndex.Find(id.Prefix);
        return slot >= 0 && Accounts[slot].Id == id ? slot : -1;
    }

    internal int FindLane(in AccountRecord account, int lane)
    {
        for (var at = account.FirstLane; at != 0; at = Lanes[at - 1].NextLane)
        {
            if (Lanes[at - 1].Lane == lane)
            {
                return at - 1;
            }
        }

        return -1;
    }

    internal int FindKey(in AccountRecord account, in KeyId key)
    {
        for (var at = account.FirstKey; at != 0; at = Keys[at - 1].NextKey)
        {
            if (Keys[at - 1].Id == key)
            {
                return at - 1;
            }
        }

        return -1;
    }

    /// <summary>The account's key of a thumbprint, for whoever checks signatures; null where it has none.</summary>
    public PublicKey? KeyOf(in AccountId account, in KeyId key)
    {
        var slot = SlotOf(account);
        if (slot < 0)
        {
            return null;
        }

        var found = FindKey(Accounts[slot], key);
        return found < 0 ? null : Keys[found].Key;
    }

    /// <summary>What a key is bound to: for a passkey SHA-256 of its origin, zero for a key that signs JWS; null where
    /// the account has no such key.</summary>
    public Digest? OriginOf(in AccountId account, in KeyId key)
    {
        var slot = SlotOf(account);
        var found = slot < 0 ? -1 : FindKey(Accounts[slot], key);
        return found < 0 ? null : Keys[found].Origin;
    }

    internal void BeginEntry(in EntryHeader header)
    {
        ref var globals = ref GlobalTable.Write(0);
        globals.Seq = header.Seq;
        globals.Term = header.Term;
        globals.TimeMs = header.Time.UnixMs;
    }

    internal void Begin()
    {
        InSavepoint = true;
        foreach (var part in parts)
        {
            part.Begin();
        }
    }

    internal void Commit()
    {
        InSavepoint = false;
        foreach (var part in parts)
        {
            part.Commit();
        }
    }

    internal void Rollback()
    {
        InSavepoint = false;
        foreach (var part in parts)
        {
            part.Rollback();
        }
    }
}
